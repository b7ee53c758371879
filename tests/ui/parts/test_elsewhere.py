"""A training that another program does, on the pages: seen and marked, and in no claim."""

import pytest
from streamlit.testing.v1 import AppTest

from cnn.network.zoo import entry
from cnn.training.recipe.elsewhere import MARK, OWN_COUNT, Elsewhere, Told
from cnn.training.recipe.run import Epoch, Progress, State, Step
from cnn.training.store.store import Store
from tests.training.stores import trained
from tests.ui.visiting import figures, visited

DEMO = entry("shapes-demo").architecture
WHOLE = Told(2, "accuracy", "val_loss", "val_accuracy", "mse", "adam", 10, 3, 122)


def theirs(store: Store, told: Told = WHOLE, state: State = State.FINISHED) -> str:
    one = Elsewhere(
        "e" * 12,
        "theirs",
        told,
        State.RUNNING,
        1_700_000_000.0,
        None if told.no_design else DEMO,
        worker="w",
        progress=Progress(1, 3, 6, 10.0, 1.0, 1.0, "training"),
    )
    store.add_elsewhere(one)
    steps = [Step(n, n / 3, 1 / n, 0.5, 0.01, n / 10) for n in (1, 2, 3)]
    store.record(one.id, steps, one.progress, worker="w")
    store.record_epoch(one.id, Epoch(1, 0.9, 0.5, 0.8, 0.4, 2.0))
    if state is not State.RUNNING:
        store.finish(one.id, state)
    return one.id


def texts(app: AppTest) -> str:
    kinds = ("markdown", "caption", "title", "subheader", "warning", "info", "error")
    return "\n".join(one.value for kind in kinds for one in getattr(app, kind))


@pytest.mark.parametrize("state", [State.FINISHED, State.RUNNING])
def test_train_shows_it_with_its_mark_and_no_test(store: Store, state: State):
    app = visited("train", run=[theirs(store, state=state)])
    said = texts(app)
    assert MARK in said
    assert OWN_COUNT in said
    assert set(figures(app)) == {
        *("Validation accuracy", "Training accuracy", "Validation loss", "Training loss"),
        "Training time",
    }
    labels = [one.label for one in app.button]
    assert ("Stop" in labels) == (state is State.RUNNING)
    assert "Open in Build" in labels
    assert not {"Pause", "Resume", "Train again", "Use these settings"} & set(labels)


def test_train_says_why_a_design_could_not_be_read(store: Store):
    told = Told(2, no_design="layer 'own' is a class of its own")
    app = visited("train", run=[theirs(store, told)])
    assert set(figures(app)) == {"Training loss", "Training time"}
    assert "Open in Build" not in [one.label for one in app.button]


def test_it_is_seen_together_with_a_run_of_ours(store: Store):
    ours = trained(store, days_ago=1)
    app = visited("train", run=[theirs(store), ours.id])
    assert not app.warning


def test_compare_shows_it_beside_and_claims_nothing_of_it(store: Store):
    app = visited(
        "compare", **{"with": ["shapes-demo", f"run-{theirs(store)}"], "data": ["shapes"]}
    )
    said = texts(app)
    assert MARK.capitalize() in said
    assert OWN_COUNT in said
    assert "deleted" not in said
