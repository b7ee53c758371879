"""The networks that were trained beside those of a table: under the same conditions, in the same
store, and not shown. Who leaves a network out after its result is known has looked at it all the
same, so that `claims` counts it.

Runs that came from an archive count where one of those shown came from one too: what ships is there
because a page was opened, and nobody chose among it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from cnn.comparing import budget
from cnn.comparing.comparison import SETTLED, Entrant, Group, Plan
from cnn.comparing.sweep import DATA, of_share
from cnn.network.caching import remembered
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.run import Run, State, recipe
from cnn.training.store import run_rows
from cnn.training.store.archive import ELSEWHERE
from cnn.training.store.store import Store
from cnn.training.store.tables import runs


def beside(store: Store, plan: Plan, found: Sequence[Group], swept: str = "") -> tuple[Group, ...]:
    """Each of them with its runs that ended by themselves, the first of each seed.

    Where a setting is `swept`, these are its other values, of the same network; of the data it is
    the share of the images to train.
    """
    shown = [run for group in found for run in group.finished]
    if not shown:
        return ()
    own = {_network(one.run or one, plan.of(one, 0)) for one in plan.entrants}
    are_from_archives = any(ELSEWHERE in run.environment for run in shown)
    marks: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for run in shown:
        marks[run.architecture.input].add(run.data_fingerprint)
    others: dict[str, dict[tuple[int, State], Run]] = defaultdict(dict)
    networks = {_network(one, Configuration()) for one in plan.entrants}
    for run in _under(store, plan, swept):
        network = _network(run, run.configuration)
        of_this_size = marks.get(run.architecture.input)
        if (
            network not in own
            and (not swept or _network(run, Configuration()) in networks)
            and (are_from_archives or ELSEWHERE not in run.environment)
            and (swept == DATA or of_this_size is None or run.data_fingerprint in of_this_size)
        ):
            others[network].setdefault((run.configuration.seed, run.state), run)
    return tuple(
        Group(Entrant(network, by_seed[0].architecture), by_seed)
        for network, found_runs in others.items()
        for by_seed in [tuple(found_runs.values())]
    )


def _network(of: Run | Entrant, configuration: Configuration) -> str:
    """What all seeds of a network have in common, and its name does not change."""
    return recipe(of.architecture, replace(configuration, seed=0))


def _under(store: Store, plan: Plan, swept: str) -> Iterable[Run]:
    """The runs that ended by themselves under the conditions of a plan, whatever their seed."""
    there = (
        runs.c.dataset == data_id(plan.configuration.dataset),
        runs.c.state.in_(SETTLED),
        runs.c.continues == "",
    )
    with store.begin() as connection:
        texts = connection.execute(select(runs.c.configuration).where(*there).distinct())
        alike = [text for text in texts.scalars() if _may_be_under(plan, _settings(text), swept)]
        query = select(runs).where(*there, runs.c.configuration.in_(alike))
        rows = connection.execute(query.order_by(runs.c.created_at)).mappings().all()
    return [run for run in run_rows.readable(rows) if _is_under(plan, run)]


# Many runs share their settings, and a page reads them twice a second.
@remembered(2_000)
def _settings(text: str) -> Configuration | None:
    try:
        return Configuration.from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None  # of another version


def _may_be_under(plan: Plan, own: Configuration | None, swept: str) -> bool:
    """Whether settings are those of the plan; equal MACs give each network a length of its own."""
    if own is None:
        return False
    if plan.budget.equal in budget.COUNTED:
        own = replace(own, epochs=plan.configuration.epochs, steps=0)
        return _is_alike(own, plan.configuration)
    asked = [plan.of(one, 0) for one in plan.entrants if one.run is None]
    if swept == DATA:
        share = own.dataset.portion.share
        asked = [replace(one, dataset=of_share(one, share)) for one in asked]
    elif swept:
        asked = [replace(one, **{swept: getattr(own, swept)}) for one in asked]
    return any(_is_alike(own, one) for one in asked)


def _is_under(plan: Plan, run: Run) -> bool:
    """Whether the plan would have trained this network so."""
    if plan.budget.equal not in budget.COUNTED:
        return True
    if not (images := run.images.get("train")):
        return False
    try:
        given = budget.given(plan.budget, run.architecture, plan.configuration, images)
    except ConfigurationError:
        return False
    return _is_alike(run.configuration, given)


def _is_alike(own: Configuration, other: Configuration) -> bool:
    """Whether two are the same but for their seeds."""
    return own == replace(other, seed=own.seed)
