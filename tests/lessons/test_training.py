"""Loss, gradient and steps of one weight: by hand, by differences, and against plain loops."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.lessons import training
from cnn.lessons.training import HOURS, KILOMETRES, TOO_FAR, gradient, left_over, loss, path
from cnn.network.keras.model import build
from ui.views.lessons.training import RATES, STARTS

WALKS = list(zip(HOURS.tolist(), KILOMETRES.tolist(), strict=True))
weights = st.floats(-100, 100)


@given(weights)
def test_the_loss_is_the_mean_squared_error_of_keras_and_of_a_loop(w: float):
    by_hand = sum((w * x - y) ** 2 for x, y in WALKS) / len(WALKS)
    assert loss(w) == pytest.approx(by_hand)
    of_keras = keras.losses.mean_squared_error(
        KILOMETRES.astype(np.float32), (w * HOURS).astype(np.float32)
    )
    assert loss(w) == pytest.approx(float(of_keras), rel=1e-4)


@given(weights)
def test_the_gradient_is_the_numerical_derivative_of_the_loss(w: float):
    nudge = 1e-4
    wanted = (loss(w + nudge) - loss(w - nudge)) / (2 * nudge)
    assert gradient(w) == pytest.approx(wanted, abs=1e-4)


@given(weights)
def test_the_best_weight_is_that_of_least_squares_and_none_has_less_loss(w: float):
    wanted = np.linalg.lstsq(HOURS[:, None], KILOMETRES, rcond=None)[0].item()
    assert training.best() == pytest.approx(wanted) == pytest.approx(4)
    assert loss(w) >= loss(training.best())
    assert gradient(training.best()) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_steps_are_those_of_a_plain_loop_and_of_kerass_sgd(rate: float):
    w, wanted = 1.0, [1.0]
    for _ in range(7):
        slope = sum(2 * x * (w * x - y) for x, y in WALKS) / len(WALKS)
        w -= rate * slope
        wanted.append(w)
    found = path(1.0, rate, 7)
    assert found == pytest.approx(wanted)

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[1.0]], np.float32)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    for step in range(1, 4):
        model.train_on_batch(HOURS[:, None].astype("f"), KILOMETRES[:, None].astype("f"))
        assert found[step] == pytest.approx(model.get_weights()[0].item(), rel=1e-4)


@given(st.sampled_from(STARTS), st.sampled_from(RATES), st.integers(0, 50))
def test_each_step_multiplies_the_distance_to_the_best_by_what_is_left(start, rate, steps):
    found = path(start, rate, steps)
    distance = (start - 4) * (1 - 5 * rate) ** (len(found) - 1)
    assert found[-1] - 4 == pytest.approx(distance, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("rate", RATES)
def test_below_two_over_the_curvature_the_loss_falls_at_it_it_stays_and_above_it_grows(rate):
    curvature = float(np.polyfit([-1, 0, 1, 2], [loss(w) for w in (-1, 0, 1, 2)], 2)[0]) * 2
    assert curvature == pytest.approx(5)
    losses = [loss(w) for w in path(1.0, rate, 8)]
    assert abs(left_over(rate)) == pytest.approx(abs(1 - rate * curvature), abs=1e-12)
    if rate < 2 / curvature - 1e-9:
        assert losses[1] < losses[0]
        assert losses[-1] <= losses[1]
    elif rate > 2 / curvature + 1e-9:
        assert all(after > before for before, after in pairwise(losses))
    else:
        assert losses == pytest.approx([losses[0]] * len(losses))


def test_the_rates_offered_show_a_slow_one_one_that_leaps_and_one_that_runs_away():
    assert left_over(RATES[0]) > 0.9
    assert any(-1 < left_over(rate) < 0 for rate in RATES)
    assert left_over(RATES[-1]) < -1


def test_a_path_ends_where_the_loss_has_run_away():
    found = path(8.0, 0.45, 50)
    assert len(found) < 51
    assert loss(found[-1]) > TOO_FAR >= loss(found[-2])


def test_a_path_without_steps_is_its_start():
    assert path(2.5, 0.1, 0) == (2.5,)


def test_the_network_that_opens_in_build_has_the_one_weight_and_guesses_so():
    model = build(training.network())
    assert model.count_params() == 1
    model.set_weights([np.array([[3.0]], np.float32)])
    hours = HOURS.astype(np.float32).reshape(-1, 1, 1, 1)
    np.testing.assert_allclose(np.asarray(model(hours))[:, 0], 3 * HOURS, rtol=1e-6)


@pytest.mark.parametrize("rate", RATES)
def test_a_step_as_it_is_written_holds_to_its_last_digit_and_moves_until_the_bottom(rate):
    for w in (w for start in STARTS for w in path(start, rate, 50)):
        line = training.written(w, rate)
        w_read, slope, after = (float(text.replace("−", "-")) for text in vars_of(line))
        decimals = max(len(text.partition(".")[2]) for text in (*vars_of(line), "0.000"))
        assert w_read - rate * slope == pytest.approx(after, abs=0.5001 * 10**-decimals)
        assert (line.w == line.after) == (abs(rate * gradient(w)) < training.NOISE)
        assert w_read == pytest.approx(w, abs=0.000501)
        assert slope == pytest.approx(gradient(w), abs=0.000501)


def vars_of(line: training.Written) -> tuple[str, str, str]:
    return line.w, line.gradient, line.after


def test_after_eleven_steps_the_line_has_the_digits_that_it_needs():
    # By hand: 4 - 3 / 2**11 = 3.99853..., and half of what is left.
    line = training.written(path(1.0, 0.1, 11)[-1], 0.1)
    assert vars_of(line) == ("3.99854", "−0.00732", "3.99927")
