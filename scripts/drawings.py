"""What is drawn to find out what the Draw page calls unlike: letters, scribbles, dots, and digits.

All of it is drawn by a program with a fixed seed, not by people, and goes the way of a drawing on
the pad: strokes of a brush, their ink, centred as MNIST. Glyphs of fonts are ink from the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from cnn.data.dataset import Pixels
from cnn.data.picture.centring import centred
from cnn.data.picture.ink import INK, Points, ink_of
from tests.browser.drawing import DIGITS, Strokes, arc

Random = np.random.Generator
BRUSHES = (28, 36, 44, 44, 44, 52, 60)
"""The pad's own brush is 44 pixels wide, and stays so for most."""

LETTERS: dict[str, Strokes] = {
    "A": [[(0.25, 0.82), (0.5, 0.18), (0.75, 0.82)], [(0.35, 0.58), (0.65, 0.58)]],
    "C": [arc(0.54, 0.5, 0.24, 0.32, -50, -310)],
    "D": [[(0.32, 0.18), (0.32, 0.82)], [(0.32, 0.18), *arc(0.38, 0.5, 0.32, 0.32, -90, 90)]],
    "E": [[(0.68, 0.2), (0.34, 0.2), (0.34, 0.8), (0.7, 0.8)], [(0.34, 0.5), (0.62, 0.5)]],
    "F": [[(0.7, 0.2), (0.36, 0.2), (0.36, 0.82)], [(0.36, 0.5), (0.62, 0.5)]],
    "G": [[*arc(0.52, 0.5, 0.24, 0.32, -50, -330), (0.74, 0.54), (0.54, 0.54)]],
    "H": [[(0.3, 0.18), (0.3, 0.82)], [(0.7, 0.18), (0.7, 0.82)], [(0.3, 0.5), (0.7, 0.5)]],
    "J": [[(0.62, 0.18), (0.62, 0.64), *arc(0.47, 0.64, 0.15, 0.17, 0, 170)]],
    "K": [[(0.33, 0.18), (0.33, 0.82)], [(0.69, 0.2), (0.34, 0.54), (0.71, 0.82)]],
    "L": [[(0.36, 0.18), (0.36, 0.8), (0.68, 0.8)]],
    "M": [[(0.24, 0.82), (0.28, 0.2), (0.5, 0.6), (0.72, 0.2), (0.76, 0.82)]],
    "N": [[(0.3, 0.82), (0.3, 0.2), (0.7, 0.8), (0.7, 0.18)]],
    "P": [
        [(0.36, 0.18), (0.36, 0.82)],
        [(0.36, 0.2), *arc(0.5, 0.36, 0.18, 0.16, -90, 90), (0.36, 0.52)],
    ],
    "Q": [arc(0.5, 0.48, 0.25, 0.3, -90, 270), [(0.56, 0.62), (0.76, 0.86)]],
    "R": [
        [(0.34, 0.18), (0.34, 0.82)],
        [(0.34, 0.2), *arc(0.5, 0.35, 0.18, 0.15, -90, 90), (0.36, 0.5), (0.7, 0.82)],
    ],
    "T": [[(0.24, 0.2), (0.76, 0.2)], [(0.5, 0.2), (0.5, 0.82)]],
    "U": [[(0.3, 0.18), (0.3, 0.58), *arc(0.5, 0.58, 0.2, 0.24, 180, 0), (0.7, 0.18)]],
    "V": [[(0.26, 0.18), (0.5, 0.82), (0.74, 0.18)]],
    "W": [[(0.2, 0.18), (0.34, 0.82), (0.5, 0.36), (0.66, 0.82), (0.8, 0.18)]],
    "X": [[(0.28, 0.18), (0.72, 0.82)], [(0.72, 0.18), (0.28, 0.82)]],
    "Y": [[(0.26, 0.18), (0.5, 0.5)], [(0.74, 0.18), (0.5, 0.5), (0.5, 0.82)]],
}
LOOK_ALIKES: dict[str, Strokes] = {
    "O": [arc(0.5, 0.5, 0.24, 0.31, -90, 270)],
    "I": [[(0.5, 0.18), (0.5, 0.82)]],
    "l": [[(0.46, 0.16), (0.46, 0.7), *arc(0.54, 0.7, 0.08, 0.12, 180, 60)]],
    "S": [[*arc(0.5, 0.34, 0.18, 0.16, -30, -250), *arc(0.5, 0.66, 0.19, 0.17, -70, 150)]],
    "Z": [[(0.28, 0.2), (0.72, 0.2), (0.28, 0.8), (0.74, 0.8)]],
    "B": [
        [(0.34, 0.18), (0.34, 0.82)],
        [
            *((0.34, 0.19), *arc(0.48, 0.34, 0.17, 0.15, -90, 90), (0.36, 0.49)),
            *(*arc(0.49, 0.655, 0.2, 0.165, -90, 90), (0.34, 0.82)),
        ],
    ],
}
FACES = (
    *("Sans", "Sans-Bold", "Sans-Oblique", "Sans-ExtraLight", "SansCondensed"),
    *("Serif", "Serif-Bold", "Serif-Italic", "SansMono", "SansMono-Bold"),
)
"""Of DejaVu 2.37, the fonts of Debian's package fonts-dejavu: installed with many systems."""
FONTS = Path("/usr/share/fonts/truetype/dejavu")


