"""How a network ends, and the ends that can be trained: those which training, its judgement, the
confidences and plain Keras read alike.

A network that ends in a softmax gives probabilities, and Keras finds their loss from the scores
before it. Any other gives scores (in Keras: `from_logits=True`), whatever activation they come
from. Keras remembers the input of a softmax and of a sigmoid (`_keras_logits`) and takes a loss
from there even where that is not what the network gives: such ends are changed by `settled`. So are
means of probabilities over a map, which are probabilities too, but come from no scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from cnn.network.architecture import Architecture, titles
from cnn.network.caching import remembered
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    Layers,
)
from cnn.network.layers.merges import AVERAGE, CONCATENATE, MAXIMUM, MULTIPLY
from cnn.network.layers.pooling import GlobalPooling, Pooling
from cnn.network.shapes import Shape, element_count
from cnn.network.trace import Row, trace

SHARES = ("softmax", "sigmoid")
"""The activations whose outputs are probabilities, and whose input Keras remembers."""

FLATTEN_UP_TO = 4_096
"""Above so many features, a mean over the map keeps the dense layer from holding everything."""

POOLINGS = (Pooling, GlobalPooling)

BOUNDS = {
    "softmax": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softsign": (-1.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu6": (0.0, 6.0),
}
"""Between what the outputs of an activation lie, where they have both bounds."""

KEEP_BOUNDS = (CONCATENATE.word, MULTIPLY.word, MAXIMUM.word, AVERAGE.word)
"""Merges whose values lie where those of all branches do; products where those are at most 1."""


@remembered()
def end(architecture: Architecture) -> int | None:
    """The place of the last layer that still does something after training, if there is one."""
    shapes = {row.path: row.input_shape for row in trace(architecture).rows}
    for place in reversed(range(len(architecture.layers))):
        if not _is_idle(architecture.layers[place], shapes[(place,)]):
            return place
    return None


@remembered()
def averaged(architecture: Architecture) -> int | None:
    """The place of the softmax or sigmoid that the outputs are means of over a map, if they are."""
    traced = trace(architecture)
    shapes = {row.path: row.input_shape for row in traced.rows}
    is_mean = False
    for place in reversed(range(len(architecture.layers) * (len(traced.output_shape) == 1))):
        layer = architecture.layers[place]
        if isinstance(layer, AveragePooling2D | GlobalAveragePooling2D):
            is_mean = True
        elif not _is_idle(layer, shapes[(place,)]):
            return place if is_mean and layer.activation in SHARES else None
    return None


def from_scores(architecture: Architecture) -> Architecture:
    """The same network without the softmax at its end: what training reads, as it is exact."""
    layers = list(architecture.layers)
    last = layers[-1] if layers else None
    if isinstance(last, Activation) and last.activation == "softmax":
        layers.pop()
    elif isinstance(last, Dense) and last.activation == "softmax":
        layers[-1] = replace(last, activation=None)
    return replace(architecture, layers=tuple(layers))


def end_activation(architecture: Architecture) -> str | None:
    """What the outputs come from, or are means of: `softmax`, `sigmoid`, ...; None where that is no
    activation.
    """
    place = _place(architecture)
    return None if place is None else architecture.layers[place].activation


@remembered()
def settled(architecture: Architecture) -> tuple[Architecture, tuple[str, ...]]:
    """The network with an end that everything reads alike, and what was changed for it.

    The weights stay those of the network, and so do the scores of a network that is not training;
    where its outputs are means of probabilities, it has none, and answers otherwise then.
    """
    place, outputs = _place(architecture), trace(architecture).output_shape
    name = end_activation(architecture)
    if place is None or name not in SHARES or len(outputs) != 1 or outputs == (1,):
        return architecture, ()
    last, behind = architecture.layers[place], architecture.layers[place + 1 :]
    kept = tuple(layer for layer in behind if isinstance(layer, (*POOLINGS, Flatten)))
    if kept or not isinstance(last, Dense | Activation):
        layers = (*_bare(last), *kept, Activation("softmax"))
    else:
        assert isinstance(last, Dense | Activation)
        layers = (replace(last, activation="softmax"),)
    new = replace(architecture, layers=(*architecture.layers[:place], *layers))
    return (architecture, ()) if new == architecture else (new, tuple(_said(architecture, place)))


def finished(architecture: Architecture, classes: int) -> Architecture:
    """The network with a head for so many classes; one that has such a head is left as it is."""
    output = trace(architecture).output_shape
    if output == (classes,) and end_activation(architecture) in SHARES:
        return settled(architecture)[0]
    head: list[Layer] = []
    if len(output) == 3:
        flat = element_count(output) <= FLATTEN_UP_TO
        head.append(Flatten() if flat else GlobalAveragePooling2D())
    if output == (classes,):
        head.append(Activation("softmax"))
    else:
        head.append(Dense(classes, activation="softmax"))
    layers = (*architecture.layers, *head)
    return replace(architecture, layers=layers)


def bounding(architecture: Architecture) -> str | None:
    """The activation that bounds the outputs: no pooling and no Flatten behind it leaves them."""
    return _bounding(architecture.layers)


def _bounding(layers: Layers) -> str | None:
    passing = (*POOLINGS, Flatten)
    for layer in reversed(layers):
        if isinstance(layer, Branches):
            return _bounding_all(layer)
        if not (isinstance(layer, passing) or layer.is_idle or layer == Activation("linear")):
            return layer.activation if layer.activation in BOUNDS else None
    return None


def _bounding_all(layer: Branches) -> str | None:
    """The activation that bounds every branch, where what they are joined into has its bounds."""
    name, *others = {_bounding(branch) for branch in layer.branches}
    if name is None or others or layer.merge not in KEEP_BOUNDS:
        return None
    return None if layer.merge == MULTIPLY.word and BOUNDS[name][1] > 1 else name


def surest(architecture: Architecture) -> float:
    """The most that a share of the softmax of these outputs can be, which is 1 without bounds.

    That is where one of n scores is at its upper bound and the others are at their lower one.
    """
    name, outputs = bounding(architecture), trace(architecture).output_shape[-1]
    if name is None:
        return 1.0
    low, high = BOUNDS[name]
    return 1 / (1 + (outputs - 1) * math.exp(low - high))


def is_read_twice(architecture: Architecture) -> bool:
    """Whether versions before this one trained it by one loss and judged it by another.

    They left out a softmax in the last layer. Behind a softmax or a sigmoid that was still there,
    or only passed on, Keras took the loss from its input, and the judgement was of its output.
    """
    match architecture.layers:
        case (*_, Dense(activation="softmax")):
            return False
    inner = without_second_end(architecture).layers
    is_vector = len(trace(architecture).output_shape) == 1
    return is_vector and bool(inner) and inner[-1].activation in SHARES


def without_second_end(architecture: Architecture) -> Architecture:
    """The network without a last softmax layer and without what passes on what is before it."""
    layers = list(architecture.layers)
    if layers and layers[-1] == Activation("softmax"):
        layers.pop()
    while layers and layers[-1] in (Activation("linear"), Dropout(0.0)):
        layers.pop()
    return replace(architecture, layers=tuple(layers))


def _said(architecture: Architecture, place: int) -> Iterator[str]:
    last, behind = architecture.layers[place], architecture.layers[place + 1 :]
    called, outputs = titles(architecture.layers), trace(architecture).output_shape[-1]
    if last.activation == "sigmoid":
        yield (
            f"The sigmoid at the end is replaced by a softmax: of the {outputs:,} classes one is "
            "right, and of a sigmoid over several the loss that Keras trains by is not that of "
            "what it predicts."
        )
    dropped = [called[(place + 1 + index,)] for index, layer in enumerate(behind) if layer.is_idle]
    if dropped:
        yield f"Left out behind the end: {', '.join(dropped)}, which would drop answers."
    if Activation("linear") in behind:
        yield "The linear activation behind the end is left out: it does nothing."
    if averaged(architecture) is not None:
        yield _said_of_means(trace(architecture).rows, place)
    elif any(isinstance(layer, Flatten) for layer in behind):
        yield "The softmax stands behind the Flatten, where it gives the same."
    elif not isinstance(last, Dense | Activation):
        yield f"The softmax of {called[(place,)]} is a layer of its own, which gives the same."


def _said_of_means(rows: tuple[Row, ...], place: int) -> str:
    shape = next(row.output_shape for row in rows if row.path == (place,))
    if shape[:2] == (1, 1):
        return "The softmax stands behind the pooling, where it gives the same."
    return (
        "The softmax stands behind the pooling, and makes shares of mean scores, where there were "
        "means of shares. That is not the same: weights that were trained before answer otherwise."
    )


def _place(architecture: Architecture) -> int | None:
    """The place of what the outputs come from, or are means of."""
    place = averaged(architecture)
    return end(architecture) if place is None else place


def _is_idle(layer: Layer, shape: Shape) -> bool:
    if isinstance(layer, Flatten):
        return len(shape) == 1 or shape[:2] == (1, 1)
    return layer.is_idle or layer == Activation("linear")


def _bare(layer: Layer) -> Layers:
    """The layer without its activation."""
    if isinstance(layer, Activation):
        return ()
    return (replace(layer, activation=None),)
