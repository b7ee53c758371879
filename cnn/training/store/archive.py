"""Finished runs as one file, and back into a store: how the results that ship are kept.

What belongs to a run's record and its results goes with it: configuration, network, versions,
epochs, gradient norms, predictions. Steps, weights and checkpoints stay behind. Of the predictions
the class that was given and the true one are kept to the last digit, and the others in short.
"""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Table, insert, select

from cnn.data import DatasetSpec
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.run import PREDICTIONS
from cnn.training.store.arrays import arrays_from_bytes, arrays_to_bytes
from cnn.training.store.store import Store
from cnn.training.store.tables import epochs, files, gradients, runs

RUNS = "runs.json"
ELSEWHERE = "taken from a file"
"""Noted in the environment of a run that was taken in: its times say nothing of this machine."""

FAINT = 0.0005
"""A share that reads as 0.0 %: such shares of classes that are neither given nor true become 0."""

_OF_ITS_OWN_STORE = {"worker", "checkpoint", "owner", "is_shared"}


class Shipped(StrEnum):
    """The results that come with the program."""

    COMPARISON = "comparison"
    DEPTH = "depth"

    @property
    def file(self) -> Path:
        return Path(__file__).with_name(f"shipped_{self}.zip")


def packed(store: Store, run_ids: Sequence[str]) -> bytes:
    """These runs, in this order, with their epochs, gradient norms and predictions."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        records = []
        for run_id in run_ids:
            records.append(_record(store, run_id))
            content = store.file(run_id, PREDICTIONS)
            if content is not None:
                archive.writestr(f"{run_id}/{PREDICTIONS}", _in_short(content))
        archive.writestr(RUNS, json.dumps(records, indent=1))
    return written.getvalue()


def _in_short(predictions: bytes) -> bytes:
    """The predictions in fewer bytes: all answers, their shares and the true ones stay."""
    arrays = arrays_from_bytes(predictions)
    scores, rows = arrays["scores"].astype(np.float32), np.arange(len(arrays["labels"]))
    if (scores < 0).any() or not np.allclose(scores.sum(axis=1), 1, atol=0.01):
        return predictions  # no shares: none of them is known to be small
    short = scores.astype(np.float16).astype(np.float32)
    short[short < FAINT] = 0
    for kept in (scores.argmax(axis=1), arrays["labels"]):
        short[rows, kept] = scores[rows, kept]
    if not (short.argmax(axis=1) == scores.argmax(axis=1)).all():
        return predictions  # a tie that rounding would turn
    return arrays_to_bytes(arrays | {"scores": short})


def take_in(store: Store, content: bytes, *, is_put_away: bool = False) -> list[str]:
    """Puts the runs of an archive into a store, those that are not there yet; returns all ids.

    Those that are `put_away` are not in the list of runs, but in its archive.
    """
    known_columns = set(runs.c.keys()) - _OF_ITS_OWN_STORE
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive, store.begin() as connection:
        for record in json.loads(archive.read(RUNS)):
            run_id = record["run"]["id"]
            found.append(run_id)
            if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first():
                continue
            values = {name: one for name, one in record["run"].items() if name in known_columns}
            values["environment"] = json.dumps(
                json.loads(values["environment"]) | {ELSEWHERE: True}
            )
            put_away = {"is_archived": int(is_put_away)}
            connection.execute(insert(runs).values(_filtered_by(values) | values | put_away))
            for table, name in ((epochs, "epochs"), (gradients, "gradients")):
                if measured := [{"run_id": run_id, **one} for one in record.get(name, ())]:
                    connection.execute(insert(table), measured)
            name = f"{run_id}/{PREDICTIONS}"
            if name in archive.namelist():
                kept = {"run_id": run_id, "name": PREDICTIONS, "content": archive.read(name)}
                connection.execute(insert(files).values(kept))
    return found


def _filtered_by(values: Mapping[str, Any]) -> dict[str, str]:
    """What a run is found by in the list, which an archive of an older program does not say."""
    if {"network", "dataset"} <= values.keys():
        return {}
    data = DatasetSpec.from_dict(json.loads(values["configuration"])["dataset"])
    return {"network": json.loads(values["architecture"])["name"], "dataset": data_id(data)}


@functools.cache
def shipped_seeds(which: Shipped) -> int:
    """How many seeds of each network the results that ship are of."""
    with zipfile.ZipFile(which.file) as archive:
        records = json.loads(archive.read(RUNS))
    return len({json.loads(one["run"]["configuration"])["seed"] for one in records})


def take_in_shipped(store: Store, which: Shipped = Shipped.COMPARISON) -> list[str]:
    """Puts results that ship into a store, where they are not there yet, out of one's own list."""
    return take_in(store, which.file.read_bytes(), is_put_away=True)


def _record(store: Store, run_id: str) -> dict[str, Any]:
    """A run, its epochs and its gradient norms as plain values."""
    with store.begin() as connection:
        run = connection.execute(select(runs).where(runs.c.id == run_id)).one()._mapping
        measured = {
            "epochs": _rows(connection, epochs, run_id, epochs.c.epoch),
            "gradients": _rows(connection, gradients, run_id, gradients.c.step),
        }
    return {"run": {name: one for name, one in run.items() if name not in _OF_ITS_OWN_STORE}} | {
        name: found for name, found in measured.items() if found
    }


def _rows(
    connection: Connection, table: Table, run_id: str, order: ColumnElement[Any]
) -> list[dict[str, Any]]:
    found = connection.execute(select(table).where(table.c.run_id == run_id).order_by(order))
    return [
        {
            name: _short(one) if name == "norms" else one
            for name, one in row._mapping.items()
            if name != "run_id"
        }
        for row in found
    ]


def _short(norms: str) -> str:
    """Gradient norms are of single precision: the fewest digits that give the same numbers."""
    read = {name: float(str(np.float32(one))) for name, one in json.loads(norms).items()}
    return json.dumps(read, separators=(",", ":"))
