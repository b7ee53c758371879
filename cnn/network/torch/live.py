"""The PyTorch module of a network as a living one: the exported code, run here.

The code is our own, made of a checked network, and the same that a person takes away.
"""

from __future__ import annotations

import linecache
from types import ModuleType
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.scripts.code import class_name
from cnn.network.torch.export import torch_code, torch_state
from cnn.network.torch.file import module_name
from cnn.network.torch.modules import HELPERS


class TorchMissing(ImportError):
    """PyTorch is not installed; says how it is."""


def torch_module(architecture: Architecture, weights: Weights | None = None) -> Any:
    """The module, ready to answer; with weights of a Keras model where they are given."""
    try:
        import torch
    except ImportError as error:
        raise TorchMissing(
            f"PyTorch cannot be imported: {error}. Install it: pip install torch"
        ) from error
    text = torch_code(architecture).text
    module = ModuleType(module_name(architecture))
    module.__file__ = f"<{module.__name__} {hash(text):x}>"
    lines = text.splitlines(keepends=True)  # which a traceback shows
    linecache.cache[module.__file__] = (len(text), None, lines, module.__file__)
    exec(compile(text, module.__file__, "exec"), module.__dict__)
    made = getattr(module, class_name(architecture.name, HELPERS))()
    if weights is not None:
        state = torch_state(architecture, weights)
        made.load_state_dict({key: torch.from_numpy(array.copy()) for key, array in state.items()})
    return made.eval()
