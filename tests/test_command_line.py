"""`python -m cnn` as a person runs it: what it prints, and how it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cnn.__main__ import main
from cnn.network.architecture import Architecture
from cnn.network.keras.read import WITHOUT_WEIGHTS
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.summary import summary_dict, summary_text
from cnn.network.trace import trace
from cnn.network.zoo import zoo

ROOT = Path(__file__).parents[1]

OURS = Architecture("Größe 5×5 ☃", (8, 8, 1), (Conv2D(4, 3), Flatten(), Dense(2)))

KERAS = {
    "class_name": "Sequential",
    "config": {
        "name": "theirs",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 1], "name": "in"}},
            {"class_name": "Flatten", "config": {"name": "flat"}},
            {"class_name": "Dense", "config": {"name": "dense", "units": 2}},
        ],
    },
}


def run(
    *arguments: str, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cnn", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        **options,
    )


@pytest.fixture
def ours(tmp_path: Path) -> str:
    path = tmp_path / "ours.json"
    path.write_text(OURS.to_json(), encoding="utf-8")
    return str(path)


# --- what it prints ----------------------------------------------------------------------------


def test_a_summary_is_the_table_of_the_trace():
    ran = run("summary", "lenet-5")

    assert ran.stdout == summary_text(trace(zoo()["lenet-5"].architecture)) + "\n"
    assert "conv2d_2         10x10x16   2,416  240,000  14x14" in ran.stdout
    assert "61,706 parameters (61,706 trainable, 0 not trainable)" in ran.stdout
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_summary_as_json_has_the_promised_fields():
    ran = run("summary", "lenet-5", "--json")
    summary = json.loads(ran.stdout)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("\n") == 1
    assert summary == summary_dict(trace(zoo()["lenet-5"].architecture))
    assert summary["name"] == "LeNet-5"
    assert summary["input"] == [28, 28, 1]
    assert summary["total_params"] == summary["trainable_params"] == 61_706
    assert summary["total_macs"] == 416_520
    promised = ("name", "kind", "output_shape", "params", "macs", "receptive_field", "formula")
    assert [[layer[field] for field in promised] for layer in summary["layers"][2:5]] == [
        [
            *("conv2d_2", "Conv2D", [10, 10, 16], 2_416, 240_000, 14),
            "floor((14 - 5 + 0) / 1) + 1 = 10",
        ],
        [
            *("max_pooling2d_2", "MaxPooling2D", [5, 5, 16], 0, 0, 16),
            "floor((10 - 2 + 0) / 2) + 1 = 5",
        ],
        ["flatten_1", "Flatten", [400], 0, 0, 16, "5x5x16 = 400"],
    ]


def test_another_input_gives_other_sizes():
    summary = json.loads(run("summary", "lenet-5", "--input", "32x40x3", "--json").stdout)

    assert summary["input"] == [32, 40, 3]
    assert summary["layers"][0]["params"] == 6 * 5 * 5 * 3 + 6
    assert summary["layers"][0]["output_shape"] == [32, 40, 6]
    assert summary["layers"][4]["output_shape"] == [6 * 8 * 16]


def test_our_json_keras_json_and_a_keras_file_are_all_taken(tmp_path: Path, ours: str):
    keras_json, keras_file = tmp_path / "model.json", tmp_path / "model.keras"
    keras_json.write_text(json.dumps(KERAS), encoding="utf-8")
    with zipfile.ZipFile(keras_file, "w") as file:
        file.writestr("config.json", json.dumps(KERAS))

    names = [
        json.loads(run("summary", str(path), "--json").stdout)["name"]
        for path in (ours, keras_json, keras_file)
    ]
    assert names == [OURS.name, "theirs", "theirs"]


def test_the_zoo_is_listed_with_sizes_and_ideas():
    ran = run("zoo")
    lines = ran.stdout.splitlines()

    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split()[0] for line in lines] == list(zoo())
    assert lines[5] == (
        "lenet-5               61,706 params                       "
        "Convolution and subsampling in turn, then dense layers: the pattern that AlexNet and "
        "VGG follow."
    )


def test_the_zoo_as_json_has_all_that_is_known_of_each():
    listed = json.loads(run("zoo", "--json").stdout)
    found = {item["id"]: item for item in listed}

    assert list(found) == list(zoo())
    assert found["alexnet-lite"] == {
        "id": "alexnet-lite",
        "name": "AlexNet-lite",
        "group": "classic",
        "year": 2012,
        "citation": zoo()["alexnet-lite"].citation,
        "idea": zoo()["alexnet-lite"].idea,
        "kept": list(zoo()["alexnet-lite"].kept),
        "cut": list(zoo()["alexnet-lite"].cut),
        "original": "alexnet",
        "input": [28, 28, 1],
        "total_params": 227_658,
        "trainable_params": 227_658,
        "total_macs": 5_659_392,
    }


@pytest.mark.parametrize(
    ("framework", "word"), [("keras", "import keras"), ("torch", "import torch")]
)
def test_code_is_a_script_that_python_can_read(ours: str, framework: str, word: str):
    ran = run("code", ours, "--framework", framework, "--input", "9x9x3")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert word in ran.stdout
    compile(ran.stdout, "script", "exec")


def test_help_says_what_there_is():
    ran = run("--help")

    assert ran.returncode == 0
    assert all(command in ran.stdout for command in ("summary", "code", "zoo"))


# --- how it refuses ----------------------------------------------------------------------------

THERE_ARE = "There are: shapes-demo, simple-cnn, keras-mnist"

REFUSED = [
    ([], "python -m cnn: the following arguments are required: COMMAND. Try "),
    (["sumary"], "python -m cnn: argument COMMAND: invalid choice: 'sumary' (choose from "),
    (["summary"], "python -m cnn summary: the following arguments are required: ARCH. Try "),
    (["summary", ""], f"no network of the zoo is called ''. {THERE_ARE}"),
    (["summary", "lenet5"], "no network of the zoo is called 'lenet5'. Did you mean lenet-5?"),
    (["summary", "no.json"], "there is no file 'no.json'. Check the path."),
    (["summary", "no/file"], "there is no file 'no/file'. Check the path."),
    (["summary", "cnn"], "'cnn' is not a file. Give the path of a file."),
    (["summary", "a\nb"], f"no network of the zoo is called 'a\\nb'. {THERE_ARE}"),
    (["summary", "x" * 100_000], "'xxxxxxxx"),
    (["summary", "lenet-5", "a\nb"], "python -m cnn: unrecognized arguments: a b. Try "),
    (["summary", "lenet-5", "--jsn"], "python -m cnn: unrecognized arguments: --jsn. Try "),
    (["summary", "lenet-5", "--input"], "python -m cnn summary: argument --input: expected one"),
    (
        ["summary", "lenet-5", "--input", "28x28"],
        "an input is written as height x width x channels, such as 28x28x1; got '28x28'.",
    ),
    (
        ["summary", "lenet-5", "--input", "0x28x1"],
        "input must be [height, width, channels] with sides from 1 to 16,384 and "
        "1 to 65,536 channels, got (0, 28, 1).",
    ),
    (
        ["summary", "lenet-5", "--input", "4x4x1"],
        'Conv2D #2: a 5x5 kernel does not fit a 2x2 input. Use padding="same" or a smaller kernel.',
    ),
    (
        ["code", "lenet-5", "--framework", "jax"],
        "python -m cnn code: argument --framework: invalid choice: 'jax' (choose from ",
    ),
    (["code", "lenet5"], "no network of the zoo is called 'lenet5'. Did you mean lenet-5?"),
    (["zoo", "lenet-5"], "python -m cnn: unrecognized arguments: lenet-5. Try python -m cnn"),
]


@pytest.mark.parametrize(
    ("arguments", "message"),
    REFUSED,
    ids=[" ".join(arguments)[:30].replace("\n", " ") or "nothing" for arguments, _ in REFUSED],
)
def test_bad_input_is_one_line_on_standard_error_and_status_2(arguments, message):
    ran = run(*arguments)

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith(message)
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.endswith("\n")
    assert len(ran.stderr) < 600


BAD_FILES = [
    ("empty", b"", "there is no text in it, so no network either."),
    ("picture", b"\x89PNG\r\n\x1a\n\x00\xff", "this is not a text file, so not JSON."),
    ("python", b"import keras\n", "this is not JSON: Expecting value: line 1 column 1 (char 0)."),
    ("number", b"5", 'a network is an object with "name", "input" and "layers", got 5.'),
    (
        "field",
        b'{"input": [8, 8, 1], "layers": [{"kind": "Conv2D", "filters": 1.5}]}',
        "Conv2D #1: kernel_size is missing: "
        "it must be a whole number from 1 to 1,024, or two of them.",
    ),
    (
        "misfit",
        b'{"input": [8, 8, 1], "layers": [{"kind": "Dense", "units": 10}]}',
        "Dense #1: needs a vector, but gets a 8x8x1 map. "
        "Put a Flatten or a GlobalAveragePooling2D before it.",
    ),
    ("deep", b"[" * 100_000, "layers are nested deeper than 50 levels. Put some of them one "),
    (
        "lambda",
        b'{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", '
        b'"config": {"name": "a\\nb"}}]}}',
        "",
    ),
    ("zip", b"PK\x03\x04", "this is not a .keras file"),
    ("hdf5", b"\x89HDF\r\n\x1a\n", "hdf5 is an HDF5 file, Keras' older format."),
]


@pytest.mark.parametrize(
    ("name", "content", "message"), BAD_FILES, ids=[name for name, *_ in BAD_FILES]
)
@pytest.mark.parametrize("command", [["summary"], ["summary", "--json"], ["code"]], ids=" ".join)
def test_a_bad_file_is_one_line_on_standard_error_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name, content, message, command
):
    (tmp_path / name).write_bytes(content)

    status = main([*command, str(tmp_path / name)])

    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith(message)
    assert printed.err.count("\n") == 1
    assert len(printed.err) > 10


def test_a_bad_file_leaves_no_traceback_in_a_process_of_its_own(tmp_path: Path):
    path = tmp_path / "deep.json"
    path.write_text('{"input": [8, 8, 1], "layers": ' + '[{"kind": "Residual", "body": ' * 5_000)

    ran = run("summary", str(path))
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


# --- where it prints to ------------------------------------------------------------------------


def test_a_reader_who_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "cnn", "summary", "resnet-18"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # before a line is written, as `head -0` does
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_terminal_that_knows_only_ascii_gets_the_rest_as_escapes(ours: str):
    for command in (["summary", ours], ["code", ours], ["code", ours, "--framework", "torch"]):
        ran = run(*command, env={"PYTHONIOENCODING": "ascii"})

        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.isascii()
    assert run("summary", ours, env={"PYTHONIOENCODING": "ascii"}).stdout.startswith(
        r"Gr\xf6\xdfe 5\xd75 \u2603, input 8x8x1"
    )


def test_json_is_ascii_and_loses_nothing(ours: str):
    ran = run("summary", ours, "--json", env={"PYTHONIOENCODING": "ascii"})

    assert ran.stdout.isascii()
    assert json.loads(ran.stdout)["name"] == OURS.name
    assert run("zoo", "--json", env={"PYTHONIOENCODING": "ascii"}).stdout.isascii()


def test_an_error_that_quotes_what_the_terminal_cannot_show_is_one_line():
    ran = run("summary", "größe.json", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})

    assert ran.returncode == 2
    assert ran.stderr == "there is no file 'gr\\xf6\\xdfe.json'. Check the path.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here; there is on Linux")
def test_a_full_disk_is_one_line_on_standard_error():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "cnn", "summary", "lenet-5"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    assert ran.returncode == 1
    assert ran.stderr == "the output cannot be written: No space left on device.\n"


# --- what it loads -----------------------------------------------------------------------------


def test_no_summary_loads_tensorflow_keras_or_streamlit(tmp_path: Path, ours: str):
    keras_json, keras_file = tmp_path / "model.json", tmp_path / "model.keras"
    keras_json.write_text(json.dumps(KERAS), encoding="utf-8")
    with zipfile.ZipFile(keras_file, "w") as file:
        file.writestr("config.json", json.dumps(KERAS))
    commands = [
        ["zoo"],
        ["summary", "vgg-16"],
        ["summary", "vgg-16", "--json"],
        ["summary", "lenet-5", "--input", "32x32x3"],
        ["summary", ours],
        ["summary", str(keras_json)],
        ["summary", str(keras_file)],
    ]
    code = f"""
import sys
from cnn.__main__ import main

for command in {commands!r}:
    assert main(command) == 0
print({{"tensorflow", "keras", "streamlit", "numpy", "pandas", "plotly"}} & sys.modules.keys())
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    pixels = "Fed pixels from 0 to 1, as the file does not say which it expects; --pixels gives it"
    assert ran.stderr.splitlines() == [
        f"note: {pixels} others.",  # of the JSON
        f"note: {WITHOUT_WEIGHTS}",  # of the .keras file
        f"note: {pixels} others.",
    ]
    assert ran.stdout.splitlines()[-1] == "set()"
