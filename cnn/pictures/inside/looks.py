"""An image and who looks at whom in it, as plain values for a page that draws both."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.pictures.kit.inline import encoded


def looks(image: Array, weights: Array, size: tuple[int, int]) -> dict[str, Any]:
    """The pixels of an image `[height, width]` as bytes, and the weights `[heads, cells, cells]`
    of its cells, of which there are so many down and across.
    """
    pixels = np.clip(image * 255, 0, 255).round().astype(np.uint8)
    return {
        "pixels": list(image.shape),
        "image": encoded(pixels),
        "size": list(size),
        "heads": len(weights),
        "shares": encoded(weights.astype("<f4")),
    }
