"""A network from wherever it is kept: the zoo, our JSON, Keras' JSON, or a `.keras` file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras_import import from_keras_config, from_keras_file
from cnn.network.zoo import entry, zoo

MAX_JSON_BYTES = 20_000_000


def find(source: str) -> Architecture:
    """The network a zoo id or the path of a file stands for."""
    if source in zoo():
        return entry(source).architecture
    path = Path(source)
    try:
        if path.is_file():
            return from_file(path.name, path.read_bytes())
    except OSError as error:
        raise ArchitectureError(f"{source} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        if isinstance(error, ArchitectureError):
            raise
        raise ArchitectureError(f"{shown(source)} is not the path of a file.") from None
    if path.suffix in (".json", ".keras") or len(path.parts) > 1:
        raise ArchitectureError(f"there is no file {source}. Check the path.")
    return entry(source).architecture


def from_file(name: str, content: bytes) -> Architecture:
    """The network in a file's content: our JSON, Keras' JSON, or a `.keras` file."""
    if content[:2] == b"PK" or name.endswith(".keras"):
        return from_keras_file(content)
    if content[:8] == b"\x89HDF\r\n\x1a\n":
        raise ArchitectureError(
            f"{name} is an HDF5 file, Keras' older format. Save the model as .keras, "
            "or give the text of model.to_json()."
        )
    if len(content) > MAX_JSON_BYTES:
        raise ArchitectureError(
            f"{name} has {len(content):,} bytes; a description has at most {MAX_JSON_BYTES:,}."
        )
    return from_text(content)


def from_text(text: str | bytes) -> Architecture:
    """The network a JSON text describes, in our words or in Keras'."""
    data = _json(text)
    if isinstance(data, dict) and "class_name" in data:
        return from_keras_config(data)
    return Architecture.from_dict(data)


def input_shape(text: str) -> tuple[int, int, int]:
    """The input that a text such as `28x28x1` stands for."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*[x×,]\s*(\d{1,6})\s*[x×,]\s*(\d{1,6})\s*", text)
    if not match:
        raise ArchitectureError(
            f"an input is written as height x width x channels, such as 28x28x1; got {shown(text)}."
        )
    height, width, channels = map(int, match.groups())
    return height, width, channels


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ArchitectureError("this JSON is nested too deep to be a network.") from None
    except ValueError as error:
        raise ArchitectureError(f"this is not JSON: {error}.") from None
