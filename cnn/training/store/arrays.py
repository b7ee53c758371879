"""Arrays as the bytes that the store keeps of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]


def arrays_to_bytes(arrays: Arrays) -> bytes:
    """Arrays as an .npz file."""
    written = io.BytesIO()
    np.savez(written, **arrays)  # type: ignore[arg-type]
    return written.getvalue()


def arrays_from_bytes(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz file."""
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return dict(found)
