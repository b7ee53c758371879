"""What random legal requests take of the pages' process: the most memory, and the slowest answer.

Links, sizes, runs and pictures are drawn so that many are as large as may be and some far larger.
All are opened in one process, as sessions of the app are, one after the other: it may grow by what
is kept, never with the number of requests. `python benchmarks/legal_requests.py --requests 500`.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import logging
import os
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the app has it
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from benchmarks.legal_runs import large_picture, remove, trained
from cnn.comparing.sweep import Field
from cnn.data import DatasetName, DatasetSpec, is_here
from cnn.lessons.catalogue import lessons
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.fields import ACTIVATIONS
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    Residual,
    SeparableConv2D,
    ZeroPadding2D,
)
from cnn.network.link import encode
from cnn.network.trace import Trace, trace
from tests.hostile.files import LARGE_IMAGES

ROOT = Path(__file__).parents[1]
LIMIT_MB = 600
MOST_WEIGHTS = 30_000_000
"""More parameters than that nobody has trained, unless the settings say so."""

SIDES = (1, 8, 16, 28, 28, 28, 32, 64, 96, 128, 224, 256, 257, 384, 512, 1_000, 4_000)
SAVE = "save"
PAGES = (
    *("build", "build", "build", "train", "inside", "inside", "draw"),
    *("compare", "experiments", "lesson", SAVE),
)
CLASSIFYING = ("inside", "draw", "compare", "experiments")
PEOPLE = 3
"""Who save the files of a run at the same moment."""

BUILD_TABS = ("An image inside", "An image inside", "Layer", "Cost", "Difference", "Take away")
INSIDE_TABS = ("maps", "filters", "layers", "where", "errors")
INSIDE_VIEWS = ("Confusion matrix", "Mistakes", "Images as points")
SWEPT = {
    Field.FILTERS: ("0.5", "1", "2", "8"),
    Field.KERNEL_SIZE: ("1", "3", "7", "31"),
    Field.DEPTH: ("1", "2", "3", "10"),
    Field.DROPOUT: ("0", "0.5"),
    Field.LEARNING_RATE: ("0.001", "0.1"),
    Field.BATCH_SIZE: ("1", "64", "4096"),
}
LESSON_VALUES = ("0", "1", "2", "5", "9", "64", "1e9", "-3", "0.5", "9," * 900, "same", "x" * 1_900)
SOURCES = ("A digit", "A shape", "A small digit")
OWN = "My own image"
PICTURES = {"build": "own_picture", "inside": "inside_picture"}
"""Where a session has a picture of its own."""


@dataclass(frozen=True, slots=True)
class Request:
    """A page, its address, what the session has chosen on it, and the run that it is about."""

    page: str
    address: dict[str, Any]
    session: dict[str, Any]
    about: str
    run: Architecture | None = None
    picture: str = ""
    """The name of a large one, where the page is to open it."""


def requests(seed: int) -> Iterator[Request]:
    """Requests without end, the same for a seed."""
    rng = random.Random(seed)
    while True:
        page = rng.choice(PAGES)
        if page == SAVE:
            large = _large(rng)
            about = _about(large, trace(large))
            yield Request("train", {}, {"run_tab": "Take away"}, f"{about}, saved", large)
            continue
        network = _network(rng, ends_in=10 if page in CLASSIFYING else None)
        traced = trace(network, partial=True)
        about = _about(network, traced)
        try:
            code = encode(network)
        except ArchitectureError:
            continue
        if page == "build":
            tab = {"bench_tab": rng.choice(BUILD_TABS), "cascade_source": rng.choice(SOURCES)}
            yield Request(page, {"net": code}, tab, f"{about}, {tab['bench_tab']}")
        elif page == "train":
            here = ("mnist",) if is_here(DatasetSpec(DatasetName.MNIST)) else ()
            data = rng.choice(("shapes", "digits", "mnist-sample", *here))
            yield Request(page, {"net": code, "data": data}, {}, f"{about}, {data}")
        elif page == "compare":
            yield Request(page, {"with": [code, "lenet-5"]}, {}, about)
        elif page == "experiments":
            field, values = rng.choice(list(SWEPT.items()))
            swept = {"tab": "sweep", "network": code, "field": field.value, "value": list(values)}
            yield Request(page, swept, {}, f"{about}, {field.value}")
        elif page == "lesson":
            lesson = rng.choice(lessons()).key
            said = {name: rng.choice(LESSON_VALUES) for name in controls(lesson)}
            yield Request(page, {"of": lesson} | said, {}, f"{lesson}, {said}"[:300])
        elif traced.fault is None and traced.total_params <= MOST_WEIGHTS:
            tab, view = rng.choice(INSIDE_TABS), rng.choice(INSIDE_VIEWS)
            session: dict[str, Any] = {"inside_errs": view}
            if page == "draw":
                session = {"draw_tab": rng.choice(("Why?", "Fool it"))}
            said = tab if page == "inside" else session["draw_tab"]
            yield Request(page, {"tab": tab}, session, f"{about}, {said}", network)


@functools.cache
def controls(lesson: str) -> list[str]:
    """What the address of a lesson may say."""
    from tests.ui.visiting import visited
    from ui.parts.lesson.address import KEY, LESSONS

    return list(visited("lesson", of=lesson).session_state[f"{KEY}_{LESSONS}"].controls)


def with_pictures(given: Iterator[Request], seed: int) -> Iterator[Request]:
    """One in four of those that show what an image becomes takes a large picture for it."""
    rng = random.Random(f"{seed} pictures")
    for one in given:
        shows = one.page == "inside" or one.session.get("bench_tab") == BUILD_TABS[0]
        if not shows or rng.random() >= 0.25:
            yield one
            continue
        name = rng.choice(list(LARGE_IMAGES))
        yield replace(
            one,
            address=one.address | ({"image": "file"} if one.page == "inside" else {}),
            session=one.session | ({"cascade_source": OWN} if one.page == "build" else {}),
            about=f"{one.about}, a picture: {name}",
            picture=name,
        )


def _large(rng: random.Random) -> Architecture:
    """A network of up to as many parameters as may be."""
    units = rng.randint(10_000, MOST_WEIGHTS // (28 * 28 + 10 + 1) - 1)
    return Architecture("Large", (28, 28, 1), (Flatten(), Dense(units, "relu"), Dense(10)))


def _network(rng: random.Random, *, ends_in: int | None) -> Architecture:
    """A network of few layers or of very many, of small maps or of maps that nobody can hold."""
    channels = rng.choice((1, 1, 1, 3))
    side = rng.choice(SIDES)
    shape = (side, side if rng.random() < 0.8 else rng.choice(SIDES), channels)
    if ends_in and rng.random() < 0.6:
        shape = (28, 28, 1)
    many = rng.choice((1, 2, 3, 5, 8, 13, 30, 80)) if rng.random() < 0.97 else 1_500
    large = rng.random() < 0.5
    layers: list[Layer] = []
    now: tuple[int, ...] = shape
    for _ in range(many):
        layer = _layer(rng, now, large)
        try:
            after = layer.output_shape(now)
        except ArchitectureError:
            continue
        layers.append(layer)
        now = after
    if ends_in:
        if len(now) == 3:
            fits = now[0] * now[1] * now[2] * ends_in < 5_000_000 and rng.random() < 0.5
            layers.append(Flatten() if fits else GlobalAveragePooling2D())
        layers.append(Dense(ends_in, rng.choice((None, "softmax"))))
    return Architecture("Random", shape, tuple(layers))


def _layer(rng: random.Random, shape: tuple[int, ...], large: bool) -> Layer:
    if len(shape) == 1:
        units = rng.choice((10, 100, 1_000, 5_000 if large else 30))
        return Dense(units, rng.choice((None, "relu", "gelu")))
    kernel = rng.choice((1, 2, 3, 3, 3, 5, 7, 11, *((31, 64, 300) if large else ())))
    filters = rng.choice((1, 4, 8, 16, 32, 64, *((256, 512, 2_000) if large else ())))
    same = rng.choice(("same", "valid"))
    act = rng.choice((None, "relu", "relu", "gelu", rng.choice(ACTIVATIONS)))
    pad = rng.choice((1, 2, 8, *((100, 1_024) if large else ())))
    kinds: tuple[Any, ...] = (
        *(lambda: Conv2D(filters, kernel, padding=same, activation=act),) * 4,
        lambda: Conv2D(filters, kernel, strides=2, padding=same),
        lambda: DepthwiseConv2D(kernel, padding=same, depth_multiplier=rng.choice((1, 2))),
        lambda: SeparableConv2D(filters, kernel, padding=same),
        lambda: MaxPooling2D(rng.choice((2, 2, 3, kernel))),
        lambda: MaxPooling2D(3, strides=1, padding="same"),
        lambda: AveragePooling2D(rng.choice((2, kernel)), strides=rng.choice((1, 2))),
        lambda: Activation(rng.choice(ACTIVATIONS)),
        BatchNormalization,
        LayerNormalization,
        lambda: ZeroPadding2D(((pad, pad), (pad, pad))),
        lambda: Residual((Conv2D(shape[2], 3, padding="same"),)),
        Flatten,
    )
    layer: Layer = rng.choice(kinds)()
    return layer


def _about(network: Architecture, traced: Trace) -> str:
    size = "x".join(map(str, network.input))
    return (
        f"{len(network.layers)} layers on {size}, {traced.total_params:,} parameters, "
        f"{traced.total_macs:,} MACs, {traced.activation_bytes / 1e6:,.0f} MB"
    )


class Watch:
    """The memory of this process, read all the time."""

    def __init__(self) -> None:
        self.peak_mb = resident_mb()
        self._ended = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._ended.wait(0.004):
            self.peak_mb = max(self.peak_mb, resident_mb())

    def begin(self) -> None:
        self.peak_mb = resident_mb()

    def end(self) -> None:
        self._ended.set()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def answer(request: Request, run_id: str = "", picture: bytes = b"") -> list[str]:
    """Opens the page as a new session does; what it refuses in words."""
    from streamlit.testing.v1 import AppTest

    from ui.session.brought import Brought

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=900)
    app.switch_page(str(ROOT / "pages" / f"{request.page}.py"))
    for name, value in request.address.items():
        app.query_params[name] = value
    for name, value in request.session.items():
        app.session_state[name] = value
    if picture:
        app.session_state[PICTURES[request.page]] = Brought("a.png", picture)
    if request.page == "inside" or "run_tab" in request.session:
        app.query_params["run"] = run_id
    if request.page == "draw":
        _drawn(app, run_id)
    app.run()
    if app.exception:
        raise SystemExit(f"{request}: {app.exception[0].message}")
    if "run_tab" in request.session:
        _saved(app)
    said = [one.value for kind in ("caption", "info", "error") for one in getattr(app, kind)]
    return [one for one in said if "a page takes at most" in one]


def _saved(app: Any) -> None:
    """As many files of the page as one may take at a time, sent to several people at once."""
    from ui.session import offers
    from ui.shell import sending

    paths = []
    marks = [one.proto.url.rpartition("/")[2] for one in app.get("link_button")]
    marks = marks[: sending.OF_ONE]  # of more, the others would be refused until these have come
    for mark, person in product(marks, range(PEOPLE)):
        own = f"{mark}-{person}"
        offers._offers[own] = replace(offers._offers[mark], session=str(person))
        paths.append(f"{offers.ROUTE}/{own}")
    sending.is_open = lambda _session: True  # type: ignore[attr-defined]  # AppTest has none

    async def all_at_once() -> list[int]:
        from starlette.applications import Starlette

        server = Starlette(routes=[sending.route()])
        return await asyncio.gather(*(_taken(server, path) for path in paths))

    if not (paths and all(asyncio.run(all_at_once()))):
        raise SystemExit(f"Not all files came: {paths}")


async def _taken(server: Any, path: str) -> int:
    """How many bytes come from an address."""
    came, status = 0, 0

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        nonlocal came, status
        status = message.get("status", status)
        came += len(message.get("body", b""))

    asked = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await server(asked, receive, send)
    return came if status == 200 else 0


def _drawn(app: Any, run_id: str) -> None:
    """A seven on the pad, read by the run and by the network that ships."""
    import numpy as np

    from ui.parts.drawing.board import AT_REST

    image = np.zeros((28, 28), np.float32)
    image[6:8, 8:20] = 1
    image[8:22, 17:19] = 1
    app.session_state[AT_REST] = image
    app.session_state["draw_networks"] = ["shipped", run_id]


def measured(many: int, seed: int) -> None:
    """Prints the worst of each page, and of all."""
    logging.disable(logging.CRITICAL)
    # Trained elsewhere, as it is in the app: that is no part of what a page takes.
    elsewhere = ProcessPoolExecutor(1, get_context("spawn"))
    elsewhere.submit(remove, "nobody").result()  # before a page takes the place of this script
    from tests.ui.visiting import visited
    from ui.parts.drawing import networks
    from ui.session.kept import kept_bytes

    for page in dict.fromkeys(one for one in PAGES if one != SAVE):
        visited(page)
    gc.collect()
    first, watch = resident_mb(), Watch()
    asked = with_pictures(requests(seed), seed)
    found: dict[str, list[tuple[float, float, bool, str]]] = defaultdict(list)
    for number, request in zip(range(many), asked, strict=False):
        run_id = elsewhere.submit(trained, request.run).result() if request.run else ""
        picture = (
            elsewhere.submit(large_picture, request.picture).result() if request.picture else b""
        )
        networks._finished.clear()  # else the page learns of the run some seconds later
        watch.begin()
        began = time.perf_counter()
        refused = answer(request, run_id, picture)
        took = time.perf_counter() - began
        if run_id:
            elsewhere.submit(remove, run_id).result()
        page = SAVE if "run_tab" in request.session else request.page
        found[page].append((watch.peak_mb, took, bool(refused), request.about))
        if os.environ.get("VERBOSE"):
            print(
                f"{number:4} {page:8} {watch.peak_mb:6.0f} MB, after it "
                f"{resident_mb():4.0f} with {kept_bytes() / 1e6:4.0f} kept, {took:6.1f} s "
                f"{'refused' if refused else '':8}{request.about}",
                flush=True,
            )
    watch.end()
    elsewhere.shutdown()
    print(f"{many} requests with seed {seed}; the process had {first:,.0f} MB before the first.\n")
    print("page      requests too much  most, MB median, s slowest, s")
    everything = [one for its in found.values() for one in its]
    for page, its in [*sorted(found.items()), ("all", everything)]:
        peaks, times = [one[0] for one in its], [one[1] for one in its]
        print(
            f"{page:9} {len(its):8} {sum(one[2] for one in its):8} {max(peaks):9,.0f} "
            f"{statistics.median(times):9.2f} {max(times):10.1f}"
        )
    most, slowest = max(everything), max(everything, key=lambda one: one[1])
    print(f"\nMost memory: {most[3]}.")
    goals.held(
        "random legal requests, memory", most[0], most=LIMIT_MB, unit=" MB", of=f"{many} requests"
    )
    outside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"The largest process beside it: {outside:,.0f} MB.")
    print(f"Slowest: {slowest[1]:.1f} s, {slowest[3]}.")
    print(f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        from ui.shell.memory import collected

        with collected():  # as the server does
            measured(options.requests, options.seed)
    goals.end()


if __name__ == "__main__":
    main()
