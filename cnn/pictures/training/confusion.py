"""What was right and wrong as Plotly figures: the confusion matrix, and a bar per class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn.diagnose.evaluation import ClassFigures, Matrix, wilson_interval
from cnn.pictures.kit.figures import layout
from cnn.pictures.kit.label import label, shortened
from cnn.pictures.kit.palette import EMPTY, SURE
from cnn.pictures.training.curves import Figure, colour

MOST_COUNTS = 25
LONGEST_NAME = 14
PALEST = 0.22


def confusion_figure(matrix: Matrix, class_names: Sequence[str], *, dark: bool) -> Figure:
    """Rows are the truth, columns what the network said; a click gives both as `y` and `x`.

    A cell is coloured by its share of its row. The scale is not even: among a thousand images a
    single mistake is to be seen.
    """
    classes = len(matrix)
    names = [label(name) for name in class_names]
    right: list[list[float | None]] = [[None] * classes for _ in range(classes)]
    wrong: list[list[float | None]] = [[None] * classes for _ in range(classes)]
    about = [[""] * classes for _ in range(classes)]
    for i, row in enumerate(matrix.tolist()):
        total = sum(row)
        for j, count in enumerate(row):
            share = count / total if total else 0.0
            seen = PALEST + (1 - PALEST) * share**0.5 if share else 0.0
            (right if i == j else wrong)[i][j] = seen
            verdict = "right" if i == j else f"taken for <b>{names[j]}</b>"
            about[i][j] = f"{count:,} of {total:,} <b>{names[i]}</b> {verdict} ({share:.1%})"
    # Plotly writes the text of empty cells too, so that each part has only its own.
    counts = [[f"{count:,}" if count else "" for count in row] for row in matrix.tolist()]
    wrong_counts = [
        ["" if i == j else text for j, text in enumerate(row)] for i, row in enumerate(counts)
    ]
    right_counts = [
        [text if i == j else "" for j, text in enumerate(row)] for i, row in enumerate(counts)
    ]
    every = list(range(classes))
    common: dict[str, Any] = {
        "type": "heatmap",
        "x": every,
        "y": every,
        "customdata": about,
        "texttemplate": "%{text}" if classes <= MOST_COUNTS else "",
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": False,
        "showscale": False,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2 if classes <= MOST_COUNTS else 0,
        "ygap": 2 if classes <= MOST_COUNTS else 0,
    }
    ticks = {
        "tickvals": every,
        "ticktext": [_short(name) for name in class_names],
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
    }
    return {
        "data": [
            common
            | {
                "z": wrong,
                "text": wrong_counts,
                "colorscale": [[0, EMPTY[dark]], [1, SURE[dark][1]]],
            },
            common
            | {
                "z": right,
                "text": right_counts,
                "colorscale": [[0, EMPTY[dark]], [1, SURE[dark][0]]],
            },
        ],
        "layout": {
            **layout(dark),
            "uirevision": "confusion",
            "dragmode": False,
            "xaxis": ticks | {"title": {"text": "predicted", "standoff": 8}},
            "yaxis": ticks | {"title": {"text": "true", "standoff": 8}, "autorange": "reversed"},
        },
    }


def confusion_height(classes: int) -> int:
    """How many pixels high the matrix is to be, for cells that hold a count."""
    return max(300, min(70 + 42 * classes, 560))


def class_bars(
    figures: Sequence[ClassFigures], class_names: Sequence[str], *, dark: bool
) -> Figure:
    """The accuracy on the images of each class, the hardest on top, with its 95 % interval."""
    known = [one for one in figures if one.images]
    known.sort(key=lambda one: (one.recall, -one.images), reverse=True)  # Plotly begins below
    shares = [one.right / one.images for one in known]
    ranges = [wilson_interval(one.right, one.images) for one in known]
    every = list(range(len(known)))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": every,
        "x": shares,
        "marker": {"color": colour(0, dark=dark), "opacity": 0.6},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - share for share, (_, high) in zip(shares, ranges, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(shares, ranges, strict=True)],
            "color": colour(7, dark=dark),
            "thickness": 1.5,
            "width": 3,
        },
        "customdata": [
            f"<b>{label(class_names[one.label])}</b>: {one.right:,} of {one.images:,} right "
            f"({share:.1%}), 95 % interval {low:.1%} to {high:.1%}"
            for one, share, (low, high) in zip(known, shares, ranges, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return {
        "data": [trace],
        "layout": {
            **layout(dark),
            "uirevision": "classes",
            "dragmode": False,
            "bargap": 0.35,
            "xaxis": {"range": [0, 1.02], "tickformat": ".0%", "zeroline": False},
            "yaxis": {
                "tickvals": every,
                "ticktext": [_short(class_names[one.label]) for one in known],
                "showgrid": False,
            },
        },
    }


def bars_height(classes: int) -> int:
    """How many pixels high the bars are to be."""
    return max(160, min(50 + 30 * classes, 900))


def _short(name: str) -> str:
    return label(shortened(name, LONGEST_NAME))
