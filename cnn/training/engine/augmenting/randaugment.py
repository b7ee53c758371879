"""RandAugment in NumPy: the eleven operations of Keras' layer, as they change images of 0 to 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.training.engine.augmentation import sampled

Floats = npt.NDArray[np.float32]
How = Mapping[str, npt.NDArray[Any]]
GREY = np.array((0.2989, 0.5870, 0.1140), np.float32)
"""How much of red, green and blue is seen."""


def draw_randaugment(
    rng: np.random.Generator, images: Floats, num_ops: int, factor: float, **_: Any
) -> Mapping[str, Any]:
    """Which operations, and of each by how much for each image; Keras draws all of them too."""
    count, (height, width) = len(images), images.shape[1:3]

    def up_to(most: float, *more: int) -> npt.NDArray[Any]:
        return rng.uniform(0, most, (count, *more))

    angle = np.radians(up_to(360 * factor))
    bits = max(1, int(8 * factor))
    return {
        "layer_idxes": rng.integers(len(OPERATIONS), size=num_ops),
        "transforms": {
            "random_shear": {"shear_factor": up_to(factor, 2) * rng.choice((-1, 1), (count, 1))},
            "random_translation": {"translations": up_to(factor, 2) * (width, height)},
            "random_rotation": {"rotation_matrix": _turning(angle, height, width)},
            "random_brightness": {"rgb_delta": up_to(factor, 1, 1, 1)},
            "random_color_degeneration": {"factor": up_to(factor, 1, 1, 1)},
            "random_contrast": {"contrast_factor": 1 + up_to(factor, 1, 1, 1)},
            "random_sharpness": {"factor": up_to(factor)},
            "random_posterization": {"shift_factor": 8 - rng.integers(1, max(bits, 2), count)},
            "solarization": {
                "additions": up_to(255 * factor, 1, 1, 1),
                "thresholds": up_to(255 * factor, 1, 1, 1),
            },
            "auto_contrast": None,
            "equalization": None,
        },
    }


def randaugmented(images: Floats, how: Mapping[str, Any], **_: Any) -> Floats:
    """The images after the drawn operations, one after the other."""
    names = list(OPERATIONS)
    for place in how["layer_idxes"]:
        name = names[int(place)]
        images = OPERATIONS[name](images, how["transforms"][name]).astype(np.float32)
    return images


def _turning(angle: npt.NDArray[Any], height: int, width: int) -> npt.NDArray[Any]:
    """For each angle, from a place in the new image to where it was: x, then y, as TensorFlow's."""
    x, y = (width - 1) / 2, (height - 1) / 2
    cos, sin, none = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    rows = (cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos, none, none)
    return np.stack(rows, axis=1)


def _sheared(images: Floats, how: How) -> npt.NDArray[Any]:
    along, down = how["shear_factor"].T
    one, none = np.ones_like(along), np.zeros_like(along)
    return _moved(images, np.stack((one, along, none, down, one, none), axis=1))


def _shifted(images: Floats, how: How) -> npt.NDArray[Any]:
    right, down = how["translations"].T
    one, none = np.ones_like(right), np.zeros_like(right)
    return _moved(images, np.stack((one, none, -right, none, one, -down), axis=1))


def _turned(images: Floats, how: How) -> npt.NDArray[Any]:
    return _moved(images, how["rotation_matrix"])


