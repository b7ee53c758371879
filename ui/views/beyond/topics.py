"""Each question with a picture of what comes out, and a network for it that opens in Build."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.transfer import Case, Own, borders
from cnn.lessons.transfer.measured import measured
from cnn.lessons.words import linked, met
from cnn.network.beyond import NETWORKS
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.pictures.data.beyond import beyond
from ui.components.picture import picture
from ui.parts.lesson.ways_on import ways_on
from ui.session.words import percent, pretty


def topics() -> None:
    """All of them, two or three side by side where there is room."""
    words, explained = catalogue.beyond(), set[str]()
    with st.grid("auto", min_column_width=400):
        for one in words["topics"]:
            with st.container(
                border=True, height="stretch", gap="small", key=f"beyond_{one['key']}"
            ):
                _topic(one, words["here"], explained)


def _topic(one: dict[str, str], lead: str, explained: set[str]) -> None:
    key = one["key"]
    architecture = NETWORKS[key]
    values: dict[str, Any] = {
        "output": pretty(shape_text(trace(architecture).output_shape)),
        "channels": architecture.input[2],
        **_of_transfer(),
    }
    st.header(one["title"], anchor=key)
    picture(beyond(key, one["about"]), key=f"beyond_picture_{key}")
    text = linked(f"{one['says']}\n\n{lead} {one['here']}", explained)
    explained |= met(text)
    st.markdown(text.format(**values))
    st.space("stretch")
    ways_on(architecture, key=f"beyond_ways_{key}")


def _of_transfer() -> dict[str, str]:
    """What lesson 15 measured: with new weights, with a frozen body, and fine-tuned."""
    found: dict[str, str] = {}
    for own in Own:
        for name, freeze in (("new", None), ("frozen", borders()[-1]), ("tuned", 0)):
            one = measured()[Case(own, freeze)]
            found |= {f"{own}_train": f"{one.train:,}", f"{own}_test": f"{one.images:,}"}
            found[f"{own}_{name}"] = percent(one.mean)
    return found
