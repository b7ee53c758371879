"""How far honest trainings are from the same ones done again on other machines, measured.

    python -m scripts.measure_replay [FOLDER]

Trains each of the recipes under each machine, does every epoch again under each other one, and
prints the largest distances. `cnn/lessons/assignments/tolerance.py` has its limits from here. A
machine is an instruction set of oneDNN and a number of threads, so each has a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from cnn.data import DatasetName, DatasetSpec, load
from cnn.data.portion import Portion
from cnn.lessons.assignments import checks, hand_in, tolerance
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.opened import opened
from cnn.lessons.assignments.replay import Distance, Replay
from cnn.lessons.challenges import goals
from cnn.lessons.progress import Standing
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnn.network.zoo import entry
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.run import ASSIGNMENT
from cnn.training.store.store import Store

MACHINES = {
    "as-it-is-1": {"TF_NUM_INTRAOP_THREADS": "1"},
    "sse41-2": {"ONEDNN_MAX_CPU_ISA": "SSE41", "TF_NUM_INTRAOP_THREADS": "2"},
    "avx2-4": {"ONEDNN_MAX_CPU_ISA": "AVX2", "TF_NUM_INTRAOP_THREADS": "4"},
    "without-onednn": {"TF_ENABLE_ONEDNN_OPTS": "0", "TF_NUM_INTRAOP_THREADS": "2"},
}
SAMPLE, SHAPES = DatasetSpec(DatasetName.MNIST_SAMPLE), DatasetSpec(DatasetName.SHAPES)
PART = DatasetSpec(DatasetName.MNIST_SAMPLE, portion=Portion(0.2))
DROPPING = Architecture(
    "Dropping",
    (12, 12, 1),
    (
        Conv2D(8, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dropout(0.3),
        Dense(3, "softmax"),
    ),
)
SGD, RMSPROP, ADAMW = Optimizer.SGD, Optimizer.RMSPROP, Optimizer.ADAMW
RECIPES = {
    "lenet-5 adam": ("lenet-5", Configuration(SAMPLE, epochs=3)),
    "lenet-5 rmsprop": ("lenet-5", Configuration(SAMPLE, epochs=2, optimizer=RMSPROP)),
    "lenet-5 sgd": ("lenet-5", Configuration(SAMPLE, epochs=2, optimizer=SGD)),
    "lenet-5 small batches": ("lenet-5", Configuration(SAMPLE, epochs=2, batch_size=8)),
    "resnet-lite adamw": ("resnet-lite", Configuration(PART, epochs=2, optimizer=ADAMW)),
    "vgg-lite augmented": (
        "vgg-lite",
        Configuration(PART, epochs=2, shift=0.1, rotation=10.0, mixup=0.2, label_smoothing=0.1),
    ),
    "dropout": (DROPPING, Configuration(SHAPES, epochs=6)),
    "constant rate": (
        DROPPING,
        Configuration(SHAPES, epochs=6, schedule=Schedule.CONSTANT, learning_rate=0.01),
    ),
    "mnist": ("lenet-5", Configuration(DatasetSpec(DatasetName.MNIST), epochs=1)),
}


def made(machine: str, folder: Path) -> None:
    """Trains all recipes here, and puts their hand-ins into the folder."""
    store = Store(f"sqlite:///{folder / machine}.sqlite")
    for name, (of, configuration) in RECIPES.items():
        architecture = of if isinstance(of, Architecture) else entry(of).architecture
        task = Assignment("Measured", goals.read("test>0.1"), configuration.dataset)
        files = {ASSIGNMENT: task.text.encode()}
        run = store.add(architecture, configuration, worker="here", files=files)
        run = fit.carry_out(store, run)
        with (folder / f"{name}@{machine}.zip").open("wb") as into:
            hand_in.write(store, run, into, name=name, answer="", standing=Standing())


def measured(folder: Path) -> dict[str, dict[str, float]]:
    """Each hand-in done again here: how far it is, in each of the ways that have a limit."""
    found = {}
    for path in sorted(folder.glob("*.zip")):
        one = opened(path)
        data = load(one.assignment.data, one.run.architecture.input)
        replay = Replay(one, data)
        epochs = range(1, len(one.curve) + 1)
        far = [replay.distance(epoch) for epoch in epochs]
        result = one.run.result
        assert result
        looks = [
            (replay.measured(e.epoch, data.validation), e.val_loss, e.val_accuracy)
            for e in one.curve
        ]
        test = replay.measured(checks.tested_epoch(one), data.test)
        looks.append((test, result.test_loss, result.test_accuracy))
        found[path.stem] = {
            "fresh": replay.fresh_distance(),
            "first steps": max(map(replay.first_steps_distance, epochs)),
            "loss": max(abs(m.loss - loss) / (1 + loss) for m, loss, _ in looks),
            "turned": max(abs(m.right - round(share * m.images)) for m, _, share in looks),
            "ties": max(m.ties for m, _, _ in looks),
            "epoch loss": max(each.loss for each in far),
            "epoch accuracy": max(each.accuracy for each in far),
            "way": max(each.way for each in far),
            "memory": max(each.memory for each in far),
            "of its spread": max(map(partial(_of_spread, replay), far)),
        }
        replay.close()
    return found


def _of_spread(replay: Replay, far: Distance) -> float:
    """How far an epoch is as a share of how far rounding carries it, where it is not near."""
    if far.way <= tolerance.EPOCH_WAY:
        return 0.0
    spread = (replay.spread(far.epoch, chance).way for chance in range(tolerance.SPREADS))
    return far.way / max(spread)


def main() -> None:
    """All of it, each machine in processes of its own."""
    match sys.argv[1:]:
        case ["made", machine, folder]:
            made(machine, Path(folder))
        case ["measured", folder]:
            print(json.dumps(measured(Path(folder))))
        case words:
            with TemporaryDirectory() as spare:
                _all(Path(words[0] if words else spare))


def _all(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for machine, here in MACHINES.items():
        if len(list(folder.glob(f"*@{machine}.zip"))) == len(RECIPES):
            continue
        _run(["made", machine, str(folder)], here)
    most: dict[str, dict[str, float]] = {}
    for machine, here in MACHINES.items():
        for name, far in json.loads(_run(["measured", str(folder)], here)).items():
            recipe, _, trained = name.partition("@")
            print(f"{recipe:22} {trained:14} again {machine:14}", _words(far), flush=True)
            kept = most.setdefault(recipe, dict.fromkeys(far, 0.0))
            for key, value in far.items():
                kept[key] = max(kept[key], value)
    print()
    for recipe, far in most.items():
        print(f"{recipe:22}", _words(far))


def _words(far: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.2g}" for name, value in far.items())


def _run(words: list[str], here: dict[str, str]) -> str:
    command = [sys.executable, "-m", "scripts.measure_replay", *words]
    done = subprocess.run(
        command,
        env=os.environ | here,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
