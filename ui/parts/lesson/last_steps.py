"""The end of the way: a network of one's own, trained and set beside LeNet, with Next alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from cnn.data import CATALOGUE
from cnn.lessons.catalogue import frame_text
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.trace import Trace
from cnn.network.zoo import entry
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.fitting import image_changes, with_classes
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import Run, State, recipe
from ui.parts.comparison import choice
from ui.parts.runs import runs
from ui.parts.setup import data
from ui.parts.setup.setup import queue
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import plain

KEY = "last_steps"
OWN = "simple-cnn"


def begin() -> None:
    """From the last lesson to Build, with a small network to make one's own."""
    design.put(replace(entry(OWN).architecture, name=frame_text("own_network")))
    st.session_state[KEY] = True
    st.switch_page(PAGES / "build.py")


def in_build(trace: Trace) -> None:
    """The step in Build, once one is on the way; Next trains what stands on the bench."""
    is_whole = trace.fault is None and bool(trace.rows)
    _step("own_build", "own_build_next", lambda: _train(trace.architecture), disabled=not is_whole)


def in_train(run: Run) -> None:
    """The step in Train; Next trains LeNet likewise, and compares."""
    _step("own_train", "own_train_next", lambda: _compare(run), epochs=run.configuration.epochs)


def in_compare() -> None:
    """The last step, in Compare; Next leads back to the lessons."""
    _step("own_compare", "own_compare_next", _end)


def next_button(label: str, disabled: bool = False) -> bool:
    """The button that leads on, on every page of the way."""
    return st.button(
        label,
        icon=":material/arrow_forward:",
        icon_position="right",
        type="primary",
        disabled=disabled,
    )


def _step(
    words: str, label: str, go: Callable[[], None], *, disabled: bool = False, **values: object
) -> None:
    if not st.session_state.get(KEY):
        return
    with st.container(border=True, key="last_step"):
        about, on = st.columns([7, 4], vertical_alignment="center")
        about.markdown(frame_text(words, **values))
        with on, st.container(horizontal=True, horizontal_alignment="right"):
            st.button(frame_text("leave"), key="leave_way", type="tertiary", on_click=_forget)
            is_pressed = next_button(frame_text(label), disabled)
    if is_pressed:
        try:
            go()
        except (ArchitectureError, ConfigurationError) as error:
            st.toast(plain(str(error)), icon=":material/error:")


def _train(architecture: Architecture) -> None:
    spec = FIRST.dataset
    shape = CATALOGUE[spec.name].image_shape
    look = data.look(spec, shape)
    if look is None:
        return
    fitted, on_head = with_classes(architecture, len(look.class_names))
    on_images = image_changes(spec.name, shape, architecture.input)
    limits.check_size(fitted)
    id = _trained(fitted, FIRST, on_images + on_head)
    st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: id})


def _compare(run: Run) -> None:
    lenet = entry(choice.BESIDE).architecture
    conditions = replace(run.configuration, start=None)
    _trained(lenet, conditions)
    choice.put([run.architecture, lenet], conditions, 1)
    st.switch_page(PAGES / "compare.py")


def _trained(
    architecture: Architecture, configuration: Configuration, changes: tuple[str, ...] = ()
) -> str:
    """The id of exactly this training, put into the queue where there is none yet."""
    for run in reversed(runs.store().find([recipe(architecture, configuration)])):
        if run.is_live or run.state is State.FINISHED:
            return run.id
    return queue(architecture, configuration, changes)


def _end() -> None:
    _forget()
    st.switch_page(PAGES / "learn.py")


def _forget() -> None:
    st.session_state.pop(KEY, None)
