"""A trained network as a `.keras` file: what Keras loads by itself, with nothing of this program.

It holds no optimizer: it is for using the network, not for training it on.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from cnn.network.architecture import Architecture
from cnn.network.keras_model import Weights, build, set_weights


def keras_file(architecture: Architecture, weights: Weights) -> bytes:
    """The file's content; the network ends as it was designed, in its softmax if it has one."""
    model = build(architecture)
    set_weights(model, architecture, weights)
    with tempfile.TemporaryDirectory(prefix="cnn-model-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
