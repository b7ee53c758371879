"""Runs that another version wrote: left alone by everything, and given as what they are."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Checkpoint, Result, Run, Standing, State, WorkerState
from cnn.training.recipe.unreadable import PROGRAM, Unreadable
from cnn.training.store import archive, designs, heartbeats, run_list, tables
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store
from cnn.training.upkeep import upkeep
from cnn.training.workers import checks
from cnn.training.workers.resuming import ContinuationError, extend, resume, take_over
from cnn.version import VERSION, is_later
from tests.some import some
from tests.training.asking import ask
from tests.training.stores import url_of
from tests.training.unreadable import FOREIGN, KINDS, damage, row_of, spoil

ROOT = Path(__file__).parents[3]
LENET = entry("lenet-5").architecture
DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)
QUEUED_KINDS = [kind for kind in KINDS if kind not in ("state", "wish")]
"""Those that leave a run waiting as it was."""


def finished(store: Store) -> Run:
    run = store.add(LENET, SETTINGS)
    store.finish(run.id, State.FINISHED, result=RESULT)
    store.keep_files(run.id, {"weights": b"some"}, Checkpoint(epoch=4, step=30))
    return run


def unreadable(store: Store, kind: str) -> Unreadable:
    run = finished(store)
    spoil(store, run, kind)
    found = store.look_up(run.id)
    assert isinstance(found, Unreadable)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unknown_in_a_run_is_named_with_the_run_and_the_version(store: Store, kind: str):
    found = unreadable(store, kind)

    assert found.reason.startswith(KINDS[kind][1])
    assert found.words.startswith(f"run {found.id} was written by ")
    assert f"this one ({VERSION}) cannot read it: {found.reason}." in found.words
    if kind != "environment":
        assert found.version == VERSION


TEXTS = ("id", "name", "message", "data_fingerprint", "worker", "continues", "network", "dataset")


@pytest.mark.parametrize("column", [*TEXTS, "note", "recipe", "first_step", "is_archived"])
def test_bytes_in_a_column_make_a_run_unreadable_and_nothing_else(file: Path, column: str):
    store = Store(url_of(file))
    good, bad = finished(store), finished(store)
    damage(store, bad, FOREIGN["bytes"], column)

    listed = run_list.page(store)
    (found,) = [one for one in listed if isinstance(one, Unreadable)]

    assert [one.id for one in listed if isinstance(one, Run)] == [good.id]
    assert "b'\\xff\\xfe\\x00' is" in found.reason
    assert found.id == (bad.id if column != "id" else "b'\\xff\\xfe\\x00'")
    assert found.name == ("unnamed" if column == "name" else "LeNet-5")
    store.close()


FOREIGN_OFTEN = (
    *("bytes", "text with control signs", "half a sign", "number", "beyond all numbers"),
    *("far below 0", "nothing"),
)


@pytest.mark.parametrize("held", some(FOREIGN, *FOREIGN_OFTEN))
def test_whatever_a_column_holds_the_list_and_its_filters_find_all_runs(file: Path, held: str):
    store = Store(url_of(file))
    good = finished(store)
    for column in tables.runs.columns.keys():  # noqa: SIM118 - SQLAlchemy's columns are no dict
        damage(store, finished(store), FOREIGN[held], column)
    damage(store, finished(store), FOREIGN[held], *list(tables.runs.columns.keys())[1:])
    many = 2 + len(tables.runs.columns)

    found = [run_list.page(store, Filter(is_archived=one)) for one in (False, True)]

    assert [len(one) for one in found] == [many, 0]
    assert [run_list.count(store, Filter(is_archived=one)) for one in (False, True)] == [many, 0]
    for run in found[0]:
        texts = [run.id, run.name, run.note]
        if isinstance(run, Unreadable):
            texts += [run.reason, run.version, run.state, run.network, run.dataset]
            assert run.words
        elif isinstance(run, Elsewhere):  # by the column that says so
            texts += [run.message, run.worker, run.words]
        else:
            texts += [run.message, run.data_fingerprint, run.worker, run.continues]
            assert isinstance(run.first_step, int)
        assert all(isinstance(one, str) for one in texts)
        assert "".join(texts).encode()
        time.gmtime(run.created_at)
    assert store.get(good.id) in found[0]
    there = run_list.choices(store)
    assert {"LeNet-5"} <= set(there.networks)
    assert {"shapes"} <= set(there.datasets)
    assert all(isinstance(one, str) for one in (*there.networks, *there.datasets))
    for wanted in (Filter("lenet"), Filter(network="LeNet-5"), Filter(dataset="shapes")):
        assert many - 3 <= len(run_list.page(store, wanted)) == run_list.count(store, wanted)
    assert good.id in [run.id for run in store.latest()]
    run_list.live(store)
    for topic in upkeep.check(store.url):
        assert topic.words
    store.close()


@pytest.mark.parametrize("held", some(FOREIGN, *FOREIGN_OFTEN))
def test_a_worker_takes_what_can_be_read_of_a_damaged_queue(file: Path, held: str):
    store = Store(url_of(file))
    for column in tables.runs.columns.keys():  # noqa: SIM118 - SQLAlchemy's columns are no dict
        damage(store, store.add(LENET, SETTINGS), FOREIGN[held], column)
    good = store.add(LENET, SETTINGS)
    heartbeats.dismiss_silent(store)

    taken = []
    while run := store.claim_next("me"):
        taken.append(run.id)

    assert good.id in taken
    assert len(set(taken)) == len(taken) <= len(tables.runs.columns)
    store.close()


def test_all_other_runs_are_found_as_if_those_were_not_there(store: Store):
    before, bad = finished(store), [unreadable(store, kind) for kind in KINDS]
    after = finished(store)
    good = [store.get(after.id), store.get(before.id)]

    assert store.latest() == good
    assert store.find([before.recipe]) == good[::-1]
    assert store.unreadable([before.recipe]) == bad
    assert [store.get(one.id) for one in bad] == [None] * len(bad)
    assert run_list.page(store) == [good[0], *bad[::-1], good[1]]
    assert run_list.page(store, Filter(words="lenet"), 1, 1) == [bad[-1]]
    assert store.count() == run_list.count(store) == 2 + len(bad)


def test_a_worker_leaves_them_in_the_queue_and_takes_those_behind_them(store: Store):
    bad, good = [store.add(LENET, SETTINGS) for _ in QUEUED_KINDS], store.add(LENET, SETTINGS)
    for run, kind in zip(bad, QUEUED_KINDS, strict=True):
        spoil(store, run, kind)
    rows = [row_of(store, run.id) for run in bad]

    assert store.waiting() == [good.id]
    claimed = store.claim_next("me")
    assert claimed
    assert (claimed.id, claimed.state, claimed.worker) == (good.id, State.RUNNING, "me")
    for _ in range(2):
        assert store.claim_next("me") is None
        assert store.waiting() == []
    assert [store.claim(run.id, "me") for run in bad] == [None] * len(bad)
    heartbeats.beat(store, "me", WorkerState.READY)
    heartbeats.dismiss(store, "me")
    heartbeats.dismiss_silent(store)
    assert [row_of(store, run.id) for run in bad] == rows


def test_they_neither_go_on_nor_are_taken_over_and_their_rows_stay_as_they_are(store: Store):
    for kind in KINDS:
        run = store.add(LENET, SETTINGS, worker="gone")
        store.keep_files(run.id, {"weights": b"some"}, Checkpoint(epoch=2, step=9))
        store.finish(run.id, State.INTERRUPTED, result=RESULT)
        spoil(store, run, kind)
        row, bad = row_of(store, run.id), store.look_up(run.id)
        assert isinstance(bad, Unreadable)

        for worker in ("", "me"):
            with pytest.raises(ContinuationError) as refused:
                resume(store, run.id, worker=worker)
            assert str(refused.value) == bad.words
        with pytest.raises(ContinuationError, match="cannot read it"):
            extend(store, run.id, 2)
        assert take_over(store, run.id, "me", held_by="gone") is None
        assert row_of(store, run.id) == row
        assert store.file(run.id, "weights") == b"some"


def test_it_is_deleted_with_all_that_belongs_to_it_where_a_person_wants_that(store: Store):
    bad = unreadable(store, "layer")

    assert store.remove(bad.id)
    assert store.look_up(bad.id) is None
    assert store.file(bad.id, "weights") is None


LATER = """
import sys
from dataclasses import dataclass
import cnn.version
cnn.version.VERSION = "99.1"
from cnn.network.layers import KINDS, Layer

