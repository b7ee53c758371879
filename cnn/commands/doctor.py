"""`python -m cnn doctor`: what this installation stands on, and what is wrong with it.

Every finding is measured now, by doing what the program would do; what is wrong says what to do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cnn.data import CATALOGUE, DataError, DatasetName, DatasetSpec, is_here, load
from cnn.training import calibration
from cnn.training.limits import free_bytes
from cnn.training.places import home, store_url
from cnn.training.presence import worker_states
from cnn.training.run import LIVE, State, WorkerState
from cnn.training.store import Store
from cnn.training.store_error import StoreError, shown_url

PYTHON = ((3, 11), (3, 13))
LIBRARIES = ("streamlit", "tensorflow", "keras", "numpy", "plotly", "sqlalchemy")
NUMBERS = ("CNN_WORKERS", "CNN_MAX_PARAMS", "CNN_MAX_EPOCHS", "CNN_MAX_QUEUE", "CNN_MAX_UPLOAD_MB")
LITTLE_ROOM_BYTES = 1 << 30
LITTLE_MEMORY_BYTES = 1 << 30
DEVICES = """
from cnn.training.machine import import_tensorflow
tf = import_tensorflow()
print(*sorted(device.device_type for device in tf.config.list_physical_devices()))
"""
DEVICES_S = 180
INSTALL = "Install what is pinned: pip install -r requirements.txt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `trouble` says what is wrong with it and what to do."""

    topic: str
    words: str
    trouble: str = ""


def doctor(options: argparse.Namespace) -> int:
    """Prints all that was found as it is found; the status is 1 where something is wrong."""
    found = []
    for finding in findings(options.store):
        found.append(finding)
        if not options.json:
            mark = "!" if finding.trouble else " "
            print(f"{mark} {finding.topic:10} {finding.words}", flush=True)
            if finding.trouble:
                print(f"  {'':10} -> {finding.trouble}", flush=True)
    wrong = [finding for finding in found if finding.trouble]
    if options.json:
        print(json.dumps({"findings": [asdict(one) for one in found], "wrong": len(wrong)}))
    else:
        print(f"{len(wrong)} of {len(found)} need attention." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0


def findings(url: str | None = None) -> Iterator[Finding]:
    """Everything, one after the other; what takes longest comes last."""
    yield _python()
    for name in LIBRARIES:
        yield _library(name)
    yield from _settings()
    yield _room()
    yield _memory()
    yield from _store(url)
    for name in CATALOGUE:
        if name is not DatasetName.OWN_IMAGES:
            yield _data(name)
    yield _devices()
    yield _estimates()


def _python() -> Finding:
    lowest, highest = PYTHON
    words = f"Python {sys.version.split()[0]}"
    if lowest <= sys.version_info[:2] <= highest:
        return Finding("version", words)
    supported = f"{'.'.join(map(str, lowest))} to {'.'.join(map(str, highest))}"
    return Finding("version", words, f"TensorFlow is used with Python {supported}. Install one.")


def _library(name: str) -> Finding:
    try:
        return Finding("version", f"{name} {version(name)}")
    except PackageNotFoundError:
        return Finding("version", f"{name} is not installed", f"{INSTALL}.")


def _settings() -> Iterator[Finding]:
    for name in sorted(os.environ):
        if not name.startswith("CNN_"):
            continue
        value = os.environ[name]
        shown = shown_url(value) if name == "CNN_STORE" else value
        is_number = value.strip().lstrip("-").isdecimal()
        wrong = value and name in NUMBERS and not is_number
        trouble = f"A whole number is expected, so it counts as not set. Set {name} to one."
        yield Finding("setting", f"{name}={shown}", trouble if wrong else "")


def _room() -> Finding:
    folder = home()
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return Finding("disk", str(folder), f"It cannot be looked at: {error.strerror}.")
    words = f"{free / 2**30:,.1f} GiB free for {folder}"
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Finding(
            "disk", words, f"{there} cannot be written to. Allow it, or set CNN_HOME to a folder."
        )
    if free < LITTLE_ROOM_BYTES:
        return Finding("disk", words, "Make room, or set CNN_HOME to a folder on another disk.")
    return Finding("disk", words)


def _memory() -> Finding:
    free = free_bytes()
    if free is None:
        return Finding("memory", "how much is free cannot be seen here")
    words = f"{free / 2**30:,.1f} GiB free, {os.cpu_count()} processors"
    trouble = "A worker needs about 1 GiB. Close other programs, or set CNN_WORKERS=0."
    return Finding("memory", words, trouble if free < LITTLE_MEMORY_BYTES else "")


def _store(url: str | None) -> Iterator[Finding]:
    url = url or store_url()
    try:
        store = Store(url)
        live, queued = store.count(LIVE), store.count([State.QUEUED])
        yield Finding("store", f"{shown_url(url)}: {store.count():,} runs, {live:,} of them live")
        workers = worker_states(store)
        store.close()
    except StoreError as error:
        yield Finding("store", shown_url(url), str(error))
        return
    states = ", ".join(workers) or "none is running"
    waiting = "1 training waits" if queued == 1 else f"{queued:,} trainings wait"
    words = f"workers: {states}; {waiting}"
    is_idle = queued and not any(one is not WorkerState.FOREGROUND for one in workers)
    trouble = "Start the app, or: python -m cnn worker" if is_idle else ""
    yield Finding("executor", words, trouble)


def _data(name: DatasetName) -> Finding:
    title = CATALOGUE[name].title
    if not is_here(DatasetSpec(name)):
        return Finding("data", f"{title}: not here, will be downloaded when it is asked for")
    try:
        data = load(DatasetSpec(name))
    except DataError as error:
        return Finding("data", f"{title}: cannot be read", str(error))
    learn = len(data.train) + len(data.validation)
    return Finding("data", f"{title}: {learn:,} and {len(data.test):,} images, {data.origin}")


def _devices() -> Finding:
    """Asked for in a process of its own, as a broken TensorFlow may take its process with it."""
    command = [sys.executable, "-c", DEVICES]
    root = Path(__file__).parents[2]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=DEVICES_S, cwd=root, check=False
        )
    except subprocess.TimeoutExpired:
        trouble = f"{INSTALL}, into a fresh environment."
        return Finding("devices", f"TensorFlow did not start within {DEVICES_S} s", trouble)
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"status {ran.returncode}"])[-1]
        trouble = f"{INSTALL}, into a fresh environment."
        return Finding("devices", f"TensorFlow does not start: {last[:200]}", trouble)
    found = ran.stdout.split()
    graphics = found.count("GPU")
    words = f"{graphics} GPU" + "s" * (graphics != 1) if graphics else "processors only, no GPU"
    return Finding("devices", f"TensorFlow trains on: {words}")


def _estimates() -> Finding:
    if calibration.load() is None:
        return Finding("estimates", "rough: the first worker of the app measures this machine")
    return Finding("estimates", f"by a measurement of this machine in {home()}")
