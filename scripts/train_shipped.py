"""Train results that ship, and write their runs to one file.

    CNN_HOME=/tmp/shipped .venv/bin/python -m scripts.train_shipped depth
    CNN_HOME=/tmp/shipped .venv/bin/python -m scripts.train_shipped comparison

`depth`: plain and residual networks at each usual depth, under the conditions that the page
Experiments begins with. `comparison`: five networks of the zoo on all of MNIST, as the page Compare
opens it. Both over five seeds, as with fewer little can be told. What is in the store already is
taken as it is, so that it can be cut off and begun again; but seeds that are begun later count as
added after a look, with a quarter of the level.
"""

import sys

from cnn.comparing.comparison import Entrant, Group, Plan, groups, missing
from cnn.comparing.depth import SEEDS_TO_SHIP, shipped_plan
from cnn.comparing.looks import looks
from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.engine import fit
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import archive
from cnn.training.store.archive import Shipped
from cnn.training.store.store import Store

COMPARED = ("lenet-5", "simple-cnn", "resnet-lite", "vgg-lite", "alexnet-lite")


def plan_of(which: Shipped) -> Plan:
    """What is trained."""
    if which is Shipped.DEPTH:
        return shipped_plan()
    configuration = Configuration(DatasetSpec(DatasetName.MNIST), epochs=3)
    entrants = tuple(Entrant(id, entry(id).architecture) for id in COMPARED)
    return Plan(entrants, configuration, SEEDS_TO_SHIP)


def main(which: Shipped) -> int:
    """Train what is missing, write, and print what came of it."""
    store, plan = Store(), plan_of(which)

    def found() -> list[Group]:
        return groups(plan, store.find(plan.recipes()))

    for entrant, configuration in missing(plan, found()):
        run = fit.carry_out(store, store.add(entrant.architecture, configuration, worker="script"))
        accuracy = f"{run.result.test_accuracy:.1%} right" if run.result else run.message
        print(f"{run.name}, seed {configuration.seed}: {run.state}, {accuracy}", flush=True)
    trained = found()
    finished = [run.id for group in trained for run in group.finished]
    if len(finished) < len(plan.recipes()):
        print("Not all have finished: nothing is written.", file=sys.stderr)
        return 1
    content = archive.packed(store, finished)
    which.file.write_bytes(content)
    print(f"{which.file}: {len(content):,} bytes, {len(finished)} runs, look {looks(trained)}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in [[one.value] for one in Shipped]:
        sys.exit(f"Which? One of: {', '.join(Shipped)}.")
    sys.exit(main(Shipped(sys.argv[1])))
