"""A run as a folder that needs nothing of this program: model, weights, curves, script, record."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from cnn.data import DatasetName
from cnn.training.engine.loading import loading_code
from cnn.training.engine.reproduce import ReproductionError, check_start, script, start_file
from cnn.training.exchange.card import card, described_data
from cnn.training.exchange.notebook import notebook
from cnn.training.exchange.standalone import needs, standalone
from cnn.training.recipe.curve_file import epochs_csv, write_steps_csv
from cnn.training.recipe.run import MODEL, START, WEIGHTS, Run
from cnn.training.store.class_names import class_names
from cnn.training.store.store import Store
from cnn.version import VERSION

WITH_US = "with this program's package cnn"


class ExportError(ValueError):
    """A run that cannot be written out, or a place where it cannot be, and what to do."""


def export(store: Store, run: Run, folder: Path, *, with_class_names: bool = False) -> list[str]:
    """Writes a run that has ended into an empty folder; returns the names of the files."""
    if run.is_live:
        raise ExportError(
            f"run {run.id} is {run.state}. Wait for its end, or stop it: "
            f"python -m cnn runs stop {run.id}"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ExportError(f"{folder} is not empty. Name a folder that is new or empty.")
        names = class_names(store, run) if with_class_names else ()
        written = _written(store, run, folder)
        text = card(run, names, written, loading_code(MODEL, run.architecture))
        (folder / "README.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(
            f"{error.filename or folder} cannot be written: {error.strerror or error}."
        ) from error
    return ["README.md", *(name for name, _ in written)]


def _written(store: Store, run: Run, folder: Path) -> list[tuple[str, str]]:
    """All files but the card, and what each is."""
    epochs, sizes = store.epochs([run.id])[run.id], store.file_sizes(run.id)
    found: list[tuple[str, str]] = []

    def put(name: str, what: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")
        found.append((name, what))

    def stream(name: str, what: str, write: Callable[[IO[bytes]], object]) -> None:
        with (folder / name).open("wb") as into:
            write(into)
        found.append((name, what))

    put("design.json", "the network's design, read by CNN Workbench", _json(run.architecture))
    if MODEL in sizes:
        what = "the trained network; Keras loads it"
        stream(MODEL, what, lambda into: store.copy_file(run.id, MODEL, into))
    if WEIGHTS in sizes:
        what = "its weights as NumPy arrays, by layer and place"
        stream("weights.npz", what, lambda into: store.copy_file(run.id, WEIGHTS, into))
    put("curve-epochs.csv", "the curve, a line for each epoch", epochs_csv(epochs))
    if store.steps(run.id, 2):
        steps = store.every_step(run.id)
        what = "the curve, a line for each step"
        stream("curve-steps.csv", what, lambda into: write_steps_csv(steps, into))
    put("record.json", "settings, versions and results", json.dumps(record(run), indent=1) + "\n")
    text, said = best_script(run, epochs, sizes)
    if text:
        put("train.py", f"trains it again, {said}", text)
        if said != WITH_US:
            put("train.ipynb", "the same as a notebook", notebook(text))
        if START in sizes and run.configuration.start:
            what = "the weights that it began with"
            stream(start_file(run), what, lambda into: store.copy_file(run.id, START, into))
    return found


def best_script(run: Run, epochs: Any, kept: Collection[str]) -> tuple[str, str]:
    """The script that needs least, and what it needs; none where there can be none."""
    with contextlib.suppress(ReproductionError):
        check_start(run, kept)
        return standalone(run, epochs), f"with {needs(run)} alone"
    try:
        check_start(run, kept)
        return script(without_path(run), epochs), WITH_US
    except ReproductionError:
        return "", ""


def without_path(run: Run) -> Run:
    """The same, whose own images are named without the folder where a person keeps them."""
    data = run.configuration.dataset
    if data.name is not DatasetName.OWN_IMAGES:
        return run
    named = replace(data, file=Path(data.file).name)
    return replace(run, configuration=replace(run.configuration, dataset=named))


def record(run: Run) -> dict[str, Any]:
    """What decides the run and came of it; no note, no tags, no place on a disk."""
    return {
        "id": run.id,
        "name": run.name,
        "written_by": f"CNN Workbench {VERSION}",
        "state": run.state.value,
        "message": run.message,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "data": described_data(run),
        "configuration": without_path(run).configuration.to_dict(),
        "images": run.images,
        "data_fingerprint": run.data_fingerprint,
        "changes": list(run.changes),
        "begun_with": run.begun_with,
        "environment": run.environment,
        "result": asdict(run.result) if run.result else None,
    }


def _json(architecture: Any) -> str:
    return str(architecture.to_json()) + "\n"
