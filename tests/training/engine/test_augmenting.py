"""Keras' augmentations as a training meets them: drawn by seed and step, labels mixed too."""

from typing import Any

import numpy as np
import pytest

from cnn.data import Split
from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization, Conv2D, Dense, Flatten
from cnn.training.engine.augmentation import augmented
from cnn.training.engine.augmenting.layers import Augmenting
from cnn.training.engine.chunk import Chunk, Done
from cnn.training.engine.machine import Machine
from cnn.training.recipe.address import from_address, to_address
from cnn.training.recipe.augmentations import AUGMENTATIONS, LEAST
from cnn.training.recipe.configuration import Configuration, ConfigurationError, Optimizer
from tests.some import some
from tests.training.augmentations import ALL, EACH

COUNT, CLASSES = 16, 4


@pytest.fixture(scope="module")
def tf():
    from cnn.training.engine.tensorflow import import_tensorflow

    return import_tensorflow()


def batch(channels: int, size: int = 9) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.random((COUNT, size, size + 3, channels), np.float32)
    return images, np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, COUNT)]


def changed(
    tf: Any, step: int, images: np.ndarray, labels: np.ndarray, **settings: Any
) -> tuple[np.ndarray, np.ndarray]:
    made = Augmenting(tf, Configuration(**settings), images.shape[1:])
    found, targets = made(tf.constant(images), tf.constant(labels), tf.constant(step))
    return found.numpy(), targets.numpy()


def test_there_is_an_example_of_each_and_each_is_a_setting_that_is_off_by_default():
    assert list(EACH) == list(AUGMENTATIONS)
    plain = Configuration()
    assert not plain.is_augmented
    for name, settings in EACH.items():
        one = Configuration(**settings)
        assert getattr(plain, name) == AUGMENTATIONS[name].default
        assert one.is_augmented
        assert one.without_augmentation == plain
        assert Configuration.from_dict(one.to_dict()) == one
        assert from_address(to_address(one), plain) == one
        assert name not in plain.to_dict()


@pytest.mark.parametrize("name", some(EACH, "crop", "randaugment", "erasing", "mixup"))
def test_seed_and_step_decide_alone(tf, name: str):
    images, labels = batch(3)

    def seen(seed: int, step: int) -> np.ndarray:
        return changed(tf, step, images, labels, seed=seed, **EACH[name])[0]

    found = seen(1, 5)
    assert (found == seen(1, 5)).all()
    assert found.shape == images.shape
    assert found.min() >= -1e-6
    assert found.max() <= 1 + 1e-6
    assert (found != images).any()
    steps, seeds = (
        [seen(1, step) for step in range(6, 10)],
        [seen(seed, 5) for seed in range(2, 6)],
    )
    assert any((found != one).any() for one in steps)
    assert any((found != one).any() for one in seeds)


def test_a_compiled_step_draws_what_one_that_is_not_compiled_draws(tf):
    images, labels = batch(3)
    made = Augmenting(tf, Configuration(**ALL, rotation=10.0, seed=3), images.shape[1:])
    any_batch = tf.TensorSpec([None, *images.shape[1:]]), tf.TensorSpec([None, CLASSES])
    compiled = tf.function(made, input_signature=[*any_batch, tf.TensorSpec([], tf.int32)])
    given = tf.constant(images), tf.constant(labels), tf.constant(7)
    for found, wanted in zip(compiled(*given), made(*given), strict=True):
        # Posterization and equalization cut levels where a last digit may decide.
        assert np.abs(found.numpy() - wanted.numpy()).mean() < 1e-3


@pytest.mark.parametrize("name", [name for name in EACH if name != "colour"])
def test_grey_images_are_changed_too(tf, name: str):
    images, labels = batch(1)
    found, _ = changed(tf, 2, images, labels, **EACH[name])
    assert found.shape == images.shape
    assert (found != images).any()


def test_what_changes_colours_is_refused_for_grey_images():
    with pytest.raises(ConfigurationError) as refused:
        Configuration(colour=0.4).check_channels(1)
    assert str(refused.value) == (
        "Colour 0.4 changes images of 3 channels; those that are trained on have 1. Set colour to "
        "0, or use a network and images in colour."
    )
    Configuration(colour=0.4).check_channels(3)
    Configuration(brightness=0.4).check_channels(1)


