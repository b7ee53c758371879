"""Data sets loaded in a process of their own are the same, and refused in the same words."""

import io
import json
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnn import child_process as processes
from cnn.child_process import OutsideError, ask
from cnn.data import DataError, DatasetName, DatasetSpec, load
from cnn.data import in_child_process as data_outside
from cnn.data.dataset import Split
from cnn.data.look import Look, for_tests_of, look_of
from cnn.data.own import library
from cnn.data.own.limits import ASIDE
from cnn.data.own.understood import understood

DIGITS = DatasetSpec(DatasetName.DIGITS)
SAMPLE = DatasetSpec(DatasetName.MNIST_SAMPLE)


@pytest.fixture
def all_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_outside, "HERE_BYTES", 0)


def own_zip(folder: Path) -> DatasetSpec:
    """Two classes of pictures of two sizes, with splits of their own, and a file that is none."""
    path = folder / "pets.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for part, many in (("train", 9), ("test", 4)):
            for name in ("cat", "dog"):
                for number in range(many):
                    pixels = rng.integers(0, 256, (20 + number % 2, 30, 3), np.uint8)
                    written = io.BytesIO()
                    Image.fromarray(pixels).save(written, "PNG")
                    archive.writestr(f"{part}/{name}/{number}.png", written.getvalue())
        archive.writestr("train/cat/none.png", b"no picture")
    return DatasetSpec(DatasetName.OWN_IMAGES, file=str(path), splits="train-test")


def own_npz(folder: Path, images: Any = None) -> DatasetSpec:
    path = folder / "numbers.npz"
    if images is None:
        images = np.random.default_rng(1).random((60, 9, 7))
    np.savez_compressed(path, images=images, labels=np.arange(len(images)) % 3)
    return DatasetSpec(DatasetName.OWN_IMAGES, file=str(path))


def assert_same(found: Any, wanted: Any) -> None:
    """Field by field; splits to the last pixel."""
    for name in type(wanted).__dataclass_fields__:
        one, other = getattr(found, name), getattr(wanted, name)
        if isinstance(other, Split):
            assert np.array_equal(one.pixels, other.pixels), name
            assert np.array_equal(one.labels, other.labels), name
        else:
            assert one == other, name
            assert type(one) is type(other), name


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda _: DIGITS, None),
        pytest.param(lambda _: DIGITS, (12, 10, 3), marks=pytest.mark.proof),
        pytest.param(lambda _: SAMPLE, (56, 56, 1), marks=pytest.mark.proof),
        (lambda _: DatasetSpec(DatasetName.SHAPES, seed=7), (20, 24, 1)),
        (own_zip, (16, 16, 3)),
        (own_npz, (8, 8, 1)),
    ],
    ids=["digits", "digits, fitted", "the sample, large", "shapes", "a zip", "an npz"],
)
@pytest.mark.usefixtures("all_outside")
def test_what_comes_back_is_what_is_found_here(tmp_path: Path, make: Any, shape: Any):
    spec = make(tmp_path)
    data = load(spec, shape)
    assert_same(data_outside.look_at(spec, shape), look_of(data))
    assert_same(data_outside.for_tests(spec, data.image_shape), for_tests_of(data))


@pytest.mark.usefixtures("all_outside")
def test_large_arrays_are_mapped_and_take_no_memory_of_their_own():
    tracemalloc.start()
    try:
        found = data_outside.for_tests(SAMPLE, (256, 256, 1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.test.pixels.nbytes == 1_000 * 256 * 256
    assert peak < 20_000_000, "a few pieces, and the 200 images to validate"
    wanted = load(SAMPLE, (256, 256, 1)).test
    assert np.array_equal(found.test.take([3, 999]).pixels, wanted.take([3, 999]).pixels)
    del found  # and the file is gone with it, which has no name


@pytest.mark.usefixtures("all_outside")
def test_a_refusal_has_the_words_it_has_here(tmp_path: Path):
    spec = own_npz(tmp_path, np.full((6, 4, 4), 700.0))
    with pytest.raises(DataError) as here:
        load(spec, (8, 8, 1))
    for read in (data_outside.look_at, data_outside.for_tests):
        with pytest.raises(DataError) as there:
            read(spec, (8, 8, 1))
        assert str(there.value) == str(here.value)


def test_an_upload_is_brought_as_it_is_read_here_and_leaves_nothing_where_it_is_refused(
    tmp_path: Path,
):
    content = Path(own_zip(tmp_path).file).read_bytes()
    here, data = library.read(content, "my pets.zip", tmp_path / "here")
    arrived = library.lay_aside(content, "my pets.zip", tmp_path / "there")
    found = data_outside.bring(arrived)
    path = found.path
    assert path.name == here.name
    assert path.is_file()
    assert isinstance(found.look, Look)
    assert_same(found.look, look_of(data))
    assert (found.understood, found.trouble) == (understood(path), "")
    kept = library.keep(path, "pets", tmp_path / "there")
    assert kept.path.read_bytes() == content
    assert not path.exists()

    with pytest.raises(DataError, match=r"half\.zip cannot be used\. "):
        data_outside.bring(library.lay_aside(content[:200], "half.zip", tmp_path / "there"))
    assert not list((tmp_path / "there" / ASIDE).iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process' memory like this")
def test_what_needs_more_memory_than_it_may_have_is_said_and_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    spec = own_npz(tmp_path, np.ones((4_000, 8, 8)))
    monkeypatch.setattr(data_outside, "MEMORY_BYTES", 700_000_000)
    with pytest.raises(DataError) as refused:
        data_outside.look_at(spec, (400, 400, 1))
    said = str(refused.value)
    assert said.startswith("numbers cannot be looked at: it needs more memory than the 0.7 GB that")
    assert said.endswith("Use a smaller input, or fewer images.")
    arrived = library.lay_aside(Path(spec.file).read_bytes(), "numbers.npz", tmp_path)
    monkeypatch.setattr(data_outside, "MEMORY_BYTES", 60_000_000)
    with pytest.raises((DataError, RuntimeError)):
        data_outside.bring(arrived)
    assert not arrived.exists()


def test_what_takes_too_long_is_ended_and_said():
    with pytest.raises(OutsideError, match=r"it was not done after 0 s, which is the limit"):
        ask("look", {"spec": SAMPLE.to_dict(), "shape": [400, 400, 1]}, seconds=0.2)


def test_a_surprise_outside_is_loud_here(capfd: pytest.CaptureFixture[str]):
    with pytest.raises(RuntimeError, match="look: the process failed"):
        ask("look", {})
    assert "KeyError" in capfd.readouterr().err


def test_an_answer_of_objects_or_of_too_many_bytes_is_not_taken_in():
    for kind, shape in (("|O", [1]), ("<f8", [10**12])):
        head = json.dumps({"values": {}, "arrays": [["a", kind, shape]]}).encode()
        stream = io.BytesIO(processes.SHORT.pack(len(head)) + head + bytes(8))
        with pytest.raises(OutsideError, match="too large to be shown"):
            processes._read(stream)
    head = json.dumps({"values": {}, "arrays": [["a", "<f8", [2]]]}).encode()
    with pytest.raises(EOFError):
        processes._read(io.BytesIO(processes.SHORT.pack(len(head)) + head + bytes(8)))
