"""Stores for tests of the files that they are in."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    CHECKPOINT,
    MODEL,
    PREDICTIONS,
    SNAPSHOT,
    TRACEBACK,
    WATCHED,
    WEIGHTS,
    WEIGHTS_AFTER,
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
)
from cnn.training.store.store import Store
from cnn.training.store.tables import runs

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
ROOT = Path(__file__).parents[2]
MB = 1_000_000
DAY = 86_400.0
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)
VERSION_2 = (Path(__file__).parent / "store_version_2.sql").read_text()
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="kills processes, asks who may read")
HALF_WAY = """
import sys, time
from pathlib import Path
from cnn.training.store.on_disk import store_file
from cnn.training.upkeep import backups, restoring

store_file.PAGES_AT_ONCE = 64

def tell(share):
    if share > 0.5:
        print("half", flush=True)
        time.sleep(600)

{what}(sys.argv[1], Path(sys.argv[2]), tell)
"""


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def filled(file: Path, runs: int = 10, *, each_bytes: int = 0) -> str:
    """The URL of a store with so many runs that have ended, each with a file of so many bytes."""
    store = Store(url_of(file))
    for _ in range(runs):
        run = store.add(DEMO, SETTINGS)
        store.finish(run.id, State.STOPPED)
        if each_bytes:
            store.keep_file(run.id, "ballast", bytes(each_bytes))
    store.close()
    return store.url


def runs_in(file: Path) -> int:
    """How many runs a file holds, as SQLite alone reads it."""
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute("select count(*) from runs").fetchone()
        return int(count)


def all_of(file: Path) -> list[str]:
    """Everything in a database, as SQLite writes it out."""
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


def copied_alone(file: Path, target: Path) -> Path:
    """The file as a person copies it who knows of nothing beside it."""
    return Path(shutil.copyfile(file, target))


def of_version_2(file: Path) -> None:
    """A store as it was made by that version."""
    with closing(sqlite3.connect(file)) as database:
        database.executescript(VERSION_2)


def damage(file: Path) -> None:
    """Writes over the second half of a file, as a failing disk may."""
    content = bytearray(file.read_bytes())
    half = len(content) // 2
    content[half:] = b"\x5a" * (len(content) - half)
    file.write_bytes(content)


def killed_half_way(what: str, url: str, given: Path) -> None:
    """Ends a process without a word, in the middle of its work."""
    process = subprocess.Popen(
        [sys.executable, "-c", HALF_WAY.format(what=what), url, str(given)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process.stdout as said:
        assert said.readline() == "half\n"
        process.kill()
    assert process.wait() == -signal.SIGKILL


def step(number: int) -> Step:
    return Step(number, number / 10, 1.0, 0.5, 0.01, number / 100)


def trained(
    store: Store, state: State = State.FINISHED, *, days_ago: float, steps: int = 20
) -> Run:
    """A run with all that one may keep, which ended so long ago."""
    run, steps = store.add(DEMO, SETTINGS, worker="me"), 20
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    store.record(
        run.id,
        [step(number) for number in range(1, steps + 1)],
        Progress(3, steps, steps),
        gradients=[GradientNorms(10, {"conv2d_1": 0.123456789})],
    )
    for number in (1, 2):
        files = {f"{SNAPSHOT}000{number}": bytes(1_000), f"{WEIGHTS_AFTER}000{number}": bytes(500)}
        store.record_epoch(run.id, Epoch(number, 1.0, 0.5, 1.1, 0.4, 2.0), files)
    others = {WATCHED: bytes(200), WEIGHTS: bytes(400), MODEL: bytes(600), PREDICTIONS: bytes(50)}
    store.keep_files(run.id, others | {TRACEBACK: bytes(5)})
    store.keep_files(run.id, {CHECKPOINT: bytes(2_000)}, Checkpoint(3, steps, 0.1))
    result = RESULT if state is State.FINISHED else None
    store.finish(run.id, state, "It ended.", result)
    with store.begin() as connection:
        at = time.time() - days_ago * DAY
        connection.execute(update(runs).where(runs.c.id == run.id).values(finished_at=at))
    found = store.get(run.id)
    assert found
    return found
