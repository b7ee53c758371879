"""Pictures in a zip as they are understood: their classes are folders, or what a table says.

Owns what is clear and what is open where a zip has both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from cnn.data.errors import DataError
from cnn.data.own.choices import About, Choice, Option, Understood
from cnn.data.own.limits import Limits
from cnn.data.own.opened import TABLES, Form, Opened
from cnn.data.own.pictures import class_name_of
from cnn.data.own.reading import Reading
from cnn.data.own.splits import Layout, Part, layout_of, listed
from cnn.data.own.table import Columns, Table, columns_of, places, read_table


def understood_pictures(file: Opened, limits: Limits, said: Reading) -> Understood:
    if said.columns == () or not file.tables:
        if said.columns:
            raise DataError("It has no table of labels, a .csv or .parquet file beside the images.")
        return Understood(Form.PICTURES, _folder_splits(file), said, ())
    folders = _folders_as_classes(file)
    try:
        table = read_table(file, limits)
        assert table
        if said.columns:
            table.check(said.columns)
        columns = columns_of(table, limits.classes)
    except DataError:
        if said.columns or folders is None:
            raise
        return Understood(Form.PICTURES, _folder_splits(file), said, ())
    choice = _table_choice(file, table, columns, folders, said)
    guess = Reading.of(choice.options[0].words)
    chosen = guess.columns
    splits = _splits_of_table(table, chosen) if chosen else _folder_splits(file)
    return Understood(Form.PICTURES, splits, said.and_then(guess), (choice,))


def _table_choice(
    file: Opened, table: Table, columns: Columns, folders: Mapping[str, str] | None, said: Reading
) -> Choice:
    """By which column the images are sorted, or by their folders: open where several could be."""
    ways = [columns.chosen(label) for label in columns.labels]
    if columns.split:
        ways += [columns.chosen(label, is_split=False) for label in columns.labels]
    is_same = False
    if folders is not None:
        placed, _ = places(table, ways[0])
        same = (folders.get(name) == one for name, (_, one) in placed.items())
        is_same = bool(placed) and all(same)
        ways.insert(0 if is_same else len(ways), ())
    if said.columns is not None:
        ways = list(dict.fromkeys([said.columns, *ways]))
    options = tuple(
        Option(Reading(columns=way).words, _way_in_words(table, way, folders)) for way in ways
    )
    is_open = not is_same and (len(columns.labels) > 1 or folders is not None)
    images, rows = len(table.files), len(table.rows)
    found = (
        f"{table.name} has {rows:,} rows for {images:,} files, with the columns "
        f"{table.said_columns()}."
    )
    return Choice(About.COLUMNS, found, options, is_open=is_open and said.columns is None)


def _way_in_words(table: Table, way: Sequence[int], folders: Mapping[str, str] | None) -> str:
    if not way:
        tops = dict.fromkeys((folders or {}).values())
        return f"by the folders {listed(tops)}" if tops else "by folders"
    _, label, *split = (table.headings[at - 1][:40] for at in way)
    return f"by {label}" + (f", with the splits of {split[0]}" if split else "")


def _splits_of_table(table: Table, columns: tuple[int, ...]) -> str:
    placed, _ = places(table, columns)
    parts = {part for part, _ in placed.values()}
    if placed and Part.TRAIN not in parts:
        raise DataError(
            f"{table.name} has rows for {', '.join(sorted(parts))}, and none to train on. Say "
            "train in its column of splits, or leave that column out."
        )
    return "-".join(part for part in Part if part in parts) if len(parts) > 1 else ""


def _layout(file: Opened) -> Layout | None:
    names = [one.filename for one in file.members if not one.filename.lower().endswith(TABLES)]
    return layout_of(names or [one.filename for one in file.members])


def _folder_splits(file: Opened) -> str:
    layout = layout_of([member.filename for member in file.members])
    return layout.kind if layout else ""


def _folders_as_classes(file: Opened) -> dict[str, str] | None:
    """The class of each file where folders can be classes; None where all lie in one."""
    try:
        layout = _layout(file)
    except DataError:
        return None
    found = {}
    for member in file.members:
        if member.filename.lower().endswith(TABLES):
            continue
        with contextlib.suppress(DataError):
            name = member.filename
            found[name] = layout.place(name)[1] if layout else class_name_of(name)
    return found if len(set(found.values())) > 1 else None
