"""Who agrees with whom, as a heatmap, and the images that only one of two gets right."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels
from cnn.pictures.kit.figures import layout
from cnn.pictures.kit.inline import data_uri
from cnn.pictures.kit.label import label, shortened
from cnn.pictures.kit.palette import ABOVE, TEXT, faint, hex_of
from cnn.pictures.training.curves import Figure

SCALE = [[0.0, faint(hex_of(ABOVE), 0.07)], [1.0, faint(hex_of(ABOVE), 0.6)]]
"""The page's words read well on either end; Plotly would change their colour on the way."""


def agreement_figure(
    names: Sequence[str], shares: npt.NDArray[np.float64], *, dark: bool
) -> Figure:
    """The share of test images to which each two networks give the same answer."""
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [label(shortened(name, 18)) for name in names],
        "showgrid": False,
        "zeroline": False,
    }
    # The diagonal is 100 % always, and would only bleach the rest.
    cells = [
        [None if place == other else float(share) for other, share in enumerate(line)]
        for place, line in enumerate(shares)
    ]
    others = [share for line in cells for share in line if share is not None]
    return {
        "data": [
            {
                "type": "heatmap",
                "z": cells,
                "zmin": min(others, default=0.0) - 0.02,
                "zmax": 1.0,
                "colorscale": SCALE,
                "showscale": False,
                "xgap": 2,
                "ygap": 2,
                "texttemplate": "%{z:.1%}",
                "textfont": {"color": TEXT[dark]},
                "hovertemplate": "%{x} and %{y}: %{z:.2%}<extra></extra>",
                "hoverongaps": False,
            }
        ],
        "layout": {
            **layout(dark),
            "uirevision": "agreement",
            "xaxis": ticks | {"side": "bottom", "tickangle": -35},
            "yaxis": ticks | {"autorange": "reversed"},
        },
    }


def disputed_images(pixels: Pixels, captions: Sequence[tuple[str, str]]) -> str:
    """Images side by side as HTML, each over what it is and what it was taken for."""
    figures = "".join(
        f'<figure><img src="{data_uri(image)}" alt="{escape(truth, quote=True)}, taken for '
        f'{escape(taken, quote=True)}"><figcaption>{escape(shortened(truth, 12))}'
        f"<small>not {escape(shortened(taken, 12))}</small></figcaption></figure>"
        for image, (truth, taken) in zip(pixels, captions, strict=True)
    )
    return f'{_STYLE}<div class="disputed">{figures}</div>'


_STYLE = """
<style>
.disputed {display: grid; grid-template-columns: repeat(auto-fill, minmax(58px, 1fr)); gap: .5rem}
.disputed figure {margin: 0; text-align: center; font-size: .82rem; line-height: 1.3; min-width: 0}
.disputed img {width: 100%; image-rendering: pixelated; border-radius: 3px; display: block;
               border: 1px solid color-mix(in srgb, currentColor 18%, transparent)}
.disputed small {display: block; opacity: .65; font-size: .76rem}
</style>
"""
