"""What a training for an assignment keeps, and what of it is handed in."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from cnn.lessons.assignments import hand_in, handed_in, opened
from cnn.lessons.assignments.assignment import begun
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.progress import Standing
from cnn.training.engine import fit
from cnn.training.recipe.run import ASSIGNMENT, CHECKPOINT, STATE_AFTER, Progress, Run, State
from cnn.training.store.arrays import arrays_from_bytes
from cnn.training.upkeep import making_room
from cnn.training.upkeep import room as upkeep_room
from cnn.training.upkeep.room import Kind, Limits
from cnn.training.workers import resuming
from tests.lessons.assignments.conftest import Class
from tests.lessons.assignments.handed import ANSWERED, SETTINGS, TASK, TINY, handed, trained


@pytest.fixture
def store(room: Class):
    return room.store


@pytest.fixture(scope="module")
def ours(room: Class) -> Run:
    return trained(room.store)


@pytest.fixture(scope="module")
def other(room: Class) -> Run:
    return trained(room.store, task=None)


def states(store, run) -> list[str]:
    return sorted(name for name in store.file_sizes(run.id) if name.startswith(STATE_AFTER))


def test_every_checkpoint_of_an_assignment_is_kept_and_of_other_runs_the_last_alone(
    store, ours, other
):
    assert states(store, ours) == [f"state-000{epoch}" for epoch in range(4)]
    assert states(store, other) == []
    assert CHECKPOINT in store.file_sizes(other.id)
    last = arrays_from_bytes(store.file(ours.id, states(store, ours)[-1]))
    kept = arrays_from_bytes(store.file(ours.id, CHECKPOINT))
    for name, one in last.items():
        np.testing.assert_array_equal(one, kept[name])
    figures = [  # and the training is no other for being kept whole
        [(one.loss, one.val_loss, one.accuracy) for one in store.epochs([run.id])[run.id]]
        for run in (ours, other)
    ]
    assert figures[0] == figures[1]


def test_one_that_was_cut_off_and_resumed_is_handed_in_like_any_other(store, tmp_path):
    gone = False

    def watch(progress: Progress) -> None:
        nonlocal gone
        gone = progress.step > 14

    run = store.add(TINY, SETTINGS, worker="me", files={ASSIGNMENT: TASK.text.encode()})
    cut = fit.carry_out(store, run, watch, lambda: gone)
    assert cut.state is State.INTERRUPTED
    assert hand_in.why_not(store, cut) == "it is interrupted. Resume it first."

    done = fit.carry_out(store, resuming.resume(store, cut.id, worker="me"))

    assert done.state is State.FINISHED
    assert states(store, done) == [f"state-000{epoch}" for epoch in range(4)]
    assert handed(store, done, tmp_path / "it.zip").stat().st_size > 10_000


def test_what_continues_it_is_no_run_of_the_assignment(store, ours):
    more = resuming.extend(store, ours.id, 1, worker="me")

    assert hand_in.of_run(store, more) is None
    assert states(store, more) == []
    fit.carry_out(store, more)
    assert states(store, more) == []


def test_checkpoints_go_where_room_is_made_and_then_it_says_so(store):
    run = trained(store)
    sizes = store.file_sizes(run.id)
    (kept,) = (one for one in upkeep_room.kept(store) if one.run_id == run.id)
    assert kept.size_bytes[Kind.CHECKPOINTS] == sum(
        sizes[name] for name in (CHECKPOINT, *states(store, run))
    )
    plan = upkeep_room.plan([kept], Limits(0, 0))

    making_room.remove(store, plan)

    found = store.get(run.id)
    assert found
    assert hand_in.why_not(store, found) == (
        "it does not keep state-0000 any more. Train it again."
    )
    with pytest.raises(HandInError, match="does not keep state-0000 any more"):
        hand_in.write(store, found, io.BytesIO(), name="A", answer="", standing=Standing())


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [("", "", "whose is it"), ("\u200b ", "", "whose is it"), ("A", "x" * 2_001, "2,001 letters")],
)
def test_who_hands_in_nothing_is_told_why(store, ours, name, answer, said):
    with pytest.raises(HandInError, match=said):
        hand_in.write(store, ours, io.BytesIO(), name=name, answer=answer, standing=Standing())


def test_what_was_handed_in_by_a_click_and_saved_of_a_class_is_read_as_a_hand_in(
    store, ours, tmp_path
):
    handed_in.put(store, ours, "To be quick", ANSWERED)
    me = store.person.id
    with store.begin() as connection:
        found = handed_in.of_class(connection, [me])
    (theirs,) = [one for one in found if one.handed_in]
    with io.BytesIO() as into:
        handed_in.save_all(store, theirs, {me: "Ann"}, into)
        with zipfile.ZipFile(into) as archive:
            (name,) = archive.namelist()
            archive.extract(name, tmp_path)
    by_click = opened.opened(tmp_path / name)
    by_file = opened.opened(handed(store, ours, tmp_path / "file.zip"))
    for field in ("name", "answer", "answers", "assignment", "run", "curve", "packed_states"):
        assert getattr(by_click, field) == getattr(by_file, field)


def test_a_run_of_no_assignment_is_not_handed_in(store, other):
    with pytest.raises(HandInError, match="was trained for no assignment"):
        hand_in.write(store, other, io.BytesIO(), name="A", answer="", standing=Standing())


def test_no_two_trainings_for_an_assignment_have_one_seed():
    seeds = {begun(SETTINGS).seed for _ in range(50)}

    assert len(seeds) == 50
    assert replace(begun(SETTINGS), seed=SETTINGS.seed) == SETTINGS


def test_the_size_that_is_told_is_that_of_the_file(store, ours, tmp_path):
    size = handed(store, ours, tmp_path / "it.zip").stat().st_size

    assert hand_in.size_bytes(store, ours) == pytest.approx(size, rel=0.3)
