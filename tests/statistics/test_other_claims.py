"""How often what is said of one training is wrong, where it is a test.

`docs/statistics.md` says which sentences are tests, and which describe what was seen.
"""

import pytest

from cnn.comparing.significance import LEVEL
from tests.statistics.other_claims import (
    ALIKE,
    AS_RIGHT,
    GUESSING,
    RISING,
    by_heart_of_as_right,
    confused_of_alike,
    learns_of_guessing,
    said_of_rising,
)
from tests.statistics.simulation import most

TABLES = 1_000
WIDE = 400


@pytest.mark.parametrize(("classes", "images"), GUESSING)
def test_of_who_guesses_at_most_one_in_twenty_is_said_to_learn(classes: int, images: int):
    """Before: 7.0 % of 10 classes and 10 images, 7.9 % of 100 and 100."""
    assert learns_of_guessing(classes, images) <= LEVEL


@pytest.mark.parametrize(("training", "validation", "share"), AS_RIGHT)
def test_of_who_is_as_right_on_new_images_at_most_one_in_twenty_learns_by_heart(
    training: int, validation: int, share: float
):
    """Before: 13 % of 64 and 100 images."""
    found = by_heart_of_as_right(training, validation, share, tables=TABLES)

    assert found <= most(TABLES)


@pytest.mark.parametrize(("apart", "training", "validation"), RISING)
def test_of_whose_validation_loss_rose_by_chance_at_most_one_in_twenty_learns_by_heart(
    apart: float, training: int, validation: int
):
    """Before: up to 8.5 %, as a note without a test behind it."""
    by_heart, _ = said_of_rising(apart, training, validation, tables=WIDE)

    assert by_heart <= most(WIDE)


def test_that_the_loss_rose_is_still_said_there():
    _, rose = said_of_rising(2.0, 75, 15, tables=WIDE)

    assert rose > 0.02


@pytest.mark.parametrize(("classes", "mistakes"), ALIKE)
def test_where_all_pairs_of_classes_are_alike_one_in_twenty_has_two_taken_for_each_other(
    classes: int, mistakes: int
):
    """Before: 57 % of 3 classes and 10 mistakes."""
    assert confused_of_alike(classes, mistakes, tables=WIDE) <= most(WIDE)
