"""What the editor's script sends, read as the user input it is: every type and size is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS
from cnn.network.blocks import BLOCKS
from cnn.network.fields import MAX_FILTERS
from cnn.network.layers import KINDS, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel

MAX_TEXT = 200
MAX_FIELDS = 40
MAX_ASKS = 20
MOST_SIZES = 4
"""Of one field: the four sides of a padding."""
PATH = re.compile(r"layers(\[\d{1,4}\]|\.(?:body|shortcut|branches)){1,200}")

LayerDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """The script asks for a block's layers, made for so many input channels."""

    id: int
    block: str
    channels: int


@dataclass(frozen=True, slots=True)
class EditorValue:
    """What the user has made of revision `rev`: the layers now, and the path of the chosen one.

    `edit` counts the script's messages, `step` what undo takes as one: all that is typed into one
    field is. The layers are of known kinds and of bounded size, but
    their fields may hold anything a user can type: `layers_from_list` has the last word.
    """

    rev: int
    edit: int
    layers: tuple[LayerDict, ...]
    selected: str | None = None
    asks: tuple[Ask, ...] = ()
    shut: tuple[str, ...] = ()
    """The containers that are collapsed, by their paths."""
    step: int = 0


class _MalformedError(ValueError):
    """Nothing our own script would send."""


def read_value(sent: Any) -> EditorValue | None:
    """The editor's message, or None where there is none or it is not one our script sends."""
    if sent is None:
        return None
    try:
        return _value(sent)
    except _MalformedError:
        return None


def _value(sent: Any) -> EditorValue:
    _must(isinstance(sent, Mapping))
    layers, selected, asks = sent.get("layers"), sent.get("selected"), sent.get("asks", [])
    _must(isinstance(asks, list) and len(asks) <= MAX_ASKS)
    _must(selected is None or _is_path(selected))
    shut = sent.get("shut", [])
    _must(isinstance(shut, list) and len(shut) <= MAX_LAYERS and all(map(_is_path, shut)))
    _check_series(layers)
    return EditorValue(
        _whole(sent.get("rev")),
        _whole(sent.get("edit")),
        tuple(layers),
        selected,
        tuple(_ask(ask) for ask in asks),
        tuple(shut),
        _whole(sent.get("step", 0)),
    )


def _ask(sent: Any) -> Ask:
    _must(isinstance(sent, Mapping))
    block, channels = sent.get("block"), _whole(sent.get("channels"))
    _must(isinstance(block, str) and block in BLOCKS and 1 <= channels <= MAX_FILTERS)
    return Ask(_whole(sent.get("id")), block, channels)


def _check_series(layers: Any) -> None:
    """Every layer is an object of a known kind; there are not too many, nor nested too deep."""
    waiting = [(layers, 0)]
    count = 0
    while waiting:
        series, depth = waiting.pop()
        _must(isinstance(series, list) and depth <= MAX_DEPTH)
        count += len(series)
        _must(count <= MAX_LAYERS)
        for layer in series:
            waiting += [(held, depth + 1) for held in _checked_layer(layer)]


def _checked_layer(layer: Any) -> list[Any]:
    """The series a layer holds, after a look at its other fields."""
    _must(isinstance(layer, dict) and len(layer) <= MAX_FIELDS)
    kind = layer.get("kind")
    _must(isinstance(kind, str) and kind in KINDS)
    known = rules(KINDS[kind])
    held: list[Any] = []
    for name, value in layer.items():
        _must(isinstance(name, str) and len(name) <= MAX_TEXT)
        rule = known.get(name)
        if isinstance(rule, Series):
            held.append(value)
        elif isinstance(rule, Parallel):
            _must(isinstance(value, list) and len(value) <= MAX_LAYERS)
            held += value
        else:
            _check_field(value, MAX_FILTERS if isinstance(rule, PerChannel) else MOST_SIZES)
    return held


def _check_field(value: Any, most: int, depth: int = 0) -> None:
    """A number, a word, or the lists of them that sizes and numbers of channels are."""
    if isinstance(value, list):
        _must(depth < 2 and len(value) <= most)
        for one in value:
            _check_field(one, MOST_SIZES, depth + 1)
    else:
        _must(value is None or isinstance(value, (bool, int, float, str)))
        _must(not isinstance(value, str) or len(value) <= MAX_TEXT)


def _is_path(text: Any) -> bool:
    return isinstance(text, str) and PATH.fullmatch(text) is not None


def _whole(value: Any) -> int:
    _must(type(value) is int and 0 <= value < 2**53)
    assert isinstance(value, int)
    return value


def _must(condition: bool) -> None:
    if not condition:
        raise _MalformedError
