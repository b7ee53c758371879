"""Which data, in a page's address and on the command line: an id, and what is drawn otherwise."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from cnn.data import DataError, DatasetName, DatasetSpec
from cnn.data.own import library
from cnn.data.portion import Portion
from cnn.data.sets import DRAWN
from cnn.settings import images_folder

DATA = "data"


SEED, PORTION = "drawing_seed", "portion"
SETTINGS = dict.fromkeys(one.name for usual in DRAWN.values() for one in fields(usual))
NAMES = (DATA, *SETTINGS, SEED, PORTION)


def data_id(spec: DatasetSpec) -> str:
    """What a data set is chosen by: its name, or `own:` and that of a file of images."""
    if spec.name is DatasetName.OWN_IMAGES:
        return library.OwnImages(Path(spec.file)).id
    return spec.name.value


def spec_of(id: str, images: Path | None = None) -> DatasetSpec:
    """The data set of an id with its usual settings; raises `DataError` where there is none. Own
    images are looked for in a folder, else in that of all who have no account.
    """
    if id.startswith(library.PREFIX):
        return library.find(images or images_folder(), id).spec
    return DatasetSpec.from_dict({"name": id})


def data_to_address(spec: DatasetSpec) -> dict[str, str]:
    """The id, every setting of the drawings that is not the classic lesson's, and what of the
    images is used where that is not all.
    """
    written = {DATA: data_id(spec)}
    if said := spec.portion.text:
        written[PORTION] = said
    if drawn := spec.drawn_as:
        usual = DRAWN[spec.name]
        for one in fields(usual):
            if (value := getattr(drawn, one.name)) != getattr(usual, one.name):
                written[one.name] = _text(value)
        if spec.seed:
            written[SEED] = str(spec.seed)
    return written


def data_from_address(
    address: Mapping[str, str], usual: DatasetSpec, images: Path | None = None
) -> DatasetSpec:
    """The data set of an address; what it leaves out or spells wrong is as usual."""
    try:
        spec = spec_of(address[DATA], images) if DATA in address else usual
    except DataError:
        return usual
    if PORTION in address:
        with contextlib.suppress(DataError):
            spec = replace(spec, portion=Portion.read(address[PORTION]))
    drawn = spec.drawn_as
    if drawn is None:
        return spec
    for one in fields(drawn):
        try:
            value = _read(address[one.name], getattr(DRAWN[spec.name], one.name))
            drawn = replace(drawn, **{one.name: value})
        except (KeyError, ValueError):
            continue
    changed: dict[str, Any] = {spec.name.value: drawn}
    spec = replace(spec, **changed)
    try:
        return replace(spec, seed=int(address[SEED]))
    except (KeyError, ValueError):
        return spec


def _read(text: str, usual: Any) -> Any:
    """What a setting is in an address, of the kind that it usually has; raises `ValueError`."""
    if isinstance(usual, tuple):
        is_numbers = isinstance(usual[0], float)
        return tuple(map(float, text.split("-")) if is_numbers else text.split("."))
    return text if isinstance(usual, str) else type(usual)(text)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        numbers = all(isinstance(one, float) for one in value)
        return ("-" if numbers else ".").join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
