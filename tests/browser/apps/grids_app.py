"""The grid pictures alone on a page: a convolution, one that is transposed, a pooling and steps,
named in a field.
"""

import sys
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[3]))

from cnn.insight.passes.slide import Slide, Spreading, convolved, pooled, spread_out
from cnn.network.layers import AveragePooling2D, Conv2D, Conv2DTranspose, MaxPooling2D
from ui.components.grids import Grid, Labels, Step, edited, grid_pair, grid_steps
from ui.components.grids.spread import grid_spread

WORKED = ("10100", "01101", "00110", "10011", "01011")
CROSS = ("101", "010", "101")


def grid(rows: tuple[str, ...]) -> np.ndarray:
    return np.array([[int(digit) for digit in row] for row in rows], np.float32)


ASKED = st.session_state.get("asked", "")
QUERY = dict(parse_qsl(ASKED, keep_blank_values=True))


def number(name: str, otherwise: int) -> int:
    return int(QUERY.get(name, otherwise))


def convolution() -> Slide:
    channels, filters, size = number("channels", 1), number("filters", 1), number("size", 3)
    random = np.random.default_rng(1)
    layer = Conv2D(
        filters,
        size,
        strides=number("stride", 1),
        padding=number("padding", 0),
        dilation_rate=number("dilation", 1),
    )
    if channels == filters == 1 and size == 3:
        image, kernel = grid(WORKED)[..., None], grid(CROSS)[..., None, None]
        bias = np.zeros(1, np.float32)
    else:
        image = random.integers(-2, 3, (6, 7, channels)).astype(np.float32)
        kernel = random.integers(-2, 3, (size, size, channels, filters)).astype(np.float32)
        bias = random.integers(-2, 3, filters).astype(np.float32)
    now = convolved(layer, image, kernel, bias)
    edit = edited(f"pair {ASKED}", now)
    if edit is None or edit.kernel is None or edit.bias is None:
        return now
    return convolved(layer, edit.input, edit.kernel, edit.bias, flipped="flip" in QUERY)


def transposed() -> Spreading:
    size = number("size", 3)
    layer = Conv2DTranspose(
        1,
        size,
        strides=number("stride", 2),
        padding=QUERY.get("padding", "valid"),
        use_bias=False,
    )
    random = np.random.default_rng(3)
    image = random.integers(-2, 3, (2, 3, 1)).astype(np.float32)
    kernel = random.integers(-2, 3, (size, size, 1, 1)).astype(np.float32)
    now = spread_out(layer, image, kernel)
    edit = edited(f"spread {ASKED}", now)
    if edit is None or edit.kernel is None:
        return now
    return spread_out(layer, edit.input, edit.kernel)


shown = QUERY.get("show", "convolution")
if shown == "convolution":
    slide = convolution()
    grid_pair(slide, key=f"pair {ASKED}", edits_input=True, edits_kernel=True)
    st.text(f"sum of outputs {slide.output.sum():g}")
elif shown == "transposed":
    spreading = transposed()
    names = Labels(output="Larger map")
    key = f"spread {ASKED}"
    grid_spread(
        spreading, key=key, labels=names, counts="Windows", edits_input=True, edits_kernel=True
    )
    st.text(f"sum of outputs {spreading.output.sum():g}")
elif shown == "pooling":
    kind = MaxPooling2D if QUERY["kind"] == "max" else AveragePooling2D
    layer = kind(2, strides=number("stride", 2), padding=QUERY.get("padding", "valid"))
    image = np.random.default_rng(2).integers(0, 9, (6, 7, 1)).astype(np.float32)
    grid_pair(pooled(layer, image), key=f"pair {ASKED}")
else:
    values = np.arange(4, dtype=np.float32).reshape(2, 2)
    one = np.ones((1, 1), np.float32)
    steps = [
        Step(
            f"Cell {n + 1}",
            (("value", str(n)),),
            {"sum": one * values.ravel()[: n + 1].sum()},
            {"from": ((n // 2, n % 2, "picked"),), "sum": ((0, 0, "fed"),)},
        )
        for n in range(4)
    ]
    grid_steps(
        [Grid("from", "Values", values), Grid("sum", "Sum so far", one, sign="→", scale=6)],
        steps,
        key=f"steps {ASKED}",
        leader="from",
    )
st.text(f"opened with {ASKED}")
st.text_input("Open with", key="asked")
