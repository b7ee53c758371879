"""What a machine lacks is said before the first test, and what it has is not."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).parents[1]


def said(*words: str, **settings: str) -> str:
    """What pytest says where these settings are, and CI is not."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith(("CI", "PYTEST"))}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", *words],
        cwd=ROOT,
        env=kept | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_what_is_missing_is_said_first_and_skips_its_tests_in_the_same_words(tmp_path: Path):
    lacking = {"CNN_BROWSER": str(tmp_path / "none"), "CNN_DATA_DIR": str(tmp_path)}

    text = said("-m", "proof", "tests/test_shipped.py", "-k", "all_10_000_test_images", **lacking)

    before, _, after = text.partition("collected")
    assert "will be skipped on this machine:\n" in before
    assert f"  the running app in a browser: {needs.BROWSER.reason}\n" in before
    assert f"  what ships, on all 10,000 test images: {needs.MNIST.reason}\n" in before
    assert "1 skipped" in after
    assert f": {needs.MNIST.reason}\n" in after


@pytest.mark.proof
def test_what_is_here_is_not_said(tmp_path: Path):
    (tmp_path / "mnist.npz").touch()
    here = {"CNN_BROWSER": sys.executable, "CNN_DATA_DIR": str(tmp_path)}

    text = said("--collect-only", "tests/test_memory.py", **here)

    assert "collected" in text
    assert needs.BROWSER.name not in text
    assert needs.MNIST.name not in text


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("is_here", [False, True])
@pytest.mark.parametrize("need", needs.ALL, ids=lambda need: need.name)
def test_a_need_is_said_where_its_tests_are_skipped_and_nowhere_else(
    need: needs.Need, is_here: bool, ci: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CI", ci)
    one = replace(need, is_here=lambda: is_here)

    lines = needs.header([one])

    in_ci = (needs.BROWSER, needs.OPENID, needs.ONNX, needs.SAFETENSORS, needs.RAY)
    fails = bool(ci) and need in in_ci
    assert bool(lines) == (not is_here and not fails) == bool(one.mark().args[0])
    assert all(need.get in line for line in lines[1:])
    if is_here:
        one.or_skip()
    else:
        with pytest.raises(pytest.fail.Exception if fails else pytest.skip.Exception):
            one.or_skip()
