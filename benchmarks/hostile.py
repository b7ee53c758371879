"""How soon bad files, links and addresses are answered, and in how much of the pages' memory, by
the door they come to; and what is as large as it may be, and let in. Wanted is what
`docs/security.md` promises: the pages' process stays below so much.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the app has it
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import goals
from benchmarks.legal_requests import LIMIT_MB
from cnn.data.errors import DataError
from cnn.data.in_child_process import bring
from cnn.data.own.library import lay_aside
from cnn.data.picture.in_child_process import read_picture_outside
from cnn.data.sets.mnist import MNIST, read_folder
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.in_child_process import read_file_outside, read_trained_outside
from cnn.network.keras.model import WeightsError
from cnn.network.link import decode, encode
from cnn.network.zoo import zoo
from tests.hostile import corpus
from tests.hostile.files import LARGE_IMAGES, npy, npy_header, zipped
from tests.hostile.memory import begin_peak, memory_mb
from tests.hostile.test_heavy import LAYERS
from tests.ui.visiting import visited

Cases = Mapping[str, Any]
Enter = Callable[[Any], object]


def idx(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3"):
            Path(folder, f"{part}-ubyte").write_bytes(content)
        Path(folder, "t10k-labels-idx1-ubyte").write_bytes(content)
        return read_folder(MNIST, Path(folder))


def own(given: tuple[str, bytes]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return bring(lay_aside(given[1], given[0], Path(folder)))


def picture(content: bytes) -> object:
    return read_picture_outside(content, (28, 28, 1))


def network(content: bytes) -> object:
    return read_file_outside("a", content)


def build(code: str) -> object:
    return visited("build", net=code)


REFUSED: dict[str, tuple[Cases, Enter]] = {
    "a file as a network": (corpus.MODELS, network),
    "a .keras file with its weights": (corpus.WEIGHTS, read_trained_outside),
    "a link": (corpus.LINKS, decode),
    "a picture": (corpus.IMAGES, picture),
    "own images": (corpus.OWN, own),
    "a file of MNIST": (corpus.IDX, idx),
}


def npz_of_ones(images: int) -> tuple[str, bytes]:
    """So many images of a megabyte, in a thousandth of it."""
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({images}, 1000, 1000), }}"
    pixels = npy_header(head, b"\1" * (images * 1_000_000))
    return "a.npz", zipped({"x.npy": pixels, "y.npy": npy(np.arange(images) % 2)})


def heavy_links() -> dict[str, Callable[[], str]]:
    return {
        name: partial(encode, Architecture("Heavy", shape, layers))
        for name, (shape, layers) in LAYERS.items()
    }


def files_of_networks() -> dict[str, Callable[[], bytes]]:
    known = {name: one.architecture for name, one in zoo().items()}
    many = Architecture("Many", *LAYERS["five thousand layers"])
    found = known | {"five thousand layers": many}
    return {name: partial(str.encode, one.to_json()) for name, one in found.items()}


LET_IN: dict[str, tuple[Mapping[str, Callable[[], Any]], Enter]] = {
    "a large picture": (LARGE_IMAGES, picture),
    "an npz": ({f"{n} MB": partial(npz_of_ones, n) for n in (100, 594)}, own),
    "a file as a network": (files_of_networks(), network),
    "a heavy link, on Build": (heavy_links(), build),
}
"""Each case is made when it is its turn."""


def measured(
    makes: Mapping[str, Callable[[], Any]], enter: Enter, *, may_refuse: bool
) -> tuple[str, list[float]]:
    """The figures of a door: the time that a case takes there, and what this process grows by; and
    the most that it had with each case, in MB.
    """
    took: dict[str, float] = {}
    filled: dict[str, float] = {}
    peaks = []
    errors = (ArchitectureError, DataError, WeightsError) if may_refuse else ()
    with contextlib.suppress(*errors):
        enter(next(iter(makes.values()))())  # what is imported for it is no case's memory
    for name, make in makes.items():
        given = make()
        had = begin_peak()
        began = time.perf_counter()
        with contextlib.suppress(*errors):
            enter(given)
        took[name] = (time.perf_counter() - began) * 1e3
        peaks.append(memory_mb("VmHWM"))
        filled[name] = peaks[-1] - had
    slowest, most = (max(one, key=one.__getitem__) for one in (took, filled))
    middle = statistics.median(took.values())
    line = (
        f"{len(took):5} {middle:11.1f} {took[slowest]:12.1f}   "
        f"{slowest[:22]:22} {filled[most]:9.1f}   {most[:22]}"
    )
    return line, peaks


def head(what: str) -> str:
    return (
        f"{what:31} {'cases':>5} {'median, ms':>11} {'slowest, ms':>12}   "
        f"{'which':22} {'most, MB':>9}   which"
    )


def main() -> None:
    """Print a line for each door, and the memory of all of it."""
    logging.disable(logging.CRITICAL)
    peaks: list[float] = []

    def through(door: str, makes: Mapping[str, Any], enter: Enter, *, may_refuse: bool) -> None:
        line, its = measured(makes, enter, may_refuse=may_refuse)
        print(f"{door:31} {line}", flush=True)
        peaks.extend(its)

    print(head("what is refused"))
    for door, (cases, enter) in REFUSED.items():
        held = {name: partial(_itself, given) for name, given in cases.items()}
        through(door, held, enter, may_refuse=True)
    print(f"\n{head('what is let in')}")
    for door, (makes, enter) in LET_IN.items():
        through(door, makes, enter, may_refuse=False)
    outside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"\nThe largest process beside it: {outside:,.0f} MB.")
    of = f"{len(peaks)} cases"
    goals.held("bad and large requests, memory", max(peaks), most=LIMIT_MB, unit=" MB", of=of)
    goals.end()


def _itself(given: Any) -> Any:
    return given


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        main()
