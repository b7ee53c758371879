"""Rows of the store as values: a run, and a curve thinned by the database itself."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, or_, select

from cnn.network.architecture import Architecture
from cnn.training.configuration import Configuration
from cnn.training.run import Progress, Result, Run, State, Step, Wish
from cnn.training.tables import steps


def run(row: Mapping[Any, Any]) -> Run:
    """The run that a row of the table of runs describes."""
    return Run(
        id=row["id"],
        name=row["name"],
        architecture=_architecture(row["architecture"]),
        configuration=_configuration(row["configuration"]),
        state=State(row["state"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        wish=Wish(row["wish"]),
        progress=Progress(**json.loads(row["progress"])),
        result=Result(**json.loads(row["result"])) if row["result"] else None,
        message=row["message"],
        data_fingerprint=row["data_fingerprint"],
        images=json.loads(row["images"]),
        environment=json.loads(row["environment"]),
    )


# Many runs share a network, and a page reads the same rows twice a second.
@functools.lru_cache(maxsize=512)
def _architecture(text: str) -> Architecture:
    return Architecture.from_json(text)


@functools.lru_cache(maxsize=512)
def _configuration(text: str) -> Configuration:
    return Configuration.from_dict(json.loads(text))


def thinned_steps(connection: Connection, run_id: str, at_most: int) -> list[Step]:
    """The steps of a run; where they are too many, the lowest and the highest loss of every
    stretch, and the last step.
    """
    this = steps.c.run_id == run_id
    query = select(steps).where(this).order_by(steps.c.step)
    last = connection.execute(select(func.max(steps.c.step)).where(this)).scalar() or 0
    if last > at_most:
        stretch = steps.c.step // -(-2 * last // at_most)
        extremes = (
            select(
                stretch.label("number"),
                func.min(steps.c.loss).label("lowest"),
                func.max(steps.c.loss).label("highest"),
            )
            .where(this)
            .group_by(stretch)
            .subquery()
        )
        query = query.join(extremes, extremes.c.number == stretch).where(
            or_(steps.c.loss.in_((extremes.c.lowest, extremes.c.highest)), steps.c.step == last)
        )
    return [Step(*row[1:]) for row in connection.execute(query).all()]
