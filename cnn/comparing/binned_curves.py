"""The steps of many runs as means over stretches of equal length, made by the database itself.

A mean over a stretch is a smoothing that lags behind nothing and depends on nothing but its length.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from cnn.comparing.mean_curves import Stretch
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.tables import steps


def binned_curves(store: Store, run_ids: Sequence[str], length: int) -> dict[str, list[Stretch]]:
    """The curve of each run, a point for every `length` steps; the last may be of fewer."""
    number = (steps.c.step - 1) // max(length, 1)
    means = [func.avg(column) for column in (steps.c.epoch, steps.c.seconds)]
    query = (
        select(steps.c.run_id, *means, func.avg(steps.c.loss), func.avg(steps.c.accuracy))
        .where(steps.c.run_id.in_(run_ids))
        .group_by(steps.c.run_id, number)
        .order_by(steps.c.run_id, number)
    )
    found: dict[str, list[Stretch]] = {run_id: [] for run_id in run_ids}
    with store.begin() as connection:
        whole = query.where(are_whole(connection, steps, "run_id"))
        for run_id, *values in connection.execute(whole).all():
            found[run_id].append(Stretch(*values))
    return found
