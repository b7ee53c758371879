"""What the command line does with a `.keras` file: its weights, its pixels, its open sizes."""

import json
import re
from pathlib import Path

import pytest

from cnn.__main__ import main
from cnn.network.advice import advice, said
from cnn.network.architecture import Architecture
from cnn.network.keras.read import read_keras_file
from cnn.network.layers import BatchNormalization, Conv2D, Rescaling
from cnn.network.summary import summary_text
from cnn.network.trace import trace

TRAIN = ["--dataset", "shapes", "--epochs", "1"]


def saved(folder: Path, size: tuple[int | None, ...], *first: object) -> str:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(size),
            *first,
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    file = folder / "model.keras"
    model.save(file)
    return str(file)


def test_sizes_that_a_file_leaves_open_are_those_given(tmp_path: Path, capsys):
    file = saved(tmp_path, (None, None, 3))
    assert main(["summary", file, "--input", "32x40x3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["input"] == [32, 40, 3]
    assert found["layers"][0]["output_shape"] == [30, 38, 4]
    assert found["total_params"] == 3 * 3 * 3 * 4 + 4 + 4 * 10 + 10


@pytest.mark.parametrize(
    ("size", "typed"), [((None, None, 3), "28x28x3"), ((16, None, 3), "16x28x3"), (None, "28x28x1")]
)
def test_without_a_size_that_is_open_it_is_said_what_to_type_and_that_is_enough(
    tmp_path: Path, capsys, size: tuple[int | None, ...] | None, typed: str
):
    file = unbuilt(tmp_path) if size is None else saved(tmp_path, size)
    assert main(["summary", file]) == 2
    said = capsys.readouterr().err
    assert ("no input shape" if size is None else "every size must be known") in said
    (option,) = re.findall(r"(--input \d+x\d+x\d+) on the command line", said)
    assert option == f"--input {typed}"

    assert main(["summary", file, *option.split(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["input"] == [int(one) for one in typed.split("x")]


def unbuilt(folder: Path) -> str:
    """A model that was never told what it reads."""
    import keras

    layers = keras.layers
    model = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)])
    file = folder / "model.json"
    file.write_text(model.to_json())
    return str(file)


def test_sizes_that_a_file_has_stay_its_own_where_none_are_given(tmp_path: Path, capsys):
    file = saved(tmp_path, (16, None, 3))
    assert main(["summary", file, "--input", "16x20x3", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["input"] == [16, 20, 3]
    assert "as --input says" not in told.err

    assert main(["summary", file, "--input", "32x20x3", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["input"] == [32, 20, 3]
    assert "note: The input is 32x20x3, as --input says; by itself it is 16x20x3." in told.err


@pytest.mark.parametrize("command", [["code"], ["train", *TRAIN], ["compare", *TRAIN]])
def test_every_command_that_takes_a_network_takes_a_size(
    tmp_path: Path, capsys, monkeypatch, command: list[str]
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    file = saved(tmp_path, (None, None, 1))
    name, *options = command
    assert main([name, file, *options]) != 0
    assert "--input 28x28x1 on the command line" in capsys.readouterr().err
    assert main([name, file, *options, "--input", "16x16x1"]) == 0


def test_the_size_that_a_first_layer_gives_need_not_be_typed(tmp_path: Path, capsys):
    import keras

    file = saved(tmp_path, (None, None, 3), keras.layers.Resizing(12, 14, name="size"))
    assert main(["summary", file, "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["input"] == [12, 14, 3]
    assert "note: Left out: Resizing 'size' to 12x14. The input is 12x14x3 here" in told.err


def test_training_a_file_says_that_its_weights_and_its_pixels_are_not_in_it(
    tmp_path: Path, capsys, monkeypatch
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    file = saved(tmp_path, (8, 8, 1))
    assert main(["train", file, *TRAIN, "--json"]) == 0
    said = capsys.readouterr().err
    assert "Left out: the weights in the file." in said
    assert "trained anew" in said
    assert "Fed pixels from 0 to 1, as the file does not say which it expects; --pixels" in said

    assert main(["compare", file, *TRAIN, "--pixels", "-1..1", "--json"]) == 0
    said = capsys.readouterr().err
    assert "Left out: the weights in the file." in said
    assert "--pixels" not in said


def test_pixels_that_the_first_rescaling_says_are_not_asked_for(tmp_path: Path, capsys):
    import keras

    file = saved(tmp_path, (8, 8, 1), keras.layers.Rescaling(1.0 / 255))
    assert main(["summary", file]) == 0
    captured = capsys.readouterr()
    assert "input 8x8x1, pixels from 0 to 255" in captured.out
    assert "weights" in captured.err
    assert read_keras_file(file).says_pixels


def test_a_summary_says_which_pixels_it_takes_for_granted_and_which_it_puts_aside(
    tmp_path: Path, capsys
):
    import keras

    def said(*words: str) -> str:
        assert main(["summary", file, *words]) == 0
        told: str = capsys.readouterr().err
        return told

    file = saved(tmp_path, (8, 8, 1))
    assert "note: Fed pixels from 0 to 1, as the file does not say which it expects" in said()
    assert "Fed pixels" not in said("--pixels", "0..255")

    file = saved(tmp_path, (8, 8, 1), keras.layers.Rescaling(1 / 255))
    assert "Fed pixels" not in said()
    assert "Fed pixels" not in said("--pixels", "0..255")
    assert (
        "note: Fed pixels from -1 to 1, as --pixels says; by itself it expects them from 0 to 255."
    ) in said("--pixels", "-1..1")


def test_the_pixels_given_are_those_of_the_code(tmp_path: Path, capsys):
    file = saved(tmp_path, (8, 8, 3))
    assert main(["code", file, "--pixels", "caffe"]) == 0
    code = capsys.readouterr().out
    assert "def prepare(pixels):" in code
    assert "[103.939, 116.779, 123.68]" in code
    assert main(["code", file, "--pixels", "0-255"]) == 2
    assert "pixels must be one of 0..1, 0..255, -1..1, torch, caffe" in capsys.readouterr().err


def test_one_remark_on_many_layers_is_one_line_with_their_count_and_what_all_save():
    layers = [part for _ in range(150) for part in (Conv2D(4, 1), BatchNormalization())]
    traced = trace(Architecture("Deep", (8, 8, 4), tuple(layers)))
    lines = [line for line in summary_text(traced).splitlines() if "its bias" in line]
    assert len(lines) == 1
    assert lines[0].endswith("subtracts the mean. use_bias=False saves 600 parameters in all.")
    assert lines[0].startswith("! 150 layers, from Conv2D #1 to Conv2D #150, each: its bias")


def test_the_remarks_on_resnet_152_are_few_lines():
    """Keras' own; its 155 convolutions with a bias before a batch norm are one remark."""
    import keras

    from cnn.network.keras.read import read_keras_config

    model = keras.applications.ResNet152(weights=None, input_shape=(64, 64, 3))
    traced = trace(read_keras_config(model.to_json()).architecture)
    remarks = advice(traced)
    idle = [one for one in remarks if one.saves]
    # By Keras: every convolution has a bias, and a batch norm comes behind each.
    convolutions = [one for one in model.layers if isinstance(one, keras.layers.Conv2D)]
    wanted = sum(one.filters for one in convolutions)
    assert len(idle) == len(convolutions) == 155
    lines = [line for line in said(remarks) if "its bias has no effect" in line]
    assert len(lines) == 1
    assert "155 layers" in lines[0]
    assert f"saves {wanted:,} parameters in all." in lines[0]
    assert len(said(remarks)) < 10


@pytest.mark.parametrize("pixels", ["0..1", "-1..1"])
def test_a_rescaling_that_is_fed_other_pixels_than_it_is_meant_for_is_remarked(pixels: str):
    from cnn.network import feed

    network = Architecture("Old", (8, 8, 4), (Rescaling(1 / 255), Conv2D(4, 1)), feed.read(pixels))
    first = advice(trace(network))[0]
    assert first.title == "Rescaling #1"
    assert "meant for pixels from 0 to 255" in first.text
    assert not any(
        one.title == "Rescaling #1"
        for one in advice(trace(Architecture("New", (8, 8, 4), network.layers)))
    )
