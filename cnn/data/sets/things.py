"""The ten things of the scenes as forms: how deep a point lies inside each.

A form is put together of discs and of parts with straight edges, so that thousands of scenes are
drawn in seconds. On an edge the depth is 0; near it, it is the distance, but for what is outside a
corner.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cnn.data.sets.scene_options import Thing

Values = npt.NDArray[np.float64]
Corner = tuple[float, float]


def depth_in(thing: Thing, x: Values, y: Values) -> Values:
    """How deep places lie in a form that reaches 1 from its middle; negative is outside."""
    return _DEPTH[thing](x, y)


def _disc(x: Values, y: Values, middle: Corner = (0.0, 0.0), radius: float = 1.0) -> Values:
    depth: Values = radius - np.hypot(x - middle[0], y - middle[1])
    return depth


def _box(x: Values, y: Values, half_width: float, half_height: float) -> Values:
    depth: Values = np.minimum(half_width - np.abs(x), half_height - np.abs(y))
    return depth


def _convex(x: Values, y: Values, *corners: Corner) -> Values:
    """Corners clockwise as they are seen, as y points down."""
    depth = np.full_like(x, np.inf)
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        length = np.hypot(x1 - x0, y1 - y0)
        depth = np.minimum(depth, ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length)
    return depth


def _star(x: Values, y: Values) -> Values:
    """Ten times the same edge, from a tip at 1 to the notch beside it."""
    fifth, notch = 2 * np.pi / 5, 0.42
    turned = np.arctan2(x, -y)
    folded = np.abs(turned - fifth * np.rint(turned / fifth))
    away = np.hypot(x, y)
    across, down = away * np.sin(folded), away * np.cos(folded)
    edge = np.array([notch * np.sin(fifth / 2), notch * np.cos(fifth / 2) - 1])
    depth: Values = (across * edge[1] - (down - 1) * edge[0]) / np.linalg.norm(edge)
    return depth


def _touching(tip: Corner, middle: Corner, radius: float) -> Corner:
    """Where the line from a tip touches a disc, on its right."""
    away = np.array(tip) - middle
    share = radius / np.linalg.norm(away)
    across = np.array([-away[1], away[0]]) * np.sqrt(1 - share**2)
    places = [middle + share * (share * away + way * across) for way in (-1, 1)]
    right = max(places, key=lambda place: float(place[0]))
    return float(right[0]), float(right[1])


def _mirrored(corner: Corner) -> Corner:
    return -corner[0], corner[1]


_LOBE, _LOBE_RADIUS, _HEART_TIP = (0.43, -0.33), 0.458, (0.0, 0.97)
_LOBE_SIDE = _touching(_HEART_TIP, _LOBE, _LOBE_RADIUS)
_BELLY, _BELLY_RADIUS, _DROP_TIP = (0.0, 0.4), 0.6, (0.0, -1.0)
_BELLY_SIDE = _touching(_DROP_TIP, _BELLY, _BELLY_RADIUS)


def _heart(x: Values, y: Values) -> Values:
    lobes = _disc(np.abs(x), y, _LOBE, _LOBE_RADIUS)
    below = (_LOBE, _LOBE_SIDE, _HEART_TIP, _mirrored(_LOBE_SIDE), _mirrored(_LOBE))
    return np.maximum(lobes, _convex(x, y, *below))


def _drop(x: Values, y: Values) -> Values:
    above = _convex(x, y, _DROP_TIP, _BELLY_SIDE, _mirrored(_BELLY_SIDE))
    return np.maximum(_disc(x, y, _BELLY, _BELLY_RADIUS), above)


def _arrow(x: Values, y: Values) -> Values:
    head = _convex(x, y, (0.0, -1.0), (0.72, -0.1), (-0.72, -0.1))
    return np.maximum(head, _box(x, y - 0.235, 0.22, 0.74))


def _crescent(x: Values, y: Values) -> Values:
    return np.minimum(_disc(x, y), -_disc(x, y, (0.45, 0.0), 0.78))


_DEPTH: dict[Thing, Callable[[Values, Values], Values]] = {
    Thing.CIRCLE: _disc,
    Thing.SQUARE: lambda x, y: _box(x, y, np.sqrt(0.5), np.sqrt(0.5)),
    Thing.TRIANGLE: lambda x, y: _convex(x, y, (0.0, -1.0), (0.866, 0.5), (-0.866, 0.5)),
    Thing.CROSS: lambda x, y: np.maximum(_box(x, y, 0.954, 0.3), _box(x, y, 0.3, 0.954)),
    Thing.STAR: _star,
    Thing.RING: lambda x, y: np.minimum(_disc(x, y), -_disc(x, y, radius=0.55)),
    Thing.HEART: _heart,
    Thing.CRESCENT: _crescent,
    Thing.ARROW: _arrow,
    Thing.DROP: _drop,
}
