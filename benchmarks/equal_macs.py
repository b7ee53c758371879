"""What networks of the zoo get right beside another one, both trained with as many MACs.

Of each whose file in the zoo says so (`measured`): attention has to learn from the images that near
cells belong together, which a convolution is built with. What is printed here is what the file is
to say, and what Build shows.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cnn
from cnn.comparing.standings import Row
from cnn.network.zoo import zoo

DATA, SEEDS = "mnist-sample", 3


def main() -> None:
    """Print one line per network and seed, and the means."""
    print(f"{'network':14}{'seed':>5}{'epochs':>8}{'images':>8}{'right':>7}")
    for id, one in zoo().items():
        if one.measured is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = cnn.compare(
                (id, one.measured.beside),
                DATA,
                one.measured.epochs,
                seeds=SEEDS,
                budget="training-macs",
                store=f"sqlite:///{folder}/runs.sqlite",
            )
        for row in found.findings.rows:
            _lines(row)


def _lines(row: Row) -> None:
    shares = []
    for run in row.group.finished:
        result = run.result
        assert result
        shares.append(result.test_accuracy)
        right = round(result.test_accuracy * result.test_images)
        print(
            f"{run.name:14}{run.configuration.seed:>5}{result.epochs:>8}{result.test_images:>8,}"
            f"{right:>7,}",
            flush=True,
        )
    print(
        f"{row.trace.architecture.name:14}{'mean':>5}{statistics.mean(shares):>23.1%}", flush=True
    )


if __name__ == "__main__":
    main()
