"""What a training by the command line takes beyond what it has to: LeNet-5, the MNIST sample.

`python -m cnn train lenet-5 --epochs 5` as a process, from its start to its end, less the training
that it tells of (compiling, validation and test in it), less what importing TensorFlow alone takes
as a process. The two take turns.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals

ROOT = Path(__file__).parents[1]
ROUNDS, MOST_S = goals.rounds(5, 2), 1.5
IMPORT = ("-c", "import tensorflow")
TRAIN = ("-m", "cnn", "train", "lenet-5", "--data", "mnist-sample", "--epochs", "5")
TOLD = re.compile(r"after ([\d.]+) s of training")


def process(arguments: tuple[str, ...], home: str) -> tuple[float, str]:
    """How long it took, and what it said."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"CNN_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - began, done.stdout


def main() -> None:
    """Print a line for each round, and what is wanted of their median."""
    beyond = []
    with tempfile.TemporaryDirectory() as home:
        process(TRAIN, home)  # the machine is measured for the estimate, once
        print(
            f"{'whole process':>14}{'training':>10}{'import tensorflow':>19}{'beyond':>8}   seconds"
        )
        for _ in range(ROUNDS):
            imported, _ = process(IMPORT, home)
            took, said = process(TRAIN, home)
            found = TOLD.search(said)
            assert found, said
            training = float(found[1])
            beyond.append(took - training - imported)
            print(f"{took:14.2f}{training:10.2f}{imported:19.2f}{beyond[-1]:8.2f}", flush=True)
    goals.held("cnn train beyond import and training", beyond, most=MOST_S, unit=" s")
    goals.end()


if __name__ == "__main__":
    main()
