"""The layers of a link code: the pieces to and from JSON, by the letters of kinds and fields.

Owns how a layer is written. Which values are valid is the JSON's to say, what stands around the
pieces is in `link`, and so is the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS
from cnn.network.errors import ArchitectureError, shown
from cnn.network.feed import Feed
from cnn.network.fields import Choice, Flag, PaddingRule
from cnn.network.layers import KINDS, Container, Layer, defaults, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.layers.normalization import PerChannel

WORD_LETTERS = {"relu": "r", "softmax": "x", "tanh": "t"}
USUAL: dict[str, Any] = {"kernel_size": 3}
NEXT, END = "N", "E"
FEED = "p"
"""What a piece begins with that says what the network is fed; it stands before all layers."""

Json = dict[str, Any]

FIELD_LETTERS = {
    kind: {field.name: letters for field in fields(kind) if (letters := field.metadata["letters"])}
    for kind in KINDS.values()
}
_KINDS = {kind.letters: kind for kind in KINDS.values()}
_WORDS = {letter: word for word, letter in WORD_LETTERS.items()}
_NUMBER = re.compile(r"_?[0-9]+(?:\.[0-9]+)?(?:E_?[0-9]+)?(?:x[0-9]+)*")
_LONGEST_NUMBER = 40
_REAL = r"_?[0-9]+(?:\.[0-9]+)?(?:E_?[0-9]+)?"
_LIST = rf"{_REAL}(?:x{_REAL})*"
_FEED = re.compile(rf"{FEED}({_REAL})x({_REAL})(?:m({_LIST}))?(?:s({_LIST}))?(b)?")


def number_text(value: Any) -> str:
    """A number, or the sizes of a list, as a code writes them."""
    if isinstance(value, list):
        return "x".join(number_text(part) for part in value)
    if isinstance(value, int):
        return str(value)
    text = repr(value + 0.0)  # -0.0 equals 0.0, so it must read the same
    return text.removesuffix(".0").replace("e-0", "E_").replace("e-", "E_").replace("-", "_")


def number_at(text: str) -> tuple[Any, str]:
    """The number that a text begins with, as JSON has it, or None; and what follows it."""
    found = _NUMBER.match(text)
    if found is None:
        return None, text
    written, rest = found[0], text[found.end() :]
    if len(written) > _LONGEST_NUMBER:
        raise ArchitectureError(f"the number {shown(written)} is too long.")
    numbers = [
        int(part) if part.isdigit() else float(part.replace("_", "-"))
        for part in written.split("x")
    ]
    if len(numbers) == 1:
        return numbers[0], rest
    return ([numbers[:2], numbers[2:]] if len(numbers) == 4 else numbers), rest


def feed_piece(feed: Feed) -> str:
    """What a network is fed as a piece."""
    text = f"{FEED}{number_text(feed.low)}x{number_text(feed.high)}"
    text += f"m{number_text(list(feed.mean))}" if feed.mean else ""
    text += f"s{number_text(list(feed.sd))}" if feed.sd else ""
    return text + "b" * feed.bgr


def feed_at(piece: str) -> Feed:
    """What a network is fed, from its piece."""
    found = _FEED.fullmatch(piece)
    if found is None:
        raise ArchitectureError(
            f"piece 1 of the link, {shown(piece)}, should say what the network is fed, such as "
            f"{FEED}0x255: black and white, then m and the means, s and the deviations, and b "
            "where blue comes first."
        )
    low, high, mean, sd, bgr = found.groups()
    (low,), (high,), mean, sd = (_reals(one) for one in (low, high, mean, sd))
    return Feed(low, high, mean, sd, bgr is not None)


def _reals(text: str | None) -> tuple[float, ...]:
    return tuple(float(one.replace("_", "-")) for one in text.split("x")) if text else ()


def main_field(kind: type[Layer]) -> str:
    """The first field where that is a number, which follows the letters of the kind at once."""
    name, rule = next(iter(rules(kind).items()), ("", None))
    return "" if isinstance(rule, (Choice, Flag, Series, Parallel)) else name


def pieces(layers: list[Json]) -> Iterator[str]:
    """The pieces of layers that are given as JSON."""
    for layer in layers:
        kind = KINDS[layer["kind"]]
        yield _piece(kind, layer)
        series: list[list[Json]] = []
        for name, rule in rules(kind).items():
            if isinstance(rule, Parallel):
                series += layer[name]
            elif isinstance(rule, Series) and name in layer:
                series.append(layer[name])
        for place, held in enumerate(series):
            if place:
                yield NEXT
            yield from pieces(held)
        if series:
            yield END


def _piece(kind: type[Layer], values: Json) -> str:
    """One layer as a piece, without what it holds."""
    text, main = kind.letters, main_field(kind)
    word = ""
    for name, rule in rules(kind).items():
        value = values.get(name)
        if value is None or value == USUAL.get(name) or isinstance(rule, (Series, Parallel)):
            continue
        if isinstance(rule, Choice):
            word = WORD_LETTERS.get(value, f"_{value}")
            continue
        text += "" if name == main else FIELD_LETTERS[kind][name]
        text += "" if isinstance(value, (bool, str)) else number_text(value)
    return text + word


def layers_in(text: str) -> list[Json]:
    """The layers that pieces describe, as JSON; an error names the piece."""
    top: list[Json] = []
    opened: list[tuple[Json, list[list[Json]]]] = []
    count = 0
    for number, piece in enumerate(text.split("-"), 1):
        try:
            if piece in (NEXT, END):
                if not opened:
                    raise ArchitectureError("no R or B is open here. Leave it out.")
                container, series = opened[-1]
                if piece == NEXT:
                    series.append([])
                else:
                    container |= _held(KINDS[container["kind"]], series)
                    opened.pop()
                continue
            count += 1
            if count > MAX_LAYERS:
                raise ArchitectureError(f"more than {MAX_LAYERS:,} layers. Use fewer.")
            if len(opened) > MAX_DEPTH:
                raise ArchitectureError(f"nested deeper than {MAX_DEPTH} levels. Flatten it.")
            layer = _layer(piece)
            (opened[-1][1][-1] if opened else top).append(layer)
            if issubclass(KINDS[layer["kind"]], Container):
                opened.append((layer, [[]]))
        except ArchitectureError as error:
            where = f"piece {number} of the link, {shown(piece)}"
            raise ArchitectureError(error.problem, where=where) from None
    if opened:
        raise ArchitectureError(
            f"{len(opened)} of the containers R and B in the link have no end. "
            f"Close each with -{END}."
        )
    return top


def _held(kind: type[Layer], series: list[list[Json]]) -> Json:
    """The fields of a container that hold its series."""
    names = [name for name, rule in rules(kind).items() if isinstance(rule, (Series, Parallel))]
    if isinstance(rules(kind)[names[0]], Parallel):
        return {names[0]: series}
    if len(series) > len(names):
        raise ArchitectureError(
            f"a {kind.__name__} has {' and '.join(names)}, but here it holds {len(series)} series. "
            f"Leave out an {NEXT}."
        )
    return dict(zip(names, series, strict=False))


def _layer(piece: str) -> Json:
    """One piece as JSON, without what it holds."""
    letters = next((piece[:size] for size in (2, 1) if piece[:size] in _KINDS), "")
    if not letters:
        raise ArchitectureError(f"no layer begins so. Known are {', '.join(_KINDS)}.")
    kind = _KINDS[letters]
    main = main_field(kind)
    named = {mark: name for name, mark in FIELD_LETTERS[kind].items()}
    word = next((name for name, rule in rules(kind).items() if isinstance(rule, Choice)), "")
    values: Json = {}
    text = piece[len(letters) :]
    if main:
        value, text = _value_at(kind, main, text)
        if value is not None:
            values[main] = value
    while text:
        mark = next((text[:size] for size in (2, 1) if text[:size] in named), text[0])
        name, rest = named.get(mark, word), text[len(mark) :]
        if mark in named:
            value, rest = _value_at(kind, name, rest)
            value = _bare(kind, name) if value is None else value
        elif word and mark in _WORDS:
            value = _WORDS[mark]
        elif word and mark == "_":
            value, rest = rest, ""
        else:
            usable = [*named, *([*_WORDS, "_word"] if word else [])]
            raise ArchitectureError(
                f"{shown(text)} means nothing in a {kind.__name__}. "
                + (f"Known are {', '.join(usable)}." if usable else "Leave it out.")
            )
        if name in values:
            raise ArchitectureError(f"{name} is given twice. Leave one out.")
        values[name], text = value, rest
    usual = {name: value for name, value in USUAL.items() if name in rules(kind)}
    return {"kind": kind.__name__} | usual | values


def _value_at(kind: type[Layer], name: str, text: str) -> tuple[Any, str]:
    """The value of a field that a text begins with, or None; and what follows it."""
    if not isinstance(rules(kind)[name], PerChannel):
        return number_at(text)
    found = re.match(_LIST, text)
    if found is None:
        return None, text
    values = _reals(found[0])
    return values[0] if len(values) == 1 else list(values), text[found.end() :]


def _bare(kind: type[Layer], name: str) -> bool | str:
    """What a field's letters mean without a number."""
    rule = rules(kind)[name]
    if isinstance(rule, Flag):
        return not defaults(kind)[name]
    if isinstance(rule, PaddingRule):
        return "same"
    raise ArchitectureError(
        f"a number must follow {FIELD_LETTERS[kind][name]}: {name} is {rule.wanted}."
    )
