"""Numbers as text: a table that the scripts read too, and both sides asked the same."""

import json
import math
import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnn.numbers import fixed, number

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


def test_no_text_of_a_page_writes_a_number_in_another_form():
    """Digits that count, where a page shows them, go through `number`: `.3g` writes `3.69e-07`."""
    others = {
        f"{file.relative_to(ROOT)}: {found}"
        for folder in ("ui", "cnn/insight", "cnn/diagnose", "cnn/pictures")
        for file in (ROOT / folder).rglob("*.py")
        for found in re.findall(r".*\{[^{}]*:\.[1-9]g\}.*", file.read_text(encoding="utf-8"))
        if "float(f" not in found and "hovertemplate" not in found  # rounded; written by Plotly
    }
    assert not others
