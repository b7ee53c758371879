"""One palette: no colour is named anywhere else, and it is that of the theme."""

import re
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from cnn.pictures.kit import palette
from ui.components import component

ROOT = Path(__file__).parents[3]
PALETTES = ("cnn/pictures/kit/palette.py", "ui/components/kit/colours.js")
THEMED = {
    "cnn/lessons/progress/certificate.html": "is a document of its own",
    "cnn/pictures/comparison/report.html": "is a document of its own",
    "ui/shell/icon.svg": "is a file that the browser fetches",
    "ui/shell/logo.svg": "is a file that the browser fetches",
    "ui/shell/looks.css": "is the style of the page, where Streamlit's variables are not",
}
"""What may name the theme's colours, and why; black, white and greys may all."""

HEX = re.compile(r"(?<!&)#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?![-\w])")
PARTS = re.compile(r"\b(?:rgba?|hsla?|oklch)\(\s*[\d.]+[^)\n]*\)")


def theme() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    themes: dict[str, dict[str, object]] = settings["theme"]
    return themes


def themed() -> set[str]:
    """The colours of the theme, and of the marks in its logo."""
    text = (ROOT / ".streamlit/config.toml").read_text(encoding="utf-8")
    return {found.lower() for found in HEX.findall(text)} | {palette.hex_of(palette.ABOVE)}


def colours(text: str) -> set[str]:
    """The colours named in a text, all but black, white and greys."""
    found = set()
    for one in HEX.findall(text):
        digits = one[1:].lower()
        whole = digits[:6] if len(digits) > 4 else "".join(2 * digit for digit in digits[:3])
        if len({whole[:2], whole[2:4], whole[4:]}) > 1:
            found.add(f"#{whole}")
    for one in PARTS.findall(text):
        numbers = re.findall(r"[\d.]+", one)[:3]
        if not one.startswith("rgb") or len(set(numbers)) > 1:
            found.add(one)
    return found


def files() -> Iterator[tuple[str, str]]:
    for folder in ("cnn", "ui", "pages"):
        for kind in ("py", "js", "css", "html", "svg"):
            for file in sorted((ROOT / folder).rglob(f"*.{kind}")):
                yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["color: #F59E0B", "#22d3ee80", "#1af", "rgb(6 182 212 / 0.3)", "hsl(120 50% 50%)"]
)
def test_the_net_holds_a_colour(text: str):
    assert colours(text)


@pytest.mark.parametrize(
    "text", ["#fff", "#00000080", "rgb(0 0 0 / .2)", "rgba(255,255,255,.9)", "Conv2D #2", "#13.2"]
)
def test_the_net_lets_greys_and_numbers_through(text: str):
    assert not colours(text)


def test_no_file_names_a_colour_but_the_palette():
    allowed = themed()
    others = {
        name: found
        for name, text in files()
        if name not in PALETTES
        and (found := colours(text) - (allowed if name in THEMED else set()))
    }
    assert not others


@pytest.mark.parametrize("name", sorted(THEMED))
def test_each_exception_is_one(name: str):
    assert colours((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("dark", [False, True])
def test_what_pictures_have_of_the_theme_is_as_there(dark: bool):
    own = theme()["dark" if dark else "light"]

    def named(name: str) -> str:
        return str(own[name]).lower()

    series = own["chartCategoricalColors"]
    assert isinstance(series, list)
    assert [one.lower() for one in series] == list(palette.SERIES[dark])
    assert palette.TEXT[dark] == named("textColor")
    assert palette.PAPER[dark] == named("backgroundColor")
    assert palette.EMPTY[dark] == named("secondaryBackgroundColor")
    assert palette.LINE[dark] == named("borderColor")


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def apart(one: str, other: str) -> float:
    """How far apart two colours are seen, in hundredths of OKLab (Ottosson 2020)."""

    def oklab(colour: str) -> np.ndarray:
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        cones = [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
        opponents = [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
        return np.array(opponents @ np.cbrt(cones @ linear))

    return 100 * float(np.linalg.norm(oklab(one) - oklab(other)))


def test_black_and_white_are_a_hundred_apart():
    assert apart("#000000", "#ffffff") == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_no_two_networks_have_nearly_one_colour_and_none_that_of_the_first(dark: bool):
    first, *others = series = palette.SERIES[dark]

    assert min(apart(*pair) for pair in combinations(series, 2)) > 7.9
    assert min(apart(first, other) for other in others) > 13


@pytest.mark.parametrize(
    "ground",
    [*palette.PAPER.values(), "#000000", palette.hex_of(palette.DARK_TO_BRIGHT[0])],
)
def test_a_mark_is_seen_on_the_page_on_black_and_where_a_map_is_dark(ground: str):
    assert contrast(palette.hex_of(palette.LIT), ground) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_words_are_read_on_the_colours_behind_numbers(dark: bool):
    """Seven tenths of a colour at most lie behind a number (`MOST` in `grid.js`)."""
    paper = [int(palette.PAPER[dark][i : i + 2], 16) for i in (1, 3, 5)]
    for hue in (palette.ABOVE, palette.BELOW):
        red, green, blue = (round(0.7 * a + 0.3 * b) for a, b in zip(hue, paper, strict=True))
        assert contrast(palette.hex_of((red, green, blue)), palette.TEXT[dark]) >= 4.5


def test_style_sheets_use_no_variable_that_nobody_sets():
    """Streamlit sets `--st-...`, the palette its own, a component's style or script the others, the
    page's style what depends on the window.
    """
    of_page = (ROOT / "ui/shell/looks.css").read_text(encoding="utf-8")
    given = set(re.findall(r"(--[\w-]+):", palette.css_variables() + of_page))
    unset = {
        (file.name, name)
        for file in component.FOLDER.rglob("*.css")
        for name in re.findall(r"var\((--(?!st-)[\w-]+)", file.read_text(encoding="utf-8"))
        if name not in given
        and not any(
            re.search(rf"{name}[:\"]", own.read_text(encoding="utf-8"))
            for own in file.parent.iterdir()
            if own.suffix in {".css", ".js", ".html", ".py"}
        )
    }
    assert not unset
