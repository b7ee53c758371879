"""A picture of somebody's, opened in a process of its own: see `cnn.child_process`.

A file of a few thousand bytes may hold 40 million pixels, which take up to 28 bytes each before
they are plain, or be made so that it is decoded for minutes.
"""

from __future__ import annotations

from typing import IO

from cnn.child_process import Answer, Arrays, Values, ask, said_as
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape, check_shape
from cnn.data.picture.any_picture import Fitted, read_picture
from cnn.data.picture.handwriting import Handwriting, read_handwriting

LONGEST_S = 60.0
MEMORY_BYTES = 2_500_000_000


def read_picture_outside(content: bytes, shape: ImageShape) -> Fitted:
    """As `read_picture`."""
    found = _ask("picture", {"shape": check_shape(shape)}, content)
    return Fitted(found.arrays["pixels"], tuple(found.values["notes"]))


def read_handwriting_outside(content: bytes) -> Handwriting:
    """As `read_handwriting`."""
    found = _ask("handwriting", {}, content)
    return Handwriting(found.arrays["pixels"], tuple(found.values["notes"]))


def picture_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`read_picture_outside`, as it is carried out outside."""
    return _as_plain(read_picture(file.read(), tuple(request["shape"])))


def handwriting_task(request: Values, file: IO[bytes]) -> tuple[Values, Arrays]:
    """`read_handwriting_outside`, as it is carried out outside."""
    return _as_plain(read_handwriting(file.read()))


def _as_plain(found: Fitted | Handwriting) -> tuple[Values, Arrays]:
    return {"notes": found.notes}, {"pixels": found.pixels}


def _ask(task: str, request: Values, content: bytes) -> Answer:
    with said_as(
        DataError,
        lambda error: f"The image cannot be opened: {error}. Bring a smaller PNG or JPEG.",
    ):
        return ask(task, request, content, seconds=LONGEST_S, memory_bytes=MEMORY_BYTES)
