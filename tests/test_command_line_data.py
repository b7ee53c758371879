"""`python -m cnn data`: what a file or a folder of images is understood as, before a training."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnn.__main__ import main
from cnn.commands.prepare import dataset_of
from cnn.data import DataError, DatasetName, load
from cnn.data.own import library
from cnn.settings import images_folder
from cnn.training.recipe.data_address import data_from_address, data_id, data_to_address
from tests.data.own.test_idx import IMAGES, TENS, files
from tests.data.own.test_images import CATS_AND_DOGS, npz, zipped


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def written(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def deep(folder: Path) -> str:
    images = np.random.default_rng(0).integers(0, 4_096, (12, 3, 8, 3), dtype=np.uint16)
    images[0, 0, 0] = 4_095
    return written(folder, "deep.npz", npz(images=images, labels=np.eye(2)[np.arange(12) % 2]))


def test_what_is_open_is_said_with_its_answers_and_is_a_status(tmp_path, capsys):
    assert main(["data", deep(tmp_path)]) == 1

    said = capsys.readouterr().out
    assert "Its images are 3×8×3, which may be read with the channels last or first." in said
    assert '--read "hwc"' in said
    assert '--read "chw"' in said
    assert "0 is black, 4095 is white" in said
    assert "classes" not in said


def test_what_is_clear_is_said_with_classes_counts_and_splits(tmp_path, capsys):
    assert main(["data", deep(tmp_path), "--read", "chw"]) == 0

    said = capsys.readouterr().out
    assert "12, 3×8 pixels, colour" in said
    assert "Of 12 pictures" in said
    assert [line.split() for line in said.splitlines()[-2:]] == [["6", "0"], ["6", "1"]]


def test_the_same_is_said_for_programs(tmp_path, capsys):
    assert main(["data", deep(tmp_path), "--read", "chw 4095..0", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["read"] == "chw 4095..0"
    assert said["form"] == "arrays"
    assert (said["open"], said["classes"], said["shape"]) == ([], ["0", "1"], [8, 3, 3])
    assert np.sum(list(said["images"].values())) == 12
    assert main(["data", deep(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["open"] == ["axes"]


def test_a_folder_is_looked_at_and_nothing_is_kept(tmp_path, capsys, home):
    folder = tmp_path / "pets"
    for name, content in CATS_AND_DOGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "cat" / "notes.txt").write_text("no picture")
    (folder / "linked").symlink_to("/etc")

    assert main(["data", str(folder)]) == 0

    told = capsys.readouterr()
    assert "       3  cat\n" in told.out
    assert "linked is a link, which is not followed" in told.err
    assert "1 file left out: cat/notes.txt: is not a picture" in told.err
    assert not home.exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("images.npy", "images.npy is one array, and images need their labels"),
        ("labels.csv", "labels.csv is a table, and holds no images. Put both into one zip, or"),
        ("train-images-idx3-ubyte.gz", "is one file, and images need their labels"),
        ("pets.zip", "pets.zip cannot be used. It is not a readable zip file"),
        ("gone/pets.zip", "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_what_to_do(tmp_path, capsys, name, message):
    if "/" not in name:
        written(tmp_path, name, b"not what it says")

    assert main(["data", str(tmp_path / name)]) == 2

    told = capsys.readouterr()
    assert message in told.err
    assert told.err.count("\n") == 1


def test_train_and_compare_take_a_folder_and_the_words_and_keep_both(tmp_path):
    folder = tmp_path / "kana"
    folder.mkdir()
    for name, content in files(name="emnist-digits-{}-{}").items():
        (folder / name).write_bytes(content)

    with pytest.raises(DataError, match=r"--read \"transposed\""):
        dataset_of(str(folder))
    spec = dataset_of(str(folder), "transposed")

    assert spec.name is DatasetName.OWN_IMAGES
    assert spec.reading == "transposed"
    assert dataset_of(str(folder), "transposed") == spec
    assert dataset_of(data_id(spec)) == spec
    assert data_from_address(data_to_address(spec), spec_without_address()) == spec
    assert [one.spec for one in library.kept(images_folder())] == [spec]
    whole = np.concatenate([split.pixels for split in load(spec, (4, 6, 1)).splits.values()])
    assert sorted(map(bytes, whole)) == sorted(map(bytes, IMAGES.transpose(0, 2, 1).copy()))
    upright = dataset_of(str(folder), "upright")
    assert data_id(upright) != data_id(spec)
    assert len(TENS) == len(whole)


def spec_without_address():
    return dataset_of("shapes")


def test_words_are_refused_where_there_is_nothing_to_say(tmp_path):
    file = written(tmp_path, "pets.zip", zipped(CATS_AND_DOGS))
    with pytest.raises(DataError, match="--read says how a file or a folder of images is read"):
        dataset_of("mnist", "chw")
    with pytest.raises(DataError, match="It holds pictures, of which there is nothing to say abou"):
        dataset_of(file, "chw")


def test_a_data_set_is_meant_by_its_name_though_there_is_such_a_folder(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)

    assert dataset_of("digits").name is DatasetName.DIGITS
