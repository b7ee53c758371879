"""The runs of a store as one table."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.run import Run
from cnn.training.recipe.setting import settings_of
from cnn.training.store import run_list
from cnn.training.store.labels import tags_of
from cnn.training.store.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame

AT_ONCE = 500
FACTS = (
    *("name", "network", "dataset", "state", "created_at", "tags", "note"),
    *("test_accuracy", "test_images", "train_images", "training_s"),
)


def runs(store: str | None = None) -> DataFrame:
    """Every run that is not archived, by its id and the newest first: what it is, what came of it,
    and its settings.

    Those that another version wrote, and this one cannot read, are left out.
    """
    import pandas as pd

    columns = [*FACTS, *settings_of(Configuration)]
    with closing(Store(store)) as kept:
        rows = _every(kept)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table["created_at"] = pd.to_datetime(table["created_at"], unit="s", utc=True)
    return table.rename_axis("run")


def _every(store: Store) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    seen = 0
    while found := run_list.page(store, limit=AT_ONCE, offset=seen):
        seen += len(found)
        tags = tags_of(store, [run.id for run in found])
        rows |= {run.id: _row(run, tags[run.id]) for run in found if isinstance(run, Run)}
    return rows


def _row(run: Run, tags: tuple[str, ...]) -> list[Any]:
    settings, result = run.configuration, run.result
    facts = [
        *(run.name, run.architecture.name, data_id(settings.dataset), run.state.value),
        *(run.created_at, ", ".join(tags), run.note),
        result.test_accuracy if result else None,
        result.test_images if result else None,
        run.images.get("train"),
        result.seconds if result else run.progress.seconds,
    ]
    used = settings.in_use(run.images.get("train"))
    return facts + [str(one) if isinstance(one, str) else one for one in used.values()]
