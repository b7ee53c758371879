"""`python -m cnn train --from`, as a person types it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cnn.__main__ import main
from cnn.training.recipe.run import MODEL, START
from cnn.training.store.store import Store
from tests import warm


def cnn(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return warm.run("-m", "cnn", *arguments, env=os.environ | {"CNN_HOME": str(home)})


ASKED = ("train", "shapes-demo", "--epochs", "2", "--json", "--dataset", "shapes")


def trained(home: Path, *more: str, data: str = "shapes") -> subprocess.CompletedProcess[str]:
    return cnn(*ASKED[:-1], data, *more, home=home)


def outcome(ran: subprocess.CompletedProcess[str]) -> Any:
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def parent(home: Path) -> str:
    return str(outcome(trained(home))["run_id"])


def store_of(home: Path) -> Store:
    return Store(f"sqlite:///{home / 'runs.sqlite'}")


def test_a_run_begins_with_another_and_says_what_of_it_is_taken(home: Path, parent: str):
    ran = trained(home, "--from", parent, "--freeze", "2", "--head-first", "1", data="digits")
    run = store_of(home).get(outcome(ran)["run_id"])

    assert run
    start = run.configuration.start
    assert start
    assert (start.run, start.freeze, start.head_first) == (parent, 2, 1)
    said = ran.stderr.splitlines()
    assert f"Begins with weights of run {parent}:" in said
    assert any("Conv2D #1" in line and "taken, frozen: as Conv2D #1" in line for line in said)
    assert any("re-headed: its weights are" in line for line in said)
    assert store_of(home).file(run.id, START)
    shown = json.loads(cnn("runs", "show", run.id, "--json", home=home).stdout)
    assert shown["begun_with"] == f"weights of run {parent}"
    assert shown["configuration"]["start"]["freeze"] == 2


@pytest.mark.proof
def test_a_keras_file_is_begun_with_by_its_path(home: Path, parent: str, tmp_path: Path):
    content = store_of(home).file(parent, MODEL)
    assert content
    (tmp_path / "mine.keras").write_bytes(content)
    run = outcome(trained(home, "--from", str(tmp_path / "mine.keras")))

    found = store_of(home).get(run["run_id"])
    assert found
    assert found.begun_with == "weights of the file mine.keras"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--freeze", "2"), "--freeze 2 is about layers that were trained before. Name their run"),
        (("--head-first", "1"), "--head-first 1 is about layers"),
        (("--from", "nobody"), "there is no run 'nobody' to begin with. `python -m cnn runs list`"),
        (("--from", "gone.keras"), "a training cannot begin with gone.keras: the file cannot be"),
        (("--from", "{parent}", "--freeze", "99"), "99 layers cannot be frozen: Shapes demo has"),
        (("--from", "{parent}", "--freeze", "-1"), "freeze must be a whole number from 0 to"),
        (("--from", "{parent}", "--head-first", "2"), "2 epochs of the head alone leave none of 2"),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_nothing_is_trained(
    home: Path,
    parent: str,
    more: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    before = store_of(home).count()
    monkeypatch.setenv("CNN_HOME", str(home))

    assert main([*ASKED, *(one.format(parent=parent) for one in more)]) == 2

    ran = capsys.readouterr()
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert store_of(home).count() == before


def test_a_parent_of_which_nothing_fits_is_refused_with_the_first_reason(home: Path, parent: str):
    given = ("train", "lenet-5", "--dataset", "shapes", "--epochs", "1", "--from", parent)
    ran = cnn(*given, home=home)

    assert ran.returncode == 2
    assert f"nothing of run {parent} (Shapes demo) fits LeNet-5. Conv2D #1: its weights" in (
        ran.stderr
    )
