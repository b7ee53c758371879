"""What a run is trained with, and whose versions a reader has to know to do it again."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cnn.training.fused import BATCH_NORM, FUSED


def environment() -> dict[str, Any]:
    """The versions and the machine a run is trained with, and how it rounds."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
    for name in ("tensorflow", "keras", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # installed under another name, such as tensorflow-cpu
            found[name] = "unknown"
    return found | {BATCH_NORM: FUSED}
