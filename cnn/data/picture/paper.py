"""What handwriting is written on: how bright the paper is at each place of a picture.

A photo's light is uneven: a shadow may be darker than ink in the sun. Paper is what is left when
all that is narrower than a window is taken away, by a grey-scale closing (dark ink) or opening; see
P. Soille, Morphological Image Analysis, 2nd ed., section 4.4.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageFilter

from cnn.data.dataset import Pixels

Levels = npt.NDArray[np.float64]

WINDOW = 0.3
"""Of the picture's shorter side: what is narrower is ink, as the strokes of one digit are."""
SIDE = 200
"""Pixels: so large is the picture that paper is looked for in."""
COARSE = 48


def paper_at(grey: Pixels, *, is_dark: bool) -> Levels:
    """The paper's brightness everywhere; `is_dark` says that the ink on it is."""
    height, width = grey.shape
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))
    window = max(3, round(WINDOW * min(size)) | 1)
    first, then = (np.max, np.min) if is_dark else (np.min, np.max)
    # Beyond the border the light goes on as it came, so that paper there is no darker nor brighter.
    found = np.pad(small.astype(np.float32), window - 1, mode="reflect", reflect_type="odd")
    found = np.clip(found, small.min(), small.max())
    for rank in (first, then):
        for axis in (0, 1):
            found = rank(sliding_window_view(found, window, axis=axis), axis=-1)
    whole = Image.fromarray(found).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(whole, np.float64)


def is_ink_dark(grey: Pixels) -> bool:
    """Whether what is written is darker than what is around it, whatever the light.

    Ink covers the smaller part of each window, so the middle brightness there is paper.
    """
    small = Image.fromarray(grey).resize((COARSE, COARSE), Image.Resampling.BOX)
    around = small.filter(ImageFilter.MedianFilter(round(WINDOW * COARSE) | 1))
    strays = np.asarray(small, np.float64) - np.asarray(around, np.float64)
    return bool((strays**3).sum() < 0)


def near(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """All places that are marked or lie close to one that is, by a few hundredths of the side."""
    size = marked.shape[1], marked.shape[0]
    # Not averaged away: a cell is marked as soon as a part of it is.
    small = Image.fromarray(marked).convert("F").resize((COARSE, COARSE), Image.Resampling.BOX)
    cells = Image.fromarray(np.asarray(small) > 0).convert("L").filter(ImageFilter.MaxFilter(3))
    return np.asarray(cells.resize(size, Image.Resampling.NEAREST)) > 0
