"""All that leaves: a row for each form that a network can be taken away in, read by the command
line and the pages.

To add one, add a row. What it needs is imported when it is written.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import IO

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.model import Weights
from cnn.network.trace import trace


class Takes(Enum):
    """What a form makes of weights."""

    NONE = "the design alone"
    GIVEN = "the weights where there are any"
    ANY = "the weights, or such as nobody has trained yet"
    TRAINED = "the weights, which there have to be"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is taken away: a design, its weights where it has any, the names of its classes where
    they are to go along, and of a run the web page that was made of it.
    """

    architecture: Architecture
    weights: Weights | None = None
    class_names: tuple[str, ...] = ()
    page: bytes = b""

    @property
    def with_weights(self) -> Weights:
        """Its weights, or new ones where it has none."""
        if self.weights is not None:
            return self.weights
        from cnn.insight.passes.weights import random_weights

        return random_weights(self.architecture)


PAGE = "html"

Write = Callable[[Subject, IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its word, how its files end, what it is called on a page, and who writes it."""

    word: str
    ending: str
    label: str
    takes: Takes
    write: Write
    needs_keras: bool = False
    """Whether Keras has to be loaded, which pages never do."""
    can_name_classes: bool = False
    """Whether it holds the names of the classes, where one asks for that."""


def _json(subject: Subject, into: IO[bytes]) -> None:
    into.write(subject.architecture.to_json(indent=2).encode() + b"\n")


def _svg(subject: Subject, into: IO[bytes]) -> None:
    from cnn.pictures.network.diagram import diagram
    from cnn.pictures.network.slabs import standalone

    into.write(standalone(diagram(trace(subject.architecture))).encode())


def _page(subject: Subject, into: IO[bytes]) -> None:
    from cnn.pictures.page.network import web_page

    named = (subject.architecture, subject.weights, subject.class_names)
    into.write(subject.page or web_page(*named))


def _keras(subject: Subject, into: IO[bytes]) -> None:
    from cnn.network.keras.file import keras_file

    into.write(keras_file(subject.architecture, subject.with_weights))


def _keras_script(subject: Subject, into: IO[bytes]) -> None:
    from cnn.network.keras.export import keras_code

    into.write(keras_code(subject.architecture).text.encode())


def _torch_module(subject: Subject, into: IO[bytes]) -> None:
    from cnn.network.torch.export import torch_code

    into.write(torch_code(subject.architecture).text.encode())


def _torch_folder(subject: Subject, into: IO[bytes], ending: str) -> None:
    from cnn.network.torch.file import write_torch_file

    write_torch_file(subject.architecture, subject.with_weights, into, ending)


def _torch_weights(subject: Subject, into: IO[bytes], ending: str) -> None:
    from cnn.network.torch.file import write_torch_weights

    write_torch_weights(subject.architecture, subject.with_weights, into, ending)


def _onnx(subject: Subject, into: IO[bytes]) -> None:
    from cnn.network.onnx.write import write_onnx

    write_onnx(subject.architecture, subject.with_weights, into, subject.class_names)


FORMS = (
    Form("json", ".json", "Design as JSON", Takes.NONE, _json),
    Form("keras", ".keras", "Keras model", Takes.ANY, _keras, needs_keras=True),
    Form("keras", ".py", "Keras script", Takes.NONE, _keras_script),
    Form("onnx", ".onnx", "ONNX", Takes.ANY, _onnx, can_name_classes=True),
    Form(
        "torch",
        ".zip",
        "PyTorch: code and weights",
        Takes.TRAINED,
        partial(_torch_folder, ending=".npz"),
    ),
    Form("torch", ".py", "PyTorch module", Takes.NONE, _torch_module),
    Form(
        "torch",
        ".pt",
        "PyTorch: state_dict",
        Takes.TRAINED,
        partial(_torch_weights, ending=".pt"),
    ),
    Form(
        "safetensors",
        ".safetensors",
        "PyTorch: safetensors",
        Takes.TRAINED,
        partial(_torch_weights, ending=".safetensors"),
    ),
    Form(
        "safetensors",
        ".zip",
        "PyTorch: code and safetensors",
        Takes.TRAINED,
        partial(_torch_folder, ending=".safetensors"),
    ),
    Form("svg", ".svg", "Picture as SVG", Takes.NONE, _svg),
    Form(PAGE, ".html", "Web page", Takes.GIVEN, _page),
)
"""Every form; the first of a word is what it stands for where nothing says more."""

WORDS = tuple(dict.fromkeys(form.word for form in FORMS))


def form_for(word: str | None, path: str) -> Form:
    """The form that is asked for by its word, the ending of a file, or both."""
    ending = Path(path).suffix.lower()
    of_word = [form for form in FORMS if word in (None, form.word)]
    found = [form for form in of_word if form.ending == ending]
    if len(found) == 1 or (found and word):
        return found[0]
    if word is None:
        words = " or ".join(form.word for form in found)
        if words:
            raise ArchitectureError(f"{shown(path)} may be of two forms: say --format {words}.")
        endings = ", ".join(dict.fromkeys(form.ending for form in FORMS))
        raise ArchitectureError(
            f"{shown(path)} does not say what it is to be. End it in one of {endings}, or say "
            f"--format: {', '.join(WORDS)}."
        )
    endings = " or ".join(form.ending for form in of_word)
    raise ArchitectureError(f"a file of --format {word} ends in {endings}; got {shown(path)}.")


def write_whole(form: Form, subject: Subject, path: Path) -> int:
    """Writes a new file, all of it or nothing; gives its size in bytes."""
    unfinished = path.with_name(f".{path.name[:60]}-{secrets.token_hex(4)}.part")
    try:
        if os.path.lexists(path):
            raise FileExistsError
        try:
            with unfinished.open("xb") as file:
                form.write(subject, file)
                size = file.seek(0, os.SEEK_END)
            _put(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except FileExistsError:
        raise ArchitectureError(
            f"{shown(str(path), 300)} is there already. Choose another name."
        ) from None
    except OSError as error:
        raise ArchitectureError(
            f"{shown(str(path), 300)} cannot be written: {error.strerror or error}."
        ) from None
    return size


def _put(unfinished: Path, path: Path) -> None:
    """Gives the file its name, which nothing else may have taken meanwhile."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError from None
        unfinished.rename(path)
