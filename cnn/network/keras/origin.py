"""Whose class an object in a Keras file is. Only Keras' own and ours are read: code never is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.own_layers import registered_name

KERAS = ("keras", "keras_core", "tf_keras", "tensorflow")
"""The packages whose classes are Keras' own, under all the names it has had."""


def check_origin(
    kind: str, data: dict[str, Any], error: Callable[[str], ArchitectureError]
) -> None:
    """Refuses an object whose class is neither Keras' own nor one of ours; `data` is its JSON."""
    module, registered = data.get("module"), data.get("registered_name")
    package = module.split(".")[0] if isinstance(module, str) else module
    is_foreign = package not in (None, *KERAS) or (
        isinstance(registered, str) and ">" in registered
    )
    if (registered != own) if (own := registered_name(kind)) else is_foreign:
        called = shown(registered or module or kind)
        raise error(
            f"a class of its own ({called}), and code in a file is never run. "
            "Build the model from Keras' own layers."
        )
