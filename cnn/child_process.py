"""Work in a process of its own, within bounds on memory and time, for a process that must not grow.

What is asked and answered are plain values and arrays of numbers. Large arrays come as files that
have no name, mapped into memory: they take up none until they are looked at, and go with whoever
holds them. One process works at a time; those who ask wait in turn.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).parents[1]
TASKS = {
    "bring": "cnn.data.in_child_process:bring_task",
    "edit": "cnn.data.edits_outside:edit_task",
    "inspect": "cnn.data.inspection_outside:inspect_task",
    "handwriting": "cnn.data.picture.in_child_process:handwriting_task",
    "look": "cnn.data.in_child_process:look_task",
    "tested": "cnn.data.in_child_process:for_tests_task",
    "network file": "cnn.network.in_child_process:network_file_task",
    "picture": "cnn.data.picture.in_child_process:picture_task",
    "trained file": "cnn.network.in_child_process:trained_file_task",
}
"""By name, where the function is that carries it out: `(request, file) -> values, arrays`."""

LONGEST_S = 300.0
MEMORY_BYTES = 6_500_000_000
MAPPED_BYTES = 1 << 20
MOST_BYTES = 2_500_000_000
"""A larger array than `MAPPED_BYTES` is mapped; more than `MOST_BYTES` are not taken in at all."""

HEAD_BYTES = 20_000_000
"""The most that an answer's plain values take, as JSON."""

PIECE = 1 << 20
SHORT = struct.Struct("<Q")
KINDS = "buif"

Array = npt.NDArray[Any]
Values = dict[str, Any]
Arrays = Mapping[str, Array]

_turn = threading.Lock()


class OutsideError(ValueError):
    """What came to no answer: the words of a refusal (`is_refusal`), or which bound was met."""

    def __init__(self, words: str, *, is_refusal: bool = False) -> None:
        super().__init__(words)
        self.is_refusal = is_refusal


@contextlib.contextmanager
def said_as(kind: type[ValueError], else_said: Callable[[OutsideError], str]) -> Iterator[None]:
    """Turns an `OutsideError` into an error of another kind: a refusal in its own words, all else
    in those of `else_said`.
    """
    try:
        yield
    except OutsideError as error:
        raise kind(str(error) if error.is_refusal else else_said(error)) from None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a task gave."""

    values: Values
    arrays: dict[str, Array]


def ask(
    task: str,
    request: Values,
    file: IO[bytes] | bytes | None = None,
    *,
    seconds: float = LONGEST_S,
    memory_bytes: int | None = MEMORY_BYTES,
) -> Answer:
    """Has a task carried out, which may read the file; raises `OutsideError`."""
    order = json.dumps([task, request, seconds, memory_bytes])
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])
    alone = {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
    with (
        _turn,
        _opened(file) as given,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "cnn.child_process", order],
            stdin=given,
            stdout=subprocess.PIPE,
            env=os.environ | alone,
        ) as process,
    ):
        late = threading.Event()
        timer = threading.Timer(seconds, _too_late, (late, process))
        timer.start()
        try:
            assert process.stdout
            return _read(process.stdout)
        except EOFError:
            if process.wait() == 1 and not late.is_set():
                raise RuntimeError(f"{task}: the process failed; its traceback is above") from None
            raise OutsideError(_why(late.is_set(), seconds, memory_bytes)) from None
        except OSError as error:
            raise _no_room(error) from error
        finally:
            timer.cancel()
            process.kill()


def _opened(file: IO[bytes] | bytes | None) -> AbstractContextManager[IO[bytes] | int]:
    """The file as a process can read it, from its beginning; bytes in one that has no name."""
    if file is None:
        return nullcontext(subprocess.DEVNULL)
    if not isinstance(file, bytes):
        file.seek(0)
        return nullcontext(file)
    try:
        given = tempfile.TemporaryFile(prefix="cnn-given-")  # noqa: SIM115  closed by who asked
        given.write(file)
        given.seek(0)
    except OSError as error:
        raise _no_room(error) from error
    return given


def _no_room(error: OSError) -> OutsideError:
    return OutsideError(
        f"there is no room for it in {tempfile.gettempdir()} ({error.strerror or error}). "
        "Make room there, or set TMPDIR to another folder."
    )


def _too_late(late: threading.Event, process: subprocess.Popen[bytes]) -> None:
    late.set()
    process.kill()


def _why(is_late: bool, seconds: float, memory_bytes: int | None) -> str:
    if is_late:
        return f"it was not done after {seconds:,.0f} s, which is the limit"
    return f"its process ended: it wanted more memory{_allowed(memory_bytes)}, or was killed"


def _allowed(memory_bytes: int | None) -> str:
    return f" than the {memory_bytes / 1e9:,.1f} GB that it may have" if memory_bytes else ""


def _read(stream: IO[bytes]) -> Answer:
    (length,) = SHORT.unpack(_exactly(stream, SHORT.size))
    if length > HEAD_BYTES:
        raise _too_large(length)
    head = json.loads(_exactly(stream, length))
    if "refused" in head:
        raise OutsideError(head["refused"], is_refusal=True)
    if "short" in head:
        raise OutsideError(head["short"])
    shapes = [(name, np.dtype(kind), tuple(shape)) for name, kind, shape in head["arrays"]]
    size = sum(kind.itemsize * math.prod(shape) for _, kind, shape in shapes)
    if size > MOST_BYTES or any(kind.kind not in KINDS for _, kind, _ in shapes):
        raise _too_large(size)
    return Answer(head["values"], {name: _array(stream, *rest) for name, *rest in shapes})


def _too_large(size: int) -> OutsideError:
    said = f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
    return OutsideError(f"its answer of {said} is too large to be shown")


def _array(stream: IO[bytes], kind: np.dtype[Any], shape: tuple[int, ...]) -> Array:
    size = kind.itemsize * math.prod(shape)
    if size <= MAPPED_BYTES:
        return np.frombuffer(_exactly(stream, size), kind).reshape(shape)
    with tempfile.TemporaryFile(prefix="cnn-mapped-") as file:
        left = size
        while left:
            piece = _exactly(stream, min(PIECE, left))
            file.write(piece)
            left -= len(piece)
        file.flush()
        return np.memmap(file, kind, "r", shape=shape)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def main(order: str) -> None:
    """The process itself: carries out one task, and writes the answer."""
    task, request, seconds, memory_bytes = json.loads(order)
    _bound(seconds, memory_bytes)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed is no answer
        module, _, name = TASKS[task].partition(":")
        try:
            values, arrays = getattr(importlib.import_module(module), name)(
                request, sys.stdin.buffer
            )
        except MemoryError:
            _head(out, {"short": f"it needs more memory{_allowed(memory_bytes)}"})
            return
        except ValueError as error:  # what all errors are that have words for people
            if type(error).__module__.partition(".")[0] != "cnn":
                raise
            _head(out, {"refused": str(error)})
            return
        whole = {key: np.ascontiguousarray(array) for key, array in arrays.items()}
        _head(
            out,
            {
                "values": values,
                "arrays": [[key, one.dtype.str, one.shape] for key, one in whole.items()],
            },
        )
        for one in whole.values():
            out.write(one.data.cast("B") if one.size else b"")


def _head(out: IO[bytes], head: Values) -> None:
    text = json.dumps(head).encode()
    out.write(SHORT.pack(len(text)) + text)


def _bound(seconds: float, memory_bytes: int | None) -> None:
    """Bounds this process, where the system can; it also ends if nobody waits for it any more."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds) + 5)
    if memory_bytes is None:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows; or bounded more tightly
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(OSError):  # rather this one than a training, or the pages
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
