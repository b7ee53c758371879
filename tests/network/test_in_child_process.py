"""Files of networks that are read in a process of their own are the same, and so are refusals."""

import json
import sys

import pytest

from cnn.network import in_child_process
from cnn.network.errors import ArchitectureError
from cnn.network.in_child_process import read_file_outside
from cnn.network.source import read_file
from cnn.network.zoo import zoo
from tests.hostile import corpus
from tests.hostile.files import CONV, keras_config, layer

RESCALED = keras_config(layer("Rescaling", scale=1 / 127.5, offset=-1.0), CONV)
FILES = {
    "ours.json": zoo()["resnet-18"].architecture.to_json().encode(),
    "keras.json": json.dumps(RESCALED).encode(),
    "theirs.keras": corpus.GOOD_KERAS,
    f"{'long' * 100_000}.keras": corpus.GOOD_KERAS,
}


@pytest.mark.parametrize("name", FILES, ids=lambda name: name[:12])
def test_what_comes_back_is_what_is_read_here(name: str):
    assert read_file_outside(name, FILES[name]) == read_file(name, FILES[name])


def test_a_size_goes_along():
    any_size = keras_config(CONV)
    any_size["config"]["layers"][0] = layer("InputLayer", batch_shape=[None, None, None, 3])
    content, size = json.dumps(any_size).encode(), (9, 11, 3)
    found = read_file_outside("any.json", content, size)
    assert found == read_file("any.json", content, size)
    assert found.architecture.input == size


@pytest.mark.parametrize(
    "name", ["empty.json", "deep.json", "unknown-kind.json", "half.keras", "old.h5", "lambda.keras"]
)
def test_a_refusal_has_the_words_it_has_here(name: str):
    said = []
    for read in (read_file, read_file_outside):
        with pytest.raises(ArchitectureError) as refused:
            read(name, corpus.MODELS[name])
        said.append(str(refused.value))
    assert said[0] == said[1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process' memory like this")
def test_what_needs_more_memory_than_it_may_have_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(in_child_process, "MEMORY_BYTES", 400_000_000)
    with pytest.raises(ArchitectureError) as refused:
        read_file_outside("lists.keras", corpus.MODELS["lists-config.keras"])
    assert str(refused.value) == (
        "this file cannot be read: it needs more memory than the 0.4 GB that it may have. "
        "Use a smaller model."
    )
