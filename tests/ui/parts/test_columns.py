"""A column that is declared once stands wherever a comparison is shown or given away."""

import csv
import io
import json

import pytest

from cnn.commands.compare import _lines
from cnn.comparing import columns
from cnn.comparing.columns import Column, Place, Unit, stars
from cnn.comparing.export import as_dict, table_csv
from tests.comparing.test_export import ALL
from tests.pictures.comparison.test_report import page
from ui.parts.comparison import table as on_page

LAYERS = Column(
    "layers", "Layers", "How many", Unit.COUNT, lambda row: len(row.trace.rows),
    columns.EVERYWHERE, is_starred=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _with_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OF_RUNS", "COLUMNS"):
        monkeypatch.setattr(columns, name, (*getattr(columns, name), LAYERS))


def counts() -> list[int]:
    return [len(row.trace.rows) for row in ALL.rows]


def test_csv_and_json_have_it():
    results = json.loads(json.dumps(as_dict(ALL)))["results"]
    assert [one["layers"] for one in results] == counts()
    assert [one["layers"] for one in csv.DictReader(io.StringIO(table_csv(ALL)))] == [
        *map(str, counts())
    ]


def test_the_report_and_the_command_line_have_it():
    assert '<th scope="col">Layers</th>' in page(ALL)
    head, *lines = _lines(ALL)
    end = head.index("Layers") + len("Layers")
    assert [int(line[:end].split()[-1]) for line in lines[:2]] == counts()


def test_the_page_has_it_with_its_star():
    best = stars(ALL.rows, ())
    fewest = {row.id for row in ALL.rows if len(row.trace.rows) == min(counts())}
    assert best["layers"] == fewest
    for row, count in zip(ALL.rows, counts(), strict=True):
        cell = on_page._row(row, "", best).cells["layers"]
        assert (cell.text, cell.is_best) == (str(count), row.id in fewest)


@pytest.mark.parametrize("column", columns.COLUMNS, ids=lambda one: one.name)
def test_every_column_is_a_number_that_its_unit_can_write(column: Column):
    cells = [on_page._cell(column, row, is_best=False) for row in ALL.rows]
    written = column.written(ALL.rows)
    for cell, text in zip(cells, written, strict=True):
        assert bool(cell.text) == (text != "–")
    assert Place.PAGE not in column.places or any(cell.text for cell in cells)
