"""How soon bad files, links and addresses are answered, and in how much memory, by the door they
come to.
"""

from __future__ import annotations

import contextlib
import gc
import math
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cnn.data.any_picture import read_picture
from cnn.data.errors import DataError
from cnn.data.library import read
from cnn.data.mnist import MNIST, read_folder
from cnn.network.errors import ArchitectureError
from cnn.network.keras_model import WeightsError
from cnn.network.keras_weights import read_keras_model
from cnn.network.link import decode
from cnn.network.source import read_file
from tests.hostile import corpus
from ui.kept import give_back

STATUS, PEAKS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def idx(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3"):
            Path(folder, f"{part}-ubyte").write_bytes(content)
        Path(folder, "t10k-labels-idx1-ubyte").write_bytes(content)
        return read_folder(MNIST, Path(folder))


def own(given: tuple[str, bytes]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return read(given[1], given[0], Path(folder))


DOORS: dict[str, tuple[Mapping[str, Any], Callable[[Any], object]]] = {
    "a file as a network": (corpus.MODELS, lambda content: read_file("a", content)),
    "a .keras file with its weights": (corpus.WEIGHTS, read_keras_model),
    "a link": (corpus.LINKS, decode),
    "a picture": (corpus.IMAGES, lambda content: read_picture(content, (28, 28, 1))),
    "own images": (corpus.OWN, own),
    "a file of MNIST": (corpus.IDX, idx),
}


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


def main() -> None:
    """Print a line for each door, and the memory of all of it."""
    print(
        f"{'what is refused':31} {'cases':>5} {'median, ms':>11} {'slowest, ms':>12}   "
        f"{'which':22} {'most, MB':>9}   which"
    )
    for door, (cases, enter) in DOORS.items():
        took: dict[str, float] = {}
        filled: dict[str, float] = {}
        with contextlib.suppress(ArchitectureError, DataError, WeightsError):
            enter(next(iter(cases.values())))  # what is imported for it is no case's memory
        for name, given in cases.items():
            had = begin_peak()
            began = time.perf_counter()
            with contextlib.suppress(ArchitectureError, DataError, WeightsError):
                enter(given)
            took[name] = (time.perf_counter() - began) * 1e3
            filled[name] = memory_mb("VmHWM") - had
        slowest, most = (max(one, key=one.__getitem__) for one in (took, filled))
        middle = statistics.median(took.values())
        print(
            f"{door:31} {len(took):5} {middle:11.1f} {took[slowest]:12.1f}   "
            f"{slowest[:22]:22} {filled[most]:9.1f}   {most}"
        )


if __name__ == "__main__":
    main()
