"""Trainings on a real Ray cluster of two nodes: the same curves, also when a node is lost."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnn.commands import doctor
from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.people.person import Person, Role
from cnn.training.recipe.run import Run, Standing, State, Wish, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.store import Store
from cnn.training.workers.ray_cluster import ClusterError, must_ask_for_a_token
from tests import postgres
from tests.needs import GPU, RAY
from tests.some import some
from tests.training import ray_nodes
from tests.training.asking import ask
from tests.training.processes import ROOT, App, current, eventually, is_in, trains
from tests.training.ray_nodes import Cluster, node_of
from tests.training.story import NETWORK, PER_EPOCH, SETTINGS, Rows, curve

pytestmark = [
    pytest.mark.skipif(
        not Path("/proc").is_dir(), reason="looks for processes in /proc; runs on Linux"
    ),
    RAY.mark(),
]

EPOCHS = 5
SHORT, LONG = replace(SETTINGS, epochs=EPOCHS), replace(SETTINGS, epochs=1_000)
SHAPES = DatasetSpec(DatasetName.SHAPES)
TOLD = "The process that trained this run was told to end."
ONE_THREAD = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS")
REFERENCE = """
import sys
from cnn.training.engine import fit
from cnn.training.store.store import Store
from tests.training.story import NETWORK, SETTINGS
from dataclasses import replace

store = Store(sys.argv[1])
settings = replace(SETTINGS, epochs=int(sys.argv[2]))
print(fit.carry_out(store, store.add(NETWORK, settings, worker="me")).id)
"""
DISPATCHER = """
import sys
from cnn.training.workers import ray_dispatcher, ray_task
from cnn.training.store.store import Store

def fail(*_):
    raise ModuleNotFoundError("No module named 'tensorflow'")

if sys.argv[2] == "fails":
    ray_task.train = fail
ray_dispatcher.RETRIES = 0
ray_dispatcher.dispatch(Store(sys.argv[1]), "dispatcher", parent=sys.stdin.fileno())
"""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What `carry_out` leaves behind in a process of its own, with one thread as a node has."""
    url = f"sqlite:///{tmp_path_factory.mktemp('reference') / 'runs.sqlite'}"
    ran = subprocess.run(
        [sys.executable, "-c", REFERENCE, url, str(EPOCHS)],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(ONE_THREAD, "1"),
        capture_output=True,
        text=True,
        check=True,
    )
    store = Store(url)
    run = store.get(ran.stdout.split()[-1])
    assert run
    assert run.state is State.FINISHED, run.message
    found = curve(store, run)
    store.close()
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ray_nodes.cluster(2) as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ray")


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    """A PostgreSQL, as a cluster needs; where there is none, a file does on a single machine."""
    url = f"sqlite:///{home / 'runs.sqlite'}"
    if postgres.programs():
        url = postgres.new_database(request.getfixturevalue("postgresql"))
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def apps(cluster: Cluster, store: Store, home: Path) -> Iterator[list[App]]:
    """The apps that there have been; the last one is there now."""
    started = [App.started(store, home, settings=cluster.settings)]
    yield started
    for app in started:
        app.end()


def node(store: Store, run: Run) -> int:
    return node_of(current(store, run).worker)


@pytest.mark.proof
def test_two_runs_train_at_once_on_two_nodes_and_give_the_curve_of_this_machine(
    apps: list[App], store: Store, reference: dict[str, Rows]
):
    runs = [store.add(NETWORK, SHORT) for _ in range(2)]
    for run in runs:
        eventually("trains", trains(store, run))

    assert worker_states(store).count(WorkerState.ON_RAY) == 2
    assert len({node(store, run) for run in runs}) == 2
    for run in runs:
        eventually("finished", is_in(store, run, State.FINISHED))
        assert curve(store, run) == reference
        assert current(store, run).environment["processors"] == 1
    assert len(reference["steps"]) == EPOCHS * PER_EPOCH


@pytest.mark.proof
def test_a_run_is_paused_goes_on_and_is_stopped(apps: list[App], store: Store):
    run = store.add(NETWORK, LONG)
    eventually("trains", trains(store, run))

    store.want(run.id, Wish.PAUSE)
    eventually("paused", is_in(store, run, State.PAUSED))
    at = current(store, run).progress.step
    store.want(run.id, Wish.RUN)
    eventually("goes on", lambda: current(store, run).progress.step > at)
    store.want(run.id, Wish.STOP)

    eventually("stopped", is_in(store, run, State.STOPPED))


