"""Numbers and small tables as a page shows them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from cnn.insight.readings.explanations import Fact
from cnn.names import visible
from cnn.network.trace import Trace
from cnn.numbers import number

_MARKS = set("\\`*_{}[]<>()#+-!|~$:&")
_LIST = re.compile(r"^(\s*\d+)\.", re.MULTILINE)
_FOUND_LATER = re.compile(
    r"(?<=www)(?=\.)|(?<=:)(?=//|material/|streamlit)|(?<=\S)(?=@\w)"  # links, icons
    r"|(?<=-)(?=[->])|(?<=<)(?=[-=])|(?<=[>~!])(?==)",  # arrows and the like
    re.IGNORECASE,
)

_FACTS_STYLE = """
<style>
.facts {display: grid; grid-template-columns: max-content 1fr; gap: .45rem 1rem;
        margin: 0; padding: 0}
.facts dt {opacity: .65; font-size: .86rem; padding-top: .1rem}
.facts dd {margin: 0; overflow-wrap: anywhere}
.facts samp {font-family: ui-monospace, monospace; font-size: .88rem}
.facts small {display: block; font-size: .8rem; opacity: .65}
@media (max-width: 500px) {.facts {grid-template-columns: 1fr; gap: 0}
                           .facts dd {margin-bottom: .5rem}}
</style>
"""


def facts_html(facts: Iterable[Fact]) -> str:
    """An explanation as a list of terms; every word in it is escaped."""
    lines = "".join(
        f"<dt>{escape(visible(fact.label))}</dt><dd><samp>{escape(pretty(visible(fact.text)))}</samp>"
        + (f"<small>{escape(pretty(visible(fact.note)))}</small>" if fact.note else "")
        + "</dd>"
        for fact in facts
    )
    return f'{_FACTS_STYLE}<dl class="facts">{lines}</dl>'


def pretty(formula: str) -> str:
    """A formula with real signs: `28x28` as `28×28`, `->` as an arrow."""
    signs = formula.replace(" x ", " × ").replace("->", "→")
    return re.sub(r"(?<=\d)x(?=\d)", "×", signs)


def short(value: float) -> str:
    """A large number at a glance: 61,706 stays, 15,470,264,320 is 15.5 G."""
    for limit, unit in ((1e9, "G"), (1e6, "M")):
        if abs(value) >= limit:
            return f"{number(value / limit, 3)} {unit}"
    return f"{value:,.0f}"


def short_params(traced: Trace) -> str:
    """Its parameters at a glance, and how many are trained where that reads otherwise."""
    said, trained = f"{short(traced.total_params)} parameters", short(traced.trainable_params)
    return said if said.startswith(f"{trained} ") else f"{said} ({trained} trainable)"


def size_bytes(number: float) -> str:
    """A size in bytes at a glance."""
    for limit, unit in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= limit:
            return f"{number / limit:.1f} {unit}"
    return f"{number:.0f} B"


def duration(seconds: float) -> str:
    """A time at a glance: `4 s`, `1 min 05 s`, `2 h 10 min`."""
    whole = round(seconds)
    if 0 < seconds < 0.05:
        return "< 0.1 s"
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def ago(seconds: float) -> str:
    """How long ago something was: `just now`, `5 min ago`, `3 days ago`."""
    for limit, unit, name in ((60, 1, ""), (3_600, 60, "min"), (86_400, 3_600, "h")):
        if seconds < limit:
            return f"{int(seconds / unit)} {name} ago" if name else "just now"
    days = int(seconds / 86_400)
    return f"{days} day{'s' if days > 1 else ''} ago"


def clock(at: float) -> str:
    """The time of day where whoever reads it is: `14:30`."""
    zone = None
    with contextlib.suppress(KeyError, ValueError, OSError):  # none, or one that is not known here
        zone = ZoneInfo(st.context.timezone or "")
    return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%H:%M")


def plain(text: str) -> str:
    """User text as Markdown shows it: as it is, and never as a picture, a link or a sign.

    Streamlit looks for addresses, arrows and icons after all escapes are gone: there a sign without
    width keeps their letters apart.
    """
    apart = _FOUND_LATER.sub("\u2060", visible(text))
    return _LIST.sub(r"\1\\.", "".join(f"\\{one}" if one in _MARKS else one for one in apart))


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a page shows it, with a narrow gap: `98.2 %`."""
    return "" if share is None else f"{share:.{digits}%}".replace("%", "\u202f%")


def interval(shares: tuple[float, float]) -> str:
    """Two shares as a page shows them: `97.2–98.9 %`."""
    return f"{shares[0] * 100:.1f}–{percent(shares[1])}"
