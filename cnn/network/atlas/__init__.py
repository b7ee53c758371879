"""The atlas: published networks by year, family, size and accuracy, each as a design of ours.

`facts.json` is written by hand: where a network comes from, what its idea is, and the accuracy that
was published for it. `counted.json` and `designs.zip` are made by `scripts/make_atlas.py` from
`keras.applications` and the zoo.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError

HERE = Path(__file__).parent
DESIGNS = HERE / "designs.zip"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the published accuracies stand, and when they were read there."""

    title: str
    address: str
    read: str


@dataclass(frozen=True, slots=True)
class Step:
    """What is new against the network before, and the block of the palette that it is, or is
    nearest to, by its id.
    """

    says: str
    block: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Networks of one plan."""

    id: str
    title: str
    citation: str
    idea: str


@dataclass(frozen=True, slots=True)
class Known:
    """A published network: what is told of it, and what was counted.

    Accuracies are in percent, on ImageNet's validation images, and None where none was published
    at the source. The step is None where no block is new. Depth and field are None where it is no
    design here.
    """

    id: str
    title: str
    family: Family
    year: int
    idea: str
    ancestor: str | None
    step: Step | None
    lite: str | None
    side: int
    top1: float | None
    top5: float | None
    source: Source
    note: str
    params: int
    trainable: int
    macs: int
    depth: int | None
    field: int | None

    @property
    def is_design(self) -> bool:
        """Whether it can be opened here."""
        return self.depth is not None


@cache
def sources() -> dict[str, Source]:
    """By their ids; the first is that of every accuracy which has no other."""
    return {id: Source(**told) for id, told in _facts()["sources"].items()}


@cache
def keras_version() -> str:
    """That by which the networks were built and counted."""
    version: str = _counted()["keras"]
    return version


@cache
def atlas() -> dict[str, Known]:
    """Every network by its id, in the order in which they are told of: by family, then size."""
    facts = _facts()
    families = {
        id: Family(id, *(told[name] for name in ("title", "citation", "idea")))
        for id, told in facts["families"].items()
    }
    return {told["id"]: _known(told, families[told["family"]]) for told in facts["networks"]}


@cache
def design(id: str) -> Architecture:
    """The network as a design, or the error that says that there is none."""
    known = atlas().get(id)
    if known is None or not known.is_design:
        raise ArchitectureError(f"the atlas has no design of {id[:80]!r}.")
    with zipfile.ZipFile(DESIGNS) as file:
        return Architecture.from_json(file.read(f"{id}.json").decode())


def step_to(known: Known) -> Known | None:
    """The network that this one was made from, where both are designs."""
    before = atlas().get(known.ancestor or "")
    return before if before and before.is_design and known.is_design else None


def _known(told: dict[str, Any], family: Family) -> Known:
    own: dict[str, Any] = {name: told.get(name) for name in ("ancestor", "lite", "top1", "top5")}
    counted: dict[str, Any] = _counted()["networks"][told["id"]]
    return Known(
        id=told["id"],
        title=told["title"],
        family=family,
        year=told["year"],
        idea=told.get("idea", family.idea),
        step=_step(told),
        side=told["side"],
        source=sources()[told.get("source", next(iter(sources())))],
        note=told.get("note", ""),
        **own,
        **counted,
    )


def _step(told: dict[str, Any]) -> Step | None:
    """A network's own, else that of its family for the first that is made from another's."""
    facts = _facts()
    families = {one["id"]: one["family"] for one in facts["networks"]}
    step = told.get("step")
    if step is None and families.get(told.get("ancestor")) != told["family"]:
        step = facts["families"][told["family"]].get("step")
    return None if step is None else Step(**step)


@cache
def _facts() -> dict[str, Any]:
    return _read("facts.json")


@cache
def _counted() -> dict[str, Any]:
    return _read("counted.json")


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found
