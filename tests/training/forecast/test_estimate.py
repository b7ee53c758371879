"""The estimate before a training: by hand, from finished runs, and kept on this machine."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn.network.trace import trace
from cnn.network.training_macs import total_training_macs, training_macs
from cnn.network.zoo import entry
from cnn.training.forecast import calibration
from cnn.training.forecast.calibration import ROUGH, Calibration
from cnn.training.forecast.estimate import Estimate, estimate, estimate_all, measured_here
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Result, Run, State
from cnn.training.recipe.start import Start, with_weights

LENET = entry("lenet-5").architecture
RESNET = entry("resnet-lite").architecture
IMAGES = {"train": 640, "validation": 100, "test": 200}
SETTINGS = Configuration(epochs=3, batch_size=64)
# LeNet-5 has 8 layers, 416,520 MACs and 8,494 values of 4 bytes for an image.
PRICES = Calibration(1e-3, 1e-4, 1e-10, 1e-9, 0.5, 0.1, 500 << 20)
STEP_S = 1e-3 + 8 * 1e-4 + 64 * (416_520 * 1e-10 + 33_976 * 1e-9)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    return tmp_path


def finished(architecture, images_per_s: float, state: State = State.FINISHED) -> Run:
    result = Result(0.1, 0.9, 200, 640, 100, 1.0, images_per_s)
    return Run(
        *("id", "name", architecture, SETTINGS, state, 0.0), result=result, images=dict(IMAGES)
    )


def test_the_time_is_that_of_compiling_all_steps_and_all_looks():
    found = estimate(LENET, SETTINGS, IMAGES, PRICES)

    looks = (3 * 100 + 200) * 0.4 * (416_520 * 1e-10 + 33_976 * 1e-9)
    assert found.seconds == pytest.approx(1.25 * 1.3 + 3 * 0.02 + 30 * STEP_S + looks)
    assert not found.is_rough


def test_compiling_is_paid_once_for_all_seeds_of_a_network():
    """8 trainings, four networks with two seeds: four times compiling, eight times all else."""
    networks = [entry(id).architecture for id in ("shapes-demo", "lenet-5", "simple-cnn")]
    networks.append(RESNET)
    trainings = [(one, replace(SETTINGS, seed=seed)) for seed in (0, 1) for one in networks]
    alone = [estimate(*one, IMAGES, PRICES) for one in trainings]
    compiling = sum(1.25 * (0.5 + 0.1 * len(trace(one).rows)) for one in networks)

    found = estimate_all(trainings, IMAGES, PRICES)

    assert found.seconds == pytest.approx(sum(one.seconds for one in alone) - compiling)
    assert found.peak_bytes == max(one.peak_bytes for one in alone)
    assert not found.is_rough
    assert estimate_all(trainings, IMAGES, None).is_rough


def test_one_training_more_networks_than_are_kept_pays_for_each_again():
    networks = [replace(LENET, input=(size, size, 1)) for size in (28, 29, 30, 31, 32)]
    trainings = [(one, replace(SETTINGS, seed=seed)) for seed in (0, 1) for one in networks]

    found = estimate_all(trainings, IMAGES, PRICES).seconds

    alone = [estimate(*one, IMAGES, PRICES).seconds for one in trainings]
    assert found == pytest.approx(sum(alone))


def test_the_memory_is_tensorflow_the_network_and_three_copies_of_the_data():
    found = estimate(LENET, SETTINGS, IMAGES, PRICES)

    # Weights, gradients and two copies of Adam; per image the input, outputs and their gradients.
    network = 61_706 * 4 * 4 + 64 * (784 * 4 + 2 * 33_976)
    compiled = (30 << 20) + 8 * (3 << 19)
    assert found.peak_bytes == (500 << 20) + network + compiled + 3 * 940 * 784


def test_a_finished_run_of_the_same_network_has_the_last_word_on_its_speed():
    twice_as_slow = finished(LENET, 64 / (2 * STEP_S))
    another = finished(RESNET, 1e9)

    plain, found = (
        estimate(LENET, SETTINGS, IMAGES, PRICES, done) for done in ((), (another, twice_as_slow))
    )

    beside = 1.25 * 1.3 + 3 * 0.02
    assert found.seconds - beside == pytest.approx(2 * (plain.seconds - beside))


BY_MACS = Calibration(0.0, 0.0, 1e-10, 0.0, 0.0, 0.0, 500 << 20)
"""A machine on which nothing costs anything but multiply-accumulates."""
ONLY_TRAIN = {"train": 640}


def begun(architecture, **how) -> Configuration:
    """A training in which all but the last layer with weights is taken."""
    *_, head = with_weights(architecture)
    return replace(SETTINGS, start=Start("0" * 64, file="a.keras", anew=(head.name,), **how))


def steps_s(architecture, settings, prices=BY_MACS, done=()) -> float:
    """The time of the steps alone."""
    found = estimate(architecture, settings, ONLY_TRAIN, prices, done)
    return found.seconds - 3 * 0.02


@pytest.mark.parametrize("freeze", [1, 5, 9])
def test_frozen_layers_spare_the_gradients_that_are_not_worked_out(freeze: int):
    settings = begun(RESNET, freeze=freeze)
    assert settings.start
    frozen = settings.start.frozen(RESNET, 1)
    left = total_training_macs(trace(RESNET), frozen) / training_macs(RESNET)

    assert left < 1
    assert steps_s(RESNET, settings) / steps_s(RESNET, SETTINGS) == pytest.approx(left)


def test_weights_that_are_taken_and_not_frozen_cost_what_new_ones_cost():
    found, plain = (estimate(RESNET, one, IMAGES, PRICES) for one in (begun(RESNET), SETTINGS))
    assert found == plain


def test_the_epochs_of_the_head_alone_cost_as_little_as_a_frozen_body_and_compile_once_more():
    body = int(with_weights(RESNET)[-1].path[0])
    head_s, whole_s = (steps_s(RESNET, one) for one in (begun(RESNET, freeze=body), begun(RESNET)))

    found = steps_s(RESNET, begun(RESNET, head_first=1))
    assert found == pytest.approx((head_s + 2 * whole_s) / 3)

    compiling = Calibration(0.0, 0.0, 0.0, 0.0, 0.5, 0.1, 500 << 20)
    once = 1.25 * (0.5 + 0.1 * len(trace(RESNET).rows))
    assert steps_s(RESNET, begun(RESNET, freeze=body), compiling) == pytest.approx(once)
    assert steps_s(RESNET, begun(RESNET, head_first=1), compiling) == pytest.approx(2 * once)


def test_layers_before_the_border_cost_their_share_of_looking_alone():
    layers = Calibration(0.0, 1e-4, 0.0, 0.0, 0.0, 0.0, 500 << 20)
    settings = begun(LENET, freeze=1)

    # Of eight layers the convolution and its pooling are forward alone, in 30 steps.
    assert steps_s(LENET, settings, layers) == pytest.approx(30 * 1e-4 * (6 + 2 * 0.4))
    size = Calibration(0.0, 0.0, 0.0, 1e-9, 0.0, 0.0, 500 << 20)
    alone = sum(row.activation_bytes for row in trace(LENET).rows[:2])
    wanted = 30 * 64 * 1e-9 * (33_976 - 0.6 * alone)
    assert steps_s(LENET, settings, size) == pytest.approx(wanted)


def test_frozen_layers_need_no_gradients_and_hold_no_outputs_for_them():
    rows = trace(LENET).rows
    *_, head = rows
    plain, one, body = (
        estimate(LENET, settings, IMAGES, PRICES).peak_bytes
        for settings in (SETTINGS, begun(LENET, freeze=1), begun(LENET, freeze=len(rows) - 1))
    )

    # Of the convolution: gradients and two copies of 156 weights; its output and that of the
    # pooling are there once, as something has to be, and without a gradient.
    outputs = [row.activation_bytes for row in rows]
    assert plain - one == 3 * 4 * 156 + 64 * sum(outputs[:2])
    # Before the head all is let go but the three largest outputs.
    alone = outputs[:-1]
    let_go = 2 * sum(alone) - sum(sorted(alone)[-3:])
    assert plain - body == 3 * 4 * (61_706 - head.params) + 64 * let_go


def test_the_memory_of_the_head_alone_is_not_all_that_there_will_be():
    plain, found = (
        estimate(LENET, settings, IMAGES, PRICES).peak_bytes
        for settings in (SETTINGS, begun(LENET, head_first=1))
    )
    assert found - plain == (30 << 20) + 8 * (3 << 19)  # compiled once more


def test_a_finished_run_with_a_frozen_body_makes_no_other_training_look_fast():
    body = int(with_weights(RESNET)[-1].path[0])
    settings = begun(RESNET, freeze=body)
    as_priced = 30 * 64 / steps_s(RESNET, settings)
    run = replace(finished(RESNET, as_priced), configuration=settings)

    alone = steps_s(RESNET, SETTINGS)
    assert steps_s(RESNET, SETTINGS, done=[run]) == pytest.approx(alone)


def test_runs_of_other_networks_correct_it_together_and_unfinished_ones_do_not():
    plain = estimate(RESNET, SETTINGS, IMAGES, PRICES)
    runs = [finished(LENET, 64 / (share * STEP_S)) for share in (1.0, 3.0, 100.0)]
    runs += [finished(LENET, 1.0, State.STOPPED), replace(runs[0], images={})]

    found = estimate(RESNET, SETTINGS, IMAGES, PRICES, runs)

    beside = 1.25 * (0.5 + 0.1 * 45) + 3 * 0.02
    assert found.seconds - beside == pytest.approx(3 * (plain.seconds - beside))


def test_an_estimate_is_rough_until_something_was_measured_here():
    assert estimate(LENET, SETTINGS, IMAGES, None).is_rough
    assert not estimate(LENET, SETTINGS, IMAGES, None, [finished(LENET, 5_000.0)]).is_rough


def test_runs_of_another_machine_do_not_count():
    here = replace(finished(LENET, 1.0), environment=dict(calibration_environment()))
    elsewhere = replace(here, environment={"processors": 4_096})

    assert measured_here([here, elsewhere]) == [here]


def calibration_environment() -> dict[str, object]:
    from cnn.training.engine.environment import environment

    return environment(64)


@pytest.mark.parametrize(
    ("seconds", "mib", "text"),
    [
        (0.2, 731, "about 1 s and 730 MiB"),
        (12.3, 904, "about 12 s and 900 MiB"),
        (150.0, 2_048, "about 2.5 min and 2.0 GiB"),
        (8_000.0, 10_240, "about 2 h and 10.0 GiB"),
    ],
)
def test_the_words_have_as_many_digits_as_are_known(seconds, mib, text):
    assert Estimate(seconds, mib << 20, 0, False).text == text
    assert Estimate(seconds, mib << 20, 0, True).text == text.replace("about", "roughly")


def test_a_measurement_is_kept_and_holds_for_this_machine_only(home):
    calibration.save(PRICES)
    assert calibration.load() == PRICES
    assert os.name != "posix" or (home / calibration.FILE).stat().st_mode & 0o777 == 0o600

    kept = json.loads((home / calibration.FILE).read_text())
    (home / calibration.FILE).write_text(json.dumps(kept | {"machine": "another"}))
    assert calibration.load() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"machine": 3}'])
def test_a_file_that_cannot_be_used_counts_as_none(home, text):
    (home / calibration.FILE).write_text(text)

    assert calibration.load() is None


@pytest.mark.parametrize("value", [-1.0, float("nan"), "much", None])
def test_a_price_that_cannot_be_makes_the_file_unusable(home, value):
    calibration.save(PRICES)
    kept = json.loads((home / calibration.FILE).read_text())
    (home / calibration.FILE).write_text(json.dumps(kept | {"mac_s": value}))

    assert calibration.load() is None


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_fail(home, monkeypatch):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("CNN_HOME", str(home / "file"))

    calibration.save(PRICES)

    assert calibration.load() is None


def test_prices_are_found_again_from_times_made_of_them():
    rows = np.array([calibration._costs(trace(one), n) for one, n in probes()])
    wanted = np.array([1e-3, 1e-4, 1e-11, 5e-10])

    assert calibration._not_negative(rows, rows @ wanted) == pytest.approx(list(wanted), rel=1e-6)


def test_no_price_is_ever_below_zero():
    rows = np.array([calibration._costs(trace(one), n) for one, n in probes()])
    cheap_layers = rows @ [2e-3, -2e-5, 1e-11, 5e-10]

    assert min(calibration._not_negative(rows, cheap_layers)) == 0


def probes():
    return calibration._probes()


def timed_as(monkeypatch, *rounds: float) -> None:
    """Has the probes take so many times as long as in the first test of prices, round by round."""
    prices = np.array([1e-3, 1e-4, 1e-11, 5e-10])
    true = [float(calibration._costs(trace(one), batch) @ prices) for one, batch in probes()]
    times = iter([(share * (0.5 + one), share * one) for share in rounds for one in true])
    monkeypatch.setattr(calibration, "_timed", lambda *_: next(times))


def shares(monkeypatch, *found: float) -> None:
    """Has others take so much of the processors, round by round."""
    told = iter([share for share in found for _ in probes()])
    monkeypatch.setattr(calibration.Others, "share", lambda _: next(told))


def test_a_machine_that_was_busy_is_measured_again_and_the_shortest_times_count(monkeypatch):
    monkeypatch.setattr(calibration, "ROUNDS_AFTER_S", (0.0, 0.0, 0.0))
    timed_as(monkeypatch, 4.0, 1.0, 2.0)
    shares(monkeypatch, 0.8, 0.5, 0.5)

    list(calibration.until_quiet())

    found = calibration.load()
    assert found is not None
    assert (found.step_s, found.layer_s) == pytest.approx((1e-3, 1e-4), rel=1e-4)
    assert (found.mac_s, found.byte_s) == pytest.approx((1e-11, 5e-10), rel=1e-4)
    assert found.compile_s + 20 * found.compile_layer_s == pytest.approx(0.5, rel=1e-3)
    list(calibration.until_quiet())  # no time is left to tell: a fourth round would fail


def test_a_machine_that_was_quiet_is_measured_once(monkeypatch):
    monkeypatch.setattr(calibration, "ROUNDS_AFTER_S", (0.0, 0.0, 0.0))
    timed_as(monkeypatch, 1.0)
    shares(monkeypatch, 0.05)

    list(calibration.until_quiet())
    list(calibration.until_quiet())

    assert calibration.load() is not None


def test_a_measurement_of_an_earlier_version_is_used_and_done_again(monkeypatch, home):
    calibration.save(PRICES)
    assert calibration.load() == PRICES
    timed_as(monkeypatch, 1.0)
    shares(monkeypatch, 0.0)

    list(calibration.until_quiet())

    assert calibration.load() != PRICES


@pytest.mark.parametrize("probes_kept", [None, 3, [[1.0]], [[1.0, 2.0]], [["a", 1.0]] * 4])
def test_times_that_cannot_be_read_count_as_not_measured(monkeypatch, probes_kept):
    calibration.save(PRICES, probes=probes_kept)
    timed_as(monkeypatch, 1.0)

    list(calibration.measure())

    found = calibration.load()
    assert found is not None
    assert found.step_s == pytest.approx(1e-3, rel=1e-4)


def test_waiting_for_others_is_no_part_of_the_time_except_where_a_gpu_works():
    alone, with_gpu = calibration.Clock(False), calibration.Clock(True)
    time.sleep(0.2)  # as a process that is not given a processor

    assert alone.took_s() < 0.1
    assert with_gpu.took_s() >= 0.2


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="only Linux tells what others do")
def test_what_others_do_is_seen_and_what_this_process_does_is_not_others():
    others = calibration.Others()
    spin = "import time; end = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    subprocess.run([sys.executable, "-c", spin], check=True)
    seen = others.share() * (os.cpu_count() or 1)

    assert seen * (time.perf_counter() - others._began) >= 0.5  # seconds of a processor


@pytest.mark.proof
def test_this_machine_is_measured_by_training_on_it():
    assert calibration.load() is None

    list(calibration.measure())

    found = calibration.load()
    assert found is not None
    # Within two orders of magnitude of a server of 2026: a unit that is wrong would be further off.
    assert ROUGH.base_bytes / 10 < found.base_bytes < ROUGH.base_bytes * 10
    traced = trace(RESNET)
    ratio = found.step_time_s(traced, 64) / ROUGH.step_time_s(traced, 64)
    assert 0.01 < ratio < 100
