"""A curve of very many steps as few points: read whole once, then only what is new of it.

A page asks twice a second, and to read 100,000 steps takes it a tenth of one. Points are the lowest
and the highest loss of every stretch of steps, and the last step. Stretches are powers of two long,
so that those of a growing curve are put together from shorter ones, and the extremes stay exact.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from cnn.training.recipe.run import Step
from cnn.training.store import rows
from cnn.training.store.row_checks import are_whole
from cnn.training.store.tables import steps

MOST_CURVES = 32


class Curves:
    """The points of the curves asked for lately. Lost, or used by two threads, they are as good."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[Step]] = {}

    def thinned(self, connection: Connection, run_id: str, at_most: int) -> list[Step]:
        """The steps of a run, or between half and all of so many points of them."""
        this = (steps.c.run_id == run_id) & are_whole(connection, steps, "run_id")
        newest = select(steps.c.step).where(this).order_by(steps.c.step.desc()).limit(1)
        last = connection.execute(newest).scalar() or 0
        if last <= at_most:
            return rows.steps_from(connection, run_id, 0)
        length = stretch_length(last, at_most)
        known = self._known.pop((run_id, at_most), [])
        new = rows.steps_from(connection, run_id, known[-1].step) if known else []
        if new and new[0] == known[-1]:  # else it was cut off and resumed since: begin anew
            points = [*known, *new[1:]]
        else:
            points = rows.extreme_steps(connection, run_id, length)
        found = thinned(points, length)
        self._known[run_id, at_most] = found
        while len(self._known) > MOST_CURVES:
            self._known.pop(next(iter(self._known)), None)
        return found


def stretch_length(last: int, at_most: int) -> int:
    """The shortest power of two that gives at most so many points, two for each stretch; of fewer
    than two there is no such.
    """
    length = 1
    while (last // length + 1) * 2 > max(at_most, 2):
        length *= 2
    return length


def thinned(points: Sequence[Step], length: int) -> list[Step]:
    """The lowest and the highest loss of each stretch, and the last point."""
    lowest: dict[int, Step] = {}
    highest: dict[int, Step] = {}
    for point in points:
        place = point.step // length
        if place not in lowest or point.loss < lowest[place].loss:
            lowest[place] = point
        if place not in highest or point.loss > highest[place].loss:
            highest[place] = point
    kept = {one.step: one for one in (*lowest.values(), *highest.values(), *points[-1:])}
    return [kept[step] for step in sorted(kept)]
