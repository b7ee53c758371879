"""What lesson 1 counts: the parameters of a dense layer and of a convolution."""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.trace import trace


@dataclass(frozen=True, slots=True)
class Compared:
    """The same image in front of both; as many filters as units."""

    size: int
    channels: int
    units: int
    kernel: int

    @property
    def inputs(self) -> int:
        return self.size * self.size * self.channels

    @property
    def dense(self) -> Architecture:
        """All pixels to every unit."""
        image = (self.size, self.size, self.channels)
        return Architecture("Dense", image, (Flatten(), Dense(self.units)))

    @property
    def convolution(self) -> Architecture:
        """A kernel over the image for every filter."""
        image = (self.size, self.size, self.channels)
        kernel = Conv2D(self.units, self.kernel, padding="same")
        return Architecture("Convolution", image, (kernel,))

    @property
    def dense_params(self) -> int:
        return trace(self.dense).total_params

    @property
    def convolution_params(self) -> int:
        return trace(self.convolution).total_params
