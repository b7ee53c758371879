"""The totals of a design, with the change that the last edit made."""

from __future__ import annotations

import streamlit as st

from cnn.network.shapes import shape_text
from cnn.network.trace import Trace
from cnn.network.training_macs import total_training_macs
from cnn.numbers import number
from ui.components.figures import Figure, figures
from ui.session.words import pretty, short, size_bytes

KEY = "totals_before"


def totals(trace: Trace, step: tuple[int, int]) -> None:
    """One line of figures; those that the last edit changed say by how much.

    What is edited in one `step` is one edit, as a number is that is typed digit by digit.
    """
    before = _before(trace, step)
    memory = trace.training_memory_bytes(64)
    params, macs = trace.total_params, trace.total_macs
    figures(
        [
            Figure("Parameters", short(params), _more(params, before["params"]), _trained(trace)),
            Figure(
                "MACs per image",
                short(macs),
                _times(macs, before["macs"]),
                help="Multiply-accumulates: so many products are added up for one image. It is "
                "the work that a forward pass costs. To train on it, with the way back, costs "
                f"{short(total_training_macs(trace))}.",
            ),
            Figure(
                "Layers deep", str(trace.depth), help="Layers with a kernel on the longest way."
            ),
            Figure(
                "Last map sees",
                pretty(shape_text(trace.last_map_field)),
                help="Input pixels in the receptive field of one cell of the last map; where no "
                "layer gives a map, of one output.",
            ),
            Figure(
                "Training memory",
                f"≈ {size_bytes(memory)}",
                help="An estimate for a batch of 64 images with Adam: weights, gradients, the "
                "optimizer's two copies, and every output with its gradient.",
            ),
        ],
        key="totals",
    )


def _trained(trace: Trace) -> str:
    """How many of them are trained, where it is not all."""
    if not trace.non_trainable_params:
        return ""
    return (
        f"{trace.trainable_params:,} of them are trained; the other "
        f"{trace.non_trainable_params:,} are the moving averages of batch norm."
    )


def _before(trace: Trace, step: tuple[int, int]) -> dict[str, int]:
    """The totals before the last edit: kept until the next one, which may change none of them."""
    design = (trace.architecture.input, trace.architecture.layers)
    now = {"params": trace.total_params, "macs": trace.total_macs}
    edit = (trace.architecture.input, step)
    last_edit, last, latest, before = st.session_state.get(KEY, (edit, design, now, now))
    if design != last:
        latest, before = now, before if edit == last_edit else latest
        last_edit = edit
    st.session_state[KEY] = (last_edit, design, latest, before)
    return dict(before)


def _more(now: int, before: int) -> str:
    if now == before:
        return ""
    return f"{now - before:+,}".replace("-", "−")


def _times(now: int, before: int) -> str:
    if not before or now == before:
        return ""
    said = number(now / before, 2)
    return "" if said == "1" else f"×{said}"
