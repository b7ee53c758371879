"""The memory of this process, as Linux counts it: with all that libraries take beside Python."""

import contextlib
import gc
import math
import re
from pathlib import Path

from cnn.memory import give_back

STATUS, PEAKS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def begin_peak() -> float:
    """Has Linux forget the most memory that this process ever had; what it has now, in MB."""
    gc.collect()
    give_back()
    with contextlib.suppress(OSError):
        PEAKS.write_text("5", encoding="ascii")
    return memory_mb("VmRSS")


def memory_mb(which: str) -> float:
    """The memory of this process, in MB; none where the system does not say."""
    if not PEAKS.exists():
        return math.nan
    found = re.search(rf"{which}:\s*(\d+) kB", STATUS.read_text(encoding="ascii"))
    return int(found[1]) * 1_024 / 1e6 if found else math.nan
