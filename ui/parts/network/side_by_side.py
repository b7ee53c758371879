"""Two networks, or two pieces of one, side by side: their numbers in a table, their pictures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.insight.readings.explanations import Fact
from cnn.network.beside import Line, ratio_text
from cnn.network.shapes import shape_text
from cnn.network.trace import Trace
from cnn.pictures.network.diagram import diagram
from ui.components.picture import picture
from ui.components.table import Cell, Column, TableRow, table
from ui.session.words import facts_html, pretty


def numbers(label: str, titles: tuple[str, str], lines: Sequence[Line], key: str) -> None:
    """A line for each property, with how many times as much the second has."""
    columns = (
        Column("what", "Property"),
        Column("first", titles[0], is_number=True),
        Column("second", titles[1], is_number=True),
        Column("ratio", "Second / first", "How many times as much", True, is_minor=True),
    )
    rows = [
        TableRow(
            line.what,
            line.what,
            {
                "what": Cell(line.what, place),
                "first": Cell(pretty(line.first)),
                "second": Cell(pretty(line.second)),
                "ratio": Cell(ratio_text(line.ratio).replace("x", "×"), line.ratio),
            },
        )
        for place, line in enumerate(lines)
    ]
    table(label, columns, rows, key=key, name_stays=True)


def pictures(
    titles: tuple[str, str], traces: tuple[Trace, Trace], key: str, *, are_wide: bool = False
) -> None:
    """Both drawn to scale, wide ones below each other, each with the arithmetic of its layers."""
    places = [st.container(), st.container()] if are_wide else st.columns(2, gap="large")
    for number, (place, title, traced) in enumerate(zip(places, titles, traces, strict=True)):
        with place:
            st.markdown(f"**{title}**")
            picture(diagram(traced), key=f"{key}_{number}", largest=1.0)
            with st.expander(f"{title}, layer by layer ({len(traced.rows)})"):
                st.html(facts_html(_facts(traced)))


def _facts(traced: Trace) -> list[Fact]:
    return [
        Fact(
            row.title,
            f"{shape_text(row.input_shape)} -> {shape_text(row.output_shape)}",
            f"{row.param_formula} parameters" if row.weights else "",
        )
        for row in traced.rows
    ]
