"""What a run is trained with, and whose versions a reader has to know to do it again."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cnn.training.fused import BATCH_NORM, FUSED
from cnn.training.places import whole_setting
from cnn.training.tensorflow import import_tensorflow


def environment() -> dict[str, Any]:
    """The versions and the machine a run is trained with, of processors and GPUs those that it may
    use; and how it rounds. For a process that trains.
    """
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": whole_setting("TF_NUM_INTRAOP_THREADS", 0) or os.cpu_count(),
    }
    for name in ("tensorflow", "keras", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # installed under another name, such as tensorflow-cpu
            found[name] = "unknown"
    graphics = len(import_tensorflow().config.list_physical_devices("GPU"))
    return found | ({"gpus": graphics} if graphics else {}) | {BATCH_NORM: FUSED}
