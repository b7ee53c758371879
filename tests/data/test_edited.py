"""A data set made of another: what is changed, what stays, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import (
    DataError,
    DatasetName,
    DatasetSpec,
    described,
    fingerprint,
    is_here,
    load,
    splitting,
)
from cnn.data.dataset import Source, Split
from cnn.data.edited import Division, Edits, applied
from cnn.data.look import look_of
from cnn.data.portion import Portion

DIGITS = DatasetSpec(DatasetName.DIGITS)
NAMES = ("a", "b", "c")


def source_of(*splits: list[int] | None) -> Source:
    """Each image is its split and its place, so that it is known again."""

    def of(number: int, labels: list[int] | None) -> Split | None:
        if labels is None:
            return None
        pixels = np.zeros((len(labels), 1, 2, 1), np.uint8)
        pixels[:, 0, 0, 0], pixels[:, 0, 1, 0] = number, np.arange(len(labels))
        return Split(pixels, np.array(labels, np.int64))

    learn, validation, test = (of(number, one) for number, one in enumerate(splits))
    assert learn
    return Source(learn, test, NAMES, "here", validation=validation)


def kept(edits: Edits, folder: Path, name: str = "mine") -> DatasetSpec:
    path = folder / f"{name}.json"
    path.write_text(edits.to_text(), encoding="utf-8")
    return DatasetSpec(DatasetName.OWN_IMAGES, file=str(path))


def named(source: Source) -> dict[tuple[int, int], str]:
    """The class of every image."""
    splits = (source.learn, source.validation, source.test)
    return {
        tuple(pixels.ravel().tolist()): source.class_names[label]
        for one in splits
        if one
        for pixels, label in zip(one.pixels, one.labels, strict=True)
    }


three = st.lists(st.integers(0, 2), min_size=4, max_size=12)
targets = st.sampled_from(["", "a", "b", "c", "d"])
changed_classes = st.dictionaries(st.sampled_from(NAMES), targets).map(lambda d: tuple(d.items()))


@given(three, st.none() | three, three, changed_classes, st.data())
def test_every_image_has_the_class_that_a_loop_over_the_changes_gives(
    learn, validation, test, classes, data
):
    source = source_of(learn, validation, test)
    parts = ("train", "validation", "test")
    there = [
        (parts[number], place)
        for number, one in enumerate((learn, validation, test))
        for place in range(len(one or []))
    ]
    labels = data.draw(
        st.dictionaries(st.sampled_from(there), st.sampled_from(["", *NAMES]), max_size=4)
    )
    edits = Edits(DIGITS, classes, tuple((*where, name) for where, name in labels.items()))

    expected = {}
    for (number, place), name in named(source).items():
        mended = labels.get((parts[number], place), name)
        final = dict(classes).get(mended, mended) if mended else ""
        if final:
            expected[number, place] = final
    names = dict.fromkeys(dict(classes).get(name, name) for name in NAMES)
    if len([name for name in names if name]) < 2 or not any(n == 0 for n, _ in expected):
        with pytest.raises(DataError):
            applied(edits, source)
    else:
        assert named(applied(edits, source)) == expected


@given(three, st.integers(0, 5), st.floats(0.05, 0.5))
def test_divided_anew_every_image_is_there_once_and_each_class_is_tested(learn, seed, share):
    labels = learn * 3
    source = source_of(labels, [0, 1, 2], [0, 1, 2])
    made = applied(Edits(DIGITS, division=Division(share, seed)), source)

    assert made.validation is None
    assert made.test is not None
    assert named(made) == named(source)
    assert len(made.learn) + len(made.test) == len(labels) + 6
    assert set(made.test.labels.tolist()) == {0, 1, 2}


full = st.lists(st.integers(0, 2), min_size=12, max_size=30).map(lambda one: one + [0, 1, 2] * 4)


def set_apart(source: Source, of: int) -> set[tuple[int, ...]]:
    """The test images of a source, once it is split, that were in its split of that number."""
    test = splitting.split(source, DIGITS, (1, 2, 1)).test
    return {one for image in test.pixels if (one := tuple(image.ravel().tolist()))[0] == of}


@given(full, st.none() | full, st.data())
def test_what_is_set_aside_to_test_stays_so_where_images_are_left_out(learn, validation, data):
    source = source_of(learn, validation, None)
    drawn_from, places = (0, learn) if validation is None else (1, validation)
    part = "train" if validation is None else "validation"
    before = set_apart(source, drawn_from)
    out = data.draw(st.sets(st.integers(0, len(places) - 13), max_size=5))
    edits = Edits(DIGITS, (("c", "b"),), tuple((part, one, "") for one in out))

    left = {one for one in before if one[1] not in out}

    if left:
        assert set_apart(applied(edits, source), drawn_from) == left
    old = applied(replace(edits, keeps_test=False), source)
    assert old.test is None


def test_edits_that_were_kept_before_draw_their_test_as_they_did():
    text = Edits(DIGITS, labels=(("train", 0, ""),)).to_text()
    values = json.loads(text)
    del values["keeps_test"]

    assert Edits.from_text(text).keeps_test
    assert not Edits.from_text(json.dumps(values)).keeps_test


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (source_of([0, 1, 2] * 8, None, [0, 1, 2]), "Of 23 images, 19 are to learn from and 4 "),
        (source_of([0, 1, 2] * 8, None, None), "Of 19 images, 16 are to learn from and 3 "),
    ],
)
def test_what_is_used_as_what_is_said_without_names_that_it_does_not_have(source, said: str):
    made = applied(Edits(DIGITS, labels=(("train", 2, ""),)), source)
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="/tmp/mine.json")

    words = splitting.split(made, own, (1, 2, 1)).how_split

    assert words.startswith(said)
    assert words.endswith("others are the test.")


def test_half_of_the_validation_images_is_still_called_as_in_the_file():
    source = source_of([0, 1, 2] * 8, [0, 1, 2] * 4, None)
    source = replace(source, called={"train": "learn", "validation": "val"})
    made = applied(Edits(DIGITS, labels=(("train", 2, ""),)), source)
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="/tmp/mine.json")

    words = splitting.split(made, own, (1, 2, 1)).how_split

    assert words == (
        "Its own splits are used: 23 images of learn to train, 6 of val to validate, 6 of val to "
        "test."
    )


@given(changed_classes, st.none() | st.builds(Division, st.floats(0.05, 0.5), st.integers(0, 99)))
def test_edits_come_back_from_their_text(classes, division):
    edits = Edits(DIGITS, classes, (("train", 3, "a"), ("test", 0, "")), division)

    again = Edits.from_text(edits.to_text())

    assert again == replace(edits, labels=tuple(sorted(edits.labels)))
    assert again.to_text() == edits.to_text()


def test_a_set_made_of_one_that_comes_along_is_trained_on_as_any_other(tmp_path: Path):
    spec = kept(Edits(DIGITS, classes=(("9", ""), ("8", "0"))), tmp_path)
    data, whole = load(spec), load(DIGITS)

    assert data.class_names == tuple("01234567")
    assert data.image_shape == whole.image_shape
    assert "changed: without 9; 8 → 0" in data.origin
    assert fingerprint(data) != fingerprint(whole)
    assert is_here(spec)
    assert described(spec) == "own images mine"
    assert load(spec, (20, 20, 3)).image_shape == (20, 20, 3)
    for name, split in data.splits.items():
        if name == "test":
            zeros = (whole.test.labels == 0) | (whole.test.labels == 8)
            assert (split.labels == 0).sum() == zeros.sum()


def test_what_is_made_of_what_was_made_has_both_changes(tmp_path: Path):
    first = kept(Edits(DIGITS, classes=(("9", ""),)), tmp_path, "first")
    second = kept(Edits(first, classes=(("8", ""),)), tmp_path, "second")

    assert load(second).class_names == tuple("01234567")


def test_a_portion_of_the_base_is_no_part_of_what_is_made(tmp_path: Path):
    part = replace(DIGITS, portion=Portion(0.5))

    assert Edits(part).base == DIGITS


def test_a_set_that_is_made_of_itself_is_refused(tmp_path: Path):
    path = tmp_path / "mine.json"
    own = DatasetSpec(DatasetName.OWN_IMAGES, file=str(path))
    kept(Edits(own), tmp_path)

    with pytest.raises(DataError, match="deep or of itself"):
        load(own, (8, 8, 1))


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        (Edits(DIGITS, classes=(("x", "y"),)), "There is no class 'x'"),
        (Edits(DIGITS, classes=tuple((name, "all") for name in NAMES)), "1 class would be left"),
        (Edits(DIGITS, labels=(("train", 99, "a"),)), "no image 99 of train"),
        (Edits(DIGITS, labels=(("validation", 0, "a"),)), "no image 0 of validation"),
        (Edits(DIGITS, labels=(("train", 0, "z"),)), "There is no class 'z'"),
        (Edits(DIGITS, labels=(("train", 0, ""), ("train", 1, ""))), "No image to learn from"),
    ],
)
def test_what_cannot_be_changed_is_refused_by_name(edits: Edits, message: str):
    with pytest.raises(DataError, match=message):
        applied(edits, source_of([0, 1], None, [0, 1, 2]))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"base": 3}', '{"base": {}, "labels": [[1]]}', '{"base": {}, "more": 1}',
     '{"base": {}, "classes": [["a", "\\u202e"]]}', '{"base": {}, "labels": [["x", 1, "a"]]}',
     '{"base": {}, "division": [2, 0]}', "[" * 5_000],
)  # fmt: skip
def test_a_file_that_says_nothing_of_the_kind_is_refused_with_words(text: str):
    with pytest.raises(DataError):
        Edits.from_text(text)


KEYS = st.sampled_from(["base", "classes", "labels", "division"])
PLAIN = st.none() | st.integers() | st.text()
JSON = st.recursive(PLAIN, lambda of: st.lists(of) | st.dictionaries(KEYS, of), max_leaves=8)


@given(JSON)
def test_any_json_is_edits_or_refused(values):
    try:
        edits = Edits.from_text(json.dumps(values))
    except DataError:
        return
    assert Edits.from_text(edits.to_text()).to_text() == edits.to_text()


def test_what_is_made_has_images_of_the_size_of_what_it_is_made_of(tmp_path: Path):
    found = look_of(load(kept(Edits(DIGITS, classes=(("9", ""),)), tmp_path), (28, 28, 1)))

    assert found.brought_shape == (8, 8, 1)
    assert found.usual_side == 8
