"""The columns of a comparison, each declared once: the page, the report, CSV, JSON and the command
line have theirs from here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

from cnn.comparing.spread import amount_text, digits_of_all, share_text
from cnn.comparing.standings import Row, Summary
from cnn.network.shapes import shape_text


class Unit(Enum):
    """What a column counts in, from which follows how its numbers are written."""

    SHARE = auto()
    COUNT = auto()
    EPOCHS = auto()
    BYTES = auto()
    SIZE = auto()
    SECONDS = auto()
    RATE = auto()


class Place(Enum):
    """Where a column is shown; CSV and JSON hold all of them."""

    PAGE = auto()
    REPORT = auto()
    TERMINAL = auto()


EVERYWHERE = frozenset(Place)
AT_LENGTH = frozenset({Place.PAGE, Place.REPORT})
ON_PAGE = frozenset({Place.PAGE})
IN_TERMINAL = frozenset({Place.TERMINAL})
NOWHERE: frozenset[Place] = frozenset()
Value = Summary | int | tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of each network: `name` is for programs, `title` for people."""

    name: str
    title: str
    help: str
    unit: Unit
    value: Callable[[Row], Value]
    places: frozenset[Place] = AT_LENGTH
    note: Callable[[Row], str] = lambda row: ""
    images: Callable[[Row], int | None] = lambda row: None
    """Of how many images a share is."""
    absent: str = ""
    """What is said where there is a note, and no value."""
    is_starred: bool = False
    """Whether the best is marked: the lowest of what is counted, and of the test accuracies those
    that `claims` says. Measured times and validation accuracies have no star: they are of one
    machine, or of images that no answers are kept of.
    """

    @property
    def head(self) -> str:
        """The title with the unit that `written` leaves out."""
        return self.title + {Unit.SECONDS: ", s", Unit.BYTES: ", bytes"}.get(self.unit, "")

    def written(self, rows: Sequence[Row]) -> list[str]:
        """A cell for each row; all amounts with as many digits as one of them needs."""
        values = [self.value(row) for row in rows]
        measured = [one if isinstance(one, Summary) else None for one in values]
        digits = digits_of_all(measured, 2 if self.unit is Unit.SECONDS else 0)
        return [self._text(one, digits) for one in values]

    def _text(self, value: Value, digits: int) -> str:
        match value:
            case None:
                return "–"
            case int():
                return f"{value:,}"
            case Summary():
                is_share = self.unit is Unit.SHARE
                return share_text(value) if is_share else amount_text(value, digits)
        return shape_text(value)


TEST = Column(
    "test_accuracy",
    "Test accuracy",
    "Mean ± standard deviation over the seeds (how many)",
    Unit.SHARE,
    lambda row: row.test_accuracy,
    EVERYWHERE,
    note=lambda row: f"n = {row.test_accuracy.n}" if row.test_accuracy else "",
    images=lambda row: row.test_images,
    is_starred=True,
)
OF_RUNS = (
    TEST,
    Column(
        "finished_seeds",
        "n",
        "Finished seeds",
        Unit.COUNT,
        lambda row: len(row.group.finished),
        IN_TERMINAL,
    ),
    Column(
        "best_validation_accuracy",
        "Best validation",
        "Highest over the epochs, mean over the seeds",
        Unit.SHARE,
        lambda row: row.best_validation,
        images=lambda row: row.validation_images,
    ),
    Column(
        "params",
        "Parameters",
        "",
        Unit.COUNT,
        lambda row: row.trace.total_params,
        EVERYWHERE,
        note=lambda row: (
            f"{row.trace.trainable_params:,} trainable" if row.trace.non_trainable_params else ""
        ),
        is_starred=True,
    ),
    Column(
        "trainable_params",
        "Trainable",
        "Parameters that are trained",
        Unit.COUNT,
        lambda row: row.trace.trainable_params,
        NOWHERE,
    ),
    Column(
        "macs",
        "MACs",
        "Multiply-accumulates for one image, forward",
        Unit.COUNT,
        lambda row: row.trace.total_macs,
        EVERYWHERE,
        is_starred=True,
    ),
    Column(
        "activation_bytes",
        "Activations",
        "Memory of all outputs for one image, in 32-bit floats",
        Unit.BYTES,
        lambda row: row.trace.activation_bytes,
        is_starred=True,
    ),
    Column(
        "depth",
        "Depth",
        "Layers with a kernel on the longest way",
        Unit.COUNT,
        lambda row: row.trace.depth,
    ),
    Column(
        "receptive_field",
        "Sees",
        "Input pixels one cell of the last map sees",
        Unit.SIZE,
        lambda row: row.receptive_field,
    ),
    Column(
        "seconds_per_epoch",
        "Epoch takes",
        "A whole epoch with its validation, mean over the seeds; compiling is left out, and the "
        "first epoch where another is whole",
        Unit.SECONDS,
        lambda row: row.seconds_per_epoch,
    ),
    Column(
        "images_per_s", "Images/s", "Trained per second", Unit.RATE, lambda row: row.images_per_s
    ),
    Column(
        "seconds",
        "Training",
        "Steps and validation, without compiling the network",
        Unit.SECONDS,
        lambda row: row.seconds,
        IN_TERMINAL,
    ),
)
TO_TARGET = (
    Column(
        "epochs_to_target",
        "Epochs to target",
        "First epoch at or above the target",
        Unit.EPOCHS,
        lambda row: row.to_target.epochs if row.to_target else None,
        ON_PAGE,
        note=lambda row: _of_seeds(row),
        absent="not reached",
    ),
    Column(
        "seconds_to_target",
        "Time to target",
        "Training time until then",
        Unit.SECONDS,
        lambda row: row.to_target.seconds if row.to_target else None,
        ON_PAGE,
        note=lambda row: _of_seeds(row) if row.to_target and row.to_target.reached else "",
    ),
)
COLUMNS = (*OF_RUNS, *TO_TARGET)


def shown(place: Place) -> list[Column]:
    return [column for column in COLUMNS if place in column.places]


def stars(rows: Sequence[Row], best: Collection[str]) -> dict[str, set[str]]:
    """The ids to mark, by the column's name; none where all have the same."""
    found = {column.name: _lowest(column, rows) for column in COLUMNS if column.is_starred}
    return found | {TEST.name: set(best)}


def _lowest(column: Column, rows: Sequence[Row]) -> set[str]:
    counted = {row.id: count for row in rows if isinstance(count := column.value(row), int)}
    least = {id for id, count in counted.items() if count == min(counted.values())}
    return least if len(least) < len(counted) else set()


def as_values(row: Row) -> dict[str, Any]:
    """A network's figures as JSON holds them, without those of a target."""
    found = ((column.name, column.value(row)) for column in OF_RUNS)
    return {name: asdict(one) if isinstance(one, Summary) else one for name, one in found}


def as_cells(row: Row) -> dict[str, Any]:
    """A network's figures as cells of a spreadsheet: mean and deviation apart."""
    cells: dict[str, Any] = {}
    for column in COLUMNS:
        match column.value(row):
            case int() as count:
                cells[column.name] = count
            case (height, width):
                cells[column.name] = shape_text((height, width))
            case found:
                cells[f"{column.name}_mean"] = found.mean if found else None
                cells[f"{column.name}_sd"] = found.sd if found else None
    return cells


def _of_seeds(row: Row) -> str:
    """In how many of the seeds the target was reached."""
    return f"{row.to_target.reached} of {row.to_target.seeds}" if row.to_target else ""
