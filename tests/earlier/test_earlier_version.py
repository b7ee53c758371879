"""What version af1b611 made before its modules were moved still opens, and says the same.

Its store holds a comparison of two networks on digits, with three seeds of each, and a run that was
trained on shifted and turned digits; `runs.zip` is an archive of two of these runs, `compared.json`
what its command line said of the comparison, `exported_script.txt` the script of the last run.
"""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.training.engine import fit
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.run import State
from cnn.training.store.archive import take_in
from cnn.training.store.store import Store
from cnn.training.workers.resuming import extend

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCRIPT = HERE / "exported_script.txt"


@pytest.fixture
def url(tmp_path: Path) -> str:
    file = tmp_path / "runs.sqlite"
    file.write_bytes(gzip.decompress((HERE / "store.sqlite.gz").read_bytes()))
    return f"sqlite:///{file}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def ran(*words: str, cwd: Path = HERE) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env={"PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_comparison_says_what_it_said_and_trains_nothing_anew(url: str):
    asked = "compare few.json many.json --dataset digits --epochs 3 --seeds 3 --json --store"
    said = ran("-m", "cnn", *asked.split(), url)

    assert json.loads(said) == json.loads((HERE / "compared.json").read_text(encoding="utf-8"))


def test_every_run_is_read_whole(store: Store):
    runs = store.latest()

    assert len(runs) == 7
    for run in runs:
        assert run.state is State.FINISHED
        assert len(store.epochs([run.id])[run.id]) == run.configuration.epochs
        assert trained_weights(store, run)


def test_a_run_that_had_finished_can_be_trained_further(store: Store):
    before = next(run for run in store.latest() if run.configuration.shift)

    run = fit.carry_out(store, extend(store, before.id, 1, worker="me"))

    assert run.state is State.FINISHED, run.message
    assert len(store.epochs([run.id])[run.id]) == 3
    assert run.configuration.rotation == 10


def test_an_archive_is_taken_in_with_all_that_it_measured(store: Store, tmp_path: Path):
    taken = Store(f"sqlite:///{tmp_path / 'other.sqlite'}")

    ids = take_in(taken, (HERE / "runs.zip").read_bytes())

    assert len(ids) == 2
    assert taken.epochs(ids) == store.epochs(ids)
    for id in ids:
        here, there = taken.get(id), store.get(id)
        assert here is not None
        assert there is not None
        assert (here.result, here.architecture) == (there.result, there.architecture)
    taken.close()


@pytest.mark.proof
def test_an_exported_script_runs_unchanged_and_gives_the_curve(tmp_path: Path):
    again = tmp_path / "again.py"
    again.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")

    said = ran(str(again), cwd=tmp_path)

    assert float(said.split("recorded curve: ")[1]) < 1e-3
