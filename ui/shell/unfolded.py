"""What a browser's words take once they are read, known from their bytes before anybody reads them.

Thirteen megabytes may be six million parts of two bytes, a text that is JSON for two million lists,
or letters of which a single one makes all others four bytes wide. So the parts of a message are
gone through without making any of them, and what makes something out of a text is counted in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf.descriptor import FieldDescriptor
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

MESSAGE_BYTES = 14_000_000
"""The longest words there are: the largest picture that the pad takes, 10 MB, as text."""

MOST_PARTS = 5_000
"""Three for each widget and one for each thing that is chosen: on the fullest page, a hundred."""

VALUE_BYTES = 20_000
"""Values from here on are counted one by one, as Streamlit keeps each until its part is gone."""

MARKS = (b"{", b"[", b",", b":", b"\\", b"&", b"%")
MARK_BYTES = 90
"""What makes a list, a key, a value or a piece of a text, in JSON or in an address, and how much
Python takes for one at most.
"""

WIDTH = 4
"""The bytes of each letter of a text that has an emoji in it."""

WIDGET = WidgetStates.DESCRIPTOR.fields_by_name["widgets"]
ID = WidgetState.DESCRIPTOR.fields_by_name["id"]
OF_NOW = WidgetState.DESCRIPTOR.fields_by_name["json_trigger_value"]
"""The kind of value that Streamlit forgets with the words that brought it: a picture comes so."""

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
VARINT, MEASURED = 0, 2
FIXED_BYTES = {1: 8, 5: 4}
"""How a part is written (https://protobuf.dev/programming-guides/encoding). There are two more ways
in old messages, and none in Streamlit's.
"""

Part = tuple[FieldDescriptor | None, int, int]


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What some words are: as long as they were `sent`, of so many `parts`, and `size` bytes once
    they are read; `plain` of those that were sent are surely no picture. `values` has the size of
    each larger one that stays, by the id of its widget.
    """

    sent: int
    parts: int
    plain: int
    size: int
    values: dict[bytes, int] = field(default_factory=dict)


class _BrokenError(ValueError):
    """Nothing that Streamlit's own page would send."""


def unfolded(said: bytes | str) -> Unfolded:
    """What some words are. What is too long or has too many parts is not looked at to its end."""
    sent = len(said)
    if sent > MESSAGE_BYTES or isinstance(said, str):
        return Unfolded(sent, 0, sent, sent)
    parts, size, of_now, until = 0, sent, 0, 0
    names: dict[int, bytes] = {}
    sizes = Counter[int]()  # of a widget, by where it ends
    try:
        for part, start, stop in _parts(said):
            parts += 1 if _is_one(part) else stop - start
            if parts > MOST_PARTS:
                break
            if part == WIDGET:
                until = stop
            if part is None or part.type not in TEXTS:
                continue
            text = said[start:stop]
            more = _more(text)
            size += more
            if part == OF_NOW:
                of_now += len(text)
            elif start < until:
                sizes[until] += len(text) + more
            if part == ID:
                names[until] = text
    except _BrokenError:
        parts = max(parts, sent)  # it may have been read wrong here, so it counts as the worst
    values = Counter[bytes]()
    for place, its in sizes.items():
        values[names.get(place, b"")] += its if its > VALUE_BYTES else 0
    return Unfolded(sent, parts, sent - of_now, size, dict(+values))


def _is_one(part: FieldDescriptor | None) -> bool:
    """Whether it is one thing, and not numbers that stand side by side in it, of a byte or more."""
    return part is None or part.type in TEXTS or part.message_type is not None


def _more(text: bytes) -> int:
    """How much more than its bytes a text takes, as it is and as JSON."""
    is_wide = not text.isascii() or b"\\u" in text
    return sum(map(text.count, MARKS)) * MARK_BYTES + is_wide * (WIDTH - 1) * len(text)


def _parts(said: bytes) -> Iterator[Part]:
    """Each part in its order: what it is where it has a length of its own, and from where to where;
    what has parts comes before them.
    """
    inside, at = [(BackMsg.DESCRIPTOR, len(said))], 0
    while inside:
        kind, end = inside[-1]
        if at == end:
            inside.pop()
            continue
        tag, at = _number(said, at, end)
        form = tag & 7
        if form != MEASURED:
            stop = _after(said, form, at, end)
            yield None, at, stop
            at = stop
            continue
        size, at = _number(said, at, end)
        if at + size > end:
            raise _BrokenError
        part = kind.fields_by_number.get(tag >> 3)
        yield part, at, at + size
        if part is not None and part.message_type is not None:
            inside.append((part.message_type, at + size))
        else:
            at += size


def _after(said: bytes, form: int, at: int, end: int) -> int:
    """The place after a part without a length of its own."""
    if form == VARINT:
        return _number(said, at, end)[1]
    stop = at + FIXED_BYTES.get(form, len(said))
    if stop > end:
        raise _BrokenError
    return stop


def _number(said: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place after it."""
    found = 0
    for place in range(at, min(at + 10, end)):
        found |= (said[place] & 0x7F) << 7 * (place - at)
        if said[place] < 0x80:
            return found, place + 1
    raise _BrokenError
