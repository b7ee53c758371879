"""A trained network as a `.keras` file: what Keras loads by itself, with nothing of this program
but the class of a layer that Keras has not (`own_layers`).

It holds no optimizer: it is for using the network, not for training it on.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import IO

from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, build, set_weights
from cnn.network.keras.read import PIXELS_MEMBER


def keras_file(architecture: Architecture, weights: Weights) -> bytes:
    """The file's content; the network ends as it was designed, in its softmax if it has one."""
    model = build(architecture)
    set_weights(model, architecture, weights)
    with tempfile.TemporaryDirectory(prefix="cnn-model-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        say_pixels(path, architecture)
        return path.read_bytes()


def say_pixels(model: Path | IO[bytes], architecture: Architecture) -> None:
    """Puts a note into the file of what the network is fed, where its layers do not say it.

    Keras reads past the note; opened here again, the network is fed the same.
    """
    if architecture.feed is None and not architecture.fed.is_usual:
        return
    with zipfile.ZipFile(model, "a") as file:
        if PIXELS_MEMBER not in file.namelist():
            file.writestr(PIXELS_MEMBER, json.dumps({"pixels": architecture.fed.text}))
