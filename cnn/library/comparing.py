"""A comparison as a value: networks trained alike over seeds, and what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnn.commands.compare import findings_of, planned, train_missing
from cnn.comparing import budget as budgets
from cnn.comparing.columns import as_cells
from cnn.comparing.findings import Findings, over_seeds_in_short, the_rule, told_apart
from cnn.data import DatasetSpec
from cnn.library.networks import Architecture, network_of
from cnn.library.training import configured, saying
from cnn.network.link import encode
from cnn.network.zoo import zoo
from cnn.training.recipe.run import State
from cnn.training.store.heartbeats import dismiss_silent
from cnn.training.store.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What came of networks that were trained alike."""

    findings: Findings

    @property
    def table(self) -> DataFrame:
        """A row for each network: accuracies as mean and deviation over the seeds, and its cost."""
        import pandas as pd

        names = pd.Index(self._names, name="network")
        return pd.DataFrame([as_cells(row) for row in self.findings.rows], index=names)

    @property
    def best(self) -> tuple[str, ...]:
        """The networks that are shown to be better than every other one; often there is none."""
        rows = self.findings.rows
        return tuple(row.name for row in rows if row.id in self.findings.claims.best)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What may be said of the differences, by the one rule of pages and reports."""
        found = self.findings
        every = (
            *(*found.differences.forbid, *found.differences.notes),
            *(said for one in found.judgements for said in one.sentences[:1]),
            over_seeds_in_short(found.judgements),
            told_apart(found.claims),
            *the_rule(found.claims),
        )
        return tuple(filter(None, every))

    @property
    def runs(self) -> tuple[str, ...]:
        """The ids of the finished runs, network by network."""
        return tuple(run.id for run in self.findings.runs)

    def __repr__(self) -> str:
        return f"<Compared {', '.join(self._names)}>"

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(one)}</p>" for one in self.sentences)
        return f"<div>{self.table.T.to_html()}{said}</div>"

    @property
    def _names(self) -> list[str]:
        return [row.name for row in self.findings.rows]


def compare(
    networks: Sequence[Architecture | str | Path],
    data: DatasetSpec | str | Path,
    epochs: int = 10,
    *,
    seeds: int = 1,
    budget: str = "epochs",
    read: str = "",
    portion: str = "",
    store: str | None = None,
    progress: bool = True,
    **settings: Any,
) -> Compared:
    """Trains networks under the same conditions; what the store has already is used.

    The seeds are 0, 1, 2, ...; the budget is what is equal for all: `epochs`, `training-macs` or a
    time such as `30s`.
    """
    configuration = configured(data, {"epochs": epochs} | settings, read, portion)
    equal, seconds = budgets.read(budget)
    with saying(progress) as said, closing(Store(store)) as kept:
        named = ((_id(one), one) for one in map(network_of, networks))
        plan = planned(named, configuration, seeds, equal, seconds)
        dismiss_silent(kept)
        if train_missing(kept, plan, said) is State.INTERRUPTED:
            raise KeyboardInterrupt
        return Compared(findings_of(kept, plan))


def _id(network: Architecture) -> str:
    """Its id in the zoo, or the code of its link."""
    known = (id for id, entry in zoo().items() if entry.architecture == network)
    return next(known, "") or encode(network)
