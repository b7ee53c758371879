"""`python -m cnn doctor`: it finds what is wrong, and says what to do."""

import json
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn.__main__ import main
from cnn.commands import doctor
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WorkerState
from cnn.training.store import heartbeats
from cnn.training.store.store import Store
from cnn.training.upkeep.upkeep import Finding
from cnn.training.workers import ray_cluster
from tests.needs import RAY

Doctor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """What is found in a home of its own, by topic; without starting TensorFlow."""
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CNN_STORE", raising=False)
    monkeypatch.delenv("CNN_DATA_DIR", raising=False)
    monkeypatch.setattr(doctor, "_devices", lambda: Finding("devices", "not asked for"))

    def run(topic: str, *, status: int) -> list[dict[str, Any]]:
        assert main(["doctor", "--json"]) == status
        said = json.loads(capsys.readouterr().out)
        assert said["wrong"] == sum(bool(one["trouble"]) for one in said["findings"])
        return [one for one in said["findings"] if one["topic"] == topic]

    return run


def test_where_all_is_well_it_says_so_line_by_line_and_what_it_stands_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    monkeypatch.delenv("CNN_STORE", raising=False)

    assert main(["doctor"]) == 0

    said = capsys.readouterr().out
    for word in ("Python 3.", "streamlit 1.", "tensorflow 2.", "GiB free for", "runs.sqlite"):
        assert word in said
    assert "MNIST sample: 6,000 and 1,000 images" in said
    assert "Shapes: 180 and 300 images" in said
    assert "TensorFlow trains on: " in said
    assert said.endswith("Nothing is wrong.\n")


def test_a_setting_that_is_no_number_counts_as_not_set_and_is_named(
    found: Doctor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_WORKERS", "two")
    monkeypatch.setenv("CNN_MAX_QUEUE", "12")

    wrong = {one["words"]: one["trouble"] for one in found("setting", status=1)}

    assert "Set CNN_WORKERS" in wrong["CNN_WORKERS=two"]
    assert wrong["CNN_MAX_QUEUE=12"] == ""


def test_a_store_that_cannot_be_used_says_why_and_keeps_its_password_to_itself(
    found: Doctor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_STORE", "nonsense://me:secret@127.0.0.1/runs")

    (one,) = found("store", status=1)

    assert one["trouble"]
    assert "secret" not in json.dumps([*found("setting", status=1), one])


def test_trainings_that_wait_for_no_worker_are_found(found: Doctor, tmp_path: Path):
    (tmp_path / "home").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'home' / 'runs.sqlite'}")
    store.add(entry("shapes-demo").architecture, Configuration(epochs=1))
    store.close()

    (one,) = found("executor", status=1)

    assert one["words"] == "workers: none is running; 1 training waits"
    assert "python -m cnn worker" in one["trouble"]


def test_a_home_that_is_a_file_is_found(found: Doctor, tmp_path: Path):
    (tmp_path / "home").write_text("a file")

    (one,) = found("disk", status=1)

    assert "set CNN_HOME to a folder" in one["trouble"]


def test_a_damaged_mnist_is_found_with_both_ways_out(
    found: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "mnist.npz").write_bytes(b"PK not a zip")
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))

    (one,) = [one for one in found("data", status=1) if one["trouble"]]

    assert one["words"].startswith("MNIST: cannot be read")
    assert "mnist.npz" in one["trouble"]


def test_a_folder_of_data_that_is_not_there_is_found(
    found: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path / "nowhere"))

    (one,) = (one for one in found("setting", status=1) if "CNN_DATA_DIR" in one["words"])

    assert one["words"] == f"CNN_DATA_DIR={tmp_path / 'nowhere'}"
    assert "no such folder" in one["trouble"]
    assert "mnist.npz" in one["trouble"]


def test_a_folder_where_one_of_four_idx_files_is_missing_is_found_and_the_file_is_named(
    found: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))
    names = [
        *("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        *("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
    ]
    for lacking in names:
        for name in names:
            (tmp_path / name).touch()
        (tmp_path / lacking).unlink()

        (one,) = (one for one in found("data", status=1) if one["trouble"])

        assert one["words"] == "MNIST: cannot be read"
        assert f"({lacking})" in one["trouble"]


def test_the_folder_of_fashion_mnist_itself_is_no_broken_mnist(
    found: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rng = np.random.default_rng(0)
    arrays = {
        "train-images-idx3-ubyte": rng.integers(0, 256, (60_000, 28, 28)).astype(np.uint8),
        "train-labels-idx1-ubyte": np.repeat(np.arange(10, dtype=np.uint8), 6_000),
        "t10k-images-idx3-ubyte": rng.integers(0, 256, (10_000, 28, 28)).astype(np.uint8),
        "t10k-labels-idx1-ubyte": np.repeat(np.arange(10, dtype=np.uint8), 1_000),
    }
    for name, array in arrays.items():
        header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        (tmp_path / name).write_bytes(header + array.tobytes())
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))

    said = [one["words"] for one in found("data", status=0)]

    assert any(one.startswith("Fashion-MNIST: 60,000 and 10,000 images") for one in said)
    assert any(one.startswith("MNIST: not here") for one in said)


def test_a_tensorflow_that_does_not_start_is_said_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(doctor, "DEVICES", "raise SystemExit('a library is missing')")

    one = doctor._devices()

    assert "a library is missing" in one.words
    assert "pip install -r requirements.txt" in one.trouble


