"""What a run is trained with, and whose versions a reader has to know to do it again."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cnn.commit import commit
from cnn.memory import memory_bytes
from cnn.training.engine.fused import BATCH_NORM, FUSED
from cnn.training.engine.parts import PARTS, THREADS
from cnn.training.engine.tensorflow import ONEDNN, import_tensorflow, processors, stands_in
from cnn.training.recipe.told_loss import TRAINING_LOSS, names_versions
from cnn.training.recipe.unreadable import PROGRAM, written_by

PROCESSOR, MEMORY, COMMIT = "processor", "memory_gib", "commit"
"""What a run notes of its machine and of the program; one that was made before this notes none."""
UNKNOWN = "unknown"
WITH_ONEDNN = "onednn"
"""Noted since it is asked for; without the note TensorFlow decided by the processor."""
NOTED_LATER = (COMMIT, PROCESSOR, "processors", MEMORY)

WORDS = {
    PROGRAM: "CNN Workbench",
    COMMIT: "commit of CNN Workbench",
    "processors": "processors it may use (logical cores)",
    MEMORY: "memory (GiB)",
    WITH_ONEDNN: "oneDNN",
    BATCH_NORM: "batch normalization",
    PARTS: "parts of a batch side by side",
    THREADS: "threads of each part",
    TRAINING_LOSS: "training loss",
}


def environment(batch: int) -> dict[str, Any]:
    """The versions and the machine a run is trained with, of processors and GPUs those that it may
    use; and how it rounds, with batches of so many images. For a process that trains.
    """
    found = program_and_machine("tensorflow", "keras", "numpy")
    graphics = len(import_tensorflow().config.list_physical_devices("GPU"))
    if os.environ.get(ONEDNN) == "1":
        found[WITH_ONEDNN] = "used where the processor can"
    rounding: dict[str, Any] = dict(stands_in(batch)) or {BATCH_NORM: FUSED}
    return found | ({"gpus": graphics} if graphics else {}) | rounding


def program_and_machine(*packages: str) -> dict[str, Any]:
    """The program, the machine, and the versions of these packages, without loading any."""
    there = memory_bytes()
    found: dict[str, Any] = {
        **written_by(),
        COMMIT: commit() or UNKNOWN,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        PROCESSOR: processor(),
        "processors": processors(),
        MEMORY: round(there / 2**30, 1) if there else UNKNOWN,
    }
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # installed under another name, such as tensorflow-cpu
            found[name] = UNKNOWN
    return found


def processor() -> str:
    """What the processor calls itself, or at least what kind it is."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        if found := re.search(r"^model name\s*:\s*(.+)", text, re.MULTILINE):
            return found[1].strip()
    if platform.system() == "Darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            told = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True)
            if told.stdout.strip():
                return told.stdout.strip()
    return platform.processor() or platform.machine() or UNKNOWN


def together(environments: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What runs were trained with, each value once, and what of the machine is missing."""
    noted = [one for one in environments if names_versions(one)]
    names = dict.fromkeys(name for one in noted for name in one)
    if noted:
        names |= dict.fromkeys(NOTED_LATER)
    return [(WORDS.get(name, name), _values(name, noted)) for name in names]


def _values(name: str, noted: list[Mapping[str, Any]]) -> str:
    values = list(dict.fromkeys(str(one[name]) for one in noted if name in one))
    older = sum(name not in one for one in noted) if name in NOTED_LATER else 0
    if older:
        who = f"{older} of {len(noted)} runs" if values else "the runs"
        values.append(f"not noted by {who if len(noted) > 1 else 'the run'}, of an earlier version")
    return "; ".join(values)
