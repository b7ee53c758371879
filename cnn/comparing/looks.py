"""How often networks may have been looked at before all of their seeds were there, by when these
were begun. Pure.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from math import inf

from cnn.comparing.comparison import SETTLED, Group
from cnn.comparing.significance import FEWEST_SEEDS
from cnn.training.recipe.run import State

PAUSE_S = 60.0
"""Seeds begun so long after all earlier ones had ended may have been added after a look; a program
that trains one after the other takes less, if the machine is not very busy.
"""


def looks(found: Sequence[Group], others: Sequence[Group] = ()) -> int:
    """How often any two of these networks may have been looked at, by when their seeds came."""
    batches = batches_of([*found, *others])
    pairs = itertools.combinations([group.entrant.id for group in found], 2)
    return max((looks_at(pair, batches) for pair in pairs), default=1)


def looks_at(pair: tuple[str, str], batches: Sequence[Counter[str]]) -> int:
    """How often these two, by id: once, and once more for each time that one of them got seeds
    after both could be judged.
    """
    had: Counter[str] = Counter()
    count = 1
    for batch in batches:
        could_be_judged = all(had[id] >= FEWEST_SEEDS for id in pair)
        count += could_be_judged and any(batch[id] for id in pair)
        had.update(batch)
    return count


def batches_of(whole: Sequence[Group]) -> list[Counter[str]]:
    """How many finished seeds of each network came together, between two pauses in which nothing
    was trained under these conditions.
    """
    named = [
        (run, group.entrant.id)
        for group in whole
        for run in group.runs
        if run and run.state in SETTLED
    ]
    batches: list[Counter[str]] = []
    over = -inf
    for run, id in sorted(named, key=lambda one: one[0].created_at):
        if run.created_at > over + PAUSE_S:
            batches.append(Counter())
        batches[-1][id] += run.state is State.FINISHED
        over = max(over, run.finished_at or run.created_at)
    return batches
