"""Shapes drawn by code: every image is computed, so there is nothing to download.

A pixel is on when its centre lies in the shape: no anti-aliasing, so that without noise an image
is exactly black and white. The settings are in `shape_options`.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Source, Split
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape
from cnn.data.sets.entry import Entry
from cnn.data.sets.shape_options import Shape, ShapeOptions

SMALLEST, LARGEST = 8, 64
MARGIN = 1.0  # px left free along every border, so that no shape is cut off
MIN_RADIUS = 2.5  # px; below it, a circle and a square are the same blob

if TYPE_CHECKING:
    from cnn.data.spec import DatasetSpec

Points = npt.NDArray[np.float64]


def draw(options: ShapeOptions, height: int, width: int, seed: int) -> tuple[Split, Split]:
    """Return the drawings to learn from and those of the test, which come of another seed.

    Classes are equally frequent, to within one where the number does not divide. A drawing is not
    repeated, neither in a split nor across them, as long as the settings leave enough to choose.
    """
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        raise DataError(
            f"Shapes are drawn {SMALLEST} to {LARGEST} pixels high and wide, not {height}x{width}. "
            f"Give the network an input in that range, or choose images that can be resized."
        )
    seen: set[bytes] = set()
    learn, test = (np.random.default_rng((seed, part)) for part in (0, 1))
    return (
        _drawings(options, options.samples, (height, width), learn, seen),
        _drawings(options, options.test_samples, (height, width), test, seen),
    )


def _drawings(
    options: ShapeOptions,
    samples: int,
    size: tuple[int, int],
    rng: np.random.Generator,
    seen: set[bytes],
) -> Split:
    labels = rng.permutation(np.arange(samples) % len(options.kinds))
    pixels: Pixels = np.zeros((samples, *size, 1), dtype=np.uint8)
    redraws_left = samples  # fixed or tiny shapes leave too few different drawings
    for drawing, label in zip(pixels, labels, strict=True):
        mask = _mask(options.kinds[label], options, *size, rng)
        while mask.tobytes() in seen and redraws_left:
            mask = _mask(options.kinds[label], options, *size, rng)
            redraws_left -= 1
        seen.add(mask.tobytes())
        drawing[mask] = 255
    if options.noise:
        noisy = pixels + rng.normal(0, 255 * options.noise, pixels.shape)
        pixels = np.rint(noisy).clip(0, 255).astype(np.uint8)
    return Split(pixels, labels)


def _mask(
    shape: Shape, options: ShapeOptions, height: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return one drawing: turned, sized, and put where it fits into the image."""
    corners = _turned(_CORNERS[shape], rng.uniform(-1, 1) * options.rotation)
    low, high = -np.ones(2), np.ones(2)
    if len(corners):
        low, high = corners.min(axis=0), corners.max(axis=0)
    canvas = np.array([width, height], dtype=np.float64)
    room = canvas - 2 * MARGIN

    radius = max(rng.uniform(*options.scale) * min(height, width) / 2, MIN_RADIUS)
    radius = min(radius, (room / (high - low)).min())
    free = room - radius * (high - low)
    centre = MARGIN - radius * low + free * (0.5 + options.position * rng.uniform(-0.5, 0.5, 2))

    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    points = np.stack(np.meshgrid(x, y), axis=-1) - centre
    if len(corners):
        depth = _depth_in_polygon(points, radius * corners)
    else:
        depth = radius - np.hypot(points[..., 0], points[..., 1])
    band = options.thickness or (0.45 * radius if shape is Shape.RING else np.inf)
    mask: npt.NDArray[np.bool_] = (depth >= 0) & (depth < band)
    return mask


def _depth_in_polygon(points: Points, corners: Points) -> npt.NDArray[np.float64]:
    """Return how deep each point lies inside the polygon, in pixels; negative is outside."""
    distance = np.full(points.shape[:-1], np.inf)
    inside = np.zeros(points.shape[:-1], dtype=bool)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge, offset = end - start, points - start
        along = np.clip(offset @ edge / (edge @ edge), 0, 1)
        gap = offset - along[..., None] * edge
        distance = np.minimum(distance, np.hypot(gap[..., 0], gap[..., 1]))
        # Even-odd rule: a point is inside when a ray to its right crosses an odd number of edges.
        crosses = (start[1] > points[..., 1]) != (end[1] > points[..., 1])
        rise = edge[1] or np.inf
        inside ^= crosses & (offset[..., 0] < edge[0] * offset[..., 1] / rise)
    depth: npt.NDArray[np.float64] = np.where(inside, distance, -distance)
    return depth


def _turned(corners: Points, degrees: float) -> Points:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned: Points = corners @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def _around(*radii: float) -> Points:
    """Return corners at these distances from the origin, the first at the top; y points down."""
    angles = 2 * np.pi * np.arange(len(radii)) / len(radii)
    directions = np.array([np.sin(angles), -np.cos(angles)])
    corners: Points = (np.array(radii) * directions).T
    return corners


_BAR = 0.34  # half the width of the bars of a cross whose arms have length 1
_ARM = np.array([[-_BAR, -_BAR], [-_BAR, -1], [_BAR, -1]])
_ROUND: Points = np.empty((0, 2))
_CORNERS: dict[Shape, Points] = {
    Shape.CIRCLE: _ROUND,
    Shape.RING: _ROUND,
    Shape.SQUARE: np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]),
    Shape.TRIANGLE: _around(1.2, 1.2, 1.2),
    Shape.CROSS: np.concatenate([_turned(_ARM, quarter) for quarter in (0, 90, 180, 270)]),
    Shape.STAR: _around(*(1.15, 0.48) * 5),
}


def load(spec: "DatasetSpec", shape: ImageShape) -> Source:
    """Return the drawings of a spec in the shape that is wanted."""
    learn, test = draw(spec.shapes, shape[0], shape[1], spec.seed)
    return Source(learn, test, kinds(spec), f"drawn by code with seed {spec.seed}")


def kinds(spec: "DatasetSpec") -> tuple[str, ...]:
    """Return what is drawn, class by class."""
    return tuple(kind.value for kind in spec.shapes.kinds)


SET = Entry(
    title="Shapes",
    description="Circles, squares and triangles, and more on request, drawn by code in any size "
    "from 8 to 64 pixels; usually 180 to learn from and 300 others to test.",
    image_shape=(16, 16, 1),
    load=load,
    class_names=kinds,
    usual_epochs=20,
    is_made_to_fit=True,
    against_repeats=" Larger images, or shapes that vary more, leave more to draw.",
)
