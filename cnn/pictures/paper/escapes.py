"""Words of people in LaTeX and in Markdown: as their letters, and nothing else."""

from __future__ import annotations

import re

from cnn.names import visible

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": r"{[}",
    "]": r"{]}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "−": r"$-$",
    "°": r"$^\circ$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "–": "--",
    "…": r"\ldots{}",
    "“": "``",
    "”": "''",
    "\u202f": r"\,",
    "\u00a0": "~",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def latex(words: str) -> str:
    """Words as LaTeX sets them; letters that it has no name for stay as they are."""
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(visible(words).split()))


def markdown(words: str) -> str:
    """Words as Markdown shows them."""
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(words).split()))


def needs_other_letters(text: str) -> bool:
    """Whether pdfLaTeX would stop at a letter: beyond those of Western Europe."""
    return any(ord(letter) > 0xFF for letter in text)
