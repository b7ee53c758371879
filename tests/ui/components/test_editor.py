"""What the stack editor knows of the layers, what it believes of its script, and what it shows."""

from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from cnn.network.architecture import MAX_DEPTH, MAX_LAYERS, Architecture, layers_from_list
from cnn.network.blocks import BLOCKS
from cnn.network.errors import ArchitectureError, path_text
from cnn.network.fields import Choice, PaddingRule, Real, Whole, WholePair
from cnn.network.layers import KINDS, defaults, rules
from cnn.network.layers.containers import Parallel, Series
from cnn.network.trace import trace
from cnn.network.zoo import entry
from ui.components import editor
from ui.components.editor.notes import Note, notes_of
from ui.components.editor.value import Ask, EditorValue, read_value
from ui.components.schema import GROUPS, schema

SCHEMA = schema()
LAYER = {"kind": "Dense", "units": 3}

every_kind = pytest.mark.parametrize("kind", KINDS)
every_field = pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, known in SCHEMA["kinds"].items() for field in known["fields"]],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)


# ---- the schema --------------------------------------------------------------------------------


@every_kind
def test_every_field_of_a_kind_can_be_edited_in_its_order(kind: str):
    known = SCHEMA["kinds"][kind]
    held = [*known["series"], *([known["parallel"]] if known["parallel"] else [])]

    assert {*held, *(field["name"] for field in known["fields"])} == set(rules(KINDS[kind]))
    names = [field["name"] for field in known["fields"]]
    assert names == [name for name in rules(KINDS[kind]) if name in names]


@every_kind
def test_the_common_fields_are_those_of_the_class(kind: str):
    common = {field["name"] for field in SCHEMA["kinds"][kind]["fields"] if field["common"]}

    assert common == set(KINDS[kind].common_fields)


@every_kind
def test_a_new_layer_is_a_valid_layer(kind: str):
    (layer,) = layers_from_list([SCHEMA["kinds"][kind]["start"]])

    assert layer.kind == kind


@every_kind
def test_every_kind_is_in_the_palette_once_with_its_purpose(kind: str):
    places = [group["title"] for group in SCHEMA["groups"] if kind in group["kinds"]]

    assert len(places) == 1
    assert SCHEMA["kinds"][kind]["purpose"] == KINDS[kind].purpose


def test_every_block_is_in_the_palette():
    assert [block["id"] for block in SCHEMA["blocks"]] == list(BLOCKS)
    assert "Containers" in GROUPS


@every_field
def test_a_default_is_what_the_class_has(kind: str, field: dict[str, Any]):
    usual = defaults(KINDS[kind])

    assert field["required"] == (field["name"] not in usual)
    if not field["required"] and field["default"] is not None:
        rule = rules(KINDS[kind])[field["name"]]
        assert rule.read(field["default"]) == usual[field["name"]]


@every_field
def test_the_limits_are_those_of_the_rule(kind: str, field: dict[str, Any]):
    rule = rules(KINDS[kind])[field["name"]]
    if field["type"] in ("flag", "choice"):
        good, bad = field.get("options", [True, False]), ["nonsense", 7]
    elif field["type"] in ("real", "numbers"):
        good, bad = [field["low"]], [field["low"] - 1, field["high"] + 1]
        (bad if field.get("below_high") else good).append(field["high"])
    else:
        good, bad = [field["low"], field["high"]], [field["low"] - 1, field["high"] + 1, 1.5]
    if field.get("optional"):
        good = [*good, None]
    else:
        bad = [*bad, None]

    for value in good:
        rule.read(value)
    for value in bad:
        with pytest.raises(ValueError):  # noqa: PT011 - a rule's refusal carries no message
            rule.read(value)


@every_field
def test_every_field_has_a_line_of_help(kind: str, field: dict[str, Any]):
    assert field["help"].endswith(".")
    assert field["wanted"] == rules(KINDS[kind])[field["name"]].wanted


@pytest.mark.parametrize(
    ("kind", "takes", "makes_vector"),
    [
        ("Conv2D", "map", False),
        ("MaxPooling2D", "map", False),
        ("SpatialDropout2D", "map", False),
        ("GlobalAveragePooling2D", "map", True),
        ("Flatten", "both", True),
        ("Dense", "vector", False),
        ("Dropout", "both", False),
        ("LayerScale", "map", False),
        ("GroupNormalization", "both", False),
        ("Normalization", "both", False),
        ("Activation", "both", False),
        ("Residual", "both", False),
        ("Branches", "both", False),
    ],
)
def test_the_editor_knows_which_layers_need_a_map_and_which_end_it(
    kind: str, takes: str, makes_vector: bool
):
    known = SCHEMA["kinds"][kind]

    assert (known["takes"], known["makes_vector"]) == (takes, makes_vector)


