"""The few trainings that all tests of hand-ins share, of one network, compiled once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from cnn.data import Dataset, Split, load
from cnn.data.portion import Portion
from cnn.training.engine import training_loop
from cnn.training.store.store import Store
from tests.lessons.assignments.handed import DATA, SETTINGS, TASK, Parts, handed, trained


@dataclass(frozen=True)
class Class:
    """The files of a class: two honest ones, and others that forgeries are made of."""

    store: Store
    folder: Path
    ann: Path
    bob: Path
    patient: Path
    long: Path
    of_other_data: Path
    of_few: Path
    leaky: Path

    def parts(self, name: str = "ann") -> Parts:
        return Parts.of(getattr(self, name))


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """What was handed in, and the store that it comes from."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "in").mkdir()
    store = Store(f"sqlite:///{folder / 'runs.sqlite'}")

    def made(name: str, *, inside: bool = False, data=DATA, **changes: object) -> Path:
        settings = replace(SETTINGS, dataset=data, **changes)  # type: ignore[arg-type]
        run = trained(store, settings, task=replace(TASK, data=data))
        place = folder / "in" if inside else folder
        return handed(store, run, place / f"{name.lower()}.zip", name)

    def with_test_images(*asked: object) -> Dataset:
        data = load(*asked)  # type: ignore[arg-type]
        pixels = np.concatenate([data.train.pixels[:75], data.test.pixels[:75]])
        labels = np.concatenate([data.train.labels[:75], data.test.labels[:75]])
        return replace(data, train=Split(pixels, labels))

    ann, bob = made("Ann", inside=True), made("Bob", inside=True, seed=12)
    others = {
        "patient": made("Pat", seed=13, epochs=4, patience=2),
        "long": made("Lea", epochs=6),
        "of_other_data": made("Odd", data=replace(DATA, seed=8)),
        "of_few": made("Few", data=replace(DATA, portion=Portion(0.5))),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_loop, "load", with_test_images)
        others["leaky"] = made("Leo")
    yield Class(store, folder, ann, bob, **others)
    store.close()
