"""How fast this machine trains: measured once by its worker, and kept in this program's folder.

The time of a step is taken to be a sum: something for itself, something for each layer, and for
each image something for every multiply-accumulate and for every byte that the layers give. Four
small networks, each dear in another way, are timed, and the four prices follow.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from cnn.network.trace import Trace, trace
from cnn.network.training_macs import forward_alone, total_training_macs
from cnn.settings import home, private_folder, write_private
from cnn.training.engine.chunk import Chunk
from cnn.training.engine.tensorflow import parts_wanted
from cnn.training.recipe.configuration import Configuration

FILE = "calibration.json"
PROBE_S = 0.35
QUIET = 0.15
"""The share of all processors that others may have in a measurement that need not be repeated."""

ROUNDS_AFTER_S = (0.0, 60.0, 300.0)
"""When a machine is measured, and measured again if others were at work."""

CHUNK = 4

FORWARD_SHARE = 0.4
"""Of a step's work on an image, where it is only looked at."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What things cost on one machine."""

    step_s: float  # each step, whatever the network
    layer_s: float  # each layer in each step
    mac_s: float  # each multiply-accumulate of an image, there and back
    byte_s: float  # each byte of an image's activations, there and back
    compile_s: float  # the first step of any network
    compile_layer_s: float  # and more for each layer
    base_bytes: int  # a process with TensorFlow that has trained next to nothing

    def step_time_s(self, traced: Trace, batch: int, frozen: Collection[str] = ()) -> float:
        """How long one step takes in which the rows of these names are frozen."""
        costs = _costs(traced, batch, frozen)
        return float(costs @ (self.step_s, self.layer_s, self.mac_s, self.byte_s))

    def compile_time_s(self, traced: Trace) -> float:
        """How much longer than others the first step takes."""
        return self.compile_s + self.compile_layer_s * len(traced.rows)


ROUGH = Calibration(1.2e-3, 1.1e-4, 1.16e-11, 5.3e-10, 0.35, 0.035, 680 << 20)
"""Measured on two cores of a server in 2026; in use until this machine has been measured."""


def machine() -> str:
    """What a measurement holds for: this computer, with this TensorFlow, batches in such parts."""
    found = "none"
    for name in ("tensorflow", "tensorflow-cpu", "tensorflow-macos"):
        with contextlib.suppress(PackageNotFoundError):
            found = version(name)
            break
    where = f"{platform.node()}, {os.cpu_count()} processors"
    return f"{where}, TensorFlow {found}, parts of batches: {parts_wanted()}"


def load() -> Calibration | None:
    """The measurement of this machine, None where there is none that can be used."""
    try:
        kept = _kept()
        found = Calibration(**{one.name: kept[one.name] for one in fields(Calibration)})
        numbers = [float(getattr(found, one.name)) for one in fields(found)]
    except (ValueError, TypeError, KeyError):
        return None
    return found if all(0 <= number < 1e12 for number in numbers) and found.step_s else None


def save(calibration: Calibration, **how: Any) -> None:
    """Keeps a measurement; a folder that cannot be written to is no reason to fail."""
    with contextlib.suppress(OSError):
        private_folder(home())
        found = {"machine": machine()} | asdict(calibration) | how
        write_private(home() / FILE, json.dumps(found))


