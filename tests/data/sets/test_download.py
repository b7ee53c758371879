"""Keras' download: run aside, believed only after a check. A stand-in plays Keras here."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DataError, load
from cnn.data.sets.mnist import load_collection
from tests.data.sets.test_mnist import few, few_of

DELIVERS = """
import os, pathlib, shutil
folder = pathlib.Path(os.environ["KERAS_HOME"]) / "datasets"
folder.mkdir()
shutil.copy({file!r}, folder / "mnist.npz")
"""
UNREACHABLE = 'raise Exception("URL fetch failure on https://example.org: no route")'
SILENT = "import time; time.sleep(60)"


@pytest.fixture
def keras_that(monkeypatch, tmp_path):
    """Put a package named keras in front of the real one; its `load_data` runs the given code."""
    package = tmp_path / "stand-in" / "keras" / "datasets"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stand-in"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CNN_DATA_DIR", raising=False)

    def runs(code: str) -> None:
        body = "\n".join(f"    {line}" for line in code.strip().splitlines())
        (package / "mnist.py").write_text(f"def load_data():\n{body}\n")

    return runs


@pytest.fixture
def mnist_file(tmp_path: Path) -> Path:
    np.savez(tmp_path / "served.npz", allow_pickle=False, **few())
    return tmp_path / "served.npz"


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    return tmp_path / "home" / "datasets" / "mnist.npz"


def test_a_download_is_checked_kept_and_not_repeated(keras_that, mnist_file, cached):
    keras_that(DELIVERS.format(file=str(mnist_file)))
    downloaded = load_collection(few_of())

    assert downloaded.origin == "Keras' download, content verified by SHA-256"
    assert cached.read_bytes() == mnist_file.read_bytes()

    keras_that(UNREACHABLE)
    np.testing.assert_array_equal(load_collection(few_of()).learn.pixels, downloaded.learn.pixels)


def test_without_a_network_the_error_names_the_reason_and_both_ways_out(keras_that):
    keras_that(UNREACHABLE)

    with pytest.raises(DataError) as error:
        load("mnist")
    message = str(error.value)
    assert "Keras could not download mnist (Exception: URL fetch failure" in message
    assert "connect to the network" in message
    assert "CNN_DATA_DIR" in message


def test_half_a_download_is_an_error_and_is_not_kept(keras_that, mnist_file, cached):
    mnist_file.write_bytes(mnist_file.read_bytes()[:1000])
    keras_that(DELIVERS.format(file=str(mnist_file)))

    with pytest.raises(DataError, match="damaged or incomplete"):
        load_collection(few_of())
    assert not cached.exists()


def test_a_broken_file_in_the_cache_is_replaced(keras_that, mnist_file, cached):
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"the first half of a file")
    keras_that(DELIVERS.format(file=str(mnist_file)))
    load_collection(few_of())

    assert cached.read_bytes() == mnist_file.read_bytes()


def test_a_cache_that_cannot_be_written_does_not_stop_the_download(
    keras_that, mnist_file, tmp_path
):
    (tmp_path / "home").write_text("a file where the folder should be")
    keras_that(DELIVERS.format(file=str(mnist_file)))

    assert len(load_collection(few_of()).learn) == 5


def test_a_download_that_never_ends_is_ended(keras_that, monkeypatch):
    monkeypatch.setattr("cnn.data.sets.download.TOTAL_LIMIT_S", 0.5)
    keras_that(SILENT)

    with pytest.raises(DataError, match=r"download of mnist took over 0.5 s"):
        load_collection(few_of())


def test_a_download_in_an_unknown_form_is_an_error(keras_that):
    keras_that("pass")

    with pytest.raises(DataError, match="not in a form that is known here"):
        load_collection(few_of())


@pytest.mark.proof
def test_keras_itself_is_asked_and_not_loaded_into_this_process(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("CNN_DATA_DIR", raising=False)
    for variable in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens there
    loaded_before = "tensorflow" in sys.modules

    with pytest.raises(DataError, match=r"could not download fashion-mnist .*URL fetch failure"):
        load("fashion-mnist")
    assert ("tensorflow" in sys.modules) == loaded_before
    assert list(tmp_path.rglob("*.gz")) == []
