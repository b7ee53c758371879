"""A training as a value: begun by a call, done by the engine of pages and command line."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cnn.commands.prepare import From, begins_with, dataset_of, prepared
from cnn.commands.terminal import quiet
from cnn.commands.train import Bar, carried_out
from cnn.data import DatasetSpec
from cnn.library.networks import Architecture, build, network_of
from cnn.network.keras.model import Weights
from cnn.network.source import WITH_WEIGHTS
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.run import Epoch, Run, State, Step
from cnn.training.recipe.setting import asked_for, completed
from cnn.training.recipe.start import StartError
from cnn.training.store.heartbeats import dismiss_silent
from cnn.training.store.store import Store

if TYPE_CHECKING:
    import keras
    from pandas import DataFrame


class TrainingError(RuntimeError):
    """A training that failed: its run, and what went wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A run that has ended, and what it kept in the store; that is read when it is asked for."""

    run: Run
    store: str

    @property
    def id(self) -> str:
        """What pages and commands know the run by."""
        return self.run.id

    @property
    def state(self) -> str:
        """`finished`, or why there is no test: `stopped`, or `diverged` as `message` says."""
        return self.run.state.value

    @property
    def message(self) -> str:
        return self.run.message

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test images that it has right, at the end."""
        return self.run.result.test_accuracy if self.run.result else None

    @property
    def architecture(self) -> Architecture:
        """The network as it was trained, fitted to its data."""
        return self.run.architecture

    @property
    def curve(self) -> DataFrame:
        """A row for each epoch: loss and accuracy in training and validation, and seconds."""
        with closing(Store(self.store)) as store:
            return frame(Epoch, store.epochs([self.id])[self.id]).set_index("epoch")

    @property
    def steps(self) -> DataFrame:
        """A row for each step: loss and accuracy on its batch, and the learning rate."""
        with closing(Store(self.store)) as store:
            return frame(Step, list(store.every_step(self.id))).set_index("step")

    @property
    def weights(self) -> Weights:
        """The trained arrays of each layer, by the names of the trace's rows."""
        with closing(Store(self.store)) as store:
            return trained_weights(store, self.run)

    @property
    def model(self) -> keras.Model:
        """The Keras model with these weights."""
        return build(self.architecture, self.weights)

    def save(self, path: str | Path, form: str | None = None, *, class_names: bool = False) -> Path:
        """Writes it in the form of the file's ending, over a file that is there: `.keras`, `.onnx`,
        `.safetensors` and all others of `python -m cnn export`; `form` is its `--format`, and with
        `class_names` an `.onnx` file names its classes.
        """
        from cnn.exports import PAGE, Subject, form_for
        from cnn.pictures.page.run import run_page
        from cnn.training.workers.starting import known_classes

        file, asked, into = Path(path), form_for(form, str(path)), io.BytesIO()
        with closing(Store(self.store)) as store:
            names = known_classes(store, self.run) if class_names else ()
            page = run_page(store, self.run) if asked.word == PAGE else b""
        asked.write(Subject(self.architecture, self.weights, names, page), into)
        file.write_bytes(into.getbuffer())
        return file

    def __repr__(self) -> str:
        return f"<Trained {self._called}: {self._came_of_it}>"

    def _repr_html_(self) -> str:
        table = self.curve.to_html(float_format="{:.4f}".format)
        return (
            f"<div><strong>{escape(self._called)}</strong>: {escape(self._came_of_it)}{table}</div>"
        )

    @property
    def _called(self) -> str:
        return f"{self.run.name} on {data_id(self.run.configuration.dataset)}, run {self.id}"

    @property
    def _came_of_it(self) -> str:
        if self.run.result is None:
            return f"{self.state}. {self.message}".strip()
        found = self.run.result
        return f"{found.test_accuracy:.1%} of {found.test_images:,} test images right"


def train(
    network: Architecture | str | Path,
    data: DatasetSpec | str | Path,
    epochs: int = 10,
    *,
    start: Trained | str | Path | None = None,
    freeze: int = 0,
    head_first: int = 0,
    read: str = "",
    portion: str = "",
    store: str | None = None,
    progress: bool = True,
    **settings: Any,
) -> Trained:
    """Trains a network here and now; its run is in the store, where pages and commands see it.

    `data` is a data set's name, a zip, npz or folder of images, or `own:NAME`; `settings` are those
    of a training, such as `learning_rate=0.01` (docs/api.md). With a `start` (a training, the id
    of a run, or a file of weights) it begins with those weights.
    """
    with saying(progress) as said:
        architecture = network_of(network)
        begins = _begins(start, architecture, freeze, head_first, store)
        configuration = configured(data, {"epochs": epochs} | settings, read, portion)
        ready = prepared(architecture, configuration, begins)
        with closing(Store(store)) as kept:
            dismiss_silent(kept)
            run = carried_out(kept, lambda worker: ready.add(kept, worker), Bar(said))
            url = kept.url
    if run.state is State.INTERRUPTED:
        raise KeyboardInterrupt
    if run.state is State.FAILED:
        raise TrainingError(f"run {run.id} of {run.name} failed: {run.message}")
    return Trained(run, url)


def configured(
    data: DatasetSpec | str | Path, settings: dict[str, Any], read: str = "", portion: str = ""
) -> Configuration:
    """The settings of a training; raises `ConfigurationError` for one that there is not."""
    known = asked_for(Configuration)
    for name in settings:
        if name not in known:
            raise ConfigurationError(f"there is no setting {name}. There are: {', '.join(known)}.")
    Configuration(**settings)  # refuses what cannot be, before another setting follows it
    spec = data if isinstance(data, DatasetSpec) else dataset_of(str(data), read, portion)
    return Configuration(dataset=spec, **completed(Configuration, settings))


@contextlib.contextmanager
def saying(progress: bool) -> Iterator[TextIO]:
    """Where it is said how things go: standard error, where TensorFlow is not heard; or nowhere."""
    with quiet() as terminal:
        here = terminal if _is_second(sys.stderr) else sys.stderr  # that of a notebook
        with contextlib.redirect_stderr(here if progress else io.StringIO()) as out:
            yield out


def _is_second(out: TextIO) -> bool:
    """Whether it writes to where TensorFlow does, past Python."""
    try:
        return out.fileno() == 2
    except (AttributeError, OSError, ValueError):
        return False


def frame(kind: type, values: list[Any]) -> DataFrame:
    """Values of one kind as a table, a column for each of its fields."""
    import pandas as pd

    names = [one.name for one in fields(kind)]
    return pd.DataFrame([asdict(one) for one in values], columns=names)


def _begins(
    start: Trained | str | Path | None,
    design: Architecture,
    freeze: int,
    head_first: int,
    store: str | None,
) -> From | None:
    if start is None and (freeze or head_first):
        given = f"freeze={freeze}" if freeze else f"head_first={head_first}"
        raise StartError(
            f"{given} is about layers that were trained before. Say which: start=RUN or a "
            f"{WITH_WEIGHTS} file."
        )
    if isinstance(start, Trained):
        return begins_with(start.id, design, freeze or None, head_first or None, url=start.store)
    named = None if start is None else str(start)
    return begins_with(named, design, freeze or None, head_first or None, url=store)
