"""Event files as TensorBoard's own reader finds them."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cnn.training.exchange.event_files import crc32c, write_run
from cnn.training.recipe.run import Epoch, Step

STEPS = [Step(n, n / 3, 1 / n, n / 10, 0.01 * n, n / 7) for n in range(1, 7)]
EPOCHS = [Epoch(n, 0.5 / n, 0.6, 0.7 / n, 0.4 + n / 10, 1.5 * n) for n in (1, 2)]
BEGAN = 1_700_000_000.25


sys.modules.setdefault("tensorboard.compat.notf", ModuleType("notf"))
"""TensorBoard reads without TensorFlow where it finds this, which takes seconds less."""


def read(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator",
        reason="TensorBoard is not installed; .ci/run installs it",
    )
    found = accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0})
    found.Reload()
    return {
        tag: [(one.step, one.value, one.wall_time) for one in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def test_the_checksum_is_castagnolis():
    assert crc32c(b"123456789") == 0xE3069283  # the check value of its catalogue
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


def test_tensorboard_reads_every_figure_at_its_step_and_its_time(tmp_path: Path):
    write_run(tmp_path, BEGAN, EPOCHS, STEPS, tested={"test_accuracy": 0.75})
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    assert set(train) == {
        *("epoch_loss", "epoch_accuracy"),
        *("batch_loss", "batch_accuracy", "batch_learning_rate"),
    }
    assert train["epoch_loss"] == [
        (one.epoch, pytest.approx(one.loss, rel=1e-6), BEGAN + one.seconds) for one in EPOCHS
    ]
    assert train["batch_learning_rate"] == [
        (one.step, pytest.approx(one.learning_rate, rel=1e-6), BEGAN + one.seconds) for one in STEPS
    ]
    assert [value for _, value, _ in validation["epoch_accuracy"]] == pytest.approx([0.5, 0.6])
    assert read(tmp_path / "test")["test_accuracy"][0][:2] == (2, 0.75)


def test_what_nobody_measured_is_not_there(tmp_path: Path):
    unmeasured = {"accuracy", "val_loss", "val_accuracy"}
    write_run(tmp_path, BEGAN, EPOCHS, STEPS, unmeasured)
    assert set(read(tmp_path / "train")) == {"epoch_loss", "batch_loss", "batch_learning_rate"}
    assert not (tmp_path / "validation").exists()