def test_our_three_come_first_and_are_what_they_were(tf):
    images, labels = batch(3)
    settings = Configuration(rotation=20.0, shift=0.1, seed=4)
    found, targets = changed(tf, 3, images, labels, rotation=20.0, shift=0.1, seed=4)
    wanted = augmented(tf, tf.constant(images), settings, tf.constant(3)).numpy()
    assert (found == wanted).all()
    assert (targets == labels).all()

    both, _ = changed(tf, 3, images, labels, rotation=20.0, shift=0.1, seed=4, brightness=0.2)
    moved, _ = changed(tf, 3, wanted, labels, seed=4, brightness=0.2)
    assert (both == moved).all()


def test_each_way_of_a_flip_is_drawn_by_itself(tf):
    images = np.tile(np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1) / 4, (400, 1, 1, 1))
    found, _ = changed(tf, 0, images, np.ones((400, 1), np.float32), flip="both")
    ways, counts = np.unique(found.reshape(400, 4), axis=0, return_counts=True)
    assert len(ways) == 4
    assert counts.min() > 60  # 100 of each are expected, give or take 9


@pytest.mark.parametrize(("way", "axis"), [("horizontal", 2), ("vertical", 1)])
def test_a_flip_mirrors_about_half_of_the_images(tf, way: str, axis: int):
    images, labels = batch(3)
    found, _ = changed(tf, 1, images, labels, flip=way)
    is_flipped = (found == np.flip(images, axis)).all(axis=(1, 2, 3))
    assert (is_flipped | (found == images).all(axis=(1, 2, 3))).all()
    assert 0 < is_flipped.sum() < COUNT


def test_a_crop_is_a_shift_by_whole_pixels_with_black_beyond(tf):
    images, labels = batch(3)
    framed = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    height, width = images.shape[1:3]
    places = set()
    for step in range(30):
        found, _ = changed(tf, step, images, labels, crop=2)
        (place,) = (
            (down, right)
            for down in range(5)
            for right in range(5)
            if (framed[:, down : down + height, right : right + width] == found).all()
        )
        places.add(place)
    assert {down for down, _ in places} == {right for _, right in places} == set(range(5))


def test_brightness_and_contrast_go_both_ways_and_not_too_far(tf):
    images = np.tile(np.array([0.4, 0.6], np.float32).reshape(1, 1, 2, 1), (500, 1, 1, 1))
    labels = np.ones((500, 1), np.float32)
    lighter, _ = changed(tf, 0, images, labels, brightness=0.2)
    added = lighter[:, 0, 0, 0] - 0.4
    assert -0.2 - 1e-6 <= added.min() < -0.19
    assert 0.19 < added.max() <= 0.2 + 1e-6
    harder, _ = changed(tf, 0, images, labels, contrast=0.5)
    times = (harder[:, 0, 1, 0] - harder[:, 0, 0, 0]) / 0.2
    assert 0.5 - 1e-5 <= times.min() < 0.52
    assert 1.48 < times.max() <= 1.5 + 1e-5


def test_as_many_images_lose_a_rectangle_as_were_asked_for(tf):
    images = np.full((1_000, 12, 12, 1), 2.0, np.float32)  # no noise is like that
    found, _ = changed(tf, 0, images, np.ones((1_000, 1), np.float32), erasing=0.3)
    is_gone = (found != 2).any(axis=(1, 2, 3))
    assert abs(is_gone.mean() - 0.3) < 0.05
    one = (found[np.flatnonzero(is_gone)[0], :, :, 0] != 2).nonzero()
    assert len(one[0]) == (np.ptp(one[0]) + 1) * (np.ptp(one[1]) + 1)  # a whole rectangle


def test_mixup_mixes_labels_as_it_mixes_images(tf):
    """Image i is white in its pixel i alone, and of class i: both tell the shares."""
    images = np.eye(COUNT, dtype=np.float32).reshape(COUNT, COUNT, 1, 1)
    labels = np.eye(COUNT, dtype=np.float32)
    found, targets = changed(tf, 1, images, labels, mixup=0.5)
    np.testing.assert_allclose(found.reshape(COUNT, COUNT), targets, atol=1e-6)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)
    assert ((targets > 0.01).sum(axis=1) == 2).any()


