"""The bytes of protobuf messages, both ways; what a field means is not known here.

Read lazily and by hand: what is inside a field is looked at by whoever wants it, so a file of a
few bytes cannot ask for more memory than itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Content = bytes | memoryview
Pieces = list[Content]
"""A message as the pieces it is written of, so that large arrays are not copied."""

VARINT, EIGHT_BYTES, COUNTED, FOUR_BYTES = 0, 1, 2, 5
_WIDTHS = {EIGHT_BYTES: 8, FOUR_BYTES: 4}
_SIGN, _ALL = 1 << 63, 1 << 64


class WireError(ValueError):
    """The bytes are no protobuf message: what is wrong in them."""


def whole(field: int, value: int) -> Pieces:
    """A field with a whole number, which may be negative."""
    return [_varint(field << 3 | VARINT) + _varint(value % _ALL)]


def real(field: int, value: float) -> Pieces:
    """A field with a 32-bit number."""
    return [_varint(field << 3 | FOUR_BYTES) + struct.pack("<f", value)]


def text(field: int, value: str) -> Pieces:
    return nested(field, [value.encode("utf-8", "replace")])


def nested(field: int, message: Pieces) -> Pieces:
    """A field with a message, or with bytes."""
    return [_varint(field << 3 | COUNTED) + _varint(size(message)), *message]


def size(message: Pieces) -> int:
    return sum(len(piece) for piece in message)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Each field's number with its whole number, or its bytes."""
    place = 0
    while place < len(message):
        tag, place = _read_varint(message, place)
        form = tag & 7
        if form == VARINT:
            value, place = _read_varint(message, place)
            yield tag >> 3, value
            continue
        if form == COUNTED:
            length, place = _read_varint(message, place)
        elif form in _WIDTHS:
            length = _WIDTHS[form]
        else:
            raise WireError(f"a field is of the unknown form {form}")
        if length > len(message) - place:
            raise WireError("it ends in the middle of a field")
        yield tag >> 3, message[place : place + length]
        place += length


def wholes(packed: memoryview) -> Iterator[int]:
    """The whole numbers that stand one behind the other in a field."""
    place = 0
    while place < len(packed):
        value, place = _read_varint(packed, place)
        yield signed(value)


def signed(value: int) -> int:
    """A whole number of 64 bits with its sign."""
    return value - _ALL if value >= _SIGN else value


def _read_varint(message: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise WireError("it ends in the middle of a number")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value % _ALL, place
    raise WireError("a number is longer than 64 bits")
