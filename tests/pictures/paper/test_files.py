"""All files of a paper: in a folder, in a zip, and the same bytes each time."""

import io
import json
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from cnn.comparing import export
from cnn.pictures.paper.files import is_paper, paper_files, write_paper, write_paper_zip
from tests.pictures.paper.comparisons import judged, named, shipped_findings
from tests.pictures.paper.read import read_pdf, read_table


def packed(found) -> bytes:
    written = io.BytesIO()
    write_paper_zip(found, written)
    return written.getvalue()


def test_folder_and_zip_hold_the_same_files_and_all_kinds_of_them(tmp_path: Path):
    found = judged()
    write_paper(found, tmp_path / "paper")
    with zipfile.ZipFile(io.BytesIO(packed(found))) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}

    assert inside == {one.name: one.read_bytes() for one in (tmp_path / "paper").iterdir()}
    assert {name.rpartition(".")[2] for name in inside} == {
        *("svg", "pdf", "tex", "md", "bib", "json", "csv")
    }
    told = json.loads(inside["results.json"])
    wanted = {"results": [export.brief(row) for row in found.rows]} | export.tests(found)
    assert told == json.loads(json.dumps(wanted))
    assert {name for name in inside if name.startswith("table-")} == {
        f"table-{name}.{kind}" for name in ("results", "seeds", "tests") for kind in ("tex", "md")
    }


def test_a_folder_of_a_paper_is_known_and_no_other_is(tmp_path: Path):
    write_paper(named("One"), tmp_path / "paper")
    (tmp_path / "README.md").write_text("# Mine")

    assert is_paper(tmp_path / "paper")
    assert not is_paper(tmp_path)
    assert not is_paper(tmp_path / "nothing")


def test_the_same_comparison_gives_the_same_bytes():
    found = named("One")

    assert packed(found) == packed(found)


def test_versions_name_the_program_and_its_commit_where_it_is_known(monkeypatch):
    monkeypatch.setattr("cnn.pictures.paper.files.commit", lambda: "abc123")
    told = paper_files(named("One"))["versions.md"].decode()

    assert "| CNN Workbench | 0.1.0 |" in told
    assert "| tensorflow | 2.98 |" in told
    assert "| commit of CNN Workbench | not noted by the runs, of an earlier version |" in told
    assert "| at commit | abc123 |" in told


@pytest.mark.proof
def test_the_comparison_that_ships_makes_a_whole_paper():
    found = shipped_findings()
    files = paper_files(found)

    assert "trained with 5 seeds (0, 1, 2, 3, 4)" in files["methods.md"].decode()
    told = json.loads(files["results.json"])
    assert told["results"] == json.loads(json.dumps([export.brief(row) for row in found.rows]))
    for name, content in files.items():
        if name.endswith(".svg"):
            ET.fromstring(content)
        elif name.endswith(".pdf"):
            read_pdf(content)
        elif name.startswith("table-") and name.endswith(".tex"):
            assert read_table(content.decode())