def written(shapes: dict[str, Strokes], times: int, seed: int) -> Pixels:
    """Each of the shapes so many times, never twice alike, `[drawings, 28, 28]`."""
    rng = np.random.default_rng(seed)
    return np.stack(
        [_drawn(_varied(strokes, rng), rng) for strokes in shapes.values() for _ in range(times)]
    )


def drawn(what: Callable[[Random], list[Points]], times: int, seed: int) -> Pixels:
    """A scribble or dots, so many times, `[drawings, 28, 28]`."""
    rng = np.random.default_rng(seed)
    return np.stack([_drawn(what(rng), rng) for _ in range(times)])


def _drawn(strokes: list[Points], rng: Random) -> Pixels:
    return centred(ink_of([INK * stroke for stroke in strokes], float(rng.choice(BRUSHES))))


def scribble(rng: Random) -> list[Points]:
    """One stroke that means nothing, in shares of the pad: a zigzag, loops, jumps or a walk."""
    many = int(rng.integers(5, 12))
    match rng.integers(4):
        case 0:
            heights = rng.uniform(0.15, 0.3) * (-1.0) ** np.arange(many)
            points = np.stack([np.linspace(-0.3, 0.3, many), heights], axis=1)
            points = (points + rng.normal(0, 0.03, points.shape)) @ _turn(rng.uniform(0, math.pi))
        case 1:
            along = np.linspace(0, 1, 60)
            angle, size = 2 * math.pi * rng.uniform(3, 6) * along, rng.uniform(0.1, 0.2)
            x = 0.5 * along - 0.25 + size * np.cos(angle)
            points = np.stack([x, rng.uniform(-0.2, 0.2) * along + size * np.sin(angle)], axis=1)
        case 2:
            points = rng.uniform(-0.35, 0.35, (many + 1, 2))
        case _:
            angle = np.cumsum(rng.normal(0, 0.7, 6 * many))
            points = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=1), axis=0)
            points *= 0.65 / np.ptp(points, axis=0).max()
            points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return [np.clip(_reported(points + 0.5), 0.03, 0.97)]


def dots(rng: Random) -> list[Points]:
    """A click, a click that slips, or up to five clicks, in shares of the pad."""
    many = (1, 1, int(rng.integers(2, 6)))[kind := int(rng.integers(3))]
    places = rng.uniform(0.2, 0.8, (many, 1, 2))
    if kind == 1:
        places = np.concatenate([places, places + rng.uniform(-0.02, 0.02, 2)], axis=1)
    return list(places)


def glyphs(letters: str) -> Pixels:
    """The letters in each of the faces, `[faces * letters, 28, 28]`; `OSError` without them."""
    found = []
    for face in FACES:
        font = ImageFont.truetype(FONTS / f"DejaVu{face}.ttf", 380)
        for letter in letters:
            picture = Image.new("L", (900, 900))
            ImageDraw.Draw(picture).text((450, 450), letter, font=font, fill=255, anchor="mm")
            found.append(centred(np.asarray(picture)))
    return np.stack(found)


def _varied(strokes: Strokes, rng: Random) -> list[Points]:
    """The strokes turned, slanted, stretched and moved at random, by a hand that is not steady."""
    width, height = rng.uniform(0.75, 1.1, 2)
    slant = np.array([[width, 0.0], [rng.normal(0, 0.12), height]])
    change = slant @ _turn(rng.normal(0, math.radians(6)))
    found = []
    for stroke in strokes:
        points = _reported(np.asarray(stroke))
        shaken = np.pad(rng.normal(0, 0.016, points.shape), ((3, 3), (0, 0)), mode="edge")
        steady = np.lib.stride_tricks.sliding_window_view(shaken, 7, axis=0).mean(axis=-1)
        found.append((points - 0.5) @ change + 0.5 + steady + rng.normal(0, 0.012, 2))
    return found


def _turn(angle: float) -> npt.NDArray[np.float64]:
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def _reported(points: Points, apart: float = 0.03) -> Points:
    """The points as a pen reports them on its way: no two further apart than so."""
    found = [points[:1]]
    for start, stop in pairwise(points):
        many = max(1, math.ceil(float(np.linalg.norm(stop - start)) / apart))
        found.append(start + (stop - start) * np.arange(1, many + 1)[:, None] / many)
    return np.concatenate(found)


def all_kinds(lettered: Pixels, alike: Pixels) -> dict[str, tuple[str, Pixels]]:
    """What is measured: a name, what it is, and the drawings; glyphs are given, as fonts vary."""
    bare, twins = "capital letters but O, I, S, Z and B", "look-alikes (O, I, l, S, Z, B)"
    strokes = "strokes drawn by a program"
    dejavu = f"in {len(FACES)} faces of the system font DejaVu"
    return {
        "letters": (f"{bare}, {strokes}", written(LETTERS, 20, 21)),
        "letter_glyphs": (f"{bare}, {dejavu}", lettered),
        "look_alikes": (f"{twins}, {strokes}", written(LOOK_ALIKES, 40, 22)),
        "look_alike_glyphs": (f"{twins}, {dejavu}", alike),
        "scribbles": ("scribbles drawn by a program", drawn(scribble, 400, 23)),
        "dots": ("dots: one to five clicks", drawn(dots, 200, 24)),
        "digits": (f"digits, {strokes}", written(DIGITS, 40, 25)),
    }
