"""A sheet as SVG and as PDF: the same shapes at the same places.

The PDF is written here, as no package of the plain install writes one. Its letters are Helvetica's,
which every reader of PDF has: what that font does not have is written as `?`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from cnn.names import visible
from cnn.pictures.kit.palette import TEXT
from cnn.pictures.paper.sheet import Area, Line, Point, Shape, Sheet, Words

_INK = TEXT[False]
_FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CALLED = {"\u2212": "\u2013", "\u202f": " ", "\u00a0": " ", "\u2009": " "}
"""What Helvetica's letters in a PDF do not have, and what stands for it."""


def svg(sheet: Sheet) -> str:
    """The sheet as an SVG file, whose words can be edited and searched."""
    body = "\n".join(_SVG[type(one)](one) for one in sheet.shapes)
    about = _plain(sheet.about)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(sheet.width)}pt" '
        f'height="{_n(sheet.height)}pt" viewBox="0 0 {_n(sheet.width)} {_n(sheet.height)}" '
        f'role="img" font-family="{_FONT}" fill="{_INK}">\n<title>{about}</title>\n{body}\n</svg>\n'
    )


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF file of one page."""
    shades = sorted({_opacity(one) for one in sheet.shapes})
    names = {shade: f"/G{place}" for place, shade in enumerate(shades)}
    drawn = "\n".join(
        f"q {names[_opacity(one)]} gs {_PDF[type(one)](one, sheet.height)} Q"
        for one in sheet.shapes
    ).encode("cp1252", "replace")
    states = " ".join(
        f"{name} << /ca {_n(shade)} /CA {_n(shade)} >>" for shade, name in names.items()
    )
    size = f"{_n(sheet.width)} {_n(sheet.height)}"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents 4 0 R /Resources "
            f"<< /Font << /F 5 0 R >> /ExtGState << {states} >> >> >>"
        ).encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title %s /Producer (CNN Workbench) >>" % _title(sheet.about),
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Objects with their numbers, and the table of where each begins."""
    found, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(found)
    found += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    found += b"".join(b"%010d 00000 n \n" % place for place in places)
    found += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        start,
    )
    return bytes(found)


def _title(words: str) -> bytes:
    """Any letters, as PDF has them outside of pages."""
    return b"<FEFF%s>" % words.encode("utf-16-be", "replace").hex().upper().encode()


def _opacity(one: Shape) -> float:
    return 1.0 if isinstance(one, Words) else one.opacity


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _plain(words: str) -> str:
    return escape(_NOT_IN_XML.sub("", visible(words)))


# SVG ------------------------------------------------------------------------------------------


def _svg_line(one: Line) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in one.points)
    dash = f' stroke-dasharray="{_n(one.dash)}"' if one.dash else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{one.colour}" '
        f'stroke-width="{_n(one.width)}"{dash}{_svg_opacity(one)} stroke-linejoin="round"/>'
    )


def _svg_area(one: Area) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in one.points)
    edge = f' stroke="{one.edge}"' if one.edge else ""
    return f'<polygon points="{points}" fill="{one.fill or "none"}"{edge}{_svg_opacity(one)}/>'


def _svg_words(one: Words) -> str:
    x, y = map(_n, one.at)
    turned = f' transform="rotate(-90 {x} {y})"' if one.is_turned else ""
    colour = f' fill="{one.colour}"' if one.colour else ""
    # As wide as there is room for, in whichever font stands in for Helvetica.
    width = f' textLength="{_n(one.width)}" lengthAdjust="spacingAndGlyphs"' if one.is_known else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{_n(one.size)}" text-anchor="{one.anchor}"'
        f"{width}{colour}{turned}>{_plain(one.text)}</text>"
    )


def _svg_opacity(one: Line | Area) -> str:
    return f' opacity="{_n(one.opacity)}"' if one.opacity != 1 else ""


_SVG: dict[type, Callable[..., str]] = {Line: _svg_line, Area: _svg_area, Words: _svg_words}


# PDF, which counts from the bottom ------------------------------------------------------------


def _pdf_line(one: Line, height: float) -> str:
    dash = f"[{_n(one.dash)}] 0 d " if one.dash else ""
    return f"{_rgb(one.colour)} RG {_n(one.width)} w 1 j {dash}{_way(one.points, height)} S"


def _pdf_area(one: Area, height: float) -> str:
    fill = f"{_rgb(one.fill)} rg " if one.fill else ""
    edge = f"{_rgb(one.edge)} RG 1 w " if one.edge else ""
    end = {(True, False): "f", (False, True): "s", (True, True): "b"}[bool(fill), bool(edge)]
    return f"{fill}{edge}{_way(one.points, height)} {end}"


def _pdf_words(one: Words, height: float) -> str:
    x, y = one.at[0], height - one.at[1]
    back = {"start": 0.0, "middle": one.width / 2, "end": one.width}[one.anchor]
    place = (x, y - back) if one.is_turned else (x - back, y)
    turn = "0 1 -1 0" if one.is_turned else "1 0 0 1"
    said = "".join(_CALLED.get(letter, letter) for letter in visible(one.text))
    said = re.sub(r"([\\()])", r"\\\1", " ".join(said.split()))
    return (
        f"BT {_rgb(one.colour or _INK)} rg /F {_n(one.size)} Tf {turn} {_n(place[0])} "
        f"{_n(place[1])} Tm ({said}) Tj ET"
    )


def _way(points: tuple[Point, ...], height: float) -> str:
    steps = (f"{_n(x)} {_n(height - y)}" for x, y in points)
    return " ".join(f"{step} {'l' if place else 'm'}" for place, step in enumerate(steps))


def _rgb(colour: str) -> str:
    return " ".join(_n(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))


_PDF: dict[type, Callable[..., str]] = {Line: _pdf_line, Area: _pdf_area, Words: _pdf_words}
