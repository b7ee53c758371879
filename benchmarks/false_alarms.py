"""How often the claims of a table are wrong, and how often they find what is there.

    .venv/bin/python benchmarks/false_alarms.py [TABLES]
    .venv/bin/python benchmarks/false_alarms.py grid [TABLES [IMAGES ...]]

The first prints what `docs/statistics.md` has, of simulated tables
(`tests/statistics/simulation.py`): networks that are as good as each other, in worlds that differ
in what varies. It takes about ten minutes with 2,000 tables a setting. The second is the whole
grid: 2 to 10 networks, 2 to 10 seeds, 200 to 10,000 images. Below three seeds the claims are of
trained networks alone. That takes hours; with 300 tables of 200 and of 1,000 images (`grid 300 200
1000`) about one. `tests/statistics` has a thinned grid of both. Wanted is what the page says of a
single table: where networks do not differ, at most one in twenty claims that some do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

# As the app does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from tests.statistics import other_claims
from tests.statistics.simulation import (
    FAILING,
    HARD,
    MIXED,
    ONE_FAILS,
    OWN_IMAGES,
    USUAL,
    WORLDS,
    World,
    false_alarms,
    false_alarms_of_growing,
    false_alarms_of_looks,
    false_alarms_of_taken_out,
    false_alarms_of_trained,
    false_alarms_of_unequal,
    power,
)

NETWORKS, SEEDS, IMAGES = range(2, 11), range(3, 11), (200, 1_000, 10_000)
LOOKS = ((3, 4, 5, 6, 7, 8, 9, 10), (3, 5, 10), (5, 10), (8, 9, 10))
TOLD = (
    *((2, 3, 200), (2, 5, 200), (2, 10, 200), (2, 3, 1_000), (2, 5, 1_000), (2, 10, 1_000)),
    *((4, 5, 1_000), (10, 3, 1_000), (10, 5, 1_000)),
)
"""Networks, seeds and images of the first table of the page."""
TOLD_LOOKS = (
    *(((5, 6, 7, 8, 9, 10), 200), ((5, 10), 200), ((3, 4, 5, 6, 7, 8, 9, 10), 200)),
    ((3, 4, 5, 6, 7, 8, 9, 10), 1_000),
    *(((3, 5, 10), 1_000), ((8, 9, 10), 1_000), ((10, 20, 40), 1_000)),
)
UNEQUAL = ((3, 10), (10, 3), (5, 10), (10, 5))
ASKED = ((0, 1), (0, 2), (2, 3))
TAKEN_OUT = ((4, 5), (10, 5))
MOST = 5
"""Per cent of tables that claim something."""


def main() -> None:
    """Prints the tables of `docs/statistics.md`, or the whole grid."""
    if sys.argv[1:2] == ["grid"]:
        tables, *counts = [int(one) for one in sys.argv[2:]] or [2_000]
        _grid(tables, tuple(counts) or IMAGES)
    else:
        _told(int(sys.argv[1]) if sys.argv[1:] else 2_000)
    goals.end()


def _told(tables: int) -> None:
    print(f"{tables:,} tables a setting; false alarms in percent of tables.\n")
    few = tables // 2

    def many(size: int) -> int:
        """How many of large tables are drawn."""
        return tables if size <= 50_000 else few

    worst = _table(
        "In one table",
        [f"{networks} networks, {seeds} seeds, {images:,}" for networks, seeds, images in TOLD],
        [
            lambda world, a=networks, b=seeds, c=images: false_alarms(
                world, a, b, c, tables=many(a * b * c)
            )
            for networks, seeds, images in TOLD
        ],
    )
    of = f"worst of {len(TOLD) * len(WORLDS)} settings, {tables:,} tables each"
    goals.held("false alarms of one table", worst, most=MOST, unit=" %", of=of)
    _table(
        "Looks",
        [f"{', '.join(map(str, looks))} seeds, {images:,}" for looks, images in TOLD_LOOKS],
        [
            lambda world, a=looks, b=images: false_alarms_of_looks(
                world, 2, a, b, tables=many(2 * max(a) * b)
            )
            for looks, images in TOLD_LOOKS
        ],
    )
    _table(
        "Unequal seeds, and pairs that are asked about",
        [
            *(f"{a} and {b} seeds, 1,000" for a, b in UNEQUAL),
            "3 pairs of 4 networks, 5 seeds, 1,000",
        ],
        [
            *(
                lambda world, both=both: false_alarms_of_unequal(world, both, 1_000, tables=tables)
                for both in UNEQUAL
            ),
            lambda world: false_alarms(world, 4, 5, 1_000, tables=tables, asked=ASKED),
        ],
    )
    _table(
        "Networks added one by one, 2 to 5, of 5 seeds, 1,000; of 10 seeds",
        ["5 seeds", "10 seeds"],
        [
            lambda world, seeds=seeds: false_alarms_of_growing(world, 5, seeds, 1_000, tables=few)
            for seeds in (5, 10)
        ],
        [USUAL, OWN_IMAGES, MIXED, HARD],
    )
    _table(
        "The best and the worst kept, 1,000; the others counted, and not",
        [
            f"of {networks}, {seeds} seeds{'' if are_counted else ', not'}"
            for networks, seeds in TAKEN_OUT
            for are_counted in (True, False)
        ],
        [
            lambda world, a=networks, b=seeds, c=are_counted: false_alarms_of_taken_out(
                world, a, b, 1_000, tables=few, are_counted=c
            )
            for networks, seeds in TAKEN_OUT
            for are_counted in (True, False)
        ],
    )
    _table(
        "Trained networks, 200",
        [f"{networks} networks, {seeds} seeds" for networks in (2, 4) for seeds in (1, 2)],
        [
            lambda world, a=networks, b=seeds: false_alarms_of_trained(world, a, b, 200, tables=few)
            for networks in (2, 4)
            for seeds in (1, 2)
        ],
        [USUAL, OWN_IMAGES, MIXED],
    )
    _table(
        "Failing seeds, 1,000",
        [f"{networks} networks, {seeds} seeds" for networks in (2, 10) for seeds in (3, 5, 10)],
        [
            lambda world, a=networks, b=seeds: false_alarms(world, a, b, 1_000, tables=few)
            for networks in (2, 10)
            for seeds in (3, 5, 10)
        ],
        [replace(FAILING, name=f"{share:.0%} of all", failing=share) for share in (0.1, 0.2, 0.5)],
    )
    _table(
        "Failing seeds of one network alone, 2 networks, 1,000",
        [f"{seeds} seeds" for seeds in (3, 5, 10)],
        [
            lambda world, seeds=seeds: false_alarms(world, 2, seeds, 1_000, tables=few)
            for seeds in (3, 5, 10)
        ],
        [replace(ONE_FAILS, name=f"{share:.0%}", failing=share) for share in (0.02, 0.05, 0.1)],
    )
    _powers(few, (1_000,))
    print("\nOther claims, of the settings of `tests/statistics/other_claims.py`:")
    for name, found in other_claims.all_of_them(10 * tables):
        print(f"- {name}: {100 * found:.1f} %", flush=True)


def _table(
    title: str,
    columns: Sequence[str],
    how: Sequence[Callable[[World], float]],
    worlds: Sequence[World] = WORLDS,
) -> float:
    """Prints per cent by world and setting; the worst of them."""
    worst = 0.0
    print(f"\n{title}:\n\n| world | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for world in worlds:
        found = [100 * one(world) for one in how]
        worst = max(worst, *found)
        print(f"| {world.name} | {' | '.join(f'{one:.1f}' for one in found)} |", flush=True)
    return worst


def _grid(tables: int, images_of: tuple[int, ...]) -> None:
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
    _powers(tables // 4, images_of)


def _powers(tables: int, images_of: tuple[int, ...]) -> None:
    """What so many seeds find of a difference of 3 points."""
    print("\n| world | images | " + " | ".join(f"{seeds} seeds" for seeds in range(3, 11)) + " |")
    print("|---|---:|" + "---:|" * 8)
    for world in (USUAL, MIXED):
        for images in images_of:
            found = [
                power(replace(world, accuracy=0.94, ahead=0.03), 4, seeds, images, tables=tables)
                for seeds in range(3, 11)
            ]
            line = " | ".join(f"{100 * one:.0f}" for one in found)
            print(f"| {world.name} | {images:,} | {line} |", flush=True)


if __name__ == "__main__":
    main()
