"""CNN Workbench's core: describe, trace, build and explain convolutional networks.

Imports no user interface, and no TensorFlow until something is built or trained. What it offers to
other people's code is imported when it is used: docs/api.md has an example of each.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnn.library.comparing import Compared, compare
    from cnn.library.networks import (
        Architecture,
        ArchitectureError,
        Trace,
        build,
        read,
        to_torch,
        trace,
        zoo,
    )
    from cnn.library.runs import runs
    from cnn.library.training import Trained, TrainingError, train

__all__ = [
    "Architecture",
    "ArchitectureError",
    "Compared",
    "Trace",
    "Trained",
    "TrainingError",
    "build",
    "compare",
    "read",
    "runs",
    "to_torch",
    "trace",
    "train",
    "zoo",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())  # heard where somebody asks for it

if not TYPE_CHECKING:  # which knows all names from above, and finds those that are wrong
    _ROOMS = {
        **dict.fromkeys(("compare", "Compared"), "comparing"),
        **dict.fromkeys(("train", "Trained", "TrainingError"), "training"),
        "runs": "runs",
    }
    """Where the names are that are not of a network."""

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        room = import_module(f"cnn.library.{_ROOMS.get(name, 'networks')}")
        globals()[name] = found = getattr(room, name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
