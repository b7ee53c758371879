"""A network's description: JSON both ways, what is refused in which words, how deep it may go."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.network.advice import advice
from cnn.network.architecture import (
    MAX_DEPTH,
    MAX_LAYERS,
    Architecture,
    layers_from_list,
    layers_to_list,
    series_at,
    titles,
    walk,
)
from cnn.network.errors import ArchitectureError, path_text
from cnn.network.layers import (
    KINDS,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    Residual,
    ZeroPadding2D,
)
from cnn.network.summary import summary_dict, summary_text
from cnn.network.trace import trace
from tests.network.descriptions import architectures, json_values

SMALL = {
    "name": "Small",
    "input": [28, 28, 1],
    "layers": [
        {"kind": "Conv2D", "filters": 6, "kernel_size": 5, "padding": "same", "activation": "relu"},
        {"kind": "MaxPooling2D", "pool_size": 2},
        {
            "kind": "Residual",
            "body": [{"kind": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same"}],
            "shortcut": [{"kind": "Conv2D", "filters": 8, "kernel_size": 1}],
            "activation": "relu",
        },
        {
            "kind": "Branches",
            "branches": [[], [{"kind": "Conv2D", "filters": 4, "kernel_size": 1}]],
            "merge": "concatenate",
        },
        {"kind": "Flatten"},
        {"kind": "Dense", "units": 10, "activation": "softmax"},
    ],
}


def padded(padding: Any) -> ZeroPadding2D:
    """Zero padding by any of the ways to give it; the type knows the longest one alone."""
    return ZeroPadding2D(padding)


# --- JSON both ways ----------------------------------------------------------------------------


def test_the_json_of_the_issue_is_read_as_these_values():
    assert Architecture.from_dict(SMALL) == Architecture(
        "Small",
        (28, 28, 1),
        (
            Conv2D(6, 5, padding="same", activation="relu"),
            MaxPooling2D(2),
            Residual((Conv2D(8, 3, padding="same"),), (Conv2D(8, 1),), "relu"),
            Branches(((), (Conv2D(4, 1),))),
            Flatten(),
            Dense(10, activation="softmax"),
        ),
    )


WRITTEN = [
    (Conv2D(6, 5), {"kind": "Conv2D", "filters": 6, "kernel_size": 5}),
    (
        Conv2D(6, (3, 5), strides=(2, 1), padding=1, groups=2, use_bias=False),
        {
            "kind": "Conv2D",
            "filters": 6,
            "kernel_size": [3, 5],
            "strides": [2, 1],
            "padding": 1,
            "groups": 2,
            "use_bias": False,
        },
    ),
    (MaxPooling2D(), {"kind": "MaxPooling2D"}),
    (MaxPooling2D(3), {"kind": "MaxPooling2D", "pool_size": 3}),
    (MaxPooling2D(2, strides=1), {"kind": "MaxPooling2D", "strides": 1}),
    (AveragePooling2D((2, 3)), {"kind": "AveragePooling2D", "pool_size": [2, 3]}),
    (ZeroPadding2D(), {"kind": "ZeroPadding2D"}),
    (padded(2), {"kind": "ZeroPadding2D", "padding": 2}),
    (padded((1, 2)), {"kind": "ZeroPadding2D", "padding": [1, 2]}),
    (
        padded(((0, 1), (2, 3))),
        {"kind": "ZeroPadding2D", "padding": [[0, 1], [2, 3]]},
    ),
    (BatchNormalization(0.9), {"kind": "BatchNormalization", "momentum": 0.9}),
    (
        Activation("relu", max_value=6.0),
        {"kind": "Activation", "activation": "relu", "max_value": 6.0},
    ),
    (Dense(10, activation="linear"), {"kind": "Dense", "units": 10}),
    (Residual(()), {"kind": "Residual", "body": []}),
    (
        Branches(((Flatten(),), ()), "add"),
        {"kind": "Branches", "branches": [[{"kind": "Flatten"}], []], "merge": "add"},
    ),
]


@pytest.mark.parametrize(("layer", "data"), WRITTEN, ids=str)
def test_a_layer_is_written_without_its_defaults_and_read_back_the_same(layer: Layer, data):
    assert layers_to_list((layer,)) == [data]
    assert layers_from_list([data]) == (layer,)


def test_a_default_may_be_written_out():
    spelled = {
        "kind": "Conv2D",
        "filters": 6,
        "kernel_size": [5, 5],
        "strides": 1,
        "padding": "valid",
        "dilation_rate": [1, 1],
        "groups": 1,
        "activation": None,
        "use_bias": True,
    }

    assert layers_from_list([spelled]) == (Conv2D(6, 5),)
    assert layers_from_list([{"kind": "MaxPooling2D", "strides": None}]) == (MaxPooling2D(),)


@given(architectures)
def test_every_network_is_read_back_as_it_was_written(architecture):
    assert Architecture.from_json(architecture.to_json()) == architecture
    assert Architecture.from_json(architecture.to_json(indent=2)) == architecture
    assert Architecture.from_dict(architecture.to_dict()) == architecture


@given(architectures)
def test_what_is_written_is_plain_json_and_is_written_the_same_again(architecture):
    text = architecture.to_json()

    assert json.loads(text) == architecture.to_dict()
    assert Architecture.from_json(text).to_json() == text


def test_json_is_read_from_text_and_from_bytes_with_or_without_a_byte_order_mark():
    text = json.dumps(SMALL | {"name": "Größe 5×5"}, ensure_ascii=False)

    for given_as in (text, text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert Architecture.from_json(given_as).name == "Größe 5×5"


def test_a_network_without_a_name_is_called_unnamed():
    assert Architecture.from_dict({"input": [8, 8, 1], "layers": []}).name == "unnamed"


def test_a_network_is_a_value():
    one, other = Architecture.from_dict(SMALL), Architecture.from_dict(SMALL)

    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
    assert one != Architecture("Small", (28, 28, 3), one.layers)


def test_layers_and_input_may_be_given_as_lists():
    listed = Architecture("a", [8, 8, 1], [Flatten()])  # type: ignore[arg-type]

    assert listed == Architecture("a", (8, 8, 1), (Flatten(),))


# --- what is refused ---------------------------------------------------------------------------


def with_layer(*layers: Any) -> dict[str, Any]:
    return {"name": "a", "input": [8, 8, 1], "layers": list(layers)}


def conv(**fields: Any) -> dict[str, Any]:
    return {"kind": "Conv2D", "filters": 6, "kernel_size": 3, **fields}


KNOWN_KINDS = ", ".join(KINDS)
INPUT = "input must be [height, width, channels] with sides from 1 to 16,384 and 1 to 65,536"

REFUSED = [
    (5, 'a network is an object with "name", "input" and "layers", got 5.'),
    ([], 'a network is an object with "name", "input" and "layers", got [].'),
    (None, 'a network is an object with "name", "input" and "layers", got None.'),
    ({}, 'the field "input" is missing.'),
    ({"input": [8, 8, 1]}, 'the field "layers" is missing.'),
    ({**SMALL, "layer": []}, "unknown field 'layer'. Did you mean layers?"),
    ({**SMALL, "colour": 1}, "unknown field 'colour'. Known are: name, input, layers, pixels."),
    ({**SMALL, "layers": None}, "layers: must be a list of layers, got None."),
    ({**SMALL, "layers": "Flatten"}, "layers: must be a list of layers, got 'Flatten'."),
    ({**SMALL, "layers": {}}, "layers: must be a list of layers, got {}."),
    *(
        ({**SMALL, "input": value}, f"{INPUT} channels, got {value!r}.")
        for value in (
            *(None, 28, "28x28x1", [], [28, 28], [28, 28, 1, 1], [0, 28, 1], [28, -1, 1]),
            *([28, 28, 0], [28.0, 28, 1], [True, 28, 1], ["28", 28, 1], [16_385, 1, 1]),
            *([1, 1, 65_537], [None, 28, 1], [[28], 28, 1], {"a": 1}),
        )
    ),
    *(
        ({**SMALL, "name": value}, f"name must be a text of 1 to 120 characters, got {value!r}.")
        for value in (None, 5, True, "", "   ", ["a"])
    ),
    ({**SMALL, "name": "a\nb"}, "name must be a single line of text, got 'a\\nb'."),
    ({**SMALL, "name": "a\x00b"}, "name must be a single line of text, got 'a\\x00b'."),
    ({**SMALL, "name": "a\x85b"}, "name must be a single line of text, got 'a\\x85b'."),
    ({**SMALL, "name": "a\u2028b"}, "name must be a single line of text, got 'a\\u2028b'."),
    ({**SMALL, "name": "a\ud800b"}, "name holds broken characters: 'a\\ud800b'."),
    (
        with_layer(5),
        'layers[0]: a layer is an object such as {"kind": "Flatten"}, got 5.',
    ),
    (
        with_layer({"kind": "Flatten"}, []),
        'layers[1]: a layer is an object such as {"kind": "Flatten"}, got [].',
    ),
    (
        with_layer({"filters": 6}),
        f"layers[0]: the kind is missing. Known are: {KNOWN_KINDS}.",
    ),
    (
        with_layer({"kind": None}),
        f"layers[0]: unknown kind None. Known are: {KNOWN_KINDS}.",
    ),
    (with_layer({"kind": "conv2d"}), "layers[0]: unknown kind 'conv2d'. Did you mean Conv2D?"),
    (
        with_layer({"kind": "MaxPool2D"}),
        "layers[0]: unknown kind 'MaxPool2D'. Did you mean MaxPooling2D?",
    ),
    (
        with_layer({"kind": "Lambda"}),
        f"layers[0]: unknown kind 'Lambda'. Known are: {KNOWN_KINDS}.",
    ),
    (with_layer(conv(filter=6)), "Conv2D #1: unknown field 'filter'. Did you mean filters?"),
    (
        with_layer({"kind": "Flatten", "name": "a"}),
        "Flatten #1: unknown field 'name'. It has no fields.",
    ),
    (
        with_layer({"kind": "Dense", "size": 10}),
        "Dense #1: unknown field 'size'. Known are: units, activation, use_bias.",
    ),
    (
        with_layer(conv(), {"kind": "Conv2D", "filters": 6}),
        "Conv2D #2: kernel_size is missing: "
        "it must be a whole number from 1 to 1,024, or two of them.",
    ),
    (
        with_layer({"kind": "Residual"}),
        "Residual #1: body is missing: it must be a list of layers.",
    ),
    (
        with_layer(conv(filters=6.0)),
        "Conv2D #1: filters must be a whole number from 1 to 65,536, got 6.0.",
    ),
    (
        with_layer(conv(filters=True)),
        "Conv2D #1: filters must be a whole number from 1 to 65,536, got True.",
    ),
    (
        with_layer(conv(), conv(kernel_size=-3)),
        "Conv2D #2: kernel_size must be a whole number from 1 to 1,024, or two of them, got -3.",
    ),
    (
        with_layer(conv(strides=2, dilation_rate=2)),
        "Conv2D #1: strides=(2, 2) and dilation_rate=(2, 2) cannot both be above 1. "
        "Set one of them to 1.",
    ),
    (
        with_layer({"kind": "Residual", "body": 5}),
        "layers[0].body: must be a list of layers, got 5.",
    ),
    (
        with_layer({"kind": "Branches", "branches": 5}),
        "Branches #1: branches must be a list of 2 to 256 lists of layers, got 5.",
    ),
    (
        with_layer({"kind": "Branches", "branches": [[]]}),
        "Branches #1: branches must be a list of 2 to 256 lists of layers, got [()].",
    ),
    (
        with_layer({"kind": "Branches", "branches": [[], 5]}),
        "layers[0].branches[1]: must be a list of layers, got 5.",
    ),
    (
        with_layer({"kind": "Residual", "body": [conv(), {"kind": "Residual", "body": [{}]}]}),
        f"layers[0].body[1].body[0]: the kind is missing. Known are: {KNOWN_KINDS}.",
    ),
    (
        with_layer(
            conv(), {"kind": "Residual", "body": [conv()], "shortcut": [conv(), conv(groups=4)]}
        ),
        "Conv2D #4: filters=6 cannot be divided into groups=4. "
        "Use a multiple of 4 filters, or groups=1.",
    ),
]


@pytest.mark.parametrize(
    ("data", "message"),
    REFUSED,
    ids=[f"{number}-{message[:60]}" for number, (_, message) in enumerate(REFUSED)],
)
def test_what_is_no_network_is_refused_by_layer_and_field(data, message):
    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_dict(data)

    assert str(caught.value) == message


def test_an_error_knows_its_place_and_its_problem():
    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_dict(
            with_layer({"kind": "Branches", "branches": [[], [conv(), conv(filters=0)]]})
        )

    error = caught.value
    assert error.path == (0, "branches", 1, 1)
    assert path_text(error.path) == "layers[0].branches[1][1]"
    assert error.where == "Conv2D #2"
    assert error.problem == "filters must be a whole number from 1 to 65,536, got 0."
    assert pickle.loads(pickle.dumps(error)).path == error.path


NOT_JSON = [
    ("", "there is no text in it, so no network either."),
    (" \n", "there is no text in it, so no network either."),
    (b"", "there is no text in it, so no network either."),
    ("{", "this is not JSON: Expecting property name enclosed in double quotes: line 1 column 2"),
    ("lenet-5", "this is not JSON: Expecting value: line 1 column 1 (char 0)."),
    ("{'name': 1}", "this is not JSON: Expecting property name enclosed in double quotes"),
    (b"\x89PNG\r\n\x1a\n\xff\xfe", "this is not a text file, so not JSON."),
    ('{"input": [' + "1" * 5_000 + "]}", "it holds a number with thousands of digits."),
    ("null", 'a network is an object with "name", "input" and "layers", got None.'),
    ("NaN", 'a network is an object with "name", "input" and "layers", got nan.'),
]


@pytest.mark.parametrize(("text", "message"), NOT_JSON, ids=[str(n) for n in range(len(NOT_JSON))])
def test_what_is_no_json_is_refused_with_the_place(text, message):
    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_json(text)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_numbers_that_json_allows_and_no_layer_does_are_refused(constant):
    text = json.dumps(with_layer(conv())).replace('"filters": 6', f'"filters": {constant}')

    with pytest.raises(ArchitectureError, match=r"^Conv2D #1: filters must be .*, got .{1,60}\.$"):
        Architecture.from_json(text)


def test_a_long_value_is_quoted_only_in_part():
    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_dict({**SMALL, "name": "a" * 100_000})

    assert len(str(caught.value)) < 120


class Unprintable:
    """A value whose text cannot be had."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_a_value_without_a_text_is_named_by_its_type():
    with pytest.raises(ArchitectureError, match="got something of type Unprintable"):
        Architecture.from_dict({**SMALL, "input": Unprintable()})


