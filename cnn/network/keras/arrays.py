"""The arrays in a `.keras` file: found by the layers' names, and refused unless they lie there as
Keras puts them.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.architecture import read_json
from cnn.network.errors import ArchitectureError, shown
from cnn.network.feed import Numbers
from cnn.network.keras.model import WeightsError
from cnn.network.keras.read_graph import MODELS
from cnn.network.keras.zipped import AGAIN, Source, member
from cnn.network.layers import Weight
from cnn.network.shapes import Shape, shape_text

MEMBER = "model.weights.h5"
MAX_WEIGHTS_BYTES = 500_000_000
"""Enough for 30 million parameters with Adam's two numbers beside each."""

MIN_CHUNK = 1 << 20
"""A packed block that unpacks to more numbers than this and than its array has is a trap."""

_PLAIN_FILTERS = {1, 2}
"""HDF5's own gzip and shuffle; any other way to pack needs code from elsewhere."""


def content(source: Source) -> bytes:
    """The file of arrays in a `.keras` file; raises `WeightsError` where it cannot be had."""
    try:
        found = member(source, MEMBER, MAX_WEIGHTS_BYTES)
    except ArchitectureError as error:
        raise WeightsError(str(error)) from None
    assert found is not None
    return found


def adapted(source: Source, description: bytes, name: str, shape: Shape) -> tuple[Numbers, Numbers]:
    """The mean and variance that a Normalization in the file learned by adapt()."""
    places = dict(paths(read_json(description), "", "layers"))
    where = f"layer {shown(name)} (Normalization)"
    try:
        with opened(content(source)) as file:
            group = group_at(file, places.get(name, ""), where)
            mean, variance = (
                array(group, str(place), Weight(called, shape), where).ravel().tolist()
                for place, called in enumerate(("mean", "variance"))
            )
    except WeightsError as error:
        raise ArchitectureError(str(error)) from None
    return tuple(mean), tuple(variance)


@contextlib.contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The file of arrays; what goes wrong while it is read is an error in words."""
    import h5py

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            yield file
    except WeightsError:
        raise
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, OverflowError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(f"{MEMBER} cannot be read ({shown(why, 120)}). {AGAIN}") from None


def paths(model: dict[str, Any], prefix: str, inside: str) -> Iterator[tuple[str, str]]:
    """Each layer's name (in a submodel `submodel/layer`), and where Keras 3 puts its arrays.

    That is not under its name but under its class, counted: `conv2d`, `conv2d_1`.
    """
    config = model.get("config", model)
    layers = config if isinstance(config, list) else config.get("layers", [])
    seen: Counter[str] = Counter()
    for data in layers:
        kind = data["class_name"]
        options = data.get("config", {})
        name = prefix + str(data.get("name") or options.get("name") or kind.lower())
        word = _keras_snake_case(kind)
        path = f"{inside}/{word}_{seen[word]}" if seen[word] else f"{inside}/{word}"
        seen[word] += 1
        if kind in MODELS:
            yield from paths(data, f"{name}/", f"{path}/layers")
        else:
            yield name, path


def _keras_snake_case(kind: str) -> str:
    """As Keras writes it in this file: `MaxPooling2D` -> `max_pooling2d`."""
    word = re.sub(r"\W+", "", kind)
    word = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", word)
    return re.sub("([a-z])([A-Z])", r"\1_\2", word).lower()


def group_at(file: Any, path: str, where: str) -> Any:
    """The group a path leads to, by hard links alone: others may lead out of the file."""
    import h5py

    group = file
    for part in (*path.split("/"), "vars"):
        if not isinstance(group, h5py.Group) or not _is_here(group, part):
            raise WeightsError(f"{where}: its weights are missing. {AGAIN}")
        group = group[part]
    if not isinstance(group, h5py.Group):
        raise WeightsError(f"{where}: its weights are missing. {AGAIN}")
    return group


def _is_here(group: Any, name: str) -> bool:
    import h5py

    return name in group and isinstance(group.get(name, getlink=True), h5py.HardLink)


def array(group: Any, name: str, weight: Weight, where: str) -> npt.NDArray[np.float32]:
    import h5py

    if not _is_here(group, name) or not isinstance(group[name], h5py.Dataset):
        raise WeightsError(f"{where}: the array {weight.name} is missing. {AGAIN}")
    found = group[name]
    if found.shape not in (weight.shape, weight.other or weight.shape):
        shape = "nothing" if found.shape is None else shape_text(found.shape) or "one number"
        raise WeightsError(
            f"{where}: {weight.name} should be {shape_text(weight.shape)}, but the file has "
            f"{shape}. The description and the weights are of different models."
        )
    kinds = "iu" if weight.is_whole else "f"
    if found.dtype.kind not in kinds or found.dtype.itemsize > 8 or "dtype" in found.attrs:
        raise WeightsError(
            f"{where}: {weight.name} is of the type {shown(str(found.dtype))}, but weights are "
            "read as 16, 32 or 64 bit numbers. Save the model with float32 weights."
        )
    plan = found.id.get_create_plist()
    filters = {plan.get_filter(i)[0] for i in range(plan.get_nfilters())}
    unpacked = math.prod(found.chunks or ())
    is_odd = found.external or found.is_virtual or unpacked > max(weight.count, MIN_CHUNK)
    if is_odd or filters - _PLAIN_FILTERS:
        raise WeightsError(
            f"{where}: {weight.name} does not lie in the file as Keras puts it there. {AGAIN}"
        )
    with np.errstate(over="ignore"):
        read = np.asarray(found[()], np.float32).reshape(weight.shape)
    if not np.isfinite(read).all():
        raise WeightsError(
            f"{where}: {weight.name} holds numbers that are not finite, as training that diverged "
            "leaves them. Train the model again with a lower learning rate."
        )
    return read
