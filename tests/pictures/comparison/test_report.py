"""The report: whole, escaped, and with all that is needed to do it again."""

import json
import re
from dataclasses import replace
from html import unescape

import plotly.graph_objects as go
import pytest

from cnn.commands.again import again_of
from cnn.comparing.budget import Budget, Equal
from cnn.comparing.comparison import Plan, groups
from cnn.comparing.findings import Findings, findings
from cnn.data import DatasetSpec, ShapeOptions
from cnn.pictures.comparison.report import report
from cnn.training.forecast.limits import most_epochs
from cnn.training.recipe.run import State
from cnn.training.recipe.told_loss import PLAIN, TRAINING_LOSS
from tests.comparing.test_comparison import DEMO, LENET, SETTINGS, run
from tests.comparing.test_export import ALL, answer, found
from tests.comparing.test_standings import epochs

ODD = '<img src=x onerror="alert(1)"></script>'
MADE_AT = 1_790_000_000.0  # 21 September 2026, 13:33:20 UTC


def page(findings: Findings) -> str:
    """The report without Plotly's own 4.8 MB, in which anything may be found."""
    whole = report(findings, MADE_AT, again_of(findings))
    before, after = whole.index("<script>"), whole.rindex("<script>")
    return whole[:before] + whole[after:]


def frozen(seed: int):
    return replace(
        run(LENET, seed),
        data_fingerprint="abc123" * 10,
        images={"train": 5_000, "validation": 1_000, "test": 1_000},
        environment={"keras": "3.99", "system": "Linux x86_64"},
    )


def test_the_report_says_all_that_is_needed_to_do_it_again():
    said = unescape(page(found(frozen(0), frozen(1), replace(run(DEMO), id="demo"))))

    for word in (
        "2 networks on Shapes",
        "21 September 2026",
        "5,000 train, 1,000 validation, 1,000 test",
        "abc123" * 10,
        "3.99",
        "Linux x86_64",
        "<dt>Learning rate</dt><dd>0.01</dd><dt>Schedule</dt><dd>one-cycle</dd>",
        "<dt>Batch size</dt><dd>64 (auto: 16 below 2,000 training images, else 64)</dd>",
        "not noted by the runs, of an earlier version",
        "python -m cnn compare lenet-5 shapes-demo --dataset shapes --epochs 2 --seeds 2",
        "61,706",
        "It cannot be told: they read images of 28x28x1 and 16x16x1",
    ):
        assert word in said, word
    assert said.count('class="network"') == 2


def test_nothing_is_fetched_from_anywhere():
    whole = page(ALL)

    assert not re.findall(r'(?:src|href)\s*=\s*"(?!data:|#)', whole)
    assert "default-src 'none'" in whole


def test_no_button_of_a_figure_sends_it_away():
    assert "showSendToCloud: false" in page(found())


def test_a_persons_words_are_shown_and_never_carried_out():
    named = replace(LENET, architecture=replace(LENET.architecture, name=ODD))
    whole = page(found(run(LENET), entrants=(named, DEMO)))

    assert "<img src=x" not in whole
    assert whole.count("<script>") == whole.count("</script>") == 1
    assert ODD in unescape(whole)


def test_the_figures_are_plotlys_and_hold_what_was_measured():
    whole = page(ALL)
    start = whole.index("<script>") + len("<script>")
    figures = json.loads(whole[start : whole.index(".forEach", start)])

    for figure in figures:
        go.Figure(figure)
    assert len(figures) == whole.count('class="plot"') == 8
    lines = [trace for trace in figures[0]["data"] if trace.get("name") == "LeNet-5"]
    assert lines[0]["y"] == [0.5, 0.96]


def test_a_seed_that_was_left_out_is_said_beside_its_network():
    assert "seed 1 diverged, left out" in page(found(run(LENET), run(LENET, 1, State.DIVERGED)))