def test_something_else_among_the_layers_is_refused():
    with pytest.raises(ArchitectureError, match="'Flatten' is not a layer"):
        Architecture("a", (8, 8, 1), ("Flatten",))  # type: ignore[arg-type]
    with pytest.raises(ArchitectureError, match="layers must be a list of layers, got None"):
        Architecture("a", (8, 8, 1), None)  # type: ignore[arg-type]


def assert_refused_or_read(make: Any) -> None:
    """A network, or the named error in one line that is not too long to show."""
    try:
        read = make()
    except ArchitectureError as error:
        message = str(error)
    else:
        assert Architecture.from_dict(read.to_dict()) == read
        return
    assert len(message.splitlines()) == 1
    assert 10 < len(message) < 600


@given(json_values)
def test_any_value_is_a_network_or_the_named_error(value):
    assert_refused_or_read(lambda: Architecture.from_dict(value))


@given(json_values, json_values, json_values)
def test_any_values_for_the_three_fields_are_a_network_or_the_named_error(name, size, layers):
    data = {"name": name, "input": size, "layers": layers}

    assert_refused_or_read(lambda: Architecture.from_dict(data))


@given(st.sampled_from(list(KINDS)), st.dictionaries(st.text(max_size=8), json_values, max_size=3))
def test_any_fields_of_a_layer_are_a_network_or_the_named_error(kind, fields):
    data = {"input": [8, 8, 1], "layers": [{**fields, "kind": kind}]}

    assert_refused_or_read(lambda: Architecture.from_dict(data))


