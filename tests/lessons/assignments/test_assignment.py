"""An assignment as a text: read as it was written, and nothing else is read."""

import contextlib
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment, AssignmentError
from cnn.lessons.challenges import goals
from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization
from cnn.network.zoo import entry
from cnn.training.engine.machine import Machine
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.start import Start
from cnn.training.store.arrays import arrays_to_bytes
from tests.lessons.assignments.handed import DATA, SETTINGS, TASK, TINY

TEXTS = some.text(some.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=60)


@given(
    TEXTS.filter(lambda text: any(one.isalnum() for one in text)),
    some.sampled_from(["test>0.98", "params<20000,macs<5000", "seconds<2.5"]),
    some.integers(0, 2**32 - 1),
    some.sampled_from(["", "2026-12-01T22:59Z"]),
    TEXTS,
)
def test_it_is_read_as_it_was_written(title, asked, seed, due, question):
    drawn = DatasetSpec(DatasetName.SHAPES, seed, shapes=ShapeOptions(noise=0.1))
    written = Assignment(title, goals.read(asked), drawn, due, question, ("convolution",))

    assert assignment.read(written.text) == written
    assert assignment.read(written.text).id == written.id


def test_it_is_read_from_the_whole_link_too():
    link = f"http://class.example/build?{urlencode({'goals': 'params<9', 'assignment': TASK.text})}"

    assert assignment.read(f" {link}\n") == TASK
    assert assignment.read(link).due_at == 4070952000.0  # by `date -d 2099-01-01T12:00Z +%s`


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no link to an assignment"),
        ("http://class.example/build?goals=params<9", "Copy the whole link"),
        ("{", "its text is damaged"),
        ("[1]", "is no link"),
        ('{"title":"a"}', "has title, goals and data"),
        ('{"title":1,"goals":"params<9","data":{}}', "'title' of the assignment is 1"),
        ('{"title":"a","goals":"params","data":{}}', "'params' is no goal"),
        ('{"title":"a","goals":"params<9","data":{"name":"x"}}', "no data set 'x'"),
        ('{"title":"a","goals":"params<9","data":{"shapes":{"samples":[]}}}', "samples"),
        ('{"title":" ","goals":"params<9","data":{}}', "title of 1 to 80 letters"),
        ('{"title":"a","goals":"params<9","data":{},"due":"soon"}', "'soon' is no time"),
        ('{"title":"a","goals":"params<9","data":{},"lessons":[1]}', "lessons of the"),
        ('{"title":"a","goals":"params<9","data":{},"more":1}', "'more' of the assignment"),
        (
            '{"title":"a","goals":"params<9","data":{"name":"own-images","file":"/etc/x.zip"}}',
            "Choose data that everybody has",
        ),
        ("{" + "x" * 5_000, "is too long: at most 4,000"),
        ('{"a":' * 2_000, "its text is damaged|is too long"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(text, said):
    with pytest.raises(AssignmentError) as refused:
        assignment.read(text)

    assert any(one in str(refused.value) for one in said.split("|")), refused.value


@given(
    some.text(max_size=200)
    | some.recursive(
        some.none() | some.booleans() | some.floats() | some.text(max_size=9),
        lambda one: (
            some.lists(one, max_size=3)
            | some.dictionaries(
                some.sampled_from(["title", "goals", "data", "due", "lessons", "name", "shapes"]),
                one,
            )
        ),
    ).map(json.dumps)
)
def test_any_text_is_an_assignment_or_refused(text):
    with contextlib.suppress(AssignmentError):
        assert assignment.read(text).text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (SETTINGS, ""),
        (replace(SETTINGS, dataset=replace(DATA, seed=8)), "It is on other data."),
        (replace(SETTINGS, seconds=2.0), "It is given seconds"),
        (replace(SETTINGS, start=Start("0" * 64, file="a.keras")), "It begins with weights"),
        (replace(SETTINGS, epochs=1_000), ""),
    ],
)
def test_which_trainings_can_be_for_it(settings, said):
    assert assignment.why_not(TASK, TINY, settings).startswith(said)
    assert bool(assignment.why_not(TASK, TINY, settings)) == bool(said)


def test_checkpoints_that_are_too_much_are_refused_before_the_training():
    large = entry("alexnet").architecture

    said = assignment.why_not(TASK, large, SETTINGS)

    assert "4 checkpoints would take" in said
    assert "Train fewer epochs, or a smaller network." in said


@pytest.mark.parametrize("optimizer", [Optimizer.SGD, Optimizer.ADAM])
def test_the_room_that_is_told_is_the_room_that_is_taken(optimizer):
    settings = Configuration(DATA, optimizer=optimizer)
    network = Architecture(
        "Normed", TINY.input, (*TINY.layers[:1], BatchNormalization(), *TINY.layers[1:])
    )
    machine = Machine(network, settings, load(DATA, network.input).train)

    kept = len(arrays_to_bytes(machine.state()))

    assert kept == pytest.approx(assignment.state_bytes(network, settings), rel=0.15)
    assert assignment.kept_bytes(network, settings) == 11 * assignment.state_bytes(
        network, settings
    )
