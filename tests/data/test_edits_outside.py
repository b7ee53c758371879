"""Data sets made of others and kept: what is in them, under which name, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DataError, DatasetName, DatasetSpec, load
from cnn.data.edited import Division, Edits
from cnn.data.edits_outside import OfFold, make
from cnn.data.own import library
from cnn.data.portion import Portion

DIGITS = DatasetSpec(DatasetName.DIGITS)
SHAPES = DatasetSpec(DatasetName.SHAPES)


def own(folder: Path, id: str) -> DatasetSpec:
    return library.find(folder, id).spec


def test_what_is_made_is_kept_once_under_its_name_and_found_again(tmp_path: Path):
    edits = Edits(DIGITS, classes=(("9", ""),))

    made = make(edits, tmp_path, "No / nines")

    assert [one.id for one in library.kept(tmp_path)] == [made.id]
    assert library.kept(tmp_path)[0].name == "No-nines"
    assert make(edits, tmp_path, "No / nines") == made
    assert made.class_names == tuple("012345678")
    data = load(own(tmp_path, made.id))
    assert made.sizes == (
        f"{len(data.train):,} train, {len(data.validation):,} validation, {len(data.test):,} test"
    )


@pytest.mark.parametrize("base", [DIGITS, SHAPES], ids=["without a test set", "with one"])
@pytest.mark.parametrize("fold", [1, 4])
def test_an_image_of_a_fold_is_the_very_one_that_is_changed(
    tmp_path: Path, base: DatasetSpec, fold: int
):
    portion = Portion(fold=fold, folds=5)
    answered = load(replace(base, portion=portion)).test
    names = load(base).class_names
    places = [0, len(answered) - 1]

    made = make(Edits(base), tmp_path, "x", [OfFold(portion, place, "") for place in places])

    def images(spec: DatasetSpec) -> list[bytes]:
        splits = load(spec).splits.values()
        return sorted(one.tobytes() for split in splits for one in split.pixels)

    left = images(own(tmp_path, made.id))
    for place in places:
        left.append(answered.pixels[place].tobytes())
    assert sorted(left) == images(base)
    assert made.class_names == names


def test_a_label_is_changed_to_the_class_that_is_named(tmp_path: Path):
    portion = Portion(fold=2, folds=5)
    answered = load(replace(DIGITS, portion=portion)).test
    changed = answered.pixels[3]
    wanted = (int(answered.labels[3]) + 1) % 10

    made = make(Edits(DIGITS), tmp_path, "x", [OfFold(portion, 3, str(wanted))])

    data = load(own(tmp_path, made.id))
    labels = [
        int(split.labels[place])
        for split in data.splits.values()
        for place in np.flatnonzero((split.pixels == changed).all(axis=(1, 2, 3)))
    ]
    assert labels == [wanted]


def test_nothing_is_kept_of_what_makes_no_data_set(tmp_path: Path):
    one_left = tuple((str(digit), "") for digit in range(9))

    with pytest.raises(DataError, match="1 class would be left"):
        make(Edits(DIGITS, classes=one_left), tmp_path, "x")
    with pytest.raises(DataError, match="Nothing is changed"):
        make(Edits(DIGITS), tmp_path, "x")
    assert library.kept(tmp_path) == []


def test_what_others_are_made_of_is_known(tmp_path: Path):
    first = make(Edits(DIGITS, division=Division()), tmp_path, "first")
    base = library.find(tmp_path, first.id)
    second = make(Edits(base.spec, classes=(("0", "o"),)), tmp_path, "second")

    assert [one.id for one in library.made_of(tmp_path, base)] == [second.id]
    library.forget(base)
    with pytest.raises(DataError, match="cannot be read"):
        load(own(tmp_path, second.id))
