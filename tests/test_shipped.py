"""The network that ships: its card says what is found again with the files that ship."""

from dataclasses import replace

import numpy as np
import pytest

from cnn import shipped as module
from cnn.data import DatasetSpec, fingerprint, load
from cnn.data.sets import DatasetName
from cnn.data.sets.mnist import MNIST
from cnn.data.sets.scene_options import USUAL
from cnn.insight.passes.forward import predict
from cnn.network.keras.model import WeightsError, build, set_weights
from cnn.network.trace import trace
from cnn.shipped import (
    HERE,
    Body,
    Card,
    body,
    confusion,
    shipped,
    weights_from_bytes,
    weights_to_bytes,
)
from scripts import train_bodies
from scripts.train_digits import CONFIGURATION, architecture
from tests import needs


@needs.MNIST.mark()
@pytest.mark.proof
def test_the_card_is_right_about_all_10_000_test_images():
    card = shipped().card
    data = load(card.configuration.dataset, card.architecture.input)
    assert fingerprint(data) == card.data_fingerprint
    assert {name: len(split) for name, split in data.splits.items()} == card.images
    assert confusion(card.architecture, shipped().weights, data.test) == card.confusion


def test_at_least_99_3_percent_of_10_000_test_images_are_right():
    card = shipped().card
    assert card.test_images == 10_000
    assert card.right >= 9_930
    assert tuple(map(sum, card.confusion)) == MNIST.test_counts


def test_the_sample_is_read_as_well_as_the_card_says():
    # Its 1,000 test images are among the card's 10,000: no more can be wrong, class by class.
    found, card = shipped(), shipped().card
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
    counted = np.array(confusion(found.architecture, found.weights, test))
    assert counted.sum() == 1_000
    wrong = ~np.eye(10, dtype=bool)
    assert (counted <= np.array(card.confusion))[wrong].all()
    assert counted[wrong].sum() <= 10


def test_keras_gives_the_same_shares():
    found = shipped()
    images = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test.take(range(50)).images
    model = build(found.architecture)
    set_weights(model, found.architecture, found.weights)
    ours = predict(found.architecture, found.weights, images)
    np.testing.assert_allclose(ours, model.predict(images, verbose=0), atol=1e-4)


def test_it_is_the_network_and_the_recipe_of_the_script():
    card = shipped().card
    assert card.architecture == architecture()
    assert card.configuration == CONFIGURATION
    assert Card.from_dict(card.to_dict()) == card


def test_its_file_is_under_1_mb_and_loses_nothing():
    content = module.WEIGHTS_FILE.read_bytes()
    assert len(content) < 1_000_000
    again = weights_from_bytes(weights_to_bytes(shipped().weights), architecture())
    count = 0
    for name, arrays in shipped().weights.items():
        for one, other in zip(arrays, again[name], strict=True):
            np.testing.assert_array_equal(one, other)
            assert one.dtype == np.float32
            count += one.size
    assert count == trace(architecture()).total_params


def test_weights_that_the_card_is_not_about_are_refused(tmp_path, monkeypatch):
    content = bytearray(module.WEIGHTS_FILE.read_bytes())
    content[-200] ^= 1
    other = tmp_path / "digits.npz"
    other.write_bytes(content)
    monkeypatch.setattr(module, "WEIGHTS_FILE", other)
    with pytest.raises(WeightsError, match=r"not what its card is about\. It is part of"):
        module.shipped.__wrapped__()


def test_the_body_on_scenes_is_that_of_its_script_and_right_as_its_card_says():
    found = body(Body.SCENES)
    card = found.card
    assert card.architecture == train_bodies.architecture()
    assert card.configuration == train_bodies.CONFIGURATION
    assert (HERE / "scenes.npz").stat().st_size < 1_000_000
    few = load(
        replace(card.configuration.dataset, scenes=replace(USUAL, samples=100, test_samples=500))
    ).test
    counted = np.array(confusion(found.architecture, found.weights, few))
    assert counted.trace() >= 490  # scenes of another draw; 1,996 of the card's 2,000 are right


@pytest.mark.proof
def test_the_card_of_the_body_on_scenes_is_right_about_all_its_test_images():
    found = body(Body.SCENES)
    data = load(found.card.configuration.dataset, found.architecture.input)
    assert fingerprint(data) == found.card.data_fingerprint
    assert confusion(found.architecture, found.weights, data.test) == found.card.confusion


def test_every_body_is_known_by_what_it_was_trained_on():
    assert body(Body.DIGITS).architecture == shipped().architecture
    for which in Body:
        assert body(which).card.configuration.dataset.name.split("-")[0] in which.called.lower()
