"""A share of the training images, or a fold of them: which images those are."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from cnn.data import DataError, DatasetSpec, described, fingerprint, load, title
from cnn.data.portion import MOST_FOLDS, WHOLE, Portion
from cnn.data.sets import DatasetName
from cnn.training.recipe.data_address import data_from_address, data_to_address

SAMPLE = DatasetSpec(DatasetName.MNIST_SAMPLE)

shares = st.floats(0.001, 1.0)
folds = st.integers(2, MOST_FOLDS).flatmap(
    lambda many: st.tuples(st.integers(1, many), st.just(many))
)
portions = st.builds(
    lambda share, draw, fold: Portion(share, draw, *fold),
    shares,
    st.integers(0, 2**29),
    st.just((0, 0)) | folds,
)
labels = st.lists(st.integers(0, 4), min_size=1, max_size=200).map(
    lambda found: np.array(found, np.int64)
)


def refusal(text: str) -> str:
    """Why a text is no portion; nothing where it is one."""
    try:
        Portion.read(text)
    except DataError as error:
        return str(error)
    return ""


@given(portions)
def test_every_portion_comes_back_from_its_json_and_from_its_text(portion: Portion):
    assert Portion.from_dict(json.loads(json.dumps(portion.to_dict()))) == portion
    read = Portion.read(portion.text)
    assert read == (portion if portion.share < 1 else replace(portion, draw=0))


@given(st.text(max_size=30) | st.from_regex(r"[\d.e,-]{0,9} ?(fold \d{1,3} of \d{1,3})?"))
def test_any_text_is_a_portion_or_refused_with_the_ways_to_write_one(text: str):
    assert "is no portion of the images" in (refusal(text) or "is no portion of the images")


def test_what_is_whole_leaves_the_record_of_the_data_as_it_was_before_there_were_portions():
    assert "portion" not in SAMPLE.to_dict()
    assert described(SAMPLE) == "mnist-sample"
    assert DatasetSpec.from_dict(SAMPLE.to_dict()) == SAMPLE


def test_a_portion_is_kept_in_record_and_address_and_said():
    spec = replace(SAMPLE, portion=Portion(0.1, 3))

    assert DatasetSpec.from_dict(spec.to_dict()) == spec
    assert data_from_address(data_to_address(spec), DatasetSpec()) == spec
    assert described(spec) == "mnist-sample, 10 % of the training images, draw 3"
    assert title(spec).endswith(", 10 % of the training images, draw 3")


@given(labels, shares, shares, st.integers(0, 9))
def test_a_larger_share_of_a_draw_holds_every_smaller_one(found, one, other, draw):
    small, large = sorted((one, other))
    fewer, more = Portion(small, draw).taken(found), Portion(large, draw).taken(found)

    assert set(fewer) <= set(more)
    assert (np.diff(fewer) > 0).all()


@given(labels, shares, st.integers(0, 9))
def test_each_class_gives_its_share_to_the_nearest_image_and_one_at_least(found, share, draw):
    taken = found[Portion(share, draw).taken(found)]

    for label in set(found.tolist()):
        there = int((found == label).sum())
        assert (taken == label).sum() == min(there, max(1, round(there * share)))
    assert len(taken) == Portion(share, draw).count(np.bincount(found).tolist())


@given(labels, st.integers(2, 5))
def test_folds_are_apart_are_all_images_and_have_their_part_of_every_class(found, many):
    counts = np.bincount(found)
    if ((counts > 0) & (counts < many)).any():
        with pytest.raises(DataError, match="fewer images to learn from than there are folds"):
            Portion(fold=1, folds=many).apart(found)
        return
    parts = [Portion(fold=one, folds=many).apart(found) for one in range(1, many + 1)]

    assert sorted(np.concatenate([own for _, own in parts])) == list(range(len(found)))
    for others, own in parts:
        assert sorted([*others, *own]) == list(range(len(found)))
    sizes = [len(own) for _, own in parts]
    theirs = [len(own) for _, own in StratifiedKFold(many).split(found, found)]
    assert max(sizes) - min(sizes) <= max(1, max(theirs) - min(theirs))
    for label in np.flatnonzero(counts):
        each = [int((found[own] == label).sum()) for _, own in parts]
        assert max(each) - min(each) <= 1


def test_a_share_leaves_the_images_to_validate_and_to_test_alone():
    whole, tenth = load(SAMPLE), load(replace(SAMPLE, portion=Portion(0.1)))

    assert len(tenth.train) == len(whole.train) // 10
    for name in ("validation", "test"):
        assert np.array_equal(tenth.splits[name].pixels, whole.splits[name].pixels)
    assert fingerprint(tenth) != fingerprint(whole)
    assert tenth.how_split == (
        "10 % of the training images: 500 to train, 1,000 to validate, 1,000 to test."
    )


def test_the_folds_test_every_image_to_learn_from_once_and_no_test_image():
    whole = load(SAMPLE)
    parts = [load(replace(SAMPLE, portion=Portion(fold=one, folds=3))) for one in (1, 2, 3)]

    def images(*splits):
        return sorted(one.tobytes() for split in splits for one in split.pixels)

    assert images(*(one.test for one in parts)) == images(whole.train, whole.validation)
    for one in parts:
        assert images(*one.splits.values()) == images(whole.train, whole.validation)


@pytest.mark.parametrize(
    "values",
    [{"share": 0}, {"share": 1.1}, {"fold": 3, "folds": 2}, {"fold": 1}, {"folds": 2}, {"one": 2}],
)
def test_what_is_no_portion_is_refused(values):
    with pytest.raises(DataError):
        Portion.from_dict(values)


def test_all_images_are_in_the_whole():
    found = np.array([0, 1, 1, 2])
    assert WHOLE.taken(found).tolist() == [0, 1, 2, 3]
    assert WHOLE.words == WHOLE.text == ""