@given(st.text() | st.binary())
def test_any_text_is_a_network_or_the_named_error(text):
    assert_refused_or_read(lambda: Architecture.from_json(text))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, held in inner for place in places(held, (*path, key)))]


@given(st.data())
@settings(max_examples=200)
def test_a_network_with_one_value_changed_is_a_network_or_the_named_error(data):
    changed = copy.deepcopy(SMALL)
    *parents, last = data.draw(st.sampled_from([path for path in places(SMALL) if path]))
    held: Any = changed
    for key in parents:
        held = held[key]
    held[last] = data.draw(json_values)

    assert_refused_or_read(lambda: Architecture.from_dict(changed))


@given(st.data())
@settings(max_examples=200)
def test_a_json_text_with_one_place_cut_or_filled_is_a_network_or_the_named_error(data):
    text = json.dumps(SMALL)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 20, len(text))))
    changed = text[:start] + data.draw(st.text(max_size=10)) + text[end:]

    assert_refused_or_read(lambda: Architecture.from_json(changed))


# --- how deep, how many ------------------------------------------------------------------------


def nested_json(levels: int, container: str = '{"kind": "Residual", "body": [') -> str:
    closed = "]}" if "body" in container else "], []]}"
    layers = container * levels + '{"kind": "Flatten"}' + closed * levels
    return '{"name": "a", "input": [8, 8, 1], "layers": [' + layers + "]}"


