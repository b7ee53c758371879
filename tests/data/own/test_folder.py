"""A folder as own images: the same files are the same data set, and nothing outside is read."""

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DataError, fingerprint, load
from cnn.data.own import library
from cnn.data.own.folder import brought_folder
from cnn.data.own.limits import ASIDE, LIMITS
from tests.data.own.test_images import CATS_AND_DOGS, png


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def test_a_folder_is_kept_as_a_zip_of_its_files(tmp_path):
    kept = tmp_path / "images"

    spec, packed = brought_folder(written(tmp_path / "my pets", CATS_AND_DOGS), kept)

    assert packed.said == ""
    assert Path(spec.file).parent == kept
    assert library.find(kept, "my-pets").spec == spec
    assert load(spec).class_names == ("cat", "dog")
    with zipfile.ZipFile(spec.file) as archive:
        assert {one.filename: archive.read(one) for one in archive.infolist()} == CATS_AND_DOGS
    assert list((kept / ASIDE).iterdir()) == []


def test_the_same_files_are_the_same_data_set_whenever_and_in_whatever_order_they_came(tmp_path):
    first, _ = brought_folder(written(tmp_path / "a" / "pets", CATS_AND_DOGS), tmp_path / "kept")
    turned = dict(reversed(CATS_AND_DOGS.items()))
    other = written(tmp_path / "b" / "pets", turned)
    for file in other.rglob("*.png"):
        os.utime(file, (10**9, 10**9))
        file.chmod(0o755)

    second, _ = brought_folder(other, tmp_path / "kept")

    assert second == first
    assert len(library.kept(tmp_path / "kept")) == 1
    changed, _ = brought_folder(written(other, {"cat/9.png": png(9)}), tmp_path / "kept")
    assert changed != first
    assert fingerprint(load(changed)) != fingerprint(load(first))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there; it runs on Linux")
def test_links_are_not_followed_and_are_said(tmp_path):
    outside = written(tmp_path / "outside", {"cat/secret.png": png(1), "more/x.png": png(2)})
    folder = written(tmp_path / "pets", CATS_AND_DOGS)
    (folder / "cat" / "linked.png").symlink_to(outside / "cat" / "secret.png")
    (folder / "cow").symlink_to(outside / "cat", target_is_directory=True)
    (folder / "dog" / "round").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "dog" / "pipe.png")

    spec, packed = brought_folder(folder, tmp_path / "kept")

    with zipfile.ZipFile(spec.file) as archive:
        assert sorted(archive.namelist()) == sorted(CATS_AND_DOGS)
    assert packed.links == ("cat/linked.png", "cow", "dog/round")
    assert packed.said.startswith("cat/linked.png, cow, dog/round are links, which are not foll")


def test_what_operating_systems_leave_in_a_folder_changes_nothing(tmp_path):
    plain, _ = brought_folder(written(tmp_path / "a" / "pets", CATS_AND_DOGS), tmp_path / "kept")
    clutter = dict.fromkeys((".DS_Store", "cat/Thumbs.db", ".git/config"), b"x")

    other = written(tmp_path / "b" / "pets", CATS_AND_DOGS | clutter)

    assert brought_folder(other, tmp_path / "kept")[0] == plain


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (replace(LIMITS, files=5), "holds more than 5 files, which is the limit"),
        (replace(LIMITS, upload_bytes=200), r"have more than 0\.0 MB, which is the limit"),
    ],
)
def test_a_folder_beyond_the_limits_of_a_zip_is_refused(tmp_path, limits, message):
    folder = written(tmp_path / "pets", CATS_AND_DOGS)

    with pytest.raises(DataError, match=message):
        brought_folder(folder, tmp_path / "kept", limits)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "No image in it can be read"),
        ({"cat/a.txt": b"x"}, "cat/a.txt, is not a picture"),
        ({"pets.zip": b"x"}, "holds pets.zip alone. Name that file itself"),
    ],
)
def test_a_folder_that_is_no_set_of_images_is_refused_and_leaves_no_trace(tmp_path, files, message):
    folder, kept = tmp_path / "pets", tmp_path / "kept"
    folder.mkdir()
    written(folder, files)

    with pytest.raises(DataError, match=message):
        load(brought_folder(folder, kept)[0])
    assert library.kept(kept) in ([], library.kept(kept)[:1])


def test_arrays_in_a_folder_are_read_as_is_said_and_keep_it_in_their_name(tmp_path):
    folder, kept = tmp_path / "numbers", tmp_path / "kept"
    folder.mkdir()
    np.save(folder / "images.npy", np.random.default_rng(0).normal(size=(12, 5, 5)))
    np.save(folder / "labels.npy", np.arange(12) % 2)

    with pytest.raises(DataError, match="Its values go from"):
        brought_folder(folder, kept)
    assert [path for path in kept.rglob("*") if path.is_file()] == []

    spec, _ = brought_folder(folder, kept, reading="-3..3")

    assert spec.reading == "-3..3"
    assert library.find(kept, "numbers").spec == spec


def test_a_folder_that_is_gone_is_said(tmp_path):
    with pytest.raises(DataError, match="gone cannot be read or kept: No such file"):
        brought_folder(tmp_path / "gone", tmp_path / "kept")
