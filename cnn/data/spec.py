"""Which data a run uses, as a value: with the network's input shape it says everything.

Owns the names and the JSON form. `catalogue.load` makes the data set of it.
"""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from cnn.data.errors import DataError, check_keys, check_number, check_whole
from cnn.data.own.reading import Reading
from cnn.data.own.splits import KINDS
from cnn.data.portion import WHOLE, Portion
from cnn.data.sets import DRAWN, DatasetName
from cnn.data.sets.scene_options import USUAL, SceneOptions
from cnn.data.sets.shape_options import CLASSIC, ShapeOptions
from cnn.network.errors import shown

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A data set by name, its settings, and how validation images are chosen."""

    name: DatasetName = DatasetName.SHAPES
    seed: int = 0  # of the drawings and of the choice of validation images
    validation_fraction: float = 1 / 6  # of the images that are not test images
    shapes: ShapeOptions = CLASSIC
    scenes: SceneOptions = USUAL
    file: str = ""  # of own images: a zip or an npz on this machine
    splits: str = ""  # of own images: those that the file has itself; without, they are pooled
    reading: str = ""  # of own images: how they are read where the file does not say it, in words
    portion: Portion = WHOLE  # which of the images are used

    def __post_init__(self) -> None:
        if self.name not in list(DatasetName):
            raise DataError(f"There is no data set {shown(self.name)}: {', '.join(DatasetName)}.")
        object.__setattr__(self, "name", DatasetName(self.name))
        check_whole("seed", self.seed, 0, LARGEST_SEED)
        check_number("validation_fraction", self.validation_fraction, 0.05, 0.5)
        for name, usual in DRAWN.items():
            options = getattr(self, name)
            if not isinstance(options, type(usual)):
                raise DataError(f"{name} are {type(usual).__name__}, not {shown(options)}.")
            if self.name is not name and options != usual:
                raise DataError(f"{self.name} has no settings for {name}. Leave them out.")
        if not isinstance(self.file, str):
            raise DataError(f"file is the path of a zip or npz file, not {shown(self.file)}.")
        if self.name is DatasetName.OWN_IMAGES and not self.file:
            raise DataError("Own images need a file: a zip with a folder per class, or an npz.")
        if self.name is not DatasetName.OWN_IMAGES and self.file:
            raise DataError(f"{self.name} is not read from a file of yours. Leave file out.")
        if self.splits not in ("", *KINDS):
            raise DataError(
                f"splits are {', '.join(KINDS)}, or left out: not {shown(self.splits)}."
            )
        if self.splits and self.name is not DatasetName.OWN_IMAGES:
            raise DataError(f"{self.name} has its own splits anyway. Leave splits out.")
        object.__setattr__(self, "reading", Reading.of(self.reading).settled.words)
        if self.reading and self.name is not DatasetName.OWN_IMAGES:
            raise DataError(f"{self.name} is read in one way only. Leave reading out.")
        if not isinstance(self.portion, Portion):
            raise DataError(f"portion is a share or a fold, not {shown(self.portion)}.")

    @property
    def drawn_as(self) -> ShapeOptions | SceneOptions | None:
        """The settings of the drawings; None of what is not drawn."""
        return getattr(self, self.name) if self.name in DRAWN else None

    @property
    def all_to_train(self) -> "DatasetSpec":
        """The same data and the same test, with all of the training images."""
        return replace(self, portion=replace(self.portion, share=1.0, draw=0))

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain JSON, without what does not belong to this data set."""
        values = asdict(self) | {"name": self.name.value}
        for name in DRAWN:
            if self.name is name:
                values[name] = {key: _plain(value) for key, value in values[name].items()}
            else:
                del values[name]
        if self.name is not DatasetName.OWN_IMAGES:
            del values["file"]
        for one in ("splits", "reading"):
            if not values[one]:  # so that what was made before there was a choice stays what it is
                del values[one]
        del values["portion"]
        if self.portion != WHOLE:
            values["portion"] = self.portion.to_dict()
        return values

    @classmethod
    def from_dict(cls, values: Any) -> "DatasetSpec":
        """Return the value that plain JSON describes; what is left out has its default."""
        check_keys("A data set", values, tuple(field.name for field in fields(cls)))
        values = dict(values)
        for name, usual in DRAWN.items():
            if name in values:
                check_keys(name, values[name], tuple(field.name for field in fields(usual)))
                values[name] = type(usual)(**values[name])
        if "portion" in values:
            values["portion"] = Portion.from_dict(values["portion"])
        return cls(**values)


def _plain(value: Any) -> Any:
    """A setting as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, StrEnum) else value