@pytest.mark.proof
def test_designs_are_checked_while_runs_hold_both_nodes(apps: list[App], store: Store):
    runs = [store.add(NETWORK, LONG) for _ in range(2)]
    for run in runs:
        eventually("trains", trains(store, run))
        store.want(run.id, Wish.PAUSE)
        eventually("paused", is_in(store, run, State.PAUSED))
    lenet = entry("lenet-5").architecture

    assert ask(store, lenet).standing is Standing.WANTED

    eventually("checked", lambda: ask(store, lenet).standing is Standing.AGREES)
    for run in runs:
        assert current(store, run).state is State.PAUSED
        store.want(run.id, Wish.STOP)
        eventually("stopped", is_in(store, run, State.STOPPED))


@pytest.mark.proof
def test_the_doctor_sees_the_nodes_and_what_a_training_asks_for(
    cluster: Cluster, store: Store, monkeypatch: pytest.MonkeyPatch
):
    for name, value in cluster.settings.items():
        monkeypatch.setenv(name, value)

    well = doctor._executor(store.url)
    monkeypatch.setenv("CNN_RAY_CPUS", "2")
    badly = doctor._executor(store.url)
    monkeypatch.delenv("CNN_RAY_CPUS")
    folder = Path(cluster.settings["RAY_TMPDIR"])
    folder.chmod(0o755)
    openly = doctor._executor(store.url)
    folder.chmod(0o700)

    assert well.words.endswith(
        ": 3 nodes, 2 CPUs, 0 GPUs; a training asks for 1 CPUs, 0 GPUs"
    )  # one of them is the head, without a processor
    assert well.trouble == ""
    assert "No machine of the Ray cluster has as many processors" in badly.trouble
    assert f"Other users of this machine may write to {folder}" in openly.trouble


@pytest.mark.proof
def test_a_run_whose_node_is_lost_goes_on_at_another_one_as_if_nothing_had_been(
    cluster: Cluster, apps: list[App], store: Store, reference: dict[str, Rows]
):
    run = store.add(NETWORK, SHORT)

    def is_beyond_its_checkpoint() -> bool:
        now = current(store, run)
        assert now.state in (State.QUEUED, State.RUNNING), (now.state, now.message)
        return now.checkpoint is not None and now.progress.step > now.checkpoint.step

    eventually("a checkpoint, and more", is_beyond_its_checkpoint)
    before = current(store, run)
    its_node = node(store, run)

    cluster.lose(its_node)

    eventually("another worker", lambda: current(store, run).worker != before.worker)
    assert before.checkpoint
    assert current(store, run).progress.step >= before.checkpoint.step > 0
    assert node(store, run) != its_node
    eventually("finished", is_in(store, run, State.FINISHED))
    found = curve(store, run)
    assert [step[0] for step in found["steps"]] == list(range(1, EPOCHS * PER_EPOCH + 1))
    assert [epoch[0] for epoch in found["epochs"]] == list(range(1, EPOCHS + 1))
    assert found == reference
    assert current(store, run).message == ""


@pytest.mark.proof
def test_a_queue_that_two_apps_hand_on_is_trained_once_each(
    cluster: Cluster, apps: list[App], store: Store, home: Path
):
    other = App.started(store, home / "other", settings=cluster.settings)
    both = [WorkerState.DISPATCHING] * 2
    eventually("two dispatchers", lambda: worker_states(store) == both)
    demo = entry("shapes-demo").architecture
    runs = [store.add(demo, replace(SETTINGS, dataset=SHAPES, epochs=2)) for _ in range(6)]

    for run in runs:
        eventually("finished", is_in(store, run, State.FINISHED))

    for run in runs:
        result = current(store, run).result
        assert result
        steps = [step.step for step in store.steps(run.id)]
        assert steps == list(range(1, (result.steps or 0) + 1))
        assert [epoch.epoch for epoch in store.epochs([run.id])[run.id]] == [1, 2]
    other.kill()


@pytest.mark.proof
def test_who_queues_one_is_begun_before_what_ray_has_of_another_person(
    apps: list[App], store: Store
):
    demo, short = entry("shapes-demo").architecture, replace(SETTINGS, dataset=SHAPES, epochs=2)
    anna, ben = (store.seen_by(Person(one, one, Role.LEARNER, "4b")) for one in ("anna", "ben"))
    many = [anna.add(demo, short) for _ in range(12)]
    eventually("begun", lambda: current(store, many[1]).started_at is not None)

    one = ben.add(demo, short)

    eventually("finished", is_in(store, one, State.FINISHED))
    came, began = one.created_at, current(store, one).started_at or 0.0
    hers = [current(store, run).started_at or 0.0 for run in many]
    assert sum(came < at < began for at in hers) <= 1  # as he came
    for run in many:
        store.want(run.id, Wish.STOP)


