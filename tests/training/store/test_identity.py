"""Whether the process behind a worker's name is still there, tried on real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State, WorkerState
from cnn.training.store import heartbeats
from cnn.training.store.identity import has_ended, identified
from cnn.training.store.store import Store

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="processes are found in /proc; runs on Linux"
)
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@needs_proc
def test_a_process_is_there_until_it_has_ended_also_while_nobody_has_asked_for_it():
    process = subprocess.Popen(SLEEPER)
    name = identified("worker-1", process.pid)
    assert has_ended(name) is False

    process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie: its parent did not ask
    assert has_ended(name) is True
    process.wait()
    assert has_ended(name) is True


@needs_proc
def test_another_process_of_the_same_number_is_not_taken_for_it():
    mine = identified("worker-1")
    assert has_ended(mine) is False
    assert mine.split(".")[2] == str(os.getpid())

    assert has_ended(f"{mine}0") is True


@pytest.mark.parametrize("name", ["worker-1", "me", "", "worker-1.00000000.1.1", "a.b", "a.b.c.d"])
def test_of_a_name_without_a_process_of_this_machine_nothing_can_be_said(name: str):
    assert has_ended(name) is None


def test_a_name_fits_the_column_it_is_kept_in():
    assert len(identified("worker-1a2b3c4d")) <= 64


@needs_proc
def test_a_run_whose_process_was_killed_is_interrupted_without_waiting_for_its_silence(
    tmp_path: Path,
):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    process = subprocess.Popen(SLEEPER)
    names = identified("worker-1", process.pid), identified("worker-2")
    runs = [store.add(entry("shapes-demo").architecture, Configuration(), worker=n) for n in names]
    for name in names:
        heartbeats.beat(store, name, WorkerState.READY)
    process.kill()
    process.wait()

    assert heartbeats.worker_states(store) == [WorkerState.READY]
    heartbeats.dismiss_silent(store)

    found = [store.get(run.id) for run in runs]
    assert [run.state for run in found if run] == [State.INTERRUPTED, State.RUNNING]
    store.close()


@needs_proc
def test_a_worker_whose_process_is_there_may_be_silent_for_long_but_not_for_ever(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(heartbeats, "SILENT_AFTER_S", -1.0)
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    name = identified("worker-1")
    run = store.add(entry("shapes-demo").architecture, Configuration(), worker=name)
    heartbeats.beat(store, name, WorkerState.READY)

    heartbeats.dismiss_silent(store)
    found = store.get(run.id)
    assert found
    assert found.state is State.RUNNING

    monkeypatch.setattr(heartbeats, "HUNG_AFTER_S", -1.0)
    heartbeats.dismiss_silent(store)
    found = store.get(run.id)
    assert found
    assert found.state is State.INTERRUPTED
    store.close()
