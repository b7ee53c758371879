"""Images as people bring them: folders of pictures in a zip, arrays in an npz."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 12
COUNTS = {"train": 8, "val": 4, "test": 6}
CLASSES = ("ant", "bee", "cat")

Pixels = np.typing.NDArray[np.uint8]


def pictures(channels: int, count: int, seed: int) -> tuple[Pixels, Pixels]:
    """So many noisy pictures of each class, one brighter than the other, and their classes."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), count)
    noise = random.integers(0, 150, (len(labels), SIDE, SIDE, channels))
    pixels = (noise + 50 * labels[:, None, None, None]).astype(np.uint8)
    return pixels, labels.astype(np.uint8)


def folders(path: Path, channels: int, *, is_split: bool = True) -> Path:
    """A zip with a folder for each class, in folders for training, validation and test or not."""
    with zipfile.ZipFile(path, "w") as archive:
        for seed, (part, count) in enumerate(COUNTS.items()):
            drawn = zip(*pictures(channels, count, seed), strict=True)
            for place, (image, label) in enumerate(drawn):
                file = io.BytesIO()
                Image.fromarray(image if channels == 3 else image[..., 0]).save(file, "PNG")
                folder = f"{part}/" if is_split else ""
                archive.writestr(f"{folder}{CLASSES[label]}/{part}-{place:03}.png", file.getvalue())
    return path


def arrays(path: Path, channels: int) -> Path:
    """An npz with the arrays of Keras' own data sets, and with those for validation."""
    content = {}
    for seed, (part, count) in enumerate(COUNTS.items()):
        pixels, labels = pictures(channels, count, seed + 3)
        content[f"x_{part}"] = pixels if channels == 3 else pixels[..., 0]
        content[f"y_{part}"] = 10 * labels  # numbers of one's own
    np.savez(path, allow_pickle=False, **content)
    return path
