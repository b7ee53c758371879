"""What a training begins with in place of new weights: those of another run, or of a file.

Owns the value that stands in a run's settings. Which layers fit each other is in `matching`, where
the weights come from and are kept is in `starting`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from cnn.names import visible
from cnn.network.architecture import Architecture
from cnn.network.errors import shown
from cnn.network.trace import Row, trace

TENTH = 0.1
"""The share of the learning rate at which all layers are trained after the head alone."""

SHIPPED = "shipped:"
"""What the name of a body that ships begins with, where those of files stand."""

MOST_FROZEN, MOST_EPOCHS = 10_000, 1_000
MOST_NAME = 200


class StartError(ValueError):
    """Weights that a training cannot begin with, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Start:
    """Weights that were trained before, and what stays of them.

    | part | what it is |
    |---|---|
    | `weights` | the SHA-256 of all arrays that are taken |
    | `run`, `file` | where they are from: the id of a run, or the name of a `.keras` file |
    | `freeze` | so many layers of the network, from the front, stay as they are |
    | `head_first` | in so many epochs the head alone is trained, then all at a tenth of the rate |
    | `anew` | the rows that have weights and begin with new ones; all others are taken |
    """

    weights: str
    run: str = ""
    file: str = ""
    freeze: int = 0
    head_first: int = 0
    anew: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (isinstance(self.weights, str) and re.fullmatch(r"[0-9a-f]{64}", self.weights)):
            raise StartError(f"weights must be named by a SHA-256, got {shown(self.weights)}.")
        for name in ("run", "file"):
            said = getattr(self, name)
            if not isinstance(said, str) or len(said) > MOST_NAME:
                raise StartError(f"{name} must be a name, got {shown(said)}.")
        if bool(self.run) == bool(self.file):
            raise StartError("weights are from a run or from a file: name one of them.")
        for name, most in (("freeze", MOST_FROZEN), ("head_first", MOST_EPOCHS)):
            count = getattr(self, name)
            if type(count) is not int or not 0 <= count <= most:
                raise StartError(f"{name} must be a whole number from 0 to {most:,}, got {count}.")
        object.__setattr__(self, "anew", tuple(self.anew))
        if not all(isinstance(one, str) for one in self.anew):
            raise StartError(f"anew must be names of layers, got {shown(self.anew)}.")

    @property
    def origin(self) -> str:
        """Whose weights they are: `run 0123456789ab`, or the name of a file."""
        if self.file.startswith(SHIPPED):
            return f"the body {visible(self.file.removeprefix(SHIPPED))} that ships"
        return f"run {visible(self.run)}" if self.run else f"the file {visible(self.file)}"

    def taken(self, architecture: Architecture) -> tuple[Row, ...]:
        """The rows whose weights are taken."""
        return tuple(row for row in with_weights(architecture) if row.name not in self.anew)

    def frozen(self, architecture: Architecture, epoch: int) -> frozenset[str]:
        """The rows that stay as they are in an epoch, the first of which is 1."""
        kept = {row.name for row in with_weights(architecture) if int(row.path[0]) < self.freeze}
        if epoch <= self.head_first:
            kept |= {row.name for row in with_weights(architecture)} - self.head(architecture)
        return frozenset(kept)

    def head(self, architecture: Architecture) -> set[str]:
        """What is trained first: all that begins anew, or the last layer where nothing does."""
        trained = [row.name for row in with_weights(architecture) if row.trainable_params]
        return set(self.anew) or set(trained[-1:])

    def check(self, architecture: Architecture) -> None:
        """Refuses what cannot be frozen; raises `StartError`."""
        layers, rows = len(architecture.layers), with_weights(architecture)
        called, new = architecture.name, [row for row in rows if row.name in self.anew]
        if self.freeze > layers:
            raise StartError(
                f"{self.freeze} layers cannot be frozen: {called} has {layers}. Freeze fewer."
            )
        if new and self.freeze > (first := int(min(row.path for row in new)[0])):
            raise StartError(
                f"{self.freeze} layers cannot be frozen: layer {first + 1} of {called} has new "
                f"weights ({new[0].title}), which would never be trained. Freeze at most {first}."
            )
        for epoch in (1, self.head_first + 1):
            frozen = self.frozen(architecture, epoch)
            if not any(row.trainable_params for row in rows if row.name not in frozen):
                last = max(int(row.path[0]) for row in rows if row.trainable_params)
                raise StartError(
                    f"{self.freeze} frozen layers leave nothing to train in {called}. "
                    f"Freeze at most {last}."
                )

    def phrases(self, architecture: Architecture) -> list[str]:
        """What was taken, what is new and what stays, a phrase each."""
        taken, rows = self.taken(architecture), with_weights(architecture)
        said = [f"taken: {_titles(taken)}" if self.anew else f"taken: all {len(rows)} layers"]
        if new := [row for row in rows if row.name in self.anew]:
            said.append(f"new: {_titles(new)}")
        if self.freeze:
            traced = trace(architecture)
            last = next(row.title for row in traced.rows if row.path == (self.freeze - 1,))
            still = sum(row.params for row in rows if int(row.path[0]) < self.freeze)
            said.append(
                f"frozen: up to {last} (the first {self.freeze}), {still:,} of "
                f"{traced.total_params:,} parameters"
            )
        if self.head_first:
            epochs = f"{self.head_first} epoch{'s' * (self.head_first > 1)}"
            rest = "all that is not frozen" if self.freeze else "all"
            said.append(f"the head alone for {epochs}, then {rest} at a tenth of the rate")
        return said

    def to_dict(self) -> dict[str, Any]:
        """What is stored: what is not the default."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        kept = {name: value for name, value in values.items() if value not in ("", 0, ())}
        return kept | ({"anew": list(self.anew)} if self.anew else {})

    @classmethod
    def from_dict(cls, values: Any) -> Start:
        if not isinstance(values, dict):
            raise StartError(f"what a training begins with must be an object, got {shown(values)}.")
        known = {one.name for one in fields(cls)}
        for name in values:
            if name not in known:
                raise StartError(f"there is no part {shown(name)} of a start.")
        if not isinstance(values.get("anew", []), list | tuple):
            raise StartError(f"anew must be names of layers, got {shown(values['anew'])}.")
        named: dict[str, Any] = {"weights": ""} | values
        return cls(**named)


def with_weights(architecture: Architecture) -> tuple[Row, ...]:
    """The rows of a network that have weights."""
    return tuple(row for row in trace(architecture).rows if row.weights)


def _titles(rows: Any) -> str:
    """A few layers by name, of many the first and the last."""
    titles = [row.title for row in rows]
    if len(titles) <= 3:
        return ", ".join(titles)
    return f"{len(titles)} layers from {titles[0]} to {titles[-1]}"
