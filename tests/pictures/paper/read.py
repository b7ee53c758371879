"""Strict readers of what is written for a paper: PDF, and the LaTeX of a table."""

import re
from dataclasses import dataclass

_ESCAPED = {
    r"\textbackslash": "\\",
    r"\textasciicircum": "^",
    r"\textasciitilde": "~",
    r"\textless": "<",
    r"\textgreater": ">",
    r"\textbar": "|",
    r"\textquotedbl": '"',
    r"\textasciigrave": "`",
    r"\textquotesingle": "'",
    r"\ldots": "…",
    "$\\pm$": "±",
    "$\\times$": "×",
    "$-$": "−",
    "$^\\circ$": "°",
    "$\\geq$": "≥",
    "$\\leq$": "≤",
}


@dataclass(frozen=True)
class Read:
    """A PDF of one page: its size, the words on it, and where each stands."""

    size: tuple[float, float]
    words: list[str]
    places: list[tuple[float, float]]


def read_pdf(content: bytes) -> Read:
    """The page, if each object stands where the table says, and the stream has its length."""
    assert content.startswith(b"%PDF-1.4\n")
    assert content.endswith(b"%%EOF\n")
    start = int(content[content.rindex(b"startxref") :].split()[1])
    head, *lines = content[start:].split(b"\n")
    assert head == b"xref"
    first, many = map(int, lines[0].split())
    assert (first, lines[1]) == (0, b"0000000000 65535 f ")
    for number, line in enumerate(lines[2 : many + 1], start=1):
        assert len(line) == 19, "with its line end an entry has 20 bytes"
        assert content[int(line[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert re.search(rb"/Size %d /Root 1 0 R" % many, content)
    stream = re.search(rb"<< /Length (\d+) >>\nstream\n", content)
    assert stream is not None
    drawn = content[stream.end() : stream.end() + int(stream[1])]
    assert content[stream.end() + int(stream[1]) :].startswith(b"\nendstream")
    assert drawn.count(b"q ") >= drawn.count(b" Q") == len(drawn.split(b"\n"))
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert box is not None
    found = re.findall(rb"([-\d.]+) ([-\d.]+) Tm \(((?:\\.|[^\\()])*)\) Tj", drawn)
    words = [re.sub(rb"\\(.)", rb"\1", said).decode("cp1252") for _, _, said in found]
    return Read((float(box[1]), float(box[2])), words, [(float(x), float(y)) for x, y, _ in found])


def read_table(text: str) -> list[list[str]]:
    """The lines of a table by their cells, unescaped; fails for what LaTeX would stop at."""
    body = "\n".join(line for line in text.split("\n") if not line.startswith("%"))
    for name in ("table", "tabular"):
        assert body.count(f"\\begin{{{name}}}") == body.count(f"\\end{{{name}}}") == 1
    columns = re.search(r"\\begin\{tabular\}\{([lr]+)\}\n", body)
    assert columns is not None
    inner = body[columns.end() : body.index("\\end{tabular}")]
    lines = [one for one in re.split(r" \\\\\n|\\(?:top|mid|bottom)rule\n", inner) if one.strip()]
    cells = [[unescaped(cell) for cell in re.split(r"(?<!\\) & ", line)] for line in lines]
    assert {len(line) for line in cells} == {len(columns[1])}
    return cells


def unescaped(said: str) -> str:
    """The letters that LaTeX sets; fails for one that means something to it."""
    said = re.sub(r"^\\textbf\{(.*)\}$", r"\1", said.strip())
    found, place = [], 0
    names = sorted(_ESCAPED, key=len, reverse=True)
    while place < len(said):
        name = next((one for one in names if said.startswith(one, place)), "")
        if name:
            found.append(_ESCAPED[name])
            place += len(name)
            if name.startswith("\\"):
                assert said.startswith("{}", place), said
                place += 2
        elif said.startswith(("{[}", "{]}"), place):
            found.append(said[place + 1])
            place += 3
        elif said[place] == "\\":
            assert said[place + 1] in "{}$&#%_,", said
            found.append("\u202f" if said[place + 1] == "," else said[place + 1])
            place += 2
        elif said.startswith("--", place) and not said.startswith("---", place):
            found.append("–")
            place += 2
        else:
            assert said[place] not in '{}$&#%_^"', said
            found.append("\u00a0" if said[place] == "~" else said[place])
            place += 1
    return "".join(found)
