"""What was measured of transfer: the test images that are right, with new weights, at each border.

`scripts/measure_transfer.py` wrote it; nothing of it is typed in by hand.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from cnn.lessons.transfer import Case, Own, begun, cases, conditions, head_first, network
from cnn.training.recipe.run import State
from cnn.training.store.store import Store

FILE = Path(__file__).with_name("measured.json")
SEEDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Right:
    """How many of so many test images were right, a number for each seed, after training on so many
    others.
    """

    train: int
    images: int
    by_seed: tuple[int, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(one / self.images for one in self.by_seed)

    @property
    def mean(self) -> float:
        return fmean(self.shares)


@cache
def measured() -> Mapping[Case, Right]:
    """What was measured, as it was kept."""
    return {
        Case(Own(one["own"]), one["freeze"], one["epochs"]): Right(
            one["train"], one["images"], tuple(one["right"])
        )
        for one in json.loads(FILE.read_text(encoding="utf-8"))
    }


def text_of(found: Mapping[Case, Right]) -> str:
    """What was measured, as it is kept."""
    lines = [
        json.dumps(
            case._asdict() | {"train": one.train, "images": one.images, "right": list(one.by_seed)}
        )
        for case, one in found.items()
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def measure(case: Case, seeds: Sequence[int] = SEEDS) -> Right:
    """Trains one of the cases with each seed, in a store of its own."""
    from cnn.training.engine.fit import carry_out

    own, freeze, epochs = case
    begin = None if freeze is None else begun(own, freeze, head_first(freeze, epochs))
    right, images, train = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/runs.sqlite")
        for seed in seeds:
            configuration = conditions(own, seed, begin.start if begin else None, epochs)
            files = begin.files if begin else {}
            run = store.add(network(own), configuration, worker="measure_transfer", files=files)
            done = carry_out(store, run)
            assert done.state is State.FINISHED, done.message
            assert done.result is not None
            images, train = done.result.test_images, done.images["train"]
            right.append(round(done.result.test_accuracy * images))
    return Right(train, images, tuple(right))


def measure_all() -> dict[Case, Right]:
    """All of them, a line for each as it is done."""
    found = {}
    for case in cases():
        found[case] = measure(case)
        print(*case, found[case].by_seed, f"{found[case].mean:.1%}", flush=True)
    return found
