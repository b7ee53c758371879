"""The stack editor alone on a page: the network to start with is named in a field below it."""

import sys
from pathlib import Path
from typing import Any

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[3]))

from cnn.network import atlas
from cnn.network.architecture import Architecture, layers_from_list
from cnn.network.errors import ArchitectureError
from cnn.network.trace import Trace, trace
from cnn.network.zoo import entry
from ui.components.editor import edited, notes_of, stack_editor

INPUT = (28, 28, 1)
CONV = {"kind": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same", "activation": "relu"}
HEAD = ({"kind": "Flatten"}, {"kind": "Dense", "units": 10, "activation": "softmax"})


def first_layers(asked: str) -> tuple[dict[str, Any], ...]:
    """A network of the zoo or the atlas, an empty stack, or as many layers as are asked for."""
    name = asked.split()[0]
    if name == "empty":
        return ()
    if name.isdigit():
        return (CONV,) * (int(name) - len(HEAD)) + HEAD
    found = atlas.design(name) if name in atlas.atlas() else entry(name).architecture
    return tuple(found.to_dict()["layers"])


def replace() -> None:
    st.session_state["layers"] = first_layers("tiny-vgg")
    st.session_state["rev"] += 1


def select(path: str) -> None:
    st.session_state["selected"] = path


def take() -> None:
    value = edited(KEY)
    if value is not None and value.rev == st.session_state["rev"]:
        st.session_state["layers"] = value.layers
        st.session_state["selected"] = value.selected


def traced(layers: tuple[dict[str, Any], ...]) -> Trace:
    try:
        return trace(Architecture("test", INPUT, layers_from_list(list(layers))), partial=True)
    except ArchitectureError as error:
        before = traced(layers[: int((error.path or (0,))[0])])
        return Trace(before.architecture, before.rows, before.fault or error)


@st.fragment
def bench() -> None:
    found = traced(st.session_state["layers"])
    stack_editor(
        layers=st.session_state["layers"],
        rev=st.session_state["rev"],
        input_shape=INPUT,
        notes=notes_of(found),
        selected=st.session_state["selected"],
        key=KEY,
        on_change=take,
    )
    st.button("Another network", on_click=replace)
    st.button("Choose the first", on_click=select, args=("layers[0]",))
    st.button("Choose within a block", on_click=select, args=("layers[8].body[0]",))
    st.text(f"total {found.total_params}")
    st.text(f"chosen {st.session_state['selected']}")
    st.json(list(st.session_state["layers"]), expanded=False)


asked = st.session_state.get("asked", "lenet-5")
KEY = f"stack {asked}"
if st.session_state.get("opened") != asked:
    st.session_state["opened"] = asked
    st.session_state["layers"] = first_layers(asked)
    st.session_state["rev"] = 1
    st.session_state["selected"] = None
    st.session_state["runs"] = 0
st.session_state["runs"] += 1
if not st.checkbox("Hide the editor", key=f"hide {asked}"):
    bench()
st.text(f"whole runs {st.session_state['runs']}")
st.text(f"opened with {asked}")
st.text_input("Open with", key="asked")
