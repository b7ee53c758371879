"""Hand-ins that are not what they say: each forgery is refused, for its reason; no honest one is.

A forger has all of this program: what a recipe, a count of images or a fingerprint gives away is
mended in most of these.
"""

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cnn.lessons.assignments import tolerance
from cnn.lessons.assignments.copies import copies
from cnn.lessons.assignments.gradebook import COLUMNS, gradebook
from cnn.lessons.assignments.opened import opened
from cnn.lessons.assignments.verify import ALL, Graded, files_in, verify
from cnn.lessons.challenges import goals
from tests.lessons.assignments.conftest import Class
from tests.lessons.assignments.handed import DATA, TASK, Parts

Forge = Callable[[Parts, Class], object]
SEED = 5


def graded(*paths, epochs: int = 1, task=TASK) -> list[Graded]:
    return verify(list(paths), task, seed=SEED, epochs=epochs)


def test_honest_hand_ins_are_accepted_with_what_was_measured_here(room: Class):
    found = graded(*files_in(room.folder / "in"), room.patient, epochs=ALL)

    assert [one.reason for one in found] == ["", "", ""]
    for one in found:
        assert one.found
        assert one.test
        assert one.found.run.result
        assert one.test.accuracy == one.found.run.result.test_accuracy
        assert [each.goal.measure for each in one.judged] == ["test", "params"]
        assert one.is_late is False
    assert found[0].epochs == (1, 2, 3)


def test_one_epoch_by_chance_is_done_again_beside_the_one_that_was_tested(room: Class):
    by_seed = {verify([room.ann], TASK, seed=seed)[0].epochs for seed in (0, 1)}

    assert by_seed == {(1, 3), (2, 3)}


# What is forged, and what gives it away -----------------------------------------------------------


def curve(figure: str, by: float, *places: int) -> Forge:
    """Figures of the curve changed by so much: of all epochs, or of some."""

    def forge(parts: Parts, _room: Class) -> None:
        for one in (parts.about["curve"][place] for place in places or range(3)):
            one[figure] += by

    return forge


def steps_too(parts: Parts, _room: Class) -> None:
    """Losses of all steps, and what epochs come to by them."""
    parts.change("steps.npz", lambda name, one: one * 0.9 if name == "loss" else one)
    for one in parts.about["curve"]:
        one["loss"] *= 0.9


