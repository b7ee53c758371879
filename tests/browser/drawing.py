"""Drawing digits on the pad with the mouse: the strokes of each digit, and the hand that draws."""

from __future__ import annotations

import math

from playwright.sync_api import Page

Point = tuple[float, float]
Strokes = list[list[Point]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points of an ellipse from one angle to another: in degrees, 0 is right, 90 is down."""
    steps = max(2, int(abs(end - start) // 20))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


# As a person writes them, in shares of the pad.
DIGITS: dict[str, Strokes] = {
    "0": [arc(0.5, 0.5, 0.2, 0.3, -90, 270)],
    "1": [[(0.42, 0.3), (0.52, 0.2), (0.5, 0.8)]],
    "2": [[*arc(0.5, 0.35, 0.18, 0.15, 190, 380), (0.55, 0.55), (0.32, 0.78), (0.72, 0.78)]],
    "3": [[*arc(0.48, 0.35, 0.17, 0.15, 200, 430), *arc(0.48, 0.64, 0.2, 0.16, -70, 150)]],
    "4": [[(0.36, 0.22), (0.32, 0.52), (0.7, 0.52)], [(0.62, 0.22), (0.6, 0.82)]],
    "5": [
        [(0.38, 0.22), (0.36, 0.47), *arc(0.48, 0.61, 0.19, 0.17, -100, 150)],
        [(0.38, 0.22), (0.68, 0.21)],
    ],
    "6": [[(0.6, 0.2), (0.44, 0.36), (0.35, 0.6), *arc(0.5, 0.66, 0.15, 0.14, 180, -180)]],
    "7": [[(0.3, 0.24), (0.7, 0.24), (0.58, 0.45), (0.46, 0.82)]],
    "8": [[*arc(0.5, 0.35, 0.14, 0.14, 90, 450), *arc(0.5, 0.65, 0.17, 0.16, -90, 270)]],
    "9": [[*arc(0.5, 0.37, 0.16, 0.15, 0, -360), (0.65, 0.5), (0.6, 0.82)]],
}


def draw(page: Page, strokes: Strokes) -> None:
    """Draws with the left button, as fast as a quick hand."""
    canvas = page.locator("canvas.ink:is([data-sent], [data-painted])")
    canvas.hover()  # which waits until the page around it has stopped moving
    box = canvas.bounding_box()
    assert box is not None
    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=3)
        page.mouse.up()
