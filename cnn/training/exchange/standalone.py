"""A run as a script that does it again without this program: Keras, NumPy, and its own drawing.

What is code here (drawings, splits, learning rates, augmentation) goes along as it stands, so that
the curve is the same to rounding. Its cells are marked, so that it is a notebook too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cnn.network.scripts.code import docstring_text
from cnn.training.engine import reproduce
from cnn.training.exchange.sources import taken
from cnn.training.exchange.standalone_data import OfData, of_data
from cnn.training.recipe.augmentations import chosen
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Epoch, Run

CELL = "# %% "
GIVEN = ("Configuration", "ShapeOptions", "SceneOptions", "Dataset", "DatasetSpec", "chosen")
"""What the script defines itself, in place of what this program has under that name."""

_HEAD = '''\
"""{title}

Trains {name} as run {id} of CNN Workbench was trained, and compares the curve with the
one recorded. It needs {needs} alone:

    pip install {packages}
    python this_script.py
{said}"""

from __future__ import annotations

{stdlib}
import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers
{others}
FINGERPRINT = {fingerprint!r}
SEED, STEPS, BATCH = {seed}, {steps}, {batch}
RECORDED = [  # loss, accuracy, val_loss, val_accuracy
{recorded}]
{start}
Configuration = ShapeOptions = SceneOptions = Dataset = DatasetSpec = SimpleNamespace

{cell}What of CNN Workbench it needs, as it stands there
{sources}

{cell}The settings of the training
{configuration}

{cell}The network
'''
_MARKS = (
    ("\n{data}\n", "\n{cell}The images\n{data}\n"),
    ("\ntf.config.exp", "\n{cell}A step of training, and how it is judged\ntf.config.exp"),
    ("\nfurthest = 0.0", "\n{cell}The training\nfurthest = 0.0"),
)
_ALWAYS = ("import os", "import sys", "from types import SimpleNamespace")


def standalone(run: Run, epochs: Sequence[Epoch]) -> str:
    """The script; raises `ReproductionError` where there can be none, with the reason."""
    parts = reproduce.parts(run, epochs)
    data = of_data(run)
    by_keras = bool(chosen(run.configuration))
    is_warped = run.configuration.is_augmented and not by_keras
    wanted = [
        ("cnn.training.recipe.schedule", "learning_rates"),
        ("cnn.data.dataset", "fingerprint"),
        *data.wanted,
        *[("cnn.training.engine.augmenting.layers", "Augmenting")] * by_keras,
        *[("cnn.training.engine.augmentation", "augmented")] * is_warped,
    ]
    found = taken(tuple(wanted), GIVEN)
    body = reproduce.BODY
    for mark, marked in _MARKS:
        body = body.replace(mark, marked)
    if data.may_differ:
        body = body.replace('    sys.exit("These are not', '    print("Attention: these are not')
    typing = "from typing import Any"
    imports = {*_ALWAYS, *data.imports, *found.imports}
    imports |= {typing} if parts["typing"] else set()
    imports |= {"import hashlib"} if parts["hashlib"] else set()
    said = " ".join(filter(None, (data.said, reproduce.weights_needed(run))))
    text = (_HEAD + body).format(
        needs=_listed(data),
        packages=" ".join(("keras", "tensorflow", "numpy", *map(str.lower, data.packages))),
        said=f"\n{_wrapped(docstring_text(said))}\n" if said else "",
        stdlib=_stdlib(imports, str(parts["onednn"])),
        others="".join(f"{one}\n" for one in sorted(imports) if not _is_stdlib(one)),
        cell=CELL,
        sources=found.text,
        configuration=_configuration(run.configuration, run.architecture.input),
        data=data.text,
        **parts,
    )
    return f"{text.rstrip()}\n"


def needs(run: Run) -> str:
    """What the script of a run has to find installed, in words."""
    return _listed(of_data(run))


def _listed(data: OfData) -> str:
    *most, last = ("Keras with TensorFlow", "NumPy", *data.packages)
    return f"{', '.join(most)} and {last}"


def _stdlib(imports: set[str], onednn: str) -> str:
    """The imports of Python's own, and the switches that TensorFlow reads as it is imported."""
    whole = sorted(one for one in imports if _is_stdlib(one))
    ordered = sorted(whole, key=lambda one: one.startswith("from "))
    quiet = 'os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")\n'
    return "\n".join(ordered) + f"\n\n{quiet}{onednn}"


def _is_stdlib(line: str) -> bool:
    return line.split()[1].split(".")[0] not in ("PIL", "sklearn", "numpy")


def _configuration(own: Configuration, shape: tuple[int, int, int]) -> str:
    """The settings that the script asks for, by the names they have here."""
    values: dict[str, str] = {
        "seed": repr(own.seed),
        "peak_rate": repr(own.peak_rate),
        "schedule": f"Schedule({own.schedule.value!r})",
        **{name: repr(getattr(own, name)) for name in ("shift", "rotation", "zoom")},
    }
    given = "".join(f"    {name}={value},\n" for name, value in values.items())
    text = f"CONFIGURATION = SimpleNamespace(\n{given})"
    if not (by_keras := chosen(own)):
        return text
    layers = "".join(
        f"        {name!r}: SimpleNamespace(\n"
        f"            is_mixing={one.is_mixing},\n"
        f"            layers=lambda own, shape: {one.layers(own, shape)!r},\n"
        "        ),\n"
        for name, one in by_keras.items()
    )
    return (
        f"{text}\nCONFIGURATION.check_channels = lambda channels: None\n\n\n"
        "def chosen(own):\n"
        '    """Which layers of Keras change the images, in their order."""\n'
        f"    return {{\n{layers}    }}"
    )


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 92, break_long_words=False, break_on_hyphens=False)
