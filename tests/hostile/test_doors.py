"""Whatever is brought to a door: a clear sentence at once, nothing started or written elsewhere.

Each case is watched: an audit hook hears of every process, connection and file, and what hangs is
ended with the process.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn.__main__ import main
from cnn.data.errors import DataError
from cnn.data.own.library import keep, read
from cnn.data.picture.any_picture import read_picture
from cnn.data.picture.handwriting import read_handwriting
from cnn.data.sets.mnist import MNIST, read_folder
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import WeightsError
from cnn.network.keras.weights import read_keras_model
from cnn.network.link import decode, encode
from cnn.network.source import read as opened
from cnn.network.source import read_file, read_trained
from cnn.settings import store_url
from cnn.training.recipe.address import from_address
from cnn.training.recipe.configuration import Configuration
from cnn.training.store.store import Store, StoreError
from tests.hostile import corpus, exchange, names, requests, said
from tests.hostile.files import BAIT, HTML, LARGE_IMAGES, NETWORK
from tests.hostile.guard import watched
from tests.some import some
from ui.parts.drawing.pad import read_drawn
from ui.parts.drawing.pad import read_file as read_pad_file

APP = Path(__file__).parents[2] / "app.py"
LONGEST_SENTENCE = 700


def assert_is_a_sentence(message: str) -> None:
    """Says something, in words, on few lines, and shows nothing of the program's insides."""
    assert 15 <= len(message) <= LONGEST_SENTENCE, message[:1000]
    assert not re.search(r"Traceback|<class |object at 0x|\bErrno\b|Error\(|NoneType", message), (
        message
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", message), repr(message)
    message.encode()  # no half of a character, which no page can show


GROWING = ("lists.json", "lists-in-input.json", "lists-config.keras")
"""Tens of megabytes each; `test_heavy.py` brings one to Build."""


@pytest.mark.parametrize("name", some(corpus.MODELS, *(corpus.MODELS.keys() - set(GROWING))))
def test_a_file_that_is_no_network_is_refused_in_a_sentence(name: str, tmp_path: Path):
    with watched(tmp_path), pytest.raises(ArchitectureError) as refused:
        read_file(name, corpus.MODELS[name])
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.WEIGHTS)
def test_weights_that_do_not_fit_are_refused_in_a_sentence(name: str):
    with watched(), pytest.raises(WeightsError) as refused:
        read_keras_model(corpus.WEIGHTS[name])
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", exchange.ONNX_FILES)
def test_an_onnx_file_that_is_no_network_is_refused_in_a_sentence(name: str, tmp_path: Path):
    path = tmp_path / "model.onnx"
    path.write_bytes(exchange.ONNX_FILES[name])
    for door in (lambda: read_file("a.onnx", exchange.ONNX_FILES[name]), lambda: opened(str(path))):
        with watched(tmp_path), pytest.raises(ArchitectureError) as refused:
            door()
        assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", exchange.TENSOR_FILES)
def test_a_safetensors_file_that_is_not_whole_is_refused_in_a_sentence(name: str):
    with watched(), pytest.raises((ArchitectureError, WeightsError)) as refused:
        read_trained(exchange.TENSOR_FILES[name], name="a.safetensors")
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.LINKS)
def test_a_broken_link_is_refused_in_a_sentence(name: str):
    with watched(), pytest.raises(ArchitectureError) as refused:
        decode(corpus.LINKS[name])
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.IMAGES)
def test_what_is_no_image_is_refused_wherever_one_image_is_taken(name: str):
    content = corpus.IMAGES[name]
    for door in (read_handwriting, lambda bytes_: read_picture(bytes_, (28, 28, 1))):
        with watched(), pytest.raises(DataError) as refused:
            door(content)
        assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.OWN)
def test_own_images_that_cannot_be_read_are_refused_and_leave_nothing(name: str, tmp_path: Path):
    file_name, content = corpus.OWN[name]
    with watched(tmp_path), pytest.raises(DataError) as refused:
        read(content, file_name, tmp_path / "images")
    assert_is_a_sentence(str(refused.value))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", corpus.OWN_HARMLESS)
