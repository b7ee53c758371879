"""The trained networks that ship: their weights, and the cards that say how and how well.

`scripts/train_digits.py`, `scripts/train_bodies.py` and `scripts/train_lesson_networks.py` make the
files; nothing here is typed in by hand.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cnn.data.dataset import Split
from cnn.insight.passes.forward import predict
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, WeightsError, by_place, check_weights
from cnn.network.trace import trace
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run

HERE = Path(__file__).parent
WEIGHTS_FILE, CARD_FILE = HERE / "digits.npz", HERE / "digits.json"
MENDING = "It is part of the project: install the project anew."

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader has to know of a trained network before believing it.

    `confusion` counts the test images, a row per truth and a column per answer, all computed with
    the arrays that ship.
    """

    architecture: Architecture
    configuration: Configuration
    images: dict[str, int]
    data_fingerprint: str
    environment: dict[str, Any]
    seconds: float
    confusion: Matrix
    weights_sha256: str

    @property
    def test_images(self) -> int:
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        return sum(row[place] for place, row in enumerate(self.confusion))

    @property
    def test_accuracy(self) -> float:
        return self.right / self.test_images

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self) | {
            "architecture": self.architecture.to_dict(),
            "configuration": self.configuration.to_dict(),
            "confusion": [list(row) for row in self.confusion],
        }
        # For a reader of the file; what can be computed is not read back.
        return values | {"right": self.right, "test_accuracy": self.test_accuracy}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Card:
        known = {name: values[name] for name in cls.__dataclass_fields__}
        return cls(
            **known
            | {
                "architecture": Architecture.from_dict(values["architecture"]),
                "configuration": Configuration.from_dict(values["configuration"]),
                "confusion": tuple(tuple(row) for row in values["confusion"]),
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """A trained network as it comes with the project."""

    weights: Weights
    card: Card

    @property
    def architecture(self) -> Architecture:
        return self.card.architecture


class Which(StrEnum):
    """The small networks that ship for a lesson, beside the one that reads drawn digits."""

    SMALL_DIGITS = "small-digits"
    SIMPLE_CNN = "simple-cnn"
    WEIGHED_DIGITS = "weighed-digits"
    UNWEIGHED_DIGITS = "unweighed-digits"
    ATTENTIVE_DIGITS = "attentive-digits"
    UNPLACED_DIGITS = "unplaced-digits"
    CONVOLVED_DIGITS = "convolved-digits"

    @property
    def weights_file(self) -> Path:
        return HERE / f"{self}.npz"

    @property
    def card_file(self) -> Path:
        return HERE / f"{self}.json"


class Body(StrEnum):
    """What ships to start another training from, and what it was trained on."""

    DIGITS = "digits"
    SCENES = "scenes"

    @property
    def called(self) -> str:
        return {Body.DIGITS: "Digits, trained on MNIST", Body.SCENES: "Scenes, trained on scenes"}[
            self
        ]

    @property
    def worth(self) -> str:
        """What it has seen, and what that is worth elsewhere, by `benchmarks/photos.py`."""
        return {
            Body.DIGITS: "It has seen handwritten digits alone; on photos it was not measured.",
            Body.SCENES: "It has seen drawn scenes and no photo. On photos, 40 each of three kinds "
            "of CIFAR-10: fine-tuned 71.0 % of 3,000 test photos right, new weights 62.2 %, its "
            "body frozen 63.7 %. Of all ten kinds: 32.5 %, 27.8 % and 27.7 % of 10,000. Means of "
            "five seeds.",
        }[self]


@cache
def body(which: Body) -> Shipped:
    """One of those that ship to start from; refused as `shipped` is."""
    return _read(HERE / f"{which}.npz", HERE / f"{which}.json")


@cache
def shipped() -> Shipped:
    """The network that reads digits; refused unless its weights are those the card is about."""
    return _read(WEIGHTS_FILE, CARD_FILE)


@cache
def of_lesson(which: Which) -> Shipped:
    """One of the networks that a lesson follows; refused as `shipped` is."""
    return _read(which.weights_file, which.card_file)


def _read(weights_file: Path, card_file: Path) -> Shipped:
    try:
        content = weights_file.read_bytes()
        card = Card.from_dict(json.loads(card_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"the built-in network cannot be read: {error}. {MENDING}") from error
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise WeightsError(f"{weights_file.name} is not what its card is about. {MENDING}")
    return Shipped(weights_from_bytes(content, card.architecture), card)


def weights_from_bytes(content: bytes, architecture: Architecture) -> Weights:
    """The weights in a file, by row and in the order of the row's weights."""
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        weights = {
            row.name: tuple(found[f"{row.name}/{place}"] for place in range(len(row.weights)))
            for row in trace(architecture).rows
            if row.weights
        }
    check_weights(weights, trace(architecture))
    return weights


def weights_to_bytes(weights: Weights) -> bytes:
    """The weights as a file, every bit of them."""
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **by_place(weights))
    return written.getvalue()


def confusion(architecture: Architecture, weights: Weights, split: Split) -> Matrix:
    """How often each class was taken for which, by the forward pass of the pages."""
    answers = predict(architecture, weights, split.images).argmax(axis=1)
    classes = trace(architecture).output_shape[0]
    found = np.zeros((classes, classes), np.int64)
    np.add.at(found, (split.labels, answers), 1)
    return tuple(tuple(row) for row in found.tolist())


def card_of(run: Run, content: bytes, test: Split) -> Card:
    """The card of a finished run whose weights are in a file, measured on the test images."""
    assert run.result is not None  # a run that has not finished is not shipped
    weights = weights_from_bytes(content, run.architecture)
    return Card(
        architecture=run.architecture,
        configuration=run.configuration,
        images=run.images,
        data_fingerprint=run.data_fingerprint,
        environment=run.environment,
        seconds=run.result.seconds,
        confusion=confusion(run.architecture, weights, test),
        weights_sha256=hashlib.sha256(content).hexdigest(),
    )


def card_text(card: Card) -> str:
    """The card as its file holds it."""
    return json.dumps(card.to_dict(), indent=1, ensure_ascii=False) + "\n"
