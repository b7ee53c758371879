"""The preview of augmentation: each twin in NumPy against Keras' layer with the same draws."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.training.engine.augmenting.randaugment import OPERATIONS, draw_randaugment
from cnn.training.engine.augmenting.seen import PER_STEP, TWINS, coloured, mixed, seen
from cnn.training.recipe.augmentations import AUGMENTATIONS, chosen
from cnn.training.recipe.configuration import Configuration
from tests.training.augmentations import ALL, EACH

CASES = [
    (called, given)
    for name, settings in EACH.items()
    for called, given in AUGMENTATIONS[name].layers(Configuration(**settings), (9, 12, 3))
]


@pytest.fixture(scope="module")
def keras():
    from cnn.training.engine.tensorflow import import_tensorflow

    import_tensorflow()
    import keras

    return keras


def some_images(channels: int, height: int = 9, width: int = 12) -> np.ndarray:
    pixels = np.random.default_rng(2).integers(0, 256, (6, height, width, channels), np.uint8)
    return pixels.astype(np.float32) / 255


def in_numpy(how: Any) -> Any:
    """The same draws without tensors."""
    if isinstance(how, dict):
        return {name: in_numpy(one) for name, one in how.items()}
    if isinstance(how, tuple):
        return tuple(map(in_numpy, how))
    return how.numpy() if hasattr(how, "numpy") else how


def test_every_layer_that_a_training_may_use_has_a_twin():
    assert {called for called, _ in CASES} == set(TWINS)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("called", "made_with"),
    [case for case in CASES if case[0] not in ("RandomColorJitter", "RandAugment")],
    ids=lambda one: one if isinstance(one, str) else "-".join(map(str, one.values())),
)
def test_a_twin_makes_of_the_same_draws_what_keras_makes(
    keras, called: str, made_with: dict[str, Any], channels: int
):
    frame = 4 if called == "RandomCrop" else 0
    images = some_images(channels, 9 + frame, 12 + frame)
    layer = getattr(keras.layers, called)(**made_with)
    if called == "ZeroPadding2D":
        assert (TWINS[called].images(images, None, **made_with) == layer(images).numpy()).all()
        return
    for _ in range(4):
        how = layer.get_random_transformation(images)
        wanted = layer.transform_images(images, how).numpy()

        found = TWINS[called].images(images, in_numpy(how), **made_with)

        assert found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, atol=2e-6)


@pytest.mark.parametrize("called", ["MixUp", "CutMix"])
def test_labels_are_mixed_as_keras_mixes_them(keras, called: str):
    (made_with,) = (given for name, given in CASES if name == called)
    layer = getattr(keras.layers, called)(**made_with)
    how = layer.get_random_transformation(some_images(1))
    labels = np.eye(6, dtype=np.float32)
    wanted = layer.transform_labels(labels, how).numpy()
    np.testing.assert_allclose(mixed(labels, in_numpy(how)), wanted, atol=1e-6)


def test_colours_turn_and_fade_as_in_keras(keras):
    images = some_images(3)
    images[0] = 0.5  # grey has no hue
    images[1] = 0
    saturation = keras.layers.RandomSaturation((0.3, 0.7), value_range=(0, 1))
    hue = keras.layers.RandomHue(0.4, value_range=(0, 1))
    first, then = (one.get_random_transformation(images) for one in (saturation, hue))
    wanted = hue.transform_images(saturation.transform_images(images, first), then).numpy()

    how = {"saturation": first["factor"].numpy(), "hue": then["factor"].numpy()}

    np.testing.assert_allclose(coloured(images, how), wanted, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_of_randaugment_does_what_keras_does(keras, name: str, channels: int):
    images = some_images(channels)
    images[0, ..., 0] = 0.25  # of one value
    layer = keras.layers.RandAugment(value_range=(0, 1), num_ops=1, factor=0.6)
    assert list(OPERATIONS) == layer._AUGMENT_LAYERS
    how = layer.get_random_transformation(images)
    how["layer_idxes"] = np.array([list(OPERATIONS).index(name)])
    wanted = layer.transform_images(images, how).numpy()

    found = TWINS["RandAugment"].images(images, in_numpy(how))

    # Where a last digit decides between two levels, one is a level off.
    off = np.abs(found - wanted)
    assert (off > 1e-4).mean() < 0.005
    assert off[off <= 1e-4].size


def test_what_is_drawn_for_randaugment_is_of_the_form_and_in_the_bounds_of_keras(keras):
    images = np.zeros((500, 8, 10, 3), np.float32)
    layer = keras.layers.RandAugment(value_range=(0, 1), num_ops=3, factor=0.5)
    theirs = in_numpy(layer.get_random_transformation(images))
    ours = draw_randaugment(np.random.default_rng(0), images, 3, 0.5)
    assert len(ours["layer_idxes"]) == len(theirs["layer_idxes"]) == 3
    for name, drawn in theirs["transforms"].items():
        if drawn is None:
            assert ours["transforms"][name] is None
            continue
        for part, values in ours["transforms"][name].items():
            assert np.shape(values) == np.shape(drawn[part]), (name, part)
            low, high = np.min(drawn[part]), np.max(drawn[part])
            room = 0.05 * (high - low) + 1e-6
            assert np.abs(np.min(values) - low) <= room, (name, part)
            assert np.abs(np.max(values) - high) <= room, (name, part)


@pytest.mark.parametrize("name", EACH)
def test_images_are_seen_as_bytes_and_a_seed_gives_the_same_again(name: str):
    pixels = (some_images(3) * 255).astype(np.uint8)
    configuration = Configuration(**EACH[name])
    found, again = seen(pixels, configuration, 3), seen(pixels, configuration, 3)
    assert found.pixels.dtype == np.uint8
    assert found.pixels.shape == pixels.shape
    assert (found.pixels == again.pixels).all()
    others = [seen(pixels, configuration, seed).pixels for seed in range(4, 9)]
    assert any((found.pixels != other).any() for other in others)
    is_mixing = any(one.is_mixing for one in chosen(configuration).values())
    assert (found.shares != np.eye(6)).any() == is_mixing


def test_without_augmentation_images_are_seen_as_they_are():
    pixels = (some_images(1) * 255).astype(np.uint8)
    assert (seen(pixels, Configuration()).pixels == pixels).all()


@given(
    settings=st.dictionaries(
        st.sampled_from([name for name in EACH if name != "colour"]), st.just(True), min_size=1
    ),
    count=st.integers(1, 7),
    size=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_any_choice_shows_any_images(settings: dict[str, bool], count: int, size: int, seed: int):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, size, 10 - size, 1), np.uint8)
    found = seen(pixels, Configuration(**{name: ALL[name] for name in settings}), seed)
    assert found.pixels.shape == pixels.shape
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, atol=1e-5)
    for start in range(0, count, PER_STEP):  # only images of one step are mixed
        rows = found.shares[start : start + PER_STEP]
        assert rows[:, :start].sum() + rows[:, start + PER_STEP :].sum() == 0
