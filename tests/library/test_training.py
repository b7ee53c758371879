"""A training by a call: what is refused before it begins, and what became of one that failed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cnn
from cnn.library import training
from cnn.network.keras.model import by_place
from cnn.network.source import read_trained
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.data_address import spec_of
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import WEIGHTS, Result, Run, State
from cnn.training.recipe.start import StartError
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.labels import archive
from cnn.training.store.store import Store
from tests.network.export_cases import random_weights

DEMO = cnn.zoo["shapes-demo"]
SHAPES = Configuration(dataset=spec_of("shapes"), epochs=2, seed=5)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'runs.sqlite'}"


def ended(store: Store, state: State, message: str = "") -> Run:
    run = store.add(DEMO, SHAPES, worker="me")
    store.finish(run.id, state, message)
    found = store.get(run.id)
    assert found
    return found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"epoch": 3}, "there is no setting epoch. There are: epochs, batch_size, "),
        ({"epochs": 0}, "epochs must be a whole number from 1 to 1,000, got 0."),
        ({"optimizer": "adm"}, "optimizer must be one of sgd, rmsprop, adam, adamw, got 'adm'."),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_stored(url, given, said):
    with pytest.raises(ConfigurationError, match=f"^{said}"):
        cnn.train("shapes-demo", "shapes", store=url, **given)
    assert not Store(url).count()


def test_freezing_needs_layers_that_were_trained(url: str):
    with pytest.raises(StartError, match=r"^freeze=2 is about layers .* Say which: start=RUN"):
        cnn.train("shapes-demo", "shapes", freeze=2, store=url)


@pytest.mark.parametrize(
    ("state", "raised"),
    [(State.FAILED, cnn.TrainingError), (State.INTERRUPTED, KeyboardInterrupt)],
)
def test_a_training_without_an_end_is_raised(url, state, raised, monkeypatch):
    monkeypatch.setattr(training, "carried_out", lambda store, *_: ended(store, state, "why"))
    with pytest.raises(raised):
        cnn.train("shapes-demo", "shapes", store=url, progress=False)


def test_one_that_diverged_says_so(url: str, monkeypatch):
    monkeypatch.setattr(
        training, "carried_out", lambda store, *_: ended(store, State.DIVERGED, "Loss <is> nan.")
    )
    run = cnn.train("shapes-demo", "shapes", store=url, progress=False)

    assert (run.state, run.test_accuracy) == ("diverged", None)
    assert "diverged. Loss &lt;is&gt; nan." in run._repr_html_()
    assert run.curve.empty


def test_a_training_is_saved_in_the_form_that_the_ending_says(url: str, tmp_path: Path):
    store, arrays = Store(url), random_weights(DEMO)
    run = training.Trained(ended(store, State.STOPPED), url)
    store.keep_files(run.id, {WEIGHTS: arrays_to_bytes(by_place(arrays))})
    for _ in range(2):  # a cell of a notebook is run again
        saved = run.save(tmp_path / "net.onnx")
    found = read_trained(str(saved))[1]
    assert all(map(np.array_equal, found["conv2d_1"], arrays["conv2d_1"]))
    assert "nn.Module" in run.save(tmp_path / "net.py", "torch").read_text()
    with pytest.raises(ValueError, match=r"does not say what it is to be\. End it in one"):
        run.save(tmp_path / "net.h5")


def test_all_runs_are_a_table_with_their_settings(url: str):
    assert cnn.runs(url).empty
    store = Store(url)
    first = ended(store, State.STOPPED)
    result = Result(0.1, 0.9, 300, 150, 30, 2.5, 100.0)
    second = store.add(DEMO, replace(SHAPES, learning_rate=0.5))
    store.finish(second.id, State.FINISHED, result=result)
    theirs = Elsewhere("e" * 12, "theirs", Told(2), State.FINISHED, 1.0)
    store.add_elsewhere(theirs)
    archive(store, [store.add(DEMO, SHAPES).id])

    table = cnn.runs(url)

    assert table.index.tolist() == [second.id, first.id, theirs.id]
    assert table.trained_elsewhere.tolist() == [False, False, True]
    row = table.loc[second.id]
    assert (row.network, row.dataset, row.state) == ("Shapes demo", "shapes", "finished")
    assert (row.test_accuracy, row.trained_seconds) == (0.9, 2.5)
    assert (row.learning_rate, row.seed) == (0.5, 5)
    assert table.test_accuracy.isna().tolist() == [False, True, True]
    assert str(table.created_at.dtype).endswith("UTC]")
