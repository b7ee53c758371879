"""`python -m cnn compare`, as a person types it."""

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cnn.__main__ import main
from cnn.commands import CommandError, compare
from cnn.commands.compare import _check_folder, _check_writable
from cnn.comparing.comparison import Entrant, Plan
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.pace import Pace
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.data.own.test_images import CATS_AND_DOGS, zipped
from tests.test_command_line_train import cnn
from tests.training.unreadable import spoil

CONDITIONS = ("--dataset", "shapes", "--epochs", "1")
COMPARE = ("compare", "shapes-demo", "lenet-5", *CONDITIONS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def compared(home: Path) -> subprocess.CompletedProcess[str]:
    files = ("--report", str(home / "report.html"), "--paper", str(home / "paper"))
    return cnn(*COMPARE, "--seeds", "2", *files, "--json", home=home)


@pytest.fixture(scope="module")
def results(compared: subprocess.CompletedProcess[str]) -> Any:
    assert compared.returncode == 0, compared.stderr
    outcome = json.loads(compared.stdout)
    assert set(outcome) == {
        *("results", "best", "level", "looks", "pairs_that_share_the_level"),
        *("networks_not_shown_that_share_it", "pairs"),
    }
    (pair,) = outcome["pairs"]
    assert (pair["first"], pair["second"]) == ("Shapes demo", "LeNet-5")
    return outcome["results"]


@pytest.fixture(scope="module")
def store(results, home: Path) -> Store:
    return Store(f"sqlite:///{home / 'runs.sqlite'}")


def test_the_files_for_a_paper_have_the_same_results(compared, results, home: Path):
    told = json.loads((home / "paper" / "results.json").read_text(encoding="utf-8"))

    assert told == json.loads(compared.stdout)
    assert "trained with 2 seeds" in (home / "paper" / "methods.md").read_text(encoding="utf-8")


def test_the_results_are_those_of_the_runs_in_the_store(results, store: Store):
    runs = [run for run in store.latest() if run.state is State.FINISHED]

    assert [one["name"] for one in results] == ["Shapes demo", "LeNet-5"]
    for one in results:
        assert set(one) == {
            *("name", "params", "trainable_params", "macs", "seeds"),
            *("test_accuracy_mean", "test_accuracy_sd", "test_accuracy_of_seeds"),
            "seconds_mean",
        }
        found = [run.result for run in runs if run.name == one["name"] and run.result]
        accuracies = [result.test_accuracy for result in found]
        assert one["seeds"] == [0, 1]
        assert sorted(one["test_accuracy_of_seeds"]) == sorted(accuracies)
        assert one["test_accuracy_mean"] == pytest.approx(statistics.mean(accuracies))
        assert one["test_accuracy_sd"] == pytest.approx(statistics.stdev(accuracies))
        curves = store.epochs([run.id for run in runs if run.name == one["name"]]).values()
        clocks = [curve[-1].seconds for curve in curves]
        assert one["seconds_mean"] == pytest.approx(statistics.mean(clocks))


def test_parameters_are_those_of_the_network_fitted_to_the_data(results):
    # LeNet-5 with three units in place of ten: 84 x 3 + 3 instead of 84 x 10 + 10.
    assert results[1]["params"] == 61_706 - 850 + 255


def test_a_report_is_written(results, home: Path):
    text = (home / "report.html").read_text(encoding="utf-8")

    assert text.startswith("<!doctype html>")
    assert "LeNet-5 and Shapes demo" in text or "Shapes demo and LeNet-5" in text


def test_what_was_trained_before_is_not_trained_again(results, store: Store, home: Path):
    before = store.count()

    again = cnn(*COMPARE, "--seeds", "2", "--json", home=home)

    assert json.loads(again.stdout)["results"] == results
    assert "4 finished runs are in the store already." in again.stderr
    assert store.count() == before


@pytest.mark.proof
def test_a_seed_more_trains_only_that(results, store: Store, home: Path):
    before = store.count()

    more = cnn(*COMPARE, "--seeds", "3", home=home)

    assert more.returncode == 0, more.stderr
    assert store.count() == before + 2
    assert "Shapes demo" in more.stdout
    assert "*" not in more.stdout
    assert "It cannot be told: they read images of" in more.stdout


def test_the_app_finds_the_runs_again(results, store: Store):
    demo = entry("shapes-demo").architecture
    plan = Plan((Entrant("shapes-demo", demo),), Configuration(epochs=1), 2)

    assert [run.configuration.seed for run in store.find(plan.recipes())] == [0, 1]


@pytest.mark.proof
def test_what_is_queued_elsewhere_is_not_waited_for(results, store: Store, home: Path):
    demo = entry("shapes-demo").architecture
    waiting = store.add(demo, Configuration(epochs=1, seed=0, batch_size=32))

    done = cnn(
        *("compare", "shapes-demo", "shapes-demo", *CONDITIONS, "--batch-size", "32", "--json"),
        home=home,
    )

    assert [one["seeds"] for one in json.loads(done.stdout)["results"]] == [[0]]
    store.remove(waiting.id)


@pytest.mark.parametrize(
    ("word", "steps"),
    [("macs", 41), pytest.param("training-macs", 40, marks=pytest.mark.proof)],
)
def test_equal_macs_give_the_second_network_the_steps_that_cost_nearest_to_the_firsts(
    results, store: Store, home: Path, word: str, steps: int
):
    """Forward, LeNet-5 with three units spends 415,932 MACs on each of 150 images, and Shapes demo
    100,448: 621.1 images. 4 epochs of 10 steps have 600, one step more 616, two more 632.

    There and back it is 3 x 415,932 - 28 x 28 x 6 x 25 = 1,130,196, and of Shapes demo
    3 x 100,448 - 16 x 16 x 8 x 9 = 282,912: 599.2 images, nearest to which are 4 whole epochs.
    """
    done = cnn(
        *("compare", "lenet-5", "shapes-demo", *CONDITIONS, "--budget", word, "--json"),
        home=home,
    )

    assert done.returncode == 0, done.stderr
    assert "1 finished run is in the store already." in done.stderr
    newest = store.latest(1)[0]
    assert (newest.name, newest.configuration.steps or 40) == ("Shapes demo", steps)
    assert newest.result
    assert newest.result.steps == steps
    assert [one["seeds"] for one in json.loads(done.stdout)["results"]] == [[0], [0]]


@pytest.mark.proof
def test_equal_time_is_spent_by_each(home: Path):
    done = cnn(
        *("compare", "shapes-demo", *CONDITIONS, "--budget", "0.2s", "--json"),
        *("--store", f"sqlite:///{home / 'timed.sqlite'}"),
        home=home,
    )

    assert done.returncode == 0, done.stderr
    (run,) = Store(f"sqlite:///{home / 'timed.sqlite'}").latest()
    assert (run.state, run.configuration.seconds) == (State.FINISHED, 0.2)
    assert run.checkpoint
    assert Pace(run.configuration, 150).is_over(run.checkpoint)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nonet", *CONDITIONS), "no network of the zoo is called"),
        (("lenet-5", *CONDITIONS, "--seeds", "0"), "seeds must be 1 to 10, got 0"),
        (("lenet-5", *CONDITIONS, "--seeds", "11"), "seeds must be 1 to 10, got 11"),
        (("lenet-5", "vgg-16", *CONDITIONS), "at most 30,000,000 are trained"),
        (("lenet-5", "--dataset", "nope", "--epochs", "1"), "There is no data set 'nope'"),
        (("lenet-5", "--dataset", "shapes", "--epochs", "0"), "epochs must be a whole number"),
        (
            ("lenet-5", *CONDITIONS, "--budget", "soon"),
            "is none of epochs, training-macs",
        ),
        (("lenet-5", *CONDITIONS, "--report", "/no/such/r.html"), "its folder is not there"),
        (("lenet-5", *CONDITIONS, "--paper", "/no/such/paper"), "its folder is not there"),
        (("lenet-5", *CONDITIONS, "--paper", "/dev/null"), "--paper takes a folder"),
        (("lenet-5", *CONDITIONS, "--report", "/tmp"), "it is a folder"),
        (("lenet-5", *CONDITIONS, "--report", "/proc/x.html"), "No such file or directory"),
        (("lenet-5", *CONDITIONS, "--report", f"/tmp/{'x' * 300}"), "File name too long"),
        (("lenet-5", *CONDITIONS, "--store", "sqlite:////proc/x.db"), "could not be used"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_line(
    arguments, message: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setenv("CNN_HOME", str(home))

    assert main(["compare", *arguments]) == 2

    said = capsys.readouterr()
    assert message in said.err.splitlines()[-1]
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_report_that_fails_at_the_end_leaves_the_results(results, home: Path):
    done = cnn(*COMPARE, "--seeds", "2", "--report", "/dev/full", "--json", home=home)

    assert done.returncode == 2
    assert json.loads(done.stdout)["results"] == results
    assert done.stderr.splitlines()[-1] == (
        "the report /dev/full cannot be written: No space left on device."
    )


def test_to_see_whether_a_report_can_be_written_changes_nothing(tmp_path: Path):
    there, new, link = (tmp_path / name for name in ("there.html", "new.html", "link.html"))
    there.write_text("an older report")
    link.symlink_to(tmp_path / "target.html")

    for path in (there, new, link):
        _check_writable(path)

    assert there.read_text() == "an older report"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.html", "there.html"]
    assert link.is_symlink()
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(CommandError, match=r"cannot be written: .+ Choose another file"):
        _check_writable(tmp_path / "a")


def test_files_of_own_images_that_are_no_pictures_are_named_once(home: Path, tmp_path: Path):
    own = tmp_path / "own.zip"
    own.write_bytes(zipped(CATS_AND_DOGS | {"cat/no.png": b"not a picture"}))

    refused = cnn(
        *("compare", "lenet-5", "shapes-demo", "--dataset", str(own), "--epochs", "1"),
        *("--budget", "macs", "--store", "sqlite:////proc/x.db"),
        home=home,
    )

    assert refused.stderr.count("1 file left out: cat/no.png: ") == 1


def test_a_training_that_cannot_be_read_is_left_out_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    own = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    run = own.add(entry("shapes-demo").architecture, Configuration(epochs=2))
    spoil(own, run, "field of its progress")
    monkeypatch.setattr(compare, "train_missing", lambda *_: None)

    ended = main(
        ["compare", "shapes-demo", "--dataset", "shapes", "--epochs", "2", "--store", own.url]
    )

    said = capsys.readouterr()
    assert ended == 1  # nothing of it could be trained here
    assert f"Left out: run {run.id} was written by version" in said.err
    assert "unknown field 'energy_kwh'" in said.err
    own.close()


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path):
    _check_folder(tmp_path)
    _check_folder(tmp_path / "new")
    (tmp_path / "README.md").write_text("mine")

    with pytest.raises(CommandError, match="holds other files"):
        _check_folder(tmp_path)
