"""What a kind of layer is for, in a line, with the lesson that shows it."""

from __future__ import annotations

import streamlit as st

from cnn.lessons.words import of_kind
from cnn.network.layers import Layer


def purpose(layer: Layer) -> None:
    """Its purpose, and a link to the lesson where one shows what it does."""
    word = of_kind(layer.kind)
    way = f" [{word.place}]({word.address})" if word else ""
    st.caption(f"{layer.purpose}{way}")
