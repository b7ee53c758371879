"""What one can take away of a design: code, JSON, the table, the picture, a page of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import streamlit as st

from cnn.exports import PAGE, Subject, Takes
from cnn.network.keras.export import keras_code
from cnn.network.scripts.code import Code
from cnn.network.summary import summary_table
from cnn.network.torch.export import torch_code
from cnn.network.trace import Trace
from cnn.pictures.network.diagram import diagram
from cnn.pictures.network.slabs import standalone
from ui.components.code import code_view
from ui.components.save import save_picture
from ui.parts.network.save_as import ON_PAGES, save_as

TABLE = "Table"
LABELS = {"keras": "Keras", "torch": "PyTorch", "json": "JSON", "svg": "Picture"}
"""What forms are called whose content is shown here too."""
FORMS = {
    LABELS.get(form.word, form.label): form
    for form in sorted(ON_PAGES, key=lambda form: form.ending != ".py")
    if form.takes is not Takes.TRAINED
}
"""All that a design leaves in, code first."""


def take_away(trace: Trace, selected: str = "") -> str | None:
    """The design in every form, to copy or to save; the path of a layer chosen in its code."""
    if trace.fault is not None:
        st.caption("Correct the layers first: code and files are only written of a whole network.")
        return None
    architecture = trace.architecture
    stem = "".join(c if c.isalnum() else "-" for c in architecture.name.lower()).strip("-")
    stem = stem or "network"
    form = st.segmented_control(
        "Form",
        [*FORMS, TABLE],
        default="Keras",
        key="take_away_form",
        label_visibility="collapsed",
        required=True,
        persist_state="session",
    )
    if form == TABLE:
        _save(_table_csv(trace), f"{stem}.csv")
        _text(_table_markdown(trace), f"{stem}.md", "markdown")
        return None
    asked = FORMS[form]
    match asked.word:
        case "keras":
            name = f"{stem}_keras.py"
            return _code(keras_code(architecture), trace, name, asked.label, selected)
        case "torch":
            return _code(torch_code(architecture), trace, f"{stem}.py", asked.label, selected)
        case "json":
            _text(architecture.to_json(indent=2), f"{stem}.json", "json")
        case "svg":
            save_picture(standalone(diagram(trace)), stem=stem, key="save_picture")
        case _:
            save_as(asked, stem, architecture, lambda: Subject(architecture))
    if asked.word == PAGE:
        st.caption(
            "The picture and the table as one file to put on a site: it needs no server and "
            "fetches nothing."
        )
    if asked.takes is Takes.ANY:
        st.caption(
            "With weights that nobody has trained yet, to look at or to time. Runs on Train give "
            "theirs with their own."
        )
    return None


def _code(code: Code, trace: Trace, name: str, label: str, selected: str) -> str | None:
    _save(code.text, name)
    chosen: str | None = code_view(code, trace, label=label, selected=selected, key=label)
    return chosen


def _save(text: str | Callable[[], bytes], name: str) -> None:
    st.download_button(f"Save {name}", text, name, icon=":material/download:", on_click="ignore")


def _text(text: str, name: str, language: str) -> None:
    _save(text, name)
    st.code(text, language, height=420)


def _table_csv(trace: Trace) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(summary_table(trace))
    return written.getvalue()


def _table_markdown(trace: Trace) -> str:
    head, *body = summary_table(trace)
    lines: list[list[str | int]] = [head, ["---" for _ in head], *body]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
