"""How unlike MNIST's digits a drawing is, as it ships: where they lie, the line, and what it finds.

`scripts/measure_unlikeness.py` makes both files; nothing here is typed in by hand. The network that
ships serves as the measuring instrument, so the measure is one of the drawing, whoever reads it.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Images
from cnn.insight.readings.unlikeness import Likeness, map_means
from cnn.network.keras.model import WeightsError
from cnn.shipped import HERE, MENDING, shipped

LIKENESS_FILE, LIKENESS_CARD = HERE / "unlike.npz", HERE / "unlike.json"


@dataclass(frozen=True, slots=True)
class Found:
    """How many drawings of a kind lie beyond the line; `what` they are, in words."""

    what: str
    drawings: int
    beyond: int

    @property
    def share(self) -> float:
        return self.beyond / self.drawings


@dataclass(frozen=True, slots=True)
class UnlikeCard:
    """What a reader has to know of the measure before believing it.

    `line` is the distance beyond which a drawing is called unlike: `kept_share` of the images that
    were kept aside lie within it. `test` are MNIST's test digits; `kinds` what was drawn to find
    out what it finds, none of it used to choose the line.
    """

    network_sha256: str
    likeness_sha256: str
    learned_from: int
    kept_aside: int
    kept_share: float
    line: float
    test: Found
    kinds: dict[str, Found]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> UnlikeCard:
        known = {name: values[name] for name in cls.__dataclass_fields__}
        kinds = {name: Found(**found) for name, found in values["kinds"].items()}
        return cls(**known | {"test": Found(**values["test"]), "kinds": kinds})


@dataclass(frozen=True, slots=True, eq=False)
class Unlike:
    """The measure: where the digits lie, the sorted distances of those kept aside, its card."""

    likeness: Likeness
    kept: npt.NDArray[np.floating]
    card: UnlikeCard

    def distances(self, images: Images) -> npt.NDArray[np.float64]:
        """How far images `[images, 28, 28]`, from 0 to 1, are from MNIST's digits."""
        return self.likeness.distances(digit_features(images))

    def is_beyond(self, distance: float) -> bool:
        """Whether a drawing so far from them is called unlike."""
        return distance > self.card.line

    def as_far(self, distance: float) -> int:
        """How many of the digits kept aside are at least so far from those learned from."""
        return len(self.kept) - int(np.searchsorted(self.kept, distance))


def digit_features(images: Images) -> Images:
    """What the maps of the network that ships answer to images `[images, 28, 28]`."""
    found = shipped()
    return map_means(found.architecture, found.weights, images[..., None])


@cache
def unlike() -> Unlike:
    """The measure that ships; refused unless it is the one its card is about."""
    try:
        content = LIKENESS_FILE.read_bytes()
        card = UnlikeCard.from_dict(json.loads(LIKENESS_CARD.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"the built-in measure cannot be read: {error}. {MENDING}") from error
    if hashlib.sha256(content).hexdigest() != card.likeness_sha256:
        raise WeightsError(f"{LIKENESS_FILE.name} is not what its card is about. {MENDING}")
    if shipped().card.weights_sha256 != card.network_sha256:
        raise WeightsError(
            f"{LIKENESS_FILE.name} was made with another network than the built-in one. "
            "Make it anew: python -m scripts.measure_unlikeness."
        )
    return Unlike(*from_bytes(content), card)


def to_bytes(likeness: Likeness, kept: npt.NDArray[np.floating]) -> bytes:
    """Where the digits lie as a file: factors have no upper half, and three good digits."""
    lower = np.tril_indices(likeness.factors.shape[1])
    written = io.BytesIO()
    np.savez_compressed(
        written,
        allow_pickle=False,
        means=likeness.means.astype(np.float32),
        factors=likeness.factors[:, *lower].astype(np.float16),
        kept=np.sort(kept).astype(np.float32),
    )
    return written.getvalue()


def from_bytes(content: bytes) -> tuple[Likeness, npt.NDArray[np.floating]]:
    """What `to_bytes` wrote, ready to be reckoned with."""
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        means, halves, kept = found["means"], found["factors"], found["kept"]
    size = means.shape[1]
    factors = np.zeros((len(means), size, size))
    factors[:, *np.tril_indices(size)] = halves
    return Likeness(means.astype(np.float64), factors), kept
