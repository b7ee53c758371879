"""What single batches measured, out of the running means of an epoch that Keras tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping


class Batches:
    """The means of one epoch so far, and over how many images (or steps) they are."""

    def __init__(self) -> None:
        self._images, self._means = 0.0, dict[str, float]()

    def since(self, images: float, means: Mapping[str, float]) -> dict[str, float]:
        """The mean of each figure over what came since it was asked last; a figure that was not
        there before is taken as it stands.
        """
        new = images - self._images
        found = {
            name: mean
            if new <= 0 or name not in self._means
            else (mean * images - self._means[name] * self._images) / new
            for name, mean in means.items()
        }
        self._images, self._means = images, dict(means)
        return found
