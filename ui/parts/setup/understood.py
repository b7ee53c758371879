"""What a file of own images was understood as: its classes in pictures, and what is to be said."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from cnn.data import DataError, Split
from cnn.data.in_child_process import Arrived
from cnn.data.look import Look
from cnn.data.own.choices import About, Choice
from cnn.data.own.reading import Reading, written
from cnn.data.summary import examples
from cnn.names import visible
from cnn.pictures.kit.inline import data_uri
from ui.session.words import plain

MOST_CLASSES = 30
_EACH = 6
_GAP = 2
_MOST_IN_VIEW = 6
_OTHER = "other"
_KINDS = "The kinds, and some pictures of each"
_ASKS = {
    About.AXES: "Where are the channels?",
    About.VALUES: "Which value is black, and which is white?",
    About.TURN: "Which way do the images stand?",
    About.NAMES: "What are the kinds called?",
    About.COLUMNS: "What says which kind an image is?",
}
_STYLE = """
<style>
.kinds {display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
        gap: .7rem 1rem; max-height: 23rem; overflow-y: auto}
.kinds > div {min-width: 0}
.kinds span {display: block; font-size: .86rem; overflow: hidden; text-overflow: ellipsis;
             white-space: nowrap}
.kinds small {opacity: .7; font-size: .8rem; margin-left: .4rem}
.kinds img {display: block; width: 100%; max-width: 13rem; height: auto; image-rendering: pixelated;
            border-radius: 2px; margin-top: .2rem}
</style>
"""


def ask(choices: Sequence[Choice], found: Arrived, key: str) -> Reading:
    """A control for each thing that can be read in more than one way; returns what was said."""
    said = Reading()
    for choice in choices:
        if _can_be_said(choice):
            said = said.and_then(_said_of(choice, found, f"own_images_{choice.about}_{key}"))
    return said


def _can_be_said(choice: Choice) -> bool:
    """Whether there is more than one way; other values than those of a choice can be typed."""
    return len(choice.options) > 1 or choice.about is About.VALUES


def _said_of(choice: Choice, found: Arrived, key: str) -> Reading:
    if choice.about is About.TURN and found.look:
        _both_ways(found.look.few, bool(found.understood.reading.is_transposed))
    if choice.about is About.VALUES:
        return _values(choice, key)
    said = {one.words: f"{one.said[:1].upper()}{one.said[1:]}" for one in choice.options}
    label, begin = _ASKS[choice.about], None if choice.is_open else 0
    if len(said) <= _MOST_IN_VIEW:
        words = st.radio(label, list(said), begin, lambda words: plain(said[words]), key)
    else:
        words = st.selectbox(label, list(said), begin, lambda words: visible(said[words]), key)
    st.caption(plain(choice.found))
    return _answer(choice, words)


def _values(choice: Choice, key: str) -> Reading:
    """The usual values among which those of a file can be, or any two that are typed."""
    said = {one.words: one.said for one in choice.options} | {_OTHER: "other values ..."}
    words = st.selectbox(
        _ASKS[About.VALUES],
        list(said),
        index=None if choice.is_open else 0,
        placeholder="Choose black and white",
        format_func=lambda words: f"{said[words][0].upper()}{said[words][1:]}",
        key=key,
    )
    st.caption(plain(choice.found))
    if words == _OTHER:
        usual = Reading.of(choice.options[0].words).values or (0.0, 1.0)
        black, white = (
            column.number_input(name, value=value, format="%g", key=f"{key}_{name}")
            for column, name, value in zip(st.columns(2), ("Black", "White"), usual, strict=True)
        )
        try:
            return Reading.of(f"{written(black)}..{written(white)}")
        except DataError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return Reading()
    return _answer(choice, words)


def _answer(choice: Choice, words: str | None) -> Reading:
    """What was said by a control: nothing where it is what would be taken anyway."""
    is_usual = not choice.is_open and words == choice.options[0].words
    return Reading() if words is None or is_usual else Reading.of(words)


def unanswered(choices: Sequence[Choice], said: Reading) -> list[str]:
    """What still has to be said, as it was asked."""
    return [_ASKS[one.about] for one in choices if one.is_open and one.about not in said.said]


def found_said(choices: Sequence[Choice]) -> list[str]:
    """What was found where there is nothing to choose."""
    return [one.found for one in choices if not _can_be_said(one)]


def kinds(found: Look) -> None:
    """Each class with its count and some of its images."""
    per_class = [sum(split) for split in zip(*found.counts.values(), strict=True)]
    named = list(zip(found.class_names, per_class, strict=True))[:MOST_CLASSES]
    lines = [
        f"<div><span>{escape(visible(name))}<small>{count:,} pictures</small></span>"
        f"{_strip(examples(found.few, label, _EACH), name)}</div>"
        for label, (name, count) in enumerate(named)
    ]
    more = len(found.class_names) - len(named)
    if more:
        lines.append(f"<div><span>and {more:,} more kinds</span></div>")
    around = f'<div class="kinds" tabindex="0" role="group" aria-label="{_KINDS}">'
    st.html(f"{_STYLE}{around}{''.join(lines)}</div>")


def _both_ways(few: Split, is_transposed: bool) -> None:
    """The same images as they are stored, and with rows and columns changed."""
    some = few.take(np.linspace(0, len(few) - 1, min(_EACH, len(few))).astype(np.int64))
    other = Split(np.ascontiguousarray(some.pixels.transpose(0, 2, 1, 3)), some.labels)
    upright, turned = (other, some) if is_transposed else (some, other)
    lines = [
        f"<div><span>{name}</span>{_strip(way, name)}</div>"
        for name, way in (("As they are stored", upright), ("Rows and columns changed", turned))
    ]
    st.html(f'{_STYLE}<div class="kinds">{"".join(lines)}</div>')


def _strip(some: Split, name: str) -> str:
    """Images side by side as one picture; nothing of none."""
    if not len(some):
        return ""
    count, height, width, _ = some.pixels.shape
    tiles = np.zeros((height, _EACH, width + _GAP, 4), np.uint8)
    tiles[:, :count, :width, :3] = np.broadcast_to(
        some.pixels.transpose(1, 0, 2, 3), (height, count, width, 3)
    )
    tiles[:, :count, :width, 3] = 255
    strip = tiles.reshape(height, -1, 4)[:, :-_GAP]
    alt = escape(f"Some pictures: {visible(name)}", quote=True)
    return f'<img src="{data_uri(strip)}" alt="{alt}">'
