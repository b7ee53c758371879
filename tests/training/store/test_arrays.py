"""Arrays read back from a file that a damaged disk may have changed anywhere."""

import io

import numpy as np
import pytest

from cnn.training.store import arrays
from cnn.training.store.arrays import (
    ArraysError,
    arrays_from_bytes,
    arrays_from_file,
    arrays_to_bytes,
    shapes_in,
)

ARRAYS: dict[str, np.ndarray] = {
    "conv2d_1/0": np.random.default_rng(0).normal(size=(3, 3, 1, 4)).astype(np.float32),
    "conv2d_1/1": np.zeros(4, np.float32),
    "step": np.array(7),
    "none": np.zeros((0, 3)),
    "turned": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "words": np.array(["cat", "dog"]),
}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[n], other[n]) for n in one)


def test_what_is_read_is_what_was_written_as_numpy_reads_it():
    content = arrays_to_bytes(ARRAYS)

    found = arrays_from_bytes(content)

    with np.load(io.BytesIO(content)) as known:
        assert list(found) == list(known)
        for name, array in known.items():
            np.testing.assert_array_equal(found[name], array, strict=True)
    assert shapes_in(content) == {name: one.shape for name, one in ARRAYS.items()}


def test_of_more_arrays_than_any_network_has_all_are_read():
    many = {f"model/{place:04}": np.full(2, place) for place in range(3_000)}

    assert same(arrays_from_bytes(arrays_to_bytes(many)), many)


@pytest.mark.parametrize("flip", [0x01, 0xFF])
def test_whichever_byte_is_another_it_is_read_as_it_was_or_refused(flip: int):
    content = arrays_to_bytes(ARRAYS)
    known, refused = arrays_from_bytes(content), list[str]()

    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= flip
        try:
            found = arrays_from_bytes(bytes(changed))
        except ArraysError as error:
            refused.append(str(error))
        else:
            assert found.keys() != known.keys() or same(found, known), place
            assert {name: one.shape for name, one in found.items()} == shapes_in(bytes(changed))

    assert len(refused) > len(content) / 2
    assert not [one for one in refused if not one or one.endswith(".")]


@pytest.mark.parametrize("most", [0, 10_000])
def test_a_large_file_is_read_array_by_array_as_a_small_one_is(
    most: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(arrays, "SMALL_BYTES", most)
    content = arrays_to_bytes(ARRAYS)

    assert same(dict(arrays_from_file(io.BytesIO(content))), ARRAYS)
    flipped = content[:200] + bytes([content[200] ^ 255]) + content[201:]
    for damaged in (content[:700], b"no zip", b"", flipped):
        with pytest.raises(ArraysError):
            dict(arrays_from_file(io.BytesIO(damaged)))


@pytest.mark.parametrize("length", range(0, 1_500, 41))
def test_whatever_is_cut_off_it_is_refused(length: int):
    with pytest.raises(ArraysError):
        arrays_from_bytes(arrays_to_bytes(ARRAYS)[:length])
