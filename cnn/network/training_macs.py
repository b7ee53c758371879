"""What it costs to train on an image, in multiply-accumulates, layer by layer.

A kernel multiplies each of its weights with values of its input and adds up. On the way back each
of these products has two more: one for the gradient of the weight, where the weight is trained,
and one for the gradient of the value, where something trained stands before it and asks for that.
So nothing is worked out for the image itself: the first trained layer, and what stands beside it
in other branches, has no gradient of its input. In attention, query times key and shares times
values have no weight, and a gradient for both sides; its softmax is not counted. Biases, sums and
products of branches, pooling, batch norm and the optimizer are not counted, as they are not
forward.

"""

from __future__ import annotations

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


def training_costs(traced: Trace) -> dict[Path, Cost]:
    """The cost of each row that holds no others, by its path."""
    rows = {row.path: row for row in traced.rows}
    found: dict[Path, Cost] = {}

    def follow(layers: Layers, path: Path, is_asked: bool) -> bool:
        """Whether a gradient is asked for after these layers, which may be before them too."""
        for index, layer in enumerate(layers):
            own = (*path, index)
            if isinstance(layer, Container):
                ends = [follow(held, own + part, is_asked) for part, held in layer.series()]
                is_asked = any(ends)
            elif own in rows:  # else there is a fault before it
                found[own], is_asked = _cost(rows[own], is_asked)
        return is_asked

    follow(traced.architecture.layers, (), False)
    return found


def _cost(row: Row, is_asked: bool) -> tuple[Cost, bool]:
    """A layer's cost, and whether a gradient is asked for after it."""
    of_weights, of_inputs = row.layer.back_macs(row.input_shape, is_asked)
    is_asked = is_asked or any(weight.trainable for weight in row.weights)
    return Cost(row.macs, of_weights, of_inputs), is_asked


def total_training_macs(traced: Trace) -> int:
    """The multiply-accumulates of one image that a network is trained on."""
    return sum(cost.total for cost in training_costs(traced).values())


@remembered()
def training_macs(architecture: Architecture) -> int:
    """The same of a whole network; curves ask for it at every poll."""
    return total_training_macs(trace(architecture))
