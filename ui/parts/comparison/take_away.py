"""A comparison to take away: a report that opens without a server, JSON, and tables."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cnn.commands.again import again_of
from cnn.compare.comparison import Group, Plan
from cnn.compare.export import as_dict, curves_csv, table_csv
from cnn.compare.findings import Findings, findings
from cnn.pictures.comparison.report import report
from cnn.training.recipe.run import Epoch
from ui.parts.comparison.verdict import read


def take_away(
    plan: Plan,
    found: Sequence[Group],
    others: Sequence[Group],
    epochs: Mapping[str, Sequence[Epoch]],
    target: float | None,
) -> None:
    """The files, each written when it is asked for."""
    if not any(group.finished for group in found):
        return

    def written(form: Callable[[Findings], str]) -> Callable[[], str]:
        return lambda: form(findings(plan, found, epochs, read, target, others))

    st.header("Take it away", anchor=False)
    with st.container(horizontal=True):
        for label, name, mime, form in (
            ("Report (HTML)", "comparison.html", "text/html", _report),
            ("Everything (JSON)", "comparison.json", "application/json", _json),
            ("Table (CSV)", "comparison.csv", "text/csv", table_csv),
            ("Curves (CSV)", "curves.csv", "text/csv", curves_csv),
        ):
            st.download_button(
                label,
                written(form),
                name,
                mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"compare_save_{name}",
            )
    st.caption(
        "The report is one file of about 5 MB: figures one can turn, conditions, data, versions, "
        "networks. It opens without this app and without the internet."
    )


def _json(found: Findings) -> str:
    return json.dumps(as_dict(found), indent=2)


def _report(found: Findings) -> str:
    return report(found, time.time(), again_of(found))