CONTAINERS = ['{"kind": "Residual", "body": [', '{"kind": "Branches", "branches": [[']


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("levels", [1, 10, 50])
def test_a_network_nests_to_fifty_levels_and_everything_follows_it(levels, container):
    nested = Architecture.from_json(nested_json(levels, container).replace("Flatten", "Dropout"))
    traced = trace(nested)

    assert Architecture.from_json(nested.to_json()) == nested
    assert hash(nested) == hash(Architecture.from_json(nested.to_json()))
    assert repr(nested)
    assert copy.deepcopy(nested) == pickle.loads(pickle.dumps(nested)) == nested
    assert len(titles(nested.layers)) == len(traced.rows) == levels + 1
    assert traced.rows[-1].depth == levels
    assert advice(traced)
    assert summary_text(traced)
    assert summary_dict(traced)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("levels", [51, 5_000, 100_000])
def test_deeper_nesting_is_refused_by_name(levels, container):
    with pytest.raises(ArchitectureError, match="nested deeper than 50 levels"):
        Architecture.from_json(nested_json(levels, container))


@pytest.mark.parametrize("levels", [10, 500, 5_000, 100_000])
@pytest.mark.parametrize("place", ["name", "input", "layers", "kind", "filters", "kernel_size"])
def test_lists_nested_in_a_field_are_refused_by_name(place, levels):
    deep: Any = []
    for _ in range(levels):
        deep = [deep]
    data = {**SMALL, place: deep} if place in SMALL else with_layer(conv(**{place: deep}))

    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_dict(data)
    assert len(str(caught.value)) < 600  # with the names of all kinds


