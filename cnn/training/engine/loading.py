"""The lines that load a run's `.keras` file in plain Keras and ask it, as the page has them."""

from __future__ import annotations

from cnn.network.architecture import Architecture
from cnn.network.heads import SHARES, end_activation
from cnn.network.scripts.feed import NAME as PREPARE
from cnn.network.scripts.feed import numpy_function


def loading_code(file: str, architecture: Architecture) -> str:
    """What to load the file with, what to feed the network, and what its answers are.

    The last line asks it: of `images` from 0 to 1, or of the bytes in `pixels` where it is fed
    otherwise, and makes `probabilities` or `scores`.
    """
    height, width, channels = architecture.input
    feed = architecture.fed
    gives = "probabilities" if end_activation(architecture) in SHARES else "scores"
    if feed.is_usual:
        return (
            "import keras\n\n"
            f'model = keras.models.load_model("{file}")\n'
            f"# images: float32 from 0 to 1, of shape (n, {height}, {width}, {channels})\n"
            f"{gives} = model.predict(images)\n"
        )
    return (
        "import keras\nimport numpy as np\n\n\n"
        f"{numpy_function(feed)}\n\n"
        f'model = keras.models.load_model("{file}")\n'
        f"# pixels: bytes 0 to 255, of shape (n, {height}, {width}, {channels})\n"
        f"{gives} = model.predict({PREPARE}(pixels))\n"
    )
