"""The dialog shows what a file was understood as, and asks what the file does not say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from cnn.data import load
from cnn.data.own import library
from cnn.settings import images_folder
from cnn.training.store.store import Store
from tests.data.own.test_idx import IMAGES, files
from tests.data.own.test_images import npz, zipped
from tests.data.own.test_table import FLAT, TABLE, csv
from tests.ui.parts.test_training_data import brought, texts
from tests.ui.visiting import html, pressed, words

LABELS = np.arange(12) % 2


def use(app: AppTest) -> bool:
    """Whether the images can be used now."""
    (button,) = [one for one in app.button if one.label == "Use these images"]
    return not button.disabled


def test_each_kind_is_shown_by_name_count_and_pictures(store: Store):
    app = brought("plain.npz", npz(x=np.arange(432).reshape(12, 6, 6) % 256, y=LABELS))

    shown = html(app)
    assert shown.count("<small>6 pictures</small>") == 2
    assert shown.count('src="data:image/png;base64,') == 2
    assert "Its images are 6×6, grey" in words(app)
    assert use(app)


def test_channels_that_may_be_first_or_last_are_asked_before_they_can_be_used(store: Store):
    images = np.random.default_rng(0).integers(0, 256, (12, 3, 8, 3), dtype=np.uint8)

    app = brought("small.npz", npz(images=images, labels=LABELS))

    assert "12 pictures of 2 kinds were read." in texts(app), "with a guess, to be looked at"
    assert not use(app)
    assert "First say above: Where are the channels?" in words(app)
    (asked,) = app.radio
    assert asked.value is None
    asked.set_value("chw").run()
    assert not app.exception
    assert use(app)
    pressed(app, "Use these images")

    (kept,) = library.kept(images_folder())
    assert kept.spec.reading == "chw"
    assert load(kept.spec).found_shape == (8, 3, 3)


def test_black_and_white_are_shown_and_can_be_changed(store: Store):
    images = np.arange(432).reshape(12, 6, 6) * 9
    app = brought("deep.npz", npz(images=images, labels=LABELS))

    (values,) = app.selectbox
    assert values.value == "0..4095"
    assert use(app)
    values.set_value("other").run()
    app.number_input[0].set_value(2_000.0)
    app.number_input[1].set_value(0.0).run()
    assert not app.exception
    pressed(app, "Use these images")

    (kept,) = library.kept(images_folder())
    assert kept.spec.reading == "2000..0"


def test_unusual_values_are_asked_and_can_be_those_that_were_found(store: Store):
    images = np.arange(432).reshape(12, 6, 6) / 100 - 1
    app = brought("deep.npz", npz(images=images, labels=LABELS))

    assert not use(app)
    (values,) = app.selectbox
    assert values.value is None
    values.set_value("-1..3.31").run()
    assert use(app)
    pressed(app, "Use these images")

    (kept,) = library.kept(images_folder())
    assert kept.spec.reading == "-1..3.31"


def test_black_that_is_white_is_refused_and_nothing_is_lost(store: Store):
    app = brought("deep.npz", npz(images=np.arange(432).reshape(12, 6, 6) * 9, labels=LABELS))
    app.selectbox[0].set_value("other").run()

    app.number_input[0].set_value(5.0)
    app.number_input[1].set_value(5.0).run()

    assert "two different numbers" in words(app)
    app.number_input[1].set_value(900.0).run()
    assert "12 pictures of 2 kinds were read." in texts(app)


def test_images_that_may_lie_on_their_side_are_shown_both_ways(store: Store):
    app = brought("digits.zip", zipped(files(name="emnist-digits-{}-{}")))

    assert "As they are stored" in html(app)
    assert "Rows and columns changed" in html(app)
    assert not use(app)
    (asked,) = app.radio
    asked.set_value("transposed").run()
    pressed(app, "Use these images")

    (kept,) = library.kept(images_folder())
    pixels = load(kept.spec, (4, 6, 1)).train.pixels[..., 0]
    assert set(map(bytes, pixels)) <= set(map(bytes, IMAGES.transpose(0, 2, 1).copy()))


def test_a_table_is_asked_for_its_column_and_sorts_the_images(store: Store):
    table = TABLE.rename(columns={"label": "animal"}).assign(size=["s", "m", "l"] * 4)
    app = brought("pets.zip", zipped({**FLAT, "labels.csv": csv(table)}))

    assert not use(app)
    (asked,) = app.radio
    asked.set_value("columns=1,3").run()
    assert "12 pictures of 3 kinds were read." in texts(app)
    asked = app.radio[0].set_value("columns=1,2").run().radio[0]

    assert asked.value == "columns=1,2"
    assert "12 pictures of 2 kinds were read." in texts(app)


def test_many_columns_are_chosen_from_a_list(store: Store):
    table = TABLE[["file"]].assign(**{f"c_{number}": ["a", "b"] * 6 for number in range(8)})
    app = brought("pets.zip", zipped({**FLAT, "labels.csv": csv(table)}))

    assert not app.radio
    assert "By c_7" in app.selectbox[0].options
    app.selectbox[0].set_value("columns=1,9").run()
    assert use(app)


def test_what_can_be_read_one_way_but_not_the_other_says_so_and_can_be_changed_back(store: Store):
    rare = pd.DataFrame(
        {"file": list(FLAT), "animal": ["cat", "dog"] * 6, "size": ["s"] * 11 + ["l"]}
    )
    app = brought("pets.zip", zipped({**FLAT, "labels.csv": csv(rare)}))
    app.radio[0].set_value("columns=1,3").run()

    assert "Class l has 1 readable images; each class needs 3" in words(app)
    assert not [one for one in app.button if one.label == "Use these images"]
    app.radio[0].set_value("columns=1,2").run()

    assert use(app)


def test_a_file_that_is_only_a_part_is_refused_with_what_to_do(store: Store):
    app = brought("images.npy", b"x")

    assert "Put both into one zip" in words(app)
    assert not app.button
