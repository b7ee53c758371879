"""A backward pass without TensorFlow: how a score or the loss moves with everything before it.

Owns what is differentiated, and the walk back through the layers, as after training: dropout does
nothing, batch normalisation keeps its moving statistics. What flows back through one layer is in
`layer_passes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.activations import softmax
from cnn.insight.passes.forward import Activations, Step, forward, steps_of
from cnn.insight.passes.layer_passes import At, pass_of
from cnn.insight.passes.merge_passes import merged_back
from cnn.insight.passes.operations import Array
from cnn.insight.passes.slopes import through_activation
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Container, Layer
from cnn.network.shapes import shape_text


class TargetError(ValueError):
    """What cannot be differentiated here: why, and what can."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """The score of one class for each image, summed; before a softmax at the end, if there is one.

    The score before the softmax (the logit) says what speaks for a class; behind it, a score also
    rises when the other classes fall, and hardly moves at all where the network is sure.
    """

    place: int
    before_softmax: bool = True


@dataclass(frozen=True, slots=True)
class Loss:
    """The mean cross-entropy with these labels; without a softmax at the end outputs are scores."""

    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """The sum of the outputs times these factors: any linear reading of the last output."""

    factors: Array


Target = ClassScore | Loss | Weighted


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """How far `value` moves with each number, for a small move of that number alone.

    `input` is at the image, from 0 to 1. `outputs` and `linear` (before a layer's own activation)
    stand under `row.name`, as in `Activations`, and `weights` in the order of `row.weights`: every
    array, also the moving statistics of a batch normalisation, which training does not change this
    way. Where the scores before a softmax are differentiated, the softmax' own output is no part of
    it, and is left out.
    """

    value: float
    input: Array
    outputs: dict[str, Array]
    linear: dict[str, Array]
    weights: Weights
    activations: Activations


def backward(
    architecture: Architecture, weights: Weights, images: npt.ArrayLike, of: Target
) -> Gradients:
    """The gradient of the target at the input, at every layer's output and of every weight."""
    found = forward(architecture, weights, images, keep_linear=True)
    steps = steps_of(architecture)
    way = _Way(weights, found, {}, {}, {})
    softmax_last = bool(steps) and is_softmax(steps[-1].layer)
    value, gradient, at_scores = _start(steps, found, of, softmax_last)
    if at_scores:
        to_input = way.back(steps[:-1], way.into(steps[-1], gradient))
    else:
        to_input = way.back(steps, gradient)
    order = found.outputs
    return Gradients(
        value,
        architecture.fed.back(to_input),
        {name: way.outputs[name] for name in order if name in way.outputs},
        {name: way.linear[name] for name in order if name in way.linear},
        {name: way.weights_found[name] for name in order if name in way.weights_found},
        found,
    )


def is_softmax(layer: Layer) -> bool:
    """Whether the layer ends in a softmax, so that it has scores before it."""
    return layer.activation == "softmax"


def _start(
    steps: tuple[Step, ...], found: Activations, of: Target, softmax_last: bool
) -> tuple[float, Array, bool]:
    """The target's value, its gradient, and whether that is at the scores before the softmax."""
    output = found.output
    if isinstance(of, Weighted):
        factors = np.asarray(of.factors, np.float32)
        if factors.shape != output.shape:
            raise TargetError(
                f"the output is {list(output.shape)}, but the factors are {list(factors.shape)}. "
                "Give a factor for each value of the output."
            )
        return float((output.astype(np.float64) * factors).sum()), factors, False
    if output.ndim != 2:
        raise TargetError(
            f"the network ends in a {shape_text(output.shape[1:])} map, which has no class scores. "
            "Put a Flatten and a Dense at its end."
        )
    scores = found.linear[steps[-1].name] if softmax_last else output
    if isinstance(of, ClassScore):
        before = softmax_last and of.before_softmax
        values = scores if before else output
        _check_classes((of.place,), output.shape[1])
        gradient = np.zeros_like(values)
        gradient[:, of.place] = 1
        return float(values[:, of.place].sum(dtype=np.float64)), gradient, before
    if len(of.labels) != len(output) or not of.labels:
        raise TargetError(
            f"{len(output)} images and {len(of.labels)} labels. Give each image its label."
        )
    _check_classes(of.labels, output.shape[1])
    return *_cross_entropy(scores, np.asarray(of.labels)), softmax_last


def _cross_entropy(scores: Array, labels: npt.NDArray[np.int64]) -> tuple[float, Array]:
    """The mean of -log(share of the true class), and its gradient: share - truth."""
    exact = scores.astype(np.float64)
    exact -= exact.max(axis=1, keepdims=True)
    images = np.arange(len(labels))
    losses = np.log(np.exp(exact).sum(axis=1)) - exact[images, labels]
    gradient = softmax(scores)
    gradient[images, labels] -= 1
    return float(losses.mean()), gradient / np.float32(len(labels))


def _check_classes(places: tuple[int, ...], classes: int) -> None:
    wrong = [place for place in places if not 0 <= place < classes]
    if wrong:
        raise TargetError(
            f"there is no class {wrong[0]}: the network has {classes}. Use 0 to {classes - 1}."
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """What was found so far, on the way back through the network."""

    weights: Weights
    found: Activations
    outputs: dict[str, Array]
    linear: dict[str, Array]
    weights_found: Weights

    def back(self, steps: tuple[Step, ...], gradient: Array) -> Array:
        for step in reversed(steps):
            self.outputs[step.name] = gradient
            before, after = self.found.linear[step.name], self.found.outputs[step.name]
            gradient = self.into(step, through_activation(step.layer, before, after, gradient))
        return gradient

    def into(self, step: Step, gradient: Array) -> Array:
        """From the layer's linear values to its input."""
        name = step.name
        self.linear[name] = gradient
        x = self.found.inputs[name]
        if isinstance(step.layer, Container):
            ends = [self.found.outputs[held[-1].name] if held else x for held in step.series]
            shares = merged_back(step.layer, ends, gradient)
            flows = [self.back(held, g) for held, g in zip(step.series, shares, strict=True)]
            return reduce(np.add, flows)
        arrays = tuple(np.asarray(array, np.float32) for array in self.weights.get(name, ()))
        at = At(step.layer, step.axes, arrays, x)
        gradient, of_weights = pass_of(step.layer).back(at, gradient)
        if of_weights:
            self.weights_found[name] = of_weights
        return gradient
