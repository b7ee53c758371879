"""A fact that stands in several places is the same in all: of a run its accuracy, counts and times,
of a network its parameters, its cost and how far it sees.

The oracle is what was put into the store, or counted by plain Keras; never one place for another.
The facts that stand in more than one place, and the one place that computes each:

| fact | computed in | stands in |
|---|---|---|
| test accuracy of a run | `scores.judged`, in `Result` | Home, Train, Build, Compare, commands |
| its mean over seeds | `standings.table` | Compare, report, files, `compare` |
| best validation accuracy, epoch time, images/s | `standings.table` | Compare, report, files |
| training time with compiling | `Checkpoint.seconds_in_all` | Home, Train, runs, `train`, `runs` |
| training time by the curve's clock | `standings.trained_s` | Compare, report, files, `compare` |
| images of each split | the frozen `Run.images`, `Result` | Train, Compare, report, commands |
| steps of an epoch | `Configuration.steps_per_epoch` | progress, budgets, estimates, curves |
| settings in words | `Configuration`, a field each | a run's facts, report, notes of a comparison |
| versions and machine in words | `environment.together` | a run's facts, report |
| parameters, MACs, depth, activations | `Trace` | Home, Build, Train, Compare, commands |
| how far a cell of the last map sees | `Trace.last_map_field` | Build, Compare, Experiments |
| looks, level, pairs that share it | `claims`, by `looks`, `beside` | Compare, report, commands |
| time and memory before a training | `estimate.estimate_all` | Train, Compare, lessons |
"""

import csv
import io
import json
import re
from collections.abc import Callable
from functools import partial
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.__main__ import main
from cnn.commands.again import again_of
from cnn.comparing.answers import answers
from cnn.comparing.comparison import Entrant, Plan, groups
from cnn.comparing.export import as_dict, table_csv
from cnn.comparing.findings import findings
from cnn.comparing.unshown import beside as trained_beside
from cnn.network.architecture import Architecture
from cnn.network.beside import beside
from cnn.network.keras.model import build
from cnn.network.link import encode
from cnn.network.summary import summary_dict, summary_text
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.pictures.comparison.report import report
from cnn.training.engine import kept_machines
from cnn.training.recipe.fitting import with_classes
from cnn.training.recipe.run import Run
from cnn.training.store.store import Store
from cnn.training.store.tables import runs
from tests.some import some
from tests.ui.parts.test_compare_budget import rows
from tests.ui.views.test_compare import SETTINGS, data, finished
from tests.ui.visiting import figures, html, visited, words
from ui.parts.network.trained import trained_caption
from ui.parts.runs.history import rows as history
from ui.parts.runs.results import in_words
from ui.session.design import traced as bench_traced

__all__ = ["data"]

WRONG, TEST = 13, 300
RIGHT = (TEST - WRONG) / TEST  # 0.95666...
SECONDS, EPOCH_S, SPEED = 4.0, 2.0, 4_000.0  # of `finished`
COMPARED = ("compare", "lenet-5", "--dataset", "shapes", "--epochs", "2")

Typed = Callable[..., str]


@pytest.fixture
def typed(store: Store, capsys: pytest.CaptureFixture[str]) -> Typed:
    def said(*words: str) -> str:
        assert main(list(words)) == 0
        return capsys.readouterr().out

    return said


@pytest.fixture
def run(store: Store, data: Any) -> Run:
    made = finished(store, "lenet-5", data, wrong=WRONG)
    return store.get(made.id) or made


def metrics(app: AppTest) -> dict[str, str]:
    return {label: one["text"] for label, one in figures(app).items()}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("×", "x")


