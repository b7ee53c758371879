"""All of a comparison for a paper, as files of a folder or of one zip."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import IO

from cnn.commit import commit
from cnn.comparing.export import brief, curves_csv, table_csv, tests
from cnn.comparing.findings import Findings
from cnn.pictures.paper.escapes import latex, markdown
from cnn.pictures.paper.figures import figures
from cnn.pictures.paper.methods import methods
from cnn.pictures.paper.references import bibtex, references
from cnn.pictures.paper.tables import as_latex, as_markdown, tables
from cnn.pictures.paper.vectors import pdf, svg
from cnn.training.engine.environment import together
from cnn.version import VERSION

_NEVER = (1980, 1, 1, 0, 0, 0)
"""The time of all files in a zip: the same comparison gives the same bytes."""


_TITLE = "# A comparison, for a paper"
"""The first line of the README, by which a folder of these files is known."""


def paper_files(found: Findings) -> dict[str, bytes]:
    """The files by their names."""
    texts = {
        "README.md": _readme(),
        "methods.md": _paragraph(list(map(markdown, methods(found)))),
        "methods.tex": _paragraph(list(map(latex, methods(found)))),
        "versions.md": _versions(found),
        "results.json": as_json(found),
        "results.csv": table_csv(found),
        "curves.csv": curves_csv(found),
    }
    if sources := references(found):
        texts["references.bib"] = bibtex(sources)
    for table in tables(found):
        texts[f"table-{table.label}.tex"] = as_latex(table)
        texts[f"table-{table.label}.md"] = as_markdown(table)
    made = {name: text.encode() for name, text in texts.items()}
    for name, sheet in figures(found).items():
        made[f"figure-{name}.svg"] = svg(sheet).encode()
        made[f"figure-{name}.pdf"] = pdf(sheet)
    return dict(sorted(made.items()))


def as_json(found: Findings) -> str:
    """What `python -m cnn compare --json` says, so that all numbers can be checked against it."""
    return json.dumps({"results": [brief(row) for row in found.rows]} | tests(found), indent=1)


def write_paper(found: Findings, folder: Path) -> None:
    """Writes the files into a folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in paper_files(found).items():
        (folder / name).write_bytes(content)


def is_paper(folder: Path) -> bool:
    """Whether a folder holds what was written here before."""
    readme = folder / "README.md"
    if not readme.is_file():
        return False
    with readme.open("rb") as file:
        return file.read(len(_TITLE)) == _TITLE.encode()


def write_paper_zip(found: Findings, into: IO[bytes]) -> None:
    """Writes the files as one zip."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in paper_files(found).items():
            packed.writestr(zipfile.ZipInfo(name, _NEVER), content, zipfile.ZIP_DEFLATED)


def _paragraph(sentences: list[str]) -> str:
    return " ".join(sentences) + "\n"


def _versions(found: Findings) -> str:
    """What the runs note of versions and machines, and which program wrote these files."""
    known = commit()
    told = [*together(run.environment for run in found.runs)]
    told.append(("These files were written by", f"CNN Workbench {VERSION}"))
    told += [("at commit", known)] if known else []
    lines = [f"| {markdown(name)} | {markdown(said)} |" for name, said in told]
    return "\n".join(["| what | which |", "|---|---|", *lines]) + "\n"


def _readme() -> str:
    return (
        f"{_TITLE}\n\n"
        "- `figure-*.svg`, `figure-*.pdf`: figures as vectors, one column wide. Their letters are "
        "Helvetica, which the PDF names and does not hold.\n"
        "- `table-*.tex` (needs booktabs), `table-*.md`: results, values by seed, tests.\n"
        "- `methods.md`, `methods.tex`, `references.bib`: how it was done, from the record.\n"
        "- `results.json`, `results.csv`, `curves.csv`: all numbers in full.\n"
        "- `versions.md`: versions, commit and machine.\n"
    )
