"""Where a design comes from: the zoo, a file, a blank sheet; its name and its input."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnn.data import CATALOGUE, DatasetName
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.feed import USUAL, Feed
from cnn.network.in_child_process import read_file_outside
from cnn.network.keras.read import WITHOUT_WEIGHTS, Imported
from cnn.network.shapes import shape_text
from cnn.network.source import ENDINGS, WITH_WEIGHTS, input_shape
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from ui.parts.network.open_size import ask_size, size_of, typed_size
from ui.parts.network.pixels import choose_pixels
from ui.parts.setup.parent import LARGEST_MB, bring
from ui.session import design
from ui.session.words import plain, pretty, short
from ui.views.build.saved import MENU, open_design, saved_designs

NOTES = "import_notes"
OPENED, REFUSED = "opened_file", "refused_file"
NAMED = "name_shown"
WEIGHTS_ELSEWHERE = "To begin a training with those weights: Start from, on Train, has the file."
GROUPS = {
    "lesson": "First networks",
    "classic": "The classics",
    "after": "What came after",
    "original": "The originals, on paper",
}


def start_from() -> None:
    """A menu of all one can start from; choosing replaces the design, undo brings it back."""
    menu = st.popover(
        "Start from …",
        icon=":material/folder_open:",
        width="stretch",
        key=MENU,
        on_change="rerun",  # so that an edit does not pay for a closed menu
    )
    if not menu.open:
        return
    with menu:
        known, mine, file, blank = st.tabs(["Known networks", "Saved", "A file", "Nothing"])
        with known:
            _known_networks()
        with mine:
            saved_designs()
        with file:
            _file()
        with blank:
            st.caption("No layers, on the input that is set now.")
            st.button(
                "Remove all layers",
                icon=":material/check_box_outline_blank:",
                on_click=open_design,
                args=(Architecture("My network", design.current().input, ()),),
            )


def _known_networks() -> None:
    for group, heading in GROUPS.items():
        st.caption(heading)
        for one in (one for one in zoo().values() if one.group == group):
            label = f"**{one.title}** · {short(trace(one.architecture).total_params)}"
            st.button(
                label,
                key=f"zoo_{one.id}",
                help=one.idea,
                width="stretch",
                on_click=open_design,
                args=(one.architecture,),
            )


def _file() -> None:
    asked = choose_pixels(
        USUAL,
        None,
        key="file_pixels",
        label="Pixels it expects, if the file does not say",
        before="A Keras file does not say which pixels its network was made for, unless it begins "
        "with a Rescaling or a Normalization. Its weights are left out, so here it is what the "
        "design is trained on. ",
    )
    given = st.file_uploader(
        f"JSON, Keras JSON, {WITH_WEIGHTS}",
        type=["json", *(ending[1:] for ending in ENDINGS)],
        help="The description is read, and what a Normalization has learnt; no other weights. "
        "Nothing in the file is executed.",
        max_upload_size=LARGEST_MB,
    )
    if given is None or asked is None or st.session_state.get(OPENED) == given.file_id:
        return
    attempt = given.file_id, asked.text, typed_size(given.file_id)
    failed, why = st.session_state.get(REFUSED, (None, ""))
    if attempt != failed:
        try:
            with st.spinner("Reading the file ...", show_time=True):
                size = size_of(given.file_id)
                opened = read_file_outside(given.name, given.getvalue(), size)
            architecture, notes = _fed(opened, asked)
        except ArchitectureError as error:
            why = str(error)
            st.session_state[REFUSED] = attempt, why  # with other words beside it, it may open
        else:
            st.session_state[OPENED] = given.file_id
            design.put(architecture)
            st.session_state[NOTES] = notes
            if WITHOUT_WEIGHTS in notes:
                st.session_state[design.FROM_FILE] = architecture.layers
                bring(given)
                st.session_state[NOTES] = (*notes, WEIGHTS_ELSEWHERE)
            st.rerun()
    st.error(plain(why), icon=":material/error:")
    ask_size(given.file_id, why)


def _fed(opened: Imported, asked: Feed) -> tuple[Architecture, tuple[str, ...]]:
    """The network of a file, fed what is asked for where the file does not say it; its notes."""
    architecture, notes = opened.architecture, opened.notes
    if opened.says_pixels:
        return architecture, notes
    feed = opened.fed_as(asked)
    feed.check(architecture.input[2])
    said = (
        "The file does not say which pixels its network expects: as a design, which is trained "
        f"anew, it is fed those {feed.words}, as is set beside the file. Pixels, below the stack, "
        "changes that."
    )
    return replace(architecture, feed=feed), (*notes, said)


def import_notes() -> None:
    """What the file just opened said that a network does not hold: said once."""
    notes: tuple[str, ...] = st.session_state.pop(NOTES, ())
    if notes:
        st.info("What became of the file:", icon=":material/info:")
        for note in notes[:20]:
            st.text(f"· {note}")


def _sizes() -> dict[str, str]:
    """The sizes of the data sets' images, each with the first that has it."""
    found: dict[str, str] = {}
    for name, one in CATALOGUE.items():
        if name is not DatasetName.MNIST_SAMPLE:  # of the size of MNIST, which says more
            found.setdefault(pretty(shape_text(one.image_shape)), pretty(one.title))
    return found


SIZES = _sizes()


def name_and_input() -> None:
    """The design's name and its input, each where it can be changed."""
    now = design.current()
    height, width, channels = now.input
    shown = f"{height}×{width}×{channels}"
    name_column, input_column = st.columns([3, 2])
    # Of one key while it is typed into, so that Enter leaves the focus where it is.
    key = f"name_{now.rev}"
    if key not in st.session_state or st.session_state.get(NAMED) != now.name:
        st.session_state[key] = st.session_state[NAMED] = now.name
    name = name_column.text_input("Name", key=key, max_chars=120)
    if not name:  # emptied, or on its way to a browser that answered before it had it
        name = now.name
        st.session_state.pop(NAMED)  # so that it stands there again
        name_column.caption(f"Without another name it stays {plain(name)}.")
    size = input_column.selectbox(
        "Input",
        list(dict.fromkeys([shown, *SIZES])),
        format_func=lambda size: f"{size} · {SIZES[size]}" if size in SIZES else size,
        key=f"input_{shown}",
        accept_new_options=True,
        filter_mode="contains",
        help="height × width × channels: of a data set, or typed, such as 32×32×3",
    )
    try:
        if name != now.name or size != shown:
            checked = Architecture(name, input_shape(size or ""), (), now.feed)
            design.change(name=checked.name, input=checked.input)
            st.session_state[NAMED] = name
            st.rerun()
    except ArchitectureError as error:
        st.error(plain(str(error)), icon=":material/error:")