def test_the_test_accuracy_of_a_run_is_one_number_on_every_page_and_command(
    store: Store, run: Run, typed: Typed, data: Any
):
    exactly = pytest.approx(RIGHT, abs=1e-12)
    shown = f"{100 * RIGHT:.1f} %"  # 95.7 %

    assert json.loads(typed("runs", "list", "--json"))[0]["result"]["test_accuracy"] == exactly
    assert json.loads(typed("runs", "show", run.id, "--json"))["result"]["test_accuracy"] == exactly
    assert f" {100 * RIGHT:.1f}% " in typed("runs", "list")
    (compared,) = json.loads(typed(*COMPARED, "--json"))["results"]
    assert compared["test_accuracy_mean"] == exactly
    assert f"{100 * RIGHT:.2f} %" in typed(*COMPARED)

    on_train = visited("train", run=run.id)
    assert metrics(on_train)["Test accuracy"] == shown
    assert f"{shown} of {TEST} test images are right" in words(on_train)
    assert plain(history(store, [run])[0].cells["test"].text) == shown
    assert f"{shown} of {TEST} test images right" in plain(trained_caption(run))
    on_compare = rows(
        visited("compare", **{"with": ["lenet-5"], "data": "shapes", "epochs": "2"}),
        "The networks compared",
    )["LeNet-5"]
    assert plain(on_compare["test_accuracy"]["text"]) == shown
    assert on_compare["test_accuracy"]["sort"] == exactly

    found = answers(store, run)
    assert found.accuracy == exactly  # by the kept predictions, image for image


def test_what_a_comparison_gives_away_is_what_it_shows(store: Store, run: Run):
    plan = Plan((Entrant("lenet-5", run.architecture, run.changes),), SETTINGS)
    epochs = store.epochs([run.id])
    found = findings(plan, groups(plan, [run]), epochs, lambda _: None)  # type: ignore[arg-type, return-value]

    whole = json.loads(json.dumps(as_dict(found)))["results"][0]
    (line,) = csv.DictReader(io.StringIO(table_csv(found)))
    text = unescape(report(found, 0.0, again_of(found)))
    table = text[text.index("<table>") : text.index("</table>")]

    cells = re.findall(r"<td[^>]*>([^<]*)<", table)
    assert cells[0] == f"{100 * RIGHT:.2f} %"
    assert whole["test_accuracy_mean"] == pytest.approx(RIGHT, abs=1e-12)
    assert float(line["test_accuracy_mean"]) == pytest.approx(RIGHT, abs=1e-12)
    assert whole["runs"][0]["result"]["test_accuracy"] == pytest.approx(RIGHT, abs=1e-12)
    assert whole["seconds_mean"] == float(line["seconds_mean"]) == SECONDS
    assert whole["seconds_per_epoch"]["mean"] == float(line["seconds_per_epoch_mean"]) == EPOCH_S
    assert cells[7] == f"{EPOCH_S:.2f}"
    assert whole["images_per_s"]["mean"] == float(line["images_per_s_mean"]) == SPEED
    assert cells[8] == f"{SPEED:,.0f}"


def test_times_and_counts_of_a_run_are_one_number_on_every_page_and_command(
    store: Store, run: Run, typed: Typed
):
    (compared,) = json.loads(typed(*COMPARED, "--json"))["results"]
    assert compared["seconds_mean"] == SECONDS
    assert json.loads(typed("runs", "show", run.id, "--json"))["result"]["seconds"] == SECONDS

    on_train = visited("train", run=run.id)
    assert metrics(on_train)["Training time"] == f"{SECONDS:.1f} s"
    assert metrics(on_train)["Images per second"] == f"{SPEED:,.0f}"
    line = history(store, [run])[0].cells
    assert (line["time"].text, line["time"].sort) == (f"{SECONDS:.1f} s", SECONDS)
    on_compare = rows(
        visited("compare", **{"with": ["lenet-5"], "data": "shapes", "epochs": "2"}),
        "The networks compared",
    )["LeNet-5"]
    assert on_compare["seconds_per_epoch"]["text"] == f"{EPOCH_S:.1f} s"
    assert on_compare["images_per_s"]["text"] == f"{SPEED:,.0f}"

    # Of the images: as many as the data set has, wherever they are counted.
    described = [one["note"] for one in figures(on_train).values()]
    assert f"{TEST} images, used once, after training" in " ".join(described)
    assert "30 images" in " ".join(described)
    assert in_words(run, _predictions(store, run)).count(f"{TEST - WRONG} of them") == 1


