"""How often a run is drawn anew while it is trained, and what has it drawn at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.network.zoo import entry
from cnn.settings import store_url
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Epoch, Progress, Run, State, Step, Wish
from cnn.training.store.store import Store
from tests.ui.visiting import arriving, shown, visited
from ui.components import news
from ui.parts.runs import pace
from ui.parts.runs.pace import AT_ONCE_S, CALM_S, every_s, news_of, news_of_recipes
from ui.parts.runs.runs import TAB

WORKER = "worker"


def run(seconds: float = 0.0, state: State = State.RUNNING) -> Run:
    progress = Progress(1, 1, 10, seconds=seconds)
    network = entry("lenet-5").architecture
    return Run("1", "LeNet-5", network, Configuration(), state, 0.0, progress=progress)


@pytest.mark.parametrize(
    ("runs", "every"),
    [
        ([run(state=State.QUEUED)], 0.5),
        ([run(1.9)], 0.5),
        ([run(2.1)], 1.0),
        ([run(6.1)], 2.0),
        ([run(60), run(1)], 0.5),
        ([run(60, State.FINISHED)], None),
        ([run(60), run(1, State.FINISHED)], 2.0),
    ],
)
def test_it_is_drawn_more_often_at_its_beginning_and_not_at_all_once_it_is_over(
    runs: list[Run], every: float | None
):
    assert every_s(runs) == every


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def test_its_first_points_a_wish_and_its_end_are_shown_at_once_and_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    added = store.add(entry("lenet-5").architecture, Configuration())
    id = added.id
    monkeypatch.setattr(pace, "time", SimpleNamespace(time=lambda: added.created_at))
    look = news_of(store, [id])
    stamps = [look().stamp]

    def is_news() -> bool:
        stamps.append(look().stamp)
        return stamps[-1] != stamps[-2]

    def comes_to(step: int, phase: str, left_s: float | None = None) -> None:
        at = Progress(1, step, 100, seconds=step, seconds_left=left_s, phase=phase)
        store.record(id, [], at, worker=WORKER)

    assert not is_news()
    assert store.claim(id, WORKER)
    for step, phase in ((0, "building the network"), (1, "training"), (1, "compiling")):
        comes_to(step, phase)
        assert is_news() == (phase == "training")
        assert look().again_s == AT_ONCE_S
    comes_to(2, "training")
    assert is_news()
    for step, phase in ((3, "training"), (50, "validating"), (51, "training")):
        comes_to(step, phase, 60.0)
        assert not is_news()
        assert look().again_s == CALM_S
    store.want(id, Wish.PAUSE)
    assert is_news()
    assert look().again_s == AT_ONCE_S
    store.record(id, [], Progress(1, 51, 100), State.PAUSED, worker=WORKER)
    assert is_news()
    assert look().again_s == CALM_S
    store.want(id, Wish.RUN)
    assert is_news()
    comes_to(99, "testing", 0.5)
    assert is_news()  # it is not paused any more
    assert look().again_s == AT_ONCE_S
    store.finish(id, State.FINISHED, worker=WORKER)
    assert is_news()
    assert look().again_s == CALM_S


def test_what_has_waited_long_is_asked_about_ever_more_calmly(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    run = store.add(entry("lenet-5").architecture, Configuration())
    look = news_of(store, [run.id])
    for waited_s, again_s in ((0.0, AT_ONCE_S), (0.5, AT_ONCE_S), (2.0, 0.2), (60.0, CALM_S)):
        now = run.created_at + waited_s
        monkeypatch.setattr(pace, "time", SimpleNamespace(time=lambda now=now: now))
        assert look().again_s == pytest.approx(again_s, abs=1e-3)


def test_a_run_that_is_deleted_is_news(store: Store):
    id = store.add(entry("lenet-5").architecture, Configuration()).id
    look = news_of(store, [id])
    before = look().stamp
    store.remove(id)
    assert look().stamp != before


def test_of_a_comparison_what_begins_and_ends_is_shown_at_once(store: Store):
    runs = [store.add(entry("lenet-5").architecture, Configuration(seed=seed)) for seed in (1, 2)]
    look = news_of_recipes(store, [run.recipe for run in runs])
    stamps = [look().stamp]
    for change, is_news in (
        (lambda: store.claim(runs[0].id, WORKER), True),
        (lambda: store.record(runs[0].id, [], Progress(1, 5, 10), worker=WORKER), False),
        (lambda: store.want(runs[1].id, Wish.STOP), True),
        (lambda: store.finish(runs[0].id, State.FINISHED, worker=WORKER), True),
    ):
        change()
        stamps.append(look().stamp)
        assert (stamps[-1] != stamps[-2]) == is_news
    store.finish(runs[1].id, State.STOPPED)
    assert look().every_s is None


STEPS = tuple(Step(i, i / 10, 1 / i, 0.5, 0.01, i) for i in range(1, 30))


def test_what_is_told_of_a_run_is_what_its_page_shows_when_it_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    store = Store(store_url())
    id = store.add(entry("lenet-5").architecture, Configuration(), worker=WORKER).id

    def comes_to(first: int, last: int, phase: str) -> None:
        at = Progress(1, last, 30, images_per_s=100.0 * last, seconds=last, phase=phase)
        store.record(id, STEPS[first:last], at, worker=WORKER)

    comes_to(0, 4, "training")
    app = visited("train", run=id)
    comes_to(4, 29, "validating")
    store.record_epoch(id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    told: dict[str, Any] = {}
    for asked_by in ("news_of_runs_asked_by", "news_of_list_asked_by"):
        parts = news._looks[app.session_state[asked_by]].parts
        assert parts
        told |= json.loads(json.dumps(parts()))
    before = sent(app)
    after = sent(shown(app))
    store.close()

    assert set(told) == {"run_progress", "run_figures", "loss", "acc", "history"}
    for key, now in told.items():
        assert before[key] != after[key]
        if key == "history":
            # How long ago it began is not told: nothing else of a line changes.
            for one in (*now["rows"], *after[key]["rows"]):
                one["cells"].pop("created")
        whole = after[key].get("shown")
        assert now == (whole or {name: after[key][name] for name in now}), key


def sent(app: AppTest) -> dict[str, Any]:
    """What each component of the page is to show, by its key."""
    found = [json.loads(one.proto.json or "[]") for one in app.get("bidi_component")]
    return {data["key"]: data for (data, *_) in filter(None, found) if "key" in data}


def test_while_another_look_at_a_run_is_open_its_page_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    store = Store(store_url())
    id = store.add(entry("lenet-5").architecture, Configuration(), worker=WORKER).id
    store.record(id, STEPS, Progress(1, 29, 30, phase="training"), worker=WORKER)
    app = arriving("train", run=id)
    app.session_state[TAB] = "Facts"
    asked = news._looks[shown(app).session_state["news_of_runs_asked_by"]]
    store.close()
    assert asked.parts is None
