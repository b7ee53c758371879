"""How often the claims of a table are wrong, and how often they find what is there: the full grid.

    .venv/bin/python benchmarks/false_alarms.py [TABLES [IMAGES ...]]

Simulated tables (`tests/statistics/simulation.py`): 2 to 10 networks that are as good as each
other, 2 to 10 seeds, 200 to 10,000 images, in worlds that differ in what varies. Below three seeds
the claims are of trained networks alone. `tests/statistics` has a thinned grid of the same, and
`docs/statistics.md` what this gave. It takes hours with 2,000 tables a setting; with 300 tables of
200 and of 1,000 images (`300 200 1000`) about one.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

# As the app does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.statistics.simulation import (
    MIXED,
    USUAL,
    WORLDS,
    false_alarms,
    false_alarms_of_looks,
    false_alarms_of_trained,
    power,
)

NETWORKS, SEEDS, IMAGES = range(2, 11), range(3, 11), (200, 1_000, 10_000)
LOOKS = ((3, 4, 5, 6, 7, 8, 9, 10), (3, 5, 10), (5, 10), (8, 9, 10))


def main() -> None:
    """Prints the tables of `docs/statistics.md`."""
    tables, *counts = [int(one) for one in sys.argv[1:]] or [2_000]
    images_of = tuple(counts) or IMAGES
    print(f"{tables:,} tables a setting; false alarms in percent of tables.\n")
    print("| world | networks | seeds | images | false alarms, % |")
    print("|---|---:|---:|---:|---:|")
    for world in WORLDS:
        for images in images_of:
            for networks in NETWORKS:
                for seeds in (1, 2, *SEEDS):
                    how = false_alarms_of_trained if seeds < min(SEEDS) else false_alarms
                    found = how(world, networks, seeds, images, tables=tables)
                    line = (world.name, networks, seeds, f"{images:,}", f"{100 * found:.2f}")
                    print("|", " | ".join(map(str, line)), "|", flush=True)
    print("\n| world | looks after seeds | images | false alarms, % |")
    print("|---|---|---:|---:|")
    for world in WORLDS:
        for images in images_of[:2]:
            for looks in LOOKS:
                found = false_alarms_of_looks(world, 2, looks, images, tables=tables)
                when = ", ".join(map(str, looks))
                print(f"| {world.name} | {when} | {images:,} | {100 * found:.2f} |", flush=True)
    powers(tables, images_of)


def powers(tables: int, images_of: tuple[int, ...]) -> None:
    """What so many seeds find of a difference of 3 points."""
    print("\n| world | images | " + " | ".join(f"{seeds} seeds" for seeds in range(3, 11)) + " |")
    print("|---|---:|" + "---:|" * 8)
    for world in (USUAL, MIXED):
        for images in images_of:
            found = [
                power(
                    replace(world, accuracy=0.94, ahead=0.03), 4, seeds, images, tables=tables // 4
                )
                for seeds in range(3, 11)
            ]
            line = " | ".join(f"{100 * one:.0f}" for one in found)
            print(f"| {world.name} | {images:,} | {line} |", flush=True)


if __name__ == "__main__":
    main()