def test_an_executor_that_is_none_is_named_with_those_there_are(
    found: Doctor, monkeypatch: pytest.MonkeyPatch
):
    (one,) = found("runs on", status=0)
    assert one["words"] == "this machine"
    monkeypatch.setenv("CNN_EXECUTOR", "dask")

    (one,) = found("runs on", status=1)

    assert one["trouble"] == (
        "CNN_EXECUTOR is 'dask', which is none there is. Set it to local or ray, or not at all."
    )


def test_where_ray_is_wanted_and_missing_it_says_how_to_install_it(
    found: Doctor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_EXECUTOR", "ray")
    monkeypatch.setitem(sys.modules, "ray", None)  # what an import of it meets then

    (one,) = found("runs on", status=1)

    assert "pip install -r requirements.txt -r requirements-ray.txt" in one["trouble"]


def test_a_cluster_that_does_not_answer_is_found_at_once(
    found: Doctor, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("ray", reason=RAY.reason)
    monkeypatch.setenv("CNN_EXECUTOR", "ray")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setenv("CNN_RAY_ADDRESS", address)

    (one,) = found("runs on", status=1)

    assert address in one["words"]
    assert f"The Ray cluster at {address} does not answer" in one["trouble"]
    assert "ray start --head" in one["trouble"]


def test_whoever_lists_programs_sees_no_password_of_the_store(monkeypatch: pytest.MonkeyPatch):
    sees = """
import json, sys
seen = ["se" "cret" in given for given in (" ".join(sys.orig_argv), sys.stdin.read())]
print(json.dumps(["here", "/tmp/ray", ["here", *map(float, seen)]]))
"""
    monkeypatch.setenv("CNN_EXECUTOR", "ray")
    monkeypatch.setattr(doctor, "CLUSTER", sees)
    monkeypatch.setattr(doctor, "version", lambda _: "2")
    monkeypatch.setattr(ray_cluster, "imported", lambda: None)
    monkeypatch.setattr(ray_cluster, "cluster_address", lambda: "10.0.0.5:6379")

    found = doctor._executor("postgresql+psycopg://me:secret@host/cnn")

    assert "1 nodes, 0 CPUs, 1 GPUs" in found.words, "it is read, and stands in no command"


def test_why_a_dispatcher_takes_no_runs_is_said(found: Doctor, tmp_path: Path):
    (tmp_path / "home").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'home' / 'runs.sqlite'}")
    store.add(entry("shapes-demo").architecture, Configuration(epochs=1))
    heartbeats.beat(store, "worker", WorkerState.NO_ROOM)
    store.close()

    (one,) = found("executor", status=1)

    assert one["words"] == "workers: no room; 1 training waits"
    assert "CNN_RAY_CPUS" in one["trouble"]


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("CNN_MAX_EPOCHS", "0", 1),
        ("CNN_MAX_EPOCHS", "-4", 1),
        ("CNN_MAX_PARAMS", "0", 1),
        ("CNN_MAX_QUEUE", "-1", 0),
        ("CNN_MAX_RUNNING_EACH", "0", 1),
        ("CNN_MAX_STORE_MB_EACH", "-1", 0),
        ("CNN_WORKERS", "-1", 0),
        ("CNN_MAX_UPLOAD_MB", "0", 1),
        ("CNN_RAY_CPUS", "0", 1),
        ("CNN_RAY_GPUS", "-1", 0),
    ],
)
def test_a_number_that_can_mean_nothing_is_wrong_and_one_that_can_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, least: int
):
    for told, is_wrong in ((value, True), (str(least), False), ("", False)):
        monkeypatch.setenv(name, told)
        (one,) = (one for one in doctor._settings() if one.words == f"{name}={told}")
        said = f"A whole number of {least} or more is expected, so it counts as not set. Set {name}"
        assert one.trouble.startswith(said) if is_wrong else not one.trouble


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CNN_LOG", "loud", "It is none of debug, info, warning, error, so it counts as not set."),
        ("CNN_LOG_FORMAT", "xml", "It is none of text, json, so it counts as not set."),
    ],
)
def test_a_word_that_is_none_of_those_it_can_be_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
):
    for told in (value, "JSON" if name == "CNN_LOG_FORMAT" else "Debug", ""):
        monkeypatch.setenv(name, told)
        (one,) = (one for one in doctor._settings() if one.words == f"{name}={told}")
        assert one.trouble.startswith(words) if told == value else not one.trouble


def test_the_last_backup_is_named_and_how_one_is_made(found: Doctor, tmp_path: Path):
    (one,) = found("backup", status=0)
    assert one["words"] == (
        "none so far. Make one with: python -m cnn store backup FILE (a copy of runs.sqlite alone "
        "may lack what is new)"
    )
    assert main(["store", "backup", str(tmp_path / "mine.sqlite")]) == 0
    store = Store(f"sqlite:///{tmp_path / 'home' / 'runs.sqlite'}")
    store.add(entry("shapes-demo").architecture, Configuration(epochs=1))

    words = doctor._backup(store.url).words
    log = tmp_path / "home" / "runs.sqlite-wal"
    assert f"Z, {tmp_path / 'mine.sqlite'}. Make one with: " in words
    assert words.startswith("the last one: 20")
    assert words.endswith(f"lacks the {log.stat().st_size:,} bytes of runs.sqlite-wal)")
    store.close()


def test_a_server_makes_its_own_backups():
    words = doctor._backup("postgresql+psycopg://me@host/cnn").words

    assert words == "made with the server's own programs, such as pg_dump"
