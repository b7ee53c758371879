"""Choosing data as the pages' scripts see it: shapes, own images, and what a run will take."""

import re
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn import memory
from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions
from cnn.data.own import library
from cnn.data.own.keeping import keep_upload
from cnn.data.sets.scene_options import SWAPPED_TEXTURE
from cnn.data.sets.shape_options import HARD
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D
from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.settings import images_folder
from cnn.training.forecast import calibration
from cnn.training.forecast.calibration import ROUGH
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Epoch, Result, State
from cnn.training.store.store import Store
from tests.data.own.test_images import CATS_AND_DOGS, zipped
from tests.data.own.test_splits import TWO
from tests.ui.views.test_train import ROOT, address, finished
from tests.ui.visiting import figures, pressed, visited, words
from ui.parts.setup.drawings import SHAPE_OR_TEXTURE
from ui.session import dialog as dialog_state

PETS = zipped({**CATS_AND_DOGS, "cat/notes *1*.txt": b"no picture"})


def kept() -> library.OwnImages:
    arrived, _ = library.read(PETS, "pets.zip", images_folder())
    return library.keep(arrived, "pets", images_folder())


def texts(app) -> str:
    """Words and the HTML in which user text is shown."""
    return "\n".join([words(app), *(one.value for one in [*app.success, *app.get("html")])])


def test_harder_shapes_are_chosen_frozen_in_the_run_and_in_the_address(store: Store):
    app = visited("train", network="shapes-demo", data="shapes", epochs="3")
    app.slider(key="train_noise").set_value(0.25)
    app.button_group(key="train_kinds").set_value([Shape.STAR, Shape.CIRCLE, Shape.CROSS, "square"])
    app.number_input(key="train_samples").set_value(240).run()
    wanted = ShapeOptions(
        kinds=(Shape.CIRCLE, Shape.SQUARE, Shape.CROSS, Shape.STAR), samples=240, noise=0.25
    )

    assert "200 train, 40 validation, 300 test images of 16×16×1" in words(app)
    assert "the test images are used once, after training" in words(app)
    assert "has 4 units instead of 3" in words(app)
    assert address(app, "kinds") == ["circle.square.cross.star"]
    pressed(app, "Train")
    (run,) = store.latest()
    assert run.configuration.dataset == DatasetSpec(shapes=wanted)


def test_a_link_sets_the_shapes(store: Store):
    app = visited("train", data="shapes", noise="0.3", scale="0.4-0.5", drawing_seed="7")

    assert app.slider(key="train_noise").value == 0.3
    assert app.slider(key="train_scale").value == (0.4, 0.5)
    assert app.number_input(key="train_drawing_seed").value == 7


def test_scenes_are_chosen_seen_in_colour_by_the_same_network_and_frozen_in_the_run(store: Store):
    app = visited("train", network="lenet-5", data="scenes", samples="120", test_samples="20")
    assert "The images of Scenes are in colour; LeNet-5 sees them in grey at 28×28." in words(app)
    pressed(app, "Textures swapped in the test")
    assert app.number_input(key="train_scene_samples").value == 6_000
    app.slider(key="train_scene_noise").set_value(0.1)
    app.number_input(key="train_scene_samples").set_value(120)
    app.number_input(key="train_scene_test_samples").set_value(20).run()

    pressed(app, "See them in colour, 32×32")

    assert "100 train, 20 validation, 20 test images of 32×32×3" in words(app)
    assert "in grey at" not in words(app)
    assert (address(app, "texture"), address(app, "test_texture")) == (["own"], ["swapped"])
    pressed(app, "Train")
    (run,) = store.latest()
    options = replace(SWAPPED_TEXTURE, samples=120, test_samples=20, noise=0.1)
    assert run.configuration.dataset == DatasetSpec(DatasetName.SCENES, scenes=options)
    assert run.architecture.input == (32, 32, 3)