def test_an_activation_of_none_is_called_linear_and_not_offered_twice():
    (field,) = (f for f in SCHEMA["kinds"]["Dense"]["fields"] if f["name"] == "activation")

    assert field["absent"] == "linear"
    assert "linear" not in field["options"]
    assert "relu" in field["options"]


def test_every_type_of_rule_has_a_control():
    known = {type(rule) for kind in KINDS.values() for rule in rules(kind).values()}

    assert {Whole, WholePair, Real, Choice, PaddingRule, Series, Parallel} <= known
    types = {field["type"] for kind in SCHEMA["kinds"].values() for field in kind["fields"]}
    assert types == {"whole", "pair", "sides", "real", "numbers", "flag", "choice", "padding"}


# ---- what the script sends -----------------------------------------------------------------------


def sent(**changed: Any) -> dict[str, Any]:
    return {"rev": 1, "edit": 4, "layers": [LAYER], "selected": "layers[0]", "asks": []} | changed


def test_a_message_is_read():
    value = read_value(sent(asks=[{"id": 9, "block": "vgg", "channels": 16}]))

    assert value is not None
    assert (value.rev, value.edit, value.selected) == (1, 4, "layers[0]")
    assert value.layers == (LAYER,)
    assert value.asks == (Ask(9, "vgg", 16),)
    assert (value.shut, value.step) == ((), 0)


def test_the_collapsed_containers_and_the_count_of_steps_are_read():
    value = read_value(sent(shut=["layers[0]", "layers[2].body[1]"], step=7))

    assert value is not None
    assert value.shut == ("layers[0]", "layers[2].body[1]")
    assert value.step == 7


@pytest.mark.parametrize("name", ["lenet-5", "resnet-18", "inception-lite", "densenet-lite"])
def test_every_network_goes_through_unchanged(name: str):
    layers = entry(name).architecture.to_dict()["layers"]
    value = read_value(sent(layers=layers))

    assert value is not None
    assert list(value.layers) == layers


@pytest.mark.parametrize("typed", ["", "abc", 0, -3, 1.5, None, [3, "x"], [[1, 2], [3, ""]], "<b>"])
def test_what_a_user_can_type_is_kept_for_the_architecture_to_judge(typed: Any):
    layers = [{"kind": "Conv2D", "filters": typed, "kernel_size": 3}]
    value = read_value(sent(layers=layers))

    assert value is not None
    assert list(value.layers) == layers
    with pytest.raises(ArchitectureError, match="filters must be a whole number"):
        layers_from_list(layers)


def test_a_number_for_each_channel_is_kept():
    numbers = [0.5] * 100
    layers = [{"kind": "Normalization", "mean": numbers, "variance": numbers}]
    value = read_value(sent(layers=layers))

    assert value is not None
    assert list(value.layers) == layers


def nested(depth: int) -> list[Any]:
    layers: list[Any] = []
    for _ in range(depth):
        layers = [{"kind": "Residual", "body": layers}]
    return layers


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        "text",
        [],
        {},
        sent(rev="1"),
        sent(rev=-1),
        sent(rev=True),
        sent(edit=None),
        sent(edit=2**60),
        sent(selected=3),
        sent(selected="layers[0]; drop"),
        sent(selected="layers" + "[0]" * 500),
        sent(layers=None),
        sent(layers={"0": LAYER}),
        sent(layers=["Dense"]),
        sent(layers=[{"units": 3}]),
        sent(layers=[{"kind": "Lambda"}]),
        sent(layers=[{"kind": ["Dense"]}]),
        sent(layers=[LAYER | {"units": {"deep": 1}}]),
        sent(layers=[LAYER | {"units": "9" * 1000}]),
        sent(layers=[LAYER | {"units": [1] * 100}]),
        sent(layers=[LAYER | {"units": [[[1]]]}]),
        sent(layers=[LAYER | {f"field{i}": 1 for i in range(100)}]),
        sent(layers=[LAYER] * (MAX_LAYERS + 1)),
        sent(layers=[{"kind": "Branches", "branches": [[LAYER] * 3000, [LAYER] * 3000]}]),
        sent(layers=[{"kind": "Residual", "body": "text"}]),
        sent(layers=[{"kind": "Branches", "branches": {}}]),
        sent(layers=nested(MAX_DEPTH + 1)),
        sent(shut=None),
        sent(shut=[3]),
        sent(shut=["layers[0]; drop"]),
        sent(shut=["layers[0]"] * (MAX_LAYERS + 1)),
        sent(asks=None),
        sent(asks=[{"id": 1, "block": "no such block", "channels": 1}]),
        sent(asks=[{"id": 1, "block": "vgg", "channels": 0}]),
        sent(asks=[{"id": 1, "block": "vgg", "channels": 10**9}]),
        sent(asks=[{"id": 1, "block": "vgg", "channels": 1}] * 1000),
    ],
)
def test_a_message_our_script_would_not_send_is_no_message(message: Any):
    assert read_value(message) is None


