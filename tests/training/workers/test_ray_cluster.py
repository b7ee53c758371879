"""Where a cluster is looked for, what a training asks of it, and what keeps it from training."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnn.settings import Executor, SettingError, executor
from cnn.training.recipe.run import WorkerState
from cnn.training.workers import ray_cluster, ray_dispatcher
from cnn.training.workers.ray_cluster import ClusterError, Node, Request, request, what_is_wrong
from tests.training.processes import ROOT

SMALL, GRAPHICS = Node("10.0.0.1", 2.0, 0.0), Node("10.0.0.2", 16.0, 1.0)
FILE, SERVER = "sqlite:////data/runs.sqlite", "postgresql+psycopg://me@10.0.0.9/cnn"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CNN_EXECUTOR", "CNN_RAY_ADDRESS", "CNN_RAY_CPUS", "CNN_RAY_GPUS", "RAY_ADDRESS"):
        monkeypatch.delenv(name, raising=False)


def test_trainings_run_on_this_machine_unless_ray_is_set(monkeypatch: pytest.MonkeyPatch):
    assert executor() is Executor.LOCAL
    monkeypatch.setenv("CNN_EXECUTOR", "ray")
    assert executor() is Executor.RAY
    monkeypatch.setenv("CNN_EXECUTOR", "rey")
    with pytest.raises(
        SettingError, match=r"'rey', which is none there is\. Set it to local or ray"
    ):
        executor()


def test_a_worker_of_an_unknown_executor_says_so_in_one_line():
    ran = subprocess.run(
        [sys.executable, "-m", "cnn", "worker"],
        cwd=ROOT,
        env=os.environ | {"CNN_EXECUTOR": "rey"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2
    assert ran.stderr.startswith("CNN_EXECUTOR is 'rey'")
    assert ran.stderr.count("\n") == 1


def test_an_app_of_an_unknown_executor_ends_and_says_so_without_a_traceback(tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=0"],
        cwd=ROOT,
        env=os.environ | {"CNN_EXECUTOR": "rey", "CNN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    said = ran.stdout + ran.stderr
    assert ran.returncode == 1
    assert "CNN_EXECUTOR is 'rey', which is none there is. Set it to local or ray" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("nodes", "settings", "asked"),
    [
        ([SMALL], {}, Request(1, 0)),
        ([SMALL, GRAPHICS], {}, Request(1, 1)),
        ([SMALL, GRAPHICS], {"CNN_RAY_GPUS": "0"}, Request(1, 0)),
        ([SMALL], {"CNN_RAY_CPUS": "4", "CNN_RAY_GPUS": "2"}, Request(4, 2)),
        ([SMALL], {"CNN_RAY_CPUS": "0"}, Request(1, 0)),
    ],
)
def test_a_training_asks_for_a_gpu_where_there_is_one_and_for_what_is_set(
    nodes: list[Node], settings: dict[str, str], asked: Request, monkeypatch: pytest.MonkeyPatch
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    assert request(nodes) == asked


@pytest.mark.parametrize(
    ("nodes", "url", "cpus", "wrong"),
    [
        ([SMALL], FILE, "2", None),
        ([SMALL], FILE, "3", WorkerState.NO_ROOM),
        ([], FILE, "1", WorkerState.NO_ROOM),
        ([SMALL, GRAPHICS], SERVER, "3", None),
        ([SMALL, GRAPHICS], FILE, "3", WorkerState.NOT_SHARED),
    ],
)
def test_what_keeps_a_cluster_from_training(
    nodes: list[Node],
    url: str,
    cpus: str,
    wrong: WorkerState | None,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("CNN_RAY_CPUS", cpus)

    assert what_is_wrong(nodes, SMALL.address, url) is wrong
    assert wrong is None or ray_cluster.WRONG[wrong]


@pytest.mark.parametrize("address", ["nonsense", ":6379", "10.0.0.5:port", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused_before_ray_is_asked(
    address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_RAY_ADDRESS", address)
    monkeypatch.setitem(sys.modules, "ray", None)  # it would wait for minutes, and end the process

    with pytest.raises(ClusterError, match=r"does not answer.*correct CNN_RAY_ADDRESS") as refused:
        ray_cluster.join(FILE)

    assert refused.value.state is WorkerState.NO_CLUSTER


def test_without_ray_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with socket.create_server(("127.0.0.1", 0)) as there:
        monkeypatch.setenv("CNN_RAY_ADDRESS", f"127.0.0.1:{there.getsockname()[1]}")

        with pytest.raises(ClusterError, match=r"pip install .*requirements-ray\.txt") as refused:
            ray_cluster.join(FILE)

    assert refused.value.state is WorkerState.NO_RAY


def test_a_store_in_the_folder_one_is_in_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)

    whole = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    assert ray_cluster.whole_url("sqlite:///runs.sqlite") == whole
    for url in (whole, "postgresql+psycopg://me:secret@host/cnn", "sqlite:///file:a?uri=true"):
        assert ray_cluster.whole_url(url) == url


SECRET = "postgresql+psycopg://me:se%40cret@10.0.0.9:5432/cnn?sslmode=require"
NAMED = "postgresql+psycopg://me@10.0.0.9:5432/cnn?sslmode=require"


def test_a_stores_password_stays_behind_and_each_machine_has_its_own(
    monkeypatch: pytest.MonkeyPatch,
):
    assert ray_cluster.without_password(SECRET) == NAMED
    assert ray_cluster.without_password(FILE) == FILE
    for field in ("password", "sslpassword", "passfile", "PassWord", "conninfo", "dsn", "host"):
        asked = f"{NAMED}&{field}=host%3Dh%20password%3Dsecret"
        assert ray_cluster.without_password(asked) == NAMED
        assert "CNN_STORE" not in ray_cluster._variables(asked)
        monkeypatch.setenv("CNN_STORE", asked)
        assert ray_cluster.with_own_password(NAMED) == asked
    assert "CNN_STORE" not in ray_cluster._variables(SECRET)
    assert ray_cluster._variables(NAMED)["CNN_STORE"] == NAMED

    monkeypatch.setenv("CNN_STORE", SECRET)
    assert ray_cluster.with_own_password(NAMED) == SECRET
    for other in (
        "postgresql+psycopg://me:x@10.0.0.8/cnn",
        "postgresql+psycopg://me:x@10.0.0.9:port/cnn",
        "no address at all",
        "",
    ):
        monkeypatch.setenv("CNN_STORE", other)
        assert ray_cluster.with_own_password(NAMED) == NAMED


def test_nothing_that_is_handed_to_ray_holds_the_password(monkeypatch: pytest.MonkeyPatch):
    seen: list[object] = []

    class Remote:
        def __call__(self, _: object) -> "Remote":
            return self

        def options(self, **_: object) -> "Remote":
            return self

        def remote(self, *arguments: object) -> int:
            seen.append(arguments)
            return len(seen)

    class Rays:
        def remote(self, **_: object) -> Remote:
            return Remote()

    handed = ray_dispatcher._Dispatcher(SimpleNamespace(url=SECRET), "me", Rays())  # type: ignore[arg-type]
    handed._request = Request(1, 0)
    handed._train("a-run")
    handed._check()

    assert len(seen) == 2
    assert "cret" not in repr(seen)


def test_a_cluster_that_is_started_here_asks_for_a_token(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setattr(ray_cluster, "cluster_address", lambda: "")
    with pytest.raises(ClusterError, match="asks for no token") as caught:
        ray_cluster.join(FILE)

    assert caught.value.state is WorkerState.OPEN_CLUSTER


@pytest.mark.proof
def test_who_is_no_cluster_is_not_taken_for_one_that_asks_for_a_token(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(ray_cluster, "STRANGER_S", 8.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ClusterError, match="cannot be found out") as caught:
        ray_cluster.must_ask_for_a_token(f"127.0.0.1:{port}")

    assert caught.value.state is WorkerState.NO_CLUSTER
