"""Numbers as text: a table that the scripts read too, and both sides asked the same."""

import ast
import json
import math
import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnn.numbers import exact, fixed, number

ROOT = Path(__file__).parents[1]
CASES = json.loads((ROOT / "tests" / "numbers.json").read_text(encoding="utf-8"))
SCRIPT = ROOT / "ui" / "components" / "kit" / "numbers.js"
NODE = shutil.which("node")


@pytest.mark.parametrize(("value", "digits", "text"), CASES["number"])
def test_a_number_has_so_many_digits_and_an_exponent_without_zeros(value, digits, text):
    assert number(value, digits) == text
    assert number(np.float64(value), digits) == text


@pytest.mark.parametrize(("value", "decimals", "text"), CASES["fixed"])
def test_a_number_has_so_many_decimals_and_no_minus_before_nothing(value, decimals, text):
    assert fixed(value, decimals) == text


def test_what_is_no_finite_number_is_said():
    assert [number(value) for value in (math.nan, math.inf)] == ["nan", "inf"]


@pytest.mark.skipif(NODE is None, reason="node is the oracle: runs where it is, as in CI")
def test_the_browser_writes_the_same_numbers():
    assert NODE is not None
    chance = random.Random(5)
    values = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-9, 9) for _ in range(3_000)]
    values += [chance.randint(-4_000, 4_000) / 8 for _ in range(500)]  # ties among them
    values += [float(np.float32(chance.uniform(-2, 2))) for _ in range(500)]
    program = (
        f'import {{ fixed, number }} from "{SCRIPT.as_uri()}";'
        f"const values = {json.dumps(values)};"
        "const numbers = (value) => [2, 3, 4, 7].map((digits) => number(value, digits));"
        "const all = (value) => [...numbers(value), fixed(value, 2)];"
        "console.log(JSON.stringify(values.map(all)));"
    )
    found = subprocess.run(
        [NODE, "--input-type=module", "-e", program], capture_output=True, text=True, check=True
    )

    own = [[*(number(one, digits) for digits in (2, 3, 4, 7)), fixed(one, 2)] for one in values]
    assert own == json.loads(found.stdout)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"),
        (1.25e-5, "1.25e-5"),
        (1e-10, "1e-10"),
        (30, "30"),
        (1e6, "1e6"),
        (7.0000000001, "7"),
        (-1, "-1"),
    ],
)
def test_a_setting_is_written_as_one_types_it(value, text):
    assert exact(value) == text
    assert float(text) == pytest.approx(value)


# ---- the net ---------------------------------------------------------------------------------

EXCEPT = {
    "cnn/numbers.py": "is where numbers are written",
    "cnn/training/recipe/data_address.py": "is read by links that exist",
    "ui/parts/lesson/controls.py": "is read by links that exist",
}
"""Who may write a number in Python's own way, and why."""

PYTHONS = re.compile(r"[gGeEn]$")
D3S = re.compile(r"%\{[^}]*:[^}]*[ge]\}")
"""`%{y:.3g}` of a hover: d3 writes 0.0000369 where a sentence has `3.7e-5`."""


def written_otherwise(code: str) -> list[str]:
    """The formats of a module that could write `3.69e-07`; a number that is rounded is no text."""
    tree = ast.parse(code)
    rounded = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "float"
        for given in call.args
        for part in ast.walk(given)
    }
    found = []
    for part in ast.walk(tree):
        if id(part) in rounded:
            continue
        match part:
            case ast.FormattedValue(value=value, format_spec=ast.JoinedStr() as spec):
                said = ast.unparse(spec)[2:-1]
                found += [f"{ast.unparse(value)}:{said}"] if PYTHONS.search(said) else []
            case ast.Constant(value=str(text)):
                found += D3S.findall(text)
            case ast.Dict(keys=keys, values=values):
                found += [
                    f"exponentformat {ast.unparse(value)}"
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant)
                    and key.value == "exponentformat"
                    and ast.unparse(value) != "'e'"
                ]
    return found


@pytest.mark.parametrize(
    "code",
    [
        'f"{loss:.3g}"',
        'f"{loss:g} s"',
        'f"{a} {b:,.9g}"',
        '"epoch %{x:.2f}: %{y:.4g}"',
        'f"{x:.1e}"',
        '{"exponentformat": "power"}',
    ],
)
def test_the_net_holds_what_writes_a_number_in_another_form(code: str):
    assert written_otherwise(code)


@pytest.mark.parametrize(
    "code", ['f"{share:.1%}"', 'float(f"{rate:.2g}")', '"%{y:.1%}"', 'f"{count:,}"']
)
def test_the_net_lets_shares_counts_and_roundings_through(code: str):
    assert not written_otherwise(code)


def test_no_words_write_a_number_in_another_form():
    others = {
        name: found
        for folder in ("cnn", "ui", "pages")
        for file in (ROOT / folder).rglob("*.py")
        if (name := file.relative_to(ROOT).as_posix()) not in EXCEPT
        and (found := written_otherwise(file.read_text(encoding="utf-8")))
    }
    assert not others


@pytest.mark.parametrize("name", sorted(EXCEPT))
def test_each_exception_is_one(name: str):
    assert written_otherwise((ROOT / name).read_text(encoding="utf-8"))


def test_no_words_write_powers_of_ten_in_superscript():
    """Words of lessons have `3.7e-7` too; formulas in LaTeX may have a base of 10."""
    found = [
        file.relative_to(ROOT).as_posix()
        for folder in ("cnn", "ui", "pages")
        for kind in ("*.py", "*.toml", "*.js", "*.html")
        for file in (ROOT / folder).rglob(kind)
        if re.search("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]|⁻⁰¹", file.read_text(encoding="utf-8"))
    ]
    assert not found
