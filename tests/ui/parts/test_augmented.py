"""Augmentation on the Train page: seen on its images, and with its time, before any training."""

import json
import re
from dataclasses import replace

from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.settings import home
from cnn.training.forecast import augmentation_cost, calibration
from cnn.training.recipe.augmentations import Flip
from cnn.training.store.store import Store
from tests.training.augmentations import ALL, EACH
from tests.ui.visiting import html, pressed, visited, words
from ui.parts.setup.augmented import UNMEASURED
from ui.session import design

GREY = {"network": "lenet-5", "data": "shapes"}
IN_COLOUR = encode(replace(entry("shapes-demo").architecture, input=(16, 16, 3)))
COLOURED = {design.ADDRESS: IN_COLOUR, "data": "shapes"}


def address(chosen: dict[str, object]) -> dict[str, str]:
    return {f"augment_{name}": str(value) for name, value in chosen.items()}


def test_without_augmentation_there_is_nothing_of_it(store: Store):
    assert "As they are" not in words(visited("train", **GREY))


def test_each_kind_has_a_strip_of_its_own_beside_the_plain_one_and_all_of_them_together(
    store: Store,
):
    app = visited("train", **COLOURED, **address(ALL))

    said = words(app)
    for start in (
        "As they are",
        "Images flipped left to right and upside down, half of them each way",
        "Images cropped out of a frame of 2 pixels",
        "Brightness changed by up to 30 % of white",
        "Contrast changed by up to 50 %",
        "Colour changed by up to 40 % in hue and saturation",
        "Images changed by 2 of RandAugment's operations a step, strength 0.5",
        "A rectangle erased in 50 % of the images",
        "Images blended in pairs by MixUp, shares from Beta(0.4, 0.4)",
        "Images put together in pairs by CutMix, shares from Beta(0.4, 0.4)",
        "All of it together",
    ):
        assert start in said, start
    assert said.count(UNMEASURED) == len(EACH)
    assert html(app).count("<img") >= 12 * (len(EACH) + 2)
    assert "are measured on the plain images of each step" in said
    assert "Augmentation comes on top: how long it takes is not measured" in said


def test_what_is_chosen_is_queued(store: Store):
    app = visited("train", **GREY, **address({"flip": "horizontal", "mixup": 0.2}))

    pressed(app, "Train")

    (run,) = store.latest()
    assert (run.configuration.flip, run.configuration.mixup) == (Flip.HORIZONTAL, 0.2)


def test_a_choice_is_kept_in_the_address(store: Store):
    app = visited("train", **GREY)
    app.selectbox(key="train_augment_flip").set_value("vertical")
    app.number_input(key="train_augment_cutmix").set_value(0.5).run()

    assert not app.exception
    assert app.query_params["augment_flip"] in ("vertical", ["vertical"])
    assert app.query_params["augment_cutmix"] in ("0.5", ["0.5"])


def test_a_measured_kind_says_what_it_adds_to_an_epoch(store: Store):
    """With 20 ms for each step of a flip, whatever its images, and nothing else measured."""
    kept = {"machine": calibration.machine(), "times": {"flip": [0.02, 0.02, 0.5]}}
    home().mkdir(parents=True, exist_ok=True)
    (home() / augmentation_cost.FILE).write_text(json.dumps(kept))

    said = words(visited("train", **GREY, **address({"flip": "both", "erasing": 0.5})))

    # 150 images in batches of 16 are 10 steps, and both ways are twice the work.
    assert "about 0.4 s more per epoch of 150 images" in said
    assert said.count(UNMEASURED) == 1


def test_colours_of_grey_images_are_refused_in_place_of_the_button(store: Store):
    app = visited("train", **GREY, **address({"colour": 0.4, "flip": "horizontal"}))

    said = words(app)
    assert "Colour 0.4 changes images of 3 channels; those that are trained on have 1" in said
    assert not [one for one in app.button if one.label == "Train"]
    assert "All of it together" not in said
    assert "Images flipped left to right, half of them" in said


def test_a_mixed_image_says_how_much_of_which_class_its_label_has(store: Store):
    app = visited("train", **GREY, **address({"cutmix": 1.0}))

    assert html(app).count("<figcaption>") > 3
    shares = re.findall(r"<figcaption>\w+: (\d+) %<small>\w+: (\d+) %", html(app))
    assert len(shares) > 3
    assert all(99 <= int(one) + int(other) <= 101 for one, other in shares)
