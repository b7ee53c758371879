"""Who looks at whom, and the answers, by loops over bare weights; what was measured, once more."""

from itertools import product
from math import erf, exp, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.insight.passes.attention import all_shares
from cnn.lessons import attention
from cnn.lessons.attention import (
    Position,
    blanked,
    cost,
    has_ink,
    joined,
    looked,
    looked_at_most,
    near,
    needed,
    network,
    order,
    patches,
    shuffled,
    with_convolution,
    without_position,
    worked,
)
from cnn.lessons.attention.by_hand import CELLS, KEY, QUERY, VALUE, by_hand
from cnn.lessons.attention.measured import FILE, even_weights, measure, measured, text_of
from cnn.lessons.equivariance import example
from cnn.network.layers import PositionEmbedding
from cnn.network.trace import trace
from tests import needs
from ui.views.lessons.attention import CLOSE

Numbers = npt.NDArray[np.float64]
TEST = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test
EACH = pytest.mark.parametrize("place", [0, 3, 11])
HEADS, SIZE, CHANNELS, N = 4, 14, 40, 49


def of(one: Any, name: str) -> list[Numbers]:
    return [np.asarray(array, np.float64) for array in one.weights[name]]


def normed(x: Numbers, one: Any, name: str) -> Numbers:
    scale, shift = of(one, name)
    mean = x.mean(axis=1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=1, keepdims=True)
    found: Numbers = (x - mean) / np.sqrt(variance + 1e-6) * scale + shift
    return found


def by_loops(image: Numbers, position: Position) -> tuple[Numbers, Numbers]:
    """The shares `[heads, cells, cells]` and those of the digits."""
    one = without_position() if position is Position.NEVER else network()
    kernel, bias = of(one, "conv2d_1")
    x = np.zeros((N, CHANNELS))
    for row, column in product(range(7), repeat=2):
        patch = image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        x[7 * row + column] = (patch[..., None] * kernel[:, :, 0]).sum(axis=(0, 1)) + bias
    if position is Position.OWN:
        x += of(one, "position_embedding_1")[0].reshape(N, CHANNELS)

    seen = normed(x, one, "layer_normalization_1")
    wq, bq, wk, bk, wv, bv, wo, bo = of(one, "self_attention2d_1")
    weights, gathered = np.zeros((HEADS, N, N)), np.tile(bo, (N, 1))
    for head in range(HEADS):
        q, k, v = (seen @ w[:, head] + b[head] for w, b in ((wq, bq), (wk, bk), (wv, bv)))
        for cell in range(N):
            powers = np.array([exp(q[cell] @ k[other] / sqrt(SIZE)) for other in range(N)])
            weights[head, cell] = powers / powers.sum()
            for other in range(N):
                gathered[cell] += weights[head, cell, other] * (v[other] @ wo[head])
    x = x + gathered

    (first, b), (second, c) = of(one, "conv2d_2"), of(one, "conv2d_3")
    wide = normed(x, one, "layer_normalization_2") @ first[0, 0] + b
    gelu = np.vectorize(lambda value: value / 2 * (1 + erf(value / sqrt(2))))
    x = x + gelu(wide) @ second[0, 0] + c

    last, d = of(one, "dense_1")
    grown = np.exp(normed(x, one, "layer_normalization_3").mean(axis=0) @ last + d)
    return weights, grown / grown.sum()


@pytest.mark.parametrize("position", Position)
@EACH
def test_shares_and_answers_are_those_of_loops_over_the_weights(place, position):
    image = example(place)[0]
    weights, shares = by_loops(image.astype(np.float64), position)
    found = looked(image, position)
    np.testing.assert_allclose(found.weights, weights, atol=1e-4)
    np.testing.assert_allclose(found.shares, shares, atol=1e-4)
    assert found.said == shares.argmax()
    np.testing.assert_allclose(found.weights.sum(axis=2), 1, atol=1e-5)
    got = [weights[:, :, cell].mean() for cell in range(N)]
    ink = [cell for cell in range(N) if patches(image)[cell].any()]
    assert looked_at_most(image, found.weights) == max(ink, key=lambda cell: got[cell])


@EACH
def test_the_numbers_of_one_share_lead_to_it(place):
    image = example(place)[0]
    shares = by_loops(image.astype(np.float64), Position.OWN)[0]
    for head, cell, other in ((0, 24, 3), (3, 0, 48)):
        found = worked(image, head, cell, other, Position.OWN)
        assert found.share == pytest.approx(shares[head, cell, other], abs=1e-4)
        assert found.divided == pytest.approx(found.product / sqrt(SIZE))
        assert found.power == pytest.approx(exp(found.divided))


