"""Every page with a run store that cannot be used: a sentence that says so, never a crash."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st

from cnn.network.link import encode
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store import database
from cnn.training.store.store import Store
from tests.ui.visiting import arriving, pressed, visited, words
from ui.session import kept

NEEDY = ("home", "train", "compare")
DEMO = entry("shapes-demo").architecture


def in_no_folder(folder: Path) -> Path:
    (folder / "file").write_text("in the way")
    return folder / "file" / "runs.sqlite"


def no_database(folder: Path) -> Path:
    (folder / "runs.sqlite").write_text("not a database, but long enough to look like one" * 40)
    return folder / "runs.sqlite"


def of_tomorrow(folder: Path) -> Path:
    file = folder / "runs.sqlite"
    Store(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update about set schema_version = 99")
    return file


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    st.cache_resource.clear()
    kept.forget()
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    yield
    st.cache_resource.clear()
    kept.forget()


UNUSABLE = pytest.mark.parametrize(
    ("made", "said"),
    [
        (in_no_folder, "Check that its folder exists, can be written to and has room"),
        (no_database, "file is not a database. Move that file out of the way, or set CNN_STORE"),
        (of_tomorrow, "made by a newer program: it has schema version 99"),
    ],
)


@UNUSABLE
@pytest.mark.parametrize("page", NEEDY)
def test_a_page_says_what_is_wrong_with_the_store_and_what_to_do(
    page: str, made: Callable[[Path], Path], said: str, monkeypatch, tmp_path: Path
):
    file = made(tmp_path)
    monkeypatch.setenv("CNN_STORE", f"sqlite:///{file}")

    app = visited(page)

    shown = words(app).replace("\\", "")
    assert said in shown
    assert str(file) in shown
    assert app.title


def test_home_still_leads_on(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("CNN_STORE", f"sqlite:///{no_database(tmp_path)}")

    assert [button for button in visited("home").button if button.label == "Open in Build"]


@UNUSABLE
def test_build_still_builds_and_says_so_only_when_something_is_saved(
    made: Callable[[Path], Path], said: str, monkeypatch, tmp_path: Path
):
    monkeypatch.setenv("CNN_STORE", f"sqlite:///{made(tmp_path)}")

    app = visited("build", net=encode(DEMO))

    shown = "".join(str(one.proto) for one in app.get("bidi_component")).replace("\\", "")
    assert f'"label": "Parameters", "text": "{trace(DEMO).total_params:,}"' in shown
    assert said not in words(app)
    assert said in str(pressed(app, "Save").toast[0].value).replace("\\", "")


@pytest.fixture
def store(monkeypatch, tmp_path: Path) -> Iterator[Store]:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    monkeypatch.setenv("CNN_STORE", url)
    opened = Store(url)
    yield opened
    opened.close()


def test_a_store_locked_as_train_is_pressed_says_so_and_the_next_press_trains(
    store: Store, tmp_path: Path
):
    app = visited("train", network="shapes-demo", data="shapes")
    with closing(sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        refused = pressed(app, "Train")
        assert "database is locked. Another program has been writing to it" in words(refused)
        other.execute("rollback")

    assert store.count() == 0
    pressed(refused.run(), "Train")
    assert store.count([State.QUEUED]) == 1


def test_a_store_that_can_only_be_read_still_shows_its_runs(
    store: Store, monkeypatch, tmp_path: Path
):
    run = store.add(DEMO, Configuration(epochs=3))
    store.finish(run.id, State.STOPPED, "Stopped by hand.")
    store.close()
    url = f"sqlite:///file:{tmp_path / 'runs.sqlite'}?mode=ro&uri=true"
    monkeypatch.setenv("CNN_STORE", url)
    monkeypatch.chdir(tmp_path)

    assert "Stopped by hand" in words(visited("train", run=run.id))
    app = arriving("train", network="shapes-demo", data="shapes").run()
    refused = pressed(app, "Train")
    assert "readonly database. It can be read but not written to" in words(refused)
    assert not (tmp_path / "file:").exists()


def test_a_run_that_cannot_be_stopped_says_why_and_can_be_later(store: Store, tmp_path: Path):
    run = store.add(DEMO, Configuration(epochs=3))
    app = visited("train", run=run.id)
    with closing(sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        refused = pressed(app, "Stop")
        assert "database is locked. Another program has been writing to it" in words(refused)
        other.execute("rollback")

    pressed(refused.run(), "Stop")
    assert store.count([State.STOPPED]) == 1
