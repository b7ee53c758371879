"""Choosing whose weights a training begins with: a finished run's, or those of a file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnn.data import title as data_title
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.in_child_process import read_trained_outside
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.keras.read import Imported
from cnn.network.shapes import MapShape
from cnn.network.source import ENDINGS, WITH_WEIGHTS
from cnn.shipped.starts import IDS, shipped_parent
from cnn.training.recipe.run import Run
from cnn.training.recipe.start import SHIPPED, StartError
from cnn.training.workers import starting
from cnn.training.workers.starting import Parent
from ui.parts.drawing.networks import MOST_RUNS, finished_runs, short_names
from ui.parts.network.open_size import ask_size, size_of
from ui.parts.runs import runs
from ui.session.brought import GONE, Brought, hold
from ui.session.kept import kept
from ui.session.words import percent

KEY, UPLOAD, KEPT = "train_start", "train_start_file", "train_start_kept"
NEW, FILE = "new", "file"
WITHOUT_DESIGN = ".safetensors"
"""Of files that may hold weights alone."""
LARGEST_MB = 200


def choose_parent(design: Architecture) -> Parent | None:
    """A finished run, or a file that is brought, its weights unread; None for new weights. A file
    that holds weights alone is taken for the `design`'s.

    Raises `StartError` for what is there no more, or not yet.
    """
    offered = {run.id: run for run in finished_runs()}
    names = short_names(list(offered.values()))

    def said(id: str) -> str:
        if id == NEW:
            return "New weights, as usual"
        if id == FILE:
            return "A file of yours"
        if id in IDS:
            return f"{IDS[id].called} (ships)"
        run = offered.get(id)
        if run is None or run.result is None:
            return f"run {id}"
        where = data_title(run.configuration.dataset)
        return f"{names[id]} · {where} · {percent(run.result.test_accuracy)}"

    now = st.session_state[KEY]
    options = [NEW, *IDS, FILE, *offered]
    chosen = st.selectbox(
        "Weights to begin with",
        options if now in options else [*options, now],
        format_func=said,
        key=KEY,
        persist_state="session",
        help=f"A body that ships, one of the latest {MOST_RUNS} runs, or a {WITH_WEIGHTS} file. "
        "Layers that are alike, from the front on, begin with its weights; all others with new "
        "ones.",
    )
    if chosen == NEW:
        return None
    if chosen.startswith(SHIPPED):
        return shipped_parent(chosen)
    if chosen != FILE:
        return _looked_at(offered.get(chosen) or _run(chosen))
    st.file_uploader(
        f"{'Another' if st.session_state.get(KEPT) else 'A'} {WITH_WEIGHTS} file",
        type=[ending[1:] for ending in ENDINGS],
        key=UPLOAD,
        on_change=_keep,
        max_upload_size=LARGEST_MB,
        help="Names, shapes and numbers are read; nothing in the file is executed.",
    )
    return replace(of_file(design), weights=None)


def bring(given: UploadedFile) -> None:
    """Has a file that was opened elsewhere here at once, where its weights are begun with."""
    hold(given, KEPT)


def whole(parent: Parent) -> Parent:
    """The same with its weights; raises `StartError` where they are not there any more."""
    if parent.file.startswith(SHIPPED):
        return parent
    if parent.run:
        return starting.of_run(runs.store(), parent.run)
    return of_file(parent.architecture)


def of_file(design: Architecture) -> Parent:
    """The file that was brought, of this design where it says none."""
    brought: Brought | None = st.session_state.get(KEPT)
    if brought is None:
        raise StartError("no file was chosen yet: choose one above, or new weights.")
    if not brought.is_here:
        raise StartError(GONE)
    try:
        with st.spinner("Reading the file ...", show_time=True):
            of = design.to_json() if brought.ending.lower() == WITHOUT_DESIGN else ""
            imported, weights = _read(brought.key, brought, size_of(brought.key), of)
    except (ArchitectureError, WeightsError) as error:
        ask_size(brought.key, str(error))
        raise StartError(str(error)) from error
    return starting.of_file(brought.name, imported, weights)


def _run(id: str) -> Run:
    found = runs.readable(id)
    if found is None:
        raise StartError(f"run {id} is not in the store, or was deleted. Choose another one.")
    return found


def _looked_at(run: Run) -> Parent:
    """A run as a parent, its weights unread."""
    starting.check_parent(runs.store(), run)
    names = starting.known_classes(runs.store(), run)
    return Parent(run.architecture, None, run=run.id, class_names=names)


def _keep() -> None:
    given = st.session_state.get(UPLOAD)
    if given is not None:
        hold(given, KEPT)


# Mapped files, which take no memory until a training takes their weights.
@kept(most=2)
def _read(key: str, _file: Brought, size: MapShape | None, of: str) -> tuple[Imported, Weights]:
    design = Architecture.from_json(of) if of else None
    return read_trained_outside(_file.file, size, f"model{_file.ending}", design)
