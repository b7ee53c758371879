"""The multiply-accumulates that a training spends on its images, there and back.

What is frozen needs fewer, and while the head alone is trained most of a network is.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.trace import trace
from cnn.network.training_macs import total_training_macs, training_macs
from cnn.training.recipe.start import Start


@dataclass(frozen=True, slots=True)
class Spent:
    """Multiply-accumulates of an image: of the first so many images, and of all later ones."""

    later: int
    first: int = 0
    images_first: int = 0

    def after(self, images: float) -> float:
        """How many are spent on so many images; whole for whole images."""
        first = min(images, self.images_first)
        return first * self.first + (images - first) * self.later

    def images(self, macs: float) -> float:
        """On how many images so many are spent."""
        of_first = self.images_first * self.first
        if macs < of_first:
            return macs / self.first
        return self.images_first + (macs - of_first) / self.later


@remembered()
def spent(architecture: Architecture, start: Start | None, train_images: int) -> Spent:
    """What a training spends that goes over so many images in an epoch."""
    if start is None:
        return Spent(training_macs(architecture))
    traced, head = trace(architecture), start.head_first
    first, later = (
        total_training_macs(traced, start.frozen(architecture, epoch)) for epoch in (1, head + 1)
    )
    return Spent(later, first, head * train_images)
