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

from cnn.settings import whole_setting
from cnn.training.engine.parts import MOST, PARTS, THREADS

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
"""TensorFlow's switch for oneDNN, which computes on x86 processors. Unless asked for, it is off on
those without AVX-512, and then strides that differ down and across cannot be had of a depthwise
convolution.
"""
UNUSED = ("sklearn", "pandas", "IPython")
"""What Keras reads for wrappers, tables and notebooks, where it is installed."""

MEASURED = 2
"""So many processors, and a part of a batch for each, were measured to be the faster way. On a
machine with more, all share each operation, unless `CNN_PARTS` says otherwise.
"""

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


def is_ours() -> bool:
    """Whether this process is one of `python -m cnn`, and nobody else's."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec is not None and spec.name == "cnn.__main__"


class _Process:
    """What was made up for this one."""

    parts, threads = 1, 0


def stand_side_by_side() -> None:
    """Has this process, which does nothing but train, compute the parts of a batch side by side.

    Each has its share of the processors then, and graphs are taken as they are written: to have
    TensorFlow improve them takes longer, and these are no faster for it. One that has computed
    before, or a GPU, is left as it is.
    """
    tf, parts = import_tensorflow(), parts_wanted()
    if parts == 1 or tf.config.list_physical_devices("GPU"):
        return
    share = max(processors() // parts, 1)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(share)
    except RuntimeError:  # TensorFlow has begun
        return
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    _Process.parts, _Process.threads = parts, share


def parts_wanted() -> int:
    """In how many parts a process without a GPU trains a batch (`CNN_PARTS`)."""
    usual = MEASURED if processors() == MEASURED else 1
    return min(whole_setting("CNN_PARTS", usual), MOST)


def processors() -> int:
    """How many this process may use."""
    return whole_setting("TF_NUM_INTRAOP_THREADS", 0) or os.cpu_count() or 1


def parts_of(batch: int) -> int:
    """In how many parts this process trains a batch of so many images."""
    return _Process.parts if batch >= _Process.parts else 1


def stands_in(batch: int) -> dict[str, int]:
    """What a run notes of that; nothing where a batch is trained whole."""
    parts = parts_of(batch)
    return {PARTS: parts, THREADS: _Process.threads} if parts > 1 else {}


@contextmanager
def _without_unused() -> Iterator[None]:
    """A third of TensorFlow's import is for what a process of `python -m cnn` does not use of it;
    somebody's notebook may.
    """
    if not is_ours() or "keras" in sys.modules:
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
