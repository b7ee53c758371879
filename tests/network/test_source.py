"""Where a network comes from: zoo, our JSON, Keras' JSON, a `.keras` file; and what is none."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.source import input_shape, read_file, read_trained
from cnn.network.source import read as source_read
from cnn.network.zoo import zoo


def find(source: str) -> Architecture:
    return source_read(source).architecture


def from_file(name: str, content: bytes) -> Architecture:
    return read_file(name, content).architecture


OURS = Architecture("Ours", (8, 8, 1), (Conv2D(4, 3), Flatten(), Dense(2, activation="softmax")))

KERAS: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {
        "name": "theirs",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 1], "name": "in"}},
            {
                "class_name": "Conv2D",
                "config": {"name": "conv", "filters": 4, "kernel_size": [3, 3]},
            },
            {"class_name": "Flatten", "config": {"name": "flat"}},
            {
                "class_name": "Dense",
                "config": {"name": "dense", "units": 2, "activation": "softmax"},
            },
        ],
    },
}


def write_keras_file(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", json.dumps(KERAS))
    return path


def test_what_a_network_does_not_hold_is_noted_and_never_dropped_silently():
    regularized = json.loads(json.dumps(KERAS))
    regularized["config"]["layers"][1]["config"]["kernel_regularizer"] = {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.01},
        "registered_name": None,
    }
    opened = read_file("theirs.json", json.dumps(regularized).encode())

    assert opened.architecture.layers == OURS.layers
    assert len(opened.notes) == 1
    assert "kernel_regularizer" in opened.notes[0]
    assert read_file("ours.json", OURS.to_json().encode()).notes == ()


def test_an_id_of_the_zoo_is_found():
    assert find("lenet-5") is zoo()["lenet-5"].architecture


def test_a_file_of_ours_is_found_whatever_its_name(tmp_path: Path):
    for name in ("net.json", "net.txt", "net", "a b.json", "größe.json"):
        path = tmp_path / name
        path.write_text(OURS.to_json(indent=2), encoding="utf-8")
        assert find(str(path)) == OURS


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path):
    path = tmp_path / "windows.json"
    path.write_text(OURS.to_json(), encoding="utf-8-sig")

    assert find(str(path)) == OURS


def test_a_file_in_the_working_folder_is_found_without_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "net.json").write_text(OURS.to_json(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert find("net.json") == OURS


def test_the_zoo_comes_before_a_file_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "lenet-5").write_text(OURS.to_json(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert find("lenet-5").name == "LeNet-5"
    assert find("./lenet-5") == OURS


def test_the_json_of_a_keras_model_is_read_as_such(tmp_path: Path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(KERAS), encoding="utf-8")

    assert find(str(path)) == Architecture("theirs", OURS.input, OURS.layers)
    assert from_file("pasted", json.dumps(KERAS).encode()) == find(str(path))


def test_a_keras_file_is_known_by_its_content(tmp_path: Path):
    path = write_keras_file(tmp_path / "model.keras")
    renamed = write_keras_file(tmp_path / "model.zip")

    assert find(str(path)) == find(str(renamed)) == from_file("upload", path.read_bytes())
    assert find(str(path)).layers == OURS.layers


def test_a_file_named_keras_that_is_none_is_refused(tmp_path: Path):
    path = tmp_path / "model.keras"
    path.write_text(OURS.to_json(), encoding="utf-8")

    with pytest.raises(ArchitectureError, match=r"is not a \.keras file"):
        find(str(path))


@pytest.mark.parametrize("name", ["model.pt", "model.PTH"])
def test_a_file_of_pytorchs_own_is_refused_with_the_way_to_bring_it(name: str, tmp_path: Path):
    path = write_keras_file(tmp_path / "model.keras").rename(tmp_path / name)
    for read in (find, lambda source: read_trained(source)[0].architecture):
        with pytest.raises(ArchitectureError, match=r"can hold code.* as \.safetensors"):
            read(str(path))


REFUSED_CONTENT = [
    (b"", "there is no text in it, so no network either."),
    (b"\n\n", "there is no text in it, so no network either."),
    (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "this is not a text file, so not JSON."),
    (b"lenet-5", "this is not JSON: Expecting value: line 1 column 1 (char 0)."),
    (
        b"\x89HDF\r\n\x1a\n\x00",
        "net.json is an HDF5 file, Keras' older format. Save the model as .keras, "
        "or give the text of model.to_json().",
    ),
    (b"[1, 2]", 'a network is an object with "name", "input" and "layers", got [1, 2].'),
    (b" " * 20_000_001, "net.json is too large: a description has at most 20,000,000 bytes."),
]


@pytest.mark.parametrize(
    ("content", "message"),
    REFUSED_CONTENT,
    ids=["empty", "blank", "picture", "word", "hdf5", "list", "large"],
)
def test_content_that_is_no_network_is_refused_with_the_reason(tmp_path: Path, content, message):
    path = tmp_path / "net.json"
    path.write_bytes(content)

    for read in (lambda: find(str(path)), lambda: from_file("net.json", content)):
        with pytest.raises(ArchitectureError) as caught:
            read()
        assert str(caught.value) == message


def test_a_folder_is_not_a_file(tmp_path: Path):
    with pytest.raises(ArchitectureError, match=r"is not a file\. Give the path of a file\."):
        find(str(tmp_path))


@pytest.mark.parametrize(
    "path", ["net.json", "model.keras", "no/such/folder", "./lenet-6", "a/../b.json"]
)
def test_a_path_without_a_file_is_refused_as_a_path(tmp_path: Path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ArchitectureError) as caught:
        find(path)
    assert str(caught.value) == f"there is no file {path!r}. Check the path."


@pytest.mark.parametrize("word", ["", "lenet", "a\nb", "a\x00b", "*"])
def test_a_word_that_is_no_path_is_refused_as_an_id(tmp_path: Path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ArchitectureError, match=r"^no network of the zoo is called "):
        find(word)


@pytest.mark.parametrize("length", [256, 5_000, 100_000])
@pytest.mark.parametrize("part", ["a", "a/"])
def test_a_path_too_long_for_the_system_is_refused_shortly(part, length):
    with pytest.raises(ArchitectureError) as caught:
        find(part * length)

    assert len(str(caught.value)) < 400


def test_a_file_that_may_not_be_read_is_refused_with_the_system_s_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "net.json"
    path.write_text(OURS.to_json(), encoding="utf-8")

    def refuse(*_args: Any, **_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    # The rights of a file stop nobody who runs the tests as root.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ArchitectureError, match=r"net.json' cannot be read: Permission denied\."):
        find(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on Windows; on Linux")
def test_a_pipe_is_not_waited_for(tmp_path: Path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    with pytest.raises(ArchitectureError, match="is not a file"):
        find(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file with a hole; runs on Linux")
def test_of_a_large_file_only_the_start_is_read(tmp_path: Path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(10**12)  # takes no room: the file has no content but its end

    with pytest.raises(ArchitectureError, match="is too large"):
        find(str(path))


INPUTS = [
    ("28x28x1", (28, 28, 1)),
    ("28x32x3", (28, 32, 3)),
    (" 28 x 28 x 1 ", (28, 28, 1)),
    ("28,28,1", (28, 28, 1)),
    ("28×28×1", (28, 28, 1)),
    ("0x28x1", (0, 28, 1)),  # read here, refused by the network
]


@pytest.mark.parametrize(("text", "shape"), INPUTS)
def test_an_input_is_height_width_and_channels(text, shape):
    assert input_shape(text) == shape


@pytest.mark.parametrize(
    "text",
    ["", "28", "28x28", "28x28x1x1", "axbxc", "-28x28x1", "28.0x28x1", "28x28x", "1" * 7 + "x1x1"],
)
def test_what_is_no_input_is_refused_with_an_example(text):
    with pytest.raises(ArchitectureError) as caught:
        input_shape(text)

    assert str(caught.value) == (
        f"an input is written as height x width x channels, such as 28x28x1; got {text!r}."
    )


@given(st.text())
def test_any_text_is_an_input_or_the_named_error(text):
    try:
        shape = input_shape(text)
    except ArchitectureError:
        return
    assert len(shape) == 3


@given(st.binary() | st.sampled_from([b"PK", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"]))
def test_any_content_is_a_network_or_the_named_error(content):
    with pytest.raises(ArchitectureError) as caught:
        from_file("upload", content)

    assert len(str(caught.value).splitlines()) == 1
