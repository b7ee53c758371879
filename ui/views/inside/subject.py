"""The network that is looked into: one that ships, a finished run, or a file of weights."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from cnn.data import CATALOGUE, DatasetName, DatasetSpec
from cnn.data import title as data_title
from cnn.data.catalogue import named_classes
from cnn.insight.passes import effort
from cnn.insight.passes.effort import Effort, TooMuchError
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.feed import Feed
from cnn.network.heads import end_activation
from cnn.network.in_child_process import read_trained_outside
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.keras.read import Imported
from cnn.network.shapes import MapShape
from cnn.network.source import ENDINGS, WITH_WEIGHTS
from cnn.network.trace import trace
from cnn.shipped import shipped
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.fitting import weights_with_classes, with_classes
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.class_names import class_names as class_names_of
from cnn.training.store.store import StoreError
from ui.parts.drawing.networks import MOST_RUNS, SHIPPED, about_card, finished_runs, short_names
from ui.parts.network.open_size import ask_size, size_of, typed_size
from ui.parts.network.pixels import ask_pixels, choose_pixels, fitting
from ui.parts.network.pixels import said_of as said_of_pixels
from ui.parts.runs import runs
from ui.session.brought import GONE, Brought, hold
from ui.session.kept import kept, turn
from ui.session.words import percent, plain
from ui.views.inside.epoch import choose_epoch, said_of_epoch

KEY, UPLOAD, KEPT, OF_FILE, LOST = (
    f"inside_{name}" for name in ("network", "file", "kept", "of_file", "file_lost")
)
FILE = "file"
LARGEST_MB = 200
NO_DATA = "none of them"
UNKNOWN_PIXELS = (
    "The file does not say which pixels its network was trained on, and what it makes of an "
    "image depends on them: choose them, and it opens."
)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A network with its weights, the classes it tells apart, and the data it is measured on.

    `id` names it in the address; `key` changes with the network too, and `weights_key` also with
    the `epoch` of its training that the weights are of, None where they are those tested.
    """

    id: str
    key: str
    name: str
    about: str
    architecture: Architecture
    weights: Weights
    class_names: tuple[str, ...]
    dataset: DatasetSpec | None
    run: Run | None = None
    epoch: int | None = None

    @property
    def weights_key(self) -> str:
        return self.key if self.epoch is None else f"{self.key}-{self.epoch}"


def asks(architecture: Architecture) -> Effort:
    """What it takes to hold the network and what all its layers make of an image."""
    followed = effort.of_forward(architecture, keep_linear=True)
    return effort.of_weights(architecture).then(followed)


