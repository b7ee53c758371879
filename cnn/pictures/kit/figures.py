"""Figures as pure values: numbers in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from cnn.network.trace import Row, Trace
from cnn.numbers import number
from cnn.pictures.kit.palette import FAINT_INK, FONT, INK, LINE, PAPER, colour_of, faint

if TYPE_CHECKING:
    import plotly.graph_objects as go

APART = 0.06
"""Between figures side by side, of the whole width."""

MARGIN = dict.fromkeys("lrtb", 8)
CLOSE, FEW, MOST_POWERS = 5, 1_000, 12
"""Factors between the ends of a logarithmic axis; the powers of ten that are marked on it."""
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}


def template(dark: bool) -> dict[str, Any]:
    """The look all figures share; Streamlit's own template holds colours only it replaces."""
    ink, line = INK[dark], LINE[dark]
    axis = {"gridcolor": line, "linecolor": line, "zerolinecolor": line, "automargin": True}
    return {
        "layout": {
            "font": {"family": FONT, "size": 12, "color": ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"font": {"family": FONT}},
            # Of a clear background Plotly makes a dark bar; and words must not shine through.
            "modebar": {
                "bgcolor": faint(PAPER[dark], 0.9),
                "color": FAINT_INK[dark],
                "activecolor": ink,
            },
        }
    }


def layout(dark: bool) -> dict[str, Any]:
    """What a figure is laid out by that leaves its axes room for their words, and no more."""
    return {"template": template(dark), "margin": MARGIN}


def log_axis(values: Iterable[float | None]) -> dict[str, Any]:
    """A logarithmic axis for these values, its marks written as all numbers are: at each power of
    ten, and between where there are few.
    """
    found = [value for value in values if value is not None and value > 0]
    if not found or max(found) < CLOSE * min(found):
        return {"type": "log", "tickformat": ".3~g"}
    low, high = floor(log10(min(found))) - 1, ceil(log10(max(found))) + 1
    heads = (1, 2, 5) if max(found) < FEW * min(found) else (1,)
    every = ceil((high - low - 2) / MOST_POWERS)
    marks = [head * 10.0**power for power in range(low, high + 1, every) for head in heads]
    return {
        "type": "log",
        "tickmode": "array",
        "tickvals": marks,
        "ticktext": [number(mark, 1) for mark in marks],
    }


def layout_of_lines(dark: bool) -> dict[str, Any]:
    """The same with a legend above, and each point told of by itself."""
    return {**layout(dark), "hovermode": "closest", "legend": LEGEND}


def _few_marks(most: int) -> dict[str, Any]:
    """An axis from 0 with a mark at a round number, far enough from its end to be read beside
    the 0 of the next.
    """
    power = 10 ** (len(str(most)) - 1)
    mark = max((head * power for head in (1, 2, 5) if head * power <= most), default=1)
    return {"range": [0, max(most, mark) * 1.04], "tickvals": [0, mark], "tickformat": "~s"}


def cost_height(trace: Trace) -> int:
    """The height at which every layer has room for its name, and the buttons at the foot too."""
    return 138 + 22 * max(len(trace.rows), 4)


def cost_bars(trace: Trace, dark: bool = False) -> go.Figure:
    """Parameters, multiply-accumulates and output memory of each layer, side by side."""
    from plotly.subplots import make_subplots

    rows = trace.rows[::-1]
    panels: list[tuple[str, Callable[[Row], int]]] = [
        ("Parameters", lambda row: row.params),
        ("MACs", lambda row: row.macs),
        ("Output bytes", lambda row: row.activation_bytes),
    ]
    figure = make_subplots(
        1,
        3,
        shared_yaxes=True,
        horizontal_spacing=APART,
        subplot_titles=[name for name, _ in panels],
    )
    for column, (name, amount) in enumerate(panels, start=1):
        figure.add_bar(
            x=[amount(row) for row in rows],
            y=[row.title for row in rows],
            orientation="h",
            marker_color=[colour_of(row.kind) for row in rows],
            hovertemplate="%{y}: %{x:,}<extra>" + name + "</extra>",
            row=1,
            col=column,
        )
        figure.update_xaxes(_few_marks(max(map(amount, rows), default=0)), row=1, col=column)
    figure.update_layout(
        template=template(dark),
        showlegend=False,
        height=cost_height(trace),
        margin={"b": 56},
        bargap=0.25,
    )
    figure.update_annotations(font_size=12)
    return figure
