"""Disk space: shown before anything goes, and said where something went."""

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from cnn.training.recipe.run import SNAPSHOT, WEIGHTS, State
from cnn.training.store.store import Store
from cnn.training.upkeep import announced
from cnn.training.upkeep.making_room import gone, remove
from cnn.training.upkeep.room import Kind, Limits, kept, plan
from cnn.training.workers import worker
from tests.training.stores import DEMO, MB, SETTINGS, trained
from tests.ui.visiting import arriving, shown, visited, words
from ui.parts.runs.runs import TAB


def inside() -> None:
    """What is in the dialog; a run of the whole page would close it."""
    from ui.parts.runs.room import look

    look()


def opened() -> AppTest:
    app = AppTest.from_function(inside, default_timeout=60).run()
    assert not app.exception, app.exception
    return app


def bar(app: AppTest) -> str:
    return "".join(str(one.proto) for one in app.get("bidi_component")).replace("\\", "")


@pytest.fixture
def pair(store: Store) -> tuple[str, str]:
    """An old run with a snapshot of 3 MB, and a newer one with one of 2 MB; their ids."""
    old, new = trained(store, days_ago=9), trained(store, days_ago=2)
    store.keep_file(old.id, f"{SNAPSHOT}0003", bytes(3 * MB))
    store.keep_file(new.id, f"{SNAPSHOT}0003", bytes(2 * MB))
    return old.id, new.id


def test_the_bar_names_all_parts_with_their_sizes(pair: tuple[str, str]):
    said = bar(opened())

    assert "snapshots and weights of every epoch: 5.0 MB" in said
    assert "checkpoints: 4.0 kB" in said
    assert "single steps and gradient norms: about 4." in said


def test_it_says_where_the_store_is_and_how_it_is_copied(store: Store, pair: tuple[str, str]):
    said = words(opened())

    assert store.url in said
    assert "copy it with `python -m cnn store backup FILE`" in said
    assert "python -m cnn store compact" in said


def test_nothing_goes_until_somebody_asks_for_it(store: Store, pair: tuple[str, str]):
    app = opened()

    assert "Nothing goes: runs keep about 5.0 MB." in words(app)
    assert not app.button
    assert [app.number_input(key=key).value for key in ("room_runs", "room_mb")] == [2, 6]
    assert gone(store, pair[0]) == {}


def test_what_would_go_is_shown_and_only_a_button_removes_it(store: Store, pair: tuple[str, str]):
    old, new = pair
    app = opened()
    app.number_input(key="room_mb").set_value(3).run()

    said = words(app)
    assert "3.0 MB: snapshots and weights of every epoch of 1 run. Gone with them: " in said
    assert "There is no way back." in said
    assert gone(store, old) == {}
    (button,) = app.button
    assert button.label == "Remove about 3.0 MB"
    button.click().run()

    assert not app.exception
    assert "Removed: about 3.0 MB of 1 run." in words(app)
    assert "Nothing goes: runs keep about 2.0 MB." in words(app)
    assert set(gone(store, old)) == {Kind.SNAPSHOTS}
    assert gone(store, new) == {}
    assert store.file(old, WEIGHTS) is not None


def test_runs_beyond_the_newest_lose_all_that_may_go(store: Store, pair: tuple[str, str]):
    app = opened()
    app.number_input(key="room_runs").set_value(1).run()

    lines = re.findall(r"^- .*", words(app), re.M)
    assert [line.split(": ")[1].split(" of 1 run")[0] for line in lines] == [
        *("snapshots and weights of every epoch", "checkpoints", "single steps and gradient norms")
    ]


def test_what_cannot_go_is_said(store: Store, pair: tuple[str, str]):
    live = store.add(DEMO, SETTINGS, worker="me")
    store.keep_file(live.id, f"{SNAPSHOT}0001", bytes(4 * MB))
    app = opened()
    app.number_input(key="room_mb").set_value(1).run()

    said = words(app)
    assert "There is no way back. Runs then still keep about 4.0 MB: what never goes, and" in said
    app.button[0].click().run()
    assert gone(store, live.id) == {}
    assert set(store.file_sizes(live.id)) == {f"{SNAPSHOT}0001"}


def test_limits_that_are_set_are_named_with_what_goes_by_them(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    assert "Whoever runs this app" not in words(opened())
    monkeypatch.setenv("CNN_MAX_STORE_MB", "4")
    monkeypatch.setenv("CNN_MAX_WHOLE_RUNS", "70")

    said = words(opened())

    assert "has set CNN_MAX_STORE_MB=4 and CNN_MAX_WHOLE_RUNS=70: when a training ends" in said
    assert "Now that is about 3.0 MB, which goes when the next training ends or a worker" in said
    assert "3.0 MB: snapshots and weights of every epoch of 1 run. Gone with them: " in said
    monkeypatch.setenv("CNN_MAX_STORE_MB", "400")
    assert "Now nothing is." in words(opened())


def test_what_a_new_limit_removes_is_shown_before_it_goes(
    store: Store, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    old, _ = pair
    monkeypatch.setenv("CNN_MAX_STORE_MB", "4")
    worker._keep_to_limits(store)
    assert gone(store, old) == {}

    said = words(visited("train"))

    assert "about 3.0 MB of what runs keep are over the limits that are set here" in said
    found = announced.waiting(store, Limits(4 * MB))
    assert found
    at = time.strftime("%d %B %Y, %H:%M", time.localtime(found.acts_from)).lstrip("0")
    assert f"CNN_MAX_STORE_MB=4). They go by themselves from {at} on" in said
    worker._keep_to_limits(store)
    assert gone(store, old) == {}

    opened()
    worker._keep_to_limits(store)

    assert set(gone(store, old)) == {Kind.SNAPSHOTS}
    assert "over the limits" not in words(visited("train"))


def test_a_dialog_that_nothing_is_over_yet_does_not_count_as_shown(
    store: Store, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_MAX_STORE_MB", "6")
    opened()
    store.keep_file(pair[1], f"{SNAPSHOT}0004", bytes(2 * MB))

    worker._keep_to_limits(store)

    assert [gone(store, one) for one in pair] == [{}, {}]
    assert "They go by themselves from" in words(visited("train"))


def test_the_list_of_runs_leads_there(store: Store):
    assert not any(button.label == "Disk space" for button in visited("train").button)
    trained(store, days_ago=2)

    assert any(button.label == "Disk space" for button in visited("train").button)


def of_run(run_id: str, tab: str) -> str:
    app = arriving("train", run=run_id)
    app.session_state[TAB] = tab
    return words(shown(app))


def test_a_run_says_what_of_it_was_removed(store: Store):
    run = trained(store, State.STOPPED, days_ago=9)
    assert "To make room" not in of_run(run.id, "Curves")
    remove(store, plan(kept(store), Limits(whole_runs=0)))

    said = of_run(run.id, "Watch it learn")

    assert (
        "To make room, its snapshots and weights of every epoch, checkpoints and single steps and "
        "gradient norms were removed, on "
    ) in said
    assert "or they were removed to make room" in said
    assert "Its curve has the means of its epochs" in said
    assert "or they were removed to make room" in of_run(run.id, "Gradients")
    assert "Its single steps were removed to make room" in of_run(run.id, "Take away")
