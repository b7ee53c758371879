"""Fitting images to the input of a network: its size, and one channel or three.

Owns the only resizing and channel conversion there is: Pillow's, bilinear, over the whole area of
a pixel where an image gets smaller. Proportions are not kept: height and width are fitted each for
itself, as Keras does. 60,000 MNIST images take about a second.
"""

from typing import Any

import numpy as np
from PIL import Image

from cnn.data.dataset import Pixels, Split
from cnn.data.errors import DataError, check_whole
from cnn.network.errors import shown

LARGEST_SIDE = 512
LIMIT_BYTES = 2_000_000_000  # of all fitted images together
_MODES = {1: "L", 3: "RGB"}

ImageShape = tuple[int, int, int]


def check_shape(shape: Any) -> ImageShape:
    """Return the shape as height, width and channels, if images can have it."""
    if not isinstance(shape, (list, tuple)) or len(shape) != 3:
        raise DataError(f"An image has height, width and channels, not {shown(shape)}.")
    height, width, channels = shape
    check_whole("The height of an image", height, 1, LARGEST_SIDE)
    check_whole("The width of an image", width, 1, LARGEST_SIDE)
    if type(channels) is not int or channels not in _MODES:
        raise DataError(
            f"Images have 1 channel (grey) or 3 (colour), not {shown(channels)}. "
            f"Change the channels of the network's input."
        )
    return height, width, channels


def check_room(count: int, shape: ImageShape) -> None:
    """Raise if so many images of this shape would not fit into memory."""
    height, width, channels = shape
    size_bytes = count * height * width * channels
    if size_bytes > LIMIT_BYTES:
        raise DataError(
            f"{count:,} images of {height}x{width}x{channels} need {size_bytes / 1e9:.1f} GB; "
            f"{LIMIT_BYTES / 1e9:.1f} GB is the limit. Use a smaller input or fewer images."
        )


def image_text(shape: ImageShape) -> str:
    """A photo's size: `32×32 pixels in colour`."""
    height, width, channels = shape
    return f"{resizing_text(None, (height, width))} in {'grey' if channels == 1 else 'colour'}"


def resizing_text(was: tuple[int, int] | None, now: tuple[int, int]) -> str:
    """From which size to which, of height and width each, as photos are said: width before height.

    `5×6 to 28×28 pixels (width × height)`; where images had no size in common, the new one alone.
    """
    known = [size for size in (was, now) if size]
    order = "" if all(height == width for height, width in known) else " (width × height)"
    return f"{' to '.join(f'{width:,}×{height:,}' for height, width in known)} pixels{order}"


def keeps_proportions(was: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether an image of one height and width has the shape of the other."""
    return was[0] * now[1] == was[1] * now[0]


def fit_image(image: Image.Image, shape: ImageShape) -> Pixels:
    """Return an image as pixels of this shape."""
    height, width, channels = shape
    fitted = image if image.mode == _MODES[channels] else image.convert(_MODES[channels])
    if fitted.size != (width, height):
        fitted = fitted.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(fitted, dtype=np.uint8).reshape(shape)


def fit(split: Split, shape: ImageShape) -> Split:
    """Return the images in this shape; those that have it already are returned as they are."""
    if split.image_shape == shape:
        return split
    check_room(len(split), shape)
    if shape[2] == 3 and split.image_shape[2] == 1:
        grey = fit(split, (*shape[:2], 1))
        return Split(np.repeat(grey.pixels, 3, axis=-1), split.labels)
    fitted = np.empty((len(split), *shape), dtype=np.uint8)
    for index, pixels in enumerate(split.pixels):
        image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
        fitted[index] = fit_image(image, shape)
    return Split(fitted, split.labels)
