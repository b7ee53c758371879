"""Known networks, as data: one JSON file each, with where it comes from and what its idea is."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError, shown

GROUPS = ("lesson", "classic", "after", "original")
"""First networks; the classics as they train here; what came after; the originals, on paper."""

CLASSICS = ("lenet-5", "alexnet-lite", "vgg-lite", "resnet-lite")

_ORDER = (
    *("shapes-demo", "simple-cnn", "keras-mnist", "wide-lenet", "tiny-vgg"),
    *("lenet-5", "lenet-5-1998", "alexnet-lite", "vgg-lite", "resnet-lite"),
    *("inception-lite", "unet-lite", "densenet-lite", "mobilenet-lite", "senet-lite"),
    *("mobilenet-v2-lite", "efficientnet-lite", "vit-lite", "convnext-lite"),
    *("alexnet", "vgg-16", "resnet-18"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of so many test images were right, a number for each seed from 0 on, of a network
    and of another `beside` it that was trained with as many multiply-accumulates.
    """

    beside: str
    learned_from: str
    epochs: int
    tested: int
    right: tuple[int, ...]
    beside_right: tuple[int, ...]

    def __post_init__(self) -> None:
        counts = (*self.right, *self.beside_right)
        if len(self.right) != len(self.beside_right) or not all(
            0 <= one <= self.tested for one in counts
        ):
            raise ArchitectureError(f"{shown(counts)} are no counts of {self.tested:,} images.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One network of the zoo; `original` is the id of what a lite version was made from."""

    id: str
    group: str
    year: int
    citation: str
    idea: str
    architecture: Architecture
    kept: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    original: str | None = None
    variant_of: str | None = None
    measured: Measured | None = None

    @property
    def title(self) -> str:
        return self.architecture.name


@cache
def zoo() -> dict[str, Entry]:
    """Every network of the zoo by its id, lessons first, originals last."""
    return {id: _read(Path(__file__).with_name(f"{id}.json")) for id in _ORDER}


def entry(id: str) -> Entry:
    """The network of that id, or the error that names those there are."""
    found = zoo().get(id)
    if found is None:
        close = difflib.get_close_matches(id[:80], _ORDER, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(_ORDER)}."
        raise ArchitectureError(f"no network of the zoo is called {shown(id)}. {hint}")
    return found


def _read(path: Path) -> Entry:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    architecture = Architecture.from_dict(
        {"name": data["title"], "input": data["input"], "layers": data["layers"]}
    )
    return Entry(
        path.stem,
        data["group"],
        data["year"],
        data["citation"],
        data["idea"],
        architecture,
        tuple(data.get("kept", ())),
        tuple(data.get("cut", ())),
        data.get("original"),
        data.get("variant_of"),
        _measured(data["measured"]) if "measured" in data else None,
    )


def _measured(data: dict[str, Any]) -> Measured:
    counts = {name: tuple(data[name]) for name in ("right", "beside_right")}
    return Measured(**data | counts)
