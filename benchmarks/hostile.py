"""How soon bad files, links and addresses are answered, by the door they come to."""

from __future__ import annotations

import contextlib
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


def main() -> None:
    """Print a line for each door."""
    print(f"{'what is refused':34} {'cases':>6} {'median, ms':>11} {'slowest, ms':>12}   which")
    for door, (cases, enter) in DOORS.items():
        took: dict[str, float] = {}
        for name, given in cases.items():
            began = time.perf_counter()
            with contextlib.suppress(ArchitectureError, DataError, WeightsError):
                enter(given)
            took[name] = (time.perf_counter() - began) * 1e3
        slowest = max(took, key=lambda name: took[name])
        middle = statistics.median(took.values())
        print(f"{door:34} {len(took):6} {middle:11.1f} {took[slowest]:12.1f}   {slowest}")


if __name__ == "__main__":
    main()
