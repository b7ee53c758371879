"""Fitting a network and its data to each other before training; every change is a sentence."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace

import numpy as np

from cnn.data import CATALOGUE, Dataset, DatasetName
from cnn.data.dataset import FoundShape
from cnn.data.fitting import keeps_proportions, resizing_text
from cnn.data.sets import DRAWN
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.heads import end, end_activation, settled
from cnn.network.keras.model import Weights, check_weights
from cnn.network.layers import Activation, Dense, Flatten, GlobalAveragePooling2D, Layer
from cnn.network.shapes import MapShape
from cnn.network.trace import params_text, trace
from cnn.training.recipe.run import Run

_OF_IMAGES = ("Images are ", "The one grey channel ", "Grey images ", "Colours")
"""What a change of images begins with; what else is said is of the network's head."""

SMALL_MAP = 7
"""A map of at most so many cells a side is flattened for a last layer that is added."""

_RESIZED_BEFORE = (
    r"Images are resized (?:from (\d+)x(\d+) )?to (\d+)x(\d+)(?:, the network's input)?\."
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The network as it will be trained, and what was changed in it and in the images for that."""

    architecture: Architecture
    changes: tuple[str, ...]


def fit_to(architecture: Architecture, data: Dataset) -> Fitted:
    """Fits a network to data that was loaded at its input."""
    head, on_head = with_classes(architecture, len(data.class_names))
    name = DatasetName(data.name)
    shape = data.found_shape or CATALOGUE[name].image_shape
    return Fitted(head, image_changes(name, shape, architecture.input) + on_head)


def image_changes(name: DatasetName, shape: FoundShape, wanted: MapShape) -> tuple[str, ...]:
    """What becomes of images of one shape, as far as they have one, for a network's input."""
    if name is DatasetName.SHAPES:
        return ()  # drawn at whatever size is wanted
    changes = []
    height, width, channels = shape
    if name in DRAWN:
        height, width = wanted[:2]
    if height is None or width is None:
        changes.append(_resized(None, wanted))
    elif (height, width) != wanted[:2]:
        changes.append(_resized((height, width), wanted))
    if (channels, wanted[2]) == (1, 3):
        changes.append("The one grey channel is copied to the three the network reads.")
    elif channels is None and wanted[2] == 3:
        changes.append("Grey images have their one channel copied to the three the network reads.")
    elif channels != 1 and wanted[2] == 1:
        colours = "Colours, where there are any," if channels is None else "Colours"
        changes.append(f"{colours} are turned to grey, as the network reads one channel.")
    return tuple(changes)


def _resized(was: tuple[int, int] | None, wanted: MapShape) -> str:
    size = resizing_text(was, wanted[:2])
    if was is None:
        return f"Images are resized to {size}; those of other proportions are stretched to it."
    changed = "" if keeps_proportions(was, wanted[:2]) else ", so their proportions change"
    return f"Images are resized from {size}, the network's input{changed}."


def as_said_now(change: str) -> str:
    """A change of the images in today's words: runs of earlier versions keep those of theirs."""
    found = re.fullmatch(_RESIZED_BEFORE, change)
    if not found:
        return change
    *was, height, width = (int(one) if one else 0 for one in found.groups())
    return _resized((was[0], was[1]) if all(was) else None, (height, width, 1))


def is_fitted(architecture: Architecture, found: Architecture) -> bool:
    """Whether a network is what became of another when its head was fitted to some data."""
    classes = trace(found).output_shape[-1]
    with contextlib.suppress(ArchitectureError):
        return with_classes(architecture, classes)[0] == found
    return False


def changes_again(run: Run, architecture: Architecture) -> tuple[str, ...]:
    """What is changed where a run's data train the same network, or one made out of it, which
    needs no other head any more.
    """
    if architecture == run.architecture:
        return run.changes
    if architecture.input == run.architecture.input:
        return tuple(one for one in run.changes if one.startswith(_OF_IMAGES))
    name = run.configuration.dataset.name
    is_known = name is not DatasetName.OWN_IMAGES
    shape = CATALOGUE[name].image_shape if is_known else (None, None, None)
    return image_changes(name, shape, architecture.input)


def with_classes(architecture: Architecture, classes: int) -> tuple[Architecture, tuple[str, ...]]:
    """The network with one output per class and a trainable end, and what was changed for it."""
    traced = trace(architecture)
    if traced.output_shape == (classes,):
        return settled(architecture)
    place = _head(architecture)
    head = architecture.layers[place]
    assert isinstance(head, Dense)
    layers = list(architecture.layers)
    layers[place] = replace(head, units=classes)
    changed, on_end = settled(replace(architecture, layers=tuple(layers)))
    params = (
        f"the network has {trace(changed).params_text} instead of "
        f"{params_text(traced.total_params, traced.trainable_params, unit='')}."
    )
    if _is_one_of_two(architecture, classes):
        return changed, (
            "The last dense layer has 2 units and a softmax instead of 1 unit and a sigmoid, which "
            f"can say exactly the same of two classes; {params}",
        )
    return changed, (
        f"The last dense layer has {classes} units instead of {head.units}, one per class; "
        f"{params}",
        *on_end,
    )


def with_end(architecture: Architecture, classes: int) -> Architecture | None:
    """A network that has no scores for classes yet with layers that give them; None where that does
    not make a network that is trained.

    A small map goes in whole, of a larger one the mean of each channel.
    """
    shape = trace(architecture).output_shape
    flat: tuple[Layer, ...] = ()
    if len(shape) == 3:
        flat = (Flatten() if max(shape[:2]) <= SMALL_MAP else GlobalAveragePooling2D(),)
    end = (*flat, Dense(classes, activation="softmax"))
    with contextlib.suppress(ArchitectureError):
        return with_classes(replace(architecture, layers=(*architecture.layers, *end)), classes)[0]
    return None


def weights_with_classes(architecture: Architecture, weights: Weights, classes: int) -> Weights:
    """The weights of the network that `with_classes` makes of one with these weights.

    Of one unit with a sigmoid two with a softmax are made, of scores 0 and z: the shares are
    1 - sigmoid(z) and sigmoid(z), exactly. Raises `WeightsError` where a head needs other weights.
    """
    if _is_one_of_two(architecture, classes):
        at = (_head(architecture),)
        head = next(row.name for row in trace(architecture).rows if row.path == at)
        two = tuple(np.concatenate([np.zeros_like(one), one], axis=-1) for one in weights[head])
        weights = weights | {head: two}
    check_weights(weights, trace(with_classes(architecture, classes)[0]))
    return weights


def _is_one_of_two(architecture: Architecture, classes: int) -> bool:
    """Whether one output, through a sigmoid, says which of two classes it is, so that a second
    score that is always 0 makes a softmax of it.
    """
    if classes != 2 or trace(architecture).output_shape != (1,):
        return False
    between = architecture.layers[_head(architecture) : end(architecture)]
    return end_activation(architecture) == "sigmoid" and all(map(_keeps_zero, between))


def _keeps_zero(layer: Layer) -> bool:
    """Whether a score of 0 is 0 behind the layer's activation too."""
    name = layer.activation
    bends_zero = isinstance(layer, Activation) and layer.threshold and layer.negative_slope
    return not bends_zero and name not in ("softplus", "sigmoid", "hard_sigmoid", "softmax")


def _head(architecture: Architecture) -> int:
    """The place of the dense layer that gives the class scores."""
    for place in reversed(range(len(architecture.layers))):
        layer = architecture.layers[place]
        if isinstance(layer, Dense):
            return place
        if not (layer.is_idle or isinstance(layer, Activation)):
            break
    is_map = len(trace(architecture).output_shape) > 1
    before = "a Flatten or GlobalAveragePooling2D, then " if is_map else ""
    raise ArchitectureError(
        f"{architecture.name} does not end in a Dense layer, so it cannot be given one output "
        f"per class. Add {before}a Dense layer."
    )
