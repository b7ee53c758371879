"""A table of labels beside the images: a CSV or a Parquet file with the names of files in it.

Owns its header and which of its columns is what. Its rows are read in `table_rows`, which image a
name means is in `named_files`, and the images themselves are read in `pictures`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cnn.data.errors import DataError
from cnn.data.files import read_member
from cnn.data.own.limits import Limits
from cnn.data.own.named_files import Files, plain_path
from cnn.data.own.opened import TABLES, Opened
from cnn.data.own.splits import Part, part_of
from cnn.data.own.table_rows import Row, rows_of_csv, rows_of_parquet
from cnn.network.errors import shown

MOST_TABLES = 10
_LOOKED_AT = 300  # rows that a column is told by
_MOST_NAMED = 12
_LABEL = re.compile(
    r"(class|label|categor(y|ie)|target|kind|type)(es|s)?([ _-]?(name|id))?|y|species|breed",
    re.IGNORECASE,
)

Place = tuple[Part, str]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of labels, each row with as many cells as the first."""

    name: str
    headings: Row
    """What the columns are called; by number where the table does not say it."""
    rows: list[Row]
    files: Files
    members: frozenset[str]
    """The files of the zip that it is read from."""

    def column(self, number: int) -> list[str]:
        """The cells of a column, counted from 1."""
        return [row[number - 1] for row in self.rows]

    def check(self, columns: tuple[int, ...]) -> None:
        """Raise for a column that it has not."""
        if max(columns) > len(self.headings):
            raise DataError(
                f"{self.name} has no column {max(columns)}; it has {self.said_columns()}."
            )

    def said_columns(self) -> str:
        """Its columns in words, each with its number: `1 file, 2 label`."""
        listed = [f"{place} {one[:30]}" for place, one in enumerate(self.headings, start=1)]
        more = len(listed) - _MOST_NAMED
        return ", ".join(listed[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column names the files, which may be the label, and which says the split."""

    file: int
    labels: tuple[int, ...]
    split: int | None

    def chosen(self, label: int, *, is_split: bool = True) -> tuple[int, ...]:
        """The columns with one of those that may be the label."""
        return (self.file, label, *([self.split] if self.split and is_split else []))


def read_table(file: Opened, limits: Limits) -> Table | None:
    """Return the table that names the images of a zip; None where there is no table.

    Of several those are read whose rows name images: one, or one for each split by their names.
    What else there is, such as a table without labels, is left out as any file that is no image.
    """
    if len(file.tables) > MOST_TABLES:
        raise DataError(f"It holds {len(file.tables)} tables; {MOST_TABLES} is the limit.")
    images = [one.filename for one in file.members if not one.filename.lower().endswith(TABLES)]
    found: list[Table] = []
    errors: list[DataError] = []
    for member in file.tables:
        try:
            found.append(_table(file, member, images, limits))
        except DataError as error:
            errors.append(DataError(f"Its table {member.filename[:80]} {error}."))
    naming = [one for one in found if any(_share(one, at) for at in range(1, _width(one) + 1))]
    if len(naming) > 1:
        return _together(naming)
    if errors and not naming:
        raise errors[0]
    return next(iter(naming or found), None)


def _table(file: Opened, member: zipfile.ZipInfo, images: Sequence[str], limits: Limits) -> Table:
    content = read_member(file.archive, member, limits.file_bytes)
    is_csv = not member.filename.lower().endswith(".parquet")
    rows = rows_of_csv(content, limits) if is_csv else rows_of_parquet(content, limits)
    folder, _, _ = plain_path(member.filename).rpartition("/")
    files = Files(images, f"{folder}/" if folder else "")
    return _headed(member.filename, rows, files, has_names=not is_csv)


def _together(tables: Sequence[Table]) -> Table:
    """Tables of one form, each called as a split, as one with a column that says the split."""
    called = " and ".join(one.name for one in tables[:4])
    first, parts = tables[0], [_part_in(one.name) for one in tables]
    if None in parts or len(set(parts)) < len(parts) or Part.TRAIN not in parts:
        raise DataError(
            f"It has the tables {called}. Put all rows into one, with a column that says the "
            "split, or call them train, val and test."
        )
    if len({one.headings for one in tables}) > 1:
        others = "; ".join(f"{one.name}: {one.said_columns()}" for one in tables[:3])
        raise DataError(f"Its tables have different columns ({others}). Give them the same.")
    rows = [(*row, str(part)) for one, part in zip(tables, parts, strict=True) for row in one.rows]
    members = frozenset[str]().union(*(one.members for one in tables))
    return Table(called, (*first.headings, "split"), rows, first.files, members)


def _part_in(name: str) -> Part | None:
    """The one split that the name of a table says: `train.csv`, `labels_test.csv`."""
    words = re.split(r"[^a-z]+", PurePosixPath(plain_path(name)).stem.casefold())
    parts = {part for word in words if (part := part_of(word))}
    return parts.pop() if len(parts) == 1 else None


def columns_of(table: Table, most_classes: int) -> Columns:
    """Which columns are what, as far as they tell; raises `DataError` where none names images."""
    shares = {at: _share(table, at) for at in range(1, _width(table) + 1)}
    file = max(shares, key=lambda at: shares[at], default=0)
    if not file or not shares[file]:
        first = shown(list(table.rows[0][:4])) if table.rows else "nothing"
        raise DataError(
            f"No column of {table.name} names the images of the zip: its first row is {first}. "
            "Write the name of each image's file, such as images/1.png, into a column."
        )
    others = [at for at in shares if at != file]
    split = next((at for at in others if _are_splits(table.column(at))), None)
    labels = []
    for at in others:
        values = {value.strip() for value in table.column(at)} - {""}
        if at != split and 2 <= len(values) <= min(most_classes, len(table.rows) - 1):
            labels.append(at)
    if not labels:
        raise DataError(
            f"No column of {table.name} can be the labels: wanted is one with 2 to {most_classes} "
            f"different words. Its columns are {table.said_columns()}."
        )
    called = [at for at in labels if _LABEL.fullmatch(table.headings[at - 1].strip())]
    if len(called) == 1:
        labels = [called[0], *(at for at in labels if at != called[0])]
        return Columns(file, tuple(labels[:1]), split)
    return Columns(file, tuple(labels), split)


def places(table: Table, columns: tuple[int, ...]) -> tuple[dict[str, Place], dict[str, str]]:
    """The split and the class of each image that is named; of those left out, why."""
    table.check(columns)
    found: dict[str, Place] = {}
    left_out: dict[str, str] = {}
    for row in table.rows:
        name, label, *said = (row[at - 1].strip() for at in columns)
        file = table.files.find(name) if name else None
        part = part_of(said[0]) if said else Part.TRAIN
        if file is None:
            left_out[name or "a row without a name"] = f"is named in {table.name}, and is not there"
        elif not label:
            left_out[file] = f"has no label in {table.name}"
        elif part is None:
            left_out[file] = f"is for {shown(said[0])} in {table.name}; known are train, val, test"
        elif file in found and found[file] != (part, label):
            left_out[file] = f"is named twice in {table.name}, as {found[file][1]} and {label}"
        else:
            found[file] = part, label
    for file in left_out:
        found.pop(file, None)
    return found, left_out


def class_order(names: Iterable[str]) -> list[str]:
    """Each name once: numbers by size, words by their letters."""
    each = sorted(set(names))
    are_numbers = all(re.fullmatch(r"-?[0-9]{1,9}", one) for one in each)
    return sorted(each, key=int) if are_numbers else each


def _share(table: Table, at: int) -> float:
    """Which part of the cells of a column, of the first some hundred, name an image."""
    cells = table.column(at)[:_LOOKED_AT]
    named = sum(bool(cell) and table.files.find(cell) is not None for cell in cells)
    return named / len(cells) if cells else 0.0


def _are_splits(cells: Sequence[str]) -> bool:
    parts = {part_of(cell) for cell in cells}
    return None not in parts and Part.TRAIN in parts and len(parts) > 1


def _width(table: Table) -> int:
    return len(table.headings)


def _headed(name: str, rows: list[Row], files: Files, *, has_names: bool) -> Table:
    """A table with its first row as headings where they are, as no image is called like that."""
    first, rest = rows[0], rows[1:]
    if not has_names:
        numbered = tuple(f"column {place}" for place in range(1, len(first) + 1))
        names = any(files.find(cell) for cell in first if cell.strip())
        if names or not rest:
            return Table(name, numbered, rows, files, frozenset([name]))
    headings = tuple(cell.strip() or f"column {at}" for at, cell in enumerate(first, start=1))
    return Table(name, headings, rest, files, frozenset([name]))
