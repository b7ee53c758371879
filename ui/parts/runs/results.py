"""After a training: how good it is, which classes it takes for which, and its worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.diagnose.evaluation import (
    Matrix,
    Predictions,
    class_figures,
    confusion_matrix,
    places_in,
    wilson_interval,
    worst_mistakes,
)
from cnn.pictures.kit.gallery import Tile, gallery
from cnn.pictures.training.confusion import (
    bars_height,
    class_bars,
    confusion_figure,
    confusion_height,
)
from cnn.training.recipe.run import Run
from cnn.training.store.class_names import class_names
from ui.components.plot import plot
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.runs import measured, runs
from ui.parts.runs.measured import Images
from ui.session import theme
from ui.session.pages import PAGES
from ui.session.words import interval, percent, plain

MOST_IMAGES = 40
MOST_MISTAKES = 24
MOST_CELLS = 200
MATRIX, MISTAKES, CLASSES = "Confusion matrix", "Worst mistakes", "Classes"
COLUMNS = (
    Column("class", "Class"),
    Column(
        "recall", "Accuracy", "Of the images of this class, how many were right", is_number=True
    ),
    Column("images", "Images", "Test images of this class", is_number=True),
    Column(
        "precision",
        "Precision",
        "Of the images called this class, how many are of it",
        is_number=True,
    ),
    Column("predicted", "Predicted", "Test images called this class", is_number=True),
)

CellOf = tuple[int, int]


def results(run: Run) -> None:
    """The test result of a finished run in words, and three ways to look closer."""
    if run.result is None:
        return
    found = measured.predictions(run)
    if isinstance(found, str):
        st.warning(plain(found), icon=":material/broken_image:")
    elif found is not None and len(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Test result", anchor=False)
            if st.button("Look inside", icon=":material/visibility:"):
                st.switch_page(PAGES / "inside.py", query_params={runs.ADDRESS: run.id})
        st.fragment(_results)(run, found)


def _results(run: Run, found: Predictions) -> None:
    st.markdown(in_words(run, found))
    images = measured.images(run)
    if isinstance(images, str):
        with st.container(horizontal=True, vertical_alignment="center"):
            why = plain(images)  # it may hold the name of someone's file
            st.warning(f"The test images cannot be shown. {why}", icon=":material/hide_image:")
            st.button("Look again", icon=":material/refresh:", on_click=measured.look_again)
    names = images.class_names if isinstance(images, Images) else ()
    if len(names) != found.classes:
        names = class_names(runs.store(), run)
    matrix = confusion_matrix(found)
    shown = images if isinstance(images, Images) else None
    tabs = st.tabs([MATRIX, MISTAKES, CLASSES], key=f"results_{run.id}", on_change="rerun")
    for tab, show in zip(tabs, (confusions, mistakes, _classes), strict=True):
        if tab.open:
            with tab:
                show(run.id, found, matrix, names, shown)


def in_words(run: Run, found: Predictions) -> str:
    """How many test images are right, as it was measured when the run ended."""
    assert run.result
    images = len(found)
    # Counted where the network itself was asked; older runs kept scores in half precision.
    right = round(run.result.test_accuracy * images)
    said = (
        f"**{percent(right / images)} of {images:,} test images are right**, {right:,} of them; "
        f"95\u202f% interval {interval(wilson_interval(right, images))}."
    )
    if found.right != right:
        said += (
            f" The figures below count {found.right:,}: they come from probabilities kept with "
            "three digits, among which some are equal."
        )
    return f"{said} {run.result.seen_in_words}".rstrip()


def confusions(
    key: str, found: Predictions, matrix: Matrix, names: Sequence[str], images: Images | None
) -> DeltaGenerator:
    """The confusion matrix, and the images of the cell that was clicked; returns their place."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        clicked = plot(
            confusion_figure(matrix, names, dark=theme.is_dark()),
            label=f"Confusion matrix of {len(found):,} test images",
            height=confusion_height(found.classes),
            key=f"confusion_{key}",
        )
    cell_key = f"cell_{key}"
    if clicked and (cell := _cell(clicked, matrix)):
        st.session_state[cell_key] = cell
    cells = _cells(matrix, st.session_state.get(cell_key))
    if st.session_state.get(cell_key) not in cells:  # of other answers, which filled other cells
        st.session_state.pop(cell_key, None)
    with right:
        chosen = st.selectbox(
            "Images of a cell",
            cells,
            key=cell_key,
            format_func=lambda cell: _cell_words(cell, matrix, names),
            help="Click a cell of the matrix, or choose one here.",
        )
        if images is not None and chosen is not None:
            _images_of(found, chosen, names, images)
    return right


