"""Exported code is code: formatted, safe whatever a network is called, and line by line its own."""

import ast
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.export import keras_code
from cnn.network.layers import Conv2D, Flatten, Rescaling, Residual
from cnn.network.scripts.code import Code, class_name, docstring_text, model_name, number
from cnn.network.torch.export import torch_code
from cnn.network.zoo import entry, zoo
from tests.network.export_cases import CASES

Export = Callable[[Architecture], Code]

both = pytest.mark.parametrize("export", [keras_code, torch_code])

LAYERS = (Residual((Conv2D(3, 3, padding="same"),)), Rescaling(2.0), Flatten())

HOSTILE = (
    '"""',
    '""""""',
    'ends with a quote"',
    "ends with a backslash\\",
    '\\"""',
    '\\\\"""',
    '"""; import os; os.abort(); """',
    "'''",
    "# coding: utf-7",
    "{name} %s $x \\N{DASH} \\x00 \\u0022",
    '" + __import__("os").abort() + "',
    "\u202egnihtemos esrever",
    "zero\u200bwidth\ufeff",
    "Größe 网络 λ 👩‍🔬",
    "...",
    "123",
    "None",
    "class",
    "Residual",
    "ChannelsLastFlatten",
    "nn",
    "torch",
    "__main__",
    "9 layers, 1 skip",
    "\N{LATIN SMALL LIGATURE FI}x",
    "x" * 120,
)


@both
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_never_becomes_code(export: Export, name: str):
    assert_only_words(export, name)


@both
@given(name=st.text(max_size=120))
def test_no_name_ever_becomes_code(export: Export, name: str):
    try:
        Architecture(name, (8, 8, 3), LAYERS)
    except ArchitectureError:
        return  # no network can be called that
    assert_only_words(export, name)


@given(st.text())
def test_any_text_reads_the_same_inside_a_docstring(text: str):
    literal = f'"""{docstring_text(text)}"""'

    assert literal.isprintable()
    assert ast.literal_eval(literal) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LeNet-5", "LeNet5"),
        ("LeNet-5, historic", "LeNet5Historic"),
        ("my first network", "MyFirstNetwork"),
        ("3 layers", "Net3Layers"),
        ("Grün & groß", "GrunGro"),
        ("网络", "Network"),
        ("none", "NoneNet"),
        ("residual", "ResidualNet"),
    ],
)
def test_a_class_is_called_after_the_network(text: str, name: str):
    assert class_name(text, taken=("Residual",)) == name


@pytest.mark.parametrize(
    ("text", "name"), [("LeNet-5", "lenet_5"), ("3 layers", "net_3_layers"), ("网络", "network")]
)
def test_a_model_is_called_after_the_network(text: str, name: str):
    assert model_name(text) == name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 255, "1 / 255"),
        (-1 / 255, "1 / -255"),
        (1 / 127.5, "1 / 127.5"),
        (0.25, "0.25"),
        (1 / 3 + 1e-9, repr(1 / 3 + 1e-9)),
        (1e-7, "1e-07"),
        (5e-324, "5e-324"),
        (0.0, "0.0"),
        (2.0, "2.0"),
    ],
)
def test_numbers_read_well_and_stay_exact(value: float, text: str):
    assert number(value) == text
    assert eval(text) == value


@given(st.floats(-1e6, 1e6))
def test_every_number_stays_exact(value: float):
    assert eval(number(value)) == value


@both
def test_lines_join_to_the_text(export: Export):
    code = export(entry("resnet-lite").architecture)

    assert code.text.splitlines() == [line.text for line in code.lines]


@both
def test_code_is_formatted_as_ruff_would(export: Export, tmp_path):
    ruff = pytest.importorskip("ruff", reason="ruff comes with the development requirements")
    networks = {id: found.architecture for id, found in zoo().items()}
    networks |= {f"case_{index}": case for index, case in enumerate(CASES.values())}
    for name, architecture in networks.items():
        path = tmp_path / f"{name.replace('-', '_')}.py"
        path.write_text(export(architecture).text, encoding="utf-8")
    for command in (["format", "--check", "--diff"], ["check", "--select=E,F,W,I,B,UP,SIM,C4"]):
        ran = subprocess.run(
            [ruff.find_ruff_bin(), *command, "--isolated", "--line-length=88", tmp_path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout


def assert_only_words(export: Export, name: str) -> None:
    """The name is in the docstring, word by word, and nothing else of the code depends on it."""
    network = Architecture(name, (8, 8, 3), LAYERS)
    text, called = export(network).text, network.name
    module = ast.parse(text)
    docstring = ast.get_docstring(module, clean=False)

    assert docstring is not None
    assert docstring.split("\n")[0].rpartition(" in ")[0] == called
    assert docstring_text(called) in text
    assert all(line.isprintable() for line in text.split("\n"))
    assert without_names(module) == without_names(
        ast.parse(export(Architecture("Usual", (8, 8, 3), LAYERS)).text)
    )


def without_names(module: ast.Module) -> str:
    """The code's structure, but for the docstring and for what is named after the network."""
    body = ast.Module(module.body[1:], [])
    last_class = [node.name for node in body.body if isinstance(node, ast.ClassDef)][-1:]
    for node in ast.walk(body):
        if isinstance(node, ast.ClassDef) and node.name in last_class:
            assert node.name.isidentifier()
            node.name = "_"
        elif isinstance(node, ast.Name) and node.id in last_class:
            node.id = "_"
        elif isinstance(node, ast.keyword) and node.arg == "name":
            assert isinstance(node.value, ast.Constant)
            node.value = ast.Constant("_")
    return ast.dump(body)
