"""docs/api.md: every example runs, in its order, and gives what the page says."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import warm
from tests.needs import TORCH

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SAID = re.compile(r"^(?P<asked>\S.*?)  # = (?P<value>.+)$", re.MULTILINE)


def checked(block: str) -> str:
    """An example that fails where an expression does not give what stands behind it."""
    return SAID.sub(r"assert (found := (\g<asked>)) == \g<value>, found", block)


def test_the_page_has_an_example_of_every_name_that_the_package_offers():
    import cnn

    shown = set(re.findall(r"\bcnn\.(\w+)", "\n".join(BLOCKS)))
    results = {"Trace", "Trained", "Compared", "TrainingError"}  # what the others give or raise
    assert shown == set(cnn.__all__) - results


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    folder = tmp_path_factory.mktemp("examples")
    examples = [block for block in BLOCKS if "to_torch" not in block or TORCH.is_here()]
    script = folder / "examples.py"
    script.write_text("\n".join([*map(checked, examples), SHOWS]), encoding="utf-8")
    env = os.environ | {"CNN_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    return warm.run(script, env=env, cwd=folder)


def test_every_example_runs(ran: subprocess.CompletedProcess[str]):
    assert ran.returncode == 0, ran.stderr
    assert "epoch 3/3" in ran.stderr, "how it goes is said"


@pytest.mark.proof
def test_its_training_is_that_of_the_command_line(
    ran: subprocess.CompletedProcess[str], tmp_path: Path
):
    words = ("shapes-demo", "--dataset", "shapes", "--epochs", "3", "--seed", "1", "--json")
    env = os.environ | {"CNN_HOME": str(tmp_path)}
    typed = json.loads(warm.run("-m", "cnn", "train", *words, env=env).stdout)
    assert json.loads(ran.stdout.splitlines()[-1]) == [typed["epochs"], typed["test_accuracy"]]


SHOWS = """
import json
figures = run.curve.drop(columns="seconds").to_dict("records")
print(json.dumps([figures, run.test_accuracy]))
"""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][:40])
def test_an_example_is_short(block: str):
    assert max(map(len, block.splitlines())) <= 100
