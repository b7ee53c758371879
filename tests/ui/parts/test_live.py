"""How often a run is looked at while it is trained."""

import pytest

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, Run, State, Wish
from ui.parts.runs.live import _poll_s


def run(
    seconds: float = 0.0,
    left: float | None = None,
    state: State = State.RUNNING,
    wish: Wish = Wish.RUN,
) -> Run:
    progress = Progress(1, 1, 10, seconds=seconds, seconds_left=left)
    network = entry("lenet-5").architecture
    own = Configuration()
    return Run("1", "LeNet-5", network, own, state, 0.0, wish=wish, progress=progress)


@pytest.mark.parametrize(
    ("runs", "every"),
    [
        ([run(state=State.QUEUED)], 0.5),
        ([run(1.9, 60)], 0.5),
        ([run(2.1, 60)], 1.0),
        ([run(6.1, 60)], 2.0),
        ([run(6.1)], 2.0),
        ([run(60, 3.1)], 2.0),
        ([run(60, 2.9)], 0.5),
        ([run(60, 0.0)], 0.5),
        ([run(60, 60), run(60, 1)], 0.5),
        ([run(60, 60), run(1, 60)], 0.5),
        ([run(60, 60, wish=Wish.STOP)], 0.5),
        ([run(60, 0.0, State.FINISHED)], None),
        ([run(60, 60), run(60, 0.0, State.FINISHED)], 2.0),
    ],
)
def test_at_its_beginning_and_near_its_end_more_often_and_not_at_all_once_it_is_over(
    runs: list[Run], every: float | None
):
    assert _poll_s(runs) == every
