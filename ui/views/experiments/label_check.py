"""Which labels look wrong: every image judged by a training that has not seen it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.compare.comparison import Group
from cnn.data.dataset import Pixels
from cnn.data.look import Tested
from cnn.diagnose import folds
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.label_errors import Doubt, Doubts, doubt, doubts, together
from cnn.network.errors import ArchitectureError
from cnn.pictures.kit.gallery import Tile, gallery
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.presets import BRIEF
from ui.parts.comparison.choice import architecture_of, name_of, offered
from ui.parts.runs import measured
from ui.parts.setup.settings import Settings
from ui.session.words import percent, plain
from ui.views.experiments import conditions
from ui.views.experiments.address import Address, keep, last
from ui.views.experiments.live import Epochs, follow, open_in_train

ID = "labels"
SETTINGS = Settings("labels")
NETWORK = SETTINGS.key("network")
USUAL_NETWORK = "simple-cnn"
SHOWN = 60
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
        chosen = conditions.conditions(SETTINGS)
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
    _summary(answers, ranked)
    _wall(answers, ranked, pixels, names)
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


def _summary(answers: Predictions, found: Doubts) -> None:
    images = len(answers)
    st.markdown(
        f"**{found.many:,} of {images:,} labels look wrong** ({percent(found.many / images)}). "
        f"Of all labels, {percent(answers.right / images)} are what a network says that has never "
        "seen the image."
    )
    st.caption(
        "A label counts as wrong where the network gives another class at least the share that it "
        "gives that class's own images on average (confident learning). Hard images are among "
        "them: look before you change anything.",
    )


def _wall(answers: Predictions, found: Doubts, pixels: Pixels, names: tuple[str, ...]) -> None:
    first = [doubt(answers, found, int(place)) for place in found.ranked[:SHOWN]]
    tiles = [
        Tile(
            pixels[one.place],
            _reason(one, names),
            f"{names[one.label]} → {names[one.said]}?",
            f"{percent(one.said_share)} sure{'' if one.is_likely else ', not counted'}",
        )
        for one in first
    ]
    st.caption(f"The {len(tiles)} most in doubt: the label, and what the network says instead.")
    st.html(gallery(tiles, size_px=TILE_PX))


def _reason(one: Doubt, names: tuple[str, ...]) -> str:
    return (
        f"Labelled {names[one.label]}. A network that has not seen this image gives "
        f"{names[one.said]} {percent(one.said_share)} and {names[one.label]} "
        f"{percent(one.label_share)}."
    )
