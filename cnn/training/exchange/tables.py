"""All runs as tables for pandas: a row for each run with its settings and results, and one for each
epoch. As CSV, or as Parquet.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnn.network.trace import trace
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import labels, run_list
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store

AT_ONCE = 500
MARKERS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

TRAINED = {name: f"trained_{name}" for name in ("epochs", "steps", "seconds")}
"""What came of a setting that is called the same."""

COUNTED = ("train_images", "validation_images", "test_images")
"""Said already with what the data are."""

Row = dict[str, Any]
Seen = Run | Elsewhere


class TableError(ValueError):
    """A table that cannot be written, and what to do."""


def every_run(store: Store, *, with_archived: bool = True) -> Iterator[Seen]:
    """All runs that can be read, wherever they were trained, the newest first."""
    for shelf in (Filter(), *[Filter(is_archived=True)] * with_archived):
        at = 0
        while found := run_list.page(store, shelf, AT_ONCE, at):
            yield from (one for one in found if not isinstance(one, Unreadable))
            at += AT_ONCE


def run_rows(store: Store, runs: Sequence[Seen]) -> list[Row]:
    """A row for each run; what one does not know is None."""
    tags = labels.tags_of(store, [run.id for run in runs])
    return _even([_row(run, tags[run.id]) for run in runs])


def epoch_rows(store: Store, runs: Sequence[Seen]) -> list[Row]:
    """A row for each epoch of these runs."""
    curves = store.epochs([run.id for run in runs])
    return [
        {
            "run_id": run.id,
            "name": run.name,
            **{
                name: None if isinstance(run, Elsewhere) and name in run.told.unmeasured else value
                for name, value in asdict(one).items()
            },
        }
        for run in runs
        for one in curves[run.id]
    ]


def beside(file: Path) -> Path:
    """Where the epochs go that belong to a table of runs."""
    return file.with_name(f"{file.stem}-epochs{file.suffix}")


def write_csv(rows: Sequence[Row], file: Path) -> None:
    """As text; what a spreadsheet would take for a formula gets a sign before it."""
    with file.open("w", encoding="utf-8", newline="") as into:
        writer = csv.DictWriter(into, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _harmless(one) for name, one in row.items()} for row in rows)


def write_parquet(rows: Sequence[Row], file: Path) -> None:
    """As Parquet, which pandas, Polars and DuckDB read with its types."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # comes with Streamlit
        from pyarrow import parquet
    except ImportError as error:
        raise TableError("Parquet needs pyarrow: pip install pyarrow. Or take --csv.") from error
    parquet.write_table(pa.Table.from_pylist(list(rows)), file)


def _row(run: Seen, tags: Sequence[str]) -> Row:
    design = run.architecture
    traced = trace(design) if design else None
    row: Row = {
        "run_id": run.id,
        "name": run.name,
        "network": design.name if design else None,
        "state": run.state.value,
        "trained_elsewhere": isinstance(run, Elsewhere),
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "parameters": traced.total_params if traced else None,
        "macs": traced.total_macs if traced else None,
        "tags": " ".join(tags) or None,
        "note": run.note or None,
        "message": run.message or None,
    }
    return row | (_settings(run) if isinstance(run, Run) else {"epochs": run.told.epochs})


def _settings(run: Run) -> Row:
    own = run.configuration
    settings = {
        name: value.value if hasattr(value, "value") else value
        for name, value in own.in_use(run.images.get("train")).items()
    }
    result = asdict(run.result) if run.result else {}
    return {
        "dataset": data_id(own.dataset),
        "data": json.dumps(_without_path(own.dataset.to_dict())),
        "data_fingerprint": run.data_fingerprint or None,
        **settings,
        "begun_with": run.begun_with or None,
        **{f"{name}_images": count for name, count in run.images.items()},
        **{TRAINED.get(name, name): one for name, one in result.items() if name not in COUNTED},
        **{f"made_with_{name}": str(value) for name, value in run.environment.items()},
    }


def _without_path(data: Row) -> Row:
    """Data in words that say nothing of where somebody keeps files."""
    return {name: value for name, value in data.items() if name != "file"}


def _even(rows: list[Row]) -> list[Row]:
    """All rows with the columns of all, in the order in which those first came."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def _harmless(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(MARKERS)
    return f"'{value}" if is_formula else value
