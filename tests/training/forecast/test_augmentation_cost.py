"""What augmentation costs here: measured once, kept for this machine, and never made up."""

import json
from dataclasses import replace
from math import prod
from pathlib import Path

import pytest

from cnn.training.forecast import augmentation_cost, calibration
from cnn.training.forecast.augmentation_cost import BATCH, FILE, MOVED, SHAPES, Cost
from cnn.training.forecast.estimate import estimate
from cnn.training.recipe.augmentations import AUGMENTATIONS, Flip
from cnn.training.recipe.configuration import Configuration
from tests.training.forecast.test_estimate import IMAGES, LENET, PRICES, SETTINGS, finished

PLAIN = Configuration()
NAMES = [MOVED, *AUGMENTATIONS]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    monkeypatch.setattr(augmentation_cost, "IDLE_S", 0.0)
    return tmp_path


def timed_as(monkeypatch: pytest.MonkeyPatch, cost: Cost, *others: float) -> list[Configuration]:
    """Has every kind cost so much, the smaller images a second more to compile, and others take so
    much of the machine in each round.
    """
    asked: list[Configuration] = []

    def timed(own: Configuration, shape: tuple[int, int, int]) -> tuple[float, float]:
        asked.append(own)
        return cost.seconds(BATCH * prod(shape)), cost.compile_s + (shape == SHAPES[0])

    shares = iter([share for share in others for _ in NAMES for _ in SHAPES])
    monkeypatch.setattr(augmentation_cost, "_timed", timed)
    monkeypatch.setattr(calibration.Others, "share", lambda _: next(shares))
    return asked


def test_nothing_is_said_of_what_was_not_measured():
    assert augmentation_cost.load() == {}
    own = replace(PLAIN, flip=Flip.BOTH, zoom=0.1)
    assert augmentation_cost.of_step(own, 1_000, {}) == {MOVED: None, "flip": None}
    assert augmentation_cost.of_step(PLAIN, 1_000, {}) == {}


def test_the_costs_are_found_again_from_times_made_of_them(monkeypatch):
    cost = Cost(2e-4, 3e-9, 0.7)
    asked = timed_as(monkeypatch, cost, 0.0)

    list(augmentation_cost.until_quiet())

    found = augmentation_cost.load()
    assert list(found) == NAMES
    for one in found.values():
        assert (one.step_s, one.value_s, one.compile_s) == pytest.approx((2e-4, 3e-9, 0.7))
    assert len(asked) == 2 * len(NAMES)
    list(augmentation_cost.until_quiet())  # once is enough on a quiet machine
    assert len(asked) == 2 * len(NAMES)


def test_a_machine_that_was_busy_is_measured_again_and_the_shortest_counts(monkeypatch):
    timed_as(monkeypatch, Cost(4e-4, 6e-9, 0.6), 0.8)
    list(augmentation_cost.until_quiet())
    timed_as(monkeypatch, Cost(2e-4, 3e-9, 0.9), 0.8)
    list(augmentation_cost.until_quiet())
    asked = timed_as(monkeypatch, Cost(9e-4, 9e-9, 0.9), 0.8)
    list(augmentation_cost.until_quiet())
    found = augmentation_cost.load()["flip"]
    assert (found.step_s, found.value_s, found.compile_s) == pytest.approx((2e-4, 3e-9, 0.6))
    assert asked
    asked.clear()
    list(augmentation_cost.until_quiet())  # a fourth round would add little
    assert not asked


def test_a_measurement_holds_for_this_machine_only(home: Path, monkeypatch):
    timed_as(monkeypatch, Cost(2e-4, 3e-9, 0.7), 0.0)
    list(augmentation_cost.until_quiet())
    kept = json.loads((home / FILE).read_text())

    (home / FILE).write_text(json.dumps(kept | {"machine": "another"}))
    assert augmentation_cost.load() == {}
    assert kept["machine"] == calibration.machine()


@pytest.mark.parametrize(
    "times",
    [None, 3, [], [1.0, 1.0], [1.0, -1.0, 1.0], ["a", 1.0, 1.0], [1.0, 1.0, float("nan")]],
)
def test_times_that_cannot_be_read_count_as_not_measured(home: Path, monkeypatch, times: object):
    timed_as(monkeypatch, Cost(2e-4, 3e-9, 0.7), 0.0)
    list(augmentation_cost.until_quiet())
    kept = json.loads((home / FILE).read_text())
    kept["times"]["flip"] = times
    (home / FILE).write_text(json.dumps(kept))

    assert list(augmentation_cost.load()) == [name for name in NAMES if name != "flip"]


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"times": 3}'])
def test_a_file_that_cannot_be_used_counts_as_none(home: Path, text: str):
    (home / FILE).write_text(text)
    assert augmentation_cost.load() == {}


