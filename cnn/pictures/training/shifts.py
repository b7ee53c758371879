"""How often a network is right as its images are moved farther and farther."""

from __future__ import annotations

from collections.abc import Sequence

from cnn.diagnose.evaluation import wilson_interval
from cnn.pictures.kit.figures import layout
from cnn.pictures.training.curves import Figure, colour


def distance_figure(found: Sequence[tuple[int, int]], *, dark: bool) -> Figure:
    """The share of images read right at each distance, with its 95 % interval."""
    share = [hits / many for hits, many in found]
    bounds = [wilson_interval(hits, many) for hits, many in found]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": list(range(len(found))),
                "y": share,
                "customdata": [list(one) for one in found],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [high - at for at, (_, high) in zip(share, bounds, strict=True)],
                    "arrayminus": [at - low for at, (low, _) in zip(share, bounds, strict=True)],
                    "thickness": 1.2,
                },
                "line": {"color": colour(0, dark=dark), "width": 2.5},
                "marker": {"size": 8},
                "hovertemplate": "moved by %{x} px: %{customdata[0]} of %{customdata[1]} right, "
                "%{y:.1%}<extra></extra>",
            }
        ],
        "layout": {
            **layout(dark),
            "hovermode": "closest",
            "showlegend": False,
            "xaxis": {"title": {"text": "moved by, pixels", "standoff": 4}, "dtick": 1},
            "yaxis": {"title": {"text": "read right"}, "tickformat": ".0%", "rangemode": "tozero"},
        },
    }