def _moved(images: Floats, transforms: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.stack([_one_moved(*one) for one in zip(images, transforms, strict=True)])


def _one_moved(image: Floats, transform: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Bilinear in between; beyond an edge the image goes on mirrored."""
    height, width, _ = image.shape
    y, x = np.mgrid[:height, :width].astype(np.float64)
    from_x = _mirrored(transform[0] * x + transform[1] * y + transform[2], width)
    from_y = _mirrored(transform[3] * x + transform[4] * y + transform[5], height)
    return sampled(image, from_x, from_y)


def _mirrored(places: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Places beyond the edges as those within: `d c b a | a b c d | d c b a`."""
    wrapped = places % (2 * size)
    back = np.where(wrapped > size - 0.5, 2 * size - 1 - wrapped, wrapped)
    return np.clip(back, 0, size - 1)


def brightened(images: Floats, how: How, **_: Any) -> npt.NDArray[Any]:
    """Lighter or darker, each by its own."""
    return np.clip(images + how["rgb_delta"], 0, 1)


def _greyer(images: Floats, how: How) -> npt.NDArray[Any]:
    grey = (images @ GREY)[..., None] if images.shape[-1] == 3 else images
    found: npt.NDArray[Any] = np.clip(images + how["factor"] * (grey - images), 0, 1)
    return found


def contrasted(images: Floats, how: How, **_: Any) -> npt.NDArray[Any]:
    """Each channel nearer to its mean or farther from it."""
    mean = images.mean(axis=(1, 2), keepdims=True)
    found: npt.NDArray[Any] = np.clip((images - mean) * how["contrast_factor"] + mean, 0, 1)
    return found


def _sharpened(images: Floats, how: How) -> npt.NDArray[Any]:
    """Away from the mean of their neighbours, or towards it; the middle counts five times."""
    height, width = images.shape[1:3]
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    around = sum(
        framed[:, row : row + height, column : column + width]
        for row in range(3)
        for column in range(3)
    )
    smooth = (around + 4 * images) / 13
    share = 1 - 2 * how["factor"].reshape(-1, 1, 1, 1)
    return np.clip(images + share * (smooth - images), 0, 1)


def _with_fewer_levels(images: Floats, how: How) -> npt.NDArray[Any]:
    shift = how["shift_factor"].reshape(-1, 1, 1, 1).astype(np.uint8)
    levels = (images * np.float32(255)).astype(np.uint8)
    return ((levels >> shift) << shift).astype(np.float32) / 255


def _solarized(images: Floats, how: How) -> npt.NDArray[Any]:
    """Lighter, and inverted from a threshold on."""
    lighter = np.clip(images * 255 + how["additions"], 0, 255)
    return np.where(lighter < how["thresholds"], lighter, 255 - lighter) / 255


def _stretched(images: Floats, how: How) -> npt.NDArray[Any]:
    """Each channel from black to white; one that is of one value stays."""
    low = images.min(axis=(1, 2), keepdims=True)
    spread = images.max(axis=(1, 2), keepdims=True) - low
    return np.where(spread > 0, (images - low) / np.where(spread > 0, spread, 1), images)


def _equalized(images: Floats, how: How) -> npt.NDArray[Any]:
    """All levels as often: each channel by what it has in all images of the step."""
    channels = [_channel_equalized(images[..., place]) for place in range(images.shape[-1])]
    return np.stack(channels, axis=-1)


def _channel_equalized(channel: Floats) -> npt.NDArray[Any]:
    levels = np.clip((channel * np.float32(255)).astype(int), 0, 255)
    counts = np.bincount(levels.ravel(), minlength=256)
    if np.count_nonzero(counts) <= 1:
        return channel
    upto = np.cumsum(counts)
    least = upto[np.flatnonzero(upto)[0]]
    table = np.clip(np.round((upto - least) * 255 / max(upto[-1] - least, 1)), 0, 255)
    found: npt.NDArray[Any] = table[levels] / 255
    return found


OPERATIONS: Mapping[str, Callable[[Floats, How], npt.NDArray[Any]]] = {
    "random_shear": _sheared,
    "random_translation": _shifted,
    "random_rotation": _turned,
    "random_brightness": brightened,
    "random_color_degeneration": _greyer,
    "random_contrast": contrasted,
    "random_sharpness": _sharpened,
    "random_posterization": _with_fewer_levels,
    "solarization": _solarized,
    "auto_contrast": _stretched,
    "equalization": _equalized,
}
"""By Keras' name, in the order in which it numbers them."""
