"""`python -m cnn runs`: what was trained, in which state it is, and what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cnn.commands import CommandError, refusals
from cnn.network.errors import shown
from cnn.training.presence import dismiss_silent
from cnn.training.run import Epoch, Run
from cnn.training.store import Store


def runs(options: argparse.Namespace) -> int:
    """Lists, shows or deletes."""
    with refusals():
        store = Store(options.store)
        dismiss_silent(store)
        if options.action == "list":
            _list(store, options.limit, as_json=options.json)
        else:
            run = store.get(options.id)
            if run is None:
                raise CommandError(
                    f"there is no run {shown(options.id)}. `python -m cnn runs list` names them."
                )
            act = _delete if options.action == "delete" else _show
            act(store, run, as_json=options.json)
    return 0


def epoch_dicts(epochs: Sequence[Epoch]) -> list[dict[str, float]]:
    """The curve of a run, an object for each epoch."""
    return [
        {
            "loss": one.loss,
            "accuracy": one.accuracy,
            "val_loss": one.val_loss,
            "val_accuracy": one.val_accuracy,
        }
        for one in epochs
    ]


def _list(store: Store, limit: int, *, as_json: bool) -> None:
    found = store.latest(limit)
    if as_json:
        print(json.dumps([_brief(run) for run in found]))
        return
    if not found:
        print(
            "Nothing was trained yet. Try: python -m cnn train lenet-5 --dataset mnist-sample"
            " --epochs 5",
            file=sys.stderr,
        )
    for run in found:
        tested = f"{run.result.test_accuracy:7.1%}" if run.result else " " * 7
        print(
            f"{run.id}  {_time(run.created_at)}  {run.state:<11} {tested}  "
            f"{run.name} on {run.configuration.dataset.name}, {run.configuration.epochs} epochs"
        )


def _show(store: Store, run: Run, *, as_json: bool) -> None:
    epochs = store.epochs([run.id])[run.id]
    if as_json:
        more = {
            "architecture": run.architecture.to_dict(),
            "environment": run.environment,
            "epochs": epoch_dicts(epochs),
        }
        print(json.dumps(_brief(run) | more))
        return
    for name, value in _brief(run).items():
        if value not in (None, ""):
            print(f"{name:<18}{json.dumps(value) if isinstance(value, dict) else value}")
    for one in epochs:
        print(
            f"epoch {one.epoch:<12}loss {one.loss:.4f}  accuracy {one.accuracy:.1%}  "
            f"validation {one.val_loss:.4f}  {one.val_accuracy:.1%}"
        )


def _delete(store: Store, run: Run, *, as_json: bool) -> None:
    store.remove(run.id)
    print(json.dumps({"deleted": run.id}) if as_json else f"Deleted {run.id}, {run.name}.")


def _brief(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "name": run.name,
        "state": run.state.value,
        "message": run.message,
        "created_at": _time(run.created_at),
        "configuration": run.configuration.to_dict(),
        "data_fingerprint": run.data_fingerprint,
        "result": asdict(run.result) if run.result else None,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