def test_a_list_that_holds_itself_is_refused_by_name():
    body: list[Any] = []
    body.append({"kind": "Residual", "body": body})

    with pytest.raises(ArchitectureError, match="nested deeper than 50 levels"):
        Architecture.from_dict({"input": [8, 8, 1], "layers": body})


def test_the_depth_limit_is_the_same_for_values_and_for_json():
    layers: tuple[Layer, ...] = (Flatten(),)
    for _ in range(MAX_DEPTH):
        layers = (Residual((), layers),)

    assert Architecture("a", (8, 8, 1), layers)
    with pytest.raises(ArchitectureError, match="nested deeper than 50 levels"):
        Residual((), layers)


def test_a_network_has_at_most_5000_layers_nested_ones_counted():
    most = (Flatten(),) * MAX_LAYERS

    assert Architecture("a", (8, 8, 1), most)
    with pytest.raises(ArchitectureError, match=r"more than 5,000 layers\. Use fewer\."):
        Architecture("a", (8, 8, 1), (*most, Flatten()))
    with pytest.raises(ArchitectureError, match=r"more than 5,000 layers\. Use fewer\."):
        Architecture("a", (8, 8, 1), (Residual(most),))


def test_a_layer_held_twice_at_every_level_is_too_many_layers():
    layer: Layer = Flatten()
    for _ in range(40):
        layer = Residual((layer,), (layer,))

    with pytest.raises(ArchitectureError, match=r"more than 5,000 layers\. Use fewer\."):
        Architecture("a", (8, 8, 1), (layer,))


# --- finding one's way -------------------------------------------------------------------------


def test_layers_are_walked_in_reading_order_a_container_before_what_it_holds():
    layers = Architecture.from_dict(SMALL).layers

    assert [(path_text(path), layer.kind) for path, layer in walk(layers)] == [
        ("layers[0]", "Conv2D"),
        ("layers[1]", "MaxPooling2D"),
        ("layers[2]", "Residual"),
        ("layers[2].body[0]", "Conv2D"),
        ("layers[2].shortcut[0]", "Conv2D"),
        ("layers[3]", "Branches"),
        ("layers[3].branches[1][0]", "Conv2D"),
        ("layers[4]", "Flatten"),
        ("layers[5]", "Dense"),
    ]


def test_layers_are_called_by_kind_and_number():
    assert list(titles(Architecture.from_dict(SMALL).layers).values()) == [
        "Conv2D #1",
        "MaxPooling2D #1",
        "Residual #1",
        "Conv2D #2",
        "Conv2D #3",
        "Branches #1",
        "Conv2D #4",
        "Flatten #1",
        "Dense #1",
    ]


@given(architectures)
def test_the_series_at_a_path_holds_the_layer_of_that_path(architecture):
    for path, layer in walk(architecture.layers):
        series, place = series_at(architecture.layers, path)
        assert series[place] is layer