def hits_too(parts: Parts, _room: Class) -> None:
    """One image more right in the last epoch, in the very step, as no share gives away."""
    steps = parts.arrays("steps.npz")
    place = int(np.flatnonzero(steps["accuracy"][:-1] < 0.9)[-1])
    steps["accuracy"][place] += 5 / 16
    parts.put("steps.npz", steps)
    parts.about["curve"][place // 10]["accuracy"] += 5 / 150


def result(**values: object) -> Forge:
    return lambda parts, _room: parts.column("result", **values)


def better_test(by: int) -> Forge:
    def forge(parts: Parts, _room: Class) -> None:
        was = json.loads(parts.about["run"]["result"])["test_accuracy"]
        parts.column("result", test_accuracy=was + by / 300)

    return forge


def files_of(other: str, *names: str) -> Forge:
    """Some files, or all but the curve's, of another hand-in."""

    def forge(parts: Parts, room: Class) -> None:
        theirs = room.parts(other)
        for name in names or [*theirs.states, "weights.npz"]:
            parts.files[name] = theirs.files[name]

    return forge


def noise(parts: Parts, _room: Class) -> None:
    """A copy whose digests are others: every number is moved by next to nothing."""
    chance = np.random.default_rng(1)

    def moved(name: str, one: np.ndarray) -> np.ndarray:
        is_weight = one.dtype == np.float32 and not name.startswith("optimizer")
        return one + chance.normal(0, 1e-7, one.shape).astype(one.dtype) if is_weight else one

    parts.about["run"].update(id="0123456789ab")
    for name in parts.states[1:]:
        parts.change(name, moved)
    last = parts.arrays(parts.states[-1])
    weights = parts.arrays("weights.npz")
    for name, key in zip(weights, sorted(last), strict=False):
        weights[name] = last[key]
    parts.put("weights.npz", weights)


def other_weights(parts: Parts, _room: Class) -> None:
    parts.change("weights.npz", lambda _, one: one * 1.01)


def seed(parts: Parts, _room: Class) -> None:
    parts.configure(seed=99)


def seed_only(parts: Parts, _room: Class) -> None:
    parts.column("configuration", seed=99)


def in_place_of(other: str, *, with_images: bool = False) -> Forge:
    """Another training as it is, which says of itself what the honest one says."""

    def forge(parts: Parts, room: Class) -> None:
        honest, theirs = room.parts(), room.parts(other)
        fingerprint = theirs.about["run"]["data_fingerprint"]
        theirs.pass_for(honest)
        if not with_images:
            theirs.about["run"]["data_fingerprint"] = fingerprint
        counts = json.loads(honest.about["run"]["result"])
        theirs.column("result", train_images=counts["train_images"])
        parts.about, parts.files = theirs.about, theirs.files

    return forge


def swapped(parts: Parts, _room: Class) -> None:
    one, other = parts.states[1:3]
    parts.files[one], parts.files[other] = parts.files[other], parts.files[one]


def truncated(parts: Parts, _room: Class) -> None:
    name = parts.states[2]
    parts.files[name] = parts.files[name][:-400]


def dropped(*places: int) -> Forge:
    def forge(parts: Parts, _room: Class) -> None:
        for name in [parts.states[place] for place in places]:
            del parts.files[name]

    return forge


def shortened(parts: Parts, _room: Class) -> None:
    """The last epoch left out, everywhere."""
    del parts.files[parts.states[-1]], parts.about["curve"][-1]
    steps = {name: one[:20] for name, one in parts.arrays("steps.npz").items()}
    parts.put("steps.npz", steps)
    parts.column("result", epochs=2, steps=20)


def shortened_as_set(parts: Parts, room: Class) -> None:
    shortened(parts, room)
    parts.configure(epochs=2)


def design(change: Callable[[list[dict[str, object]]], object]) -> Forge:
    def forge(parts: Parts, _room: Class) -> None:
        drawn = json.loads(parts.about["run"]["architecture"])
        change(drawn["layers"])
        parts.about["run"]["architecture"] = json.dumps(drawn)
        parts.settle()

    return forge


def optimizer(to: Callable[[np.ndarray], np.ndarray], *places: int) -> Forge:
    """What the optimizer remembers changed: the moments, not its count of steps."""

    def forge(parts: Parts, _room: Class) -> None:
        for name in [parts.states[place] for place in places or range(1, 4)]:
            parts.change(
                name,
                lambda key, one: to(one) if key.startswith("optimizer") and one.ndim else one,
            )

    return forge


def count_of_steps(parts: Parts, _room: Class) -> None:
    def more(key: str, one: np.ndarray) -> np.ndarray:
        return one + 1 if key == "optimizer/0000" else one

    parts.change(parts.states[2], more)


def random_numbers(parts: Parts, _room: Class) -> None:
    def other(_key: str, one: np.ndarray) -> np.ndarray:
        return one + 1 if one.dtype.kind in "iu" and one.ndim else one

    parts.change(parts.states[2], other)


def not_a_number(parts: Parts, _room: Class) -> None:
    def spoilt(key: str, one: np.ndarray) -> np.ndarray:
        return one * np.nan if key == "optimizer/0003" else one.astype(one.dtype)

    parts.change(parts.states[1], spoilt)


def longer_curve(parts: Parts, room: Class) -> None:
    parts.about["curve"] = room.parts("long").about["curve"][:3]


def four_epochs(parts: Parts, room: Class) -> None:
    parts.about["curve"] = room.parts("long").about["curve"][:4]


def longer_weights(parts: Parts, room: Class) -> None:
    """The end of a longer training put in the place of one's own, with all that it measured."""
    long = room.parts("long")
    last, weights = long.arrays(long.states[-1]), long.files["weights.npz"]
    own = parts.arrays(parts.states[-1])
    last["optimizer/0000"] = own["optimizer/0000"]
    for name in (key for key, one in own.items() if one.dtype.kind in "iu"):
        last[name] = own[name]
    parts.put(parts.states[-1], last)
    parts.files["weights.npz"] = weights
    for figure in ("val_loss", "val_accuracy"):
        parts.about["curve"][-1][figure] = long.about["curve"][-1][figure]
    theirs = json.loads(long.about["run"]["result"])
    parts.column("result", test_accuracy=theirs["test_accuracy"], test_loss=theirs["test_loss"])


def record(**values: object) -> Forge:
    return lambda parts, _room: parts.about["run"].update(values)


def rates(parts: Parts, _room: Class) -> None:
    parts.change("steps.npz", lambda name, one: one * 2 if name == "learning_rate" else one)


FORGERIES: dict[str, tuple[Forge, str]] = {
    "validation accuracy, 0.1 point": (curve("val_accuracy", 0.001), "no number of images"),
    "validation accuracy, an image of one epoch": (
        curve("val_accuracy", 1 / 30, 1),
        "validation after epoch 2 accuracy is not",
    ),
    "validation accuracy, a lot": (curve("val_accuracy", 0.2), "validation after epoch 1 accuracy"),
    "validation loss, a little": (curve("val_loss", -0.001, 1), "validation after epoch 2 loss"),
    "training accuracy, 0.1 point": (curve("accuracy", 0.001), "no number of images"),
    "training accuracy, an image": (curve("accuracy", 1 / 150, 2), "what its own steps come to"),
    "training loss": (curve("loss", -0.01, 0), "what its own steps come to"),
    "training losses with their steps": (steps_too, "the first steps"),
    "training accuracy in its steps, too": (hits_too, "is not that of its curve"),
    "test accuracy, 0.1 point": (result(test_accuracy=0.999), "no number of images"),
    "test accuracy, an image": (better_test(1), "test accuracy is not what its weights have"),
    "test accuracy, a lot": (better_test(60), "test accuracy is not what its weights have"),
    "test loss": (result(test_loss=0.01), "test loss is not what its weights have"),
    "fewer test images": (result(test_images=200), "200 test images, and the data have 300"),
    "other weights": (other_weights, "not those of its checkpoint"),
    "weights of another": (files_of("bob", "weights.npz"), "not those of its checkpoint"),
    "weights and last checkpoint of another": (
        files_of("bob", "weights.npz", "state-0003.npz"),
        "test accuracy is not|test loss is not",
    ),
    "all checkpoints of another": (files_of("bob"), "does not begin with the weights of its seed"),
    "one checkpoint of another": (files_of("bob", "state-0002.npz"), "validation after epoch 2"),
    "checkpoints of a longer run": (
        files_of("long", "state-0001.npz", "state-0002.npz"),
        "validation after epoch 1",
    ),
    "seed in the settings alone": (seed_only, "its record was changed"),
    "another seed": (seed, "does not begin with the weights of its seed, 99"),
    "settings: batch size": (
        lambda parts, _: parts.configure(batch_size=32),
        "has not the 15 steps of its settings",
    ),
    "settings: learning rate": (
        lambda parts, _: parts.configure(learning_rate=0.001),
        "learning rates of its steps",
    ),
    "settings: optimizer": (
        lambda parts, _: parts.configure(optimizer="sgd", learning_rate=0.01),
        "not one of its design and optimizer",
    ),
    "settings: weight decay": (
        lambda parts, _: parts.configure(weight_decay=0.5),
        "the first steps",
    ),
    "learning rates": (rates, "learning rates of its steps"),
    "other data": (
        lambda parts, _: parts.configure(dataset=replace(DATA, seed=8).to_dict()),
        "no training for its assignment: it is on other data",
    ),
    "other data that pass for those asked": (
        in_place_of("of_other_data"),
        "its images are not those of the assignment",
    ),
    "other data with the fingerprint asked": (
        in_place_of("of_other_data", with_images=True),
        "test accuracy is not|test loss is not",
    ),
    "test images in the training": (
        in_place_of("leaky"),
        "its images are not those of the assignment",
    ),
    "test images in the training, the fingerprint mended": (
        in_place_of("leaky", with_images=True),
        "the first steps",
    ),
    "fewer images": (in_place_of("of_few", with_images=True), "steps of its settings"),
    "class names": (
        lambda parts, _: parts.about.update(class_names=["a", "b", "c"]),
        "class names are not those",
    ),
    "checkpoint truncated": (truncated, "state-0002 cannot be read"),
    "checkpoints swapped": (swapped, "has taken 20 steps, and its curve 10"),
    "a checkpoint left out": (dropped(1), "state-0001.npz is missing"),
    "all but the last checkpoint left out": (dropped(0, 1, 2), "is missing"),
    "last epoch left out": (shortened, "settings are of 3 epochs, and its curve has 2"),
    "last epoch left out, in the settings too": (shortened_as_set, "learning rates of its steps"),
    "design: fewer filters": (
        design(lambda layers: layers[0].update(filters=2)),
        "not one of its design|not those of its design",
    ),
    "design: another activation": (
        design(lambda layers: layers[0].update(activation="tanh")),
        "test accuracy is not|test loss is not",
    ),
    "design: less dropout": (
        design(lambda layers: layers[3].update(rate=0.1)),
        "the first steps",
    ),
    "goals": (
        lambda parts, _: parts.assign(goals=goals.read("test>0.05")),
        "another assignment: goals are not",
    ),
    "deadline": (
        lambda parts, _: parts.assign(due="2199-01-01T12:00Z"),
        "another assignment: due are not",
    ),
    "question": (lambda parts, _: parts.assign(question="Why?"), "another assignment: question"),
    "optimizer emptied": (optimizer(np.zeros_like), "the first steps|does not lead to the next"),
    "optimizer emptied once": (
        optimizer(np.zeros_like, 2),
        "the first steps|does not lead to the next",
    ),
    "optimizer emptied at the end": (optimizer(np.zeros_like, 3), "does not lead to the next"),
    "optimizer's steps": (count_of_steps, "has taken 21 steps, and its curve 20"),
    "random numbers": (random_numbers, "the first steps|draws other random numbers"),
    "no numbers": (not_a_number, "holds what is no number"),
    "curve of a longer run": (longer_curve, "own steps come to"),
    "four epochs of a longer run": (four_epochs, "3 epochs, and its curve 4"),
    "the end of a longer run": (longer_weights, "does not lead to the next one"),
    "a run that was stopped": (record(state="stopped"), "did not come to its end"),
    "a run that continues another": (record(continues="0123456789ab"), "continues another"),
    "a record that ends before it begins": (record(finished_at=1.0), "ends before it begins"),
    "epochs in the record": (result(epochs=9), "its record has 9 epochs"),
    "a best epoch that nobody looked for": (result(best_epoch=2), "names a best epoch"),
    "training images in the record": (result(train_images=9_000), "steps of its settings|9,000"),
}


DEAR = (
    *("training losses with their steps", "training accuracy in its steps, too"),
    *("one checkpoint of another", "checkpoints of a longer run", "optimizer emptied"),
    *("design: less dropout", "design: another activation", "random numbers"),
    *("settings: optimizer", "validation loss, a little", "test loss"),
)
"""Tried in proofs: each is found by what finds another one, too."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=[pytest.mark.proof] * (one in DEAR)) for one in FORGERIES],
)
def test_a_forgery_is_refused_for_its_reason(name: str, room: Class, tmp_path):
    forge, reason = FORGERIES[name]
    parts = room.parts()
    forge(parts, room)

    (found,) = graded(parts.write(tmp_path / "forged.zip"))

    assert not found.is_accepted
    assert any(one in found.reason for one in reason.split("|")), found.reason
    assert not found.is_passed


def test_the_best_epoch_of_the_record_is_that_of_the_curve(room: Class, tmp_path):
    parts = room.parts("patient")
    best = json.loads(parts.about["run"]["result"])["best_epoch"]
    parts.column("result", best_epoch=best % len(parts.about["curve"]) + 1)

    (found,) = graded(parts.write(tmp_path / "forged.zip"))

    assert f"and its curve epoch {best}" in found.reason


def test_a_jump_within_is_found_where_its_epoch_is_done_again(room: Class, tmp_path):
    # Who changes one epoch and mends all that can be computed from it is found by chance alone.
    parts, long = room.parts(), room.parts("long")
    theirs = long.arrays(long.states[1])
    parts.put(parts.states[1], theirs)
    parts.about["curve"][0] |= {
        name: long.about["curve"][0][name] for name in ("val_loss", "val_accuracy")
    }
    forged = parts.write(tmp_path / "forged.zip")

    (found,) = graded(forged, epochs=ALL)

    assert "the first steps" in found.reason or "does not lead to the next" in found.reason


@pytest.mark.parametrize(("forge", "is_accepted"), [(None, True), ("end", False)])
def test_what_is_not_near_is_held_against_how_far_rounding_carries(
    forge, is_accepted, room: Class, tmp_path, monkeypatch
):
    for name in ("EPOCH_LOSS", "EPOCH_IMAGES", "EPOCH_WAY", "EPOCH_MEMORY"):
        monkeypatch.setattr(tolerance, name, -1.0)  # as if nothing were near by itself
    parts = room.parts()
    if forge:
        optimizer(np.zeros_like, 3)(parts, room)

    (found,) = graded(parts.write(tmp_path / "it.zip"))

    assert found.is_accepted is is_accepted, found.reason


COPIES: dict[str, Forge] = {
    "as it is": lambda _parts, _room: None,
    "renamed": lambda parts, _room: (
        parts.about.update(name="Eve"),
        parts.about["run"].update(id="0123456789ab", name="Mine", created_at=1.0),
    ),
    "moved by next to nothing": noise,
    "with a curve of its own": lambda parts, room: (
        parts.about["run"].update(id="0123456789ab"),
        curve("seconds", 0.001)(parts, room),
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_copied_work_is_found_in_both_and_in_nobody_else(name: str, room: Class, tmp_path):
    parts = room.parts()
    COPIES[name](parts, room)
    eve = opened(parts.write(tmp_path / "eve.zip"))

    found = copies([opened(room.ann), opened(room.bob), eve])

    assert set(found) == {"ann.zip", "eve.zip"}
    assert found["ann.zip"].endswith("as eve.zip")
    assert found["eve.zip"].endswith("as ann.zip")


def test_copied_work_is_refused(room: Class, tmp_path):
    shutil.copy(room.ann, tmp_path / "ann.zip")
    shutil.copy(room.ann, tmp_path / "eve.zip")

    ann, eve = graded(*files_in(tmp_path))

    assert (ann.reason, eve.reason) == (
        "it has the run as eve.zip",
        "it has the run as ann.zip",
    )


def test_without_a_link_the_assignment_is_the_one_of_most(room: Class, tmp_path):
    for name in ("ann", "bob"):
        broken = room.parts(name)
        broken.about["run"]["state"] = "stopped"  # soon refused, for a reason of its own
        broken.write(tmp_path / f"{name}.zip")
    parts = room.parts("patient")
    parts.assign(goals=goals.read("test>0.05"))
    parts.write(tmp_path / "pat.zip")

    ann, bob, pat = graded(*files_in(tmp_path), task=None)

    assert "another assignment" in pat.reason
    assert ann.reason == bob.reason == "its training did not come to its end: it is stopped"


def test_goals_are_judged_by_what_was_measured_and_lateness_by_its_own_clock(room: Class, tmp_path):
    strict = replace(TASK, goals=goals.read("params<10"), due="2001-01-01T00:00Z")
    parts = room.parts()
    parts.about["assignment"] = strict.text

    (found,) = graded(parts.write(tmp_path / "late.zip"), task=strict)

    assert found.is_accepted
    assert not found.is_passed
    assert found.is_late


def test_the_gradebook_has_a_line_each_and_no_formula(room: Class, tmp_path):
    parts = room.parts()
    parts.about.update(name="=1+1", answer="@SUM(A1)\n-2")
    parts.write(tmp_path / "a.zip")
    (tmp_path / "b.zip").write_bytes(b"no zip")

    lines = list(csv.DictReader(io.StringIO(gradebook(graded(*files_in(tmp_path))))))

    assert list(lines[0]) == list(COLUMNS)
    assert [one["accepted"] for one in lines] == ["yes", "no"]
    assert lines[0]["name"] == "'=1+1"
    assert lines[0]["answer"] == "'@SUM(A1) -2"
    assert lines[0]["goals"].startswith("test>10 %: ")
    assert lines[0]["lessons"].endswith(" of 3") or "Convolution" in lines[0]["lessons"]
    assert "zip" in lines[1]["reason"]
