"""Networks from Keras: a model's JSON, or the `config.json` in a `.keras` file, read as data.

Nothing of the file is run and Keras is not needed: code that a file may carry stays unread.
Owns the file and the text; how they become a graph, parts and layers is in `read_*`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from cnn.network import feed as feeds
from cnn.network.architecture import MAX_NAME, Architecture, read_json, walk
from cnn.network.errors import ArchitectureError, shown
from cnn.network.feed import Feed, Numbers
from cnn.network.keras.normalization import Adapted
from cnn.network.keras.read_graph import Node, read_nodes
from cnn.network.keras.read_options import Notes
from cnn.network.keras.read_parts import Assembly, layers_of_parts
from cnn.network.keras.zipped import Source as File
from cnn.network.keras.zipped import member
from cnn.network.shapes import MapShape, Shape
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
    normalizes: bool = False
    """Whether the mean and sd that it is fed with are those of its own Normalization."""

    def fed_as(self, feed: Feed) -> Feed:
        """What the network is fed where `feed` is chosen for it; its own Normalization stays,
        whatever the range, unless a mean or sd is chosen in its place.
        """
        own = self.architecture.feed
        if own is None or not self.normalizes or feed.mean or feed.sd:
            return feed
        return replace(feed, mean=own.mean, sd=own.sd)

    @property
    def assumed(self) -> str:
        """Which pixels it is taken to be fed, where nothing says so."""
        if self.says_pixels:
            return ""
        return (
            f"Fed pixels {self.architecture.fed.words}, as the file does not say which it expects; "
            "--pixels gives it others."
        )


def read_keras_file(source: File, size: MapShape | None = None) -> Imported:
    """The network in a `.keras` file, given as its path or its content, with what was left out.

    The weights are: of the file only `config.json` is read, what this program adds to it, and what
    a Normalization learned.
    """
    description = config_json(source)

    def learned(name: str, shape: Shape) -> tuple[Numbers, Numbers]:
        from cnn.network.keras.arrays import adapted  # NumPy and h5py, only where they are needed

        return adapted(source, description, name, shape)

    found = with_said_pixels(read_keras_config(description, size, learned), source)
    return replace(found, notes=(WITHOUT_WEIGHTS, *found.notes))


def with_said_pixels(imported: Imported, source: File) -> Imported:
    """The network fed what the file says; only this program writes that, where it must."""
    content = member(source, PIXELS_MEMBER, MAX_PIXELS_BYTES, optional=True)
    if content is None:
        return imported
    said = read_json(content)
    feed = feeds.read(said.get("pixels") if isinstance(said, dict) else None)
    architecture = replace(imported.architecture, feed=feed)
    return replace(imported, architecture=architecture, says_pixels=True, normalizes=False)


def read_keras_config(
    source: Source, size: MapShape | None = None, adapted: Adapted | None = None
) -> Imported:
    """The network that a Keras model's JSON describes, with what was left out of it.

    `size` stands in for sizes of the input that the model leaves open; `adapted` finds what a
    Normalization learned.
    """
    data = _json(source)
    nodes, output = read_nodes(data)
    notes = Notes()
    found = imported_from(nodes, output, _name(data), notes, size, adapted)
    if data.get("compile_config"):
        left_out = "Left out: the optimizer, loss and metrics it was compiled with."
        found = replace(found, notes=(*found.notes, left_out))
    return found


def imported_from(
    nodes: list[Node],
    output: int,
    name: str,
    notes: Notes,
    size: MapShape | None = None,
    adapted: Adapted | None = None,
) -> Imported:
    """The network that a graph of layers is, of which the first is the input."""
    front, parts = Assembly(nodes, notes, size, adapted).read(output)
    architecture = Architecture(as_name(name), front.image, layers_of_parts(parts), front.feed)
    names = [name for part in parts for name in part.names]
    places = dict(zip((path for path, _ in walk(architecture.layers)), names, strict=True))
    try:
        rows = trace(architecture).rows
    except ArchitectureError as fault:
        where = f"layer {shown(places.get(fault.path or ()))}"
        raise ArchitectureError(fault.problem, where=where) from None
    layer_names = {row.name: places[row.path] for row in rows}
    said = front.says_range or (front.feed is None and not architecture.fed.is_usual)
    normalizes = front.feed is not None
    return Imported(architecture, notes.sentences(), layer_names, said, normalizes)


def _name(data: dict[str, Any]) -> str:
    """The model's own name."""
    config = data.get("config", data)
    name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else ""


def as_name(text: str) -> str:
    """A foreign name, made one that an architecture can have."""
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


def config_json(source: File) -> bytes:
    """The text of `config.json` in a `.keras` file, which is a zip archive; nothing else of it."""
    content = member(source, "config.json", MAX_JSON_BYTES)
    assert content is not None
    return content
