"""Images as addresses that hold all of them: nothing to fetch, so nothing that can be gone."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn.pictures.kit.palette import ABOVE, BELOW, FAINT

Numbers = npt.NDArray[np.floating[Any]]


def encoded(values: npt.NDArray[Any]) -> str:
    """The bytes of numbers, as a script in the browser reads them."""
    return base64.b64encode(values.tobytes()).decode()


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """An image `[height, width, channels]` of one, three or four channels."""
    written = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(written, "PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


def pixels_uri(image: npt.NDArray[np.float32]) -> str:
    """An image from 0 to 1; of an odd number of channels their mean."""
    shown = image if image.shape[2] in (1, 3) else image.mean(axis=2, keepdims=True)
    return data_uri(np.clip(np.round(np.nan_to_num(shown) * 255), 0, 255).astype(np.uint8))


def signed_pixels(values: Numbers, full: float) -> npt.NDArray[np.uint8]:
    """Values as pixels `[..., 4]` on the scale around zero; `full` has the full colour."""
    shares = np.asarray(values, np.float64) / full if full else np.zeros(values.shape)
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where(shares[..., None] < 0, BELOW, ABOVE)
    pixels[..., 3] = np.round(np.minimum(np.abs(shares), 1) ** FAINT * 255)
    return pixels
