"""Whatever a file holds and whatever is said of it: labelled images, a question, or a refusal."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.data import DataError, load
from cnn.data.own import library
from cnn.data.own.understood import spec_of, understood
from tests.data.own.test_idx import idx
from tests.data.own.test_images import png, zipped

COUNT = 12


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


LABELS = np.arange(COUNT) % 2
GREY = (np.arange(COUNT * 16) % 251).reshape(COUNT, 4, 4)
ARRAYS = [
    LABELS,
    LABELS[:5],
    LABELS.astype(float),
    np.eye(2)[LABELS],
    np.array(["cat", "dog"])[LABELS],
    np.zeros((0, 4, 4)),
    GREY.astype(np.uint8),
    GREY.astype(np.uint16) * 200,
    GREY / 251,
    GREY * -1.5,
    np.full(GREY.shape, np.nan),
    GREY.reshape(COUNT, 4, 4, 1),
    np.repeat(GREY[:, None], 3, axis=1),
    np.broadcast_to(GREY[:, :3, :, None], (COUNT, 3, 4, 3)),
    GREY > 100,
    GREY.astype(complex),
    GREY.reshape(-1),
    np.array(7),
]
NUMBERS = [one for one in ARRAYS if one.dtype in (np.uint8,) or one.dtype.kind == "f"]
IDX = [idx(one.astype(">f8" if one.dtype.kind == "f" else "u1")) for one in NUMBERS if one.ndim]
IDX += [idx(LABELS.astype(np.uint8)), idx(LABELS.astype(np.uint8))[:-1]]
PICTURES = [png(7 * number, (4, 4 + number % 2)) for number in range(6)]
NAMES = [f"{number}.png" for number in range(6)]
TABLES = [
    "\n".join(f"{name},{'ab'[place % 2]}" for place, name in enumerate(NAMES)).encode(),
    "\n".join(["file;label;split", *(f"{name};x{name[0]};train" for name in NAMES)]).encode(),
    "\n".join(["label\tpath", *(f"{'ab'[int(name[0]) % 2]}\t{name}" for name in NAMES)]).encode(),
    b"0.png,a,train\n1.png,b,test\n2.png,a,train\n3.png,b,train",
    b",,\n",
    b"",
    b"PAR1",
]
MAPPINGS = [b"0 65\n1 66\n", b"1 67", b"x"]
GARBAGE = [b"", b"\x00", b"PK\x05\x06", b"\x93NUMPY\x01\x00", b"\x1f\x8b\x08"]

folders = st.sampled_from(["", "a/", "b/", "train/", "test/a/", "train/a/", "train/b/", "../", "/"])
stems = st.sampled_from(
    ["x", "y", "images", "labels", "x_train", "y_train", "x_test", "class_names"]
)
parts = st.sampled_from(["train-", "t10k-", "", "emnist-letters-train-"])
content = st.sampled_from([*map(npy, ARRAYS), *IDX, *PICTURES, *TABLES, *MAPPINGS, *GARBAGE])
arrays = st.dictionaries(
    st.builds("{}{}.npy".format, folders, stems), st.sampled_from([*map(npy, ARRAYS)]), max_size=5
)
idx_files = st.dictionaries(
    st.builds(
        "{}{}{}".format,
        folders,
        parts,
        st.sampled_from(["images-idx3-ubyte", "labels-idx1-ubyte", "images.idx3", "mapping.txt"]),
    ),
    st.sampled_from([*IDX, *MAPPINGS]),
    max_size=5,
)
pictures = st.dictionaries(
    st.builds("{}{}".format, folders, st.sampled_from(NAMES)), st.sampled_from(PICTURES)
)
tables = st.dictionaries(
    st.builds("{}{}".format, folders, st.sampled_from(["l.csv", "m.tsv", "n.parquet"])),
    st.sampled_from(TABLES),
    max_size=2,
)
anything = st.dictionaries(
    st.builds(
        "{}{}{}".format,
        folders,
        stems,
        st.sampled_from([".npy", ".png", ".csv", "-idx3-ubyte", ".txt", "", ".gz"]),
    ),
    content,
    max_size=6,
)
members = st.one_of(
    arrays, idx_files, st.builds(lambda one, other: one | other, pictures, tables), anything
)
words = st.sampled_from(
    [
        *("", "chw", "hwc", "0..255", "-1..1", "9..3", "chw 0..1", "transposed", "upright"),
        *("named=letters", "named=mapping", "columns=1,2", "columns=2,1,3", "columns=1,9"),
        "folders",
    ]
)


@settings(max_examples=60)
@given(members=members, said=words)
def test_any_file_is_read_asked_about_or_refused(tmp_path_factory, members, said):
    path = tmp_path_factory.mktemp("own") / "any.zip"
    path.write_bytes(zipped(members))
    try:
        found = understood(path, reading=said)
        data = load(spec_of(path, found), (4, 4, 1))
    except DataError:
        return
    assert sum(map(len, data.splits.values())) >= 3 * len(data.class_names) > 3
    assert all(len(one.options) for one in found.choices)


@pytest.mark.parametrize("said", ["", "chw"])
@settings(max_examples=15)
@given(members=members)
def test_any_upload_is_kept_to_be_asked_about_or_leaves_nothing(tmp_path_factory, members, said):
    folder = tmp_path_factory.mktemp("images")
    arrived = library.lay_aside(zipped(members), "any.zip", folder)
    try:
        path, found, data, trouble = library.understand_aside(arrived, said)
    except DataError:
        assert not [one for one in folder.rglob("*") if one.is_file()]
        return
    assert [one for one in folder.rglob("*") if one.is_file()] == [path]
    assert bool(trouble) == (data is None)
    if data and not found.open:
        assert load(library.keep(path, "any", folder).spec).class_names == data.class_names


READ = {
    "arrays": {"x.npy": npy(GREY.astype(np.uint8)), "y.npy": npy(np.eye(2)[LABELS])},
    "a table": dict(zip(NAMES, PICTURES, strict=True)) | {"l.csv": TABLES[0]},
    "idx files": {"images-idx3-ubyte": idx(GREY.astype("u1")), "labels-idx1-ubyte": IDX[-2]},
}


@pytest.mark.parametrize("members", READ.values(), ids=READ)
def test_the_pool_has_files_that_are_read(tmp_path: Path, members: dict[str, bytes]):
    path = tmp_path / "any.zip"
    path.write_bytes(zipped(members))

    assert len(load(spec_of(path, understood(path)), (4, 4, 1)).class_names) == 2
