"""The curve as CSV, read back by Python's own reader."""

import csv
import io

from cnn.training.recipe.curve_file import epochs_csv, write_steps_csv
from cnn.training.recipe.run import Epoch, Step


def test_epochs_and_steps_come_back_with_all_their_digits():
    epoch = Epoch(1, 0.1 + 0.2, 1 / 3, 2e-17, 0.5, 12.25)
    step = Step(7, 7 / 10, 1 / 7, 0.25, 0.01, 0.125)

    (epochs,) = csv.DictReader(io.StringIO(epochs_csv([epoch])))
    written = io.BytesIO()
    write_steps_csv(iter([step]), written)
    (steps,) = csv.DictReader(io.StringIO(written.getvalue().decode()))

    assert Epoch(int(epochs.pop("epoch")), **{k: float(v) for k, v in epochs.items()}) == epoch
    assert Step(int(steps.pop("step")), **{k: float(v) for k, v in steps.items()}) == step


def test_without_a_curve_there_is_only_the_head():
    assert epochs_csv([]) == "epoch,loss,accuracy,val_loss,val_accuracy,seconds\n"