def test_shapes_stay_as_chosen_while_another_page_or_other_data_is_looked_at(store: Store):
    app = visited("train", data="shapes", noise="0.3")

    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    app.switch_page(str(ROOT / "pages" / "train.py")).run()
    assert app.slider(key="train_noise").value == 0.3
    app.button_group(key="train_data").set_value(DatasetName.DIGITS).run()
    app.button_group(key="train_data").set_value(DatasetName.SHAPES).run()

    assert app.slider(key="train_noise").value == 0.3


def test_one_click_makes_them_hard_and_another_classic_again(store: Store):
    app = visited("train", network="shapes-demo", data="shapes", epochs="3")

    pressed(app, "All six")
    pressed(app, "Train")
    assert store.latest()[0].configuration.dataset.shapes == HARD

    app = pressed(visited("train", network="shapes-demo", data="shapes", noise="0.2"), "Classic")
    assert "noise" not in app.query_params


def test_shapes_that_cannot_be_told_apart_are_refused_with_the_reason(store: Store):
    app = visited("train", data="shapes", kinds="circle.ring.square", samples="180")
    app.slider(key="train_thickness").set_value(2).run()

    assert not app.exception
    assert "An outlined circle (thickness 2) is a ring" in words(app)
    assert not [button for button in app.button if button.label.startswith("Train")]


def test_the_shapes_of_a_run_can_be_used_again(store: Store):
    spec = DatasetSpec(seed=5, shapes=HARD)
    run = finished(store, Configuration(spec, epochs=3))

    app = pressed(visited("train", run=run.id), "Use these settings")

    assert app.number_input(key="train_drawing_seed").value == 5
    assert app.slider(key="train_noise").value == 0.2


def test_compare_has_the_same_shapes(store: Store):
    app = visited("compare", **{"with": ["shapes-demo"]}, data="shapes", noise="0.1", epochs="3")

    assert app.slider(key="compare_noise").value == 0.1
    pressed(app, "Train")
    assert store.latest()[0].configuration.dataset.shapes == ShapeOptions(noise=0.1)


def dialog() -> None:
    import streamlit as st

    from ui.parts.setup import own_images

    own_images.bring(lambda id: st.session_state.update(used=id))


def brought(file_name: str, content: bytes) -> AppTest:
    """The dialog's inside with an upload; a run of the whole page would close the dialog."""
    app = AppTest.from_function(dialog, default_timeout=60).run()
    app.file_uploader[0].set_value((file_name, content, "application/zip")).run()
    assert not app.exception, app.exception
    return app


def test_own_images_are_read_looked_over_named_and_used(store: Store):
    app = brought("my pets.zip", PETS)

    assert "6 pictures of 2 kinds were read." in texts(app)
    assert "cat/notes *1*.txt" in texts(app)
    assert "is not a picture in a known format" in texts(app)
    assert app.text_input[0].value == "my-pets"
    assert library.kept(images_folder()) == []
    app.text_input[0].set_value("Two pets")
    pressed(app, "Use these images")

    (one,) = library.kept(images_folder())
    assert (one.name, app.session_state["used"]) == ("Two-pets", one.id)
    app = visited("train", network="lenet-5", data=one.id)
    assert "2 train, 2 validation, 2 test images of 28×28×1" in words(app)
    assert "Images are resized from 5×6 to 28×28 pixels (width × height)" in words(app)
    assert "turned to grey" not in words(app)  # as they all are
    assert "has 2 units instead of 10" in words(app)
    assert "Of 6 pictures, 2 are to learn from, 2 are to check with" in words(app)
    pressed(app, "Train")
    assert store.latest()[0].configuration.dataset == one.spec


def test_the_rows_are_told_what_came_of_the_pictures_that_they_handed_over(store: Store):
    def told(app: AppTest) -> str:
        (rows,) = app.get("bidi_component")
        return str(rows.proto).replace("\\", "")

    good, bad = told(brought("my pets.zip", PETS)), told(brought("half.zip", PETS[:300]))

    assert '"name": "my pets.zip", "said": "6 pictures of 2 kinds were read. Give them' in good
    assert '"is_good": true' in good
    refused = '"said": "They cannot be used: why stands below.", "is_good": false'
    assert f'"name": "half.zip", {refused}' in bad


