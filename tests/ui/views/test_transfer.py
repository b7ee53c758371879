"""Does transfer pay, as a visitor meets it: three ways in a click, and what may be said of them."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.diagnose.transfer_pays import Way
from cnn.network.zoo import entry
from cnn.shipped import Body, body
from cnn.shipped.starts import IDS, shipped_parent
from cnn.training.recipe.fitting import is_fitted
from cnn.training.recipe.run import START, Result, State
from cnn.training.recipe.start import StartError
from cnn.training.store.store import Store
from tests.ui.views.test_train import address
from tests.ui.visiting import pressed, visited, words

QUERY = {"tab": "transfer", "data": "shapes", "epochs": "3", "seeds": "1", "share": ["0.1", "1"]}


def opened(**query: Any) -> AppTest:
    return visited("experiments", **(QUERY | query))


def test_three_ways_with_each_share_are_queued_in_a_click_with_the_weights_they_begin_with(
    store: Store,
):
    app = pressed(opened(), "Train all")

    found = store.latest()
    assert len(found) == 6
    assert address(app, "share") == ["0.1", "1"]
    network = body(Body.SCENES).architecture
    for run in found:
        assert is_fitted(network, replace(run.architecture, name=network.name))
        start = run.configuration.start
        assert (start is None) == (Way.NEW.value in run.name)
        assert (store.file(run.id, START) is not None) == (start is not None)
        if start:
            assert start.origin == "the body scenes that ships"
    by_share = {run.configuration.dataset.portion.share for run in found}
    assert by_share == {0.1, 1.0}


def test_what_was_measured_is_said_for_each_share(store: Store):
    app = pressed(opened(share=["1"]), "Train all")
    for place, run in enumerate(store.latest()):
        store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {})
        result = Result(0.1, 0.5 + place / 10, 300, 150, 30, 4.0, 4_000.0)
        store.finish(run.id, State.FINISHED, result=result)

    app = opened(share=["1"])

    said = words(app)
    for way in Way:
        assert f"{way} " in said
    assert "With all images: new weights" in said


def test_no_share_asks_for_one_and_an_address_that_makes_no_sense_is_as_usual(store: Store):
    app = opened(parent="nobody", share=["7"])

    assert app.session_state["transfer_parent"] == "shipped:scenes"
    assert app.session_state["transfer_shares"] == [1.0]
    app.pills(key="transfer_shares").set_value([])
    app.run()
    assert "Choose at least one share" in " ".join(one.value for one in app.info)


def test_every_body_that_ships_is_offered_on_train_and_here(store: Store):
    train = visited("train", network="resnet-lite", data="digits")
    (box,) = (one for one in train.selectbox if one.label == "Weights to begin with")
    for which in Body:
        assert f"{which.called} (ships)" in box.options
    (box,) = (one for one in opened().selectbox if one.label == "Weights to start from")
    assert len(box.options) == len(Body)


def test_a_body_that_ships_fits_its_own_network_and_another_name_is_refused():
    parent = shipped_parent("shipped:scenes")

    assert parent.architecture.layers[:-1] == entry("resnet-lite").architecture.layers[:-1]
    assert len(parent.class_names) == 10
    assert set(IDS) == {"shipped:digits", "shipped:scenes"}
    with pytest.raises(StartError, match="There are: shipped:digits, shipped:scenes"):
        shipped_parent("shipped:none")
