"""The tab of what a network confuses: matrix, mistakes, images as points, and how sure it is."""

from __future__ import annotations

import streamlit as st

from cnn.data import title as data_title
from cnn.diagnose.evaluation import Predictions, confusion_matrix, places_in, wilson_interval
from cnn.diagnose.reliability import reliability
from cnn.pictures.inside.points import embedding_figure, reliability_figure
from cnn.pictures.kit.gallery import Tile, gallery
from ui.components.plot import plot
from ui.parts.drawing.answers import certainty
from ui.parts.runs.measured import Images
from ui.parts.runs.results import confusions, in_words, mistakes
from ui.session import theme
from ui.session.words import interval, percent, plain
from ui.views.inside import image, measure
from ui.views.inside.subject import Subject

VIEW, POINT = "inside_errs", "inside_point"
MATRIX, MISTAKES, POINTS, SURE = (
    "Confusion matrix",
    "Mistakes",
    "Images as points",
    "Is it as sure as it is right?",
)


def show_errors(subject: Subject, images: Images | str) -> None:
    """Four ways to look at its answers to test images."""
    if isinstance(images, str):
        st.caption("There are no test images here that it could be measured on.")
        return
    found = measure.predictions(subject, images)
    if found.classes != len(images.class_names):
        st.caption(
            f"It gives {found.classes} scores for {len(images.class_names)} classes, so nothing "
            "says which is which."
        )
        return
    st.markdown(_in_words(subject, found, len(images.test)))
    view = st.segmented_control(
        "View",
        [MATRIX, MISTAKES, POINTS, SURE],
        default=MATRIX,
        key=VIEW,
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )
    key = f"inside_{subject.key}"
    names = images.class_names
    if view == MATRIX:
        with confusions(key, found, confusion_matrix(found), names, images):
            _look_at_cell(key, found)
    elif view == MISTAKES:
        mistakes(key, found, confusion_matrix(found), names, images)
    elif view == POINTS:
        _points(subject, found, images)
    else:
        _sure(found)


def _in_words(subject: Subject, found: Predictions, all_images: int) -> str:
    run, right, of = subject.run, found.right, len(found)
    if run and run.result and subject.epoch is None and run.result.test_images == of:
        return in_words(run, found)
    which = "the first " if of < all_images else ""
    where = f" ({plain(data_title(subject.dataset))})" if subject.dataset else ""
    bounds = interval(wilson_interval(right, of))
    return (
        f"**{percent(right / of)} of {which}{of:,} test images are right**{where}, {right:,} of "
        f"them; 95\u202f% interval {bounds}."
    )


def _look_at_cell(key: str, found: Predictions) -> None:
    cell = st.session_state.get(f"cell_{key}")
    if isinstance(cell, tuple):
        places = places_in(found, *cell)
        if len(places):
            _look_button(int(places[0]), "Look at the first of these")


def _look_button(place: int, label: str) -> None:
    st.button(
        label, icon=":material/visibility:", on_click=image.put, args=(place,), key="inside_look"
    )


def _points(subject: Subject, found: Predictions, images: Images) -> None:
    with st.spinner("Placing the test images ...", show_time=True):
        points = measure.embedding(subject.weights_key, subject, images)
    count = min(len(points.points), len(found))
    labels, predicted = images.test.labels[:count], found.predicted[:count]
    left, right = st.columns([3, 1], gap="medium")
    with left:
        clicked = plot(
            embedding_figure(points, labels, predicted, images.class_names, dark=theme.is_dark()),
            label=f"{count:,} test images as points",
            height=460,
            key=f"inside_points_{subject.key}",
        )
        share = sum(points.shares[:2])
        st.caption(
            f"The first {measure.counted(count)}, by what the last hidden layer makes of each "
            f"(PCA): the two directions in which that varies most, {share:.0%} of all. What lies "
            "close here may lie apart in the others. Large and ringed: a mistake."
        )
    place = clicked.get("customdata") if clicked else None
    if type(place) is int and 0 <= place < count:
        st.session_state[POINT] = (subject.key, place)
    key, place = st.session_state.get(POINT, ("", 0))
    with right:
        if key != subject.key or place >= count:
            st.caption("Click a point to see its image.")
            return
        name, said = images.class_names[labels[place]], images.class_names[predicted[place]]
        sure = certainty(float(found.scores[place].max()))
        tile = Tile(images.test.pixels[place], f"Test image {place}", f"Test image {place}")
        st.html(gallery([tile], size_px=120))
        st.markdown(f"True: **{plain(name)}**, taken for **{plain(said)}** with {sure}.")
        _look_button(place, "Look at this one")


def _all_in_all(over: float) -> str:
    apart = percent(abs(over))
    if apart == percent(0.0):
        return "over these images it is as sure as it is right"
    how = "surer" if over > 0 else "less sure"
    return f"over these images it is {apart} {how} than it is right"


def _sure(found: Predictions) -> None:
    measured = reliability(found)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        plot(
            reliability_figure(measured, dark=theme.is_dark()),
            label=f"Confidence against accuracy on {measured.images:,} test images",
            height=380,
            key="inside_reliability",
        )
    apart, over = measured.error or 0.0, measured.overconfidence or 0.0
    with right:
        st.markdown(
            f"On average its confidence and its accuracy lie **{percent(apart)}** apart (the "
            f"expected calibration error over {len(measured.bins)} bins); {_all_in_all(over)}."
        )
        st.caption(
            "A bar is the share of right answers among the images of which it was about so sure; "
            "the paler, the fewer. On the dotted line it would be right as often as it says."
        )
