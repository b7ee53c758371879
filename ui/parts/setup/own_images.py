"""A person's own images: brought in a dialog, read, looked over, kept, and deleted again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnn.data import DataError, Rejected
from cnn.data.in_child_process import Arrived
from cnn.data.in_child_process import bring as bring_outside
from cnn.data.look import Look
from cnn.data.own import library
from cnn.data.own.choices import Choice
from cnn.data.own.keeping import own_name
from cnn.data.own.library import lay_aside
from cnn.data.own.limits import LIMITS
from cnn.insight.readings.explanations import Fact
from cnn.names import visible
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import run_list
from ui.components.photos import Packed, photos
from ui.parts.runs import runs
from ui.parts.setup import understood
from ui.session.brought import take
from ui.session.dialog import open_dialog
from ui.session.person import own_folder
from ui.session.words import plain

FIELD = "own_images_file"
READ = "own_images_read"
ASKED = "own_images_asked"


@dataclass(frozen=True, slots=True)
class Read:
    """What is kept of an upload while it is looked over; its pixels stay in the file."""

    arrived: Arrived
    choices: tuple[Choice, ...]
    """As they were when nothing had been said of them yet."""
    words: str = ""
    """What was said of them, as it was read last."""


def ask_for_own_images() -> None:
    """Opens the dialog as soon as the page is shown that offers it."""
    st.session_state[ASKED] = True


def offer(use: Callable[[str], None]) -> None:
    """A button that opens the dialog; `use` gets the id of what was kept there."""
    pressed = st.button(
        "Add your own images", icon=":material/add_photo_alternate:", type="tertiary"
    )
    if st.session_state.pop(ASKED, False) or pressed:
        st.session_state.pop(READ, None)
        open_dialog(
            "Your own images", bring, use, width="large", icon=":material/add_photo_alternate:"
        )


def bring(use: Callable[[str], None]) -> None:
    """What is in the dialog: pictures or a file, what was read of it, a name to keep it under."""
    by_class, as_file = st.tabs(["Kind by kind", "A zip or npz file"])
    with as_file:
        given = _ask_for_file()
    with by_class:
        read = st.container()
    st.caption(
        ":material/lock: They go to the machine that runs this app, and no further. What is used "
        f"is kept there in {plain(_kept_in())} until you press *Delete these images* on Train; a "
        "run keeps a few of them to show, until it is deleted."
    )
    found = _found(given)
    if isinstance(found, Read) and given:
        said = understood.ask(found.choices, found.arrived, given.file_id)
        found = _read_again(given, found, said.words)
    with read:  # told what came of them, so after they were read
        photos(FIELD, _packed(given, found), key="own_images_photos")
    if given is None or found is None:
        return
    if isinstance(found, str):
        st.error(plain(found), icon=":material/broken_image:")
        return
    if found.arrived.look is None:
        st.error(plain(found.arrived.trouble), icon=":material/broken_image:")
        return
    _report(found.arrived.look, found.choices)
    name = st.text_input(
        "Name", own_name(found.arrived.path), max_chars=40, key=f"own_images_name_{given.file_id}"
    )
    if missing := understood.unanswered(found.choices, said):
        st.info(f"First say above: {' '.join(missing)}", icon=":material/help:")
    label, icon = "Use these images", ":material/check:"
    if st.button(label, type="primary", icon=icon, disabled=bool(missing)):
        try:
            kept = library.keep(found.arrived.path, name, own_folder())
        except DataError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        del st.session_state[READ]
        use(kept.id)
        st.rerun()


def _found(given: UploadedFile | None) -> Read | str | None:
    """What was read of the upload, once, or why it cannot be used."""
    if given is None:
        return None
    if st.session_state.get(READ, (None,))[0] != given.file_id:
        with st.spinner("Reading the images ...", show_time=True):
            st.session_state[READ] = (given.file_id, _read(given))
    found: Read | str = st.session_state[READ][1]
    return found


def _read_again(given: UploadedFile, found: Read, words: str) -> Read | str:
    """The same file with what is said of it now, where that is not how it was read last."""
    if words == found.words:
        return found
    again: Read | str
    with st.spinner("Reading the images ...", show_time=True):
        try:
            arrived = bring_outside(found.arrived.path, words)
            again = replace(found, arrived=arrived, words=words)
        except DataError as error:
            again = f"{error} Choose the file again."
    st.session_state[READ] = (given.file_id, again)
    return again


def _packed(given: UploadedFile | None, found: Read | str | None) -> Packed | None:
    """By which zip pictures were handed over, and what came of it."""
    if given is None or found is None:
        return None
    if isinstance(found, str) or found.arrived.look is None:
        said = "They cannot be used: why stands below."
        return Packed(given.file_id, given.name, said, is_good=False)
    said = f"{_counted(found.arrived.look)}. Give them a name below, and use them."
    return Packed(given.file_id, given.name, said, is_good=True)


def _counted(found: Look) -> str:
    images, classes = sum(found.images.values()), len(found.class_names)
    return f"{images:,} pictures of {classes} kinds were read"


def _ask_for_file() -> UploadedFile | None:
    st.caption(
        "A zip with one folder of images per class, or with images and a table of their labels "
        "(CSV or Parquet), or with idx files as MNIST has them; or an npz with `images` and "
        "`labels`. With splits of its own, a zip has such folders in `train/`, `test/` and perhaps "
        "`val/`, a table a column that says so, an npz `x_train`, `y_train`, `x_test` and so on. "
        f"At most {LIMITS.files:,} images ({LIMITS.array_images:,} in arrays) in {LIMITS.classes} "
        f"classes, and {LIMITS.upload_bytes / 1e6:,.0f} MB."
    )
    return st.file_uploader(
        "A zip or npz file",
        type=["zip", "npz", "npy", "gz", "csv", "parquet"],  # the last ones to say what is missing
        max_upload_size=LIMITS.upload_bytes // 1_000_000,
        key=FIELD,
    )


def _kept_in() -> str:
    """The folder of own images, as one would write it."""
    folder = own_folder()
    with contextlib.suppress(ValueError, RuntimeError):
        return f"~/{folder.relative_to(Path.home())}"
    return str(folder)


def _read(given: UploadedFile) -> Read | str:
    """Laid aside on the disk first, so that it is not in memory while it is read."""
    try:
        arrived = bring_outside(lay_aside(take(given), given.name, own_folder()))
        return Read(arrived, arrived.understood.choices)
    except DataError as error:
        return str(error)


def _report(found: Look, choices: tuple[Choice, ...]) -> None:
    """What was read: classes with their images, the splits, and what was refused."""
    st.success(f"{_counted(found)}.", icon=":material/check_circle:")
    st.caption(f":material/call_split: {plain(found.how_split)}")
    for said in understood.found_said(choices):
        st.caption(f":material/info: {plain(said)}")
    understood.kinds(found)
    refused(found.rejected, found.all_rejected)


def refused(rejected: tuple[Rejected, ...], many: int) -> None:
    """The first of the files that were left out, each by name and with its reason."""
    if not rejected:
        return
    with st.expander(f"{many:,} file{'s were' if many > 1 else ' was'} left out"):
        facts = [Fact(one.file, one.reason) for one in rejected]
        if many > len(facts):
            facts.append(Fact("", f"and {many - len(facts):,} more"))
        with st.container(height=220 if many > 5 else "content", border=False):
            st.html(_list(facts))


def _list(facts: list[Fact]) -> str:
    lines = "".join(
        f"<li><samp>{escape(visible(fact.label))}</samp> {escape(fact.text)}</li>" for fact in facts
    )
    style = "margin:0;padding-left:1.1rem;font-size:.88rem;overflow-wrap:anywhere"
    return f'<ul style="{style}">{lines}</ul>'


def deletion(chosen: library.OwnImages, then: Callable[[], None]) -> None:
    """A button, asked twice, that deletes own images which no run is waiting for."""
    with st.popover("Delete these images", icon=":material/delete:", type="tertiary"):
        if _in_use(chosen):
            st.caption("A training that is not over yet needs them. Wait for it, or stop it first.")
            return
        if made := library.made_of(own_folder(), chosen):
            names = plain(", ".join(one.name for one in made))
            st.caption(f"{names} is made of them. Delete that first.")
            return
        st.caption("Runs that were trained on them stay, but cannot be repeated without the file.")

        def delete() -> None:
            library.forget(chosen)
            then()

        st.button("Delete", on_click=delete, type="primary", key="own_images_delete")


def _in_use(chosen: library.OwnImages) -> bool:
    def needs(run: Run | Elsewhere | Unreadable) -> bool:
        if isinstance(run, Run):
            return run.configuration.dataset.file == str(chosen.path)
        return isinstance(run, Unreadable) and run.dataset == chosen.id

    return any(map(needs, run_list.live(runs.store())))