@dataclass(frozen=True, slots=True)
class Attention(Layer):
    pass

KINDS["Attention"] = Attention
from cnn.network.architecture import Architecture
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import designs
from cnn.training.store.store import Store
store, lenet = Store(sys.argv[1]), entry("lenet-5").architecture
network = Architecture("LeNet with attention", lenet.input, (Attention(), *lenet.layers))
designs.save(store, network)
print(store.add(network, Configuration()).id)
assert store.latest()[0].architecture == network
"""


def test_a_run_and_a_design_of_a_later_version_say_which_wrote_them_and_why_not(
    store: Store, url: str
):
    good = store.add(LENET, SETTINGS)
    later = [sys.executable, "-c", LATER, url]
    ran = subprocess.run(later, cwd=ROOT, capture_output=True, text=True, check=True)
    id = ran.stdout.strip()

    found = store.look_up(id)
    assert isinstance(found, Unreadable)
    assert found.words == (
        f"run {id} was written by a later version (99.1) of the program; this one ({VERSION}) "
        "cannot read it: its network: layers[0]: unknown kind 'Attention'. It stays as it is: use "
        "the version that wrote it, or delete it."
    )
    assert (found.name, found.network) == ("LeNet with attention", "LeNet with attention")
    assert (found.state, found.dataset, found.is_live) == ("queued", "shapes", True)
    assert store.waiting() == [good.id]
    (design,) = designs.latest(store)
    assert isinstance(design, designs.UnreadableDesign)
    assert "the design 'LeNet with attention' was saved by another version" in design.words
    assert "unknown kind 'Attention'. It stays as it is" in design.words
    assert designs.find(store, "LeNet with attention") == design
    assert designs.free_name(store, "LeNet with attention") == "LeNet with attention (2)"
    assert designs.remove(store, "LeNet with attention")


def test_designs_beside_one_that_cannot_be_read_are_found(store: Store):
    designs.save(store, LENET)
    broken = {"name": "x", "architecture": "{", "saved_at": 1.0}
    with store.begin() as connection:
        connection.execute(insert(tables.designs).values(broken))

    found = designs.latest(store)

    assert [one.name for one in found] == ["LeNet-5", "x"]
    assert isinstance(found[0], designs.Saved)


@pytest.mark.parametrize("text", ["1.0", "0.1.1", "0.2", "10", "0.10.0.dev1"])
def test_a_later_version_is_known_as_that(text: str):
    assert is_later(text)


@pytest.mark.parametrize("text", [VERSION, "0.0.9", "", "tomorrow", "-1", "v2"])
def test_a_version_that_is_not_later_is_not(text: str):
    assert not is_later(text)


def test_every_run_notes_the_version_that_wrote_it(store: Store):
    run = store.add(LENET, SETTINGS)
    assert run.environment == {PROGRAM: VERSION}
    store.finish(run.id, State.FINISHED, result=RESULT)
    store.keep_files(run.id, {}, Checkpoint(epoch=4, step=30))

    assert extend(store, run.id, 2).environment == {PROGRAM: VERSION}


def test_runs_that_may_still_happen_are_found_whether_they_can_be_read_or_not(store: Store):
    finished(store)
    queued, bad = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    spoil(store, bad, "layer")
    unknown = unreadable(store, "state")
    unreadable(store, "layer")

    found = {one.id for one in run_list.live(store)}

    assert found == {queued.id, bad.id, unknown.id}


def test_a_worker_in_a_state_of_another_version_is_left_out_and_left_alone(store: Store):
    heartbeats.beat(store, "old", WorkerState.READY)
    heartbeats.beat(store, "new", WorkerState.READY)
    run = store.add(DEMO, SETTINGS, worker="new")
    with store.begin() as connection:
        theirs = tables.workers.c.name == "new"
        connection.execute(update(tables.workers).where(theirs).values(state="compiling"))

    assert heartbeats.worker_states(store) == [WorkerState.READY]
    assert heartbeats.state_of(store, "new") is None
    heartbeats.dismiss_silent(store)
    assert store.get(run.id) == run


def test_a_check_that_another_version_asked_for_waits_for_it_and_keeps_nobody(store: Store):
    ask(store, LENET)
    network = json.dumps(LENET.to_dict() | {"layers": [{"kind": "Attention"}]})
    with store.begin() as connection:
        connection.execute(
            insert(tables.checks).values(
                digest="later", architecture=network, standing="wanted", wanted_at=9e9
            )
        )

    assert checks.is_wanted(store)
    assert checks.carry_out_next(store)
    assert not checks.is_wanted(store)
    assert not checks.carry_out_next(store)
    with store.begin() as connection:
        left = connection.execute(
            tables.checks.select().where(tables.checks.c.digest == "later")
        ).one()
    assert (left.standing, left.architecture) == ("wanted", network)


def test_what_another_version_found_of_a_design_is_no_error(store: Store):
    ask(store, LENET)
    with store.begin() as connection:
        connection.execute(update(tables.checks).values(standing="agrees in part"))

    found = ask(store, LENET)

    assert found.standing is Standing.FAILED
    assert "'agrees in part'" in found.words[0]


def test_an_archive_of_another_version_is_taken_in_and_its_runs_are_said_to_be_that(
    store: Store, tmp_path: Path
):
    one = unreadable(store, "data set")
    content = archive.packed(store, [one.id])
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite'}")

    assert archive.take_in(other, content) == [one.id]

    found = other.look_up(one.id)
    assert isinstance(found, Unreadable)
    assert found.reason == one.reason
    assert (found.dataset, found.network) == (one.dataset, one.network)
    other.close()