def test_time_that_went_into_compiling_is_said_where_it_is_counted(store: Store, typed: Typed):
    kept_machines.forget()  # of a test before, whose compiled network would serve
    alone = ("shapes-demo", "--dataset", "shapes", "--epochs", "1")
    typed("train", *alone)
    (run,) = store.latest()
    assert run.result is not None
    assert run.checkpoint is not None
    clock, compiling = store.epochs([run.id])[run.id][-1].seconds, run.checkpoint.compiling_s
    again = ("compare", *alone)

    (compared,) = json.loads(typed(*again, "--json"))["results"]

    assert run.result.seconds == pytest.approx(clock + compiling)
    assert compared["seconds_mean"] == clock
    assert "without compiling the network" in typed(*again)
    time = figures(visited("train", run=run.id))["Training time"]
    assert "the network was compiled" in time["help"]


def begun(store: Store, run: Run, at: float) -> None:
    """Has the store say that a training lasted from here for ten seconds."""
    with store.begin() as connection:
        times = {"created_at": at, "started_at": at, "finished_at": at + 10}
        connection.execute(runs.update().where(runs.c.id == run.id).values(times))


SECOND_LOOK = 0.05 / 4
BEFORE = "each look has a quarter of the level of the one before"
LOOKED_AT = ("lenet-5", "simple-cnn", "vgg-lite")
NOT_SHOWN = "shapes-demo"


def test_the_level_of_a_comparison_is_one_number_on_every_page_and_command(
    store: Store, typed: Typed, data: Any
):
    """By hand: three seeds of each, looked at; then two more: look 2. A fourth network that is not
    shown could be judged too, so that the level is shared by 4 x 3 / 2 = 6 pairs.
    """
    for place, id in enumerate((*LOOKED_AT, NOT_SHOWN)):
        for seed in range(5 if id in LOOKED_AT else 3):
            run = finished(store, id, data, seed=seed, wrong=10 + 4 * place + seed)
            begun(store, run, 0.0 if seed < 3 else 1_000.0)
    of_all, each = SECOND_LOOK, SECOND_LOOK / 6
    shared = (
        "All 6 pairs of networks trained under these conditions share the level "
        f"{100 * of_all:.3g} %, so that each has {100 * each:.2g} %"
    )
    at_look = f"so that this is look 2: {BEFORE}, here {100 * of_all:.3g} %."
    not_shown = "The level is shared with 1 network that is not shown."
    sure = f"{100 * (1 - each):.4g} % interval"

    command = ("compare", *LOOKED_AT, *COMPARED[2:], "--seeds", "5")
    told = json.loads(typed(*command, "--json"))
    assert told["looks"] == 2
    assert told["level"] == pytest.approx(of_all)
    assert told["pairs_that_share_the_level"] == 6
    assert told["networks_not_shown_that_share_it"] == 1
    assert [one["looks"] for one in told["pairs"]] == [2, 2, 2]
    assert [one["seeds"]["level"] for one in told["pairs"]] == pytest.approx([each] * 3)
    in_words = typed(*command)

    query = {"with": list(LOOKED_AT), "data": "shapes", "epochs": "2", "seeds": "5"}
    on_compare = visited("compare", **query)
    page = words(on_compare) + html(on_compare)

    entrants = [Entrant(id, with_classes(entry(id).architecture, 3)[0]) for id in LOOKED_AT]
    plan = Plan(tuple(entrants), SETTINGS, 5)
    grouped = groups(plan, store.find(plan.recipes()))
    others = trained_beside(store, plan, grouped)
    found = findings(plan, grouped, {}, partial(answers, store), others=others)
    for said in (in_words, page, unescape(report(found, 0.0, again_of(found)))):
        assert shared in said
        assert at_look in said
        assert not_shown in said
        assert sure in said
        levels = {one for one in re.findall(r"([\d.]+ %) interval", said) if one != "95 %"}
        assert levels == {f"{100 * (1 - each):.4g} %"}
    # Taken away, it is the same.
    taken = json.loads(json.dumps(as_dict(found)))
    for name in ("looks", "pairs_that_share_the_level", "networks_not_shown_that_share_it"):
        assert taken[name] == told[name]
    assert taken["level"] == told["level"]


