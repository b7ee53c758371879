"""TensorFlow as a process that trains wants it: quiet, deterministic, and compiling one at a time.

It is imported inside, so that only such a process pays for it.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
"""TensorFlow's switch for oneDNN, which computes on x86 processors. Unless asked for, it is off on
those without AVX-512, and then strides that differ down and across cannot be had of a depthwise
convolution.
"""
UNUSED = ("sklearn", "pandas", "IPython")
"""What Keras reads for wrappers, tables and notebooks, where it is installed."""

compiling = threading.Lock()
"""Held while something is compiled: Keras is not to be told to forget its session meanwhile."""


def import_tensorflow() -> Any:
    """TensorFlow without its words on the terminal, and with the same numbers for the same seed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault(ONEDNN, "1")
    with _without_unused():
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.config.experimental.enable_op_determinism()
    return tf


@contextmanager
def _without_unused() -> Iterator[None]:
    """A third of TensorFlow's import is for what a process of `python -m cnn` does not use of it;
    somebody's notebook may.
    """
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    is_ours = spec is not None and spec.name == "cnn.__main__"
    if not is_ours or "keras" in sys.modules:
        yield
        return
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # as if not installed
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class _Session:
    """Keras' session of this process, which remembers every network that was built."""

    is_clear = False


def begun() -> None:
    """Says that a network is built, which Keras remembers."""
    _Session.is_clear = False


def clear_session() -> None:
    """Has Keras and TensorFlow forget what they hold for machines that are gone.

    One that is still there loses a part of what was compiled, and makes it again when it is used.
    """
    import keras

    if _Session.is_clear:
        return  # it takes a fifth of a second all the same
    with compiling:
        keras.backend.clear_session()
    _Session.is_clear = True


def sow(seed: int) -> None:
    """What `keras.utils.set_random_seed` does, as far as weights and dropout go by it.

    TensorFlow's own seed is left alone: setting it throws away what was compiled.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  it is Keras that may draw from there