def test_patches_are_cut_row_by_row_and_joined_again():
    image = np.arange(28 * 28, dtype=np.float32).reshape(28, 28)
    found = patches(image)
    for row, column in product(range(7), repeat=2):
        wanted = image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        np.testing.assert_array_equal(found[7 * row + column], wanted)
    np.testing.assert_array_equal(joined(found), image)
    many = np.stack([image, image + 1])
    np.testing.assert_array_equal(joined(patches(many)), many)


def test_shuffled_patches_are_the_same_patches_in_other_cells():
    image = example(3)[0]
    assert sorted(order()) == list(range(N))
    assert sum(place == other for place, other in enumerate(order())) <= 5
    for place, other in enumerate(order()):
        np.testing.assert_array_equal(patches(shuffled(image))[place], patches(image)[other])


@EACH
def test_without_positions_the_answer_to_shuffled_patches_is_the_same(place):
    image = example(place)[0]
    for position in (Position.OFF, Position.NEVER):
        one, other = looked(image, position), looked(shuffled(image), position)
        np.testing.assert_allclose(one.shares, other.shares, atol=1e-4)
        moved = one.weights[:, list(order())][:, :, list(order())]
        np.testing.assert_allclose(moved, other.weights, atol=1e-4)
    own = looked(image).shares, looked(shuffled(image)).shares
    assert np.abs(own[0] - own[1]).max() > 0.01


def test_each_cell_is_blank_alone():
    image = example(3)[0]
    said = looked(image).said
    found = needed(image)
    for cell in (0, 17, 24, 30):
        row, column = divmod(cell, 7)
        left = image.copy()
        left[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] = 0
        np.testing.assert_array_equal(blanked(image)[cell], left)
        assert found[cell] == pytest.approx(looked(left).shares[said], abs=1e-4)


def test_near_is_what_a_3x3_window_has():
    found = near()
    for cell, other in product(range(N), repeat=2):
        (y, x), (v, u) = divmod(cell, 7), divmod(other, 7)
        assert found[cell, other] == (abs(y - v) <= 1 and abs(x - u) <= 1)


def test_so_many_convolutions_see_from_corner_to_corner_and_no_fewer():
    def reached(layers: int) -> bool:
        seen = np.zeros((7, 7), bool)
        seen[0, 0] = True
        for _ in range(layers):
            padded = np.pad(seen, 1)
            seen = np.any([padded[i : i + 7, j : j + 7] for i in range(3) for j in range(3)], 0)
        return bool(seen[6, 6])

    assert reached(attention.layers_of_convolution())
    assert not reached(attention.layers_of_convolution() - 1)


def keras_of_four() -> tuple[Numbers, Numbers]:
    """What Keras makes of the four cells, with values as long as they are, and the shares."""
    import keras

    layer = keras.layers.MultiHeadAttention(1, 4, value_dim=4, use_bias=False, output_shape=4)
    x = CELLS[None].astype(np.float32)
    layer(x, x)
    kernels = [one[:, None].astype(np.float32) for one in (QUERY, KEY, VALUE)]
    layer.set_weights([*kernels, np.eye(4, dtype=np.float32)[None]])
    gathered, shares = layer(x, x, return_attention_scores=True)
    return np.asarray(gathered)[0], np.asarray(shares)[0, 0]


def test_four_cells_by_hand_are_as_keras_has_them():
    gathered, shares = keras_of_four()
    for cell in range(4):
        found = by_hand(cell)
        np.testing.assert_allclose(found.weights, shares[cell], atol=1e-6)
        np.testing.assert_allclose(found.gathered, gathered[cell], atol=1e-6)


def test_cell_2_of_the_four_is_as_it_is_on_paper():
    found = by_hand(2)
    assert found.query.tolist() == [2, 1, 1, 2]
    assert found.keys.tolist() == [[1, 0, 2, 0], [0, 2, 0, 1], [1, 2, 2, 1], [0, 0, 0, 0]]
    assert found.products.tolist() == [4, 4, 8, 0]
    assert (found.root, found.divided.tolist()) == (2, [2, 2, 4, 0])
    total = 2 * exp(2) + exp(4) + 1
    assert found.weights * total == pytest.approx([exp(2), exp(2), exp(4), 1])
    as_they_are = by_hand(2, divides=False)
    assert as_they_are.divided.tolist() == [4, 4, 8, 0]
    assert as_they_are.weights[2] == pytest.approx(exp(8) / (2 * exp(4) + exp(8) + 1))
    assert by_hand(3).weights.tolist() == [0.25] * 4, "who asks nothing gets the mean"


