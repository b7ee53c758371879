"""The lines that load a run's `.keras` file in plain Keras and ask it, as the page has them."""

from __future__ import annotations

from cnn.network.architecture import Architecture
from cnn.network.heads import SHARES, end_activation
from cnn.network.keras.own_layers import classes_text, own_kinds
from cnn.network.scripts.feed import NAME as PREPARE
from cnn.network.scripts.feed import numpy_function


def loading_code(file: str, architecture: Architecture) -> str:
    """What to load the file with, what to feed the network, and what its answers are.

    The last line asks it: of `images` from 0 to 1, or of the bytes in `pixels` where it is fed
    otherwise, and makes `probabilities` or `scores`.
    """
    height, width, channels = architecture.input
    feed, classes = architecture.fed, classes_text(architecture)
    gives = "probabilities" if end_activation(architecture) in SHARES else "scores"
    imports = ["import keras", *["import numpy as np"] * (not feed.is_usual)]
    imports += ["from keras import layers"] * bool(classes)
    defined = [f"{classes}\n"] * bool(classes)
    defined += [] if feed.is_usual else [numpy_function(feed)]
    before = "\n\n".join(["\n".join(imports) + "\n", *defined])
    before += "\n\n" if defined else "\n"
    load = f'model = keras.models.load_model("{file}")\n'
    if feed.is_usual:
        return (
            f"{before}{load}"
            f"# images: float32 from 0 to 1, of shape (n, {height}, {width}, {channels})\n"
            f"{gives} = model.predict(images)\n"
        )
    return (
        f"{before}{load}"
        f"# pixels: bytes 0 to 255, of shape (n, {height}, {width}, {channels})\n"
        f"{gives} = model.predict({PREPARE}(pixels))\n"
    )


def classes_needed(architecture: Architecture) -> str:
    """What whoever loads the file must have beside Keras, in a sentence; else nothing."""
    names = ", ".join(kind.__name__ for kind in own_kinds(architecture))
    return f"Keras has no {names}: to load the file, run the class below first." if names else ""
