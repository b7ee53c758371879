"""The image that goes through the network: of its test data, drawn on the pad, or a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DataError, DatasetName, DatasetSpec
from cnn.data.dataset import Images as Floats
from cnn.data.dataset import as_floats
from cnn.data.fitting import check_shape
from cnn.data.in_child_process import for_tests
from cnn.data.picture.handwriting import Handwriting
from cnn.data.picture.in_child_process import read_handwriting_outside
from cnn.insight.readings.reading import DIGITS, Reader
from cnn.network.shapes import shape_text
from ui.parts.drawing.board import AT_REST
from ui.parts.network.own_picture import as_read
from ui.parts.runs import measured
from ui.parts.runs.measured import Images
from ui.session.brought import GONE, Brought, hold
from ui.session.kept import kept
from ui.session.pages import PAGES
from ui.session.words import plain
from ui.views.inside.measure import predictions
from ui.views.inside.subject import Subject

SOURCE, PLACE, CLASS, UPLOAD, PICTURE, SWAPPED, WANTED, LOST = (
    f"inside_{name}"
    for name in (
        *("source", "number", "class", "picture_file", "picture", "swapped", "wanted"),
        "picture_lost",
    )
)
TEST, DRAWN, OWN = "Test images", "Drawn", "Your file"
EVERY = "any class"
FIRST = 0
LIMIT_MB = 10


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """An image as the network takes it, from 0 to 1: what it is called, and its true class."""

    pixels: Floats
    title: str
    label: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return hashlib.sha256(self.pixels.tobytes()).hexdigest()[:16]


def images_of(subject: Subject) -> Images | str:
    """The test images that a network is measured on, or why there are none."""
    if subject.run is not None:
        return measured.images(subject.run)
    if subject.dataset is None:
        return "There are no data for this file. Draw an image or bring one."
    with st.spinner(f"Loading {CATALOGUE[subject.dataset.name].title} ...", show_time=True):
        return _loaded(subject.dataset, subject.architecture.input)


@kept(most=4)
def _loaded(spec: DatasetSpec, shape: tuple[int, int, int]) -> Images | str:
    try:
        return for_tests(spec, shape)
    except DataError as error:
        return str(error)


def choose_image(subject: Subject, images: Images | str) -> Looked | None:
    """The controls, and the image that they choose; None, and why, where there is none yet."""
    st.session_state.setdefault(SOURCE, TEST)
    source = st.segmented_control(
        "Image", [TEST, DRAWN, OWN], key=SOURCE, persist_state="session", required=True
    )
    try:
        if source == DRAWN:
            return _drawn(subject)
        if source == OWN:
            return _own(subject)
    except DataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    if isinstance(images, str):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                f"The test images cannot be shown. {plain(images)}", icon=":material/hide_image:"
            )
            if subject.run is not None:
                st.button("Look again", icon=":material/refresh:", on_click=measured.look_again)
        return None
    return _of_test(subject, images)


def put(place: int) -> None:
    """Chooses a test image, before the page runs."""
    st.session_state[SOURCE] = TEST
    st.session_state[PLACE] = place


def _of_test(subject: Subject, images: Images) -> Looked:
    names, last = images.class_names, len(images.test) - 1
    now = st.session_state.pop(WANTED, st.session_state.get(PLACE, FIRST))
    st.session_state[PLACE] = min(max(now, 0), last)
    classes = [EVERY, *range(len(names))]
    if st.session_state.get(CLASS) not in classes:  # chosen for another network
        st.session_state[CLASS] = EVERY
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        place = st.number_input(
            f"Number, to {last:,}", 0, last, key=PLACE, persist_state="session", width=130
        )
        among = st.selectbox(
            "Class",
            classes,
            format_func=lambda one: EVERY if one == EVERY else names[one],
            key=CLASS,
            width=130,
            help="What Next looks for.",
        )
        st.button("Next", icon=":material/skip_next:", on_click=_next, args=(images, among))
        if st.button(
            "One it gets wrong",
            icon=":material/sentiment_dissatisfied:",
            help="Its surest mistake on these test images first, then the others in turn.",
        ):
            _to_mistake(subject, images)
    label = int(images.test.labels[place])
    one = images.test.take([place]).images[0]
    return Looked(one, f"Test image {place}", label)


def _next(images: Images, among: object) -> None:
    labels, now = images.test.labels, int(st.session_state[PLACE])
    fitting = np.arange(len(labels)) if among == EVERY else np.flatnonzero(labels == among)
    if len(fitting):
        later = fitting[fitting > now]
        put(int(later[0] if len(later) else fitting[0]))


def _to_mistake(subject: Subject, images: Images) -> None:
    """Goes to the next mistake; in the run itself, since the first time takes a moment."""
    found = predictions(subject, images)
    wrong = np.flatnonzero(found.predicted != found.labels)
    if not len(wrong):
        st.caption(f"It makes no mistake on these {len(found):,} test images.")
        return
    order = wrong[np.argsort(-found.scores[wrong].max(axis=1), kind="stable")].tolist()
    now = st.session_state[PLACE]
    st.session_state[WANTED] = (
        order[(order.index(now) + 1) % len(order)] if now in order else order[0]
    )
    st.rerun()


def _drawn(subject: Subject) -> Looked | None:
    image: Floats | None = st.session_state.get(AT_REST)
    if image is None:
        _say_it_is_lost(
            DRAWN, "drawing", "look on the pad whether it is still there, draw it again"
        )
        st.caption("Nothing is drawn yet: draw a digit, then come back.")
        st.page_link(PAGES / "draw.py", label="Draw a digit", icon=":material/draw:")
        return None
    return _as_read(subject, image, "Your drawing", ())


def _own(subject: Subject) -> Looked | None:
    st.file_uploader(
        "A PNG or JPEG of yours",
        key=UPLOAD,
        on_change=_keep,
        max_upload_size=LIMIT_MB,
        help="It stays in this session, in a file without a name, and goes with it.",
    )
    brought: Brought | None = st.session_state.get(PICTURE)
    if brought is None:
        _say_it_is_lost(OWN, "file of yours", "bring it again")
        st.caption("Choose an image, and it goes through the network.")
        return None
    if not brought.is_here:
        st.info(GONE, icon=":material/upload_file:")
        return None
    name = brought.name
    with st.spinner("Opening the image ...", show_time=True):
        found = (
            _written(brought.key, brought)
            if _reads_digits(subject)
            else as_read(brought.key, subject.architecture.input, brought)
        )
    image, notes = as_floats(found.pixels), found.notes
    if _reads_digits(subject):
        return _as_read(subject, image, name, notes)
    if st.toggle("Swap dark and light", key=SWAPPED, persist_state="session"):
        image, notes = 1 - image, (*notes, "dark and light swapped")
    return Looked(image, name, notes=notes)


def _say_it_is_lost(source: str, what: str, way_out: str) -> None:
    if st.session_state.get(LOST) == source:
        st.info(
            f"The address says that a {what} was looked at. An address holds no image, and the "
            f"one there was is gone with its session: {way_out}, or choose a test image.",
            icon=":material/link_off:",
        )


def _keep() -> None:
    hold(st.session_state.get(UPLOAD), PICTURE)


@kept()
def _written(key: str, _brought: Brought) -> Handwriting:
    return read_handwriting_outside(_brought.content or b"")


def _reads_digits(subject: Subject) -> bool:
    return subject.dataset is not None and subject.dataset.name in DIGITS


def _as_read(subject: Subject, image: Floats, title: str, notes: tuple[str, ...]) -> Looked:
    """An image of 28 x 28 as the network takes it."""
    check_shape(subject.architecture.input)
    spec = subject.dataset or DatasetSpec(DatasetName.MNIST_SAMPLE)
    reader = Reader(subject.architecture, subject.weights, spec)
    done = reader.fitting.removeprefix("The image is ").removesuffix(" for it.")
    return Looked(reader.fitted(image[None])[0], title, notes=(*notes, *filter(None, [done])))


def said_of(looked: Looked) -> str:
    """Where the image is from and what was done to it."""
    size = shape_text(looked.pixels.shape).replace("x", "×")
    done = f": {'; '.join(looked.notes)}" if looked.notes else ""
    return f"{looked.title}, {size}{done}."
