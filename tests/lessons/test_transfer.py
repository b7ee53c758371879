"""What is taken, frozen and new is as Keras counts it, what the first layer finds as Keras has it;
what was measured is of these trainings, and the words about it are so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnn.data.sets.scene_options import Cue
from cnn.lessons import transfer
from cnn.lessons.transfer import Case, Own, borders, head_first, kept, maps, network, parent
from cnn.lessons.transfer.measured import FILE, SEEDS, measure, measured, text_of
from cnn.network.keras.model import build, set_weights
from cnn.network.trace import trace
from tests.network.test_training_macs import counted_in_tensorflow

BODY = borders()[-1]
EACH = pytest.mark.parametrize("own", Own)


def test_the_borders_are_behind_the_first_activation_and_behind_each_stage():
    kinds = [layer.kind for layer in parent().architecture.layers]
    assert kinds[:3] == ["Conv2D", "BatchNormalization", "Activation"]
    assert kinds[3:9] == ["Residual"] * 6
    assert kinds[9:] == ["GlobalAveragePooling2D", "Dense"]
    rows = [row for row in trace(parent().architecture).rows if len(row.path) == 1]
    channels = [row.output_shape[-1] for row in rows[3:9]]
    assert channels == [16, 16, 32, 32, 64, 64]
    assert borders() == (0, 3, 5, 7, 9)


@pytest.fixture(scope="module", params=Own)
def own_in_keras(request: pytest.FixtureRequest) -> tuple[Own, Any]:
    return request.param, build(network(request.param))


def layers_by_place(own: Own, model: Any) -> Iterator[tuple[int, Any]]:
    for row in trace(network(own)).rows:
        if row.weights:
            yield int(row.path[0]), model.get_layer(row.name)


def test_each_border_leaves_what_keras_leaves_with_trainable_off(own_in_keras):
    own, model = own_in_keras
    head = list(layers_by_place(own, model))[-1][1]
    for freeze in borders():
        for place, layer in layers_by_place(own, model):
            layer.trainable = place >= freeze
        found = kept(own, freeze)
        assert found.trained == sum(np.prod(one.shape) for one in model.trainable_weights)
        assert found.new == head.count_params()
        assert found.taken + found.new == model.count_params()
        assert found.frozen == sum(
            layer.count_params() for place, layer in layers_by_place(own, model) if place < freeze
        )


def test_with_the_whole_body_frozen_the_head_of_three_classes_has_195():
    found = kept(Own.SCENES, BODY)
    assert found.trained == found.new == 64 * 3 + 3
    assert found.frozen == found.taken


@pytest.mark.parametrize("freeze", [0, 5, BODY])
def test_an_image_costs_what_the_graph_of_the_gradient_has(freeze: int):
    start, architecture = transfer.begun(Own.SCENES, freeze).start, network(Own.SCENES)
    frozen = start.frozen(architecture, transfer.EPOCHS)
    assert kept(Own.SCENES, freeze).macs == counted_in_tensorflow(architecture, frozen)


def test_the_first_layer_finds_what_it_finds_in_keras():
    import keras

    image = transfer.data(Own.SCENES).test.images[3]
    model = build(parent().architecture)
    first = keras.Model(model.input, model.get_layer(transfer.first_layer()[1].name).output)
    for weights in (parent().weights, transfer.new_weights()):
        set_weights(model, parent().architecture, weights)
        wanted = np.asarray(first(image[None]))[0]
        np.testing.assert_allclose(maps(weights, image), wanted, atol=1e-4)


def test_new_weights_are_none_of_the_body():
    kernel = transfer.first_layer()[0].name
    trained, new = parent().weights[kernel][0], transfer.new_weights()[kernel][0]
    assert trained.shape == new.shape == (3, 3, 3, 16)
    assert np.abs(new).max() <= np.sqrt(6 / (9 * (3 + 16)))  # Glorot and Bengio, 2010
    assert np.abs(np.corrcoef(trained.ravel(), new.ravel())[0, 1]) < 0.2


def test_there_are_40_scenes_of_each_kind_and_10_of_each_digit_to_train():
    scenes, digits = (transfer.data(own) for own in Own)
    assert scenes.class_names == ("circle", "square", "triangle")
    assert (len(scenes.train), len(scenes.test)) == (120, 600)
    assert np.bincount(scenes.train.labels).min() >= 35
    assert (len(digits.train), len(digits.test)) == (100, 1_000)
    known = parent().card.configuration.dataset.scenes
    assert {"circle", "square", "triangle"} < set(known.kinds)
    assert known.texture is Cue.ANY, "there the texture says nothing of the kind; here it does"


@EACH
def test_where_the_whole_body_is_frozen_the_head_is_alone_throughout(own: Own):
    assert [head_first(one) for one in borders()] == [10] * (len(borders()) - 1) + [0]
    assert (head_first(0, 10), head_first(BODY, 10)) == (3, 0)
    architecture = network(own)
    all_frozen = transfer.begun(own, BODY).start.frozen(architecture, 1)
    start = transfer.begun(own, 0, head_first(0)).start
    assert all_frozen == start.frozen(architecture, 10)
    assert start.frozen(architecture, 11) == frozenset()


# ---- what was measured ------------------------------------------------------------------------


def test_what_was_measured_is_of_all_cases_and_of_these_images():
    found = measured()
    assert list(found) == list(transfer.cases())
    for case, one in found.items():
        data = transfer.data(case.own)
        assert (one.train, one.images) == (len(data.train), len(data.test))
        assert len(one.by_seed) == len(SEEDS) == 5, "as Beyond says"
        assert all(0 <= right <= one.images for right in one.by_seed)
        assert one.mean == pytest.approx(sum(one.by_seed) / len(SEEDS) / one.images)


def test_the_words_about_what_was_measured_are_so():
    """Lesson and Beyond say these things in words, beside the figures."""
    found = measured()
    scenes, digits, few = (
        [found[Case(own, freeze, epochs)] for freeze in (None, BODY, 0)]
        for own, epochs in ((Own.SCENES, 30), (Own.DIGITS, 30), (Own.DIGITS, 10))
    )
    new, frozen, tuned = scenes
    assert min(*frozen.shares, *tuned.shares) > max(new.shares) + 0.2
    new, frozen, tuned = digits
    assert max(frozen.shares) < min(new.shares) - 0.05, "here it hurts"
    assert abs(tuned.mean - new.mean) < (max(new.shares) - min(new.shares)) / 2
    by_border = [found[Case(Own.DIGITS, freeze)].mean for freeze in borders()]
    assert max(by_border[:3]) - min(by_border[:3]) < 0.02, "the first stages may stay frozen"
    assert by_border[2] - 0.03 > by_border[3] > by_border[4] + 0.03, "each later one takes more"
    new, frozen, tuned = few
    assert tuned.mean < new.mean - 0.05, "small steps take their time"
    assert frozen.mean < new.mean


def test_what_was_measured_is_kept_as_text():
    assert FILE.read_text(encoding="utf-8") == text_of(measured())


@pytest.mark.proof
@EACH
@pytest.mark.parametrize("freeze", [None, 0, BODY])
def test_what_was_measured_is_measured_again(own: Own, freeze: int | None):
    """Other processors round otherwise, and of few images a training makes much of that."""
    case = Case(own, freeze)
    again, before = measure(case, SEEDS[:2]), measured()[case]
    assert (again.train, again.images) == (before.train, before.images)
    low, high = min(before.shares), max(before.shares)
    assert all(low - 0.05 <= share <= high + 0.05 for share in again.shares)
