"""Coloured pictures as somebody might bring them: each class has a colour, noise and a shape."""

import io

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {"apple": (200, 40, 40), "leaf": (50, 160, 60), "sky": (60, 110, 210)}


def coloured(name: str, number: int, size: tuple[int, int] = (96, 72), kind: str = "PNG") -> bytes:
    """The picture of a class by its number: always the same bytes."""
    rng = np.random.default_rng([number, *name.encode()])
    width, height = size
    picture = Image.fromarray(rng.integers(90, 150, (height, width, 3), np.uint8))
    left, top = int(rng.integers(0, width // 3)), int(rng.integers(0, height // 3))
    box = (left, top, left + width // 2, top + height // 2)
    draw = ImageDraw.Draw(picture)
    (draw.ellipse if name == "apple" else draw.rectangle)(box, fill=COLOURS[name])
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def in_folders(names: tuple[str, ...], each: int) -> dict[str, bytes]:
    """Pictures of classes by their paths, in the order of folders and files."""
    return {
        f"{name}/{number:03}.png": coloured(name, number)
        for name in sorted(names)
        for number in range(each)
    }
