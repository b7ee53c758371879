"""What was measured of the networks of the lesson on attention, and how.

`scripts/measure_attention.py` wrote it; nothing of it is typed in by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnn.data import Split
from cnn.insight.passes.attention import all_shares
from cnn.insight.passes.forward import forward, predict
from cnn.insight.passes.operations import Array
from cnn.lessons.attention import (
    Position,
    has_ink,
    looked,
    looked_at_most,
    looking,
    near,
    needed,
    network,
    of_position,
    shuffled,
)

FILE = Path(__file__).with_name("measured.json")
FEW = 500
AT_ONCE = 100


class Right(NamedTuple):
    """How many images are read right, with patches in their places and shuffled."""

    in_place: int
    shuffled: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Of so many test images: those read right; of all weight the parts that go outside a window
    of 3x3 cells and to cells without ink, head by head; the part of the cells without ink; and
    those read right with even weights.

    Of fewer images: by how much the answer's share falls without the cell with ink that is looked
    at most, without any cell with ink, without the one that it needs most, each on average; and in
    how many the first is the last.
    """

    images: int
    right: Mapping[Position, Right]
    outside: tuple[float, ...]
    to_blank: tuple[float, ...]
    blank: float
    even: int
    few: int
    lost_looked: float
    lost_any: float
    lost_needed: float
    agree: int


@cache
def measured() -> Measured:
    """What was measured, as it was kept."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    right = {Position(name): Right(*both) for name, both in kept.pop("right").items()}
    outside, to_blank = (tuple(kept.pop(name)) for name in ("outside", "to_blank"))
    return Measured(right=right, outside=outside, to_blank=to_blank, **kept)


def text_of(found: Measured) -> str:
    """What was measured, as it is kept."""
    return json.dumps(asdict(found), indent=1) + "\n"


def measure(test: Split, few: int = FEW) -> Measured:
    """All of it on these test images; the last on the first few of them."""
    images, labels = test.images[..., 0], test.labels
    right = {
        one: Right(_right(one, images, labels), _right(one, shuffled(images), labels))
        for one in Position
    }
    ink = has_ink(images)
    outside, to_blank, lost, agree = [], [], [], 0
    for place, weights in enumerate(_weights(images)):
        outside.append(_part(weights, ~near()))
        to_blank.append(_part(weights, ~ink[place]))
        if place < few:
            one = looked(images[place])
            less = one.shares[one.said] - needed(images[place])
            most = looked_at_most(images[place], one.weights)
            lost.append(np.array([less[most], less[ink[place]].mean(), less.max()]))
            agree += int(most == less.argmax())
    lost_looked, lost_any, lost_needed = _means(lost)
    return Measured(
        images=len(test),
        right=right,
        outside=_means(outside),
        to_blank=_means(to_blank),
        blank=round(float((~ink).mean()), 4),
        even=_right_with(even_weights(), test.images, labels),
        few=few,
        lost_looked=lost_looked,
        lost_any=lost_any,
        lost_needed=lost_needed,
        agree=agree,
    )


def even_weights() -> dict[str, tuple[Array, ...]]:
    """The network's weights with queries that are 0: each cell looks at all cells alike."""
    name = looking(network().architecture).name
    query, bias, *rest = network().weights[name]
    return {**network().weights, name: (np.zeros_like(query), np.zeros_like(bias), *rest)}


def _right(position: Position, images: Array, labels: Any) -> int:
    return _right_with(of_position(position).weights, images[..., None], labels, position)


def _right_with(weights: Any, images: Array, labels: Any, position: Position = Position.OWN) -> int:
    found = predict(of_position(position).architecture, weights, images).argmax(axis=1)
    return int((found == labels).sum())


def _weights(images: Array) -> Iterator[Array]:
    """The weights of each image, as `all_shares` gives them."""
    one, name = network(), looking(network().architecture).name
    for start in range(0, len(images), AT_ONCE):
        some = images[start : start + AT_ONCE, ..., None]
        before = forward(one.architecture, one.weights, some).inputs[name]
        yield from (all_shares(x, one.weights[name]) for x in before)


def _part(weights: Array, where: Any) -> Array:
    """Head by head, what part of all weight goes where something holds."""
    found: Array = (weights * where).sum(axis=2).mean(axis=1)
    return found


def _means(parts: list[Array]) -> tuple[float, ...]:
    found = np.stack(parts).mean(axis=0, dtype=np.float64)
    return tuple(round(one, 4) for one in found.tolist())
