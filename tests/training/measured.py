"""A machine whose speed is known: a worker that finds nothing to do would else measure it again and
again while other tests keep the machine busy, which takes more than most tests.
"""

from pathlib import Path

import pytest

from cnn.training.forecast import augmentation_cost, calibration

A_STEP = (1e-3, 2e-3, 1.0)


def as_measured(home: Path) -> None:
    """Has a worker of this home find that its machine was measured while it was quiet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_HOME", str(home))
        calibration.save(calibration.ROUGH, rounds=1, was_quiet=True)
        steps = dict.fromkeys(augmentation_cost._examples(), A_STEP)
        augmentation_cost._save(steps, rounds=1, was_quiet=True)
        assert next(calibration.until_quiet(), "measured") == "measured"
        assert next(augmentation_cost.until_quiet(), "measured") == "measured"
