"""How often the claims of a table are wrong, and how often they find what is there.

A thinned grid with fixed seeds; `benchmarks/false_alarms.py` has the full one, and
`docs/statistics.md` what that gave.
"""

from dataclasses import replace

import numpy as np
import pytest

from cnn.comparing import verdict_words
from cnn.comparing.significance import answered, over_seeds
from tests.some import some
from tests.statistics.simulation import (
    EASY,
    FAILING,
    HARD,
    LOUD_SEEDS,
    LUCK,
    MIXED,
    ONE_FAILS,
    ONE_LOUD,
    ONE_LOUDER,
    ONE_LOUDEST,
    OWN_IMAGES,
    USUAL,
    World,
    claimed,
    false_alarms,
    false_alarms_of_looks,
    false_alarms_of_taken_out,
    false_alarms_of_trained,
    false_alarms_of_unequal,
    most,
    power,
)

TABLES = 2_000
WIDE = 400
"""Tables of many networks or many images, which take their time."""


@pytest.mark.parametrize(
    "drawn",
    some(
        [
            (OWN_IMAGES, 2, 3, 200, TABLES),
            (OWN_IMAGES, 2, 5, 200, TABLES),
            (OWN_IMAGES, 2, 10, 200, TABLES),
            (MIXED, 2, 10, 200, TABLES),
            (USUAL, 2, 10, 200, TABLES),
            (LOUD_SEEDS, 2, 10, 200, TABLES),
            (ONE_LOUD, 2, 5, 200, TABLES),
            (ONE_LOUD, 2, 5, 1_000, TABLES),
            (ONE_LOUDER, 2, 5, 200, TABLES),
            (ONE_LOUDEST, 2, 5, 200, TABLES),
            (ONE_LOUDEST, 2, 3, 1_000, TABLES),
            (ONE_LOUDEST, 2, 5, 1_000, TABLES),
            (FAILING, 2, 3, 200, TABLES),
            (FAILING, 4, 5, 200, TABLES),
            (HARD, 2, 5, 200, TABLES),
            (EASY, 2, 5, 200, TABLES),
            (LUCK, 2, 3, 200, TABLES),
            (OWN_IMAGES, 4, 3, 200, TABLES),
            (MIXED, 4, 5, 1_000, WIDE),
            (OWN_IMAGES, 10, 5, 200, WIDE),
            (LOUD_SEEDS, 2, 3, 10_000, WIDE),
        ],
        (OWN_IMAGES, 2, 3, 200, TABLES),
        (MIXED, 2, 10, 200, TABLES),
        (ONE_LOUDEST, 2, 5, 1_000, TABLES),
        (FAILING, 4, 5, 200, TABLES),
        (LUCK, 2, 3, 200, TABLES),
        (OWN_IMAGES, 4, 3, 200, TABLES),
        (OWN_IMAGES, 10, 5, 200, WIDE),
    ),
    ids=str,
)
def test_of_tables_without_a_difference_at_most_one_in_twenty_claims_one(
    drawn: tuple[World, int, int, int, int],
):
    world, networks, seeds, images, tables = drawn
    assert false_alarms(world, networks, seeds, images, tables=tables) <= most(tables)


@pytest.mark.parametrize(
    ("world", "seeds"),
    [
        *((ONE_LOUDEST, (3, 10)), (ONE_LOUDEST, (10, 3)), (OWN_IMAGES, (3, 10))),
        *((MIXED, (10, 5)), (LOUD_SEEDS, (3, 10)), (FAILING, (3, 10))),
    ],
    ids=str,
)
def test_so_it_is_where_one_network_has_more_seeds(world: World, seeds: tuple[int, int]):
    assert false_alarms_of_unequal(world, seeds, 200, tables=TABLES) <= most(TABLES)


LOOKS = (3, 4, 5, 6, 7, 8, 9, 10)


@pytest.mark.parametrize("world", [OWN_IMAGES, ONE_LOUDEST], ids=str)
def test_so_it_is_of_the_pairs_that_an_experiment_asks_about(world: World):
    asked = [(0, 1), (0, 2), (2, 3)]

    assert false_alarms(world, 4, 5, 200, tables=TABLES, asked=asked) <= most(TABLES)


