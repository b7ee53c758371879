"""Train the depth experiment that ships, and write its runs to one file.

    CNN_HOME=/tmp/depth .venv/bin/python -m scripts.train_depth

Plain and residual networks at each usual depth, over two seeds, under the conditions that the
page Experiments begins with. What is in the store already is taken as it is, so that it can be cut
off and begun again.
"""

import sys

from cnn.training import archive, fit
from cnn.training.comparison import Group, groups, missing
from cnn.training.depth import shipped_plan
from cnn.training.store import Store


def main() -> int:
    """Train what is missing, write, and print what came of it."""
    store, plan = Store(), shipped_plan()

    def found() -> list[Group]:
        return groups(plan, store.find(plan.recipes()))

    for entrant, configuration in missing(plan, found()):
        run = fit.carry_out(store, store.add(entrant.architecture, configuration, worker="script"))
        accuracy = f"{run.result.test_accuracy:.1%} right" if run.result else run.message
        print(f"{run.name}, seed {configuration.seed}: {run.state}, {accuracy}", flush=True)
    finished = [run.id for group in found() for run in group.finished]
    if len(finished) < len(plan.recipes()):
        print("Not all have finished: nothing is written.", file=sys.stderr)
        return 1
    content = archive.packed(store, finished)
    archive.Shipped.DEPTH.file.write_bytes(content)
    print(f"{archive.Shipped.DEPTH.file}: {len(content):,} bytes, {len(finished)} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
