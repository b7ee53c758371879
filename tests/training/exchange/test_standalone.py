"""A run's script that needs nothing of this program, and the notebook of it."""

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions, fingerprint, load
from cnn.data.portion import Portion
from cnn.data.sets.scene_options import Cue, SceneOptions
from cnn.network.architecture import Architecture
from cnn.network.layers import BatchNormalization, Conv2D, Dense, Flatten, GlobalAveragePooling2D
from cnn.training.engine import fit
from cnn.training.engine.reproduce import ReproductionError, start_file
from cnn.training.exchange.notebook import notebook
from cnn.training.exchange.sources import taken
from cnn.training.exchange.standalone import GIVEN, needs, standalone
from cnn.training.exchange.standalone_data import of_data
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store
from cnn.training.workers.starting import Beginning, Parent, begin
from tests import warm
from tests.needs import MNIST_FILE
from tests.network.export_cases import random_weights
from tests.training.augmentations import ALL
from tests.training.subjects import data_in

TINY = Architecture(
    "Tiny", (8, 8, 1), (Conv2D(4, 3, activation="relu"), Flatten(), Dense(3, "softmax"))
)
COLOUR = Architecture(
    "Colour",
    (24, 24, 3),
    (
        Conv2D(4, 3, use_bias=False),
        BatchNormalization(),
        GlobalAveragePooling2D(),
        Dense(10, "softmax"),
    ),
)
SCENES = DatasetSpec(
    DatasetName.SCENES,
    scenes=SceneOptions(samples=120, test_samples=40, texture=Cue.OWN, test_clutter=4),
)
SHAPES = Configuration(DatasetSpec(), epochs=2)
ALONE = """
import runpy, sys
for name in [one for one in sys.modules if one.split(".")[0] in ("cnn", "ui")]:
    del sys.modules[name]
sys.modules["cnn"] = None
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def run_of(spec: DatasetSpec, shape: tuple[int, int, int]) -> Run:
    architecture = replace(TINY, input=shape)
    return Run("0" * 12, "Tiny", architecture, Configuration(spec), State.FINISHED, 0.0)


def images_of(run: Run, keras: Any = None, argv: tuple[str, ...] = ()) -> str:
    """The fingerprint of the images that the script of a run has."""
    data = of_data(run)
    found = taken((("cnn.data.dataset", "fingerprint"), *data.wanted), GIVEN)
    lines = "\n".join(
        [
            *("from __future__ import annotations", "import os, sys"),
            *sorted({*data.imports, *found.imports}),
            *("ShapeOptions = SceneOptions = Dataset = DatasetSpec = SimpleNamespace", found.text),
            *(data.text, "FOUND = fingerprint(data)"),
        ]
    )
    names = {"np": np, "npt": npt, "SimpleNamespace": SimpleNamespace, "keras": keras}
    module = type(sys)("alone")
    module.__dict__.update(names)
    sys.modules["alone"] = module
    before, sys.argv = sys.argv, ["alone.py", *argv]
    try:
        exec(compile(lines, "alone.py", "exec"), module.__dict__)
    finally:
        sys.argv = before
        del sys.modules["alone"]
    return str(module.__dict__["FOUND"])


def wanted(run: Run) -> str:
    return fingerprint(load(run.configuration.dataset, run.architecture.input))


@given(
    st.lists(st.sampled_from(Shape), min_size=2, unique=True),
    st.integers(0, 2**32 - 1),
    st.floats(0, 0.5),
    st.floats(0.05, 0.5),
)
def test_whatever_shapes_are_drawn_the_script_draws_the_same(
    kinds: list[Shape], seed: int, noise: float, fraction: float
):
    options = ShapeOptions(tuple(kinds), 6 * len(kinds), 2 * len(kinds), noise=noise)
    spec = DatasetSpec(seed=seed, validation_fraction=fraction, shapes=options)
    run = run_of(spec, (8, 10, 1))
    assert images_of(run) == wanted(run)


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        (SCENES, (24, 26, 3)),
        (SCENES, (24, 24, 1)),
        (DatasetSpec(DatasetName.DIGITS), (8, 8, 1)),
        (DatasetSpec(DatasetName.DIGITS, portion=Portion(0.5, 3)), (12, 12, 3)),
    ],
)
def test_other_data_are_the_same_too(spec: DatasetSpec, shape: tuple[int, int, int]):
    run = run_of(spec, shape)
    assert images_of(run) == wanted(run)


@pytest.mark.skipif(not MNIST_FILE.is_file(), reason="MNIST is not here: set CNN_DATA_DIR")
def test_the_sample_of_mnist_is_drawn_out_of_what_keras_has():
    with np.load(MNIST_FILE) as arrays:
        mnist = {name: arrays[name] for name in arrays}

    def load_data() -> Any:
        learn, test = ((mnist[f"x_{part}"], mnist[f"y_{part}"]) for part in ("train", "test"))
        return learn, test

    keras = SimpleNamespace(datasets=SimpleNamespace(mnist=SimpleNamespace(load_data=load_data)))
    run = run_of(DatasetSpec(DatasetName.MNIST_SAMPLE), (28, 28, 1))
    assert images_of(run, keras) == wanted(run)


@pytest.mark.parametrize("kind", ["folders of colour", "folders of grey, pooled"])
def test_own_images_are_read_from_a_zip_of_folders(tmp_path: Path, kind: str):
    spec = data_in(tmp_path)[kind]
    run = run_of(spec, (9, 9, 3))
    assert images_of(run, argv=(spec.file,)) == wanted(run)


def test_where_there_can_be_no_such_script_the_reason_is_said(tmp_path: Path):
    with pytest.raises(ReproductionError, match="its images are arrays"):
        of_data(run_of(data_in(tmp_path)["arrays of grey"], (8, 8, 1)))
    folds = DatasetSpec(DatasetName.DIGITS, portion=Portion(fold=1, folds=3))
    with pytest.raises(ReproductionError, match="fold 1 of 3"):
        of_data(run_of(folds, (8, 8, 1)))


def imported(text: str) -> set[str]:
    """What a script needs beside Python's own."""
    imports = [
        one.module or "" if isinstance(one, ast.ImportFrom) else one.names[0].name
        for one in ast.walk(ast.parse(text))
        if isinstance(one, ast.Import | ast.ImportFrom)
    ]
    return {name.split(".")[0] for name in imports} - {*sys.stdlib_module_names}