@pytest.mark.parametrize("side", [2, 7, 28])
def test_what_attention_costs_is_counted_by_hand(side):
    found, n = cost(side), side * side
    assert found.cells == n
    assert found.pairs == 2 * n * n * HEADS * SIZE
    assert found.attention == 4 * n * CHANNELS * HEADS * SIZE + found.pairs
    assert found.convolution == n * 9 * CHANNELS * CHANNELS


def test_the_two_layers_cost_the_same_within_one_per_cent():
    one, other = (trace(x.architecture).total_macs for x in (network(), with_convolution()))
    assert 0.99 < one / other < 1.01
    here = cost(7)
    assert one - other == here.attention - here.convolution


def test_the_networks_beside_it_differ_in_one_layer():
    whole, plain, convolved = (x.card for x in (network(), without_position(), with_convolution()))
    for other in (plain, convolved):
        assert other.configuration == whole.configuration
        assert other.data_fingerprint == whole.data_fingerprint
        assert other.architecture.input == whole.architecture.input
    layers = whole.architecture.layers
    assert plain.architecture.layers == tuple(
        x for x in layers if not isinstance(x, PositionEmbedding)
    )
    rows = trace(whole.architecture).rows, trace(convolved.architecture).rows
    pairs = [(a, b) for a, b in zip(*rows, strict=True) if a.kind != "Residual"]
    changed = [(a.kind, b.kind) for a, b in pairs if a.layer != b.layer]
    assert changed == [("SelfAttention2D", "Conv2D")]
    assert (attention.layer().heads, attention.layer().key_size) == (HEADS, SIZE)


def test_even_weights_make_each_cell_look_at_all_alike():
    x = np.random.default_rng(0).normal(size=(7, 7, CHANNELS)).astype(np.float32)
    found = all_shares(x, even_weights()["self_attention2d_1"])
    np.testing.assert_allclose(found, 1 / N, atol=1e-6)


def test_what_was_measured_is_in_its_limits_and_is_of_the_cards():
    found = measured()
    right = {one: both.in_place for one, both in found.right.items()}
    assert found.images == network().card.test_images == 10_000
    assert right[Position.OWN] == network().card.right
    assert right[Position.NEVER] == without_position().card.right
    assert len(found.outside) == len(found.to_blank) == HEADS
    assert all(0 < one < 1 for one in (*found.outside, *found.to_blank, found.blank))
    blank = 1 - has_ink(TEST.images[..., 0]).mean()
    assert found.blank == pytest.approx(blank, abs=0.01), "of 1,000 of the 10,000"


def test_the_words_about_what_was_measured_are_so():
    """The lesson says these things in words, beside the figures."""
    found = measured()
    off, never = found.right[Position.OFF], found.right[Position.NEVER]
    for both in (off, never):
        assert both.in_place == both.shuffled
    assert found.right[Position.OWN].shuffled < found.right[Position.OWN].in_place / 2
    assert found.even < found.right[Position.OWN].in_place / 2
    assert with_convolution().card.right > network().card.right + 2 * CLOSE
    assert found.lost_looked < 2 * found.lost_any
    assert found.lost_needed > 5 * found.lost_looked
    assert found.agree < found.few / 10
    assert np.mean(found.outside) == pytest.approx(1 - near().mean(), abs=0.05)


@pytest.mark.proof
@needs.MNIST.mark()
def test_what_was_measured_is_measured_again():
    data = load(network().card.configuration.dataset, network().architecture.input)
    again, kept = measure(data.test), measured()
    assert again.images == kept.images
    for position in Position:  # two digits may be as good as equally likely
        np.testing.assert_allclose(again.right[position], kept.right[position], atol=2)
    np.testing.assert_allclose(again.outside, kept.outside, atol=2e-4)
    np.testing.assert_allclose(again.to_blank, kept.to_blank, atol=2e-4)
    assert again.blank == kept.blank
    assert abs(again.even - kept.even) <= 2
    for name in ("lost_looked", "lost_any", "lost_needed"):
        assert getattr(again, name) == pytest.approx(getattr(kept, name), abs=2e-4)
    assert (again.few, abs(again.agree - kept.agree) <= 2) == (kept.few, True)


def test_what_was_measured_is_kept_as_text():
    assert FILE.read_text(encoding="utf-8") == text_of(measured())
