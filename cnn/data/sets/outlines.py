"""Outlines of what is drawn: corners, and how deep a point lies inside them."""

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Points as (..., 2), x and y; y points down."""


def depth_in_polygon(points: Points, corners: Points) -> npt.NDArray[np.float64]:
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


def turned(corners: Points, degrees: float) -> Points:
    """Return corners turned about the origin, clockwise as y points down."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved: Points = corners @ np.array([[cosine, sine], [-sine, cosine]])
    return moved


def around(*radii: float) -> Points:
    """Return corners at these distances from the origin, the first at the top; y points down."""
    angles = 2 * np.pi * np.arange(len(radii)) / len(radii)
    directions = np.array([np.sin(angles), -np.cos(angles)])
    corners: Points = (np.array(radii) * directions).T
    return corners
