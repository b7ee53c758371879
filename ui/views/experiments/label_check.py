"""Which labels look wrong: every image judged by a training that has not seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from cnn.comparing.comparison import Group
from cnn.data import DataError, DatasetSpec, title
from cnn.data.dataset import Pixels
from cnn.data.edited import Edits
from cnn.data.edits_outside import OfFold, make
from cnn.data.look import Tested
from cnn.data.portion import WHOLE
from cnn.diagnose import folds
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.label_errors import Doubt, Doubts, doubt, doubts, together
from cnn.network.errors import ArchitectureError
from cnn.people.images import check_theirs
from cnn.pictures.kit.gallery import Tile, gallery
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.presets import BRIEF
from ui.parts.comparison.choice import architecture_of, name_of, offered
from ui.parts.runs import measured, runs
from ui.parts.setup.settings import Settings
from ui.session.pages import PAGES
from ui.session.person import own_folder
from ui.session.words import percent, plain
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep, last
from ui.views.experiments.live import Epochs, follow, open_in_train

ID = "labels"
SETTINGS = Settings("labels")
NETWORK = SETTINGS.key("network")
USUAL_NETWORK = "simple-cnn"
SHOWN = 60
MENDED = ("Leave them out", "Take what the network says")
TILE_PX = 84


def arrive(address: Address) -> None:
    """Puts what an address says into the widgets."""
    id = last(address, "network")
    st.session_state[NETWORK] = id if architecture_of(id) else USUAL_NETWORK
    conditions.arrive(SETTINGS, BRIEF, address)


def show() -> None:
    """The tab."""
    conditions.begin(SETTINGS, BRIEF)
    st.session_state.setdefault(NETWORK, USUAL_NETWORK)
    st.markdown(
        f"Which labels look wrong? The images to learn from are dealt into {folds.FOLDS} folds; "
        "each is judged by a network that learned from the others. Where it is sure of another "
        "class, look at the image."
    )
    with st.container(border=True):
        id = st.selectbox(
            "Network",
            offered([st.session_state[NETWORK]]),
            key=NETWORK,
            format_func=name_of,
            persist_state="session",
        )
        chosen = conditions.conditions(SETTINGS, compares=False)
        architecture = architecture_of(str(id))
        if chosen is None or architecture is None:
            return
        keep(ID, {"network": str(id)} | chosen.to_address())
        try:
            entrant = chosen.entrant(str(id), architecture)
            wanted = folds.plans(entrant, chosen.configuration, chosen.seeds)
        except (ArchitectureError, ConfigurationError) as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        plans = conditions.trainable(wanted, chosen)
    if len(plans) == len(wanted):
        follow(plans, _results)


def _results(groups: list[Group], _epochs: Epochs) -> None:
    """The images in doubt, once every fold has been answered."""
    missing = sum(not group.finished for group in groups)
    if missing:
        st.caption(f"{len(groups) - missing} of {len(groups)} folds are answered so far.")
        return
    found = [_fold(group) for group in groups]
    if words := [one for one in found if isinstance(one, str)]:
        st.error(plain(words[0]), icon=":material/error:")
        return
    folds_found = [one for one in found if not isinstance(one, str)]
    answers = together([one for one, _ in folds_found])
    pixels = np.concatenate([images.test.pixels for _, images in folds_found])
    names = folds_found[0][1].class_names
    ranked = doubts(answers)
    _summary(answers, ranked, sum(map(_seen, groups)))
    first = [doubt(answers, ranked, int(place)) for place in ranked.ranked[:SHOWN]]
    _wall(first, pixels, names)
    _mend(groups, [len(one) for one, _ in folds_found], first, names)
    open_in_train(groups)


def _fold(group: Group) -> tuple[Predictions, Tested] | str:
    """What the trainings of a fold answer to its images, or why that is not known."""
    each = [measured.predictions(run) for run in group.finished]
    for one in each:
        if not isinstance(one, Predictions):
            return one or "A training kept no answers. Delete it, and train its fold again."
    images = measured.images(group.finished[0])
    if isinstance(images, str):
        return images
    return folds.mean_answers([one for one in each if isinstance(one, Predictions)]), images


def _seen(group: Group) -> int:
    """How many images of a fold are also, pixel for pixel, among those that were learned from."""
    return next((run.result.seen_test_images or 0 for run in group.finished if run.result), 0)


def _summary(answers: Predictions, found: Doubts, seen: int) -> None:
    images = len(answers)
    twice = f", but for {seen:,} that it has, as they come more than once" if seen else ""
    st.markdown(
        f"**{found.many:,} of {images:,} labels look wrong** ({percent(found.many / images)}). "
        f"Of all labels, {percent(answers.right / images)} are what a network says that has never "
        f"seen the image{twice}."
    )
    st.caption(
        "A label counts as wrong where the network gives another class at least the share that it "
        "gives that class's own images on average (confident learning). Hard images are among "
        "them: look before you change anything.",
    )


def _wall(first: Sequence[Doubt], pixels: Pixels, names: tuple[str, ...]) -> None:
    tiles = [
        Tile(
            pixels[one.place],
            _reason(one, names),
            f"{number}: {names[one.label]} → {names[one.said]}?",
            f"{percent(one.said_share)} sure{'' if one.is_likely else ', not counted'}",
        )
        for number, one in enumerate(first, start=1)
    ]
    st.caption(f"The {len(tiles)} most in doubt: the label, and what the network says instead.")
    st.html(gallery(tiles, size_px=TILE_PX))


def _mend(
    groups: list[Group], sizes: Sequence[int], first: Sequence[Doubt], names: tuple[str, ...]
) -> None:
    """The labels that one calls wrong, and the data set that is made without them."""
    st.header("Mend them", anchor=False)

    def words(number: int) -> str:
        one = first[number - 1]
        return f"{number}: {names[one.label]} → {names[one.said]}"

    chosen = st.multiselect(
        "Which of these labels are wrong?",
        list(range(1, len(first) + 1)),
        format_func=words,
        key="labels_wrong",
        placeholder="Look at the images above, and choose",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.segmented_control(
            "What becomes of them", MENDED, default=MENDED[0], key="labels_what", required=True
        )
        base = replace(groups[0].finished[0].configuration.dataset, portion=WHOLE)
        name = st.text_input(
            "Name of the new data set",
            f"{title(base)} mended"[:40],
            max_chars=40,
            key="labels_name",
            width=300,
        )
        pressed = st.button("Make it", icon=":material/check:", disabled=not chosen)
    if pressed:
        wrong = [first[number - 1] for number in chosen]
        is_dropped = what == MENDED[0]
        of_folds = [
            _of_fold(groups, sizes, one, "" if is_dropped else names[one.said]) for one in wrong
        ]
        _make(base, name, of_folds)


def _of_fold(groups: list[Group], sizes: Sequence[int], one: Doubt, name: str) -> OfFold:
    """An image by its place in its fold."""
    place, fold = one.place, 0
    while place >= sizes[fold]:
        place, fold = place - sizes[fold], fold + 1
    return OfFold(groups[fold].finished[0].configuration.dataset.portion, place, name)


def _make(base: DatasetSpec, name: str, of_folds: Sequence[OfFold]) -> None:
    try:
        check_theirs(runs.store(), base)
        with st.spinner("Making it ...", show_time=True):
            made = make(Edits(base), own_folder(), name.strip() or "mended", of_folds)
    except DataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.success(f"Made: {made.sizes} images.", icon=":material/check:")
    query = {"data": made.id}
    with st.container(horizontal=True):
        for page, label, icon in (
            ("data.py", "Look at it", ":material/photo_library:"),
            ("train.py", "Train on it", ":material/model_training:"),
        ):
            st.page_link(PAGES / page, label=label, query_params=query, icon=icon)


def _reason(one: Doubt, names: tuple[str, ...]) -> str:
    return (
        f"Labelled {names[one.label]}. A network that has not seen this image gives "
        f"{names[one.said]} {percent(one.said_share)} and {names[one.label]} "
        f"{percent(one.label_share)}."
    )
