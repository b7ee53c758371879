"""Where a data set lies that does not come along, and Keras' own download of it.

The download runs in a process of its own. So TensorFlow is never loaded into the asking process, a
silent network cannot hang it, and what arrives is kept only after it was checked: half a file never
counts as a data set.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cnn.data.dataset import Source
from cnn.data.errors import DataError

SILENCE_LIMIT_S = 20
TOTAL_LIMIT_S = 600
_SCRIPT = """
import importlib, socket, sys
socket.setdefaulttimeout(float(sys.argv[2]))
importlib.import_module("keras.datasets." + sys.argv[1]).load_data()
"""


def keras_cache() -> Path:
    """Return the folder in which Keras keeps the data sets it has downloaded."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"


def download(name: str, read: Callable[[Path], Source | None]) -> Source:
    """Return what `read` makes of the files that Keras downloads; checked files go to its cache."""
    with tempfile.TemporaryDirectory(prefix="cnn-download-") as keras_home:
        _fetch(name, keras_home)
        arrived = Path(keras_home) / "datasets"
        source = read(arrived)
        if source is None:
            raise DataError(f"Keras downloaded {name}, but not in a form that is known here.")
        _keep(arrived, keras_cache())
    return replace(source, origin=f"Keras' download, {source.origin.partition(', ')[2]}")


def find(name: str, read: Callable[[Path], Source | None], ways_out: str) -> Source:
    """Return what `read` makes of `CNN_DATA_DIR`, else of Keras' cache, else of its download."""
    try:
        if (data_dir := _data_dir()) and (found := read(data_dir)):
            return found
        # What is wrong in the cache is the rest of an interrupted download by another program,
        # which the next line replaces.
        with contextlib.suppress(DataError):
            if found := read(keras_cache()):
                return found
        return download(name, read)
    except DataError as error:
        raise DataError(f"{error} {ways_out}") from error


def is_found(is_in: Callable[[Path], bool]) -> bool:
    """Whether a data set lies in `CNN_DATA_DIR` or in Keras' cache."""
    data_dir = _data_dir()
    return bool(data_dir and is_in(data_dir)) or is_in(keras_cache())


def _data_dir() -> Path | None:
    data_dir = os.environ.get("CNN_DATA_DIR")
    return Path(data_dir).expanduser() if data_dir else None


def _fetch(name: str, keras_home: str) -> None:
    """Run Keras' download, or raise with the last line it said."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _SCRIPT, name.replace("-", "_"), str(SILENCE_LIMIT_S)],
            env=os.environ | {"KERAS_HOME": keras_home, "CUDA_VISIBLE_DEVICES": "-1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TOTAL_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"The download of {name} took over {TOTAL_LIMIT_S} s.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise DataError(f"Keras could not download {name} ({said[-1]}).")


def _keep(arrived: Path, cache: Path) -> None:
    """Copy the files into the cache, each complete or not at all; a full disk is no error."""
    with contextlib.suppress(OSError):
        for file in (path for path in arrived.rglob("*") if path.is_file()):
            target = cache / file.relative_to(arrived)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent) as beside:
                shutil.copyfile(file, Path(beside) / file.name)
                (Path(beside) / file.name).replace(target)
