"""Whether the challenges that come along can be reached: trains a network for each that does.

    python benchmarks/challenges.py

Measured on two cores, each with seed 0: shapes 99.7 % of 300 test images with 763 parameters;
of the MNIST sample's 1,000 test images 98.4 % with 8,946 parameters (Small and sharp), 97.2 % with
149,408 MACs (On a small battery), 98.2 % after two epochs (In a hurry), 98.6 % with 22 layers and
27,166 parameters (Deep and light).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cnn.lessons.catalogue import challenges
from cnn.lessons.challenges import goals
from cnn.network.trace import trace
from cnn.training.engine import fit
from cnn.training.store.store import Store
from tests.lessons.reached import REACHED


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'runs.sqlite'}")
        for one in challenges():
            architecture, configuration = REACHED[one.title]
            run = None
            if configuration:
                run = store.add(architecture, configuration, worker="benchmark")
                run = fit.carry_out(store, run)
            judged = goals.judged(one.goals, trace(architecture), run)
            said = ", ".join(
                f"{j.goal.measure} {goals.shown_value(j.goal, j.value or 0)}" for j in judged
            )
            print(f"{one.title}: {'passed' if all(j.is_met for j in judged) else 'NOT'}, {said}")


if __name__ == "__main__":
    main()
