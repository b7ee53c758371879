"""What augmentation makes of images, without TensorFlow: for a page, before anything is trained.

Each layer of Keras has a twin in NumPy here: its draws, from another generator, and what it makes
of them, which is the same to the last digits (tested against Keras).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.training.engine.augmentation import preview
from cnn.training.engine.augmenting.randaugment import (
    brightened,
    contrasted,
    draw_randaugment,
    randaugmented,
)
from cnn.training.recipe.augmentations import WARPS, chosen
from cnn.training.recipe.configuration import Configuration

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator
How = Any
PER_STEP = 4
"""So many images are changed together, as those of one step are."""


@dataclass(frozen=True, slots=True)
class Twin:
    """What a layer of Keras draws for some images, and what it makes of them."""

    draw: Callable[..., How]
    images: Callable[..., Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Images as training may see them; of each the share of every image in its label."""

    pixels: npt.NDArray[np.uint8]
    shares: Floats


def seen(pixels: npt.NDArray[np.uint8], configuration: Configuration, seed: int = 0) -> Seen:
    """Images as training may see them, every four of them as at one step, with other draws."""
    configuration.check_channels(pixels.shape[-1])
    warped = preview(pixels, configuration, seed) if _is_warped(configuration) else pixels
    rng = np.random.default_rng(seed)
    images, shares = _floats(warped) / np.float32(255), np.eye(len(pixels), dtype=np.float32)
    for start in range(0, len(images), PER_STEP):
        at = slice(start, start + PER_STEP)
        images[at], shares[at] = _step(images[at], shares[at], configuration, rng)
    return Seen(np.round(images * 255).astype(np.uint8), shares)


def _step(
    images: Floats, shares: Floats, configuration: Configuration, rng: Rng
) -> tuple[Floats, Floats]:
    height, width, channels = images.shape[1:]
    for one in chosen(configuration).values():
        for called, given in one.layers(configuration, (height, width, channels)):
            twin = TWINS[called]
            how = twin.draw(rng, images, **given)
            images = twin.images(images, how, **given)
            if one.is_mixing:
                shares = mixed(shares, how)
    return images, shares


def _is_warped(configuration: Configuration) -> bool:
    return any(getattr(configuration, name) for name in WARPS)


def mixed(labels: Floats, how: Mapping[str, Any]) -> Floats:
    """Rows of labels, mixed as their images are."""
    own = how["mix_weight"].reshape(-1, 1)
    return _floats(own * labels + (1 - own) * labels[how["permutation_order"]])


def _draw_flip(rng: Rng, images: Floats, **_: Any) -> How:
    return {"flips": rng.random((len(images), 1, 1, 1)) <= 0.5}


def _flipped(images: Floats, how: How, mode: str) -> Floats:
    axis = {"horizontal": 2, "vertical": 1}[mode]
    return np.where(how["flips"], np.flip(images, axis), images)


def _framed(images: Floats, how: How, padding: int) -> Floats:
    sides = (padding, padding)
    return np.pad(images, ((0, 0), sides, sides, (0, 0)))


def _draw_crop(rng: Rng, images: Floats, height: int, width: int) -> How:
    down, right = images.shape[1] - height, images.shape[2] - width
    return int(rng.integers(down + 1)), int(rng.integers(right + 1))


def _cropped(images: Floats, how: How, height: int, width: int) -> Floats:
    down, right = how
    return images[:, down : down + height, right : right + width]


def _draw_brightness(rng: Rng, images: Floats, factor: float, **_: Any) -> How:
    return {"rgb_delta": _each(rng, images, -factor, factor)}


def _draw_contrast(rng: Rng, images: Floats, factor: tuple[float, float], **_: Any) -> How:
    return {"contrast_factor": _each(rng, images, 1 - factor[0], 1 + factor[1])}


def _draw_colour(
    rng: Rng,
    images: Floats,
    saturation_factor: tuple[float, float],
    hue_factor: float,
    **_: Any,
) -> How:
    count = len(images)
    share = rng.uniform(*saturation_factor, count)
    turned = rng.uniform(0, hue_factor, count) * rng.choice((-1, 1), count) * 0.5
    return {"saturation": share / (1 - share + 1e-7), "hue": turned}


def coloured(images: Floats, how: How, **_: Any) -> Floats:
    """Saturation first, then hue: each goes to the model of colours and back."""
    hue, saturation, value = _to_hsv(images)
    images = _to_rgb(hue, np.clip(saturation * how["saturation"][:, None, None], 0, 1), value)
    hue, saturation, value = _to_hsv(images)
    return _to_rgb((hue + how["hue"][:, None, None]) % 1, saturation, value)


