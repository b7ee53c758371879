"""A network that fits images: own ones by size and time too, and in colour where they are.

Owns which network of the library that is, the sizes, how long it should learn, and how few images
are made more. Everything else of the training stays as it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cnn.data.look import Look
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.shapes import MapShape
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.forecast.calibration import Calibration
from cnn.training.forecast.estimate import Estimate, estimate
from cnn.training.forecast.limits import most_epochs
from cnn.training.recipe.configuration import SMALL_DATA, Configuration
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import Run

NETWORK = "mobilenet-lite"
"""Of five of the library the steadiest on 40 drawn photos of each of three shapes in any colour: 90
to 95 % of 20 test images with each of four seeds (ResNet-lite 25 and 95 %, Tiny VGG and Simple CNN
25 to 40 %), and only where the images were changed in training: else 55 %.
"""

SIDES = (96, 64, 48, 32)
WITHIN_S = 120.0
ENOUGH_STEPS = 400
FEWEST_EPOCHS, MOST_EPOCHS = 10, 100
CHANGED = 0.1
"""By how much few images are shifted and zoomed in training."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The network, fitted to the images, how it should be trained, and what that takes.

    Of a usual image it sees `side` pixels across its shorter side.
    """

    architecture: Architecture
    configuration: Configuration
    expected: Estimate
    side: int

    @property
    def is_coloured(self) -> bool:
        return self.architecture.input[2] == 3

    def is_better_than(self, chosen: Architecture) -> bool:
        """Whether another network sees less of the images: no colour, or a smaller picture."""
        height, width, channels = chosen.input
        return channels < self.architecture.input[2] or min(height, width) < self.side


def propose(
    found: Look,
    configuration: Configuration,
    calibration: Calibration | None,
    done: Iterable[Run] = (),
) -> Proposal:
    """The largest size that pictures have and that is learned in time; else the smallest there is.

    Grey pictures stay grey; where some are in colour, all are read so.
    """
    known = list(done)
    channels = 1 if found.brought_shape[2] == 1 else 3
    usual = found.usual_side or max(SIDES)
    sides = [side for side in SIDES if side <= usual] or [min(SIDES)]
    wanted = _trained(configuration, found.train_images)
    for side in sides:
        fitted, _ = with_classes(_at(side, channels), len(found.class_names))
        expected = estimate(fitted, wanted, found.images, calibration, known)
        if expected.seconds <= WITHIN_S:
            break
    return Proposal(fitted, wanted, expected, min(side, usual))


def in_colour(chosen: Architecture, shape: MapShape) -> Architecture | None:
    """The same network for images of this shape, where they have colours that it does not see.

    None where it sees them, or cannot be of that size.
    """
    height, width, channels = shape
    if chosen.input[2] >= channels:
        return None
    name = f"{chosen.name} {width}×{height} in colour"
    try:
        wider = replace(chosen, name=name, input=shape)
        trace(wider)
    except ArchitectureError:
        return None
    return wider


def _at(side: int, channels: int) -> Architecture:
    base = entry(NETWORK).architecture
    colour = " in colour" if channels == 3 else ""
    name = f"{base.name} {side}×{side}{colour}"
    return replace(base, name=name, input=(side, side, channels))


def _trained(configuration: Configuration, train_images: int) -> Configuration:
    """As many epochs as make enough steps, within bounds; few images are changed on their way."""
    wanted = -(-ENOUGH_STEPS // configuration.steps_per_epoch(train_images))
    epochs = min(max(wanted, FEWEST_EPOCHS), MOST_EPOCHS, most_epochs())
    longer = replace(configuration, epochs=epochs, steps=0, seconds=0.0)
    if train_images >= SMALL_DATA or longer.is_augmented:
        return longer
    return replace(longer, shift=CHANGED, zoom=CHANGED)
