"""Images moved, turned and zoomed on their way into training, inside the compiled function.

Each image of each step has its own draw, which only the seed and the step decide: a training that
was cut off meets the same images when it goes on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.training.recipe.configuration import Configuration


def augmented(tf: Any, images: Any, configuration: Configuration, step: Any) -> Any:
    """Float images as they are seen at a step; what comes in from outside repeats the edge."""
    shape = tf.shape(images)
    return warped(tf, images, draws(tf, shape[0], configuration, step))


def draws(tf: Any, count: Any, configuration: Configuration, step: Any) -> Any:
    """For each image: angle (radians), size (1 is unchanged), shift (of its size) right, down."""
    angle = math.radians(configuration.rotation)
    most = tf.constant([angle, configuration.zoom, configuration.shift, configuration.shift])
    seed = tf.stack([tf.constant(configuration.seed), step])
    drawn = tf.random.stateless_uniform([count, 4], seed, -1.0, 1.0, alg="philox")
    return drawn * most + tf.constant([0.0, 1.0, 0.0, 0.0])


def warped(tf: Any, images: Any, how: Any) -> Any:
    """Images turned clockwise and zoomed about their centre, then shifted; bilinear in between."""
    height, width = (tf.cast(tf.shape(images)[place], tf.float32) for place in (1, 2))
    angle, size, right, down = tf.unstack(how, axis=1)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    cos, sin = tf.cos(angle) / size, tf.sin(angle) / size
    # From a place in the new image to where its colour was in the old one.
    x, y = middle_x + right * width, middle_y + down * height
    back_x = middle_x - cos * x - sin * y
    back_y = middle_y + sin * x - cos * y
    none = tf.zeros_like(angle)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([cos, sin, back_x, -sin, cos, back_y, none, none], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def preview(
    images: npt.NDArray[np.uint8], configuration: Configuration, seed: int = 0
) -> npt.NDArray[np.uint8]:
    """Images as training might see them: the same warp without TensorFlow, with other draws."""
    angle = math.radians(configuration.rotation)
    most = angle, configuration.zoom, configuration.shift, configuration.shift
    drawn = np.random.default_rng(seed).uniform(-1, 1, (len(images), 4)) * most + (0, 1, 0, 0)
    return np.stack([_warped(one, *how) for one, how in zip(images, drawn, strict=True)])


def _warped(
    image: npt.NDArray[np.uint8], angle: float, size: float, right: float, down: float
) -> npt.NDArray[np.uint8]:
    height, width, _ = image.shape
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    y, x = np.mgrid[:height, :width].astype(float)
    x, y = x - middle_x - right * width, y - middle_y - down * height
    cos, sin = math.cos(angle) / size, math.sin(angle) / size
    from_x = np.clip(middle_x + cos * x + sin * y, 0, width - 1)
    from_y = np.clip(middle_y - sin * x + cos * y, 0, height - 1)
    seen: npt.NDArray[np.uint8] = np.round(sampled(image, from_x, from_y)).astype(np.uint8)
    return seen


def sampled(
    image: npt.NDArray[Any], from_x: npt.NDArray[Any], from_y: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """The colours at places within an image; bilinear in between."""
    height, width, _ = image.shape
    left, top = from_x.astype(int), from_y.astype(int)
    after, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    part_x, part_y = (from_x - left)[..., None], (from_y - top)[..., None]
    upper = image[top, left] * (1 - part_x) + image[top, after] * part_x
    lower = image[below, left] * (1 - part_x) + image[below, after] * part_x
    found: npt.NDArray[Any] = upper * (1 - part_y) + lower * part_y
    return found
