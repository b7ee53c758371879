"""The controls of a lesson: its side of what `ui/parts/lesson/address.py` keeps in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from cnn.lessons.catalogue import frame_text
from cnn.numbers import exact
from ui.parts.lesson import address
from ui.parts.lesson.address import Control, is_locked

__all__ = [
    "choice",
    "held",
    "is_locked",
    "preset",
    "presets",
    "put",
    "several",
    "slider",
    "steps",
    "toggle",
]

MOST_SEGMENTS = 6

Value = TypeVar("Value")


def slider(
    name: str,
    label: str,
    low: int,
    high: int,
    *,
    first: int,
    step: int = 1,
    hint: str = "",
    shows_index: bool = False,
) -> int:
    """A whole number from `low` to `high`.

    With `shows_index` it is shown as a place that counts from 0, while the value and the address
    count from `low`, as links to the lesson always have.
    """

    def draw(key: str, locked: bool) -> int:
        if shows_index:
            return st.select_slider(
                label,
                range(low, high + 1, step),
                key=key,
                disabled=locked,
                help=hint or None,
                format_func=lambda value: f"{value - low}",
            )
        if low >= high:
            st.caption(f"{label}: {low}")
            return low
        return st.slider(label, low, high, step=step, key=key, disabled=locked, help=hint or None)

    def fits(value: int) -> bool:
        return isinstance(value, int) and low <= value <= high and (value - low) % step == 0

    says = (lambda value: str(value - low)) if shows_index else str
    return _control(name, label, first, int, fits, draw, says)


def steps(
    name: str, label: str, options: Sequence[float], *, first: float, hint: str = ""
) -> float:
    """One of some numbers, in their order."""

    def draw(key: str, locked: bool) -> float:
        return st.select_slider(
            label,
            options,
            key=key,
            disabled=locked,
            help=hint or None,
            format_func=says,
        )

    def says(value: float) -> str:
        return f"{value:,}" if isinstance(value, int) else exact(value)

    read = int if all(isinstance(one, int) for one in options) else float
    return _control(name, label, first, read, lambda value: value in options, draw, says)


def choice(
    name: str,
    label: str,
    options: Sequence[str],
    *,
    first: str | None = None,
    words: Mapping[str, str] | None = None,
    hint: str = "",
) -> str:
    """One of some words; `words` says how each is shown, where that is not as it is written."""
    shown = words or {}

    def draw(key: str, locked: bool) -> str:
        widget: Any = st.segmented_control if len(options) <= MOST_SEGMENTS else st.selectbox
        extra = {"required": True} if len(options) <= MOST_SEGMENTS else {}
        chosen: str = widget(
            label,
            options,
            key=key,
            disabled=locked,
            help=hint or None,
            format_func=says,
            **extra,
        )
        return chosen

    def says(value: str) -> str:
        return shown.get(value, value)

    begin_with = options[0] if first is None else first
    return _control(name, label, begin_with, str, lambda value: value in options, draw, says)


def toggle(name: str, label: str, *, first: bool = False, hint: str = "") -> bool:
    """A switch."""

    def draw(key: str, locked: bool) -> bool:
        return st.toggle(label, key=key, disabled=locked, help=hint or None)

    def read(text: str) -> bool:
        return {"1": True, "0": False}[text]

    def says(value: bool) -> str:
        return frame_text("switched_on" if value else "switched_off")

    return _control(name, label, first, read, lambda value: isinstance(value, bool), draw, says)


def several(
    name: str,
    label: str,
    options: Sequence[str],
    *,
    first: tuple[str, ...],
    most: int,
    words: Mapping[str, str] | None = None,
    hint: str = "",
) -> tuple[str, ...]:
    """Some of some words, in the order of the options; none at all shows the first ones."""
    shown = words or {}

    def draw(key: str, locked: bool) -> tuple[str, ...]:
        chosen = st.pills(
            label,
            options,
            selection_mode="multi",
            key=key,
            disabled=locked,
            help=hint or None,
            format_func=lambda one: shown.get(one, one),
        )
        return tuple(one for one in options if one in chosen)[:most] or first

    def fits(value: Sequence[str]) -> bool:
        return isinstance(value, (list, tuple)) and all(one in options for one in value)

    def says(value: Sequence[str]) -> str:
        return ", ".join(shown.get(one, one) for one in value)

    return _control(name, label, first, lambda text: tuple(text.split(",")), fits, draw, says)


def held(
    name: str,
    first: str,
    fits: Callable[[str], bool],
    *,
    label: str = "",
    says: Callable[[str], str] = str,
) -> str:
    """A value without a widget, which a component of the lesson changes through `put`; `says` is
    how it is told to a teacher.
    """
    return _control(name, label or name, first, str, fits, None, says)


def put(**values: Any) -> None:
    """Gives controls other values; for callbacks, and before the controls are drawn.

    What is locked stays as it is.
    """
    now = address.state().now
    for name, value in values.items():
        if not is_locked(name):
            now[name] = _text(value)
            st.session_state[address.key(name)] = value


def preset(label: str, *, hint: str = "", **values: Any) -> None:
    """A button that gives controls these values; where one of them is locked it is left out, and
    the frame says why.
    """
    if locked := set(filter(is_locked, values)):
        address.state().held_back |= locked
        return
    st.button(
        label,
        key=address.key(f"preset_{label}"),
        type="tertiary",
        icon=":material/bolt:",
        help=hint or None,
        on_click=put,
        kwargs=values,
        width="content",
    )


def presets(label: str, some: Mapping[str, Mapping[str, Any]]) -> None:
    """Such buttons in a row, by their labels; nothing where all of them are left out."""
    if all(any(map(is_locked, values)) for values in some.values()):
        address.state().held_back |= {n for one in some.values() for n in filter(is_locked, one)}
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(label, width="content")
        for words, values in some.items():
            preset(words, **values)


def _control(
    name: str,
    label: str,
    first: Value,
    read: Callable[[str], Value],
    fits: Callable[[Value], bool],
    draw: Callable[[str, bool], Value] | None,
    says: Callable[[Value], str],
) -> Value:
    state, key = address.state(), address.key(name)
    if key not in st.session_state:
        st.session_state[key] = _read(state.now.get(name), read, first)
    if not fits(st.session_state[key]):
        st.session_state[key] = first
    value: Value = st.session_state[key]
    st.session_state[key] = value  # said anew, it outlives a run that was cut off before its widget
    if draw is not None and not address.is_hidden(name):
        value = draw(key, is_locked(name))
        value = value if fits(value) else first  # a browser may send anything
    if value == first:
        state.now.pop(name, None)
    else:
        state.now[name] = _text(value)
    state.controls[name] = Control(label, says(value), _text(value))
    return value


def _read(text: str | None, read: Callable[[str], Value], first: Value) -> Value:
    try:
        return first if text is None else read(text)
    except (ValueError, KeyError):
        return first


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
