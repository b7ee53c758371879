"""A whole page without a server: its frame, its style, and a policy that lets nothing in or out."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from cnn.pictures.kit.palette import EMPTY, FAINT_INK, FONT, LINE, PAPER, SURE, TEXT
from cnn.pictures.page.modules import whole
from cnn.pictures.page.parts import scripts
from cnn.version import VERSION

TEMPLATE = Path(__file__).with_name("page.html")
_POLICY = (
    "default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


def document(
    title: str, lead: str, parts: Sequence[str], *, entry: str, folder: Path, more: str = ""
) -> str:
    """The page of these parts, which are markup already; title and lead are words.

    `entry` is the module that brings the parts to life, `more` what else it finds in the page.
    """
    script = f"{whole(entry, scripts(folder))}import(entry());\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    said = {
        "POLICY": _POLICY.format(digest=digest),
        "VERSION": escape(VERSION),
        "TITLE": escape(title),
        "THEME": _theme(),
        "LEAD": escape(lead),
        "PARTS": "\n".join(parts),
        "MADE": date(time.time()),
        "MORE": more,
        "SCRIPT": script,
    }
    pieces = TEMPLATE.read_text(encoding="utf-8").split("@@")
    return "".join(said[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def terms(told: Sequence[tuple[str, str]]) -> str:
    """Words and what is said of each, as a list of a page."""
    lines = (f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in told)
    return f"<dl>{''.join(lines)}</dl>"


def date(moment: float) -> str:
    """A day: `3 July 2026`."""
    found = datetime.fromtimestamp(moment, UTC)
    return f"{found.day} {found:%B %Y}"


def _theme() -> str:
    """What the app's components take from the page around them, light and dark."""
    dark = f"@media (prefers-color-scheme: dark){{:root{{{_colours(dark=True)}}}}}"
    own = f"--st-font:{FONT};--st-base-radius:0.5rem;{_colours(dark=False)}"
    return f":root{{color-scheme:light dark;{own}}}{dark}"


def _colours(*, dark: bool) -> str:
    named = {
        "st-text-color": TEXT,
        "st-background-color": PAPER,
        "st-secondary-background-color": EMPTY,
        "st-border-color": LINE,
        "st-primary-color": {is_dark: both[0] for is_dark, both in SURE.items()},
        "faint-ink": FAINT_INK,
    }
    return "".join(f"--{name}:{both[dark]};" for name, both in named.items())
