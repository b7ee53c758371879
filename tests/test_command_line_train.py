"""`python -m cnn train|runs|worker`, as a person types it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnn.__main__ import main
from cnn.data.own import library
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.zoo import entry
from cnn.training.engine.kept_splits import kept_splits
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests import warm
from tests.data.own.test_images import CATS_AND_DOGS, png, zipped

ROOT = Path(__file__).parents[1]


def cnn(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return warm.run("-m", "cnn", *arguments, env=os.environ | {"CNN_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def trained(home: Path) -> subprocess.CompletedProcess[str]:
    return cnn("train", "lenet-5", "--dataset", "shapes", "--epochs", "2", "--json", home=home)


@pytest.fixture(scope="module")
def outcome(trained: subprocess.CompletedProcess[str]) -> Any:
    assert trained.returncode == 0, trained.stderr
    return json.loads(trained.stdout)


def test_train_ends_with_one_json_object(outcome):
    assert set(outcome) == {
        *("run_id", "state", "epochs", "test_accuracy"),
        *("images", "test_images", "seconds", "images_per_s"),
    }
    assert outcome["images"] == {"train": 150, "validation": 30, "test": 300}
    assert outcome["state"] == "finished"
    assert outcome["test_images"] == 300
    assert 0.3 < outcome["test_accuracy"] <= 1
    assert len(outcome["epochs"]) == 2
    for epoch in outcome["epochs"]:
        assert set(epoch) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_train_says_on_standard_error_what_it_does_and_nothing_else(trained, outcome):
    said = trained.stderr.splitlines()

    assert said[0].startswith("The last dense layer has 3 units instead of 10")
    assert re.fullmatch(r"Expected on this machine: (roughly|about) .+ and .+iB\.", said[1])
    assert said[2] == f"LeNet-5 on shapes, run {outcome['run_id']}"
    assert said[3].startswith("epoch 1/2  loss ")
    assert said[4].startswith("epoch 2/2  loss ")
    assert len(said) == 5, said


def test_the_run_is_in_the_store_of_the_app(outcome, home: Path):
    run = Store(f"sqlite:///{home / 'runs.sqlite'}").get(outcome["run_id"])

    assert run
    assert run.state is State.FINISHED
    assert run.result
    assert run.result.test_accuracy == outcome["test_accuracy"]


def test_runs_lists_and_shows_and_deletes(outcome, home: Path):
    id = outcome["run_id"]
    another = Store(f"sqlite:///{home / 'runs.sqlite'}").add(
        entry("shapes-demo").architecture, Configuration(epochs=1)
    )

    assert f"{id}  " in cnn("runs", home=home).stdout
    listed = json.loads(cnn("runs", "list", "--json", home=home).stdout)
    assert [one["run_id"] for one in listed] == [another.id, id]
    shown = json.loads(cnn("runs", "show", id, "--json", home=home).stdout)
    assert shown["epochs"] == outcome["epochs"]
    assert shown["architecture"]["name"] == "LeNet-5"
    assert "validation" in cnn("runs", "show", id, home=home).stdout
    assert json.loads(cnn("runs", "delete", another.id, "--json", home=home).stdout) == {
        "deleted": another.id
    }
    gone = cnn("runs", "show", another.id, home=home)
    assert gone.returncode == 2
    assert gone.stderr.startswith(f"there is no run '{another.id}'.")


@pytest.mark.proof
def test_a_run_goes_on_where_it_was_interrupted_and_beyond_its_end(home: Path):
    begun = subprocess.Popen(
        [
            *(sys.executable, "-m", "cnn", "train", "lenet-5", "--dataset", "mnist-sample"),
            *("--epochs", "4", "--shift", "0.05", "--rotation", "5"),
        ],
        cwd=ROOT,
        env=os.environ | {"CNN_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stderr
    said = iter(begun.stderr)
    id = next(line for line in said if ", run " in line).split()[-1]
    assert next(said).startswith("epoch 1/4  loss ")
    begun.send_signal(signal.SIGINT)
    assert begun.wait(60) == 130
    begun.stderr.close()
    store = Store(f"sqlite:///{home / 'runs.sqlite'}")
    cut_off = store.get(id)
    assert cut_off
    assert cut_off.checkpoint
    done = cut_off.checkpoint.epoch - 1

    resumed = cnn("runs", "resume", id, "--json", home=home)

    assert resumed.returncode == 0, resumed.stderr
    outcome = json.loads(resumed.stdout)
    assert (outcome["run_id"], outcome["state"]) == (id, "finished")
    assert resumed.stderr.splitlines()[1].startswith(f"epoch {done + 1}/4  loss ")
    epochs = len(outcome["epochs"])
    assert done < epochs == 4
    steps = store.steps(id, 100_000)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))

    again = cnn("runs", "resume", id, home=home)
    assert again.returncode == 2
    assert "cannot be resumed: it is finished. Extend it by more epochs." in again.stderr

    longer = cnn("runs", "resume", id, "--more-epochs", "1", "--json", home=home)
    outcome = json.loads(longer.stdout)
    assert outcome["run_id"] != id
    assert len(outcome["epochs"]) == epochs + 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lenet-5", "--dataset", "shapes", "--epochs", "1", "--zoom", "2"), "zoom must be"),
        (("lenet-5", "--dataset", "nope", "--epochs", "1"), "There is no data set 'nope': shapes,"),
        (("lenet-5", "--dataset", "shapes", "--epochs", "0"), "epochs must be a whole number"),
        (("lenet-5", "--dataset", "shapes", "--epochs", "1", "--batch-size", "0"), "batch_size"),
        (("nonet", "--dataset", "shapes", "--epochs", "1"), "no network of the zoo is called"),
        (("lenet-5", "--dataset", "own:birds", "--epochs", "1"), "kept are: none so far"),
        (("lenet-5", "--dataset", "gone.zip", "--epochs", "1"), "gone.zip"),
        (("vgg-16", "--dataset", "shapes", "--epochs", "1"), "at most 30,000,000 are trained"),
        (
            ("lenet-5", "--dataset", "shapes", "--epochs", "1", "--store", "sqlite:////proc/x.db"),
            "the run store sqlite:////proc/x.db could not be used",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_line(
    arguments, message: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setenv("CNN_HOME", str(home))

    assert main(["train", *arguments]) == 2

    said = capsys.readouterr()
    assert message in said.err.splitlines()[-1]
    assert "Traceback" not in said.err
    assert said.out == ""


def test_images_that_were_brought_to_the_app_are_trained_on_by_their_name(tmp_path: Path):
    arrived, _ = library.read(zipped(CATS_AND_DOGS), "pets.zip", tmp_path / "images")
    library.keep(arrived, "pets", tmp_path / "images")

    done = cnn(
        *("train", "shapes-demo", "--dataset", "own:pets", "--epochs", "1", "--json"), home=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["test_images"] == 2
    assert "Images are resized from 5×6 to 16×16 pixels (width × height)" in done.stderr


@pytest.mark.proof
def test_a_zip_with_its_own_splits_is_trained_and_tested_on_them(tmp_path: Path):
    file = tmp_path / "pets.zip"
    file.write_bytes(
        zipped(
            {
                f"{part}/{animal}/{n}.png": png(10 * n + grey)
                for part, count in (("train", 12), ("val", 3), ("test", 5))
                for animal, grey in (("cat", 5), ("dog", 128))
                for n in range(count)
            }
        )
    )

    done = cnn(
        "train", "shapes-demo", "--dataset", str(file), "--epochs", "1", "--json", home=tmp_path
    )

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["images"] == {"train": 24, "validation": 6, "test": 10}
    assert (
        "24 images of train/ to train, 6 of val/ to validate, 10 of test/ to test." in done.stderr
    )
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    run = store.get(outcome["run_id"])
    assert run
    assert run.configuration.dataset.splits == "train-validation-test"
    kept = kept_splits(store, run.id)
    assert kept.how in done.stderr
    assert kept.counts == {"train": (12, 12), "validation": (3, 3), "test": (5, 5)}


def test_help_needs_neither_numpy_nor_the_store():
    code = (
        "import sys; from cnn.__main__ import _parser; _parser(); "
        "print({'numpy', 'sqlalchemy', 'tensorflow'} & sys.modules.keys())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "sqlalchemy" not in ran.stdout
    assert "tensorflow" not in ran.stdout


@pytest.mark.proof
def test_files_of_own_images_that_are_no_pictures_are_named(tmp_path: Path):
    broken = {f"cat/no\x1b {number}.png": b"not a picture" for number in range(7)}
    own = tmp_path / "own.zip"
    own.write_bytes(zipped(CATS_AND_DOGS | broken))

    done = cnn(
        *("train", "shapes-demo", "--dataset", str(own), "--epochs", "1", "--json"), home=tmp_path
    )

    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()[0]
    assert said.startswith("7 files left out: cat/no  0.png: ")
    assert said.count("; cat/no  ") == 4
    assert said.endswith("; and 2 more")


@pytest.mark.proof
def test_a_softmax_in_place_of_a_sigmoid_is_said_before_training(tmp_path: Path):
    network = Architecture("Sigmoids", (8, 8, 1), (Flatten(), Dense(3, "sigmoid")))
    file = tmp_path / "sigmoids.json"
    file.write_text(json.dumps(network.to_dict()))
    words = (file, "--dataset", "shapes", "--epochs", "1", "--json")

    trained = cnn("train", *map(str, words), home=tmp_path)
    compared = cnn("compare", *map(str, words), "--seeds", "1", home=tmp_path)

    assert trained.returncode == 0, trained.stderr
    assert trained.stderr.startswith("The sigmoid at the end is replaced by a softmax: of the 3")
    assert "Sigmoids: The sigmoid at the end is replaced by a softmax" in compared.stderr
    shown = cnn("runs", "show", json.loads(trained.stdout)["run_id"], "--json", home=tmp_path)
    found = json.loads(shown.stdout)
    assert found["architecture"]["layers"][-1]["activation"] == "softmax"
    assert "caution" not in found


@pytest.mark.proof
def test_a_training_of_one_step_has_no_measured_speed(tmp_path: Path):
    words = ("train", "lenet-5", "--dataset", "shapes", "--epochs", "1", "--batch-size", "8192")

    as_json, said = cnn(*words, "--json", home=tmp_path), cnn(*words, home=tmp_path)

    assert json.loads(as_json.stdout)["images_per_s"] is None
    assert "images/s" not in said.stdout
    assert re.search(r"after \d+\.\d s of training\. ", f"{said.stdout.strip()} ")


def test_more_epochs_than_are_trained_here_are_refused_where_a_run_goes_on(
    outcome, home: Path, monkeypatch: pytest.MonkeyPatch
):
    store = Store(f"sqlite:///{home / 'runs.sqlite'}")
    before = store.count()
    monkeypatch.setenv("CNN_MAX_EPOCHS", "3")

    refused = cnn("runs", "resume", outcome["run_id"], "--more-epochs", "2", home=home)

    assert refused.returncode == 2
    assert refused.stderr.startswith("4 epochs are more than the 3 that are trained here.")
    assert store.count() == before


@pytest.mark.proof
def test_a_training_whose_run_is_deleted_ends_and_says_so(tmp_path: Path):
    begun = subprocess.Popen(
        [
            *(sys.executable, "-m", "cnn", "train", "lenet-5"),
            *("--dataset", "mnist-sample", "--epochs", "40"),
        ],
        cwd=ROOT,
        env=os.environ | {"CNN_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert begun.stderr
    id = next(line for line in begun.stderr if ", run " in line).split()[-1]

    refused = cnn("runs", "delete", id, home=tmp_path)
    assert refused.returncode == 2
    assert f"Stop it first: python -m cnn runs stop {id}" in refused.stderr
    Store(f"sqlite:///{tmp_path / 'runs.sqlite'}").remove(id)  # by whoever does not ask

    said, _ = begun.communicate(timeout=120)
    assert begun.returncode == 1
    assert said == "stopped: Deleted while it was trained: nothing of it is kept.\n"