@pytest.mark.parametrize(
    ("spec", "shape", "more"),
    [
        (DatasetSpec(), (8, 8, 1), {}),
        (DatasetSpec(DatasetName.DIGITS), (8, 8, 1), {"scikit-learn": "sklearn"}),
        (DatasetSpec(DatasetName.MNIST_SAMPLE), (20, 20, 1), {"Pillow": "PIL"}),
        (
            DatasetSpec(DatasetName.DIGITS),
            (16, 16, 3),
            {"scikit-learn": "sklearn", "Pillow": "PIL"},
        ),
    ],
)
def test_what_it_needs_is_what_it_imports(
    spec: DatasetSpec, shape: tuple[int, int, int], more: dict[str, str]
):
    run = replace(run_of(spec, shape), images={"train": 150}, data_fingerprint="0" * 64)
    text = standalone(run, [])
    assert imported(text) == {"keras", "numpy", "tensorflow", *more.values()}
    *most, last = ("Keras with TensorFlow", "NumPy", *more)
    assert needs(run) == f"{', '.join(most)} and {last}"
    assert f"It needs {needs(run)} alone" in text


def done_alone(
    store: Store,
    folder: Path,
    architecture: Architecture,
    own: Configuration,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> Any:
    run = fit.carry_out(store, store.add(architecture, own, worker="me", files=files))
    assert run.state is State.FINISHED, run.message
    for content in files.values():
        (folder / start_file(run)).write_bytes(content)
    text = standalone(run, store.epochs([run.id])[run.id])
    assert imported(text) == {"keras", "numpy", "tensorflow"}
    (folder / "again.py").write_text(text, encoding="utf-8")
    (folder / "alone.py").write_text(ALONE.format(script=str(folder / "again.py")))
    return warm.run(folder / "alone.py", env={"PYTHONPATH": ""}, cwd=folder)


PROOF = pytest.mark.proof


@pytest.mark.parametrize(
    ("architecture", "own"),
    [
        (TINY, replace(SHAPES, rotation=8.0, shift=0.1)),
        pytest.param(
            TINY,
            replace(SHAPES, optimizer=Optimizer.SGD, schedule=Schedule.COSINE, label_smoothing=0.1),
            marks=PROOF,
        ),
        pytest.param(COLOUR, Configuration(SCENES, epochs=2), marks=PROOF),
        pytest.param(COLOUR, Configuration(SCENES, epochs=2, **ALL), marks=PROOF),
    ],
)
def test_the_script_gives_the_same_curve_where_this_program_is_not(
    store: Store, tmp_path: Path, architecture: Architecture, own: Configuration
):
    ran = done_alone(store, tmp_path, architecture, own)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert float(ran.stdout.split("recorded curve: ")[1]) < 1e-5


def begun(freeze: int, head_first: int) -> Beginning:
    parent = Parent(TINY, random_weights(TINY), file="tiny.keras")
    return begin(parent, TINY, ("a", "b", "c"), freeze=freeze, head_first=head_first)


@pytest.mark.proof
@pytest.mark.parametrize(("freeze", "head_first"), [(1, 0), (0, 1)])
def test_one_that_begins_with_other_weights_gives_the_same_curve_too(
    store: Store, tmp_path: Path, freeze: int, head_first: int
):
    found = begun(freeze, head_first)
    ran = done_alone(store, tmp_path, TINY, replace(SHAPES, start=found.start), found.files)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert float(ran.stdout.split("recorded curve: ")[1]) < 1e-5


@pytest.mark.parametrize(
    ("architecture", "own"),
    [
        (TINY, SHAPES),
        (TINY, replace(SHAPES, start=begun(1, 1).start)),
        (COLOUR, Configuration(SCENES, epochs=2, **ALL)),
        (TINY, Configuration(DatasetSpec(DatasetName.DIGITS), epochs=2, rotation=8.0)),
        (TINY, Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=2)),
    ],
)
def test_no_name_of_the_script_stands_for_two_things(
    store: Store, architecture: Architecture, own: Configuration
):
    run = replace(store.add(architecture, own), images={"train": 150}, data_fingerprint="0" * 64)
    lines = ast.parse(standalone(run, [])).body
    defined = [one.name for one in lines if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    put = [
        name.id
        for one in lines
        if isinstance(one, ast.Assign | ast.AnnAssign)
        for name in ast.walk(one)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]
    lasting = {*defined, *filter(str.isupper, put)}
    assert [name for name in lasting if [*defined, *put].count(name) > 1] == []


def text_of(store: Store) -> str:
    run = store.add(TINY, SHAPES)
    return standalone(replace(run, images={"train": 150}, data_fingerprint="0" * 64), [])


def test_the_notebook_has_the_lines_of_the_script_in_cells(store: Store):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    text = text_of(store)
    book = nbformat.reads(notebook(text), as_version=4)
    nbformat.validate(book)
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    statements = [one for source in cells for one in ast.parse(source).body]
    assert [*map(ast.dump, statements)] == [*map(ast.dump, ast.parse(text).body[1:])]
    assert [one.cell_type for one in book.cells[:3]] == ["markdown", "code", "markdown"]
    assert json.loads(notebook(text))["nbformat_minor"] == 5


@pytest.mark.proof
def test_the_notebook_is_opened_and_run(store: Store, tmp_path: Path):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    client = pytest.importorskip("nbclient", reason="nbclient is not installed")
    run = fit.carry_out(store, store.add(TINY, SHAPES, worker="me"))
    text = notebook(standalone(run, store.epochs([run.id])[run.id]))
    book = nbformat.reads(text, as_version=4)
    client.NotebookClient(book, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    said = "".join(one.get("text", "") for one in book.cells[-1].outputs)
    assert float(said.split("recorded curve: ")[1]) < 1e-5
