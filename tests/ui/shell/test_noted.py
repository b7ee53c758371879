"""What the editor is told beside its layers before the page is drawn: what the page tells."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from cnn.network.architecture import Architecture, layers_to_list
from cnn.network.feed import BYTES
from cnn.network.layers import Dense, Flatten, Rescaling
from cnn.network.trace import trace
from cnn.network.zoo import zoo
from tests.network.strategies import architectures
from ui.components.editor import notes_of
from ui.shell.noted import _noted


def told(network: Architecture, **more: Any) -> tuple[int, Any]:
    """The status of the answer, and the answer."""
    asked = {"rev": 3, "edit": 7, "input": network.input, "layers": layers_to_list(network.layers)}
    answer = _noted("somebody", json.loads(json.dumps(asked | more)))
    return answer.status_code, json.loads(bytes(answer.body))


def of_the_page(network: Architecture) -> Any:
    notes = {path: note.to_dict() for path, note in notes_of(trace(network, partial=True)).items()}
    return json.loads(json.dumps({"edit": 7, "notes": notes}))


@pytest.mark.parametrize("id", zoo())
def test_the_notes_are_those_of_the_page(id: str):
    network = zoo()[id].architecture
    assert told(network) == (200, of_the_page(network))


@given(architectures())
def test_the_notes_of_any_network_are_those_of_the_page(network: Architecture):
    assert told(network) == (200, of_the_page(network))


def test_what_a_network_is_fed_is_known():
    layers = (Rescaling(1 / 255), Flatten(), Dense(2))
    network = Architecture("fed", (4, 4, 1), layers, replace(BYTES, high=1.0))
    assert network.feed
    status, found = told(network, pixels=network.feed.text)
    assert (status, found) == (200, of_the_page(network))
    assert found["notes"]["layers[0]"]["warnings"]
    assert found != told(replace(network, feed=None))[1]


def test_of_layers_that_do_not_fit_the_fault_is_told():
    status, found = told(Architecture("one", (4, 4, 1), ()), layers=[{"kind": "Dense", "units": 2}])
    assert status == 200
    assert "error" in found["notes"]["layers[0]"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"layers": None}, "no stack of layers"),
        ({"layers": [{"kind": "Nothing"}]}, "no stack of layers"),
        ({"edit": "7"}, "no stack of layers"),
        ({"input": [4, 4]}, "Input must be"),
        ({"input": "<b>"}, "Input must be"),
        ({"pixels": "bright"}, "Pixels must be"),
        ({"pixels": ["0..1"]}, "Pixels must be"),
    ],
)
def test_what_no_editor_sends_is_told_in_a_sentence(sent: dict[str, Any], words: str):
    status, found = told(Architecture("one", (4, 4, 1), (Flatten(), Dense(2))), **sent)
    assert status == 400
    assert words in found["words"][0]
