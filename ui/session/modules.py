"""Modules are read by one thread at a time: of two threads that read some which import each other,
Python gives one a module half read, and that one fails.
"""

from __future__ import annotations

import importlib
import threading
from types import ModuleType

one_at_a_time = threading.RLock()
"""Held by whoever reads modules that others may be reading."""


def module(name: str) -> ModuleType:
    """The module of that name, read now if nobody has."""
    with one_at_a_time:
        return importlib.import_module(name)
