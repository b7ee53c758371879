"""What networks of the zoo get right beside another one, both trained with as many MACs.

Of each whose file in the zoo says so (`measured`): attention has to learn from the images that near
cells belong together, which a convolution is built with. What is printed here is what the file is
to say, and what Build shows; wanted is that the other one is ahead, as it is there.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cnn
from benchmarks import goals
from cnn.comparing.standings import Row
from cnn.network.zoo import entry, zoo

DATA, SEEDS = "mnist-sample", goals.rounds(3, 2)


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
        shares = {row.trace.architecture.name: _shares(row) for row in found.findings.rows}
        own, other = (entry(name).architecture.name for name in (id, one.measured.beside))
        ratios = [b / a for a, b in zip(shares[own], shares[other], strict=True)]
        told = f"right at equal MACs, {other}"
        goals.held(told, ratios, least=1, beside=own, of=f"{SEEDS} seeds")
    goals.end()


def _shares(row: Row) -> list[float]:
    """What each run had right, printed with its mean."""
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
    return shares


if __name__ == "__main__":
    main()