def test_the_numbers_of_a_column_of_times_have_the_same_digits():
    plan = Plan((LENET, DEMO), SETTINGS, 2)
    runs = [run(LENET, 0), run(LENET, 1), run(DEMO, 0)]
    curves = {
        one.id: [replace(epoch, seconds=took * epoch.epoch) for epoch in epochs(0.5, 0.9)]
        for one, took in zip(runs, (3.2, 3.201, 3.0), strict=True)
    }
    said = page(findings(plan, groups(plan, runs), curves, answer))

    heads = re.findall(r'<th scope="col">(.*?)</th>', said)
    place = heads.index("Epoch takes, s") - 1  # the first is of the line
    lines = [re.findall(r"<td.*?>(.*?)</td>", line) for line in re.findall(r"<tr>.*?</tr>", said)]
    told = [line[place] for line in lines if line]
    assert len(told) == 2
    numbers = re.findall(r"[\d.]+", " ".join(told))
    assert len(numbers) == 3, told  # a mean with its spread, and one seed alone
    assert len({len(one.partition(".")[2]) for one in numbers}) == 1, told


def test_different_data_are_no_ranking_and_have_no_stars_for_accuracy():
    runs = [
        replace(run(LENET, seed, test=0.9), data_fingerprint=mark)
        for seed, mark in enumerate(("a", "b"))
    ]
    whole = page(found(*runs, run(DEMO, 0, test=0.5), run(DEMO, 1, test=0.5)))

    assert "No ranking." in whole
    assert '<td class="best">90.00' not in whole


def test_the_report_can_be_written_before_anything_has_finished():
    assert "Fewer than two networks have finished." in page(found())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"dataset": DatasetSpec(seed=7, shapes=ShapeOptions(noise=0.4, samples=600))},
            "shapes (600 drawings; noise 0.4; drawn with seed 7)",
        ),
    ],
)
def test_what_the_command_would_not_repeat_is_among_the_conditions_and_gives_no_command(
    settings, said: str
):
    plan = replace(ALL.plan, configuration=replace(ALL.plan.configuration, **settings))

    text = unescape(page(replace(ALL, plan=plan)))

    assert "python -m cnn compare" not in text
    assert "There is no command that does the same again. The command line has no option" in text
    assert said in text[text.index("<h2>Conditions</h2>") : text.index("<h2>Data</h2>")]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"batch_size": 8}, "8"),
        ({"optimizer": "sgd"}, "sgd"),
        ({"patience": 3}, "after 3 epochs without a lower validation loss"),
        ({"shift": 0.1}, "by up to 10 % of their size"),
        ({"rotation": 15.0}, "by up to 15°"),
        ({"zoom": 0.2}, "by up to 20 %"),
    ],
)
def test_every_setting_is_in_the_command_and_among_the_conditions(settings, said: str):
    plan = replace(ALL.plan, configuration=replace(ALL.plan.configuration, **settings))
    (name, value), *_ = settings.items()

    text = unescape(page(replace(ALL, plan=plan)))

    assert f"--{name.replace('_', '-')} {value} --seeds 2" in text
    assert said in text[text.index("<h2>Conditions</h2>") : text.index("<h2>Data</h2>")]


def test_of_equal_time_it_is_said_that_the_command_may_give_other_steps():
    timed = replace(ALL.plan, budget=Budget(Equal.TIME, 30.0))
    for_time = replace(ALL.plan.configuration, epochs=most_epochs(), seconds=30.0)
    entrants = tuple(replace(one, configuration=for_time) for one in timed.entrants)

    text = page(replace(ALL, plan=replace(timed, entrants=entrants)))

    assert "--budget 30s" in text
    assert "which may hold another number of steps" in text


def test_a_training_loss_on_smoothed_labels_is_said_to_be_one():
    smoothed = replace(SETTINGS, label_smoothing=0.1)
    older, newer = (
        replace(run(one), configuration=smoothed, environment={"python": "3"} | more)
        for one, more in ((LENET, {}), (DEMO, {TRAINING_LOSS: PLAIN}))
    )
    both = replace(ALL.plan, configuration=smoothed, seeds=1)

    text = page(findings(both, groups(both, [older, newer]), {}, answer))

    assert "the validation loss on plain ones: LeNet-5. So they do not compare." in text


def test_runs_that_stand_as_they_were_trained_have_conditions_of_their_own():
    own = replace(SETTINGS, epochs=most_epochs(), seconds=3.0, learning_rate=0.02)
    kept = replace(frozen(4), configuration=replace(own, seed=4))
    entrant = replace(LENET, id=f"run-{kept.id}", run=kept)

    said = unescape(page(found(kept, entrants=(entrant,))))

    assert f"<dt>{kept.name}, run {kept.id}</dt><dd>3 s of steps; batch size 64 (auto" in said
    assert "learning rate 0.02" in said
    assert "seed 4" in said
    assert "Each is given" not in said
    assert "1 network on" in said
