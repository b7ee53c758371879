"""How often runs are drawn anew while they are trained, and what of them is shown at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run, State, Wish
from cnn.training.store.store import Store
from ui.components.news import Look, News

PACES = ((2.0, 0.5), (6.0, 1.0))
LATER_S = 2.0
"""After how many seconds what is shown of a run is old, by how long it has been trained: drawing
takes from the training, and a second of a long one changes little.
"""

OF_MANY_S = 3.0
"""The same of a comparison, which shows more at once."""

AT_ONCE_S, CALM_S = 0.06, 1.0
"""How often it is asked what a run does, at most and at least."""

PART = 0.1
"""Of the time that a run has been there, or has left: by that much its first point, or its end, may
be seen late.
"""

FIRST_STEPS = 2
"""A curve begins to be one."""

Seen = Run | Elsewhere


def every_s(found: Sequence[Seen]) -> float | None:
    """After how many seconds what is shown is old: never once none can change any more."""
    live = [run for run in found if run.is_live]
    if not live:
        return None
    youngest = min(run.progress.seconds for run in live)
    return next((every for until, every in PACES if youngest < until), LATER_S)


def news_of(store: Store, run_ids: Sequence[str]) -> Look:
    """What is shown of runs at once, whatever their pace."""

    def look() -> News:
        looked_up = [store.look_up(id) for id in run_ids]
        found = [run for run in looked_up if isinstance(run, Seen)]
        again_s = max(AT_ONCE_S, min([*map(_late_s, found), CALM_S]))
        return News(repr([_stage(run) for run in found]), again_s, every_s(found))

    return look


def news_of_recipes(
    store: Store, recipes: Sequence[str], elsewhere_ids: Sequence[str] = ()
) -> Look:
    """What is shown at once of a comparison: that a training of it begins or ends, or is to."""

    def look() -> News:
        others = [one for id in elsewhere_ids if isinstance(one := store.look_up(id), Seen)]
        found = [*store.find(recipes), *others]
        stages = [(run.id, run.state, run.wish) for run in found]
        return News(repr(stages), CALM_S, OF_MANY_S if any(run.is_live for run in found) else None)

    return look


def _stage(run: Seen) -> tuple[object, ...]:
    """What is another one with the first points, with what is wished, with a pause, and with the
    end. That it has begun to be built is not: drawing that would hold up the first point.
    """
    state = State.RUNNING if run.state is State.QUEUED else run.state
    return run.id, state, run.wish, min(run.progress.step, FIRST_STEPS)


def is_under_way(run: Seen) -> bool:
    """Whether nothing of it changes but how far it is, until its stage is another one."""
    return run.state is State.RUNNING and run.wish is Wish.RUN and run.progress.step >= FIRST_STEPS


def _late_s(run: Seen) -> float:
    """How late something may be seen that somebody waits for."""
    is_paused = run.state is State.PAUSED and run.wish is Wish.PAUSE
    if not run.is_live or is_paused:
        return CALM_S
    if run.wish is not Wish.RUN:
        return AT_ONCE_S
    if run.progress.step <= 1:
        return PART * (time.time() - run.created_at)
    left_s = run.progress.seconds_left
    return CALM_S if left_s is None else PART * left_s
