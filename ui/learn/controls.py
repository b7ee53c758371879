"""The controls of a lesson: their values are in the address, where a teacher may lock or hide them.

Not Streamlit's own `bind="query-params"`: lessons share names such as `stride`, and a bound value
stays with the next lesson, cannot be given by a link between pages, and is lost where it is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.lesson import Lesson

LESSON, LOCK, HIDE, ASK = "of", "lock", "hide", "ask"
FRAME = (LESSON, LOCK, HIDE, ASK)
LONGEST_QUESTION = 300
LONGEST_VALUE = 2_000
MOST_SEGMENTS = 6
KEY = "lesson_state"

Value = TypeVar("Value")


@dataclass(slots=True)
class _State:
    """What a session knows of its lessons; the values are as an address writes them."""

    lesson: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    written: list[dict[str, str]] = field(default_factory=list)

    @property
    def now(self) -> dict[str, str]:
        return self.values.setdefault(self.lesson, {})


def _state() -> _State:
    found: _State = st.session_state.setdefault(KEY, _State())
    return found


# The frame's side -------------------------------------------------------------------------------


def arrive() -> Lesson:
    """The lesson of the address; a link just opened gives its controls their values."""
    state, address = _state(), st.query_params.to_dict()
    lesson = catalogue.find(address.get(LESSON))
    if address not in state.written or state.lesson != lesson.key:
        state.lesson = lesson.key
        _take(address)
        state.written = [address]
    return lesson


def begin() -> None:
    """To be called before a lesson draws its controls."""
    _state().labels = {}


def end() -> None:
    """To be called when all controls are drawn: writes them into the address."""
    state, wanted = _state(), address()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    state.written = [wanted, *state.written[:1]]


def address(lesson: Lesson | None = None) -> dict[str, str]:
    """The address of the lesson as it stands, or of another as it was left."""
    state = _state()
    if lesson is not None and lesson.key != state.lesson:
        kept = state.values.get(lesson.key, {})
        return {LESSON: lesson.key} | {n: v for n, v in kept.items() if n not in FRAME}
    shown = {name for name in state.now if name in state.labels or name in FRAME}
    return {LESSON: state.lesson} | {n: v for n, v in state.now.items() if n in shown}


def labels() -> dict[str, str]:
    """The controls of the lesson as it is shown: their names, and what they are called."""
    return dict(_state().labels)


def question() -> str:
    """A teacher's own question from the address: plain text, cut where it is too long."""
    text = _state().now.get(ASK, "")
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")[:LONGEST_QUESTION]


# A lesson's side --------------------------------------------------------------------------------


def slider(
    name: str, label: str, low: int, high: int, *, first: int, step: int = 1, hint: str = ""
) -> int:
    """A whole number from `low` to `high`."""

    def draw(key: str, locked: bool) -> int:
        if low >= high:
            st.caption(f"{label}: {low}")
            return low
        return st.slider(label, low, high, step=step, key=key, disabled=locked, help=hint or None)

    def fits(value: int) -> bool:
        return isinstance(value, int) and low <= value <= high and (value - low) % step == 0

    return _control(name, label, first, int, fits, draw)


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
            format_func=lambda value: f"{value:,}" if isinstance(value, int) else f"{value:g}",
        )

    read = int if all(isinstance(one, int) for one in options) else float
    return _control(name, label, first, read, lambda value: value in options, draw)


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
            format_func=lambda one: shown.get(one, one),
            **extra,
        )
        return chosen

    begin_with = options[0] if first is None else first
    return _control(name, label, begin_with, str, lambda value: value in options, draw)


def toggle(name: str, label: str, *, first: bool = False, hint: str = "") -> bool:
    """A switch."""

    def draw(key: str, locked: bool) -> bool:
        return st.toggle(label, key=key, disabled=locked, help=hint or None)

    def read(text: str) -> bool:
        return {"1": True, "0": False}[text]

    return _control(name, label, first, read, lambda value: isinstance(value, bool), draw)


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

    return _control(name, label, first, lambda text: tuple(text.split(",")), fits, draw)


def held(name: str, first: str, fits: Callable[[str], bool], *, label: str = "") -> str:
    """A value without a widget, which a component of the lesson changes through `put`."""
    return _control(name, label or name, first, str, fits, None)


def put(**values: Any) -> None:
    """Gives controls other values; for callbacks, and before the controls are drawn.

    What is locked stays as it is.
    """
    state = _state()
    for name, value in values.items():
        if not is_locked(name):
            state.now[name] = _text(value)
            st.session_state[_key(name)] = value


def preset(label: str, *, hint: str = "", **values: Any) -> None:
    """A button that gives controls these values."""
    st.button(
        label,
        key=_key(f"preset_{label}"),
        type="tertiary",
        icon=":material/bolt:",
        help=hint or None,
        on_click=put,
        kwargs=values,
        width="content",
        disabled=any(map(is_locked, values)),
    )


def is_locked(name: str) -> bool:
    """Whether the address says that this control is to stay as it is."""
    return name in _names(LOCK) | _names(HIDE)


# Inside -----------------------------------------------------------------------------------------


def _control(
    name: str,
    label: str,
    first: Value,
    read: Callable[[str], Value],
    fits: Callable[[Value], bool],
    draw: Callable[[str, bool], Value] | None,
) -> Value:
    state, key = _state(), _key(name)
    state.labels[name] = label
    if key not in st.session_state:
        st.session_state[key] = _read(state.now.get(name), read, first)
    if not fits(st.session_state[key]):
        st.session_state[key] = first
    value: Value = st.session_state[key]
    if draw is not None and name not in _names(HIDE):
        value = draw(key, is_locked(name))
        value = value if fits(value) else first  # a browser may send anything
    if value == first:
        state.now.pop(name, None)
    else:
        state.now[name] = _text(value)
    return value


def _take(address: Mapping[str, str]) -> None:
    """Gives the lesson the values of an address, in place of those it had."""
    state = _state()
    for key in [key for key in st.session_state if str(key).startswith(_key(""))]:
        del st.session_state[key]
    state.values[state.lesson] = {
        name: text[:LONGEST_VALUE] for name, text in address.items() if name != LESSON
    }


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


def _names(frame: str) -> set[str]:
    return set(_state().now.get(frame, "").split(",")) - {""}


def _key(name: str) -> str:
    return f"of_{_state().lesson}_{name}"
