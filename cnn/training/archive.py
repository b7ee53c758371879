"""Finished runs as one file, and back into a store: how the comparison that ships is kept.

What belongs to a run's record and its results goes with it: configuration, network, versions,
epochs, predictions. Steps, weights and checkpoints stay behind.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from cnn.data import DatasetSpec
from cnn.training.data_address import data_id
from cnn.training.run import PREDICTIONS
from cnn.training.store import Store
from cnn.training.tables import epochs, files, runs

RUNS = "runs.json"
ELSEWHERE = "taken from a file"
"""Noted in the environment of a run that was taken in: its times say nothing of this machine."""

SHIPPED = Path(__file__).with_name("shipped_comparison.zip")
_OF_ITS_OWN_STORE = {"worker", "checkpoint"}


def packed(store: Store, run_ids: Sequence[str]) -> bytes:
    """These runs, in this order, with their epochs and their predictions."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        records = []
        for run_id in run_ids:
            records.append(_record(store, run_id))
            content = store.file(run_id, PREDICTIONS)
            if content is not None:
                archive.writestr(f"{run_id}/{PREDICTIONS}", content)
        archive.writestr(RUNS, json.dumps(records, indent=1))
    return written.getvalue()


def take_in(store: Store, content: bytes) -> list[str]:
    """Puts the runs of an archive into a store, those that are not there yet; returns all ids."""
    known_columns = set(runs.c.keys())
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
            connection.execute(insert(runs).values(_filtered_by(values) | values))
            curve = [{"run_id": run_id, **epoch} for epoch in record["epochs"]]
            if curve:
                connection.execute(insert(epochs), curve)
            name = f"{run_id}/{PREDICTIONS}"
            if name in archive.namelist():
                kept = {"run_id": run_id, "name": PREDICTIONS, "content": archive.read(name)}
                connection.execute(insert(files).values(kept))
    return found


def _filtered_by(values: Mapping[str, Any]) -> dict[str, str]:
    """What a run is found by in the list, which an archive of an older program does not say."""
    data = DatasetSpec.from_dict(json.loads(values["configuration"])["dataset"])
    return {"network": json.loads(values["architecture"])["name"], "dataset": data_id(data)}


def take_in_shipped(store: Store) -> list[str]:
    """Puts the comparison that ships into a store, where it is not there yet."""
    return take_in(store, SHIPPED.read_bytes())


def _record(store: Store, run_id: str) -> dict[str, Any]:
    """A run and its epochs as plain values."""
    with store.begin() as connection:
        run = connection.execute(select(runs).where(runs.c.id == run_id)).one()._mapping
        of_run = select(epochs).where(epochs.c.run_id == run_id).order_by(epochs.c.epoch)
        curve = [dict(row._mapping) for row in connection.execute(of_run).all()]
    values = {name: one for name, one in run.items() if name not in _OF_ITS_OWN_STORE}
    for epoch in curve:
        del epoch["run_id"]
    return {"run": values, "epochs": curve}
