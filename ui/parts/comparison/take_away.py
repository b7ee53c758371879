"""A comparison to take away: a report that opens without a server, JSON, and tables."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Sequence
from typing import IO

import streamlit as st

from cnn.commands.again import again_of
from cnn.comparing.comparison import Group, Plan
from cnn.comparing.export import as_dict, curves_csv, table_csv
from cnn.comparing.findings import Findings, findings
from cnn.insight.passes.effort import Effort
from cnn.pictures.comparison.report import report
from cnn.pictures.paper.files import write_paper_zip
from ui.components.save import save_file
from ui.parts.comparison.verdict import read
from ui.parts.runs import runs
from ui.session.kept import turn
from ui.session.offers import Make

WRITING = Effort(peak_bytes=90_000_000, seconds=7.0)
"""What it takes to write one of 120 runs of 1,000 epochs."""


def take_away(
    plan: Plan,
    found: Sequence[Group],
    others: Sequence[Group],
    target: float | None,
) -> None:
    """The files, each written when it is asked for."""
    if not any(group.finished for group in found):
        return

    def written(form: Callable[[Findings, IO[bytes]], object]) -> Make:
        def make(into: IO[bytes]) -> None:
            with turn(WRITING):
                epochs = runs.opened().epochs([run.id for group in found for run in group.finished])
                form(findings(plan, found, epochs, read, target, others), into)

        return make

    st.header("Take it away", anchor=False)
    with st.container(horizontal=True):
        for label, name, form in (
            ("Report (HTML)", "comparison.html", _report),
            ("Everything (JSON)", "comparison.json", _json),
            ("Table (CSV)", "comparison.csv", lambda told, into: into.write(table_csv(told))),
            ("Curves (CSV)", "curves.csv", lambda told, into: into.write(curves_csv(told))),
        ):
            save_file(label, name, written(_as_text(form)))
        save_file("For a paper (zip)", "paper.zip", written(write_paper_zip))
    st.caption(
        "The report is one file of about 5 MB: figures one can turn, conditions, data, versions, "
        "networks. It opens without this app and without the internet. For a paper: figures as SVG "
        "and PDF, tables for LaTeX and Markdown, a paragraph on the methods."
    )


def _as_text(form: Callable[[Findings, IO[str]], object]) -> Callable[[Findings, IO[bytes]], None]:
    def write(found: Findings, into: IO[bytes]) -> None:
        text = io.TextIOWrapper(into, encoding="utf-8", newline="")
        form(found, text)
        text.detach()  # flushes, and leaves it open

    return write


def _json(found: Findings, into: IO[str]) -> None:
    json.dump(as_dict(found), into, indent=2)  # piece by piece: as one text it takes 240 MB


def _report(found: Findings, into: IO[str]) -> None:
    into.write(report(found, time.time(), again_of(found)))
