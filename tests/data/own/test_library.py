"""Own images as they are kept: found by name, read before they are kept, forgotten."""

import os
import time
from dataclasses import replace

import pytest

from cnn.data import DataError, described, load, title
from cnn.data.own import library
from cnn.data.own.limits import ASIDE, FORGOTTEN_AFTER_S, LIMITS
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from tests.data.own.test_images import CATS_AND_DOGS, png, zipped

PETS = zipped(CATS_AND_DOGS)


def kept(folder, name="pets", content=PETS) -> library.OwnImages:
    arrived, _ = library.read(content, "upload.zip", folder)
    return library.keep(arrived, name, folder)


def test_what_was_read_is_kept_under_the_name_it_is_given(tmp_path):
    arrived, data = library.read(PETS, "My upload.zip", tmp_path)
    assert data.class_names == ("cat", "dog")
    assert library.kept(tmp_path) == []

    one = library.keep(arrived, "Pets of 2026", tmp_path)

    assert one.name == "Pets-of-2026"
    assert library.kept(tmp_path) == [one]
    assert one.path.read_bytes() == PETS
    assert not arrived.exists()
    assert load(one.spec, (8, 8, 1)).class_names == ("cat", "dog")
    assert (title(one.spec), described(one.spec)) == ("Pets-of-2026", "own images Pets-of-2026")


def test_a_name_with_a_slash_is_kept_whole(tmp_path):
    assert kept(tmp_path, "cats/dogs").name == "cats-dogs"


def test_an_upload_that_cannot_be_read_is_refused_by_its_own_name_and_leaves_no_trace(tmp_path):
    before = kept(tmp_path)

    with pytest.raises(DataError, match=r"^half\.zip cannot be used\. It is not a readable zip"):
        library.read(PETS[:200], "half.zip", tmp_path)

    assert library.kept(tmp_path) == [before]
    assert list((tmp_path / ASIDE).iterdir()) == []


def test_an_upload_over_the_limit_is_refused_before_anything_is_written(tmp_path):
    small = replace(LIMITS, upload_bytes=1_000_000)

    with pytest.raises(DataError, match=r"big\.zip has 3 MB; 1 MB is the limit"):
        library.read(bytes(3_000_000), "big.zip", tmp_path, small)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_said_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(DataError, match="Make room there, or set CNN_HOME"):
        library.read(PETS, "pets.zip", tmp_path / "file")


def test_images_are_found_by_their_id_and_the_newest_by_its_name(tmp_path):
    old = kept(tmp_path)
    new = kept(tmp_path, content=zipped({**CATS_AND_DOGS, "cat/more.png": png(9)}))
    os.utime(old.path, (1, 1))

    assert library.find(tmp_path, old.id) == old
    assert library.find(tmp_path, new.id) == new
    assert library.find(tmp_path, "own:pets") == new


def test_a_name_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    kept(tmp_path)

    with pytest.raises(DataError, match="no own images called 'birds'; kept are: pets"):
        library.find(tmp_path, "own:birds")
    with pytest.raises(DataError, match="kept are: none so far"):
        library.find(tmp_path / "nowhere", "own:birds")


def test_a_name_never_leads_out_of_the_folder(tmp_path):
    secret = tmp_path / "secret-0123456789abcdef.zip"
    secret.write_bytes(PETS)

    with pytest.raises(DataError, match="no own images called"):
        library.find(tmp_path / "images", "own:../secret-0123456789abcdef")
    assert kept(tmp_path / "images", name="../../out").path.parent == tmp_path / "images"


def test_the_same_images_under_the_same_name_are_kept_once(tmp_path):
    assert kept(tmp_path) == kept(tmp_path)
    assert len(library.kept(tmp_path)) == 1


def test_forgotten_images_are_gone_and_may_be_forgotten_twice(tmp_path):
    one = kept(tmp_path)

    library.forget(one)
    library.forget(one)

    assert library.kept(tmp_path) == []


def test_what_was_read_but_not_kept_is_swept_away_after_an_hour(tmp_path):
    arrived, _ = library.read(PETS, "pets.zip", tmp_path)
    other, _ = library.read(PETS, "others.zip", tmp_path)
    long_ago = time.time() - FORGOTTEN_AFTER_S - 60
    os.utime(arrived, (long_ago, long_ago))

    library.read(PETS, "third.zip", tmp_path)

    assert not arrived.exists()
    assert other.exists()


def test_drawings_are_told_apart_by_what_is_not_the_classic_lesson():
    spec = DatasetSpec.from_dict({"name": "shapes", "seed": 3, "shapes": {"noise": 0.2}})

    assert described(spec) == "shapes (noise 0.2; drawn with seed 3)"
    assert described(DatasetSpec()) == "shapes"
    assert described(DatasetSpec(DatasetName.DIGITS)) == "digits"
