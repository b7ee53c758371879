"""`python -m cnn doctor`: what this installation stands on, and what is wrong with it.

Every finding is measured now, by doing what the program would do; what is wrong says what to do.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cnn.commands.terminal import say_findings
from cnn.data import CATALOGUE, DataError, DatasetName, DatasetSpec, is_here, load
from cnn.data.sets import DRAWN
from cnn.entry import entry, frame_ancestors, operator_token
from cnn.memory import free_bytes
from cnn.numbers import exact
from cnn.settings import LEAST, WORDS, Executor, SettingError, executor, home, store_url, whole
from cnn.training.forecast import calibration
from cnn.training.recipe.run import LIVE, TAKES_RUNS, State
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.on_disk import kept_backups
from cnn.training.store.on_disk.store_file import log_bytes, store_file
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreError, shown_url
from cnn.training.upkeep.upkeep import Finding
from cnn.training.workers import ray_cluster, ray_private
from cnn.version import installing

ENTRY: dict[str, Callable[[], object]] = {
    "CNN_TOKEN": entry,
    "CNN_OPERATOR_TOKEN": operator_token,
    "CNN_FRAME_ANCESTORS": frame_ancestors,
}
"""Settings of who may come in, and what refuses one that cannot be."""

PYTHON = ((3, 11), (3, 13))
LIBRARIES = ("streamlit", "tensorflow", "keras", "numpy", "plotly", "sqlalchemy")
LITTLE_ROOM_BYTES = 1 << 30
LITTLE_MEMORY_BYTES = 1 << 30
DEVICES = """
from cnn.training.engine.tensorflow import import_tensorflow
tf = import_tensorflow()
print(*sorted(device.device_type for device in tf.config.list_physical_devices()))
"""
CLUSTER = """
import json, sys
from dataclasses import astuple
from cnn.training.workers.ray_cluster import ClusterError, join, nodes
try:
    ray = join(sys.stdin.read())
except ClusterError as error:
    sys.exit(str(error))
