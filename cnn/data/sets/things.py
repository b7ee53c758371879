"""The ten things of the scenes as forms: how deep a point lies inside each."""

import numpy as np
import numpy.typing as npt

from cnn.data.sets.outlines import Points, around, depth_in_polygon, turned
from cnn.data.sets.scene_options import Thing

Values = npt.NDArray[np.float64]


def depth_in(thing: Thing, points: Points) -> Values:
    """How deep points lie in a shape that reaches 1 from its middle; negative is outside."""
    from_middle = np.hypot(points[..., 0], points[..., 1])
    disc: Values = 1 - from_middle
    match thing:
        case Thing.CIRCLE:
            return disc
        case Thing.RING:
            return np.minimum(disc, from_middle - 0.55)
        case Thing.CRESCENT:
            return np.minimum(disc, np.hypot(points[..., 0] - 0.45, points[..., 1]) - 0.78)
    return depth_in_polygon(points, _CORNERS[thing])


def _to_reach_one(corners: Points) -> Points:
    """Corners of the same form that reach 1 from the middle of their box, which is the origin."""
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    scaled: Points = (corners - middle) / np.linalg.norm(corners - middle, axis=1).max()
    return scaled


def _heart() -> Points:
    at = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    upward = 13 * np.cos(at) - 5 * np.cos(2 * at) - 2 * np.cos(3 * at) - np.cos(4 * at)
    return np.stack([16 * np.sin(at) ** 3, -upward], axis=-1)


def _drop() -> Points:
    at = np.linspace(-np.pi / 6, 7 * np.pi / 6, 18)
    belly = np.stack([0.6 * np.cos(at), 0.4 + 0.6 * np.sin(at)], axis=-1)
    return np.concatenate([belly, [[0.0, -1.0]]])


_BAR = 0.3  # half the width of the bars of a cross whose arms have length 1
_ARM = np.array([[-_BAR, -_BAR], [-_BAR, -1], [_BAR, -1]])
_ARROW = [
    [0, -1],
    [0.75, -0.15],
    [0.28, -0.15],
    [0.28, 1],
    [-0.28, 1],
    [-0.28, -0.15],
    [-0.75, -0.15],
]
_CORNERS: dict[Thing, Points] = {
    thing: _to_reach_one(corners)
    for thing, corners in {
        Thing.SQUARE: np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]),
        Thing.TRIANGLE: around(1, 1, 1),
        Thing.CROSS: np.concatenate([turned(_ARM, quarter) for quarter in (0, 90, 180, 270)]),
        Thing.STAR: around(*(1, 0.42) * 5),
        Thing.HEART: _heart(),
        Thing.ARROW: np.array(_ARROW, dtype=np.float64),
        Thing.DROP: _drop(),
    }.items()
}
