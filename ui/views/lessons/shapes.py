"""Lesson 10: drawings, a network, its training in this very page, and what its filters learned."""

from __future__ import annotations

import re

import streamlit as st

from cnn.data import load
from cnn.lessons import shapes
from cnn.lessons.lesson import Lesson
from cnn.network.keras.model import WeightsError
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.numbers import exact
from cnn.pictures.data.drawing import drawing
from cnn.pictures.inside.edge_likeness import edge_likeness
from cnn.pictures.network.diagram import diagram
from cnn.pictures.training.curves import Curve
from cnn.training.engine.snapshots import Snapshot, snapshot_name
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.run import Run, Wish
from cnn.training.store.arrays import ArraysError
from ui.components.news import when_new
from ui.components.picture import picture
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.parts.runs import figures, pace, runs
from ui.parts.runs.charts import show_curves
from ui.parts.setup.controls import standing
from ui.parts.setup.setup import queue
from ui.session.words import plain

RUN = re.compile("([0-9a-f]{12})?")


def show(lesson: Lesson) -> None:
    """From drawing to looking at what was learned, in four parts."""
    seed = _draw(lesson)
    _network(lesson)
    _train(lesson, seed)


def _draw(lesson: Lesson) -> int:
    """The drawings, and the seed they are drawn with."""
    st.header(lesson.text("draw_title"), anchor=False)
    left, right = st.columns([5, 6], gap="large")
    with left:
        words = st.container()
        seed = controls.slider("seed", lesson.text("seed_label"), 0, 9, first=0)
        drawn = shapes.drawings(seed)
        n = controls.slider("n", lesson.text("drawing_label"), 0, len(drawn) - 1, first=0)
        row = controls.slider("row", lesson.text("row_label"), 0, shapes.SIDE - 1, first=8)
        shape = ", ".join(map(str, drawn.pixels.shape))
        words.markdown(explained(lesson, "draw", images=len(drawn), shape=shape))
        name = shapes.CLASSES[int(drawn.labels[n])]
        st.markdown(lesson.text("class_line", n=n, name=name))
        st.caption(lesson.text("numbers", n=n, row=row))
        line = drawn.images[n, row, :, 0]
        st.code(
            "[" + " ".join(exact(value) for value in line) + "]", language=None, wrap_lines=True
        )
    with right:
        about = f"Drawing {n}, a {name}; row {row} is framed"
        picture(drawing(drawn.pixels[n], row, about), key="lesson_shapes_drawing", largest=1.35)
    return seed


def _network(lesson: Lesson) -> None:
    st.header(lesson.text("network_title"), anchor=False)
    traced = trace(shapes.DEMO)
    parts = " + ".join(f"{row.params:,}" for row in traced.rows if row.params)
    st.markdown(explained(lesson, "network", parts=parts, total=f"{traced.total_params:,}"))
    picture(diagram(traced), key="lesson_shapes_network", largest=1.0)


def _train(lesson: Lesson, seed: int) -> None:
    st.header(lesson.text("train_title"), anchor=False)
    data = load(shapes.dataset(seed), shapes.DEMO.input)
    sizes = {"train": len(data.train), "validation": len(data.validation)}
    batch = shapes.configuration(1, seed).batch_size_for(sizes["train"])
    st.markdown(explained(lesson, "train", **sizes, batch=batch))
    run = _run()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=260):
            epochs = controls.slider("epochs", lesson.text("epochs_label"), 5, 40, first=20, step=5)
        st.button(
            lesson.text("button"),
            key="lesson_shapes_train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_begin,
            args=(epochs, seed),
            disabled=run is not None and run.is_live,
        )
    if run is not None:
        st.fragment(_watched)(lesson, run.id, run.is_live)
    else:
        _filters(lesson, None)
    ways_on(
        shapes.DEMO,
        shapes.configuration(epochs, seed),
        beside=[entry("lenet-5").architecture],
        key="lesson_shapes_ways",
    )


def _run() -> Run | None:
    """The training that this lesson began, as the address names it."""
    id = controls.held(runs.ADDRESS, "", lambda text: bool(RUN.fullmatch(text)), label="Training")
    return runs.readable(id) if id else None


def _begin(epochs: int, seed: int) -> None:
    try:
        begun = queue(shapes.DEMO, shapes.configuration(epochs, seed))
        controls.put(**{runs.ADDRESS: begun})
    except ConfigurationError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _watched(lesson: Lesson, run_id: str, was_live: bool) -> None:
    run = runs.store().get(run_id)
    if was_live and run:
        look = pace.news_of(runs.store(), [run_id])
        when_new("news_of_shapes", look)
    if run is None or run.is_live != was_live:
        st.rerun()  # once more, and whole
    with st.container(horizontal=True, vertical_alignment="center"):
        standing(run)
        if run.is_live:
            st.button(
                "Stop",
                icon=":material/stop:",
                on_click=lambda: runs.store().want(run_id, Wish.STOP),
            )
    epochs = runs.store().epochs([run_id])[run_id]
    figures.bar(run)
    figures.figures(run, epochs)
    show_curves([Curve(run.name, run.configuration.epochs, runs.store().steps(run_id), epochs)])
    _filters(lesson, run)


def _filters(lesson: Lesson, run: Run | None) -> None:
    st.header(lesson.text("filters_title"), anchor=False)
    if run is None or run.is_live or run.result is None:
        st.caption(lesson.text("filters_before"))
        return
    first = trace(shapes.DEMO).rows[0].name
    try:
        kernels = trained_weights(runs.store(), run)[first][0]
    except (WeightsError, KeyError):
        st.warning(lesson.text("unreadable"), icon=":material/error:")
        return
    if kernels.shape[:3] != (3, 3, 1):  # the address names a training of another network
        st.caption(lesson.text("filters_before"))
        return
    found = shapes.likenesses(kernels)
    st.markdown(lesson.text("filters"))
    left, right = st.columns([5, 6], gap="large")
    with left:
        picture(edge_likeness(found), key="lesson_shapes_filters", largest=1.3)
    with right:
        totals = [one.total for one in found]
        st.markdown(
            lesson.text(
                "alike",
                best=f"{max(one.cosine for one in found):.2f}",
                after=f"{shapes.typical(found):.2f}",
                before=_before(run),
                chance=f"{shapes.BY_CHANCE:.2f}",
            )
        )
        st.markdown(
            lesson.text("different", lowest=f"{min(totals):.2f}", highest=f"{max(totals):.2f}")
        )


def _before(run: Run) -> str:
    """The likeness of the filters that the training began with, where that was kept."""
    content = runs.store().file(run.id, snapshot_name(0))
    try:
        kernels = Snapshot.from_bytes(content, run.architecture).kernels if content else None
    except ArraysError:
        return "–"
    return f"{shapes.typical(shapes.likenesses(kernels)):.2f}" if kernels is not None else "–"