def _kept() -> dict[str, Any]:
    """What is kept of this machine, with how it was measured; nothing of another."""
    try:
        kept = json.loads((home() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and kept.get("machine") == machine() else {}


def until_quiet() -> Iterator[None]:
    """Measures this machine where that is still to be done, and again later if others were at work
    meanwhile: what they take makes each time longer and none shorter, so the shortest counts.
    """
    for wait_s in ROUNDS_AFTER_S:
        kept = _kept()
        if load() and (kept.get("was_quiet") is True or _rounds(kept) >= len(ROUNDS_AFTER_S)):
            return
        due = time.monotonic() + wait_s
        while time.monotonic() < due:
            yield
        yield from measure()


def measure() -> Iterator[None]:
    """Measures this machine and keeps what was found, a second's work from one yield to the next.

    For a process that has TensorFlow already, and whose work can wait that long.
    """
    base = resident_bytes() or ROUGH.base_bytes
    timed, traces, others = [], [], []
    for architecture, batch in _probes():
        yield
        quiet = Others()
        timed.append(_timed(architecture, batch))
        others.append(quiet.share())
        traces.append((trace(architecture), batch))
    kept = _kept()
    if _rounds(kept):  # by now this process may have trained, and holds more than it began with
        base = min(base, kept["base_bytes"])
    timed = _shortest(timed, kept.get("probes"))
    times = [step_s for _, step_s in timed]
    firsts = [max(first_s - step_s, 0.0) for first_s, step_s in timed]
    rows = np.array([_costs(*one) for one in traces])
    step, layer, mac, byte = _not_negative(rows, np.array(times))
    layers = np.array([[1.0, len(traced.rows)] for traced, _ in traces])
    compile_s, compile_layer_s = _not_negative(layers, np.array(firsts))
    save(
        Calibration(max(step, 1e-5), layer, mac, byte, compile_s, compile_layer_s, base),
        probes=timed,
        rounds=_rounds(kept) + 1,
        was_quiet=max(others) < QUIET,
    )


def _rounds(kept: dict[str, Any]) -> int:
    """How often this machine was measured; 0 for a file of an earlier version, or none to use."""
    rounds = kept.get("rounds")
    return rounds if isinstance(rounds, int) and load() else 0


def _shortest(timed: list[tuple[float, float]], before: Any) -> list[tuple[float, float]]:
    """The shorter of both times of each probe; what cannot be read counts as not measured."""
    try:
        pairs = [(float(first_s), float(step_s)) for first_s, step_s in before]
    except (TypeError, ValueError):
        return timed
    if len(pairs) != len(timed) or not all(0 < one < 1e12 for pair in pairs for one in pair):
        return timed
    return [
        (min(now[0], then[0]), min(now[1], then[1])) for now, then in zip(timed, pairs, strict=True)
    ]


def resident_bytes() -> int | None:
    """The memory of this process that is in use now, where that can be known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return peak_bytes()


def peak_bytes() -> int | None:
    """The most memory this process has used so far, where that can be known."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024


def _costs(traced: Trace, batch: int, frozen: Collection[str] = ()) -> Numbers:
    """What a step is made of, in the order of the prices, which are those of there and back."""
    layers, macs = float(len(traced.rows)), float(traced.total_macs)
    size = float(traced.activation_bytes)
    if frozen and macs:
        paths, spared = forward_alone(traced, frozen), 1 - FORWARD_SHARE
        alone = [row for row in traced.rows if row.path in paths]
        macs *= total_training_macs(traced, frozen) / total_training_macs(traced)
        layers -= spared * len(alone)
        size -= spared * sum(row.activation_bytes for row in alone)
    return np.array([1.0, layers, batch * macs, batch * size])


def _probes() -> list[tuple[Architecture, int]]:
    """Networks that cost next to nothing, many layers, many MACs, and many bytes."""
    tiny = (8, 8, 1)
    same = Conv2D(4, 3, padding="same")
    head = (Flatten(), Dense(4))
    many = (same, BatchNormalization(), Activation("relu")) * 6
    macs = Conv2D(48, 3, padding="same", activation="relu")
    wide = (
        *(Conv2D(16, 1), BatchNormalization(), Activation("relu")),
        *(Conv2D(16, 3, padding="same"), BatchNormalization(), Activation("relu")),
        MaxPooling2D(2),
    )
    return [
        (Architecture("Tiny", tiny, (same, *head)), 8),
        (Architecture("Many layers", tiny, (*many, *head)), 8),
        (Architecture("Many MACs", (12, 12, 16), (macs, macs, macs, *head)), 64),
        (Architecture("Many bytes", (28, 28, 1), (*wide, *head)), 64),
    ]


def _timed(architecture: Architecture, batch: int) -> tuple[float, float]:
    """The time of the first step, which compiles, and the usual time of those that follow."""
    from cnn.training.engine.kept_machines import tidy
    from cnn.training.engine.machine import Machine
    from cnn.training.engine.tensorflow import parts_of

    images = CHUNK * batch
    noise = np.random.default_rng(0).integers(0, 256, (images, *architecture.input), np.uint8)
    split = Split(noise, np.arange(images, dtype=np.int64) % 4)
    machine = Machine(architecture, Configuration(), split, parts=parts_of(batch))
    order, rates = np.arange(images, dtype=np.int32), np.full(CHUNK, 1e-4, np.float32)
    has_graphics = bool(machine.tf.config.list_physical_devices("GPU"))
    clock = Clock(has_graphics)
    machine.steps(Chunk(order, 0, 1, batch, rates[:1], 0, CHUNK))
    first_s = clock.took_s()
    took: list[float] = []
    began = time.perf_counter()
    while len(took) < 3 or (time.perf_counter() - began < PROBE_S and len(took) < 50):
        clock = Clock(has_graphics)
        machine.steps(Chunk(order, 0, CHUNK, batch, rates, 0, CHUNK))
        took.append(clock.took_s() / CHUNK)
    del machine
    tidy()
    return first_s, float(np.quantile(took, 0.25))  # others may be at work on this machine too


class Others:
    """How much of this machine's processors all other programs have from here on."""

    def __init__(self) -> None:
        self._began, self._busy = time.perf_counter(), _busy_s()
        self._worked = time.process_time()

    def share(self) -> float:
        """From 0 to 1; 0 where it cannot be known."""
        now, took = _busy_s(), time.perf_counter() - self._began
        if now is None or self._busy is None:
            return 0.0
        others_s = now - self._busy - (time.process_time() - self._worked)
        return max(others_s, 0.0) / (took * (os.cpu_count() or 1))


def _busy_s() -> float | None:
    """The seconds that all processors have worked since this machine began, where Linux says so."""
    try:
        line = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0]
        user, nice, system, _idle, _waiting, *more = map(int, line.split()[1:9])
        return (user + nice + system + sum(more)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


class Clock:
    """How long something takes from here on, without the time that others had the processors.

    What only computes has one processor at least all the time: where less processor time than
    time went by, it waited for others. With a GPU, waiting is part of the work.
    """

    def __init__(self, has_graphics: bool) -> None:
        self._has_graphics = has_graphics
        self._began, self._worked = time.perf_counter(), time.process_time()

    def took_s(self) -> float:
        took = time.perf_counter() - self._began
        return took if self._has_graphics else min(took, time.process_time() - self._worked)


def _not_negative(rows: Numbers, wanted: Numbers) -> Sequence[float]:
    """The least squares of relative errors among prices of which none is below zero."""
    scaled = rows / wanted[:, None] if wanted.all() else rows
    best, least = np.zeros(rows.shape[1]), np.inf
    columns = range(rows.shape[1])
    for count in range(1, rows.shape[1] + 1):
        for chosen in itertools.combinations(columns, count):
            found = np.linalg.lstsq(scaled[:, chosen], np.ones(len(wanted)), rcond=None)[0]
            error = float(((scaled[:, chosen] @ found - 1) ** 2).sum())
            if (found >= 0).all() and error < least - 1e-12:
                best, least = np.zeros(rows.shape[1]), error
                best[list(chosen)] = found
    return [float(price) for price in best]
