"""Images beside a table of their labels: CSV in its many forms, Parquet, and what is asked."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn.data import DataError, brought, load
from cnn.data.own.limits import LIMITS
from cnn.data.own.named_files import Files
from cnn.data.own.table import class_order
from cnn.data.own.table_rows import DELIMITERS, rows_of_csv, rows_of_parquet
from cnn.data.own.understood import understood
from tests.data.own.test_images import CATS_AND_DOGS, png, zipped

NAMES = [f"{number}.png" for number in range(12)]
LABELS = ["cat" if number % 3 else "dog" for number in range(12)]
FLAT = {name: png(20 * number) for number, name in enumerate(NAMES)}
TABLE = pd.DataFrame({"file": NAMES, "label": LABELS})


def csv(table: pd.DataFrame, **how: Any) -> bytes:
    return str(table.to_csv(None, index=False, **how)).encode()


def parquet(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file)
    return file.getvalue()


def written(folder: Path, table: bytes, name: str = "labels.csv", images=FLAT) -> Path:
    path = folder / "pets.zip"
    path.write_bytes(zipped({**images, name: table}))
    return path


def labelled(path: Path, reading: str = "") -> dict[int, str]:
    """The label of each image by its grey, which is its number in the table."""
    data = load(brought(path, reading=reading), (4, 4, 1))
    return {
        int(pixels[0, 0, 0]) // 20: data.class_names[label]
        for split in data.splits.values()
        for pixels, label in zip(split.pixels, split.labels.tolist(), strict=True)
    }


WANTED = dict(enumerate(LABELS))
FORMS = {
    "plain": (csv(TABLE), "labels.csv"),
    "without a header": (csv(TABLE, header=False), "labels.csv"),
    "semicolons": (csv(TABLE, sep=";"), "labels.csv"),
    "tabs": (csv(TABLE, sep="\t"), "labels.tsv"),
    "columns turned": (csv(TABLE[["label", "file"]]), "labels.csv"),
    "from Excel": (b"\xef\xbb\xbf" + csv(TABLE, sep=";", lineterminator="\r\n"), "labels.csv"),
    "wide letters": (csv(TABLE).decode().encode("utf-16"), "labels.csv"),
    "without endings": (
        csv(TABLE.assign(file=[name.removesuffix(".png") for name in NAMES])),
        "labels.csv",
    ),
    "quoted": (csv(TABLE, quoting=1), "labels.csv"),
    "paths": (csv(TABLE.assign(file=["./" + name for name in NAMES])), "labels.csv"),
    "parquet": (parquet(TABLE), "labels.parquet"),
    "categories": (parquet(TABLE.astype({"label": "category"})), "labels.parquet"),
    "more columns": (csv(TABLE.assign(width=range(12), note="x")), "labels.csv"),
}


@pytest.mark.parametrize(("table", "name"), FORMS.values(), ids=FORMS)
def test_a_table_says_what_is_in_images_that_lie_in_one_folder(tmp_path, table, name):
    assert labelled(written(tmp_path, table, name)) == WANTED


@pytest.mark.parametrize("folder", ["", "images/", "data/images/"])
@pytest.mark.parametrize("said", ["", "images/", "images\\"])
def test_images_are_found_by_name_or_by_their_path(tmp_path, folder, said):
    images = {f"{folder}{name}": one for name, one in FLAT.items()}
    table = csv(TABLE.assign(file=[said + name for name in NAMES]))
    path = written(tmp_path, table, f"{folder.removesuffix('images/')}labels.csv", images)
    if said and not folder:
        with pytest.raises(DataError, match=r"No column of labels.csv names the images of the zip"):
            brought(path)
        return
    assert labelled(path) == WANTED


def test_a_spec_says_which_columns_were_read(tmp_path):
    spec = brought(written(tmp_path, csv(TABLE[["label", "file"]])))

    assert (spec.splits, spec.reading) == ("", "columns=2,1")


def test_a_column_of_splits_is_used(tmp_path):
    parts = ["train"] * 6 + ["Val"] * 3 + ["test"] * 3
    path = written(tmp_path, csv(TABLE.assign(split=parts)))

    spec = brought(path)
    data = load(spec, (4, 4, 1))

    assert (spec.splits, spec.reading) == ("train-validation-test", "columns=1,2,3")
    assert [len(one) for one in data.splits.values()] == [6, 3, 3]
    assert sorted((data.test.pixels[:, 0, 0, 0] // 20).tolist()) == [9, 10, 11]
    assert "6 images of train in labels.csv to train, 3 of validation in" in data.how_split
    pooled = brought(path, reading="columns=1,2")
    assert (pooled.splits, pooled.reading) == ("", "columns=1,2")


def test_several_columns_that_may_be_the_label_are_asked(tmp_path):
    path = written(
        tmp_path, csv(TABLE.rename(columns={"label": "animal"}).assign(size=["s", "l"] * 6))
    )

    with pytest.raises(
        DataError, match=r'"columns=1,2" \(by animal\), or .*"columns=1,3" \(by size'
    ):
        brought(path)

    assert labelled(path, "columns=1,2") == WANTED
    assert labelled(path, "columns=1,3") == dict(enumerate(["s", "l"] * 6))


def test_folders_or_a_table_are_asked_where_they_say_different_things(tmp_path):
    images = {f"part_{number % 2}/{name}": FLAT[name] for number, name in enumerate(NAMES)}
    path = written(tmp_path, csv(TABLE), images=images)

    with pytest.raises(
        DataError, match=r'"columns=1,2" .by label., or .*"folders" .by the folders'
    ):
        brought(path)

    assert labelled(path, "columns=1,2") == WANTED
    by_folder = load(brought(path, reading="folders"))
    assert by_folder.class_names == ("part_0", "part_1")


def test_folders_that_say_the_same_as_a_table_stay_what_they_were(tmp_path):
    files = list(CATS_AND_DOGS)
    table = csv(pd.DataFrame({"file": files, "label": [name.split("/")[0] for name in files]}))

    assert brought(written(tmp_path, table, images=CATS_AND_DOGS)).reading == ""


def test_a_table_that_names_no_image_is_left_out_beside_folders_of_classes(tmp_path):
    path = written(tmp_path, b"a,b\n1,2\n3,4", images=CATS_AND_DOGS)

    spec = brought(path)

    assert spec.reading == ""
    assert [one.file for one in load(spec).rejected] == ["labels.csv"]


def test_rows_and_images_that_do_not_match_are_left_out_with_a_reason(tmp_path):
    rows = [
        *zip(NAMES, LABELS, ["train"] * 12, strict=True),
        ("gone.png", "cat", "train"),
        ("1.png", "dog", "train"),
        ("", "cat", "train"),
    ]
    rows[2] = ("2.png", "", "train")
    table = csv(pd.DataFrame(rows, columns=["file", "label", "split"]))
    path = written(tmp_path, table, images=FLAT | {"more.png": png(3)})

    data = load(brought(path, reading="columns=1,2"), (4, 4, 1))

    reasons = {one.file: one.reason for one in data.rejected}
    assert reasons["more.png"] == "is not named in labels.csv"
    assert reasons["gone.png"] == "is named in labels.csv, and is not there"
    assert reasons["1.png"] == "is named twice in labels.csv, as cat and dog"
    assert reasons["2.png"] == "has no label in labels.csv"
    assert reasons["a row without a name"] == "is named in labels.csv, and is not there"
    assert sum(map(len, data.splits.values())) == 10


def test_labels_that_are_numbers_are_in_their_order():
    assert class_order(["10", "9", "1", "9"]) == ["1", "9", "10"]
    assert class_order(["b", "10", "9"]) == ["10", "9", "b"]


REFUSED = {
    "one column": (b"file\n1.png\n2.png", "has 1 column; wanted are 2 to 500"),
    "empty": (b"", "is empty"),
    "rows of two widths": (
        csv(TABLE) + b"a,b,c,d\n",
        r"has 4 cells in row 14, and 2 in most: \['a', 'b', 'c', 'd'\]. Put cells that hold",
    ),
    "no names": (b"a,b\nx,y\nz,w", "No column of labels.csv names the images .* is 'x', 'y'"),
    "no labels": (csv(TABLE.assign(label="cat")), "No column .* can be the labels: .* 2 to 100"),
    "each its own": (csv(TABLE.assign(label=range(12))), "can be the labels"),
    "no text": (b"\x81\x8d" * 50, "is no text; save it as CSV in UTF-8"),
    "long cell": (
        csv(TABLE) + b'"' + b"x" * 200_000 + b'",b\n',
        "cannot be read as a table: field larger",
    ),
}


@pytest.mark.parametrize(("table", "message"), REFUSED.values(), ids=REFUSED)
def test_a_table_that_says_no_labels_is_refused_with_what_would_do(tmp_path, table, message):
    with pytest.raises(DataError, match=message.replace(" is 'x', 'y'", "")) as refused:
        brought(written(tmp_path, table))
    assert str(refused.value).startswith("pets.zip cannot be used. ")


@pytest.mark.parametrize("content", [b"", b"PAR1", parquet(TABLE)[:-9], b"PAR1" * 40])
def test_a_damaged_parquet_file_is_refused(tmp_path, content):
    with pytest.raises(DataError, match=r"labels.parquet is damaged, or no Parquet file"):
        brought(written(tmp_path, content, "labels.parquet"))


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    path = written(tmp_path, csv(TABLE))

    with pytest.raises(DataError, match=r"labels.csv has no column 3; it has 1 file, 2 label"):
        brought(path, reading="columns=1,3")
    path.write_bytes(zipped(CATS_AND_DOGS))
    with pytest.raises(DataError, match="It has no table of labels"):
        brought(path, reading="columns=1,2")


def test_two_tables_of_labels_are_refused_by_name(tmp_path):
    path = written(tmp_path, csv(TABLE), images=FLAT | {"more.csv": csv(TABLE)})

    with pytest.raises(DataError, match=r"more.csv and labels.csv. Put all rows into one"):
        brought(path)


@pytest.mark.parametrize("ending", ["", "_labels"])
def test_tables_that_are_called_as_splits_are_read_as_those(tmp_path, ending):
    cut = {"train": TABLE[:6], "val": TABLE[6:9], "test": TABLE[9:]}
    tables = {f"{part}{ending}.csv": csv(rows) for part, rows in cut.items()}
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(FLAT | tables))

    spec = brought(path)
    data = load(spec, (4, 4, 1))

    assert (spec.splits, spec.reading) == ("train-validation-test", "columns=1,2,3")
    assert [len(one) for one in data.splits.values()] == [6, 3, 3]
    assert sorted((data.test.pixels[:, 0, 0, 0] // 20).tolist()) == [9, 10, 11]
    assert data.rejected == ()
    path.write_bytes(zipped(FLAT | tables | {f"test{ending}.csv": csv(TABLE[["label", "file"]])}))
    with pytest.raises(DataError, match="Its tables have different columns"):
        brought(path)


def test_a_table_without_labels_beside_one_with_them_is_left_out_by_name(tmp_path):
    more = {"test.csv": csv(TABLE[9:][["file"]]), "notes.csv": b"x,y\nfoo,bar"}
    path = written(tmp_path, csv(TABLE[:9]), "train.csv", FLAT | more)

    data = load(brought(path), (4, 4, 1))

    assert sum(map(len, data.splits.values())) == 9
    assert {one.file for one in data.rejected} == {*more, *NAMES[9:]}
    assert {one.reason for one in data.rejected} == {"is not named in train.csv"}


def test_only_so_many_tables_are_read(tmp_path):
    tables = {f"{number}.csv": csv(TABLE) for number in range(11)}

    with pytest.raises(DataError, match="It holds 12 tables; 10 is the limit"):
        brought(written(tmp_path, csv(TABLE), images=FLAT | tables))


def test_only_training_rows_are_no_split_and_no_training_rows_are_refused(tmp_path):
    path = written(tmp_path, csv(TABLE.assign(split="train")))
    assert brought(path).splits == ""
    path = written(tmp_path, csv(TABLE.assign(split="test")))
    with pytest.raises(DataError, match="has rows for test, and none to train on"):
        brought(path, reading="columns=1,2,3")


plain_cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\ufeff"),
    min_size=1,
    max_size=6,
)


@given(
    rows=st.lists(st.tuples(plain_cells, plain_cells, plain_cells), min_size=2, max_size=9),
    delimiter=st.sampled_from(DELIMITERS),
)
def test_rows_are_those_that_pandas_reads(rows, delimiter):
    content = pd.DataFrame(rows).to_csv(None, sep=delimiter, index=False, header=False).encode()
    wanted = pd.read_csv(
        io.BytesIO(content), sep=delimiter, header=None, dtype=str, keep_default_na=False
    )
    try:
        found = rows_of_csv(content, LIMITS)
    except DataError:  # another delimiter made as many cells, in most rows
        assume(False)
    assume(len(found[0]) == 3)
    assert found == [tuple(row) for row in wanted.to_numpy().tolist()]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_data_error(content: bytes):
    for read in (rows_of_csv, rows_of_parquet):
        try:
            rows = read(content, LIMITS)
        except DataError:
            continue
        assert len({len(row) for row in rows}) == 1


@given(st.lists(st.text("ab./\\", max_size=8), max_size=6), st.text("ab./\\", max_size=8))
def test_a_name_means_one_file_or_none(files, text):
    found = Files(files, "").find(text)

    assert found is None or found in files


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a/1.png", "data/a/1.png"),
        ("data/a/1", "data/a/1.png"),
        ("1.png", None),  # there are two
        ("2.png", "data/a/2.png"),
        ("/data//2.png", None),
        ("3", "3.jpg"),
        ("../3.jpg", None),
        ("", None),
    ],
)
def test_a_name_that_could_mean_two_files_means_none(text, found):
    there = Files(["data/a/1.png", "data/b/1.png", "data/a/2.png", "3.jpg"], "data/")

    assert there.find(text) == found


def test_sixty_thousand_files_of_one_name_are_told_apart_by_their_folders_at_once():
    files = Files([f"patient {number}/scan.png" for number in range(60_000)], "")

    found = [files.find(f"patient {number}/scan.png") for number in range(0, 60_000, 7)]

    assert found[3] == "patient 21/scan.png"
    assert files.find("scan.png") is None


def test_parquet_has_the_columns_of_plain_values():
    table = pd.DataFrame(
        {"file": ["a", "b"], "label": [1, 2], "box": [[1, 2], [3]], "size": np.array([1.5, 2])}
    )

    assert rows_of_parquet(parquet(table), LIMITS) == [("file", "label"), ("a", "1"), ("b", "2")]


def test_what_was_understood_of_a_table_is_said(tmp_path):
    (choice,) = understood(written(tmp_path, csv(TABLE))).choices

    assert choice.found == "labels.csv has 12 rows for 12 files, with the columns 1 file, 2 label."
    assert not choice.is_open
