"""The networks that lessons follow: their cards say what is found again with the files."""

import numpy as np
import pytest

from cnn.data import DatasetSpec, fingerprint, load
from cnn.data.sets import DatasetName
from cnn.data.sets.mnist import MNIST
from cnn.insight.passes.forward import forward
from cnn.lessons.pipeline import SHOWN, Size, followed
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.shipped import Card, Which, confusion, of_lesson
from scripts.train_lesson_networks import RECIPES
from tests import needs
from tests.some import some

EACH = pytest.mark.parametrize("which", Which)


@EACH
def test_a_card_is_of_the_recipe_in_the_script_and_its_file_is_small(which):
    card = of_lesson(which).card
    assert (card.architecture, card.configuration) == RECIPES[which]
    assert Card.from_dict(card.to_dict()) == card
    assert which.weights_file.stat().st_size < 100_000


def test_simple_cnn_is_the_one_of_the_zoo_and_has_20_490_parameters():
    architecture = of_lesson(Which.SIMPLE_CNN).architecture
    assert architecture == entry("simple-cnn").architecture
    assert [row.params for row in trace(architecture).rows if row.params] == [160, 4_640, 15_690]
    assert trace(architecture).total_params == 20_490


def test_the_small_one_has_1_898_parameters():
    # 8·(3·3·1) + 8; 16·(3·3·8) + 16; 10·(2·2·16) + 10
    rows = trace(of_lesson(Which.SMALL_DIGITS).architecture).rows
    assert [row.params for row in rows if row.params] == [80, 1_168, 650]


def test_the_card_of_the_small_one_is_right_about_its_test_images():
    one = of_lesson(Which.SMALL_DIGITS)
    data = load(one.card.configuration.dataset)
    assert fingerprint(data) == one.card.data_fingerprint
    assert {name: len(split) for name, split in data.splits.items()} == one.card.images
    assert confusion(one.architecture, one.weights, data.test) == one.card.confusion


LARGE = [one for one in Which if one is not Which.SMALL_DIGITS]


@pytest.mark.parametrize("which", some(LARGE, Which.SIMPLE_CNN))
@needs.MNIST.mark()
def test_the_card_of_a_network_for_mnist_is_right_about_all_10_000_test_images(which):
    one = of_lesson(which)
    data = load(one.card.configuration.dataset, one.architecture.input)
    assert fingerprint(data) == one.card.data_fingerprint
    assert confusion(one.architecture, one.weights, data.test) == one.card.confusion


@pytest.mark.parametrize("which", LARGE)
def test_a_network_for_mnist_reads_the_sample_as_well_as_its_card_says(which):
    # The sample's 1,000 test images are among the card's 10,000.
    one = of_lesson(which)
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
    counted = np.array(confusion(one.architecture, one.weights, test))
    wrong = ~np.eye(10, dtype=bool)
    assert counted.sum() == 1_000
    assert (counted <= np.array(one.card.confusion))[wrong].all()
    assert tuple(map(sum, one.card.confusion)) == MNIST.test_counts


@pytest.mark.parametrize("size", Size)
def test_what_is_misread_is_what_the_forward_pass_takes_for_something_else(size):
    one = followed(size)
    assert len(one.images) == SHOWN
    for place in (0, *one.misread[:3], 7):
        image = one.images.images[place : place + 1]
        answer = forward(one.shipped.architecture, one.shipped.weights, image).output[0].argmax()
        assert one.answers[place] == answer
        assert (place in one.misread) == (answer != one.images.labels[place])
