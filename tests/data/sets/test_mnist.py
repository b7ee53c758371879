"""MNIST from files: found under its usual names, verified to the byte, never made up."""

import gzip
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DataError, DatasetName, DatasetSpec, is_here, load
from cnn.data.sets.mnist import (
    FASHION,
    MNIST,
    SAMPLE,
    SAMPLE_FILE,
    Collection,
    content_hash,
    load_collection,
    load_sample,
    read_folder,
)
from scripts.make_mnist_sample import sample_arrays
from tests import needs

Arrays = dict[str, npt.NDArray[np.uint8]]

IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


def few() -> Arrays:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (5, 28, 28)).astype(np.uint8),
        "y_train": np.array([0, 1, 0, 1, 0], dtype=np.uint8),
        "x_test": rng.integers(0, 256, (2, 28, 28)).astype(np.uint8),
        "y_test": np.array([1, 0], dtype=np.uint8),
    }


def few_of(name: str = "mnist") -> Collection:
    """A collection small enough for a test, verified as the real ones are."""
    structure = Collection(name, ("0", "1"), (3, 2), (1, 1))
    return replace(structure, sha256=content_hash(structure, few()))


def write_idx(folder: Path, arrays: Arrays, *, joint: str = "-", packed: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
        content = head + array.tobytes()
        file = IDX_NAMES[name].replace("-idx", f"{joint}idx") + (".gz" if packed else "")
        (folder / file).write_bytes(gzip.compress(content) if packed else content)


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch, tmp_path):
    """Keep the caches of this machine out of the tests."""
    monkeypatch.delenv("CNN_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.mark.parametrize("joint", ["-", "."])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("below", ["", "mnist"])
def test_mnist_is_read_from_idx_files_in_the_folder_or_below_it(tmp_path, below, packed, joint):
    write_idx(tmp_path / below, few(), packed=packed, joint=joint)
    source = read_folder(few_of(), tmp_path)

    assert source is not None
    np.testing.assert_array_equal(source.learn.pixels[..., 0], few()["x_train"])
    np.testing.assert_array_equal(source.learn.labels, few()["y_train"])
    assert source.test is not None
    np.testing.assert_array_equal(source.test.pixels[..., 0], few()["x_test"])
    assert source.origin == f"{tmp_path / below}, content verified by SHA-256"


def test_mnist_is_read_from_an_npz_file(tmp_path):
    np.savez(tmp_path / "mnist.npz", allow_pickle=False, **few())
    source = read_folder(few_of(), tmp_path)

    assert source is not None
    np.testing.assert_array_equal(source.learn.pixels[..., 0], few()["x_train"])


def test_idx_files_of_fashion_mnist_are_looked_for_in_a_folder_of_that_name(tmp_path):
    write_idx(tmp_path, few())
    assert read_folder(few_of("fashion-mnist"), tmp_path) is None

    write_idx(tmp_path / "fashion-mnist", few())
    assert read_folder(few_of("fashion-mnist"), tmp_path) is not None


def labels_of(collection: Collection) -> npt.NDArray[np.uint8]:
    return np.repeat(np.arange(10), collection.test_counts).astype(np.uint8)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("folder", ["fashion-mnist", "clothes", "mnist"])
@pytest.mark.parametrize(
    ("its", "other"),
    [
        ((FASHION, DatasetName.FASHION_MNIST), (MNIST, DatasetName.MNIST)),
        ((MNIST, DatasetName.MNIST), (FASHION, DatasetName.FASHION_MNIST)),
    ],
)
def test_the_folder_in_cnn_data_dir_may_be_that_of_either_set_itself(
    tmp_path, monkeypatch, its, other, folder, packed
):
    place = tmp_path / folder
    counts = {"x_train": (1, 28, 28), "y_train": (1,), "x_test": (1, 28, 28)}
    few_of_it = {name: np.zeros(shape, np.uint8) for name, shape in counts.items()}
    write_idx(place, few_of_it | {"y_test": labels_of(its[0])}, packed=packed)
    monkeypatch.setenv("CNN_DATA_DIR", str(place))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))

    assert is_here(DatasetSpec(its[1]))
    assert not is_here(DatasetSpec(other[1]))
    assert read_folder(other[0], place) is None
    with pytest.raises(DataError, match=r"x_train|train-images"):  # of which it has but one image
        read_folder(its[0], place)


