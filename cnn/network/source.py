"""A network from wherever it is kept: the zoo, our JSON, Keras' JSON, a `.keras` or `.onnx` file,
or our `.safetensors`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from cnn.network import feed as feeds
from cnn.network.architecture import Architecture, read_json
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.read import (
    WITHOUT_WEIGHTS,
    Imported,
    read_keras_config,
    read_keras_file,
)
from cnn.network.shapes import MapShape, shape_text
from cnn.network.zoo import entry, zoo

if TYPE_CHECKING:
    from cnn.network.keras.model import Weights

MAX_JSON_BYTES = 20_000_000
MAX_MODEL_BYTES = 1_000_000_000
"""Of a file that holds weights, and has to be read whole."""

ENDINGS = (".keras", ".onnx", ".safetensors")
"""Of files that hold weights."""

WITH_WEIGHTS = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
"""These endings as a sentence has them."""

PICKLED = (".pt", ".pth", ".ckpt")
"""Of files that PyTorch reads by running what is in them."""

MAX_SHOWN = 300
"""Characters of a path in an error: most are shorter, and are shown whole."""


def read(source: str, size: MapShape | None = None) -> Imported:
    """The network a zoo id or the path of a file stands for, with notes on what it does not hold.

    `size` stands in for sizes of the input that a Keras file leaves open.
    """
    if source in zoo():
        return _ours(entry(source).architecture)
    path, quoted = Path(source), shown(source, MAX_SHOWN)
    try:
        if path.is_file():
            return _from_path(path, size)
        is_something_else = source != "" and path.exists()
    except ArchitectureError:
        raise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ArchitectureError(f"{quoted} cannot be read: {why}.") from None
    if is_something_else:
        raise ArchitectureError(f"{quoted} is not a file. Give the path of a file.")
    if path.suffix in (".json", *ENDINGS) or path.name != source:
        raise ArchitectureError(f"there is no file {quoted}. Check the path.")
    return _ours(entry(source).architecture)


def is_source(source: str) -> bool:
    """Whether this names a network of the zoo or a file, there or not, and no run."""
    if source in zoo() or _ending(source) in (".json", *ENDINGS):
        return True
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def has_weights(source: str) -> bool:
    """Whether a file of this name holds weights too."""
    return source not in zoo() and _ending(source) in ENDINGS


def read_trained(
    source: str | bytes,
    size: MapShape | None = None,
    name: str = "",
    design: Architecture | None = None,
) -> tuple[Imported, Weights]:
    """The network in a file with its weights: given as its path, or as its content by its name.

    Weights alone, as other programs save them, are taken for those of the `design`.
    """
    named = source if isinstance(source, str) else name
    ending = _ending(named)
    _refuse_pickled(named)
    if ending not in _TRAINED:
        from cnn.network.keras.weights import read_keras_model

        return read_keras_model(source, size)
    content = source if isinstance(source, bytes) else read_whole(Path(source))
    folder = Path(source).parent if isinstance(source, str) else None
    return _TRAINED[ending](content, size, folder, design)


def read_whole(path: Path) -> bytes:
    """All of a file of weights."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_MODEL_BYTES + 1)
    except OSError as error:
        raise ArchitectureError(
            f"{shown(str(path), MAX_SHOWN)} cannot be read: {error.strerror}."
        ) from None
    if len(content) > MAX_MODEL_BYTES:
        raise ArchitectureError(
            f"{shown(path.name)} is too large: a file of weights has at most "
            f"{MAX_MODEL_BYTES:,} bytes."
        )
    return content


def _onnx(
    content: bytes, size: MapShape | None, folder: Path | None, _: Architecture | None
) -> tuple[Imported, Weights]:
    from cnn.network.onnx.beside import beside
    from cnn.network.onnx.read import read_onnx_model

    return read_onnx_model(content, size, beside(folder) if folder else None)


def _safetensors(
    content: bytes, _: MapShape | None, __: Path | None, design: Architecture | None
) -> tuple[Imported, Weights]:
    from cnn.network.torch.file import read_torch_weights

    architecture, weights = read_torch_weights(content, design)
    return _ours(architecture), weights


