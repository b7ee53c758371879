"""What a session knows of its lessons, and the address that says it: the frame's side.

Not Streamlit's own `bind="query-params"`: lessons share names such as `stride`, and a bound value
stays with the next lesson, cannot be given by a link between pages, and is lost where it is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from cnn.lessons import catalogue
from cnn.lessons.lesson import Lesson

LESSON, LOCK, HIDE, ASK, WAY = "of", "lock", "hide", "ask", "way"
FRAME = (LESSON, LOCK, HIDE, ASK, WAY)
SHORT = "short"
LONGEST_QUESTION = 300
LONGEST_VALUE = 2_000
KEY = "lesson_state"


@dataclass(slots=True)
class State:
    """The values that the controls have, as an address writes them, lesson by lesson; and the words
    that the lesson has explained so far.
    """

    lesson: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    written: list[dict[str, str]] = field(default_factory=list)

    @property
    def now(self) -> dict[str, str]:
        return self.values.setdefault(self.lesson, {})


def state() -> State:
    """What this session knows."""
    found: State = st.session_state.setdefault(KEY, State())
    return found


def arrive() -> Lesson:
    """The lesson of the address; a link just opened gives its controls their values."""
    now, there = state(), st.query_params.to_dict()
    lesson = catalogue.find(there.get(LESSON))
    if there not in now.written or now.lesson != lesson.key:
        now.lesson = lesson.key
        _take(there)
        now.written = [there]
    return lesson


def begin() -> None:
    """To be called before a lesson draws its controls."""
    state().labels, state().met = {}, set()


def end() -> None:
    """To be called when all controls are drawn: writes them into the address."""
    now, wanted = state(), written()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    now.written = [wanted, *now.written[:1]]


def written(lesson: Lesson | None = None) -> dict[str, str]:
    """The address of the lesson as it stands, or of another as it was left, on the same way."""
    now = state()
    if lesson is not None and lesson.key != now.lesson:
        kept = now.values.get(lesson.key, {})
        found = {LESSON: lesson.key} | {n: v for n, v in kept.items() if n not in FRAME}
        return found | ({WAY: SHORT} if is_short_way() else {})
    shown = {name for name in now.now if name in now.labels or name in FRAME}
    return {LESSON: now.lesson} | {n: v for n, v in now.now.items() if n in shown}


def labels() -> dict[str, str]:
    """The controls of the lesson as it is shown: their names, and what they are called."""
    return dict(state().labels)


def question() -> str:
    """A teacher's own question from the address: plain text, cut where it is too long."""
    text = state().now.get(ASK, "")
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")[:LONGEST_QUESTION]


def is_short_way() -> bool:
    """Whether Next goes the short way."""
    return state().now.get(WAY) == SHORT


def on_short_way(lesson: Lesson) -> dict[str, str]:
    """The address of a lesson on the short way, with its first values."""
    return {LESSON: lesson.key, WAY: SHORT}


def is_locked(name: str) -> bool:
    """Whether the address says that this control is to stay as it is."""
    return is_hidden(name) or name in _names(LOCK)


def is_hidden(name: str) -> bool:
    """Whether the address says that this control is not to be shown."""
    return name in _names(HIDE)


def key(name: str) -> str:
    """What the session calls a control of the lesson that is shown."""
    return f"of_{state().lesson}_{name}"


def _take(there: Mapping[str, str]) -> None:
    """Gives the lesson the values of an address, in place of those it had."""
    now = state()
    for old in [old for old in st.session_state if str(old).startswith(key(""))]:
        del st.session_state[old]
    now.values[now.lesson] = {
        name: text[:LONGEST_VALUE] for name, text in there.items() if name != LESSON
    }


def _names(frame: str) -> set[str]:
    return set(state().now.get(frame, "").split(",")) - {""}
