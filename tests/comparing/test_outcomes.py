"""What each finished run of a group came to."""

import pytest

from cnn.comparing.comparison import groups
from cnn.comparing.standings import Outcome, outcomes
from cnn.training.recipe.run import State
from tests.comparing.test_comparison import DEMO, LENET, plan, run
from tests.comparing.test_standings import epochs


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.TEST, (0.9, 0.8)),
        (Outcome.VALIDATION, (0.7, 0.95)),
        (Outcome.SECONDS, (3.0, 1.0)),  # by the clock of the curve: a second an epoch
    ],
)
def test_only_finished_runs_count_each_with_its_best_epoch(outcome, expected):
    runs = [run(LENET, 0, test=0.9), run(LENET, 1, test=0.8), run(LENET, 2, State.DIVERGED)]
    group, _ = groups(plan(3), runs)
    curves = {runs[0].id: epochs(0.5, 0.7, 0.6), runs[1].id: epochs(0.95), runs[2].id: epochs(0.99)}

    assert outcomes(group, curves, outcome) == expected


def test_nothing_comes_of_runs_that_are_not_there():
    group = groups(plan(), [run(DEMO)])[0]

    assert outcomes(group, {}, Outcome.TEST) == ()
