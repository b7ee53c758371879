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
KEY, SHOWN = "lesson_state", "lesson_shown"
LESSONS, DESK = "of", "desk"
"""Where a lesson is shown: on its own page, or on the desk where a link to it is made."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a control is called, what it says, and its value as an address writes it."""

    label: str
    says: str
    text: str


@dataclass(slots=True)
class State:
    """The values that the controls have, as an address writes them, lesson by lesson; what was
    given by the last link; and the words that the lesson has explained so far.
    """

    place: str = LESSONS
    lesson: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    held_back: set[str] = field(default_factory=set)
    """The locked controls for which quick choices are left out."""
    written: list[dict[str, str]] = field(default_factory=list)

    @property
    def now(self) -> dict[str, str]:
        return self.values.setdefault(self.lesson, {})


def state(place: str = "") -> State:
    """What this session knows of the lessons as they are shown here, or at that place."""
    place = place or st.session_state.get(SHOWN, LESSONS)
    found: State = st.session_state.setdefault(f"{KEY}_{place}", State(place))
    return found


def arrive(place: str = LESSONS) -> Lesson:
    """The lesson of the address; a link just opened gives its controls their values."""
    st.session_state[SHOWN] = place
    now, there = state(), st.query_params.to_dict()
    lesson = catalogue.find(there.get(LESSON))
    if there not in now.written or now.lesson != lesson.key:
        now.lesson = lesson.key
        _take(there)
        now.written = [there]
    return lesson


def begin() -> None:
    """To be called before a lesson draws its controls."""
    state().controls, state().met, state().held_back = {}, set(), set()


def end() -> None:
    """To be called when all controls are drawn: writes them into the address."""
    now, wanted = state(), written()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    now.written = [wanted, *now.written[:1]]


def written(place: str = "") -> dict[str, str]:
    """The address of the lesson as it stands."""
    now = state(place)
    shown = {name for name in now.now if name in now.controls or name in FRAME}
    return {LESSON: now.lesson} | {n: v for n, v in now.now.items() if n in shown}


def left(lesson: Lesson) -> dict[str, str]:
    """The address of a lesson as it was left on its page, on the same way."""
    now = state(LESSONS)
    if lesson.key == now.lesson:
        return written(LESSONS)
    kept = now.values.get(lesson.key, {})
    found = {LESSON: lesson.key} | {n: v for n, v in kept.items() if n not in FRAME}
    return found | ({WAY: SHORT} if now.now.get(WAY) == SHORT else {})


def misread() -> dict[str, str]:
    """What a link just opened says of controls that they do not, by their names."""
    now = state()
    given, now.given = now.given, {}
    return {
        name: text
        for name, text in given.items()
        if name not in FRAME and (name not in now.controls or now.controls[name].text != text)
    }


def question() -> str:
    """A teacher's own question from the address: plain text, cut where it is too long."""
    return asked(state().now.get(ASK, ""))


def asked(text: str) -> str:
    """A question as an address can carry it."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    return shown.strip()[:LONGEST_QUESTION].strip()


def is_prepared() -> bool:
    """Whether a teacher's link has led here: it holds a control, or asks a question."""
    return not {LOCK, HIDE, ASK}.isdisjoint(state().now)


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


def hold(name: str, how: str) -> None:
    """Has a control locked or hidden for whoever opens the link, or neither."""
    for one in (LOCK, HIDE):
        names = _names(one) - {name} | ({name} if one == how else set())
        _say(one, ",".join(sorted(names)))


def ask(text: str) -> None:
    """Has the link carry a question."""
    _say(ASK, asked(text))


def key(name: str) -> str:
    """What the session calls a control of the lesson that is shown."""
    return f"{state().place}_{state().lesson}_{name}"


def _take(there: Mapping[str, str]) -> None:
    """Gives the lesson the values of an address, in place of those it had."""
    now = state()
    for old in [old for old in st.session_state if str(old).startswith(key(""))]:
        del st.session_state[old]
    now.given = {name: text[:LONGEST_VALUE] for name, text in there.items() if name != LESSON}
    now.values[now.lesson] = dict(now.given)


def _say(frame: str, text: str) -> None:
    now = state().now
    if text:
        now[frame] = text
    else:
        now.pop(frame, None)


def _names(frame: str) -> set[str]:
    return set(state().now.get(frame, "").split(",")) - {""}