def test_long_names_of_own_images_are_short_in_the_row_and_whole_below_it(store: Store):
    names = ("holiday-photos-of-summer-2025", "holiday-photos-of-summer-2026", "a" * 30, "pets")
    own = []
    for name in names:
        arrived, _ = library.read(PETS, "pets.zip", images_folder())
        own.append(library.keep(arrived, name, images_folder()))

    app = visited("train", network="lenet-5", data=own[2].id)

    offered = [one.replace("\\", "") for one in app.button_group(key="train_data").options]
    assert f"{'a' * 21}… (yours)" in offered
    assert "pets (yours)" in offered
    assert {f"{name} (yours)" for name in names[:2]} <= set(offered)  # else they were one
    assert "a" * 30 in words(app)


def test_of_many_images_it_is_said_that_there_are_more(store: Store):
    assert "The first 4 of each class, of 1,247 training images in all." in words(
        visited("train", network="lenet-5", data="digits")
    )
    assert "The first 12 of each class; and 38 more of circle, 38 more of square, 38 more" in words(
        visited("train", network="shapes-demo", data="shapes")
    )


def test_a_network_without_an_end_has_a_way_to_build_and_one_that_finishes_it(store: Store):
    bare = Architecture("Bare", (28, 28, 1), (Conv2D(4, 3), MaxPooling2D(2)))
    app = visited("train", net=encode(bare), data="digits")
    assert "Bare does not end in a Dense layer" in words(app)
    assert not [one for one in app.button if one.label == "Train"]
    assert "Open in Build" in [one.proto.label for one in app.get("page_link")]

    app = pressed(app, "Finish it for me")

    pressed(app, "Train")
    added = (GlobalAveragePooling2D(), Dense(10, activation="softmax"))
    assert store.latest()[0].architecture.layers == (*bare.layers, *added)


def test_a_list_of_runs_holds_back_what_would_close_an_open_dialog(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    def page() -> None:

        from ui.parts.runs import history

        history._history(True)  # though by now nothing is live

    def refuse() -> None:
        raise AssertionError("shown anew")

    monkeypatch.setattr(st, "rerun", refuse)
    app = AppTest.from_function(page, default_timeout=60)
    assert "shown anew" in str(app.run().exception)

    app.session_state[dialog_state.OPEN] = True

    assert not app.run().exception


def test_what_is_used_as_what_is_said_before_training_and_kept_with_the_run(store: Store):
    before = keep_upload(zipped(TWO), "pets.zip", images_folder())  # as it was kept until then
    arrived, _ = library.read(zipped(TWO), "pets.zip", images_folder())
    now = library.keep(arrived, "pets", images_folder())
    old = library.OwnImages(before)

    app = visited("train", network="shapes-demo", data=now.id)
    assert "of the 12 images of train/, 10 to train and 2 to validate" in words(app)
    labels = app.button_group(key="train_data").options
    assert "pets (yours, split: train, test)" in str(labels)
    for page in ("compare", "experiments"):
        assert "8 of test/ to test." in words(visited(page, data=now.id)), page

    app = visited("train", network="shapes-demo", data=old.id)
    assert "14 train, 3 validation, 3 test images" in words(app)
    assert "Its train/ and test/ are pooled and split anew, as when it was brought in" in words(app)


def test_a_training_accuracy_says_on_how_many_images_it_was_measured(store: Store):
    # Batches of 16 of 150 images are 10 steps an epoch; the second epoch had 3 of them.
    run = store.add(entry("shapes-demo").architecture, Configuration(batch_size=16, steps=13))
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {})
    for epoch in (1, 2):
        store.record_epoch(run.id, Epoch(epoch, 1.0, 0.5, 1.1, 0.4, 2.0))
    result = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0, steps=13)
    store.finish(run.id, State.FINISHED, result=result)

    app = visited("train", run=run.id)

    assert figures(app)["Training accuracy"]["note"] == "48 images"


