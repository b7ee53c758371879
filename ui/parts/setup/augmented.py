"""What augmentation makes of training images, one kind after the other, and what it costs here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn.data.dataset import Pixels
from cnn.data.look import Look
from cnn.numbers import number
from cnn.pictures.kit.gallery import Tile, gallery
from cnn.training.engine.augmenting.seen import Seen, seen
from cnn.training.forecast import augmentation_cost
from cnn.training.recipe.augmentations import AUGMENTATIONS, WARPS, chosen
from cnn.training.recipe.conditions import phrase
from cnn.training.recipe.configuration import Configuration

IMAGES = 12
NAMED = 0.005
"""A share of a label that is less is not written."""

UNMEASURED = "time not measured yet"
MEASURING = (
    "How long each augmentation takes on this machine is measured by its worker, once it has had "
    "nothing else to do for a minute."
)
MIXING = (
    "Labels are mixed as the images are, and the network learns from the mixtures. The curves of "
    "training, loss and accuracy, are measured on the plain images of each step, as those of "
    "validation are."
)


def augmented(look: Look, configuration: Configuration) -> None:
    """A few training images as they are, then as each kind of augmentation may change them."""
    labels = look.few.labels
    first = [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)]
    places = np.resize(first, IMAGES)
    pixels = look.few.pixels[places]
    names = [look.class_names[int(labels[place])] for place in places]
    costs = _costs(configuration, pixels.shape, look.train_images)
    st.caption(
        "Training images as augmentation may change them, in the order in which it does, each at "
        "every step another way; every four are changed as those of one step are."
    )
    _row("As they are", "", Seen(pixels, np.eye(IMAGES, dtype=np.float32)), names, "plain")
    kinds = dict(_kinds(configuration))
    can_be = [name for name in kinds if _takes(name, pixels.shape[-1])]
    for name in can_be:
        own = kinds[name]
        _row(_title(name, own), costs[name], seen(pixels, own), names, "augmented")
    if len(can_be) == len(kinds) > 1:
        _row("All of it together", "", seen(pixels, configuration), names, "augmented")
    if configuration.mixes_labels:
        st.caption(f":material/blender: {MIXING}")
    if UNMEASURED in costs.values():
        st.caption(f":material/timer: {MEASURING}")


def _takes(name: str, channels: int) -> bool:
    """Whether a kind takes such images; one that does not is refused beside the button."""
    return name == augmentation_cost.MOVED or AUGMENTATIONS[name].channels in (None, channels)


def _kinds(configuration: Configuration) -> Iterator[tuple[str, Configuration]]:
    """Each kind in use, by itself."""
    plain = configuration.without_augmentation
    warps = {name: value for name in WARPS if (value := getattr(configuration, name))}
    if warps:
        yield augmentation_cost.MOVED, replace(plain, **warps)
    for name in chosen(configuration):
        yield name, replace(plain, **{name: getattr(configuration, name)})


def _title(name: str, own: Configuration) -> str:
    is_moved = name == augmentation_cost.MOVED
    names = [one for one in WARPS if getattr(own, one)] if is_moved else [name]
    said = ", ".join(phrase(one, own) for one in names)
    return f"{said[0].upper()}{said[1:]}"


def _costs(
    configuration: Configuration, shape: tuple[int, ...], train_images: int
) -> Mapping[str, str]:
    """Of each kind what it adds to an epoch on this machine, where that was measured."""
    batch = min(configuration.batch_size_for(train_images), train_images)
    steps = configuration.steps_per_epoch(train_images)
    values = batch * int(np.prod(shape[1:]))
    found = augmentation_cost.of_step(configuration, values, augmentation_cost.load())
    return {name: _cost(step_s, steps, train_images) for name, step_s in found.items()}


def _cost(step_s: float | None, steps: int, train_images: int) -> str:
    if step_s is None:
        return UNMEASURED
    epoch_s = step_s * steps
    said = f"about {number(epoch_s, 2)} s" if epoch_s >= 0.01 else "less than 0.01 s"
    return f"{said} more per epoch of {train_images:,} images"


def _row(title: str, cost: str, found: Seen, names: list[str], what: str) -> None:
    """One strip of images, with what it shows and costs above it."""
    st.caption(f"**{title}**" + (f" :material/timer: {cost}" if cost else ""))
    tiles = [
        _tile(image, shares, names, what)
        for image, shares in zip(found.pixels, found.shares, strict=True)
    ]
    is_mixed = (found.shares != np.eye(len(names))).any()
    st.html(gallery(tiles, size_px=64 if is_mixed else 48))


def _tile(image: Pixels, shares: npt.NDArray[np.float32], names: list[str], what: str) -> Tile:
    """An image; of a mixture how much of which class its label has, the larger share first."""
    by_class: dict[str, float] = {}
    for name, share in zip(names, shares, strict=True):
        by_class[name] = by_class.get(name, 0.0) + float(share)
    order = sorted(by_class, key=lambda name: -by_class[name])
    said = [
        f"{name}: {100 * by_class[name]:.0f}\u202f%" for name in order if by_class[name] > NAMED
    ]
    if len(np.flatnonzero(shares > NAMED)) < 2:
        return Tile(image, f"{order[0]}, {what}")
    return Tile(image, f"{', '.join(said)}, {what}", said[0], ", ".join(said[1:]))