@pytest.mark.proof
def test_when_the_app_is_killed_its_runs_keep_their_last_step(
    cluster: Cluster, apps: list[App], store: Store, home: Path
):
    run, waiting = store.add(NETWORK, LONG), [store.add(NETWORK, LONG) for _ in range(2)]
    eventually("trains", trains(store, run))
    first = apps[-1]

    first.kill()

    eventually("interrupted", is_in(store, run, State.INTERRUPTED))
    eventually("no process", lambda: first.workers() == [])
    ended = current(store, run)
    assert ended.message == TOLD
    assert ended.checkpoint
    assert ended.checkpoint.step == ended.progress.step > 0
    assert worker_states(store) == []
    assert current(store, waiting[-1]).state is State.QUEUED
    for one in waiting:
        store.want(one.id, Wish.STOP)


@contextlib.contextmanager
def dispatcher(kind: str, cluster: Cluster, store: Store, home: Path) -> Iterator[None]:
    """One whose tasks are begun no second time; of the kind that `fails`, on every node."""
    process = subprocess.Popen(
        [sys.executable, "-c", DISPATCHER, store.url, kind],
        cwd=ROOT,
        env=os.environ | {"CNN_HOME": str(home)} | cluster.settings,
        stdin=subprocess.PIPE,
    )
    try:
        yield
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()


@pytest.mark.proof
def test_a_run_whose_process_dies_too_often_says_so(cluster: Cluster, store: Store, home: Path):
    with dispatcher("trains", cluster, store, home):
        run = store.add(NETWORK, LONG)
        eventually("trains", trains(store, run))

        os.kill(int(current(store, run).worker.split(".")[2]), signal.SIGKILL)

        eventually("said", lambda: "on Ray died 1 time" in current(store, run).message)
        assert current(store, run).state is State.INTERRUPTED
        assert "resume it" in current(store, run).message


@pytest.mark.proof
def test_a_run_that_no_node_can_train_says_why(cluster: Cluster, store: Store, home: Path):
    with dispatcher("fails", cluster, store, home):
        run = store.add(NETWORK, LONG)

        eventually("said", is_in(store, run, State.INTERRUPTED))
    assert current(store, run).message == (
        "A node of the Ray cluster could not train this run. ModuleNotFoundError: No module named "
        "'tensorflow'"
    )


@pytest.mark.proof
def test_a_cluster_that_asks_for_no_token_is_refused_by_joining_and_by_the_doctor(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
):
    with ray_nodes.cluster(1, RAY_AUTH_MODE="disabled") as anybodys:
        with pytest.raises(ClusterError) as caught:
            must_ask_for_a_token(anybodys.settings["CNN_RAY_ADDRESS"])
        for name, value in anybodys.settings.items():
            monkeypatch.setenv(name, value)
        found = doctor._executor(store.url)
        with dispatcher("trains", anybodys, store, home):
            eventually("refused", lambda: WorkerState.OPEN_CLUSTER in worker_states(store))

    assert caught.value.state is WorkerState.OPEN_CLUSTER
    assert "asks for no token" in found.trouble


def test_a_stranger_is_turned_away_by_a_cluster_that_asks_for_a_token(cluster: Cluster):
    must_ask_for_a_token(cluster.settings["CNN_RAY_ADDRESS"])


STRANGER = """
import sys
import ray

ray.init(sys.argv[1], log_to_driver=False)
print(ray.get(ray.remote(lambda: "it ran").remote()), flush=True)
"""


@pytest.mark.parametrize("knows_the_token", some([True, False], True))
def test_code_runs_for_who_knows_the_token_and_for_nobody_else(
    cluster: Cluster, tmp_path: Path, knows_the_token: bool
):
    kept = {name: one for name, one in os.environ.items() if not name.startswith("RAY_")}
    auth = {name: one for name, one in cluster.settings.items() if name.startswith("RAY_")}
    if not knows_the_token:
        auth |= {"RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": ""}
    try:
        came = subprocess.run(
            [sys.executable, "-c", STRANGER, cluster.settings["CNN_RAY_ADDRESS"]],
            env=kept | auth | {"HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as late:
        came = str(late.stdout)
    assert ("it ran" in came) == knows_the_token


@pytest.mark.proof
def test_a_run_that_takes_more_memory_than_there_is_ends_and_says_so(store: Store, home: Path):
    short = {"RAY_memory_usage_threshold": "0.02", "RAY_memory_monitor_refresh_ms": "200"}
    with ray_nodes.cluster(1, **short) as small, dispatcher("trains", small, store, home):
        run = store.add(NETWORK, LONG)

        eventually("given up", is_in(store, run, State.INTERRUPTED))
    assert "too little memory for this run: Ray ended it 4 times" in current(store, run).message


@GPU.mark()
def test_with_a_gpu_in_the_cluster_a_run_uses_it(cluster: Cluster, tmp_path: Path):
    settings = {name: one for name, one in cluster.settings.items() if name != "CNN_RAY_GPUS"}
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    app = App.started(store, tmp_path, settings=settings)
    run = store.add(NETWORK, SHORT)
    eventually("finished", is_in(store, run, State.FINISHED))
    found = current(store, run)
    app.end()
    store.close()

    assert found.environment["gpus"] == 1
