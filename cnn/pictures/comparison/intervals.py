"""How large a difference is and how sure: dots with intervals, beside a line at no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn.comparing.significance import Verdict
from cnn.comparing.verdict import Judgement
from cnn.pictures.kit.figures import layout
from cnn.pictures.kit.label import label, shortened
from cnn.pictures.kit.palette import INK
from cnn.pictures.training.curves import Figure, colour


def intervals(found: Judgement, *, dark: bool) -> Figure:
    """The difference of the trained networks, or of the networks over their seeds."""
    lines: list[tuple[str, Verdict]] = []
    if found.images:
        lines.append(("these runs", found.images))
    if found.seeds:
        lines.append(("over seeds", found.seeds))
    whose = f"{shortened(found.first, 20)} minus {shortened(found.second, 20)}"
    title = f"percentage points<br>{label(whose)}"  # in two lines, as a phone is narrow
    return {
        "data": [interval(name, verdict, dark=dark) for name, verdict in lines],
        "layout": {
            **layout(dark),
            "uirevision": title,
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {
                "title": {"text": title, "standoff": 6},
                "zeroline": False,
                "range": _reach([one for _, one in lines]),
                "nticks": 7,
            },
            "yaxis": {"automargin": True, "showgrid": False, "autorange": "reversed"},
            "shapes": [no_difference(dark=dark)],
        },
    }


def no_difference(*, dark: bool) -> dict[str, Any]:
    """A line over the whole height where there is no difference."""
    line = {"color": INK[dark], "width": 1, "dash": "dot"}
    return {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _reach(verdicts: Sequence[Verdict]) -> list[float]:
    """As far to one side of none as to the other, and a little further than any interval."""
    ends = [abs(100 * end) for one in verdicts for end in (one.low, one.high)]
    furthest = 1.15 * max(ends, default=1.0) or 1.0
    return [-furthest, furthest]


def interval(name: str, found: Verdict, *, dark: bool) -> dict[str, Any]:
    """A line of its own for one difference."""
    own = colour(0 if found.is_real else 7, dark=dark)
    middle = 100 * found.difference
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [middle],
        "y": [name],
        "marker": {"size": 11, "color": own},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [max(100 * found.high - middle, 0.0)],
            "arrayminus": [max(middle - 100 * found.low, 0.0)],
            "color": own,
            "thickness": 2,
            "width": 6,
        },
        "hovertemplate": (
            f"%{{x:.2f}} ({100 * found.low:.2f} to {100 * found.high:.2f})<extra></extra>"
        ),
    }
