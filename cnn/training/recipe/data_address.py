"""Which data, in a page's address and on the command line: an id, and what is drawn otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnn.data import DataError, DatasetName, DatasetSpec, ShapeOptions
from cnn.data.own import library
from cnn.settings import images_folder

DATA = "data"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split("-"))


READ: dict[str, Callable[[str], Any]] = {
    "kinds": _words,
    "samples": int,
    "test_samples": int,
    "thickness": int,
    "noise": float,
    "rotation": float,
    "position": float,
    "scale": _numbers,
}
SEED = "drawing_seed"
NAMES = (DATA, *READ, SEED)


def data_id(spec: DatasetSpec) -> str:
    """What a data set is chosen by: its name, or `own:` and that of a file of images."""
    if spec.name is DatasetName.OWN_IMAGES:
        return library.OwnImages(Path(spec.file)).id
    return spec.name.value


def spec_of(id: str) -> DatasetSpec:
    """The data set of an id with its usual settings; raises `DataError` where there is none."""
    if id.startswith(library.PREFIX):
        return library.find(images_folder(), id).spec
    return DatasetSpec.from_dict({"name": id})


def data_to_address(spec: DatasetSpec) -> dict[str, str]:
    """The id, and every setting of the drawings that is not the classic lesson's."""
    written = {DATA: data_id(spec)}
    if spec.name is DatasetName.SHAPES:
        usual = ShapeOptions()
        for name in READ:
            if (value := getattr(spec.shapes, name)) != getattr(usual, name):
                written[name] = _text(value)
        if spec.seed:
            written[SEED] = str(spec.seed)
    return written


def data_from_address(address: Mapping[str, str], usual: DatasetSpec) -> DatasetSpec:
    """The data set of an address; what it leaves out or spells wrong is as usual."""
    try:
        spec = spec_of(address[DATA]) if DATA in address else usual
    except DataError:
        return usual
    if spec.name is not DatasetName.SHAPES:
        return spec
    for name, read in READ.items():
        try:
            shapes = replace(spec.shapes, **{name: read(address[name])})
        except (KeyError, ValueError):
            continue
        spec = replace(spec, shapes=shapes)
    try:
        return replace(spec, seed=int(address[SEED]))
    except (KeyError, ValueError):
        return spec


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        numbers = all(isinstance(one, float) for one in value)
        return ("-" if numbers else ".").join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
