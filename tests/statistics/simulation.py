"""Tables of networks that are drawn, not trained, in which it is known who is better.

Whether a seed of a network gets an image right is a threshold on a sum: the network's level, how
easy the image is for all, for that network, for that seed, and luck. So expected accuracy over new
seeds and new images is known: the normal distribution's, by the level and all the variances.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from cnn.comparing.sign_flip import p_of
from cnn.comparing.significance import LEVEL, Answered, answered, least_p, level_at

Bools = npt.NDArray[np.bool_]
AT_ONCE = 20_000_000
GUESSED = 0.1
"""How often a seed is right that has learnt nothing, of ten classes."""


@dataclass(frozen=True, slots=True)
class World:
    """What varies how much (standard deviations on the scale of the threshold), around which
    accuracy. The first network may be `ahead`, or have seeds that are `loud` where others are calm.
    A share of seeds may be `failing`: they guess among ten classes. Those of all networks, whose
    other seeds have the accuracy; or those of the first alone, whose other seeds make up for it.
    """

    name: str
    image: float
    own: float
    seed: float
    luck: float
    loud: float | None = None
    accuracy: float = 0.95
    ahead: float = 0.0
    failing: float = 0.0
    only_first_fails: bool = False

    def tables(
        self, count: int, networks: int, seeds: int, images: int, rng: np.random.Generator
    ) -> Iterator[Bools]:
        """Some tables at a time: tables x networks x seeds x images, right or wrong."""
        by_seed = np.full(networks, self.seed)
        by_seed[0] = self.seed if self.loud is None else self.loud
        wanted = np.full(networks, self.accuracy)
        wanted[0] += self.ahead
        fails = np.full(networks, self.failing)
        if self.only_first_fails:
            fails[1:] = 0.0
            wanted[0] = (wanted[0] - self.failing * GUESSED) / (1 - self.failing)
        all_of_it = np.sqrt(self.image**2 + self.own**2 + by_seed**2 + self.luck**2)
        level = (norm.ppf(wanted) * all_of_it).astype(np.float32)[:, None, None]
        size = max(1, AT_ONCE // (networks * seeds * images))
        for start in range(0, count, size):
            many = min(size, count - start)

            def normal(*shape: int, many: int = many) -> npt.NDArray[np.float32]:
                return rng.standard_normal((many, *shape), dtype=np.float32)

            found = normal(networks, seeds, images)
            found *= np.float32(self.luck)
            found += (
                level
                + np.float32(self.image) * normal(1, 1, images)
                + np.float32(self.own) * normal(networks, 1, images)
                + by_seed.astype(np.float32)[:, None, None] * normal(networks, seeds, 1)
            )
            right = found > 0
            if self.failing:
                failed = rng.random((many, networks, seeds)) < fails[:, None]
                right[failed] = rng.random((int(failed.sum()), images)) < GUESSED
            yield right


USUAL = World("usual", image=1.5, own=0.5, seed=0.1, luck=0.7)
LOUD_SEEDS = World("seeds far apart", image=1.5, own=0.3, seed=0.5, luck=0.5)
OWN_IMAGES = World("own hard images", image=1.0, own=1.0, seed=0.0, luck=0.3)
MIXED = World("mixed", image=1.0, own=0.7, seed=0.12, luck=0.3)
LUCK = World("luck alone", image=0.0, own=0.0, seed=0.0, luck=1.0)
ONE_LOUD = World("one far apart", image=1.5, own=0.5, seed=0.02, luck=0.5, loud=0.5)
ONE_LOUDER = replace(ONE_LOUD, name="one farther apart", loud=1.0)
ONE_LOUDEST = replace(ONE_LOUD, name="one farthest apart", loud=1.5)
FAILING = replace(USUAL, name="one seed in ten fails", failing=0.1)
HARD = World("hard images", image=1.0, own=0.7, seed=0.12, luck=0.5, accuracy=0.6)
EASY = World("nearly all right", image=1.2, own=0.6, seed=0.1, luck=0.5, accuracy=0.99)
WORLDS = (
    *(USUAL, LOUD_SEEDS, OWN_IMAGES, MIXED, LUCK, ONE_LOUD, ONE_LOUDER, ONE_LOUDEST, FAILING),
    *(HARD, EASY),
)
ONE_FAILS = replace(
    USUAL, name="seeds of one alone fail", accuracy=0.85, failing=0.1, only_first_fails=True
)
"""Not among the worlds in which the rule holds: where no failing seed was drawn, nobody knows."""


def reduced(right: Bools) -> list[Answered]:
    """Each network of many tables, as the rule takes it."""
    return [answered(right[:, place]) for place in range(right.shape[1])]


def claimed(first: Answered, second: Answered, level: float) -> Bools:
    """For each table, whether the rule calls the two different: `over_seeds(...).is_real`, told
    sooner, as the test image by image is asked only where the two others have said yes.
    """
    found = least_p(first, second) < level
    for table in np.flatnonzero(found):
        ours, theirs = first.hits[table], second.hits[table]
        differences = ours * second.seeds - theirs * first.seeds
        found[table] = p_of(differences) < level
    return np.asarray(found)


def claims_of(
    right: Bools, level: float = LEVEL, asked: Sequence[tuple[int, int]] | None = None
) -> Bools:
    """For each table and each pair, or each that is asked about, whether it is claimed; they share
    the level.
    """
    networks = reduced(right)
    pairs = list(asked or itertools.combinations(range(len(networks)), 2))
    return np.stack(
        [claimed(networks[a], networks[b], level / len(pairs)) for a, b in pairs], axis=1
    )


def false_alarms(
    world: World,
    networks: int,
    seeds: int,
    images: int,
    *,
    tables: int,
    seed: int = 0,
    asked: Sequence[tuple[int, int]] | None = None,
) -> float:
    """The share of tables with any claim, where all networks are as good as each other."""
    assert not world.ahead
    rng = np.random.default_rng([seed, networks, seeds, images])
    return float(
        np.concatenate(
            [
                claims_of(right, asked=asked).any(axis=1)
                for right in world.tables(tables, networks, seeds, images, rng)
            ]
        ).mean()
    )


def false_alarms_of_unequal(
    world: World, seeds: tuple[int, int], images: int, *, tables: int, seed: int = 0
) -> float:
    """The same for two networks of which one has more seeds than the other."""
    assert not world.ahead
    rng = np.random.default_rng([seed, *seeds, images])
    found = []
    for right in world.tables(tables, 2, max(seeds), images, rng):
        first, second = (answered(right[:, place, :own]) for place, own in enumerate(seeds))
        found.append(claimed(first, second, LEVEL))
    return float(np.concatenate(found).mean())


def false_alarms_of_growing(
    world: World, networks: int, seeds: int, images: int, *, tables: int, seed: int = 0
) -> float:
    """The share of tables with any claim, where one begins with two networks, adds one after the
    other, and believes what any of these tables says.
    """
    rng = np.random.default_rng([seed, networks, seeds, images])
    found = []
    for right in world.tables(tables, networks, seeds, images, rng):
        grown = [claims_of(right[:, :many]).any(axis=1) for many in range(2, networks + 1)]
        found.append(np.any(grown, axis=0))
    return float(np.concatenate(found).mean())


def false_alarms_of_looks(
    world: World,
    networks: int,
    looks: Sequence[int],
    images: int,
    *,
    tables: int,
    seed: int = 0,
) -> float:
    """The same where one looks after so many seeds, then after more, and believes any look: each
    has the level that pages give it.
    """
    rng = np.random.default_rng([seed, networks, max(looks), images])
    found = []
    for right in world.tables(tables, networks, max(looks), images, rng):
        any_look = np.zeros(len(right), bool)
        for look, seeds in enumerate(looks, start=1):
            any_look |= claims_of(right[:, :, :seeds], level_at(look)).any(axis=1)
        found.append(any_look)
    return float(np.concatenate(found).mean())


def false_alarms_of_taken_out(
    world: World,
    networks: int,
    seeds: int,
    images: int,
    *,
    tables: int,
    are_counted: bool = True,
    seed: int = 0,
) -> float:
    """The share of tables with a claim where one keeps the best and the worst of all networks, and
    takes the others out; these count all the same, or do not, as before.
    """
    rng = np.random.default_rng([seed, networks, seeds, images])
    level = LEVEL / comb(networks, 2) if are_counted else LEVEL
    found = []
    for right in world.tables(tables, networks, seeds, images, rng):
        means, each = right.mean(axis=(2, 3)), np.arange(len(right))
        best, worst = (right[each, place(axis=1)] for place in (means.argmax, means.argmin))
        found.append(claimed(answered(best), answered(worst), level))
    return float(np.concatenate(found).mean())


def power(
    world: World, networks: int, seeds: int, images: int, *, tables: int, seed: int = 0
) -> float:
    """Of the pairs of the first network, which is ahead, with another: the share claimed."""
    assert world.ahead
    rng = np.random.default_rng([seed, networks, seeds, images])
    found = [
        claims_of(right)[:, : networks - 1]
        for right in world.tables(tables, networks, seeds, images, rng)
    ]
    return float(np.concatenate(found).mean())


def false_alarms_of_trained(
    world: World, networks: int, seeds: int, images: int, *, tables: int, seed: int = 0
) -> float:
    """The share of tables with a claim on trained networks, where all of these are as good as each
    other: seeds that differ in expected accuracy have no place in it.
    """
    rng = np.random.default_rng([seed, networks, seeds, images])
    level = LEVEL / (networks * (networks - 1) // 2)
    found = []
    alike = replace(world, seed=0.0, loud=None, failing=0.0)
    for right in alike.tables(tables, networks, seeds, images, rng):
        sums = right.sum(axis=2, dtype=np.int32)
        found += [
            any(p_of(one - other) < level for one, other in itertools.combinations(table, 2))
            for table in sums
        ]
    return float(np.mean(found))


def most(tables: int) -> float:
    """5 % and three standard errors of so many tables."""
    return float(LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / tables))