@pytest.mark.parametrize("looks", some([LOOKS, (5, 10)], LOOKS))
@pytest.mark.parametrize("world", [USUAL, OWN_IMAGES, MIXED, ONE_LOUD, ONE_LOUDER], ids=str)
def test_so_it_is_for_who_adds_seeds_and_looks_again(world: World, looks: tuple[int, ...]):
    assert false_alarms_of_looks(world, 2, looks, 200, tables=TABLES) <= most(TABLES)


@pytest.mark.parametrize("looks", [(5, 6, 7, 8, 9, 10), (5, 10)])
def test_so_it_is_where_the_seeds_of_one_network_are_farthest_apart(looks: tuple[int, ...]):
    """With half of the level for each look, not a quarter, 6.9 % and 7.8 % of six looks."""
    assert false_alarms_of_looks(ONE_LOUDEST, 2, looks, 200, tables=TABLES) <= most(TABLES)


def test_who_begins_with_three_seeds_there_is_wrong_a_little_more_often():
    """The one known exception of looks, which docs/statistics.md names with its figure: 6.6 %."""
    assert false_alarms_of_looks(ONE_LOUDEST, 2, LOOKS, 200, tables=TABLES) <= 0.08


@pytest.mark.parametrize("world", [OWN_IMAGES, LOUD_SEEDS, ONE_LOUDEST], ids=str)
@pytest.mark.parametrize("networks", [4, 10])
def test_so_it_is_for_who_keeps_the_best_and_the_worst(world: World, networks: int):
    """As `claims` counts those that are not shown (`tests/comparing/test_verdict.py`). Before, with
    1,000 images up to 17 % of tables of four networks claimed something, and 55 % of those of ten.
    """
    found = false_alarms_of_taken_out(world, networks, 5, 200, tables=WIDE)

    assert found <= most(WIDE)


def test_of_who_does_so_and_counts_two_networks_alone_more_are_wrong():
    found = false_alarms_of_taken_out(OWN_IMAGES, 10, 5, 200, tables=WIDE, are_counted=False)

    assert found > 3 * most(WIDE)


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize(("world", "networks"), [(OWN_IMAGES, 2), (MIXED, 4)], ids=str)
def test_so_it_is_for_trained_networks(world: World, networks: int, seeds: int):
    assert false_alarms_of_trained(world, networks, seeds, 200, tables=500) <= most(500)


@pytest.mark.parametrize("seeds", [3, 5])
def test_a_share_of_failing_seeds_is_missed_as_often_as_the_page_says(seeds: int):
    """Which is how often a network looks better than it is, and no test can know."""
    tables = WIDE
    missed = (1 - ONE_FAILS.failing) ** seeds

    found = false_alarms(ONE_FAILS, 2, seeds, 1_000, tables=tables)

    assert found <= missed + 3 * np.sqrt(missed * (1 - missed) / tables)
    assert found >= missed / 2


@pytest.mark.parametrize("seeds", [3, 4, 5])
def test_so_many_seeds_find_what_the_pages_say(seeds: int):
    ahead = replace(USUAL, accuracy=0.94, ahead=0.03)
    tables = 300
    said = verdict_words.FOUND[seeds] / 100

    found = power(ahead, 4, seeds, 1_000, tables=tables)

    at_least = max(said, 0.005)  # 0 is what rounds to it
    sure = 3 * np.sqrt(at_least * (1 - at_least) / tables)
    assert found == pytest.approx(said, abs=0.005 + sure)


def test_the_spread_of_seeds_there_is_what_the_pages_say():
    rng = np.random.default_rng(0)
    (right,) = replace(USUAL, accuracy=0.95).tables(100, 4, 10, 1_000, rng)

    spread = 100 * right.mean(axis=-1).std(axis=-1, ddof=1).mean()

    assert spread == pytest.approx(verdict_words.SPREAD, abs=0.05)


def test_what_is_simulated_is_what_the_pages_use():
    """Table by table, the page's own function says the same as the quick one of the simulation."""
    rng = np.random.default_rng(1)
    world = replace(OWN_IMAGES, accuracy=0.9, ahead=0.06)
    (right,) = world.tables(150, 2, 4, 120, rng)
    first, second = answered(right[:, 0]), answered(right[:, 1])

    found = claimed(first, second, 0.05)

    one_by_one = [
        over_seeds(answered(table[0]), answered(table[1]), 0.05).is_real for table in right
    ]
    assert found.tolist() == one_by_one
    assert 20 < found.sum() < 130  # both kinds are there
