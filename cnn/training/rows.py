"""Values as rows of the store and back: runs, files, and a curve thinned by the database."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select

from cnn.network.architecture import Architecture, read_json
from cnn.training.configuration import Configuration
from cnn.training.data_address import data_id
from cnn.training.run import Checkpoint, GradientNorms, Progress, Result, Run, State, Step, Wish
from cnn.training.tables import files, steps


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
        worker=row["worker"],
        checkpoint=Checkpoint(**json.loads(row["checkpoint"])) if row["checkpoint"] else None,
        continues=row["continues"],
        first_step=row["first_step"],
        changes=tuple(json.loads(row["changes"])),
        note=row["note"],
        is_archived=bool(row["is_archived"]),
    )


def columns(run: Run) -> dict[str, Any]:
    """The row of the table of runs that describes a run."""
    return {
        "id": run.id,
        "name": run.name,
        "architecture": json.dumps(run.architecture.to_record(), ensure_ascii=False),
        "configuration": json.dumps(run.configuration.to_dict()),
        "recipe": run.recipe,
        "state": run.state,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "wish": run.wish,
        "progress": json.dumps(asdict(run.progress)),
        "result": json.dumps(asdict(run.result)) if run.result else None,
        "message": run.message,
        "data_fingerprint": run.data_fingerprint,
        "images": json.dumps(run.images),
        "environment": json.dumps(run.environment),
        "worker": run.worker,
        "checkpoint": json.dumps(asdict(run.checkpoint)) if run.checkpoint else None,
        "continues": run.continues,
        "first_step": run.first_step,
        "changes": json.dumps(run.changes),
        "network": run.architecture.name,
        "dataset": data_id(run.configuration.dataset),
        "note": run.note,
        "is_archived": int(run.is_archived),
    }


# Many runs share a network, and a page reads the same rows twice a second.
@functools.lru_cache(maxsize=512)
def _architecture(text: str) -> Architecture:
    return Architecture.from_record(read_json(text))


@functools.lru_cache(maxsize=512)
def _configuration(text: str) -> Configuration:
    return Configuration.from_dict(json.loads(text))


def steps_from(connection: Connection, run_id: str, first: int) -> list[Step]:
    """The steps of a run from one on."""
    query = select(steps).where(steps.c.run_id == run_id, steps.c.step >= first)
    found = connection.execute(query.order_by(steps.c.step)).all()
    return [Step(*row[1:]) for row in found]


def extreme_steps(connection: Connection, run_id: str, length: int) -> list[Step]:
    """Of every stretch of so many steps those with its lowest and its highest loss, and the last
    step of all.
    """
    this = steps.c.run_id == run_id
    stretch = steps.c.step // length
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
    last = select(func.max(steps.c.step)).where(this).scalar_subquery()
    query = select(steps).join(extremes, extremes.c.number == stretch).where(this)
    is_kept = or_(steps.c.loss.in_((extremes.c.lowest, extremes.c.highest)), steps.c.step == last)
    found = connection.execute(query.where(is_kept).order_by(steps.c.step)).all()
    return [Step(*row[1:]) for row in found]


def gradients(run_id: str, measured: Sequence[GradientNorms]) -> list[dict[str, Any]]:
    """The rows of the table of gradients for some steps of a run."""
    return [
        {"run_id": run_id, "step": one.step, "norms": json.dumps(one.norms)} for one in measured
    ]


def put_files(connection: Connection, run_id: str, content: Mapping[str, bytes]) -> None:
    """Keeps files with a run, each in place of one of the same name."""
    if content:
        same = (files.c.run_id == run_id) & files.c.name.in_(list(content))
        connection.execute(delete(files).where(same))
        new = [{"run_id": run_id, "name": name, "content": one} for name, one in content.items()]
        connection.execute(insert(files), new)
