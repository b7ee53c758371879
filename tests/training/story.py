"""A training that lives through a lot, and how to tell that nothing of it was lost."""

import sqlite3
from dataclasses import astuple, dataclass
from pathlib import Path

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store
from tests.training.processes import App, current, eventually, is_in

NETWORK = Architecture(
    "All that has a state",
    (28, 28, 1),
    (
        Conv2D(8, 3, strides=2),
        BatchNormalization(momentum=0.9),
        Activation("relu"),
        Conv2D(16, 3),
        Flatten(),
        Dropout(0.4),
        Dense(10),
    ),
)
PER_EPOCH, EPOCHS = 313, 20
SETTINGS = Configuration(
    DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=EPOCHS, batch_size=16, seed=3
)
Rows = list[tuple[object, ...]]


@dataclass
class Story:
    """A training that goes through it all, and one that was finished before."""

    store: Store
    run: Run
    finished: Run
    finished_rows: dict[str, Rows]


def curve(store: Store, run: Run) -> dict[str, Rows]:
    """All the numbers of a run, but for the times it took."""
    result = current(store, run).result
    return {
        "steps": [astuple(one)[:-1] for one in store.steps(run.id, 100_000)],
        "epochs": [astuple(one)[:-1] for one in store.epochs([run.id])[run.id]],
        "gradients": [(one.step, *one.norms.items()) for one in store.gradients(run.id)],
        "result": [(result.test_loss, result.test_accuracy)] if result else [],
    }


def assert_begins_like(found: dict[str, Rows], reference: dict[str, Rows]) -> None:
    for name, rows in found.items():
        assert rows == reference[name][: len(rows)], name


def all_rows(store: Store, run: Run) -> dict[str, Rows]:
    """Every byte that the store has of a run, read past all of our code."""
    with sqlite3.connect(store.url.removeprefix("sqlite:///")) as database:
        found = {"runs": database.execute("select * from runs where id = ?", (run.id,)).fetchall()}
        for table in ("steps", "epochs", "gradients", "files"):
            query = f"select * from {table} where run_id = ? order by 1, 2"
            found[table] = database.execute(query, (run.id,)).fetchall()
    return found


def undisturbed(folder: Path, settings: Configuration) -> dict[str, Rows]:
    """What the training leaves behind when nothing happens to it, by a worker as all have."""
    store = Store(f"sqlite:///{folder / 'undisturbed.sqlite'}")
    app = App.started(store, folder)
    try:
        run = store.add(NETWORK, settings)
        eventually("finished", is_in(store, run, State.FINISHED))
        return curve(store, run)
    finally:
        app.end()
        store.close()


def finish_one(store: Store) -> Run:
    demo = entry("shapes-demo").architecture
    run = store.add(demo, Configuration(DatasetSpec(DatasetName.SHAPES), epochs=2))
    eventually("finished", is_in(store, run, State.FINISHED))
    return current(store, run)
