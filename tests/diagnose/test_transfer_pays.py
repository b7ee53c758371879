"""Does transfer pay: what is trained which way, as long as the others, and what may be said."""

from dataclasses import replace

import pytest

from cnn.comparing.comparison import Entrant
from cnn.data import DatasetName, DatasetSpec
from cnn.data.catalogue import named_classes
from cnn.diagnose.transfer_pays import SHARES, Member, Way, members, plan_of
from cnn.network.trace import trace
from cnn.shipped import Body, body
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.fitting import with_classes
from cnn.training.workers import starting

SCENES = body(Body.SCENES)
CLASSES = ("cat", "dog", "owl")
FITTED, _ = with_classes(SCENES.architecture, len(CLASSES))
ENTRANT = Entrant("shipped:scenes", FITTED, ("The head has 3 outputs.",))
SETTINGS = Configuration(DatasetSpec(DatasetName.SHAPES), epochs=10)
IMAGES = (28, 28, 28)
BEGUN = starting.begin(
    starting.of_shipped(
        "scenes",
        SCENES.architecture,
        SCENES.weights,
        named_classes(SCENES.card.configuration.dataset) or (),
    ),
    FITTED,
    CLASSES,
)


def plan(way: Way, share: float = 1.0):
    return plan_of(Member(way, share), ENTRANT, SETTINGS, BEGUN.start, IMAGES, 2)


def test_new_weights_are_the_settings_as_they_are():
    assert plan(Way.NEW).configuration == SETTINGS


def test_a_frozen_body_trains_its_head_alone():
    start = plan(Way.FROZEN).configuration.start
    assert start

    frozen = start.frozen(FITTED, 1)
    trained = [row.name for row in trace(FITTED).rows if row.weights and row.name not in frozen]
    assert trained == list(start.anew)
    assert len(trained) == 1
    start.check(FITTED)


def test_fine_tuning_begins_with_the_head_for_a_third_of_the_epochs():
    start = plan(Way.TUNED).configuration.start
    assert start

    assert (start.head_first, start.freeze) == (3, 0)
    start.check(FITTED)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("way", Way)
def test_every_member_takes_about_as_many_steps(way: Way, share: float):
    own = plan(way, share).configuration
    used = own.dataset.portion.count(IMAGES)
    wanted = SETTINGS.epochs * SETTINGS.steps_per_epoch(sum(IMAGES))

    steps = own.epochs * own.steps_per_epoch(used)

    assert abs(steps - wanted) <= own.steps_per_epoch(used) / 2


def test_members_are_told_apart_by_name_and_recipe():
    found = [plan(member.way, member.share) for member in members(SHARES)]

    assert len({one.entrants[0].architecture.name for one in found}) == len(SHARES) * 3
    assert len({recipe for one in found for recipe in one.recipes()}) == len(SHARES) * 3 * 2
    assert found[-1].entrants[0].name == "Scenes, fine-tuned, all images"


def test_one_epoch_is_made_two_so_that_the_head_can_go_first():
    own = plan_of(
        Member(Way.TUNED, 1.0), ENTRANT, replace(SETTINGS, epochs=1), BEGUN.start, IMAGES, 1
    ).configuration

    assert own.epochs == 2
    assert own.start
    assert own.start.head_first == 1


def test_a_budget_of_steps_is_refused():
    with pytest.raises(ConfigurationError):
        plan_of(Member(Way.TUNED, 1.0), ENTRANT, replace(SETTINGS, steps=5), BEGUN.start, IMAGES, 1)
