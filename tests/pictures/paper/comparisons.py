"""Comparisons to write papers of: a made one with any names, and the one that ships."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cnn.comparing.answers import Answers, answers
from cnn.comparing.comparison import Entrant, Plan, groups
from cnn.comparing.findings import Findings, findings
from cnn.network.zoo import entry, zoo
from cnn.training.recipe.run import Run
from cnn.training.store import archive
from cnn.training.store.store import Store
from tests.comparing.test_comparison import DEMO, LENET, SETTINGS, run
from tests.comparing.test_export import found
from tests.comparing.test_standings import epochs

IMAGES = {"train": 5_000, "validation": 1_000, "test": 200}
MACHINE = {
    "program": "0.1.0",
    "keras": "3.99",
    "tensorflow": "2.98",
    "numpy": "2.97",
    "python": "3.96",
    "processor": "A processor",
    "processors": 95,
}


def recorded(entrant: Entrant, seed: int, test: float) -> Run:
    return replace(
        run(entrant, seed, test=test),
        data_fingerprint="abc123" * 10,
        images={"train": 5_000, "validation": 1_000, "test": 1_000},
        environment=MACHINE,
    )


def named(name: str) -> Findings:
    """Two networks, the first of that name."""
    odd = replace(LENET, architecture=replace(LENET.architecture, name=name))
    runs = [recorded(LENET, 0, 0.9), recorded(LENET, 1, 0.8), recorded(DEMO, 0, 0.7)]
    return found(*runs, entrants=(odd, DEMO))


@cache
def judged() -> Findings:
    """Three networks, four seeds each, one of them better; answers to 200 images."""
    chance = np.random.default_rng(8)
    labels = np.arange(200) % 10
    others = [entry(id).architecture for id in ("simple-cnn", "tiny-vgg")]
    entrants = (LENET, *(Entrant(one.name, one) for one in others))
    right = {one.id: (0.97, 0.8, 0.79)[place] for place, one in enumerate(entrants)}
    runs, kept = [], {}
    for one in entrants:
        for seed in range(4):
            hits = chance.random(200) < right[one.id]
            run = recorded(one, seed, float(hits.mean()))
            assert run.result is not None
            result = replace(run.result, test_images=200)
            runs.append(replace(run, images=IMAGES, result=result))
            kept[run.id] = Answers(np.where(hits, labels, -1), np.ones(200, np.float32), labels)
    curves = {run.id: epochs(0.5, 0.96) for run in runs}
    plan = Plan(entrants, SETTINGS, 4)
    return findings(plan, groups(plan, runs), curves, lambda run: kept[run.id])


def shipped_findings() -> Findings:
    """Five networks, five seeds each, on all of MNIST: as Compare opens it. Takes 15 seconds."""
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'runs.sqlite'}")
        runs = [one for id in archive.take_in_shipped(store) if (one := store.get(id))]
        ids = {one.architecture: id for id, one in zoo().items()}
        networks = dict.fromkeys(one.architecture for one in runs)
        seeds = {one.configuration.seed for one in runs}
        entrants = tuple(Entrant(ids[one], one) for one in networks)
        plan = Plan(entrants, runs[0].configuration, len(seeds))
        epochs = store.epochs([one.id for one in runs])
        told = findings(plan, groups(plan, runs), epochs, lambda one: answers(store, one))
        store.close()
    return told