folder = ray.get_runtime_context().get_temp_dir()
print(json.dumps([ray.util.get_node_ip_address(), folder, *map(astuple, nodes(ray))]))
"""
PATIENCE_S = 180
INSTALL = f"Install what it needs: {installing()}"


def doctor(options: argparse.Namespace) -> int:
    """Prints all that was found as it is found; the status is 1 where something is wrong."""
    return say_findings(findings(options.store), options)


def findings(url: str | None = None) -> Iterator[Finding]:
    """Everything, one after the other; what takes longest comes last."""
    yield _python()
    for name in LIBRARIES:
        yield _library(name)
    yield from _settings()
    yield _room()
    yield _memory()
    yield from _store(url)
    yield _executor(url)
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
        trouble = ""
        if value and name in WORDS and value.lower() not in WORDS[name]:
            trouble = (
                f"It is none of {', '.join(WORDS[name])}, so it counts as not set. Set {name} to "
                "one of them."
            )
        if name in ENTRY:
            shown = "..." if name.endswith("_TOKEN") and value not in ("on", "off") else value
            try:
                ENTRY[name]()
            except SettingError as error:
                trouble = str(error)
        if value and name in LEAST and whole(name, value) is None:
            trouble = (
                f"A whole number of {LEAST[name]} or more is expected, so it counts as not set. "
                f"Set {name} to one."
            )
        if name == "CNN_DATA_DIR" and value and not Path(value).expanduser().is_dir():
            trouble = (
                "There is no such folder, so no data are read from it. Make it and put mnist.npz "
                "or the four idx files there, or set CNN_DATA_DIR to the folder that has them."
            )
        yield Finding("setting", f"{name}={shown}", trouble)


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
    yield _backup(url)
    states = ", ".join(workers) or "none is running"
    waiting = "1 training waits" if queued == 1 else f"{queued:,} trainings wait"
    words = f"workers: {states}; {waiting}"
    is_idle = queued and not any(one in TAKES_RUNS for one in workers)
    why = (_plain(ray_cluster.WRONG[one]) for one in workers if one in ray_cluster.WRONG)
    trouble = next(why, "Start the app, or: python -m cnn worker")
    yield Finding("executor", words, trouble if is_idle else "")


def _backup(url: str) -> Finding:
    """The last backup, and how the store is copied: a copy of its file alone may lack a lot."""
    file = store_file(url)
    if file is None:
        return Finding("backup", "made with the server's own programs, such as pg_dump")
    found = kept_backups.last(url)
    latest = f"the last one: {found.words}" if found else "none so far"
    beside = log_bytes(file)
    lacks = f"lacks the {beside:,} bytes of {file.name}-wal" if beside else "may lack what is new"
    return Finding(
        "backup",
        f"{latest}. Make one with: python -m cnn store backup FILE (a copy of {file.name} alone "
        f"{lacks})",
    )


def _executor(url: str | None) -> Finding:
    """Where trainings run; a Ray cluster is joined to see it, if one is there."""
    try:
        if executor() is Executor.LOCAL:
            return Finding("runs on", "this machine")
        ray_cluster.imported()
    except (SettingError, ray_cluster.ClusterError) as error:
        return Finding("runs on", os.environ["CNN_EXECUTOR"], str(error))
    words, url = f"Ray {version('ray')}", url or store_url()
    address = ray_cluster.cluster_address()
    if not address:
        return Finding("runs on", f"{words}, on this machine alone: the app starts a cluster here")
    words = f"{words} at {address}"
    ran = _apart(CLUSTER, url)
    if isinstance(ran, str):
        return Finding("runs on", words, ran)
    here, folder, *found = json.loads(ran.stdout.splitlines()[-1])
    nodes = [ray_cluster.Node(*values) for values in found]
    cpus, gpus = sum(node.cpus for node in nodes), sum(node.gpus for node in nodes)
    asked = ray_cluster.request(nodes)
    wrong = ray_cluster.what_is_wrong(nodes, here, url)
    return Finding(
        "runs on",
        f"{words}: {len(nodes)} nodes, {exact(cpus)} CPUs, {exact(gpus)} GPUs; a training asks for "
        f"{asked.cpus} CPUs, {asked.gpus} GPUs",
        _plain(ray_cluster.WRONG[wrong]) if wrong else ray_private.what_is_open(Path(folder)),
    )


def _plain(words: str) -> str:
    return words.replace("`", "")


def _data(name: DatasetName) -> Finding:
    title = CATALOGUE[name].title
    if name in DRAWN:
        usual = DRAWN[name]
        many = f"{usual.samples:,} and {usual.test_samples:,} images"
        return Finding("data", f"{title}: {many}, drawn by code when they are asked for")
    if not is_here(DatasetSpec(name)):
        return Finding("data", f"{title}: not here, will be downloaded when it is asked for")
    try:
        data = load(DatasetSpec(name))
    except DataError as error:
        return Finding("data", f"{title}: cannot be read", str(error))
    learn = len(data.train) + len(data.validation)
    return Finding("data", f"{title}: {learn:,} and {len(data.test):,} images, {data.origin}")


def _devices() -> Finding:
    ran = _apart(DEVICES)
    if isinstance(ran, str):
        words = f"TensorFlow does not start: {ran}"
        return Finding("devices", words, f"{INSTALL}, into a fresh environment.")
    found = ran.stdout.split()
    graphics = found.count("GPU")
    words = f"{graphics} GPU" + "s" * (graphics != 1) if graphics else "processors only, no GPU"
    return Finding("devices", f"TensorFlow trains on: {words}")


def _apart(code: str, given: str = "") -> subprocess.CompletedProcess[str] | str:
    """Runs what may take its process with it when it is broken; its last words where it failed.

    What it is given it reads: what a program was started with, all users of the machine can see.
    """
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[2]
    try:
        ran = subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            cwd=root,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not answer within {PATIENCE_S} s"
    if ran.returncode:
        return (ran.stderr.strip().splitlines() or [f"status {ran.returncode}"])[-1][:300]
    return ran


def _estimates() -> Finding:
    with contextlib.suppress(SettingError):
        if executor() is Executor.RAY:
            return Finding("estimates", "rough: the nodes of a Ray cluster are not measured")
    if calibration.load() is None:
        return Finding("estimates", "rough: the first worker of the app measures this machine")
    return Finding("estimates", f"by a measurement of this machine in {home()}")
