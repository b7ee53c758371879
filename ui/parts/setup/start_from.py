"""Where a training begins: with new weights, or with trained ones, as far as they fit.

Owns its controls, and the picture in which the border of what is frozen is moved. What fits what
is in `cnn.training.recipe.matching`, and what goes into the run in `cnn.training.workers.starting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from cnn.insight.passes import effort
from cnn.insight.passes.effort import TooMuchError
from cnn.network.architecture import Architecture
from cnn.network.trace import trace
from cnn.pictures.network.taken import taken_diagram
from cnn.shipped.starts import IDS
from cnn.training.recipe.fitting import is_fitted
from cnn.training.recipe.matching import Fate, Match
from cnn.training.recipe.start import SHIPPED, Start, StartError
from cnn.training.workers import starting
from cnn.training.workers.starting import Beginning, Parent
from ui.components.picture import picked, picture
from ui.parts.setup import network
from ui.parts.setup.parent import FILE, KEY, NEW, choose_parent, whole
from ui.session.kept import turn
from ui.session.words import plain, pretty

FREEZE, HEAD, PICTURE = "train_freeze", "train_head_first", "train_start_picture"
IN_A_TERMINAL = "In a terminal: `python -m cnn train NETWORK --from RUN`."
SIGNS = {
    Fate.TAKEN: ":green[:material/check_circle:]",
    Fate.REHEADED: ":orange[:material/change_circle:]",
    Fate.NEW: ":blue[:material/fiber_new:]",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The parent that was chosen, and what comes of it for the network; its weights are not read
    before the button is pressed.
    """

    parent: Parent
    begun: Beginning

    def ready(self, architecture: Architecture, classes: Sequence[str]) -> Beginning:
        """With the weights; raises `StartError` where they are not there any more."""
        start, own = self.begun.start, self.parent.architecture
        asked = effort.of_weights(own).then(effort.of_weights(architecture))
        try:
            asked.check("to copy these weights", hint=IN_A_TERMINAL)
        except TooMuchError as error:
            raise StartError(str(error)) from error
        wanted = {"freeze": start.freeze, "head_first": start.head_first}
        with turn(asked):
            return starting.begin(whole(self.parent), architecture, classes, **wanted)


def choose(architecture: Architecture, classes: Sequence[str], epochs: int) -> Chosen | None:
    """The controls; None for new weights. Raises `StartError` for what cannot be begun with."""
    kind = "new" if st.session_state.setdefault(KEY, NEW) == NEW else "trained"
    with st.expander(f"Start from {kind} weights", key="start_from"):
        parent = choose_parent(architecture)
        if parent is None:
            return None
        if is_from_shipped():
            st.caption(plain(IDS[st.session_state[KEY]].worth))
        try:
            found = starting.begin(parent, architecture, classes)
        except StartError:
            _take_network(parent)
            raise
        most = _most_frozen(architecture, found)
        _keep_within(most, epochs)
        freeze = _border(architecture, found.matches, most)
        head_first = _head_first(epochs)
        _said(found.matches, freeze)
        for note in found.notes:
            st.caption(plain(note))
        if not is_fitted(parent.architecture, architecture):
            _take_network(parent)
    begun = starting.begin(parent, architecture, classes, freeze=freeze, head_first=head_first)
    said = "; ".join(begun.start.phrases(architecture))
    st.caption(plain(f"Begins with weights of {parent.called}; {said}."))
    return Chosen(parent, begun)


def begin_with(start: Start | None) -> None:
    """Has the page begin as a run did whose settings are used; to be called before it is shown."""
    st.session_state[KEY] = NEW
    if start:
        ships = start.file.startswith(SHIPPED)
        st.session_state[KEY] = start.run or (start.file if ships else FILE)
    st.session_state[FREEZE] = start.freeze if start else 0
    st.session_state[HEAD] = start.head_first if start else 0


def is_from_shipped() -> bool:
    """Whether a body that ships was chosen."""
    return str(st.session_state.get(KEY, NEW)).startswith(SHIPPED)


def usual_head(epochs: int) -> int:
    """The epochs of the head alone: a third."""
    return max(1, round(epochs / 3))


def _most_frozen(architecture: Architecture, found: Beginning) -> int:
    """How many layers can be frozen: those before the first that has to be trained."""
    rows = {row.name: row for row in trace(architecture).rows}
    return min(int(rows[name].path[0]) for name in found.start.head(architecture))


def _keep_within(most: int, epochs: int) -> None:
    """What was set for another network or length, within what there is now."""
    for key, limit in ((FREEZE, most), (HEAD, epochs - 1)):
        held = st.session_state.get(key, 0)
        st.session_state[key] = min(max(int(held), 0), limit)


def _border(architecture: Architecture, matches: Sequence[Match], most: int) -> int:
    """The picture of the network, and the slider that moves the border of what is frozen in it."""
    traced = trace(architecture)
    titles = {row.path[0]: row.title for row in traced.rows if len(row.path) == 1}
    if clicked := picked(PICTURE):
        _freeze_to(clicked, most)
    picture(taken_diagram(traced, matches, st.session_state[FREEZE]), key=PICTURE, largest=1.0)
    if not most:
        return 0
    return int(
        st.select_slider(
            "Frozen up to",
            range(most + 1),
            format_func=lambda count: titles[count - 1] if count else "nothing",
            key=FREEZE,
            persist_state="session",
            help="The layers up to here stay as they are, averages of batch norm too. A click on a "
            "layer of the picture moves the border as well.",
        )
    )


def _freeze_to(clicked: str, most: int) -> None:
    """Freezes up to the layer that was clicked; the last of those, once more, is set free."""
    place = int(clicked.removeprefix("layers[").split("]")[0])
    count = place if st.session_state[FREEZE] == place + 1 else place + 1
    st.session_state[FREEZE] = min(count, most)


def _head_first(epochs: int) -> int:
    """The epochs of the head alone, and the button that sets the usual way."""
    if epochs < 2:
        return 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        head = st.number_input(
            "Epochs of the head alone",
            0,
            epochs - 1,
            step=1,
            key=HEAD,
            persist_state="session",
            width=200,
            help="In these, only what is new is trained, or the last layer where nothing is. Then "
            "all but the frozen layers are, at a tenth of the learning rate, by a schedule that "
            "begins anew.",
        )
        st.button(
            "Head first, then all at a tenth of the rate",
            icon=":material/stairs:",
            key="head_first_button",
            on_click=_usual_way,
            args=(epochs,),
            help="A third of the epochs for the head alone, then nothing is frozen.",
        )
    return int(head)


def _usual_way(epochs: int) -> None:
    st.session_state[HEAD] = usual_head(epochs)
    st.session_state[FREEZE] = 0


def _said(matches: Sequence[Match], freeze: int) -> None:
    """Each layer with what becomes of it, in words."""
    lines = [
        f"{SIGNS[one.fate]} **{one.row.title}** {one.fate}"
        f"{', frozen' if int(one.row.path[0]) < freeze else ''}: {plain(pretty(one.why))}"
        for one in matches
    ]
    with st.container(height=min(36 + 26 * len(lines), 190), border=True):
        st.markdown("  \n".join(lines))


def _take_network(parent: Parent) -> None:
    st.button(
        "Take its network",
        icon=":material/account_tree:",
        key="start_network",
        on_click=network.choose,
        args=(parent.architecture,),
        help="Trains the network that these weights are of; its end is fitted to the data.",
    )
