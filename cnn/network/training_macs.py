"""What it costs to train on an image, in multiply-accumulates, layer by layer.

A kernel multiplies each of its weights with values of its input and adds up. On the way back each
of these products has two more: one for the gradient of the weight, where the weight is trained,
and one for the gradient of the value, where something trained stands before it and asks for that.
So nothing is worked out for the image itself: the first trained layer, and what stands beside it
in other branches, has no gradient of its input. A layer that is frozen has none of its weights, and
one before which nothing is trained is forward alone. In attention, query times key and shares times
values have no weight, and a gradient for both sides; its softmax is not counted. Biases, sums and
products of branches, pooling, batch norm and the optimizer are not counted, as they are not
forward.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.errors import Path
from cnn.network.layers import Container, Layers
from cnn.network.trace import Row, Trace, trace


@dataclass(frozen=True, slots=True)
class Cost:
    """The multiply-accumulates of a layer for one image that is trained on."""

    forward: int = 0
    of_weights: int = 0
    of_inputs: int = 0

    @property
    def total(self) -> int:
        return self.forward + self.of_weights + self.of_inputs


def training_costs(traced: Trace, frozen: Collection[str] = ()) -> dict[Path, Cost]:
    """The cost of each row that holds no others, by its path; `frozen` are names of rows."""
    return {path: cost for path, (cost, _) in _followed(traced, frozen).items()}


def forward_alone(traced: Trace, frozen: Collection[str]) -> frozenset[Path]:
    """The rows that no gradient comes back to, blocks of such layers among them."""
    asked = [path for path, (_, is_asked) in _followed(traced, frozen).items() if is_asked]
    holding = {path[:end] for path in asked for end in range(1, len(path) + 1)}
    return frozenset(row.path for row in traced.rows if row.path not in holding)


def _followed(traced: Trace, frozen: Collection[str]) -> dict[Path, tuple[Cost, bool]]:
    """The cost of each such row, and whether a gradient is asked for after it."""
    rows = {row.path: row for row in traced.rows}
    found: dict[Path, tuple[Cost, bool]] = {}

    def follow(layers: Layers, path: Path, is_asked: bool) -> bool:
        """Whether a gradient is asked for after these layers, which may be before them too."""
        for index, layer in enumerate(layers):
            own = (*path, index)
            if isinstance(layer, Container):
                ends = [follow(held, own + part, is_asked) for part, held in layer.series()]
                is_asked = any(ends)
            elif own in rows:  # else there is a fault before it
                found[own] = _cost(rows[own], is_asked, rows[own].name in frozen)
                _, is_asked = found[own]
        return is_asked

    follow(traced.architecture.layers, (), False)
    return found


def _cost(row: Row, is_asked: bool, is_frozen: bool) -> tuple[Cost, bool]:
    of_weights, of_inputs = row.layer.back_macs(row.input_shape, is_asked)
    if is_frozen:
        return Cost(row.macs, 0, of_inputs if is_asked else 0), is_asked
    is_asked = is_asked or any(weight.trainable for weight in row.weights)
    return Cost(row.macs, of_weights, of_inputs), is_asked


def total_training_macs(traced: Trace, frozen: Collection[str] = ()) -> int:
    """The multiply-accumulates of one image that a network is trained on."""
    return sum(cost.total for cost in training_costs(traced, frozen).values())


@remembered()
def training_macs(architecture: Architecture) -> int:
    """The same of a whole network; curves ask for it at every poll."""
    return total_training_macs(trace(architecture))
