"""Which layers of a network can begin with the weights of another, its parent. Pure.

Layers that have weights are held against each other in their order from the front: those of equal
kind, options and sizes are taken, up to the first that differs. What has no weights has nothing to
be taken, and whether it differs is left to whoever designs the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import rules
from cnn.network.shapes import shape_text
from cnn.network.trace import Row
from cnn.numbers import exact
from cnn.training.recipe.start import StartError, with_weights


class Fate(StrEnum):
    TAKEN = "taken"
    REHEADED = "re-headed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of one layer that has weights; `source` is the parent's row that it takes."""

    row: Row
    fate: Fate
    why: str
    source: str = ""


def matched(
    architecture: Architecture, parent: Architecture, *, other_classes: bool = False
) -> tuple[Match, ...]:
    """What each layer that has weights begins with.

    With `other_classes` the head is made anew though it has as many outputs as the parent's.
    """
    rows, theirs = with_weights(architecture), with_weights(parent)
    found: list[Match] = []
    for place, row in enumerate(rows):
        is_last = place == len(rows) - 1
        one = _match(row, theirs[place : place + 1], is_last=is_last, other_classes=other_classes)
        if found and found[-1].fate is not Fate.TAKEN:
            first = next(match for match in found if match.fate is not Fate.TAKEN)
            one = Match(row, Fate.NEW, f"it stands behind {first.row.title}, which is new")
        elif one.fate is Fate.REHEADED and not found:
            one = Match(row, Fate.NEW, one.why)  # a head on nothing is no transfer
        found.append(one)
    return tuple(found)


def check_any(found: Sequence[Match], architecture: Architecture, parent: str) -> None:
    """Refuses a parent of which nothing can be taken, with the reason of the first layer."""
    if any(one.fate is Fate.TAKEN for one in found):
        return
    why = f" {found[0].row.title}: {found[0].why}." if found else ""
    raise StartError(
        f"nothing of {parent} fits {architecture.name}.{why} Train the network of the parent, or "
        "one that begins with the same layers."
    )


def taken_weights(found: Sequence[Match], weights: Weights) -> Weights:
    """The parent's arrays for the rows that take them."""
    return {one.row.name: weights[one.source] for one in found if one.fate is Fate.TAKEN}


def anew(found: Sequence[Match]) -> tuple[str, ...]:
    """The rows that begin with new weights."""
    return tuple(one.row.name for one in found if one.fate is not Fate.TAKEN)


def other_input(
    architecture: Architecture, parent: Architecture, *, says_pixels: bool = True
) -> tuple[str, ...]:
    """In what the network is given other images than its parent was, a sentence each.

    Of a file that says nothing of its pixels, that is said.
    """
    said = []
    if architecture.input != parent.input:
        said.append(
            f"The parent read images of {shape_text(parent.input)}, this network reads "
            f"{shape_text(architecture.input)}: what it has learned is of details of another size."
        )
    if not says_pixels:
        said.append(
            "The file does not say which pixels its network was trained on; this network is fed "
            f"{architecture.fed.words}. Where that is not right, choose others in Build."
        )
    elif architecture.fed != parent.fed:
        said.append(
            f"The parent was fed pixels {parent.fed.words}, this network is fed "
            f"{architecture.fed.words}: its weights expect the former. Choose the parent's pixels "
            "in Build."
        )
    return tuple(said)


def _match(row: Row, theirs: Sequence[Row], *, is_last: bool, other_classes: bool) -> Match:
    if not theirs:
        return Match(row, Fate.NEW, "the parent has no more layers with weights")
    source = theirs[0]
    why = _difference(row, source, is_head=is_last)
    if not why and is_last and other_classes:
        why = "its classes are others than the parent's"
    if not why:
        return Match(row, Fate.TAKEN, f"as {source.title} of the parent", source.name)
    return Match(row, Fate.REHEADED if is_last else Fate.NEW, why)


def _difference(row: Row, other: Row, *, is_head: bool) -> str:
    """In what a layer is another than the parent's; nothing where its weights can be taken."""
    if row.kind != other.kind:
        return f"it is a {row.kind}, the parent's {other.title} is a {other.kind}"
    if _held_in(row) != _held_in(other):
        return f"it stands elsewhere in a block than the parent's {other.title}"
    ours, theirs = (_shapes(one) for one in (row, other))
    if ours != theirs:
        return f"its weights are {ours}, the parent's {theirs}"
    for name in rules(type(row.layer)):
        mine, its = (getattr(one.layer, name) for one in (row, other))
        if mine != its and not (is_head and name == "activation"):
            return f"its {name} is {_text(mine)}, the parent's {_text(its)}"
    return ""


def _held_in(row: Row) -> tuple[str, ...]:
    """In which parts of blocks a layer stands, whichever blocks those are."""
    return tuple(part for part in row.path if isinstance(part, str))


def _shapes(row: Row) -> str:
    return ", ".join(shape_text(weight.shape) for weight in row.weights)


def _text(value: Any) -> str:
    return exact(value) if isinstance(value, float) else str(value)
