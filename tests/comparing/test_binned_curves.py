"""Means over stretches of steps, by the database and by hand."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnn.comparing.binned_curves import binned_curves
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, Step
from cnn.training.store.store import Store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(losses=st.lists(st.floats(0, 10), max_size=40), length=st.integers(1, 12))
def test_each_stretch_is_the_mean_of_its_steps(tmp_path: Path, losses: list[float], length: int):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    run = store.add(entry("shapes-demo").architecture, Configuration(), worker="me")
    other = store.add(entry("lenet-5").architecture, Configuration(), worker="me")
    steps = [Step(i, i / 10, loss, loss / 20, 0.1, 2.0 * i) for i, loss in enumerate(losses, 1)]
    store.record(run.id, steps, Progress())
    store.record(other.id, [Step(1, 0.1, 99.0, 0.0, 0.1, 1.0)], Progress())

    found = binned_curves(store, [run.id], length)[run.id]
    store.close()

    by_hand = [steps[start : start + length] for start in range(0, len(steps), length)]
    assert [one.loss for one in found] == pytest.approx(
        [sum(step.loss for step in part) / len(part) for part in by_hand]
    )
    assert [one.seconds for one in found] == pytest.approx(
        [sum(step.seconds for step in part) / len(part) for part in by_hand]
    )
