"""The runs of a store as one table."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from cnn.training.exchange.tables import every_run, run_rows
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.setting import settings_of
from cnn.training.store.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame

FACTS = (
    *("run_id", "name", "network", "dataset", "state", "trained_elsewhere", "created_at"),
    *("finished_at", "tags", "note", "test_accuracy", "test_images", "train_images"),
)
TIMES = ("created_at", "finished_at")


def runs(store: str | None = None) -> DataFrame:
    """Every run that is not archived, by its id and the newest first: what it is, what came of it,
    and its settings; the columns are those of `python -m cnn runs export --parquet`.

    Those that another version wrote, and this one cannot read, are left out.
    """
    import pandas as pd

    with closing(Store(store)) as kept:
        rows = run_rows(kept, list(every_run(kept, with_archived=False)))
    there = dict.fromkeys(name for row in rows for name in row)
    columns = dict.fromkeys((*FACTS, *settings_of(Configuration), *there))
    table = pd.DataFrame(rows, columns=list(columns))
    for name in TIMES:
        table[name] = pd.to_datetime(table[name], unit="s", utc=True)
    return table.set_index("run_id").rename_axis("run")
