"""The Data page as its script sees a visitor: what is in a data set, and its address."""

import io
import re
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest

from cnn.data import load
from cnn.data.own import library
from cnn.settings import images_folder
from tests.ui.views.test_train import address
from tests.ui.visiting import html, pressed, shown, visited, words
from ui.views.data.wall import sizes_said


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))


TABS = ["Images", "Balance", "In common", "Twice", "Nearly alike", "Change"]


def opened(tab: str, **query: str):
    app = visited("data", **query)
    app.session_state["data_tab"] = tab
    return shown(app)


def own(arrays: dict[str, np.ndarray]) -> str:
    content = io.BytesIO()
    np.savez(content, images=arrays["images"], labels=arrays["labels"])
    folder = images_folder()
    path, _ = library.read(content.getvalue(), "mine.npz", folder)
    return library.keep(path, "mine", folder).id


def test_a_first_visit_shows_images_of_every_class():
    app = visited("data", data="digits")

    assert [tab.label for tab in app.tabs] == TABS
    for digit in range(10):
        assert f"**{digit}**" in words(app)
    assert address(app, "data") == ["digits"]


def test_it_leads_on_to_where_these_images_are_used():
    app = visited("data", data="scenes", samples="200")

    links = {one.proto.label: parse_qs(one.proto.query_string) for one in app.get("page_link")}

    images = {"data": ["scenes"], "samples": ["200"]}
    assert links["Train on it"] == images
    assert links["Which labels look wrong?"] == {"tab": ["labels"]} | images
    helped = links["Would more images help?"]
    assert helped == {"tab": ["sweep"], "field": ["images"]} | images
    assert links["Would trained weights help?"] == {"tab": ["transfer"]} | images
    there = visited("experiments", **{name: value for name, (value,) in helped.items()})
    assert there.session_state["sweep_field"] == "images"
    assert address(there, "samples") == ["200"]


def test_one_class_is_shown_further_and_further():
    app = visited("data", data="digits")
    app.selectbox(key="data_wall_class").set_value(3)
    shown(app)
    assert "the first 60 are shown" in words(app)

    next(one for one in app.button if one.label == "Show more").click()

    assert "the first 120 are shown" in words(shown(app))


def test_the_balance_says_what_guessing_is_worth():
    said = words(opened("Balance", data="mnist-sample"))

    assert "Who always names the largest class is right in 1" in said


def test_images_that_come_twice_are_counted_with_their_splits_and_labels(store):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 8, 8, 1), np.uint8)
    labels = np.arange(60) % 2
    images[2] = images[0]
    images[3] = images[1]
    labels[3] = 0
    app = opened("Twice", data=own({"images": images, "labels": labels}))

    assert "**4 of 60 images** occur more than once" in words(app)
    assert "1 have more than one label" in words(app)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_something_to_say_of_colour(tab):
    assert words(opened(tab, data="scenes", samples="200", test_samples="50"))


def test_of_colour_each_channel_is_told_and_of_grey_none():
    coloured = html(opened("In common", data="scenes", samples="200", test_samples="50"))
    grey = html(opened("In common", data="digits"))

    number = r"0\.\d\d\s±\s0\.\d\d"
    assert re.search(rf"brightness\s{number}, red\s{number}, green\s{number}", coloured)
    assert re.search(rf"brightness\s{number}", grey)
    assert "green" not in grey


def test_what_is_not_here_is_fetched_only_when_it_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))
    app = visited("data", data="cifar-10")

    assert "is not on this machine yet" in words(app)
    assert "Download CIFAR-10" in [one.label for one in app.button]


def test_a_class_is_left_out_and_two_are_merged_and_the_new_set_is_shown(store):
    app = opened("Change", data="digits")
    app.text_input(key="data_class_digits_9").set_value("")
    app.text_input(key="data_class_digits_8").set_value("0")
    app.text_input(key="data_name_digits").set_value("Eight of ten")
    shown(app)

    app = pressed(app, "Make it")

    (made,) = library.kept(images_folder())
    assert made.name == "Eight-of-ten"
    assert address(app, "data") == [made.id]
    assert app.session_state["data_data"] == made.id
    assert load(made.spec).class_names == tuple("01234567")


def test_what_makes_no_data_set_is_said_and_nothing_is_kept(store):
    app = pressed(opened("Change", data="digits"), "Make it")

    assert "Nothing is changed" in " ".join(one.value for one in app.error)
    assert library.kept(images_folder()) == []


def test_images_are_divided_anew_with_a_share_and_a_seed(store):
    app = opened("Change", data="digits")
    app.segmented_control(key="data_divided").set_value("Divide anew")
    shown(app)
    app.number_input(key="data_test_share").set_value(50.0)
    app.number_input(key="data_test_seed").set_value(3)

    pressed(shown(app), "Make it")

    (made,) = library.kept(images_folder())
    data, whole = load(made.spec), load("digits")
    assert len(data.test) == sum(map(len, whole.splits.values())) // 2


def test_the_sizes_of_pictures_are_said_where_each_has_its_own():
    sizes = (((480, 640, 3), 12), ((640, 480, 1), 3))

    assert sizes_said(sizes).startswith(
        "The 15 pictures as they were brought, width × height: 12 of 640×480, 3 of 480×640 in grey."
    )
    assert "0.75 to 1.33 times as wide as high" in sizes_said(sizes)
    assert sizes_said(sizes[:1]).endswith("12 of 640×480.")
    assert "and 2 more sizes" in sizes_said(tuple(((9, side, 3), 1) for side in range(1, 8)))
    assert sizes_said(()) == ""
