"""Data sets for a process that must not grow: looked at, and their test images, without being held.

What is small and comes along is loaded here. All else, own images above all, is loaded in a process
of its own (`cnn.child_process`); what comes back is the same.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from cnn.child_process import MEMORY_BYTES, Answer, Arrays, OutsideError, Values, ask, said_as
from cnn.data.catalogue import CATALOGUE, is_here, load, title
from cnn.data.dataset import Rejected, Split
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape
from cnn.data.look import Look, Tested, for_tests_of, look_of
from cnn.data.own import library
from cnn.data.own.choices import About, Choice, Option, Understood
from cnn.data.own.opened import Form
from cnn.data.own.reading import Reading
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.network.shapes import shape_text

HERE_BYTES = 20_000_000
"""More pixels than that are loaded outside."""

SCENES_HERE = 1_000
"""More scenes are drawn outside: some thousands of them take seconds of a processor."""

MOST_BYTES = 1_200_000_000
"""The most that is fitted, and its fingerprint taken, to show test images: some twenty seconds."""

DOWNLOAD_S = 900.0

IMAGES = {
    DatasetName.DIGITS: 1_797,
    DatasetName.MNIST_SAMPLE: 7_000,
    DatasetName.MNIST: 70_000,
    DatasetName.FASHION_MNIST: 70_000,
    DatasetName.CIFAR_10: 60_000,
}


def look_at(spec: DatasetSpec, shape: ImageShape | None = None) -> Look:
    """A look at a data set, in its own shape or fitted; raises `DataError`."""
    if _is_small(spec, shape):
        return look_of(load(spec, shape))
    return _look(ask_about("look", {"spec": spec.to_dict(), "shape": shape}, spec))


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was laid aside, how it is read, and a look at it; or why it cannot be read like that."""

    path: Path
    understood: Understood
    look: Look | None
    trouble: str = ""


def bring(arrived: Path, reading: str = "") -> Arrived:
    """Reads what was laid aside, with what was said of it; it may have another name afterwards, or
    be gone: then `DataError` says why.
    """
    try:
        asked = {"arrived": str(arrived), "reading": reading}
        found = ask_about("bring", asked, library.OwnImages(arrived).spec)
    except BaseException:
        library.drop(arrived)
        raise
    values = found.values
    return Arrived(
        Path(values["path"]),
        _understood(values["understood"]),
        _look(found) if found.arrays else None,
        values["trouble"],
    )


def bring_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`bring`, as it is carried out outside."""
    asked = Path(request["arrived"]), request["reading"]
    path, found, data, trouble = library.understand_aside(*asked)
    values, arrays = _as_plain(look_of(data)) if data else ({}, {})
    plain = asdict(found) | {"reading": found.reading.words}
    return values | {"path": str(path), "understood": plain, "trouble": trouble}, arrays


def _understood(values: Values) -> Understood:
    choices = (
        one
        | {
            "about": About(one["about"]),
            "options": tuple(Option(**each) for each in one["options"]),
        }
        for one in values["choices"]
    )
    return Understood(
        Form(values["form"]),
        values["splits"],
        Reading.of(values["reading"]),
        tuple(Choice(**one) for one in choices),
    )


def _look(found: Answer) -> Look:
    values = found.values
    edges, counts = values["pixels"]
    return Look(
        class_names=tuple(values["class_names"]),
        sizes=values["sizes"],
        counts={name: tuple(each) for name, each in values["counts"].items()},
        few=Split(found.arrays["few"], found.arrays["few labels"]),
        origin=values["origin"],
        rejected=tuple(Rejected(**one) for one in values["rejected"]),
        all_rejected=values["all_rejected"],
        pixels=(tuple(edges), tuple(counts)),
        found_shape=_shape(values["found_shape"]),
        seen_test_images=values["seen_test_images"],
        how_split=values["how_split"],
        brought_shape=_shape(values["brought_shape"]),
        usual_side=values["usual_side"],
    )


def look_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`look_at`, as it is carried out outside."""
    return _as_plain(look_of(load(*_wanted(request))))


def _as_plain(found: Look) -> tuple[Values, Arrays]:
    values = {name: getattr(found, name) for name in Look.__dataclass_fields__ if name != "few"}
    values["rejected"] = [asdict(one) for one in found.rejected]
    return values, {"few": found.few.pixels, "few labels": found.few.labels}


def for_tests(spec: DatasetSpec, shape: ImageShape) -> Tested:
    """The images that networks are tested on, fitted; raises `DataError`."""
    if _is_small(spec, shape):
        return for_tests_of(load(spec, shape))
    size = _bytes(spec, shape)
    if size > MOST_BYTES:
        raise DataError(
            f"{title(spec)} at {shape_text(shape)} is {size / 1e9:.1f} GB; at most "
            f"{MOST_BYTES / 1e9:.1f} GB are gone through for a page. Use a smaller input."
        )
    found = ask_about("tested", {"spec": spec.to_dict(), "shape": shape}, spec)
    values, arrays = found.values, found.arrays
    return Tested(
        tuple(values["class_names"]),
        Split(arrays["test"], arrays["test labels"]),
        Split(arrays["validation"], arrays["validation labels"]),
        tuple(values["validation_counts"]),
        values["fingerprint"],
    )


def for_tests_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`for_tests`, as it is carried out outside."""
    found = for_tests_of(load(*_wanted(request)))
    names = ("class_names", "validation_counts", "fingerprint")
    return {name: getattr(found, name) for name in names}, {
        "test": found.test.pixels,
        "test labels": found.test.labels,
        "validation": found.validation.pixels,
        "validation labels": found.validation.labels,
    }


def _is_small(spec: DatasetSpec, shape: ImageShape | None) -> bool:
    is_slow = spec.name is DatasetName.SCENES and spec.scenes.samples > SCENES_HERE
    is_own = spec.name is DatasetName.OWN_IMAGES
    return not (is_slow or is_own) and _bytes(spec, shape) <= HERE_BYTES


def _bytes(spec: DatasetSpec, shape: ImageShape | None) -> int:
    """How large a data set is that comes along; of own images nobody knows before."""
    if spec.name is DatasetName.OWN_IMAGES:
        return 0
    drawn = spec.drawn_as
    images = drawn.samples + drawn.test_samples if drawn else IMAGES[spec.name]
    return images * math.prod(shape or CATALOGUE[spec.name].image_shape)


def ask_about(task: str, request: Values, spec: DatasetSpec) -> Answer:
    """Has a task on a data set carried out outside; raises `DataError`."""

    def bounded(error: OutsideError) -> str:
        return f"{title(spec)} cannot be looked at: {error}. Use a smaller input, or fewer images."

    with said_as(DataError, bounded):
        if not is_here(spec):  # Keras fetches it, with TensorFlow, which takes more room
            return ask(task, request, seconds=DOWNLOAD_S, memory_bytes=None)
        return ask(task, request, memory_bytes=MEMORY_BYTES)


def _wanted(request: Values) -> tuple[DatasetSpec, ImageShape | None]:
    shape = request["shape"]
    return DatasetSpec.from_dict(request["spec"]), None if shape is None else tuple(shape)


def _shape(values: list[Any]) -> Any:
    return tuple(values)
