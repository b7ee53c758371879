"""Hand-ins of tiny networks for tests: honest ones, and their parts to be changed."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnn.data import DatasetName, DatasetSpec
from cnn.lessons.assignments import hand_in
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.challenges import goals
from cnn.lessons.progress import Event, Standing
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import ASSIGNMENT, Run, State, recipe
from cnn.training.store.store import Store

TINY = Architecture(
    "Tiny",
    (8, 8, 1),
    (
        Conv2D(4, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dropout(0.2),
        Dense(3, "softmax"),
    ),
)
DATA = DatasetSpec(DatasetName.SHAPES, seed=7)
TASK = Assignment(
    "Small & good",
    goals.read("test>0.1,params<20000"),
    DATA,
    due="2099-01-01T12:00Z",
    question="Why so few filters?",
    lessons=("convolution",),
)
SETTINGS = Configuration(DATA, epochs=3, seed=11)
ANSWERED = Standing((Event("convolution", "size", 1, 5.0), Event("pooling", "size", 1, 6.0)))


def trained(
    store: Store,
    configuration: Configuration = SETTINGS,
    architecture: Architecture = TINY,
    task: Assignment | None = TASK,
) -> Run:
    """A finished run, for an assignment or for none."""
    files = {ASSIGNMENT: task.text.encode()} if task else {}
    run = fit.carry_out(store, store.add(architecture, configuration, worker="me", files=files))
    assert run.state is State.FINISHED, run.message
    return run


def handed(store: Store, run: Run, path: Path, name: str = "Ann") -> Path:
    """Its file."""
    with path.open("wb") as into:
        hand_in.write(store, run, into, name=name, answer="To be quick", standing=ANSWERED)
    return path


@dataclass
class Parts:
    """The parts of a hand-in, each of which may be changed: nothing here is checked."""

    about: dict[str, Any]
    files: dict[str, bytes]

    @classmethod
    def of(cls, path: Path) -> "Parts":
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        return cls(json.loads(files.pop(hand_in.ABOUT)), files)

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(hand_in.ABOUT, json.dumps(self.about))
            for name, content in self.files.items():
                archive.writestr(name, content)
        return path

    @property
    def states(self) -> list[str]:
        return sorted(name for name in self.files if name.startswith("state-"))

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        with np.load(io.BytesIO(self.files[name])) as found:
            return dict(found)

    def put(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        written = io.BytesIO()
        np.savez(written, **arrays)  # type: ignore[arg-type]
        self.files[name] = written.getvalue()

    def change(self, name: str, to: Callable[[str, np.ndarray], np.ndarray]) -> None:
        """Changes each array of a file, which is told by its name."""
        self.put(name, {key: to(key, one) for key, one in self.arrays(name).items()})

    def column(self, name: str, **values: object) -> None:
        """Changes parts of a column of the record that is an object."""
        kept = json.loads(self.about["run"][name]) | values
        self.about["run"][name] = json.dumps(kept)

    def settle(self) -> None:
        """Makes the recipe of the record that of its design and settings, as a forger would."""
        record = self.about["run"]
        design = Architecture.from_record(json.loads(record["architecture"]))
        settings = Configuration.from_dict(json.loads(record["configuration"]))
        record["recipe"] = recipe(design, settings)

    def configure(self, **values: object) -> None:
        """Changes settings, and the recipe with them."""
        self.column("configuration", **values)
        self.settle()

    def assign(self, **values: Any) -> None:
        """Changes the assignment that it says it is of."""
        from cnn.lessons.assignments import assignment

        self.about["assignment"] = replace(assignment.read(self.about["assignment"]), **values).text

    def pass_for(self, other: "Parts") -> None:
        """Takes over what another hand-in says of itself, and who it is; all else stays."""
        for name in ("name", "assignment", "class_names"):
            self.about[name] = other.about[name]
        for name in ("configuration", "architecture", "recipe", "data_fingerprint", "images"):
            self.about["run"][name] = other.about["run"][name]