def choose_subject(in_turn: ExitStack) -> Subject | None:
    """A control for the network; None, and why, where it cannot be had.

    A large one waits for its turn before its weights are read; what `in_turn` ends gives it back.
    """
    offered = {run.id: run for run in finished_runs()}
    names = short_names(list(offered.values()))

    def said(id: str) -> str:
        if id == SHIPPED:
            return "The built-in network"
        if id == FILE:
            return "A file of yours"
        run = offered.get(id)
        if run is None or run.result is None:
            return "a run that is not there"
        where = data_title(run.configuration.dataset)
        return f"{names[id]} · {where} · {percent(run.result.test_accuracy)}"

    chosen = st.session_state.setdefault(KEY, SHIPPED)
    options = [SHIPPED, FILE, *offered]
    missing = [] if chosen in options else [chosen]
    chosen = st.selectbox(
        "Network",
        [*options, *missing],
        format_func=said,
        key=KEY,
        persist_state="session",
        help=f"The built-in one, what is finished of the latest {MOST_RUNS} runs, or a "
        f"{WITH_WEIGHTS} file.",
    )
    try:
        if chosen == SHIPPED:
            return _shipped()
        if chosen == FILE:
            return _file(in_turn)
        if chosen not in offered:
            st.error(_why_missing(chosen), icon=":material/search_off:")
            return None
        return _of_run(offered[chosen], names[chosen], in_turn)
    except (WeightsError, StoreError, ArchitectureError, TooMuchError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _why_missing(id: str) -> str:
    try:
        run = runs.opened().look_up(id)
    except StoreError as error:
        return plain(str(error))
    if run is None:
        return "This run is not in the store, or was deleted. Choose another network."
    if isinstance(run, Elsewhere | Unreadable):
        return plain(runs.sentence(run))
    return (
        f"This run is {run.state.value}, so it has no tested weights to look into. Let it finish "
        "on the Train page, or choose another network."
    )


def _shipped() -> Subject:
    found = shipped()
    # Its own data may not be on this machine; the sample's test images are MNIST's, and it
    # learned from none of them.
    sample = DatasetSpec(DatasetName.MNIST_SAMPLE)
    names = named_classes(sample) or ()
    return Subject(
        SHIPPED,
        SHIPPED,
        "The built-in network",
        about_card(found.card),
        found.architecture,
        found.weights,
        names,
        sample,
    )


def _take_turn(architecture: Architecture, in_turn: ExitStack) -> None:
    traced, asked = trace(architecture), asks(architecture)
    asked.check(
        f"To follow an image through this network, of {traced.total_params:,} parameters and "
        f"{traced.total_macs:,} MACs,"
    )
    in_turn.enter_context(turn(asked))


def _of_run(run: Run, name: str, in_turn: ExitStack) -> Subject:
    assert run.result is not None
    _take_turn(run.architecture, in_turn)
    spec = run.configuration.dataset
    about = (
        f"Trained on {data_title(spec)}, {run.result.train_images:,} images. "
        f"{percent(run.result.test_accuracy)} of {run.result.test_images:,} test images are right. "
        f"{said_of_pixels(run.architecture)}"
    ).rstrip()
    key = f"{run.id}-{run.finished_at}"
    epoch = choose_epoch(run, key)
    if epoch is None:
        weights = _weights(runs.opened().url, key, run)
    else:
        weights = _weights_after(runs.opened().url, key, epoch, run)
        about = said_of_epoch(run, key, epoch)
    names = class_names_of(runs.opened(), run)
    return Subject(run.id, key, name, about, run.architecture, weights, names, spec, run, epoch)


# By the end of the run too: one that is taken up again ends once more, with other weights.
@kept(asks=lambda url, key, run: effort.of_weights(run.architecture))
def _weights(url: str, key: str, _run: Run) -> Weights:
    return trained_weights(runs.opened(), _run)


@kept()
def _weights_after(url: str, key: str, epoch: int, _run: Run) -> Weights:
    """Small ones all: of large networks none are kept."""
    return trained_weights(runs.opened(), _run, epoch)


def _file(in_turn: ExitStack) -> Subject | None:
    st.file_uploader(
        f"A {WITH_WEIGHTS} file",
        type=[ending[1:] for ending in ENDINGS],
        key=UPLOAD,
        on_change=_keep,
        max_upload_size=LARGEST_MB,
        help="Names, shapes and numbers are read; nothing in the file is executed.",
    )
    brought: Brought | None = st.session_state.get(KEPT)
    if brought is None:
        if st.session_state.get(LOST):
            st.info(
                "The address says that a file was looked into. It stays in the session it was "
                "brought to: choose it again, or another network.",
                icon=":material/upload_file:",
            )
        st.caption("A model that Keras saved, an ONNX file, or weights saved here for PyTorch.")
        return None
    name, key = brought.name, brought.key
    if not brought.is_here:
        st.info(GONE, icon=":material/upload_file:")
        return None
    try:
        with st.spinner("Reading the file ...", show_time=True):
            imported, mapped, of_file = _read(key, brought, size_of(key))
    except (ArchitectureError, WeightsError) as error:
        ask_size(key, str(error))
        raise
    ask_size(key)
    feed = _pixels_of_file(imported, key)
    if feed is None:
        return None
    key += typed_size(key)
    architecture = replace(imported.architecture, feed=feed)
    _take_turn(architecture, in_turn)
    weights = _in_memory(key, architecture, mapped)
    traced = trace(architecture)
    classes = traced.output_shape[-1] if len(traced.output_shape) == 1 else 0
    shown = st.selectbox(
        "Images it reads",
        [*_fitting(architecture, classes), NO_DATA],
        format_func=lambda one: CATALOGUE[one].title if one in CATALOGUE else one,
        key=f"{OF_FILE}_{key}",
        help="The file does not say what it was trained on. Its classes get the names of these "
        "data, and it is measured on their test images.",
    )
    spec = None if shown == NO_DATA or shown is None else DatasetSpec(DatasetName(shown))
    about = f"{traced.params_text}, read from {name}."
    if of_file != traced.params_text:
        about = f"{traced.params_text}, made of the {of_file} in {name}."
    about = " ".join(filter(None, [about, said_of_pixels(architecture), *imported.notes[:5]]))
    names = (named_classes(spec) if spec else None) or _numbered(classes)
    key = f"{key}-{shown}-{feed.text}"
    return Subject(FILE, key, name, about, architecture, weights, names, spec)


def _keep() -> None:
    given = st.session_state.get(UPLOAD)
    if given is not None:
        hold(given, KEPT)


# Mapped files, until their network turns out to be small enough to be held.
@kept(most=2)
def _read(key: str, _file: Brought, size: MapShape | None = None) -> tuple[Imported, Weights, str]:
    """The network of a file, where one output that says which of two classes it is becomes two;
    and the parameters of the file, in words.
    """
    imported, weights = read_trained_outside(_file.file, size, f"model{_file.ending}")
    read = imported.architecture
    of_file = trace(read).params_text
    if trace(read).output_shape == (1,) and end_activation(read) == "sigmoid":
        with contextlib.suppress(ArchitectureError, WeightsError):
            two = weights_with_classes(read, weights, 2)
            architecture, changes = with_classes(read, 2)
            changed = replace(
                imported, architecture=architecture, notes=(*changes, *imported.notes)
            )
            return changed, two, of_file
    return imported, weights, of_file


@kept(asks=lambda key, of, weights: effort.of_weights(of))
def _in_memory(key: str, _of: Architecture, _weights: Weights) -> Weights:
    return {name: tuple(map(np.array, arrays)) for name, arrays in _weights.items()}


def _pixels_of_file(imported: Imported, key: str) -> Feed | None:
    """What a file's network is fed: as the file says, else as is chosen; None until it is."""
    now = imported.architecture.fed
    channels = imported.architecture.input[2]
    key, label = f"{OF_FILE}_pixels_{key}", "Pixels it expects"
    if imported.says_pixels:
        said = "The file says so, with its first layers or in a note of this program. "
        chosen = choose_pixels(now, channels, key=key, label=label, before=said)
        return None if chosen is None else imported.fed_as(chosen)
    offered = [one for one in fitting(channels) if not (now.mean and one.mean)]
    feed = ask_pixels(
        [imported.fed_as(one) for one in offered],
        channels,
        key=key,
        label=label,
        before="The file does not say which pixels its network was trained on, so say it: what is "
        "right for one network makes nonsense of another. ",
    )
    if feed is None:
        st.info(UNKNOWN_PIXELS, icon=":material/contrast:")
        return None
    return imported.fed_as(feed)


def _fitting(architecture: Architecture, classes: int) -> list[DatasetName]:
    """The data sets with so many classes, those of the network's own image size first."""
    if architecture.input[2] not in (1, 3):
        return []
    known = [name for name in CATALOGUE if name is not DatasetName.OWN_IMAGES]
    alike = [name for name in known if len(named_classes(DatasetSpec(name)) or ()) == classes]
    size = architecture.input[:2]
    return sorted(alike, key=lambda name: CATALOGUE[name].image_shape[:2] != size)


def _numbered(classes: int) -> tuple[str, ...]:
    return tuple(f"class {label}" for label in range(classes))
