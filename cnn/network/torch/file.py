"""A trained network for PyTorch: its module as a script, and the weights that the script loads.

To use it needs nothing of this program, and to write it no PyTorch.
"""

from __future__ import annotations

import zipfile
from typing import IO

import numpy as np

from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.scripts.code import model_name
from cnn.network.torch.export import torch_code, torch_state


def module_name(architecture: Architecture) -> str:
    """What the script is imported by: never the name of a module that it imports itself."""
    return f"{model_name(architecture.name)}_torch"


def write_torch_file(architecture: Architecture, weights: Weights, into: IO[bytes]) -> None:
    """A zip with the script and, in NumPy's form, its weights."""
    name = module_name(architecture)
    with zipfile.ZipFile(into, "w") as file:
        file.writestr(f"{name}.py", torch_code(architecture, f"{name}.npz").text)
        with file.open(f"{name}.npz", "w", force_zip64=True) as written:
            np.savez(written, **torch_state(architecture, weights))  # type: ignore[arg-type]