def test_own_images_with_bad_names_stay_in_their_folder(name: str, tmp_path: Path):
    file_name, content = corpus.OWN_HARMLESS[name]
    folder = tmp_path / "kept" / "images"
    with watched(tmp_path):
        arrived, images = read(content, file_name, folder)
        kept = keep(arrived, Path(file_name).stem, folder)
    assert len(images.class_names) == 2
    assert kept.path.parent == folder
    assert not list(Path.cwd().glob(f"{BAIT}*"))


@pytest.mark.parametrize("name", corpus.IDX)
def test_a_broken_mnist_file_is_refused_and_named(name: str, tmp_path: Path):
    broken = tmp_path / "train-images-idx3-ubyte"
    for other in ("train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (tmp_path / other).write_bytes(b"")
    broken.write_bytes(corpus.IDX[name])
    with watched(), pytest.raises(DataError) as refused:
        read_folder(MNIST, tmp_path)
    assert_is_a_sentence(str(refused.value).replace(str(tmp_path), ""))


@pytest.mark.parametrize("name", corpus.COMMANDS)
def test_a_command_that_cannot_be_is_one_line_and_a_status(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with watched(tmp_path):
        try:
            status = main(corpus.COMMANDS[name])
        except SystemExit as ended:  # argparse's own way
            status = int(ended.code or 0)
    said = capsys.readouterr().err
    assert status == 2, said
    assert_is_a_sentence(said.splitlines()[-1])


@pytest.mark.parametrize("name", corpus.SETTINGS)
def test_a_setting_that_cannot_be_is_said_by_the_store(name: str, monkeypatch: pytest.MonkeyPatch):
    for setting, value in corpus.SETTINGS[name].items():
        monkeypatch.setenv(setting, value)
    with watched(Path("/")), pytest.raises(StoreError) as refused:  # it tries where it was told
        Store(store_url())
    assert_is_a_sentence(str(refused.value))


@pytest.mark.parametrize("name", corpus.ADDRESSES)
def test_an_address_that_makes_no_sense_leaves_settings_that_can_be_trained(name: str):
    with watched():
        found = from_address(corpus.ADDRESSES[name], Configuration())
    assert replace(found) == found  # which checks every field anew
    assert found.dataset == Configuration().dataset


@pytest.mark.parametrize("name", corpus.LESSON_ADDRESSES)
def test_a_bad_lesson_address_opens_a_page_with_plain_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in corpus.LESSON_ADDRESSES[name].items():
        app.query_params[key] = value
    app.switch_page(str(APP.parent / "pages" / "lesson.py"))
    with watched(tmp_path):
        app.run()
    assert not app.exception
    for words in app.markdown:
        assert HTML not in words.value or not words.allow_html


DRAWN: list[object] = [
    None,
    1,
    "x",
    [],
    {},
    {"pixels": HTML},
    {"pixels": 1, "up": 1, "count": "9", "dismissed": []},
]


@pytest.mark.parametrize("given", DRAWN, ids=repr)
def test_words_from_the_browser_that_make_no_sense_are_nothing_drawn(given: object):
    with watched():
        assert not read_drawn(given).pixels.any()


@pytest.mark.parametrize("given", DRAWN, ids=repr)
def test_a_file_from_the_browser_that_is_none_is_refused_in_a_sentence(given: object):
    with watched(), pytest.raises(DataError) as refused:
        read_pad_file(given)
    assert_is_a_sentence(str(refused.value))


def test_names_with_html_are_kept_as_they_are_and_shown_as_text():
    named = Architecture(HTML[:100], NETWORK.input, NETWORK.layers)
    with watched():
        assert decode(encode(named)).name == HTML[:100]


def test_the_corpus_is_as_large_as_promised():
    kinds = (
        names.NAMES,
        names.UNSEEN,
        requests.STRANGERS,
        requests.HOSTS,
        requests.ORIGINS,
        requests.LINKS,
        requests.QUESTIONS,
        said.UNFOLDING,
        corpus.MODELS,
        corpus.WEIGHTS,
        exchange.ONNX_FILES,
        exchange.TENSOR_FILES,
        corpus.LINKS,
        corpus.IMAGES,
        LARGE_IMAGES,
        corpus.OWN,
        corpus.OWN_HARMLESS,
        corpus.IDX,
        corpus.COMMANDS,
        corpus.SETTINGS,
        corpus.ADDRESSES,
        corpus.LESSON_ADDRESSES,
    )
    assert sum(len(kind) for kind in kinds) >= 470
