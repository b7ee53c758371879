"""A network for each fold: what differs between them, and what they say together."""

import numpy as np
import pytest

from cnn.comparing.comparison import Entrant
from cnn.data import DatasetName, DatasetSpec, load
from cnn.data.portion import Portion
from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.folds import FOLDS, mean_answers, of_fold, plans
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration, ConfigurationError

SIMPLE = Entrant("simple-cnn", entry("simple-cnn").architecture, ("Images are resized.",))
SETTINGS = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=3)


def test_the_fold_is_all_that_differs_between_the_trainings():
    found = plans(SIMPLE, SETTINGS, seeds=2)

    assert [one.configuration.dataset.portion for one in found] == [
        Portion(fold=fold, folds=FOLDS) for fold in range(1, FOLDS + 1)
    ]
    for plan in found:
        settings = plan.configuration.to_dict()
        del settings["dataset"]["portion"]
        assert settings == SETTINGS.to_dict()
        assert plan.entrants[0].architecture.layers == SIMPLE.architecture.layers
        assert plan.entrants[0].changes == SIMPLE.changes
        assert plan.seeds == 2
    assert len({recipe for plan in found for recipe in plan.recipes()}) == 2 * FOLDS


def test_data_that_are_one_fold_already_are_refused_with_a_way_out():
    spec = DatasetSpec(DatasetName.MNIST_SAMPLE, portion=Portion(fold=1, folds=3))

    with pytest.raises(ConfigurationError, match=r"fold 1 of 3.*Use all images first"):
        plans(SIMPLE, Configuration(spec))


def test_the_images_of_a_fold_are_foretold_to_within_a_class():
    whole = load(DatasetName.MNIST_SAMPLE)
    spec = DatasetSpec(DatasetName.MNIST_SAMPLE, portion=Portion(fold=2, folds=FOLDS))
    sizes = {name: len(split) for name, split in whole.splits.items()}

    expected, found = of_fold(sizes, spec.portion), load(spec)

    for name, split in found.splits.items():
        assert expected[name] == pytest.approx(len(split), abs=10)
    assert of_fold(sizes, Portion()) == sizes


def test_the_answers_of_several_seeds_are_their_mean():
    labels = np.array([0, 1])
    one, other = (
        Predictions(np.array(scores, np.float32), labels)
        for scores in ([[1, 0], [0.5, 0.5]], [[0, 1], [0.25, 0.75]])
    )
    both = mean_answers([one, other])

    assert both.scores.tolist() == [[0.5, 0.5], [0.375, 0.625]]
    assert both.labels.tolist() == [0, 1]
