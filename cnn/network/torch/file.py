"""A trained network for PyTorch: its module as a script, and the weights that the script loads.

To use it needs nothing of this program, and to write it no PyTorch.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import IO

import numpy as np

from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights, WeightsError
from cnn.network.scripts.code import model_name
from cnn.network.torch.export import torch_code, torch_state, torch_weights
from cnn.network.torch.modules import Array
from cnn.network.torch.pickled import write_pickled
from cnn.network.torch.safetensors import read_safetensors, write_safetensors

State = dict[str, Array]
DESIGN = "cnn_workbench"
"""Where a file of weights says of which design they are."""


def module_name(architecture: Architecture) -> str:
    """What the script is imported by: never the name of a module that it imports itself."""
    return f"{model_name(architecture.name)}_torch"


def write_torch_file(
    architecture: Architecture, weights: Weights, into: IO[bytes], ending: str = ".npz"
) -> None:
    """A zip with the script and its weights, in the form that the ending names."""
    name = module_name(architecture)
    with zipfile.ZipFile(into, "w") as file:
        file.writestr(f"{name}.py", torch_code(architecture, f"{name}{ending}").text)
        with file.open(f"{name}{ending}", "w", force_zip64=True) as written:
            WRITTEN[ending](architecture, torch_state(architecture, weights), written)


def write_torch_weights(
    architecture: Architecture, weights: Weights, into: IO[bytes], ending: str
) -> None:
    """The weights alone, named as the module names them."""
    WRITTEN[ending](architecture, torch_state(architecture, weights), into)


def _npz(_: Architecture, state: State, into: IO[bytes]) -> None:
    np.savez(into, **state)  # type: ignore[arg-type]


def _safetensors(architecture: Architecture, state: State, into: IO[bytes]) -> None:
    about = {DESIGN: architecture.to_json(), "pixels": architecture.fed.text, "format": "pt"}
    write_safetensors(state, into, about)


def read_torch_weights(
    content: bytes, design: Architecture | None = None
) -> tuple[Architecture, Weights]:
    """The design and the weights of a `.safetensors` file; one of elsewhere holds no design, so its
    weights have to be those of the one that is given.
    """
    state, about = read_safetensors(content)
    if DESIGN in about:
        design = Architecture.from_json(about[DESIGN])
    if design is None:
        raise WeightsError(
            "this .safetensors file does not say of which design its weights are; those that this "
            "program writes do. Begin a training of that design with it: train DESIGN --from FILE."
        )
    return design, torch_weights(design, state)


WRITTEN: dict[str, Callable[[Architecture, State, IO[bytes]], None]] = {
    ".npz": _npz,
    ".safetensors": _safetensors,
    ".pt": lambda _, state, into: write_pickled(state, into),
}
"""By its ending, how a file of weights is written."""
