"""Networks from Keras: a model's JSON, or the `config.json` in a `.keras` file, read as data.

Nothing of the file is run and Keras is not needed: code that a file may carry stays unread.
Owns the file and the text; how they become a graph, parts and layers is in `keras_import_*`.
"""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import Any

from cnn.network import feed as feeds
from cnn.network.architecture import MAX_NAME, Architecture, read_json, walk
from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.read_graph import read_nodes
from cnn.network.keras.read_options import Notes
from cnn.network.keras.read_parts import Assembly, layers_of_parts
from cnn.network.shapes import MapShape
from cnn.network.trace import trace

MAX_JSON_BYTES = 20_000_000
PIXELS_MEMBER, MAX_PIXELS_BYTES = "cnn_workbench.json", 10_000
"""What this program adds to a `.keras` file, which Keras leaves alone: `{"pixels": "-1..1"}`."""
WITHOUT_WEIGHTS = (
    "Left out: the weights in the file. Its layers are read as a design, which is trained anew."
)

Source = str | bytes | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a Keras model is here, what of it was left out, and where each row comes from."""

    architecture: Architecture
    notes: tuple[str, ...]
    layer_names: dict[str, str]
    """Keras' name of every row's layer, by `row.name`; in a submodel `submodel/layer`."""
    says_pixels: bool = True
    """Whether anything in it says which pixels the network expects; Keras itself does not."""

    @property
    def assumed(self) -> str:
        """Which pixels it is taken to be fed, where nothing says so."""
        if self.says_pixels:
            return ""
        return (
            f"Fed pixels {self.architecture.fed.words}, as the file does not say which it expects; "
            "--pixels gives it others."
        )


def read_keras_file(
    source: str | os.PathLike[str] | bytes, size: MapShape | None = None
) -> Imported:
    """The network in a `.keras` file, given as its path or its content, with what was left out.

    The weights are: of the file only `config.json` is read, and what this program adds to it.
    """
    found = with_said_pixels(read_keras_config(config_json(source), size), source)
    return replace(found, notes=(WITHOUT_WEIGHTS, *found.notes))


def with_said_pixels(imported: Imported, source: str | os.PathLike[str] | bytes) -> Imported:
    """The network fed what the file says; only this program writes that, where it must."""
    content = _member(source, PIXELS_MEMBER, MAX_PIXELS_BYTES, optional=True)
    if content is None:
        return imported
    said = read_json(content)
    feed = feeds.read(said.get("pixels") if isinstance(said, dict) else None)
    return replace(
        imported, architecture=replace(imported.architecture, feed=feed), says_pixels=True
    )


def read_keras_config(source: Source, size: MapShape | None = None) -> Imported:
    """The network that a Keras model's JSON describes, with what was left out of it.

    `size` stands in for sizes of the input that the model leaves open.
    """
    data = _json(source)
    nodes, output = read_nodes(data)
    notes = Notes()
    image, parts = Assembly(nodes, notes, size).read(output)
    if data.get("compile_config"):
        notes.others.append("Left out: the optimizer, loss and metrics it was compiled with.")
    architecture = Architecture(_name(data), image, layers_of_parts(parts))
    names = [name for part in parts for name in part.names]
    places = dict(zip((path for path, _ in walk(architecture.layers)), names, strict=True))
    try:
        rows = trace(architecture).rows
    except ArchitectureError as fault:
        where = f"layer {shown(places.get(fault.path or ()))}"
        raise ArchitectureError(fault.problem, where=where) from None
    layer_names = {row.name: places[row.path] for row in rows}
    said = not architecture.fed.is_usual
    return Imported(architecture, notes.sentences(), layer_names, says_pixels=said)


def _name(data: dict[str, Any]) -> str:
    """The model's own name, made one that an architecture can have."""
    config = data.get("config", data)
    name = config.get("name") if isinstance(config, dict) else None
    text = name if isinstance(name, str) else ""
    line = "".join(char if char.isprintable() else " " for char in text).strip()
    return line[:MAX_NAME].strip() or "imported"


def _json(source: Source) -> Any:
    """The values of a JSON text; those of a dict as JSON would give them back."""
    text = source
    if isinstance(text, dict):
        try:
            text = json.dumps(text)
        except RecursionError:
            raise ArchitectureError("this is nested too deep to be a model.") from None
        except (TypeError, ValueError) as error:
            raise ArchitectureError(f"these are not the values of a JSON text: {error}.") from None
    if len(text) > MAX_JSON_BYTES:
        raise ArchitectureError(
            f"the description has {len(text):,} bytes; at most {MAX_JSON_BYTES:,} are read."
        )
    return read_json(text)


def config_json(source: str | os.PathLike[str] | bytes) -> bytes:
    """The text of `config.json` in a `.keras` file, which is a zip archive; nothing else of it."""
    content = _member(source, "config.json", MAX_JSON_BYTES)
    assert content is not None
    return content


def _member(
    source: str | os.PathLike[str] | bytes, name: str, most: int, *, optional: bool = False
) -> bytes | None:
    """One file in the archive; None where it is optional and not there."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            found = [entry for entry in file.infolist() if entry.filename == name]
            if optional and not found:
                return None
            if len(found) != 1:
                raise ArchitectureError(
                    f"this .keras file holds {len(found)} files {name}, not one. "
                    "Save the model again with model.save('name.keras')."
                )
            (entry,) = found
            if entry.file_size > most:
                raise ArchitectureError(
                    f"{name} says it has {entry.file_size:,} bytes; at most {most:,} are read."
                )
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(f"{name} is packed in a way that Keras does not use")
            with file.open(entry) as config:
                # Reading stops at the size that was just checked, whatever is packed behind it.
                return config.read()
    except ArchitectureError:
        raise
    except OSError as error:
        raise ArchitectureError(f"the file cannot be read: {error.strerror or error}.") from None
    except BROKEN_ZIP as error:
        raise ArchitectureError(
            f"this is not a .keras file ({error}). Save the model with model.save('name.keras')."
        ) from None


BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,  # a password is wanted
)
