"""`python -m cnn train --assignment`, `runs hand-in` and `verify`, as a class types them."""

import csv
import json
import os
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cnn.lessons.assignments.verify import CANNOT_PROVE
from cnn.training.store.store import Store
from tests import warm
from tests.lessons.assignments.handed import TASK, Parts

LINK = f"http://class.example/build?{urlencode({'assignment': TASK.text})}"

FOR_IT = ("train", "shapes-demo", "--assignment", LINK)


def cnn(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"CNN_HOME": str(home)}
    return warm.run("-m", "cnn", *map(str, arguments), env=env)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def handed(home: Path) -> Path:
    """A file as it is handed in."""
    done = cnn("train", "shapes-demo", "--assignment", LINK, "--epochs", 2, "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert "For Small & good: a seed of its own; 3 checkpoints are kept, about" in done.stderr
    run_id = json.loads(done.stdout)["run_id"]
    (home / "in").mkdir()
    said = cnn(
        *("runs", "hand-in", run_id, "--to", home / "in" / "ann.zip", "--name", "Ann"),
        home=home,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{home / 'in' / 'ann.zip'} is ready to be handed in: ")
    return home / "in" / "ann.zip"


def test_an_honest_file_is_accepted_and_a_forged_one_refused(handed: Path, home: Path):
    parts = Parts.of(handed)
    parts.column("result", test_accuracy=1.0)
    parts.write(home / "in" / "eve.zip")
    (home / "in" / "bob.zip").write_bytes(b"nothing")
    book = home / "grades.csv"

    said = cnn(
        *("verify", home / "in", "--assignment", LINK, "--seed", 3, "--gradebook", book), home=home
    )

    assert said.returncode == 1, said.stderr
    ann, bob, eve, count, *rest = said.stdout.splitlines()
    assert ann.startswith("refused   ann.zip  Ann: it has the")  # eve has her weights
    assert bob.startswith("refused   bob.zip  : it cannot be read")
    assert eve.startswith("refused   eve.zip  Ann: ")
    assert count == "0 accepted, 3 refused. Epochs were chosen by --seed 3."
    assert [line.strip() for line in rest[1:]] == list(CANNOT_PROVE)
    lines = list(csv.DictReader(book.read_text(encoding="utf-8-sig").splitlines()))
    assert [one["accepted"] for one in lines] == ["no", "no", "no"]

    alone = cnn("verify", handed, "--assignment", LINK, "--epochs", "all", "--json", home=home)

    assert alone.returncode == 0, alone.stdout
    (one,) = json.loads(alone.stdout)["hand_ins"]
    assert one["accepted"]
    assert one["epochs"] == [1, 2]
    result = json.loads(Parts.of(handed).about["run"]["result"])
    assert one["test"]["right"] == round(result["test_accuracy"] * 300)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "{home}/nowhere"), "nowhere cannot be read"),
        (("verify", "{home}/in", "--assignment", "no link"), "'no link' is no link to an"),
        (("verify", "{home}/in", "--epochs", "0"), "--epochs is a whole number from 1 on, or all"),
        (("runs", "hand-in", "x", "--to", "{home}/x", "--name", "A"), "there is no run 'x'"),
        (
            (
                "train",
                "shapes-demo",
                "--assignment",
                LINK,
                "--dataset",
                "mnist-sample",
                "--epochs",
                "1",
            ),
            "It is on other data",
        ),
        (("train", "shapes-demo", "--epochs", "1"), "no data are named. Add --dataset NAME"),
    ],
)
def test_what_cannot_be_done_is_a_line_with_the_reason(words, said, handed: Path, home: Path):
    found = cnn(*(one.format(home=home) if "{home}" in one else one for one in words), home=home)

    assert found.returncode in (1, 2)
    assert said in found.stdout + found.stderr
    assert "Traceback" not in found.stderr


def test_a_run_of_no_assignment_leaves_no_file(handed: Path, home: Path):
    (run,) = Store(f"sqlite:///{home / 'runs.sqlite'}").latest()
    refused = cnn(*("runs", "hand-in", run.id, "--to", home / "none.zip", "--name", " "), home=home)

    assert refused.returncode == 2
    assert "a hand-in has a name of 1 to 60 letters" in refused.stderr
    assert not list(home.glob("none*"))
    assert zipfile.is_zipfile(handed)
