"""A data set looked into by a process of its own: what was found, and the images to show of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import IO

import numpy as np

from cnn.child_process import Arrays, Values
from cnn.data.catalogue import load
from cnn.data.dataset import Dataset, Pixels, Split
from cnn.data.in_child_process import ask_about
from cnn.data.inspection import Inspection, OfClass, Pair, Where, inspect
from cnn.data.spec import DatasetSpec
from cnn.data.summary import class_counts

WALL, WALL_BYTES = 200, 24_000_000
"""So many images of each class are shown, those trained on first; fewer of large ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """What was found, and the images of it: one of each group, two of each pair, some of each
    class.
    """

    class_names: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]
    found: Inspection
    groups: Pixels
    firsts: Pixels
    seconds: Pixels
    wall: Split


def inspected(spec: DatasetSpec) -> Inspected:
    """Looks into a data set in its own shape; raises `DataError`."""
    answer = ask_about("inspect", {"spec": spec.to_dict(), "shape": None}, spec)
    values, arrays = answer.values, answer.arrays
    return Inspected(
        class_names=tuple(values["class_names"]),
        counts={name: tuple(each) for name, each in values["counts"].items()},
        found=_read(values["found"], arrays["means"]),
        groups=arrays["groups"],
        firsts=arrays["firsts"],
        seconds=arrays["seconds"],
        wall=Split(arrays["wall"], arrays["wall labels"]),
    )


def inspect_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`inspected`, as it is carried out outside."""
    data = load(DatasetSpec.from_dict(request["spec"]))
    found = inspect(data)
    wall = _wall(data)
    values = _plain(found)
    return {"class_names": data.class_names, "counts": class_counts(data), "found": values}, {
        "means": found.means,
        "groups": _images(data, [group[0] for group in found.groups]),
        "firsts": _images(data, [pair.first for pair in found.pairs]),
        "seconds": _images(data, [pair.second for pair in found.pairs]),
        "wall": wall.pixels,
        "wall labels": wall.labels,
    }


def _plain(found: Inspection) -> Values:
    values = {one: getattr(found, one) for one in Inspection.__dataclass_fields__ if one != "means"}
    values["groups"] = [[asdict(one) for one in group] for group in found.groups]
    values["pairs"] = [asdict(one) for one in found.pairs]
    values["classes"] = [asdict(one) for one in found.classes]
    return values


def _read(values: Values, means: Pixels) -> Inspection:
    return Inspection(
        **values
        | {
            "groups": tuple(tuple(Where(**one) for one in group) for group in values["groups"]),
            "pairs": tuple(
                Pair(Where(**one["first"]), Where(**one["second"]), one["likeness"])
                for one in values["pairs"]
            ),
            "classes": tuple(_of_class(one) for one in values["classes"]),
            "means": means,
            "sizes": tuple((tuple(size), many) for size, many in values["sizes"]),
        }
    )


def _of_class(values: Values) -> OfClass:
    channels = tuple((mean, spread) for mean, spread in values["channels"])
    return OfClass(**values | {"channels": channels})


def _images(data: Dataset, wheres: list[Where]) -> Pixels:
    if not wheres:
        return data.train.pixels[:0]
    return np.stack([data.splits[one.split].pixels[one.place] for one in wheres])


def _wall(data: Dataset) -> Split:
    """Images of each class, of those to train and then of those to validate."""
    classes = len(data.class_names)
    each = max(1, min(WALL, WALL_BYTES // (classes * data.train.pixels[0].nbytes)))
    chosen = []
    for label in range(classes):
        left = each
        for split in (data.train, data.validation):
            places = np.flatnonzero(split.labels == label)[:left]
            chosen.append(split.take(places))
            left -= len(places)
    return Split(
        np.concatenate([one.pixels for one in chosen]),
        np.concatenate([one.labels for one in chosen]),
    )
