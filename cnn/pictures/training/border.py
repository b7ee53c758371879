"""How many test images are right by how far a trained body is frozen, beside new weights."""

from __future__ import annotations

from collections.abc import Sequence

from cnn.lessons.transfer.measured import Right
from cnn.pictures.kit.figures import layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import SERIES, faint
from cnn.pictures.training.curves import Figure

OF_BODY, OF_NEW = 0, 1


def border_figure(
    found: Sequence[tuple[int, Right]],
    new: Right,
    chosen: int,
    words: tuple[str, str, str],
    *,
    dark: bool,
) -> Figure:
    """A point for each seed of each border, and their means in a line; new weights as a level one.

    `words` are what is counted below, and the names of the two lines.
    """
    below, body_name, new_name = map(label, words)
    places = list(range(len(found)))
    body, other = SERIES[dark][OF_BODY], SERIES[dark][OF_NEW]
    seeds = [(place, share) for place, (_, one) in enumerate(found) for share in one.shares]
    ends = [-0.4, len(found) - 0.6]
    said = "%{customdata} frozen: %{y:.1%}<extra>"
    return {
        "data": [
            _line(ends, [new.mean] * 2, other, new_name, f"%{{y:.1%}}<extra>{new_name}</extra>")
            | {"mode": "lines"},
            {
                "type": "scatter",
                "mode": "markers",
                "x": [place for place, _ in seeds],
                "y": [share for _, share in seeds],
                "customdata": [found[place][0] for place, _ in seeds],
                "marker": {"color": faint(body, 0.45), "size": 6},
                "hovertemplate": f"{said}one seed</extra>",
                "showlegend": False,
            },
            _line(places, [one.mean for _, one in found], body, body_name, f"{said}mean</extra>")
            | {
                "mode": "lines+markers",
                "customdata": [freeze for freeze, _ in found],
                "marker": {
                    "color": body,
                    "size": [15 if freeze == chosen else 7 for freeze, _ in found],
                },
            },
        ],
        "layout": {
            **layout_of_lines(dark),
            "xaxis": {
                "title": {"text": below, "standoff": 4},
                "tickvals": places,
                "ticktext": [str(freeze) for freeze, _ in found],
                "range": ends,
            },
            "yaxis": {"title": {"text": "test images right"}, "tickformat": ".0%"},
        },
    }


def _line(x: Sequence[float], y: Sequence[float], colour: str, name: str, hover: str) -> Figure:
    return {
        "type": "scatter",
        "x": list(x),
        "y": list(y),
        "name": name,
        "line": {"color": colour, "width": 2.5},
        "hovertemplate": hover,
    }