def _cell(clicked: dict[str, object], matrix: Matrix) -> CellOf | None:
    """The cell that the browser says was clicked, if there is such a cell with images."""
    label, predicted = clicked.get("y"), clicked.get("x")
    if type(label) is not int or type(predicted) is not int:
        return None
    inside = 0 <= label < len(matrix) and 0 <= predicted < len(matrix)
    return (label, predicted) if inside and matrix[label, predicted] else None


def _cells(matrix: Matrix, chosen: object) -> list[CellOf]:
    """The cells with images: mistakes first, the most frequent before the rest."""
    filled = [(int(i), int(j)) for i, j in np.argwhere(matrix)]
    filled.sort(key=lambda cell: (cell[0] == cell[1], -matrix[cell]))
    few = filled[:MOST_CELLS]
    return few if chosen is None or chosen in few or chosen not in filled else [*few, chosen]


def _cell_words(cell: CellOf, matrix: Matrix, names: Sequence[str]) -> str:
    label, predicted = cell
    verdict = "right" if label == predicted else f"taken for {names[predicted]}"
    return f"{names[label]}, {verdict}: {matrix[cell]:,}"


def _images_of(found: Predictions, cell: CellOf, names: Sequence[str], images: Images) -> None:
    label, predicted = cell
    places = places_in(found, label, predicted)
    tiles = [
        Tile(
            images.test.pixels[place],
            f"Test image {place}: {names[label]}, predicted {names[predicted]} with "
            f"{percent(float(found.scores[place, predicted]))}",
        )
        for place in places[:MOST_IMAGES]
    ]
    st.html(gallery(tiles))
    more = f" The first {MOST_IMAGES} of {len(places):,}." if len(places) > MOST_IMAGES else ""
    st.caption(f"The surest verdicts first.{more}")


def mistakes(
    _key: str, found: Predictions, _matrix: Matrix, names: Sequence[str], images: Images | None
) -> None:
    """The mistakes the network was surest of, with their images."""
    worst = worst_mistakes(found, MOST_MISTAKES)
    wrong = len(found) - found.right
    if not worst:
        st.success(f"None of these {len(found):,} test images is wrong.", icon=":material/check:")
        return
    many = f"{len(worst)} of {wrong:,}" if wrong > len(worst) else f"all {wrong:,}"
    st.caption(
        f"The mistakes that the network was surest of, {many}: the true class, what it was taken "
        "for, and the probability the network gave to either."
    )
    if images is None:
        st.html(_mistakes_in_words(found, names))
        return
    tiles = [
        Tile(
            images.test.pixels[one.place],
            f"Test image {one.place}: {names[one.label]}, predicted {names[one.predicted]}",
            f"{names[one.label]} → {names[one.predicted]}",
            f"{percent(one.confidence)}, true {percent(one.on_truth)}",
        )
        for one in worst
    ]
    st.html(gallery(tiles, size_px=96))


def _mistakes_in_words(found: Predictions, names: Sequence[str]) -> str:
    lines = "".join(
        f"<li>Test image {one.place}: {escape(names[one.label])} taken for "
        f"{escape(names[one.predicted])} with {percent(one.confidence)}</li>"
        for one in worst_mistakes(found, MOST_MISTAKES)
    )
    return f"<ul>{lines}</ul>"


def _classes(
    key: str, found: Predictions, matrix: Matrix, names: Sequence[str], _images: Images | None
) -> None:
    figures = class_figures(matrix)
    left, right = st.container(key="halves_classes").columns(2, gap="medium")
    with left:
        plot(
            class_bars(figures, names, dark=theme.is_dark()),
            label=f"Accuracy per class on {len(found):,} test images",
            height=bars_height(found.classes),
            key=f"classes_{key}",
        )
        st.caption("The hardest class on top; the whiskers are 95\u202f% intervals.")
    with right:
        lines = [
            TableRow(
                str(one.label),
                names[one.label],
                {
                    "class": Cell(names[one.label], one.label),
                    "recall": Cell(percent(one.recall) or "–", one.recall),
                    "images": Cell(f"{one.images:,}", one.images),
                    "precision": Cell(percent(one.precision) or "–", one.precision),
                    "predicted": Cell(f"{one.predicted:,}", one.predicted),
                },
            )
            for one in figures
        ]
        table("Figures of each class", COLUMNS, lines, key=f"class_figures_{key}")