def test_cutmix_mixes_labels_by_the_area_of_the_rectangle(tf):
    """Image i has the value i everywhere: how often a value is there is the share of its image."""
    images = np.tile(np.arange(COUNT, dtype=np.float32).reshape(-1, 1, 1, 1), (1, 64, 64, 1))
    found, targets = changed(tf, 1, images, np.eye(COUNT, dtype=np.float32), cutmix=1.0)
    for image, row in zip(found, targets, strict=True):
        counted = np.bincount(image.astype(int).ravel(), minlength=COUNT) / 64**2
        assert np.abs(counted - row).max() < 0.035  # by up to two rows of pixels at the edges
    assert ((targets > 0.05).sum(axis=1) == 2).any()


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_shares_are_those_of_beta_from_the_least_that_can_be_chosen_on(tf, kind: str):
    """Each image has a colour of its own: whose label has how much is what was drawn."""
    images = np.zeros((4_000, 16, 16, 1), np.float32)
    _, targets = changed(tf, 1, images, np.eye(4_000, dtype=np.float32), **{kind: LEAST})
    own = np.diag(targets)
    wanted = np.random.default_rng(0).beta(LEAST, LEAST, 4_000)
    # By Kolmogorov and Smirnov; those few that were mixed with themselves stay whole.
    places = np.linspace(0.01, 0.99, 50)
    apart = [abs((own < place).mean() - (wanted < place).mean()) for place in places]
    assert max(apart) < 0.04


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_less_than_keras_can_draw_is_refused(kind: str):
    too_little: dict[str, Any] = {kind: 0.01}
    with pytest.raises(ConfigurationError) as refused:
        Configuration(**too_little)
    assert str(refused.value) == f"{kind} must be 0 or a number from 0.05 to 1, got 0.01."


NETWORK = Architecture(
    "Small",
    (6, 6, 1),
    (Conv2D(3, 3, activation="relu"), BatchNormalization(), Flatten(), Dense(CLASSES)),
)


@pytest.fixture(scope="module")
def train() -> Split:
    rng = np.random.default_rng(1)
    return Split(rng.integers(0, 256, (COUNT, 6, 6, 1), np.uint8), rng.integers(0, CLASSES, COUNT))


def one_step(machine: Machine) -> Done:
    order = np.arange(COUNT, dtype=np.int32)
    return machine.first_step(Chunk(order, 0, 1, COUNT, np.full(1, 0.1, np.float32), step=5))


def mean_loss(scores: np.ndarray, targets: np.ndarray) -> float:
    scores = scores.astype(np.float64)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-(targets * logs).sum(axis=1).mean())


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_a_mixed_step_learns_from_mixtures_and_tells_of_plain_images(
    tf, train: Split, smoothing: float
):
    """Against the same step by hand: its gradient is of mixed labels, its figures are of plain."""
    settings = Configuration(
        optimizer=Optimizer.SGD, momentum=0.0, mixup=1.0, label_smoothing=smoothing
    )
    machine = Machine(NETWORK, settings, train)
    plain, labels = train.pixels / np.float32(255), np.eye(CLASSES, dtype=np.float32)[train.labels]
    scores = machine.model(plain, training=False).numpy()
    assert machine.augmenting
    mixed, targets = machine.augmenting(tf.constant(plain), tf.constant(labels), tf.constant(5))
    goal = targets * (1 - smoothing) + smoothing / CLASSES
    before = machine.model.get_weights()
    with tf.GradientTape() as tape:
        logs = tf.nn.log_softmax(machine.model(mixed, training=True))
        loss = -tf.reduce_mean(tf.reduce_sum(goal * logs, axis=1))
    trained = machine.model.trainable_variables
    wanted = [
        (one - 0.1 * slope).numpy()
        for one, slope in zip(trained, tape.gradient(loss, trained), strict=True)
    ]
    averages = [one.numpy() for one in machine.model.non_trainable_variables]
    machine.model.set_weights(before)

    done = one_step(machine)

    assert done.losses[0] == pytest.approx(mean_loss(scores, labels), rel=1e-5)
    assert done.hits[0] == (scores.argmax(axis=1) == train.labels).sum()
    for one, its in zip(trained, wanted, strict=True):
        np.testing.assert_allclose(one.numpy(), its, atol=1e-5)
    # A look at plain images moves no average: batch normalization saw the mixtures alone.
    for one, its in zip(machine.model.non_trainable_variables, averages, strict=True):
        np.testing.assert_allclose(one.numpy(), its, atol=1e-6)


def test_weights_begin_as_they_do_without_augmentation(train: Split):
    plain = Machine(NETWORK, Configuration(seed=3), train).model.get_weights()
    for settings in ({"randaugment": 1}, ALL | {"colour": 0.0}):
        found = Machine(NETWORK, Configuration(seed=3, **settings), train).model.get_weights()
        assert all((one == other).all() for one, other in zip(found, plain, strict=True))
