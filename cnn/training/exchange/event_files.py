"""Curves as the event files that TensorBoard shows, written without TensorFlow or TensorBoard.

A file is a row of records: length, its masked CRC-32C, the data, theirs. Data are the few fields of
TensorFlow's message `Event` that a scalar needs (`event.proto`, `summary.proto`). By hand it takes
a page and no dependency, and starts a hundred times sooner than TensorFlow's own writer.
"""

from __future__ import annotations

import functools
import itertools
import struct
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO

from cnn.training.recipe.run import Epoch, Step

FIGURES = ("loss", "accuracy")
_FILE = "events.out.tfevents.{}.cnn-workbench"
_POLYNOMIAL, _MASK = 0x82F63B78, 0xA282EAD8
_DOUBLE, _VARINT, _BYTES, _FLOAT = 1, 0, 2, 5  # wire types, but for numbers of 8 bytes: 1

Scalar = tuple[float, int, dict[str, float]]
"""When it was (seconds), at which step, and the figures by their tags."""


def write_run(
    folder: Path,
    began_at: float,
    epochs: Iterable[Epoch],
    steps: Iterable[Step],
    unmeasured: Collection[str] = (),
    tested: dict[str, float] | None = None,
) -> None:
    """A run as Keras' own callback lays it out: `train` and `validation`, by epoch and by batch."""
    epochs = list(epochs)
    training = itertools.chain(
        _epochs(began_at, epochs, "", unmeasured), _steps(began_at, steps, unmeasured)
    )
    _write(folder / "train", began_at, training)
    if "val_loss" not in unmeasured:
        found = list(_epochs(began_at, epochs, "val_", unmeasured))
        _write(folder / "validation", began_at, found)
    if tested and epochs:
        last = began_at + epochs[-1].seconds, epochs[-1].epoch, tested
        _write(folder / "test", began_at, [last])


def _epochs(
    began_at: float, epochs: Iterable[Epoch], of: str, unmeasured: Collection[str]
) -> Iterator[Scalar]:
    names = [name for name in FIGURES if f"{of}{name}" not in unmeasured]
    for one in epochs:
        figures = {f"epoch_{name}": getattr(one, f"{of}{name}") for name in names}
        yield began_at + one.seconds, one.epoch, figures


def _steps(began_at: float, steps: Iterable[Step], unmeasured: Collection[str]) -> Iterator[Scalar]:
    names = [name for name in (*FIGURES, "learning_rate") if name not in unmeasured]
    for one in steps:
        figures = {f"batch_{name}": getattr(one, name) for name in names}
        yield began_at + one.seconds, one.step, figures


def _write(folder: Path, began_at: float, scalars: Iterable[Scalar]) -> None:
    """Writes one file, in place of those that were written of this run before: TensorBoard would
    show both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob(_FILE.format("*")):
        earlier.unlink()
    file = folder / _FILE.format(int(began_at))
    with file.open("wb") as into:
        _record(into, _field(1, _DOUBLE, began_at) + _field(3, _BYTES, b"brain.Event:2"))
        for at, step, figures in scalars:
            _record(into, _event(at, step, figures))


def _event(at: float, step: int, figures: dict[str, float]) -> bytes:
    """`Event{wall_time: 1, step: 2, summary: 5}` with a `Value{tag: 1, simple_value: 2}` each."""
    values = b"".join(
        _field(1, _BYTES, _field(1, _BYTES, tag.encode()) + _field(2, _FLOAT, value))
        for tag, value in figures.items()
    )
    return _field(1, _DOUBLE, at) + _field(2, _VARINT, step) + _field(5, _BYTES, values)


def _field(number: int, kind: int, value: float | bytes) -> bytes:
    key = _varint(number << 3 | kind)
    if isinstance(value, bytes):
        return key + _varint(len(value)) + value
    if kind == _VARINT:
        return key + _varint(int(value))
    return key + struct.pack("<d" if kind == _DOUBLE else "<f", value)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _record(into: IO[bytes], data: bytes) -> None:
    length = struct.pack("<Q", len(data))
    into.write(length + _masked(length) + data + _masked(data))


def _masked(data: bytes) -> bytes:
    """The CRC-32C of data as records have it: turned, and moved away from data's own."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF)


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum, byte by byte."""
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


@functools.cache
def _table() -> tuple[int, ...]:
    found = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
        found.append(crc)
    return tuple(found)