def test_a_message_is_checked_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    read: list[Any] = []
    session: dict[str, Any] = {"stack": {"stack": sent()}}

    def counted(message: Any) -> EditorValue | None:
        read.append(message)
        return read_value(message)

    monkeypatch.setattr(streamlit, "session_state", session)
    monkeypatch.setattr(editor, "read_value", counted)

    first, again = editor.edited("stack"), editor.edited("stack")
    session["stack"] = {"stack": sent(edit=5)}
    later = editor.edited("stack")

    assert first == again == read_value(sent())
    assert later == read_value(sent(edit=5))
    assert read == [sent(), sent(edit=5)]


# ---- notes ---------------------------------------------------------------------------------------


def test_notes_have_each_layers_numbers_and_its_share():
    notes = notes_of(trace(entry("lenet-5").architecture))

    assert notes["layers[0]"] == Note((28, 28, 6), 156, 156 / 61_706)
    assert notes["layers[4]"] == Note((400,), 0, 0.0)
    assert sum(note.params for note in notes.values()) == 61_706


def test_a_containers_parameters_are_those_of_all_it_holds():
    traced = trace(entry("resnet-lite").architecture)
    notes = notes_of(traced)

    for row in traced.rows:
        held = sum(inner.params for inner in traced.within(row.path))
        assert notes[path_text(row.path)].params == held


def test_a_fault_is_noted_at_its_layer_and_nothing_is_known_behind_it():
    layers = layers_from_list(
        [
            {"kind": "Flatten"},
            {"kind": "Conv2D", "filters": 1, "kernel_size": 3},
            {"kind": "Flatten"},
        ]
    )
    notes = notes_of(trace(Architecture("x", (8, 8, 1), layers), partial=True))

    assert notes["layers[0]"].output == (64,)
    assert notes["layers[1]"].error.startswith("needs a map")
    assert "layers[2]" not in notes


def test_advice_is_noted_at_its_layer():
    layers = layers_from_list([{"kind": "Flatten"}, LAYER])
    notes = notes_of(trace(Architecture("x", (8, 8, 1), layers)))

    assert "no softmax" in notes["layers[1]"].warnings[0]


def test_what_is_empty_is_not_sent():
    assert Note((4,), 0).to_dict() == {"output": [4]}
    assert Note(error="broken").to_dict() == {"error": "broken"}


# ---- the component on a page -------------------------------------------------------------------


def page() -> None:
    import streamlit as st

    from ui.components.editor import Note, stack_editor

    layers = st.session_state.get("layers", [{"kind": "Flatten"}])
    value = stack_editor(
        layers=layers, rev=2, input_shape=(8, 8, 1), notes={"layers[0]": Note((64,))}, key="stack"
    )
    st.session_state["returned"] = value


@pytest.mark.parametrize(
    ("rev", "layers", "is_taken"),
    [
        (2, [{"kind": "Flatten"}], True),
        (1, [{"kind": "Flatten"}], False),
        (2, [{"kind": "Flatten"}, LAYER], False),
    ],
    ids=["of this revision", "of an older revision", "of other layers than the page shows"],
)
def test_only_what_was_made_of_this_revision_is_returned(
    rev: int, layers: list[Any], is_taken: bool
):
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["stack"] = {"stack": sent(rev=rev, layers=layers)}
    app.run()

    assert not app.exception
    returned = app.session_state["returned"]
    assert (returned is not None) == is_taken
