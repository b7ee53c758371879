"""Own photos: the network that is proposed for them, and a new one that it answers."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import load
from cnn.data.dataset import as_floats
from cnn.data.own import library
from cnn.data.picture.any_picture import read_picture
from cnn.insight.passes.forward import forward
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.settings import images_folder
from cnn.shipped import Body, body
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    CLASS_NAMES,
    START,
    WEIGHTS,
    Epoch,
    Progress,
    Result,
    Run,
    State,
    Step,
)
from cnn.training.recipe.start import with_weights
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.class_names import to_bytes
from cnn.training.store.store import Store
from tests.coloured import coloured, in_folders
from tests.data.own.test_images import zipped
from tests.ui.visiting import arriving, html, pressed, shown, visited, weights_file, words
from ui.parts.runs.try_photo import bars_html, has_camera

NAMES = ("apple", "leaf", "sky")
SIZE = (24, 20, 3)
LAYERS = (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, activation="softmax"))
SMALL = Architecture("Small", SIZE, LAYERS)


def photos() -> library.OwnImages:
    arrived, _ = library.read(zipped(in_folders(NAMES, 6)), "photos.zip", images_folder())
    return library.keep(arrived, "photos", images_folder())


def finished(
    store: Store, own: library.OwnImages, *, has_weights: bool = True, of: bytes = b""
) -> Run:
    run = store.add(SMALL, Configuration(own.spec, epochs=1), worker="me")
    store.freeze(run.id, "f" * 64, {"train": 12, "validation": 3, "test": 3}, {})
    store.record(run.id, [Step(1, 0.1, 1.0, 0.5, 0.01, 1)], Progress(1, 1, 1))
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    store.keep_file(run.id, CLASS_NAMES, to_bytes(NAMES))
    if has_weights:
        store.keep_file(run.id, WEIGHTS, of or weights_file(SMALL, seed=1))
    store.finish(run.id, State.FINISHED, result=Result(0.1, 0.9, 3, 12, 3, 1.0, 100.0))
    return run


def strong(app: AppTest) -> set[str]:
    """The buttons that say what to do first."""
    return {one.label for one in app.button if one.proto.type == "primary"} & {
        *("Train", "Use this network")
    }


def tried(run: Run, name: str, content: bytes):
    app = visited("train", run=run.id)
    app.file_uploader(key="try_photo_file").set_value((name, content, "image/png"))
    return shown(app)


def test_a_grey_network_is_told_apart_and_one_in_colour_is_used_in_one_click(store: Store):
    own = photos()
    app = visited("train", network="lenet-5", data=own.id)
    assert "Your pictures are in colour; LeNet-5 sees them in grey at 28×28." in words(app)
    assert "Colours are turned to grey" in words(app)
    changed = (
        "from 96×72 to 28×28 pixels (width × height), the network's input, so their proportions"
    )
    assert changed in words(app)
    assert strong(app) == {"Use this network"}

    pressed(app, "Use this network")

    proposed = "MobileNet-lite 64×64 in colour (proposed for your images)"
    assert proposed in app.selectbox(key="train_network").options
    assert strong(app) == {"Train"}
    assert app.number_input(key="train_epochs").value == 100  # 12 images are a step an epoch
    assert "Your pictures are in colour" not in words(app)
    assert "grey" not in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    assert run.architecture.input == (64, 64, 3)
    assert run.configuration == Configuration(own.spec, epochs=100, shift=0.1, zoom=0.1)


def test_a_body_that_ships_is_fine_tuned_on_photos_in_one_click(store: Store):
    own = photos()
    app = visited("train", network="lenet-5", data=own.id)

    pressed(app, "Fine-tune a trained one")

    assert strong(app) == {"Train"}
    assert "Use this network" not in str(app.button)
    assert app.number_input(key="train_epochs").value == 30
    assert "It has seen drawn scenes and no photo." in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    start = run.configuration.start
    assert start
    assert (start.file, start.freeze, start.head_first) == ("shipped:scenes", 0, 10)
    assert run.architecture.layers[:-1] == body(Body.SCENES).architecture.layers[:-1]
    assert [row.layer for row in with_weights(run.architecture) if row.name in start.anew] == [
        Dense(3, activation="softmax")
    ]
    assert START in store.file_sizes(run.id)


def test_nothing_is_proposed_for_data_that_come_along_nor_where_as_much_is_seen(store: Store):
    own = photos()

    assert "Use this network" not in str(visited("train", network="lenet-5", data="digits").button)
    app = visited("train", network="tiny-vgg", data=own.id)  # reads 64x64 in colour
    assert "Use this network" not in str(app.button)
    assert "12 train, 3 validation, 3 test images of 64×64×3" in words(app)


def test_a_new_photo_is_answered_with_the_shares_that_the_network_gives(store: Store):
    content = coloured("leaf", 99)
    run = finished(store, photos())
    image = as_floats(read_picture(content, SIZE).pixels)
    shares = forward(SMALL, random_weights(SMALL, seed=1), image[None]).output[0]

    app = tried(run, "new leaf.png", content)

    found = re.findall(r"<span>(\w+)</span><i[^>]*></i><b>([\d.]+) %</b>", html(app))
    order = np.argsort(-shares)
    assert [name for name, _ in found] == [NAMES[place] for place in order]
    assert [float(share) for _, share in found] == pytest.approx(100 * shares[order], abs=0.051)
    seen = "as the network sees it, 20×24 pixels (width × height) in colour: resized from 96×72 to"
    assert f"new leaf.png {seen} 20×24 pixels (width × height), so its pro" in words(app)
    assert f"Where it looked for {NAMES[order[0]]}" in words(app)
    for kind in ("Occlusion", "Saliency", "Grad-CAM"):
        assert f"**{kind}**" in words(app)


@pytest.mark.parametrize(
    ("address", "is_given"),
    [
        ("https://workbench.example/train", True),
        ("http://localhost:8501/train", True),
        ("http://127.0.0.1:8501/train", True),
        ("http://[::1]:8501/", True),
        ("http://192.168.1.7:8501/train", False),
        ("http://localhost.example/", False),
        (None, False),
    ],
)
def test_a_camera_is_offered_where_browsers_give_one(address: str | None, is_given: bool):
    assert has_camera(address) is is_given


def test_where_there_is_no_camera_it_is_said_why(store: Store):
    assert "Browsers give a camera only to pages at https" in words(
        visited("train", run=finished(store, photos()).id)
    )


def test_a_photo_is_prepared_as_the_images_that_were_learned_from():
    data = load(photos().spec, SIZE)
    learned = {one.tobytes() for split in data.splits.values() for one in split.pixels}

    brought = {read_picture(one, SIZE).pixels.tobytes() for one in in_folders(NAMES, 6).values()}

    assert brought == learned
    assert len(brought) == 18


def test_a_file_that_is_no_picture_and_a_run_without_weights_are_said(store: Store):
    own = photos()

    app = tried(finished(store, own), "no.png", b"no picture")
    assert "The image is not a picture in a known format" in words(app)
    app = tried(finished(store, own, has_weights=False), "a.png", coloured("sky", 1))
    assert "keeps no weights. Train it again." in words(app)


def test_only_a_finished_run_on_own_images_asks_for_a_photo(store: Store):
    other = store.add(SMALL, Configuration(epochs=1), worker="me")
    store.finish(other.id, State.FINISHED, result=Result(0.1, 0.9, 3, 12, 3, 1.0, 100.0))
    stopped = store.add(SMALL, Configuration(photos().spec, epochs=1), worker="me")
    store.finish(stopped.id, State.STOPPED)

    for run in (other, stopped):
        assert "Try a new photo" not in words(shown(arriving("train", run=run.id)))


def test_the_first_box_of_a_result_leads_to_the_field_for_a_photo(store: Store):
    app = visited("train", run=finished(store, photos()).id)

    (header,) = [one for one in app.header if one.value == "Try a new photo"]
    (link,) = [one.value for one in app.markdown if "[Try a new photo]" in one.value]
    assert f"(#{header.anchor})" in link


def test_a_map_of_nothing_is_explained_as_what_it_measures(store: Store):
    zeros = {
        f"{name}/{place}": np.zeros_like(array)
        for name, arrays in random_weights(SMALL).items()
        for place, array in enumerate(arrays)
    }
    run = finished(store, photos(), of=arrays_to_bytes(zeros))

    said = words(tried(run, "new.png", coloured("sky", 9)))

    assert "Covering any one square changes nothing" in said
    assert "a tiny change of any one pixel does not move the score" in said
    assert "nothing in these maps speaks for this class" in said


def test_names_are_shown_as_they_are_and_many_classes_by_the_likeliest():
    shares = np.linspace(0.1, 0.01, 20, dtype=np.float32)
    shown_bars = bars_html(shares, ("<b>x</b>", *(f"c{place}" for place in range(1, 20))))

    assert "&lt;b&gt;x&lt;/b&gt;" in shown_bars
    assert shown_bars.count("listitem") == 8
    assert "and 12 more classes" in shown_bars
