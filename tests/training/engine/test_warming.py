"""A tiny network wakes TensorFlow, unless somebody's run is waiting for that by then."""

import pytest

from cnn.training.engine import warming
from cnn.training.engine.machine import Machine


@pytest.mark.parametrize("waits", [False, True])
def test_a_run_that_waits_has_its_turn_in_place_of_a_network_that_nobody_wants(
    waits: bool, monkeypatch: pytest.MonkeyPatch
):
    built = []

    def machine(*told: object, **named: object) -> Machine:
        built.append(told)
        return Machine(*told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(warming, "Machine", machine)
    warming.warm_up(lambda: waits)
    assert len(built) == (not waits)