@pytest.mark.parametrize("content", [b"", b"PK", PETS[:300], PETS[:-40], b"\x00" * 1_000])
def test_a_corrupt_file_is_refused_in_a_sentence_and_changes_nothing(store: Store, content: bytes):
    before = kept()

    app = brought("half.zip", content)

    assert "half.zip cannot be used. " in words(app).replace("\\", "")
    assert "Bring a zip with one folder of images per class" in words(app)
    assert not app.button
    assert library.kept(images_folder()) == [before]


def test_own_images_are_deleted_when_asked_twice_but_not_while_a_run_waits_for_them(store: Store):
    one = kept()
    app = pressed(visited("train", network="lenet-5", data=one.id), "Train")
    (run,) = store.latest()

    assert "A training that is not over yet needs them" in words(visited("train", data=one.id))
    store.remove(run.id)
    app = visited("train", network="lenet-5", data=one.id)
    app.button(key="own_images_delete").click().run()

    assert not app.exception
    assert library.kept(images_folder()) == []
    assert app.button_group(key="train_data").value == DatasetName.MNIST_SAMPLE


def test_a_link_to_images_that_are_gone_opens_with_the_usual_data(store: Store):
    app = visited("train", data="own:gone-0123456789abcdef")

    assert app.button_group(key="train_data").value == DatasetName.MNIST_SAMPLE


def test_the_estimate_is_rough_until_this_machine_was_measured(store: Store):
    assert "Roughly " in words(visited("train", network="lenet-5", data="shapes"))

    calibration.save(replace(ROUGH, step_s=1.0))  # a second for each step
    app = visited("train", network="lenet-5", data="shapes", epochs="6")

    # 150 images in batches of 16 are 10 steps an epoch.
    assert "About 1 min and" in words(app) or "About 61 s and" in words(app)


def test_compare_says_what_all_of_it_takes(store: Store):
    calibration.save(replace(ROUGH, step_s=1.0))

    app = visited(
        "compare", **{"with": ["shapes-demo", "lenet-5"]}, data="shapes", epochs="6", seeds="2"
    )

    # Four trainings of 60 steps, a second each, and some time to compile.
    assert re.search(r"All 4 trainings, one after the other: about 4(\.\d)? min and ", words(app))


def test_a_run_that_does_not_fit_the_free_memory_is_refused_and_has_no_button(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(memory, "free_bytes", lambda: 500_000_000)

    app = visited("train", network="lenet-5", data="shapes")

    assert "this machine has 0.5 GB free" in words(app)
    assert not [button for button in app.button if button.label.startswith("Train")]


def test_what_auto_stands_for_follows_the_data(store: Store):
    app = visited("train", network="lenet-5", data="mnist-sample")
    assert "Auto is batches of 64 and a learning rate of 0.01." in words(app)

    app.button_group(key="train_data").set_value(DatasetName.SHAPES).run()

    assert "Auto is batches of 16 and a learning rate of 0.01." in words(app)


def test_pixels_and_splits_are_said_with_what_they_were_measured_on(store: Store):
    found = words(visited("train", network="lenet-5", data="digits"))

    # Of 1,797 digits, a sixth is for the test, and a sixth of the rest for validation.
    assert "1,247 train, 250 validation, 300 test images of 28×28×1" in found
    assert (
        f"All {1_247 * 64:,} values of the 1,247 training images (8×8 pixels in grey), before"
        in found
    )


def test_what_is_said_of_shape_and_texture_is_what_was_measured():
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    written = results.split("\n## texture\n")[1].split("\n## ")[0]
    means = re.findall(r"(\S+) +mean +1,000 +([\d.]+)% +([\d.]+)% +([\d.]+)%", written)
    assert [name for name, *_ in means] == ["simple-cnn", "resnet-lite"]
    said = re.findall(r"[\d.]+(?= %)", SHAPE_OR_TEXTURE)
    assert said == [share for _, own, swapped, _ in means for share in (swapped, own)]
    assert all(float(swapped) > 10 * float(by_texture) for *_, swapped, by_texture in means)
