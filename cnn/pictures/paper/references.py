"""The sources that the methods of a paper name, for BibTeX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnn.comparing.findings import Findings


@dataclass(frozen=True, slots=True)
class Reference:
    """A source by its key, and what BibTeX knows of it."""

    key: str
    kind: str
    fields: tuple[tuple[str, str], ...]


OBUCHOWSKI = Reference(
    "obuchowski1995",
    "article",
    (
        ("author", "Obuchowski, Nancy A. and Rockette, Howard E."),
        (
            "title",
            "Hypothesis testing of diagnostic accuracy for multiple readers and multiple tests: "
            "an ANOVA approach with dependent observations",
        ),
        ("journal", "Communications in Statistics -- Simulation and Computation"),
        ("volume", "24"),
        ("number", "2"),
        ("pages", "285--308"),
        ("year", "1995"),
    ),
)
HILLIS = Reference(
    "hillis2007",
    "article",
    (
        ("author", "Hillis, Stephen L."),
        (
            "title",
            "A comparison of denominator degrees of freedom methods for multiple observer ROC "
            "analysis",
        ),
        ("journal", "Statistics in Medicine"),
        ("volume", "26"),
        ("number", "3"),
        ("pages", "596--619"),
        ("year", "2007"),
    ),
)
MCNEMAR = Reference(
    "mcnemar1947",
    "article",
    (
        ("author", "McNemar, Quinn"),
        (
            "title",
            "Note on the sampling error of the difference between correlated proportions or "
            "percentages",
        ),
        ("journal", "Psychometrika"),
        ("volume", "12"),
        ("number", "2"),
        ("pages", "153--157"),
        ("year", "1947"),
    ),
)


def references(found: Findings) -> tuple[Reference, ...]:
    """The sources that the sentences name."""
    over_seeds = [OBUCHOWSKI, HILLIS] if any(one.seeds for one in found.judgements) else []
    return (*over_seeds, *([MCNEMAR] if any(one.images for one in found.judgements) else []))


def bibtex(found: Iterable[Reference]) -> str:
    """The sources as a file for BibTeX."""
    entries = []
    for one in found:
        fields = "\n".join(f"  {name} = {{{said}}}," for name, said in one.fields)
        entries.append(f"@{one.kind}{{{one.key},\n{fields}\n}}\n")
    return "\n".join(entries)
