"""Fifty honest hand-ins, trained on machines that round otherwise: none is refused anywhere.

A machine is an instruction set of oneDNN and a number of threads, in a process of its own.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization, Conv2D, Dense, Flatten
from cnn.training.recipe.configuration import Optimizer, Schedule
from cnn.training.store.store import Store
from scripts.measure_replay import MACHINES
from tests.lessons.assignments.handed import SETTINGS, TINY, handed, trained

NORMED = Architecture(
    "Normed",
    (8, 8, 1),
    (
        Conv2D(4, 3, activation="relu"),
        BatchNormalization(),
        Conv2D(6, 3, activation="relu"),
        Flatten(),
        Dense(3, "softmax"),
    ),
)
RECIPES = [
    (TINY, SETTINGS),
    (TINY, replace(SETTINGS, optimizer=Optimizer.SGD, momentum=0.0)),
    (TINY, replace(SETTINGS, optimizer=Optimizer.RMSPROP, batch_size=8)),
    (TINY, replace(SETTINGS, schedule=Schedule.CONSTANT, learning_rate=0.02, epochs=6)),
    (TINY, replace(SETTINGS, steps=25)),
    (TINY, replace(SETTINGS, shift=0.1, rotation=10.0, mixup=0.2, label_smoothing=0.1)),
    (NORMED, SETTINGS),
    (NORMED, replace(SETTINGS, optimizer=Optimizer.ADAMW, epochs=5)),
    (NORMED, replace(SETTINGS, optimizer=Optimizer.SGD, learning_rate=0.1)),
    (NORMED, replace(SETTINGS, patience=2, epochs=8)),
]
HERE: dict[str, dict[str, str]] = {"as-it-is": {}} | MACHINES


def make(machine: str, folder: Path) -> None:
    """Trains each recipe here, and hands it in."""
    store = Store(f"sqlite:///{folder / machine}.sqlite")
    for place, (architecture, settings) in enumerate(RECIPES):
        seed = 1_000 * sorted(HERE).index(machine) + place
        run = trained(store, replace(settings, seed=seed), architecture)
        handed(store, run, folder / "in" / f"{machine}-{place}.zip", f"{machine} {place}")


def python(*words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.proof
def test_of_fifty_honest_hand_ins_none_is_refused_whatever_machine_trained_or_verifies(tmp_path):
    (tmp_path / "in").mkdir()
    for machine, here in HERE.items():
        python("-m", "tests.lessons.assignments.test_honest", machine, str(tmp_path), **here)
    verify = ("-m", "cnn", "verify", str(tmp_path / "in"), "--epochs", "all", "--json")

    for here in (HERE["as-it-is"], HERE["sse41-2"]):
        graded = json.loads(python(*verify, **here))["hand_ins"]

        assert len(graded) == 50
        assert {one["file"]: one["reason"] for one in graded if not one["accepted"]} == {}


if __name__ == "__main__":
    make(sys.argv[1], Path(sys.argv[2]))
