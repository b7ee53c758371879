"""What a network looked like after an epoch: its first kernels, what its first convolutions make of
a few validation images, and what it takes them for; and after which epochs all weights are kept.

Small on purpose, about 100 KB at most: maps are kept in 256 levels, and of wide or large ones only
the first channels and every n-th cell. All weights are kept as far as they take up little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.layers import Convolution
from cnn.network.trace import trace
from cnn.training.recipe.run import SNAPSHOT, STATE_AFTER, WEIGHTS_AFTER
from cnn.training.store.arrays import ArraysError, arrays_from_bytes, arrays_to_bytes

IMAGES, LAYERS = 8, 2
"""So many images are followed, through so many of the first convolutions."""

MOST_SNAPSHOTS = 60
WEIGHTS_BYTES = 4_000_000
"""The most that the weights of all epochs take together: 64 times those of 15,000 parameters."""

KERNELS_BYTES, MAPS_BYTES, SIDE = 20_000, 38_000, 48
"""The most for the kernels, for the maps of one layer, and the longest side of a map."""

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The first convolution's kernels (height, width, channels, filters), the maps by row (images,
    height, width, channels), and the probabilities (images, classes).
    """

    kernels: Floats | None
    maps: dict[str, Floats]
    probabilities: Floats

    def to_bytes(self) -> bytes:
        """The snapshot as an .npz file, with less than it was given."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "probabilities": self.probabilities.astype(np.float16)
        }
        if self.kernels is not None:
            filters = max(1, KERNELS_BYTES // (2 * math.prod(self.kernels.shape[:3])))
            arrays["kernels"] = self.kernels[..., :filters].astype(np.float16)
        for name, maps in self.maps.items():
            arrays[f"low/{name}"] = low = maps.min(axis=(0, 1, 2)).astype(np.float32)
            arrays[f"high/{name}"] = high = maps.max(axis=(0, 1, 2)).astype(np.float32)
            levels = (maps - low) / np.maximum(high - low, np.float32(1e-12)) * 255
            arrays[f"maps/{name}"] = np.round(levels).astype(np.uint8)
        return arrays_to_bytes(arrays)

    @classmethod
    def from_bytes(cls, content: bytes, of: Architecture) -> Snapshot:
        """The snapshot that a run of a network keeps; raises `ArraysError` where it is none."""
        arrays = arrays_from_bytes(content)
        maps = {}
        try:
            for key, levels in arrays.items():
                kind, _, name = key.partition("/")
                if kind == "maps":
                    low, high = arrays[f"low/{name}"], arrays[f"high/{name}"]
                    maps[name] = low + levels.astype(np.float32) / 255 * (high - low)
            found = cls(arrays.get("kernels"), maps, arrays["probabilities"])
        except (KeyError, TypeError, ValueError) as error:
            raise ArraysError("it is no snapshot of a training") from error
        if not found._is_of(of):
            raise ArraysError("it is a snapshot of another network")
        return found

    def _is_of(self, of: Architecture) -> bool:
        """Whether each array has the shape that it has of this network."""
        traced, images = trace(of), len(self)
        watched = [row for row in traced.rows if isinstance(row.layer, Convolution)][:LAYERS]
        first = watched[0].weights[0].shape[:3] if watched else ()
        return (
            _is_like(self.probabilities, images, traced.output_shape[-1])
            and (self.kernels is None) == (not watched)
            and (self.kernels is None or _is_like(self.kernels, *first, None))
            and list(self.maps) == [row.name for row in watched]
            and all(_is_like(one, images, None, None, None) for one in self.maps.values())
        )

    def __len__(self) -> int:
        """How many images it is of."""
        return len(self.probabilities)


def snapshot_name(epoch: int) -> str:
    """What the snapshot after an epoch is called in the store."""
    return f"{SNAPSHOT}{epoch:04}"


def weights_name(epoch: int) -> str:
    """What the weights after an epoch are called in the store."""
    return f"{WEIGHTS_AFTER}{epoch:04}"


def state_name(epoch: int) -> str:
    """What the checkpoint after an epoch of a run for an assignment is called in the store."""
    return f"{STATE_AFTER}{epoch:04}"


def is_kept(epoch: int, epochs: int, most: int = MOST_SNAPSHOTS) -> bool:
    """Whether an epoch has a snapshot: `most` evenly chosen ones, beside the first and the last."""
    return epoch % -(-epochs // most) == 0 or epoch == epochs


def are_weights_kept(epoch: int, epochs: int, size_bytes: int) -> bool:
    """Whether all weights are kept after an epoch: as often as there is room for so many bytes."""
    most = min(MOST_SNAPSHOTS, WEIGHTS_BYTES // size_bytes - 2)
    return most > 0 and is_kept(epoch, epochs, most)


def kept_part(height: int, width: int, channels: int) -> tuple[int, int]:
    """Of the maps of one layer: every how many cells, and how many channels are kept."""
    every = -(-max(height, width) // SIDE)
    cells = IMAGES * -(-height // every) * -(-width // every)
    return every, max(1, min(channels, MAPS_BYTES // cells))


def watched(validation: Split, seed: int) -> npt.NDArray[np.int64]:
    """Which validation images a run is followed by: a few, chosen by its seed."""
    chosen = np.random.default_rng((seed, 0)).permutation(len(validation))[:IMAGES]
    return np.sort(chosen)


def watched_to_bytes(validation: Split, places: npt.NDArray[np.int64]) -> bytes:
    """Those images with their labels and places, once for all snapshots."""
    few = validation.take(places)
    found: dict[str, npt.NDArray[Any]] = {
        "places": places,
        "pixels": few.pixels,
        "labels": few.labels,
    }
    return arrays_to_bytes(found)


def watched_from_bytes(content: bytes, of: Architecture) -> Split:
    """Those images, of a run of a network; raises `ArraysError` where they are none of its own."""
    arrays = arrays_from_bytes(content)
    try:
        found = Split(arrays["pixels"], arrays["labels"])
    except (KeyError, ValueError) as error:
        raise ArraysError("it holds no images with labels") from error
    classes = int(trace(of).output_shape[-1])
    if found.image_shape != of.input or not len(found):
        raise ArraysError("its images are none that this network reads")
    if not 0 <= found.labels.min() <= found.labels.max() < classes:
        raise ArraysError(f"its labels are none of {classes} classes")
    return found


def _is_like(array: npt.NDArray[Any], *shape: int | None) -> bool:
    """Whether these are numbers in such a shape, in which None may be any length."""
    return (
        array.dtype.kind in "fiu"
        and array.ndim == len(shape)
        and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    )