def test_what_is_done_several_times_costs_as_often():
    costs = dict.fromkeys(NAMES, Cost(1e-3, 1e-8))
    once = 1e-3 + 1e-8 * 5_000
    own = replace(PLAIN, shift=0.1, rotation=5.0, flip=Flip.BOTH, randaugment=3, mixup=0.2)
    assert augmentation_cost.of_step(own, 5_000, costs) == pytest.approx(
        {MOVED: once, "flip": 2 * once, "randaugment": 3 * once, "mixup": once}
    )


def test_the_expected_time_has_it_for_each_step():
    costs = dict.fromkeys(NAMES, Cost(1e-3, 1e-8))
    step_s = 1e-3 + 1e-8 * 64 * prod(LENET.input)
    plain = estimate(LENET, SETTINGS, IMAGES, PRICES, costs=costs)
    flipped = estimate(LENET, replace(SETTINGS, flip=Flip.BOTH), IMAGES, PRICES, costs=costs)
    assert flipped.seconds - plain.seconds == pytest.approx(30 * 2 * step_s)
    assert not flipped.is_rough


def test_what_takes_long_to_compile_is_expected_once_and_not_where_it_is_compiled():
    costs = dict.fromkeys(NAMES, Cost(0.0, 0.0, 4.0))
    own = replace(SETTINGS, randaugment=2, rotation=5.0)
    plain = estimate(LENET, SETTINGS, IMAGES, PRICES, costs=costs)
    augmented = estimate(LENET, own, IMAGES, PRICES, costs=costs)
    again = estimate(LENET, own, IMAGES, PRICES, costs=costs, is_compiled=True)
    assert augmented.seconds - plain.seconds == pytest.approx(4.0 * (2 + 1))
    assert again.seconds == pytest.approx(
        estimate(LENET, SETTINGS, IMAGES, PRICES, costs=costs, is_compiled=True).seconds
    )


def test_a_look_at_plain_images_is_expected_where_labels_are_mixed():
    costs = dict.fromkeys(NAMES, Cost(0.0, 0.0))
    mixed = estimate(LENET, replace(SETTINGS, cutmix=0.5), IMAGES, PRICES, costs=costs)
    plain = estimate(LENET, SETTINGS, IMAGES, PRICES, costs=costs)
    image_s = 416_520 * 1e-10 + 33_976 * 1e-9
    assert mixed.seconds - plain.seconds == pytest.approx(30 * 64 * 0.4 * image_s)


def test_the_expected_time_is_rough_where_an_augmentation_was_not_measured():
    own = replace(SETTINGS, brightness=0.1)
    rough = estimate(LENET, own, IMAGES, PRICES)
    assert rough.is_rough
    assert rough.caution.startswith("Augmentation comes on top")
    known = estimate(LENET, own, IMAGES, PRICES, costs={"brightness": Cost(1e-3, 0.0)})
    assert (known.is_rough, known.caution) == (False, "")
    assert not estimate(LENET, SETTINGS, IMAGES, PRICES).is_rough


def test_only_runs_whose_augmentation_has_a_price_or_is_the_same_correct_an_expected_time():
    """How long RandAugment took, where that is not known, makes no other training longer."""
    own = replace(SETTINGS, randaugment=2)
    slow = replace(finished(LENET, 100.0), configuration=own)
    usual = estimate(LENET, SETTINGS, IMAGES, PRICES)
    assert estimate(LENET, SETTINGS, IMAGES, PRICES, [slow]) == usual
    again = estimate(LENET, own, IMAGES, PRICES, [slow])
    assert again.seconds > 30 * 0.64  # steps of 64 images, 100 a second
    assert (again.is_rough, again.caution) == (True, "")


@pytest.mark.proof
def test_this_machine_is_measured_by_augmenting_on_it():
    list(augmentation_cost.until_quiet())
    found = augmentation_cost.load()
    assert list(found) == NAMES
    values = 64 * 32 * 32 * 3
    step_s = {name: one.seconds(values) for name, one in found.items()}
    assert all(1e-6 < one < 10 for one in step_s.values())
    assert step_s["randaugment"] > step_s["flip"]