def test_a_damaged_folder_is_that_of_the_set_it_is_called_like(tmp_path):
    for name in ("fashion_mnist", "some"):
        write_idx(tmp_path / name, few())

    assert read_folder(few_of("fashion-mnist"), tmp_path / "fashion_mnist") is not None
    assert read_folder(few_of("fashion-mnist"), tmp_path / "some") is None
    assert read_folder(few_of("mnist"), tmp_path / "some") is not None


def test_a_folder_without_files_or_none_at_all_has_nothing(tmp_path):
    assert read_folder(MNIST, tmp_path) is None
    assert read_folder(MNIST, tmp_path / "absent") is None


def test_a_missing_idx_file_is_named(tmp_path):
    write_idx(tmp_path, few())
    (tmp_path / IDX_NAMES["y_test"]).unlink()

    with pytest.raises(DataError, match=r"has idx files, but none for y_test"):
        read_folder(few_of(), tmp_path)


def changed(name: str, array: npt.NDArray[np.generic] | None) -> dict[str, npt.NDArray[np.generic]]:
    arrays = {**few(), name: array}
    return {name: array for name, array in arrays.items() if array is not None}


NOT_MNIST = {
    "missing": (changed("y_test", None), "has no array y_test; it has x_train, y_train, x_test"),
    "fewer": (changed("x_train", few()["x_train"][:4]), r"x_train is uint8 \(4, 28, 28\), not"),
    "floats": (changed("x_train", few()["x_train"] / 255), r"x_train is float64 \(5, 28, 28\)"),
    "counts": (
        changed("y_train", 1 - few()["y_train"]),
        r"y_train counts \(2, 3\) .* not \(3, 2\)",
    ),
    "other label": (changed("y_test", few()["y_test"] + np.uint8(8)), "y_test counts"),
    "order": (changed("y_test", few()["y_test"][::-1]), "its pixels or labels were changed"),
    "one bit": (changed("x_test", few()["x_test"] ^ 1), "its pixels or labels were changed"),
}


@pytest.mark.parametrize(("arrays", "message"), NOT_MNIST.values(), ids=NOT_MNIST)
def test_arrays_that_are_not_mnist_are_refused_with_what_differs(tmp_path, arrays, message):
    np.savez(tmp_path / "mnist.npz", allow_pickle=False, **arrays)

    with pytest.raises(DataError, match=rf"mnist\.npz .*{message}"):
        read_folder(few_of(), tmp_path)


@given(kept=st.integers(0, 5000))
def test_a_partial_file_is_refused_wherever_it_ends(tmp_path_factory, kept):
    folder = tmp_path_factory.mktemp("data")
    np.savez(folder / "mnist.npz", allow_pickle=False, **few())
    content = (folder / "mnist.npz").read_bytes()
    (folder / "mnist.npz").write_bytes(content[: min(kept, len(content) - 1)])

    with pytest.raises(DataError, match="damaged or incomplete"):
        read_folder(few_of(), folder)


@pytest.mark.parametrize("collection", [MNIST, FASHION], ids=lambda each: each.name)
def test_a_broken_local_file_is_an_error_that_names_both_ways_out(
    monkeypatch, tmp_path, collection
):
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))
    (tmp_path / f"{collection.name}.npz").write_bytes(b"half a file")

    with pytest.raises(DataError) as error:
        load(collection.name)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / collection.name}.npz is damaged or incomplete.")
    assert "connect to the network" in message
    assert "CNN_DATA_DIR" in message
    assert "mnist-sample" in message


def test_the_folder_in_cnn_data_dir_goes_before_keras_cache(monkeypatch, tmp_path):
    write_idx(tmp_path / "keras" / "datasets" / "mnist", few())
    assert "keras" in load_collection(few_of()).origin

    write_idx(tmp_path / "mine", few())
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path / "mine"))
    assert load_collection(few_of()).origin.startswith(str(tmp_path / "mine"))


