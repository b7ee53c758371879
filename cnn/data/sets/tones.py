"""Colours of scenes: of ground and shape two tones each, far enough apart to be told."""

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Labels
from cnn.data.sets.scene_options import Cue

TRIES = 8
"""So many pairs of colours are drawn for one scene; the first that differ enough are taken."""
APART = 0.6  # of colours, as a distance in RGB from 0 to 1

Values = npt.NDArray[np.float64]


def two_tones(
    cue: Cue, labels: Labels, classes: int, count: int, rng: np.random.Generator
) -> Values:
    """Two tones of the ground and two of the shape: (layer, tone, scene, RGB)."""
    hue = rng.uniform(0, 1, (2, TRIES, count))
    if cue is Cue.OWN:
        hue[1] = labels / classes
    if cue is Cue.SWAPPED:
        hue[1] = (labels + 1) % classes / classes
    saturation = rng.uniform(0.25, 0.9, (2, TRIES, count)) * (cue is not Cue.NONE)
    value = rng.uniform(0.3, 1.0, (2, TRIES, count))
    rgb = rgb_of(hue, saturation, value)
    apart = np.linalg.norm(rgb[0] - rgb[1], axis=-1)
    first = np.where(
        (apart >= APART).any(axis=0), (apart >= APART).argmax(axis=0), apart.argmax(axis=0)
    )
    chosen = rgb[:, first, np.arange(count)]
    darker = rng.uniform(0.65, 0.9, (2, count, 1))
    return np.stack([chosen, chosen * darker], axis=1)


def rgb_of(hue: Values, saturation: Values, value: Values) -> Values:
    """Colours as red, green and blue, as `colorsys` makes them."""
    sixth = (np.array([5.0, 3.0, 1.0]) + 6 * hue[..., None]) % 6
    ramp = np.clip(np.minimum(sixth, 4 - sixth), 0, 1)
    colours: Values = value[..., None] * (1 - saturation[..., None] * ramp)
    return colours
