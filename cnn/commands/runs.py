"""`python -m cnn runs`: what was trained, in which state it is, and what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cnn.commands import CommandError, refusals
from cnn.commands.terminal import fact, printable, say
from cnn.network.errors import shown
from cnn.training.recipe.configuration import epochs_text
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.earlier import caution
from cnn.training.recipe.elsewhere import MARK, Elsewhere
from cnn.training.recipe.run import CLAIMED, Epoch, Run, State, Wish
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import labels, run_list
from cnn.training.store.heartbeats import dismiss_silent
from cnn.training.store.on_disk.kept_backups import time_text
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store

Seen = Run | Elsewhere
Listed = Run | Elsewhere | Unreadable


def runs(options: argparse.Namespace) -> int:
    """Lists, shows, names, tags, archives, stops or deletes."""
    with refusals():
        store = Store(options.store)
        dismiss_silent(store)
        match options.action:
            case "list":
                _list(store, _wanted(options), options.limit, as_json=options.json)
            case "export":
                from cnn.commands import (
                    runs_export,
                )  # it may write scripts, which others do without

                runs_export.run(store, options)
            case "archive":
                _archive(store, [_found(store, id) for id in options.id], options)
            case action:
                run = _found(store, options.id)
                if isinstance(run, Run | Elsewhere):
                    _ACTIONS[action](store, run, options)
                elif action in _OF_UNREADABLE:
                    _OF_UNREADABLE[action](store, run, options)
                else:
                    raise CommandError(run.words)
    return 0


def _found(store: Store, id: str) -> Listed:
    run = store.look_up(id)
    if run is None:
        raise CommandError(f"there is no run {shown(id)}. `python -m cnn runs list` names them.")
    return run


def epoch_dicts(epochs: Sequence[Epoch]) -> list[dict[str, float]]:
    """The curve of a run, an object for each epoch."""
    figures = ("loss", "accuracy", "val_loss", "val_accuracy")
    return [{name: getattr(one, name) for name in figures} for one in epochs]


FIGURES = {
    "loss": "loss",
    "accuracy": "accuracy",
    "val_loss": "validation",
    "val_accuracy": "",
}
"""What the figures of an epoch are called in a line."""


def _epochs(run: Seen, epochs: Sequence[Epoch]) -> list[dict[str, float | None]]:
    """The curve, without what nobody measured."""
    unmeasured = run.told.unmeasured if isinstance(run, Elsewhere) else ()
    return [
        {name: None if name in unmeasured else value for name, value in one.items()}
        for one in epoch_dicts(epochs)
    ]


def _wanted(options: argparse.Namespace) -> Filter:
    return Filter(
        words=options.name or "",
        tag=options.tag or "",
        network=options.network or "",
        dataset=options.dataset or "",
        states=(State(options.state),) if options.state else (),
        is_archived=options.archived,
    )


def _list(store: Store, wanted: Filter, limit: int, *, as_json: bool) -> None:
    found = run_list.page(store, wanted, limit)
    tags = labels.tags_of(store, [run.id for run in found])
    if as_json:
        print(json.dumps([_brief(run, tags[run.id]) for run in found]))
        return
    if not found and store.count():
        print("No run is like that.", file=sys.stderr)
        return
    if not found:
        print(
            "Nothing was trained yet. Try: python -m cnn train lenet-5 --dataset mnist-sample"
            " --epochs 5",
            file=sys.stderr,
        )
    for run in found:
        if isinstance(run, Unreadable):
            said = f"{printable(run.name)}: {printable(run.words)}"
            print(f"{run.id}  {time_text(run.created_at)}  {'unreadable':<11} {'':7}  {said}")
            continue
        result = run.result if isinstance(run, Run) else None
        tested = f"{result.test_accuracy:7.1%}" if result else " " * 7
        print(
            f"{run.id}  {time_text(run.created_at)}  {run.state:<11} {tested}  "
            f"{printable(_called(run))}" + "".join(f"  [{printable(tag)}]" for tag in tags[run.id])
        )


def _called(run: Seen) -> str:
    network = run.architecture.name if run.architecture else run.name
    called = run.name if run.name == network else f"{run.name}: {network}"
    if isinstance(run, Elsewhere):
        return f"{called}, {MARK}, {epochs_text(run.epochs_wanted)}"
    return f"{called} on {data_id(run.configuration.dataset)}, {run.configuration.length}"


def _show(store: Store, run: Seen, options: argparse.Namespace) -> None:
    epochs = store.epochs([run.id])[run.id]
    brief = _brief(run, labels.tags_of(store, [run.id])[run.id])
    left_out = store.left_out(run.id)
    if options.json:
        more = {
            "architecture": run.architecture.to_dict() if run.architecture else None,
            "environment": run.environment,
            "epochs": _epochs(run, epochs),
            "left_out": left_out,
        }
        print(json.dumps(brief | more))
        return
    for name, value in brief.items():
        if value not in (None, "", [], False):
            is_made_up = isinstance(value, dict | list)
            print(fact(name, json.dumps(value) if is_made_up else str(value)))
    for one, figures in zip(epochs, _epochs(run, epochs), strict=True):
        said = "  ".join(
            f"{FIGURES[name]} {value:{'.1%' if 'accuracy' in name else '.4f'}}".strip()
            for name, value in figures.items()
            if value is not None
        )
        print(f"epoch {one.epoch:<12}{said}")
    for said in left_out:
        print(fact("left out", printable(said)))


def _rename(store: Store, run: Seen, options: argparse.Namespace) -> None:
    name = labels.rename(store, run.id, options.text)
    say(options, {"run_id": run.id, "name": name}, f"{run.id} is called {name} now.")


def _tag(store: Store, run: Seen, options: argparse.Namespace) -> None:
    if not options.tags and not options.remove:
        raise CommandError("name a tag to add, or one to take away with --remove TAG.")
    labels.remove_tags(store, [run.id], options.remove)
    labels.add_tags(store, [run.id], options.tags)
    tags = labels.tags_of(store, [run.id])[run.id]
    said = f"{run.id} is tagged {', '.join(tags)}." if tags else f"{run.id} has no tags."
    say(options, {"run_id": run.id, "tags": tags}, said)


def _note(store: Store, run: Seen, options: argparse.Namespace) -> None:
    note = labels.put_note(store, run.id, options.text)
    say(options, {"run_id": run.id, "note": note}, f"The note of {run.id} is kept.")


def _show_unreadable(store: Store, run: Unreadable, options: argparse.Namespace) -> None:
    brief = _brief(run, labels.tags_of(store, [run.id])[run.id])
    if options.json:
        print(json.dumps(brief))
        return
    for name, value in brief.items():
        if value not in (None, "", [], False):
            print(fact(name, str(value)))


def _archive(store: Store, found: Sequence[Listed], options: argparse.Namespace) -> None:
    ids = list(dict.fromkeys(run.id for run in found))
    labels.archive(store, ids, back=options.back)
    said = "back in the list" if options.back else "archived"
    runs = f"run{'s are' if len(ids) > 1 else ' is'}"
    say(options, {"archived": not options.back, "run_ids": ids}, f"{len(ids)} {runs} {said}.")


def _stop(store: Store, run: Seen, options: argparse.Namespace) -> None:
    if not run.is_live:
        raise CommandError(f"{run.id}, {run.name}, is not in training: it is {run.state}.")
    store.want(run.id, Wish.STOP)
    said = f"{run.id}, {run.name}, is told to stop; its process does within half a second."
    if run.state is State.QUEUED:
        said = f"{run.id}, {run.name}, is stopped, before it was trained."
    say(options, {"stopped": run.id}, said)


def _delete(store: Store, run: Listed, options: argparse.Namespace) -> None:
    if run.state in CLAIMED:
        raise CommandError(
            f"{run.id}, {run.name}, is {run.state}, so it is not deleted. Stop it first: "
            f"python -m cnn runs stop {run.id}"
        )
    store.remove(run.id)
    say(options, {"deleted": run.id}, f"Deleted {run.id}, {run.name}.")


_ACTIONS = {
    "show": _show,
    "rename": _rename,
    "tag": _tag,
    "note": _note,
    "stop": _stop,
    "delete": _delete,
}
_OF_UNREADABLE = {"show": _show_unreadable, "delete": _delete}
"""What can be done with one that cannot be read; like any other it is archived, too."""


def _brief(run: Listed, tags: Sequence[str]) -> dict[str, Any]:
    if isinstance(run, Unreadable):
        return {
            "run_id": run.id,
            "name": run.name,
            "network": run.network,
            "state": run.state,
            "unreadable": run.words,
            "written_by": run.version or None,
            "created_at": time_text(run.created_at),
            "tags": list(tags),
            "note": run.note,
            "archived": run.is_archived,
        }
    if isinstance(run, Elsewhere):
        return {
            "run_id": run.id,
            "name": run.name,
            "network": run.network,
            "state": run.state.value,
            "message": run.message,
            MARK.replace(" ", "_"): asdict(run.told),
            "created_at": time_text(run.created_at),
            "tags": list(tags),
            "note": run.note,
            "archived": run.is_archived,
        }
    return {
        "run_id": run.id,
        "name": run.name,
        "network": run.architecture.name,
        "state": run.state.value,
        "message": run.message,
        "created_at": time_text(run.created_at),
        "tags": list(tags),
        "note": run.note,
        "archived": run.is_archived,
        "configuration": run.configuration.to_dict(),
        "data_fingerprint": run.data_fingerprint,
        "result": run.result.to_dict() if run.result else None,
        **({"begun_with": run.begun_with} if run.begun_with else {}),
    } | ({"caution": said} if (said := caution(run)) else {})