def test_the_counts_are_those_of_the_published_sets():
    assert MNIST.shapes["x_train"] == FASHION.shapes["x_train"] == (60_000, 28, 28)
    assert MNIST.shapes["y_test"] == FASHION.shapes["y_test"] == (10_000,)


def test_fashion_mnist_says_that_only_its_structure_is_verified(tmp_path):
    structure = replace(few_of("fashion-mnist"), sha256="")
    write_idx(tmp_path / "fashion-mnist", few())
    source = read_folder(structure, tmp_path)

    assert source is not None
    assert source.origin.endswith("content verified by its structure: shapes and class counts")


@needs.MNIST.mark()
def test_full_mnist_is_verified_and_split(monkeypatch):
    monkeypatch.setenv("CNN_DATA_DIR", str(needs.MNIST_FILE.parent))
    data = load("mnist")

    assert [len(split) for split in data.splits.values()] == [50_000, 10_000, 10_000]
    assert data.origin == f"{needs.MNIST_FILE}, content verified by SHA-256"


@needs.MNIST.mark()
def test_one_changed_pixel_of_full_mnist_is_noticed(tmp_path):
    with np.load(needs.MNIST_FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["x_train"][12_345, 14, 14] ^= 1
    np.savez(tmp_path / "mnist.npz", allow_pickle=False, **arrays)

    with pytest.raises(DataError, match="pixels or labels were changed"):
        read_folder(MNIST, tmp_path)


def test_the_sample_has_6000_and_1000_images_each_digit_in_its_share():
    source = load_sample()

    assert source.test is not None
    for split, counts in ((source.learn, MNIST.train_counts), (source.test, MNIST.test_counts)):
        found = np.bincount(split.labels)
        assert found.sum() == sum(counts) // 10
        np.testing.assert_allclose(found, np.array(counts) / 10, atol=1)


def test_the_sample_is_small_enough_to_ship():
    assert SAMPLE_FILE.stat().st_size < 1_500_000


def test_a_broken_sample_asks_for_a_new_installation(monkeypatch, tmp_path):
    monkeypatch.setattr("cnn.data.sets.mnist.SAMPLE_FILE", tmp_path / "mnist_sample.npz")

    with pytest.raises(DataError, match="install the project anew"):
        load_sample()


@needs.MNIST.mark()
def test_the_sample_is_the_part_of_mnist_that_it_says_it_is():
    full = np.load(needs.MNIST_FILE, allow_pickle=False)
    sample = np.load(SAMPLE_FILE, allow_pickle=False)

    for part in ("train", "test"):
        indexes = sample[f"{part}_indexes"]
        assert (np.diff(indexes.astype(int)) > 0).all()  # so none of them twice
        np.testing.assert_array_equal(sample[f"x_{part}"], full[f"x_{part}"][indexes])
        np.testing.assert_array_equal(sample[f"y_{part}"], full[f"y_{part}"][indexes])


@needs.MNIST.mark()
def test_the_script_makes_the_sample_that_ships():
    full = read_folder(MNIST, needs.MNIST_FILE.parent)

    assert full is not None
    assert content_hash(SAMPLE, sample_arrays(full)) == SAMPLE.sha256


def test_whether_a_download_is_needed_is_known_without_reading_anything(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))
    assert not is_here(DatasetSpec(DatasetName.MNIST))
    assert not is_here(DatasetSpec(DatasetName.FASHION_MNIST))
    assert is_here(DatasetSpec(DatasetName.MNIST_SAMPLE))

    (tmp_path / "fashion-mnist").mkdir()
    (tmp_path / "fashion-mnist" / "t10k-images-idx3-ubyte.gz").touch()
    assert is_here(DatasetSpec(DatasetName.FASHION_MNIST))
    assert not is_here(DatasetSpec(DatasetName.MNIST))

    (tmp_path / "mnist.npz").touch()
    assert is_here(DatasetSpec(DatasetName.MNIST))
