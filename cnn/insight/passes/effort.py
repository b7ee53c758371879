"""What it asks of a process to follow images through a network: bytes at once, and seconds.

Known from the sizes alone, before anything is computed; and the refusal, in words, where that is
more than a page may take. What a single layer asks for is in `layer_effort`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnn.insight.passes import layer_effort as layers
from cnn.insight.passes.forward import fitting_images
from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.shapes import element_count
from cnn.network.trace import FLOAT_BYTES, trace

MOST_BYTES = 250_000_000
"""The most that one request of a page holds at once."""

CLICK_S, EDIT_S = 15.0, 2.0
"""How long an answer to a click may take, and one that comes anew with every edit."""

HINT = "Use a smaller input, less padding, or fewer filters or units."


class TooMuchError(ValueError):
    """What would take more than may be spent: how much, how much may be, and what to do."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The bytes that the result holds, the most bytes at once on the way to it, and the time.

    Bytes are an upper bound. Seconds are those of one processor core that is busy otherwise too,
    and mean the order of size.
    """

    kept_bytes: int = 0
    peak_bytes: int = 0
    seconds: float = 0.0

    def then(self, other: Effort) -> Effort:
        """This, and another beside what it has left."""
        peak = max(self.peak_bytes, self.kept_bytes + other.peak_bytes)
        kept = self.kept_bytes + other.kept_bytes
        return Effort(kept, peak, self.seconds + other.seconds)

    def again(self, times: int) -> Effort:
        """So many times one after the other; of the results only the last is held."""
        return Effort(self.kept_bytes, self.peak_bytes, self.seconds * times)

    def fits(self, seconds: float = CLICK_S) -> bool:
        """Whether a page may take as much."""
        return self.peak_bytes <= MOST_BYTES and self.seconds <= seconds

    def check(self, what: str, seconds: float = CLICK_S, hint: str = HINT) -> None:
        """Raises `TooMuchError` where a page may not take as much; `what` begins the sentence."""
        if not self.fits(seconds):
            raise TooMuchError(
                f"{what} would take about {_size(self.peak_bytes)} of memory and "
                f"{_time(self.seconds)}; a page takes at most {_size(MOST_BYTES)} and "
                f"{_time(seconds)}. {hint}"
            )


def of_forward(architecture: Architecture, images: int = 1, *, keep_linear: bool = False) -> Effort:
    """A pass that keeps what every layer gives."""
    one, beside, seconds = _of_pass(architecture, keep_linear, images)
    return Effort(images * one, images * one + beside, seconds * images)


def of_predict(architecture: Architecture, images: int = 1) -> Effort:
    """The last output of any number of images, which pass a few at a time."""
    few = min(images, fitting_images(architecture))
    batch = of_forward(architecture, few)
    output = images * trace(architecture).rows[-1].activation_bytes if architecture.layers else 0
    return Effort(output, batch.peak_bytes + 2 * output, batch.seconds * images / max(few, 1))


def of_backward(architecture: Architecture) -> Effort:
    """There and back with one image, keeping what every layer gives and every gradient."""
    there = of_forward(architecture, keep_linear=True)
    traced = trace(architecture)
    image = element_count(architecture.input)
    held = sum(layers.gradients_held(row) for row in traced.rows)
    kept = 2 * image + traced.total_params + held
    beside = max((layers.beside_gradient(row) for row in traced.rows), default=0)
    back = Effort(FLOAT_BYTES * kept, FLOAT_BYTES * (kept + beside), layers.BACK * there.seconds)
    return there.then(back)


def of_weights(architecture: Architecture) -> Effort:
    """Weights that are read from where they are kept, or drawn anew."""
    params = trace(architecture).total_params
    return Effort(FLOAT_BYTES * params, 2 * FLOAT_BYTES * params, params * layers.FOUND_S)


def most_images(
    asks: Callable[[int], Effort], most: int, what: str, seconds: float = CLICK_S
) -> int:
    """How many images may be looked at: `most`, a half, a quarter ...; `TooMuchError` below one."""
    count = most
    while count > 1 and not asks(count).fits(seconds):
        count //= 2
    asks(count).check(what, seconds)
    return count


@remembered()
def _of_pass(architecture: Architecture, keep_linear: bool, images: int) -> tuple[int, int, float]:
    """The bytes held for an image, those beside them for all, and the seconds for an image."""
    rows = trace(architecture).rows
    image = element_count(architecture.input)
    fed = 0 if architecture.fed.is_usual else 3 * image
    held = image + fed + sum(layers.held(row, keep_linear) for row in rows)
    beside = max((layers.beside(row, images) for row in rows), default=0)
    return (FLOAT_BYTES * held, FLOAT_BYTES * beside, sum(layers.seconds(row) for row in rows))


def _size(size_bytes: int) -> str:
    if size_bytes >= 1_000_000_000:
        return f"{size_bytes / 1e9:,.1f} GB"
    return (
        f"{max(size_bytes / 1e6, 0.1):,.1f} MB"
        if size_bytes < 1e7
        else f"{size_bytes / 1e6:,.0f} MB"
    )


def _time(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 9.95 else f"{max(seconds, 0.1):.1f} s"
