"""The report: whole, escaped, and with all that is needed to do it again."""

import json
import re
from dataclasses import replace
from html import unescape

import plotly.graph_objects as go
import pytest

from cnn.pictures.report import report
from cnn.training.compared import Findings
from cnn.training.run import State
from tests.training.test_compared import ALL, found
from tests.training.test_comparison import DEMO, LENET, run

ODD = '<img src=x onerror="alert(1)"></script>'
MADE_AT = 1_790_000_000.0  # 21 September 2026, 13:33:20 UTC


def page(findings: Findings) -> str:
    """The report without Plotly's own 4.8 MB, in which anything may be found."""
    whole = report(findings, MADE_AT)
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
        "0.01, schedule one-cycle",
        "python -m cnn compare lenet-5 shapes-demo --dataset shapes --epochs 2 --seeds 2",
        "61,706",
        "Over seeds nothing can be told",
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


@pytest.mark.parametrize("settings", [{"batch_size": 8}, {"optimizer": "sgd"}])
def test_conditions_the_command_would_not_repeat_give_no_command(settings):
    plan = replace(ALL.plan, configuration=replace(ALL.plan.configuration, **settings))

    assert "python -m cnn compare" not in page(replace(ALL, plan=plan))
