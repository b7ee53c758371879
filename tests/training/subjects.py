"""What is trained to be compared with plain Keras: small data of every kind, short trainings."""

from __future__ import annotations

from pathlib import Path

from cnn.data import Dataset, DatasetName, DatasetSpec, Shape, ShapeOptions, brought, load
from cnn.network.architecture import Architecture
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store
from tests.training import own_files
from tests.training.in_keras import RATE

THREE = DatasetSpec(shapes=ShapeOptions(samples=38, test_samples=40))
TWO = DatasetSpec(
    shapes=ShapeOptions(kinds=(Shape.CIRCLE, Shape.SQUARE), samples=38, test_samples=40)
)
DATA = {
    "three shapes": 3,
    "two shapes": 2,
    "digits": 10,
    "folders of colour": 3,
    "folders of grey, pooled": 3,
    "arrays of colour": 3,
    "arrays of grey": 3,
}
"""Each kind of data, and how many classes it has."""


def data_in(folder: Path) -> dict[str, DatasetSpec]:
    """Each kind of data, those of one's own in files in the folder."""
    files = {
        "folders of colour": own_files.folders(folder / "colour.zip", 3),
        "folders of grey, pooled": own_files.folders(folder / "grey.zip", 1, is_split=False),
        "arrays of colour": own_files.arrays(folder / "colour.npz", 3),
        "arrays of grey": own_files.arrays(folder / "grey.npz", 1),
    }
    ours = {
        "three shapes": THREE,
        "two shapes": TWO,
        "digits": DatasetSpec(DatasetName.DIGITS),
    }
    return ours | {name: brought(path) for name, path in files.items()}


def settings_of(data: DatasetSpec, *, steps: int = 1) -> Configuration:
    """So many steps of plain gradient descent, which Keras can follow weight by weight."""
    return Configuration(
        data,
        steps=steps,
        optimizer=Optimizer.SGD,
        momentum=0.0,
        schedule=Schedule.CONSTANT,
        learning_rate=RATE,
    )


def trained(
    store: Store, architecture: Architecture, spec: DatasetSpec, *, steps: int = 1
) -> tuple[Run, Dataset]:
    """Fitted to the data as every page and command does it, and trained; and its data."""
    data = load(spec, architecture.input)
    fitted = fit_to(architecture, data)
    configuration = settings_of(spec, steps=steps)
    run = store.add(fitted.architecture, configuration, worker="me", changes=fitted.changes)
    return fit.carry_out(store, run), data
