"""What is wanted of a figure, and whether it is there: a line that `all.py` makes its table of.

Each benchmark says so of what it holds: the figure beside its reference, or its limit, and of how
many rounds it is the median. With `QUICK=1` there are few rounds, for a look in between.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence

MARK = "goal: "
COLUMNS = ("figure", "measured", "wanted", "of", "")
QUICK = os.environ.get("QUICK") == "1"
_missed: list[str] = []


def rounds(usual: int, quick: int = 1) -> int:
    """How often to measure, now."""
    return quick if QUICK else usual


def held(
    what: str,
    found: float | Sequence[float],
    *,
    most: float = float("inf"),
    least: float = -float("inf"),
    unit: str = "",
    beside: str = "",
    of: str = "",
) -> bool:
    """Prints a figure, the median of what was found, beside what is wanted; whether it is there.

    `beside` is what a ratio is taken to; `of` is what was counted, where it is no number of rounds.
    """
    values = [found] if isinstance(found, (int, float)) else list(found)
    middle = statistics.median(values)
    is_met = least <= middle <= most
    figure = f"{_figure(middle)}{unit}"
    if len(values) >= 4:
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        figure += f" ({_figure(low)} to {_figure(high)})"
    if beside:
        figure += f" times {beside}"
    bounds = [
        f"{word} {_figure(bound)}{unit}"
        for word, bound in (("at least", least), ("at most", most))
        if abs(bound) != float("inf")
    ]
    counted = of or f"{len(values)} round{'s' * (len(values) != 1)}"
    told = (what, figure, " and ".join(bounds), counted, "met" if is_met else "missed")
    print(MARK + " | ".join(told), flush=True)
    if not is_met:
        _missed.append(what)
    return is_met


def waited(what: str, values: Sequence[float], *, most: float, p95: float = float("inf")) -> None:
    """Prints how long something took, the median and the 95th percentile, and what is wanted."""
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    name, _, unit = what.rpartition(", ")
    print(f"{what:44} {statistics.median(values):9.2f} {late:9.2f}", flush=True)
    if most != float("inf"):
        held(name, values, most=most, unit=f" {unit}", of=f"{len(values)} times")
    if p95 != float("inf"):
        held(f"{name}, 95th percentile", late, most=p95, unit=f" {unit}", of=f"{len(values)} times")


def waited_head() -> None:
    """The head of lines of `waited`."""
    print(f"{'what':44} {'median':>9} {'p95':>9}")


def end() -> None:
    """Ends the process, with a status that is not 0 where something was missed."""
    sys.exit(f"Missed: {', '.join(_missed)}." if _missed else 0)


def _figure(value: float) -> str:
    if abs(value) >= 1_000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