def test_what_home_says_of_a_run_is_what_the_other_pages_say(store: Store, run: Run):
    on_home, on_train = visited("home"), visited("train")
    (line,) = rows(on_home, "Latest runs").values()
    (listed,) = rows(on_train, "Runs, the latest first").values()

    assert plain(line["test"]["text"]) == f"{100 * RIGHT:.1f} %"
    assert line["test"]["sort"] == pytest.approx(RIGHT, abs=1e-12)
    assert line["test"]["note"] == f"of {TEST}"
    assert plain(line["time"]["text"]) == f"{SECONDS:.1f} s"
    assert plain(line["validation"]["text"]) == "90.0 %"  # of the last epoch of `finished`
    assert line["state"]["text"] == "finished"
    for column in ("name", "state", "validation", "test", "settings", "time"):
        assert line[column] == listed[column]


def test_what_home_says_of_networks_is_what_keras_counts(store: Store):
    on_home = visited("home")
    said = words(on_home)

    for id in CLASSICS:
        one = entry(id)
        card = said[said.index(one.idea) :].splitlines()[1]
        assert card == counted(one.architecture)
    on_bench = on_home.session_state["design"]
    now = bench_traced(on_bench).architecture
    assert f"{now.name}, as it stands in Build: {counted(now)}. " in said


def counted(architecture: Architecture) -> str:
    """By Keras, in the words of the pages for less than a million."""
    model = build(architecture)
    trainable = sum(int(one.size) for one in map(_array, model.trainable_variables))
    total = model.count_params()
    assert total < 1_000_000
    fewer = f" ({trainable:,} trainable)" if trainable < total else ""
    return f"{total:,} parameters{fewer}"


def _predictions(store: Store, run: Run) -> Any:
    from cnn.diagnose.evaluation import Predictions
    from cnn.training.recipe.run import PREDICTIONS

    return Predictions.from_bytes(store.file(run.id, PREDICTIONS) or b"")


# By hand: (fields of the last map) LeNet-5: 5x5, 2x2/2, 5x5, 2x2/2 -> 1+4+1*1+2*4+2*1 = 16.
SEEN = {"lenet-5": "16x16", "simple-cnn": None, "inception-lite": "57x57", "resnet-lite": None}


@pytest.mark.parametrize("id", some(SEEN, "inception-lite", "resnet-lite"))
def test_the_size_of_a_network_is_one_number_on_every_page_and_command(
    store: Store, typed: Typed, id: str
):
    architecture = entry(id).architecture
    traced, model = trace(architecture), build(architecture)
    params = model.count_params()
    trainable = sum(int(one.size) for one in map(_array, model.trainable_variables))
    name = architecture.name

    summary = json.loads(typed("summary", id, "--json"))
    assert summary == json.loads(json.dumps(summary_dict(traced)))
    assert (summary["total_params"], summary["trainable_params"]) == (params, trainable)
    assert sum(row["params"] for row in summary["layers"]) == params
    assert f"{params:,} parameters ({trainable:,} trainable" in summary_text(traced)
    (listed,) = (one for one in json.loads(typed("zoo", "--json")) if one["id"] == id)
    assert (listed["total_params"], listed["trainable_params"]) == (params, trainable)
    assert re.search(rf"^{id} +{params:,} params", typed("zoo"), re.MULTILINE)
    lines = {one.what: one.first for one in beside(traced, traced)}
    assert lines["Parameters"] == f"{params:,}"
    assert lines["of them trainable"] == f"{trainable:,}"

    shown = figures(visited("build", net=encode(architecture)))
    header = {label: plain(one["text"]) for label, one in shown.items()}
    assert header["Parameters"] == f"{params:,}"
    on_compare = rows(
        visited("compare", **{"with": [id], "data": "mnist-sample", "epochs": "1"}),
        "The networks compared",
    )[name]
    assert on_compare["params"]["sort"] == params
    assert on_compare["macs"]["sort"] == summary["total_macs"] == listed["total_macs"]
    assert header["MACs per image"] == plain(on_compare["macs"]["text"])
    assert header["Layers deep"] == on_compare["depth"]["text"]
    assert lines["MACs for one image"] == f"{summary['total_macs']:,}"
    assert lines["Depth: layers with a kernel"] == header["Layers deep"]

    # How far one cell of the last map sees, in Build's header, the table, and side by side.
    sees = {
        header["Last map sees"],
        plain(on_compare["receptive_field"]["text"]),
        lines["One cell of the last map sees"],
    }
    assert len(sees) == 1
    assert SEEN[id] is None or sees == {SEEN[id]}


def _array(variable: Any) -> Any:
    return variable.numpy()
