"""What the shipped network does with moved images, measured again without the lesson's own code."""

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.insight.passes.forward import predict
from cnn.insight.readings.disturbance import REACH, shifted
from cnn.lessons import equivariance
from cnn.lessons.equivariance import Stage, stages, strongest
from cnn.shipped import shipped

IMAGE = equivariance.example(3)[0]


def answers(images):
    network = shipped()
    return predict(network.architecture, network.weights, images[..., None])


@pytest.mark.parametrize(("right", "down"), [(1, 0), (-3, 2), (4, -4), (7, 7), (0, 5)])
def test_the_map_of_a_convolution_moves_with_the_image_number_for_number(right, down):
    _, conv, *_ = stages(IMAGE, right, down)
    assert conv.moved == (right, down)
    assert conv.left_over == pytest.approx(0, abs=1e-5)
    for row in range(26):
        for column in range(26):
            if 0 <= row + down < 26 and 0 <= column + right < 26:
                np.testing.assert_allclose(
                    conv.shifted[row + down, column + right], conv.rest[row, column], atol=1e-5
                )


@pytest.mark.parametrize("place", range(1, 6))
def test_a_pooled_map_moves_number_for_number_only_by_whole_cells(place):
    image, _, _ = equivariance.example(place)
    _, _, one, two = stages(image, 2, -4)
    assert (one.moved, two.moved) == ((1, -2), (0.5, -1))
    assert one.left_over == pytest.approx(0, abs=1e-5)
    assert two.left_over is None
    assert stages(image, 4, 4)[3].left_over == pytest.approx(0, abs=1e-4)


def test_a_difference_that_is_left_is_found_in_the_right_place():
    rest = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    after = np.zeros_like(rest)
    after[1:, :3] = rest[:2, 1:]  # one down, one left
    after[2, 1] += 0.5
    assert Stage(None, rest, after, (-1, 1)).left_over == 0.5
    after[0] = 99  # came in from outside: it has nothing to be compared with
    after[:, 3] = 99
    assert Stage(None, rest, after, (-1, 1)).left_over == 0.5


def test_how_alike_two_maps_are_is_the_cosine_between_them():
    a = np.array([[[3.0], [4.0]]], np.float32)
    assert Stage(None, a, a, (0, 0)).alike == pytest.approx(1)
    assert Stage(None, a, a[:, ::-1], (0, 0)).alike == pytest.approx(24 / 25)
    assert Stage(None, a, np.zeros_like(a), (0, 0)).alike == 0


def test_over_many_digits_pooled_maps_stay_more_alike_and_none_stays_the_same():
    found = np.array(
        [
            [stage.alike for stage in stages(equivariance.example(place)[0], 2, 0)]
            for place in range(1, 31)
        ]
    )
    image, conv, one, two = found.mean(axis=0)
    assert max(image, conv) < one < two < 1
    assert found.max() < 1


def test_the_map_of_all_shifts_holds_the_answer_to_each_moved_image():
    found = equivariance.likely_everywhere(IMAGE)
    assert found.shape == (2 * REACH + 1, 2 * REACH + 1, 10)
    for right, down in ((0, 0), (5, -3), (-7, 7)):
        wanted = answers(shifted(IMAGE, right, down)[None])[0]  # ends in a softmax of its own
        np.testing.assert_allclose(found[REACH + down, REACH + right], wanted, atol=1e-5)


def test_it_is_not_invariant_and_not_blind_either():
    kept = (equivariance.likely_everywhere(IMAGE).argmax(axis=2) == 9).sum()
    assert 100 < kept < 225


def test_images_read_right_at_each_distance_are_counted_one_by_one():
    count = 12
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
    numbers = [place * 387 % 1000 for place in range(count)]
    for distance, (hits, many) in enumerate(equivariance.right_by_distance(count)):
        ways = {(distance, 0), (-distance, 0), (0, distance), (0, -distance)}
        wanted = 0
        for number in numbers:
            image, label = test.images[number, :, :, 0], test.labels[number]
            wanted += sum(answers(shifted(image, *way)[None]).argmax() == label for way in ways)
        assert (hits, many) == (wanted, count * len(ways))


def test_a_test_image_says_its_own_number():
    image, number, name = equivariance.example(3)
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
    assert (number, name) == (3 * 387 % 1000, str(test.labels[number]))
    np.testing.assert_array_equal(image, test.images[number, :, :, 0])
    conv = stages(image, 0, 0)[1]
    row, column = strongest(conv, 4)
    assert conv.rest[row, column, 4] == conv.rest[..., 4].max()
