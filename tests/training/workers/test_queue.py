"""The queue's limit, which holds for all who add to it at the same moment."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import Checkpoint, Result, Run, State
from cnn.training.store.store import Store
from cnn.training.workers import queue
from cnn.training.workers.queue import Wanted
from cnn.training.workers.resuming import extend, resume
from tests.training.unreadable import spoil

ROOT = Path(__file__).parents[3]
DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)
MOST = 5


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_MAX_QUEUE", str(MOST))


def wanted(count: int) -> list[Wanted]:
    return [Wanted(DEMO, Configuration(epochs=3, seed=seed)) for seed in range(count)]


def cut_off(store: Store) -> Run:
    run = store.add(DEMO, SETTINGS, worker="me")
    store.keep_files(run.id, {}, Checkpoint(epoch=2, step=9))
    store.finish(run.id, State.INTERRUPTED)
    return run


def done(store: Store) -> Run:
    run = store.add(DEMO, SETTINGS, worker="me")
    store.keep_files(run.id, {}, Checkpoint(epoch=4, step=30))
    store.finish(run.id, State.FINISHED, result=RESULT)
    return run


def test_what_is_put_into_the_queue_waits_there_as_it_was_wanted(store: Store):
    one, other = Wanted(DEMO, SETTINGS, ("It has 3 units.",)), Wanted(DEMO, SETTINGS)

    found = queue.put(store, [one, other])

    assert [store.get(run.id) for run in found] == found
    assert [run.state for run in found] == [State.QUEUED] * 2
    assert [run.changes for run in found] == [("It has 3 units.",), ()]
    assert store.waiting() == [run.id for run in found]
    assert queue.put(store, []) == []


def test_of_several_trainings_all_are_queued_or_none(store: Store):
    queue.put(store, wanted(3))

    with pytest.raises(ConfigurationError, match="3 runs are waiting already, 3 more would be ove"):
        queue.put(store, wanted(3))
    assert store.count() == 3
    queue.put(store, wanted(2))
    assert store.count([State.QUEUED]) == MOST


def test_what_cannot_be_read_takes_nobodys_place(store: Store):
    for run in queue.put(store, wanted(MOST)):
        spoil(store, run, "layer")

    readable = queue.put(store, wanted(MOST))

    assert store.waiting() == [run.id for run in readable]
    with pytest.raises(ConfigurationError, match="5 runs are waiting already, 1 more would be ove"):
        queue.put(store, wanted(1))


def test_what_goes_on_joins_the_queue_under_the_same_limit(store: Store):
    interrupted, finished = cut_off(store), done(store)
    before = store.get(interrupted.id)
    queue.put(store, wanted(MOST))

    with pytest.raises(ConfigurationError, match="5 runs are waiting already"):
        resume(store, interrupted.id)
    with pytest.raises(ConfigurationError, match="5 runs are waiting already"):
        extend(store, finished.id, 2)
    assert store.get(interrupted.id) == before
    assert store.count() == MOST + 2
    assert resume(store, interrupted.id, worker="me").state is State.RUNNING  # at once, in no queue
    assert extend(store, finished.id, 2, worker="me").state is State.RUNNING


PRESS = """
import sys
from cnn.network.zoo import entry
from cnn.training.workers import queue
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.workers.queue import Wanted
from cnn.training.store.store import Store
store, demo = Store(sys.argv[1]), entry("shapes-demo").architecture
print("ready", flush=True)
sys.stdin.readline()
try:
    queue.put(store, [Wanted(demo, Configuration(epochs=3))])
    print("in")
except ConfigurationError as error:
    print(error)
"""


def test_of_seven_processes_that_press_at_once_five_get_in(store: Store, url: str):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PRESS, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(7)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0].strip() for process in started]

    assert told.count("in") == MOST
    assert store.count([State.QUEUED]) == store.count() == MOST
    refused = "5 runs are waiting already, 1 more would be over the limit of 5."
    assert sum(one.startswith(refused) for one in told) == 7 - MOST


def test_the_limit_holds_for_all_ways_into_the_queue_at_once(store: Store, url: str):
    ways: list[tuple[int, Callable[[Store], object]]] = [
        *[(1, partial(resume, run_id=cut_off(store).id)) for _ in range(3)],
        *[(1, partial(extend, run_id=done(store).id, more_epochs=2)) for _ in range(3)],
        *[(2, partial(queue.put, wanted=wanted(2))) for _ in range(3)],
    ]
    before, start, got_in = store.count(), threading.Barrier(len(ways)), list[int]()

    def press(places: int, go: Callable[[Store], object]) -> None:
        own = Store(url)
        start.wait()
        with contextlib.suppress(ConfigurationError):
            go(own)
            got_in.append(places)
        own.close()

    threads = [threading.Thread(target=press, args=way) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.count([State.QUEUED]) == sum(got_in)
    assert sum(got_in) in (MOST - 1, MOST)  # the last place is too few for one who wants two
    assert before <= store.count() <= before + sum(got_in)
