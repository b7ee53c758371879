"""Images as points, and how sure a network is against how right it is, as Plotly figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnn.diagnose.reliability import Reliability
from cnn.insight.readings.embedding import Embedding
from cnn.pictures.kit.figures import LEGEND, MARGIN, layout, layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import FAINT_INK, MORE, TEXT
from cnn.pictures.training.curves import COLOURS, MARKS, Figure, colour

Places = npt.NDArray[np.int64]

SHARES = {"tickformat": ".0%", "tick0": 0, "dtick": 0.2, "zeroline": False}


def embedding_figure(
    found: Embedding, labels: Places, predicted: Places, names: Sequence[str], *, dark: bool
) -> Figure:
    """A point per image, coloured by its true class; a click gives its place as `customdata`."""
    traces = []
    for truth, name in enumerate(names):
        inside = np.flatnonzero(labels == truth)
        if not len(inside):
            continue
        wrong = predicted[inside] != truth
        own = _colour(truth, dark=dark)
        words = [
            f"image {place}, {label(name)}"
            + (f", taken for <b>{label(names[predicted[place]])}</b>" if odd else "")
            for place, odd in zip(inside.tolist(), wrong.tolist(), strict=True)
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label(name),
                "x": np.round(found.points[inside, 0], 4).tolist(),
                "y": np.round(found.points[inside, 1], 4).tolist(),
                "customdata": inside.tolist(),
                "text": words,
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "color": own,
                    "symbol": MARKS[truth // COLOURS % len(MARKS)],
                    "size": [11 if odd else 7 for odd in wrong.tolist()],
                    "opacity": 0.85,
                    "line": {
                        "width": [2 if odd else 0 for odd in wrong.tolist()],
                        "color": TEXT[dark],
                    },
                },
            }
        )
    titles = [
        f"direction {place + 1}: {share:.0%} of the variance"
        for place, share in enumerate(found.shares[:2])
    ]
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": "points",
            "dragmode": "pan",
            "xaxis": {"title": {"text": titles[0], "standoff": 6}, "zeroline": False},
            "yaxis": {"title": {"text": titles[1], "standoff": 6}, "zeroline": False},
        },
    }


def _colour(label: int, *, dark: bool) -> str:
    beyond = label - COLOURS
    return MORE[dark][beyond] if 0 <= beyond < len(MORE[dark]) else colour(label, dark=dark)


def reliability_figure(found: Reliability, *, dark: bool) -> Figure:
    """Each bin's accuracy at its confidence, and the line on which both would be the same."""
    filled = [one for one in found.bins if one.images]
    share = [one.images / max(found.images, 1) for one in filled]
    words = [
        f"surer than {one.low:.0%}, up to {one.high:.0%}: {one.images:,} images,<br>"
        f"mean confidence {one.confidence:.1%}, {one.accuracy:.1%} right"
        for one in filled
    ]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "name": "as sure as right",
                "x": [0, 1],
                "y": [0, 1],
                "line": {"dash": "dot", "width": 1.5, "color": FAINT_INK[dark]},
                "hoverinfo": "skip",
            },
            {
                "type": "bar",
                "name": "accuracy",
                "x": [(one.low + one.high) / 2 for one in filled],
                "y": [one.accuracy for one in filled],
                "width": [(one.high - one.low) * 0.92 for one in filled],
                "marker": {
                    "color": colour(0, dark=dark),
                    "opacity": [0.35 + 0.6 * part**0.5 for part in share],
                },
                "customdata": words,
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "name": "mean confidence",
                "x": [one.confidence for one in filled],
                "y": [one.accuracy for one in filled],
                "marker": {"color": colour(1, dark=dark), "size": 8},
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            **layout(dark),
            "uirevision": "reliability",
            "dragmode": False,
            "showlegend": True,
            "legend": LEGEND,
            "xaxis": {"title": {"text": "how sure it was"}, "range": [-0.02, 1.02], **SHARES},
            "yaxis": {"title": {"text": "share right"}, "range": [0, 1.03], **SHARES},
            "margin": MARGIN | {"r": 28},
        },
    }