_TRAINED = {".onnx": _onnx, ".safetensors": _safetensors}


def chosen(source: str, size: str | None, pixels: str | None) -> Imported:
    """A network with the input and the pixels that the command line gives it, as texts."""
    shape = None if size is None else input_shape(size)
    found = read(source, shape)
    architecture, notes = found.architecture, found.notes
    if found.layer_names and shape is not None and shape != architecture.input:
        notes += (
            f"The input is {shape_text(shape)}, as --input says; by itself it is "
            f"{shape_text(architecture.input)}.",
        )
    if pixels is not None:
        feed, own = found.fed_as(feeds.read(pixels)), architecture.fed
        if feed != own and found.says_pixels:
            notes += (
                f"Fed pixels {feed.words}, as --pixels says; by itself it expects them "
                f"{own.words}.",
            )
        elif found.normalizes and (feed.mean, feed.sd) != (own.mean, own.sd):
            notes += (
                f"Fed pixels {feed.words}, as --pixels says, in place of its own Normalization.",
            )
        channels = architecture.input[2] if shape is None else shape[2]
        feed.check(channels)
        architecture = replace(architecture, input=shape or architecture.input, feed=feed)
    elif shape is not None:
        architecture = replace(architecture, input=shape)
    is_said = found.says_pixels or pixels is not None
    return replace(found, architecture=architecture, notes=notes, says_pixels=is_said)


def _ours(architecture: Architecture) -> Imported:
    return Imported(architecture, (), {})


def _refuse_pickled(name: str) -> None:
    if _ending(name) in PICKLED:
        raise ArchitectureError(
            f"{shown(name, MAX_SHOWN)} is PyTorch's own form, which can hold code, so it is not "
            "read. Save its weights as .safetensors, or the model as .onnx with torch.onnx.export."
        )


def _from_path(path: Path, size: MapShape | None) -> Imported:
    _refuse_pickled(path.name)
    if _ending(path.name) in _TRAINED:
        return _design(str(path), size)
    with path.open("rb") as file:  # a model's weights may be large, and are not needed
        content = file.read(MAX_JSON_BYTES + 1)
    if _is_keras_file(path.name, content):
        return read_keras_file(path, size)
    return read_file(path.name, content, size)


def _is_keras_file(name: str, content: bytes) -> bool:
    return content[:2] == b"PK" or name.endswith(".keras")


def read_file(name: str, content: bytes, size: MapShape | None = None) -> Imported:
    """The same of a file's content: our JSON, Keras' JSON, or a file that holds weights."""
    if _ending(name) in _TRAINED:
        return _design(content, size, name)
    if _is_keras_file(name, content):
        return read_keras_file(content, size)
    if content[:8] == b"\x89HDF\r\n\x1a\n":
        raise ArchitectureError(
            f"{name} is an HDF5 file, Keras' older format. Save the model as .keras, "
            "or give the text of model.to_json()."
        )
    if len(content) > MAX_JSON_BYTES:
        raise ArchitectureError(
            f"{name} is too large: a description has at most {MAX_JSON_BYTES:,} bytes."
        )
    return _read_text(content, size)


def _read_text(text: str | bytes, size: MapShape | None) -> Imported:
    data = read_json(text)
    if isinstance(data, dict) and "class_name" in data:
        return read_keras_config(data, size)
    return _ours(Architecture.from_dict(data))


def _design(source: str | bytes, size: MapShape | None, name: str = "") -> Imported:
    """The design in a file of weights, without them, which it says."""
    from cnn.network.keras.model import WeightsError

    try:
        imported, _ = read_trained(source, size, name)
    except WeightsError as error:
        raise ArchitectureError(str(error)) from None
    return replace(imported, notes=(WITHOUT_WEIGHTS, *imported.notes))


def input_shape(text: str) -> tuple[int, int, int]:
    """The input that a text such as `28x28x1` stands for."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*[x×,]\s*(\d{1,6})\s*[x×,]\s*(\d{1,6})\s*", text)
    if not match:
        raise ArchitectureError(
            f"an input is written as height x width x channels, such as 28x28x1; got {shown(text)}."
        )
    height, width, channels = map(int, match.groups())
    return height, width, channels