def _to_hsv(images: Floats) -> tuple[Floats, Floats, Floats]:
    """Hue, saturation and value, each from 0 to 1."""
    red, green, blue = np.moveaxis(images, -1, 0)
    value, low = images.max(axis=-1), images.min(axis=-1)
    spread = value - low
    safe = np.where(spread > 0, spread, 1)
    hue = np.where(
        value == red,
        (green - blue) / safe,
        np.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    hue = np.where(spread > 0, hue / 6 % 1, 0)
    return hue, np.where(value > 0, spread / np.where(value > 0, value, 1), 0), value


def _to_rgb(hue: Floats, saturation: Floats, value: Floats) -> Floats:
    away = np.abs(hue[..., None] * 6 - np.array((3, 2, 4)))
    pure = np.clip(np.stack((away[..., 0] - 1, 2 - away[..., 1], 2 - away[..., 2]), -1), 0, 1)
    return _floats(((pure - 1) * saturation[..., None] + 1) * value[..., None])


def _draw_erasing(rng: Rng, images: Floats, factor: tuple[float, float], **_: Any) -> How:
    sides = np.sqrt(rng.uniform(0.02, 0.33, (len(images), 2)))  # Keras' own sizes
    return {
        "batch_masks": _rectangles(rng, images, sides[:, 0], sides[:, 1])[0],
        "apply_erasing": rng.random(len(images)) < factor[0],
        "fill_value": np.clip(rng.standard_normal(images.shape), 0, 1),
    }


def _erased(images: Floats, how: How, **_: Any) -> Floats:
    is_gone = how["batch_masks"] & how["apply_erasing"][:, None, None, None]
    return _floats(np.where(is_gone, how["fill_value"], images))


def _draw_mixup(rng: Rng, images: Floats, alpha: float) -> How:
    count = len(images)
    return {
        "permutation_order": rng.permutation(count),
        "mix_weight": rng.beta(alpha, alpha, count),
    }


def _mixed_up(images: Floats, how: How, **_: Any) -> Floats:
    own = how["mix_weight"].reshape(-1, 1, 1, 1)
    return _floats(own * images + (1 - own) * images[how["permutation_order"]])


def _draw_cutmix(rng: Rng, images: Floats, factor: tuple[float, float]) -> How:
    side = np.sqrt(1 - rng.beta(factor[0], factor[0], len(images)))
    masks, shares = _rectangles(rng, images, side, side)
    order = rng.permutation(len(images))
    return {"permutation_order": order, "batch_masks": masks, "mix_weight": 1 - shares}


def _cut_in(images: Floats, how: How, **_: Any) -> Floats:
    return np.where(how["batch_masks"], images[how["permutation_order"]], images)


def _rectangles(
    rng: Rng, images: Floats, wide: npt.NDArray[Any], high: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[Any]]:
    """Where each image has a rectangle of these sides (shares of its own), and its area."""
    height, width = images.shape[1:3]
    left = rng.random(len(images)) * width * (1 - wide)
    top = rng.random(len(images)) * height * (1 - high)
    x, y = np.arange(width), np.arange(height)
    across = (x >= left[:, None]) & (x < (left + wide * width)[:, None])
    down = (y >= top[:, None]) & (y < (top + high * height)[:, None])
    return (down[:, :, None] & across[:, None, :])[..., None], wide * high


def _each(rng: Rng, images: Floats, low: float, high: float) -> Floats:
    return _floats(rng.uniform(low, high, (len(images), 1, 1, 1)))


def _floats(values: npt.NDArray[Any]) -> Floats:
    return values.astype(np.float32)


def _no_draw(rng: Rng, images: Floats, **_: Any) -> How:
    return None


TWINS: Mapping[str, Twin] = {
    "RandomFlip": Twin(_draw_flip, _flipped),
    "ZeroPadding2D": Twin(_no_draw, _framed),
    "RandomCrop": Twin(_draw_crop, _cropped),
    "RandomBrightness": Twin(_draw_brightness, brightened),
    "RandomContrast": Twin(_draw_contrast, contrasted),
    "RandomColorJitter": Twin(_draw_colour, coloured),
    "RandAugment": Twin(draw_randaugment, randaugmented),
    "RandomErasing": Twin(_draw_erasing, _erased),
    "MixUp": Twin(_draw_mixup, _mixed_up),
    "CutMix": Twin(_draw_cutmix, _cut_in),
}
