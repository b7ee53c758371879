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
"""After how many seconds a run is drawn again, by how long it has been trained: drawing its curves
takes from its training, and a second of a long one changes little.
"""

SOON_S, AT_ONCE_S, CALM_S = 2.0, 0.15, 1.0
"""How often it is asked what a run does: often at its first point and its last, which somebody
waits for.
"""
NEW_S = 30.0
"""A run that has waited for longer than that is not asked for its first point so often."""

Seen = Run | Elsewhere


def every_s(found: Sequence[Seen]) -> float | None:
    """After how many seconds runs are drawn again: not at all once none can change any more."""
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
        again_s = AT_ONCE_S if any(map(_is_waited_for, found)) else CALM_S
        return News(repr([_stage(run) for run in found]), again_s)

    return look


def _stage(run: Seen) -> tuple[str, ...]:
    """What is another one with the first point, with what is wished, and with the end."""
    phase = "" if run.progress.step > 1 else run.progress.phase
    return run.id, run.state, run.wish, str(min(run.progress.step, 2)), phase


def _is_waited_for(run: Seen) -> bool:
    """Whether something of it comes in a moment that somebody waits for."""
    if not run.is_live:
        return False
    if run.wish is not Wish.RUN:
        return run.state is not State.PAUSED
    if run.progress.step <= 1:
        return time.time() - run.created_at < NEW_S
    left_s = run.progress.seconds_left
    return left_s is not None and left_s < SOON_S
