"""The corpus of words: what a browser may say in a conversation, as the bytes of a message.

`UNFOLDING` is short and takes a multiple of itself once it is read; `LEGAL` is as large as what our
pages say may be. Each is made when it is asked for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from cnn.data.picture.opening import LIMIT_BYTES
from cnn.network.architecture import MAX_LAYERS, layers_to_list
from cnn.network.layers import Activation, Conv2D, Layer
from ui.shell.unfolded import MARK_BYTES, MESSAGE_BYTES, WIDGET

MUCH = 13_000_000
RERUN = BackMsg.RERUN_SCRIPT_FIELD_NUMBER
WIDGETS = ClientState.WIDGET_STATES_FIELD_NUMBER
EMPTY_GROUP = b"\x0b\x0c"
"""A part as no message of Streamlit's has one: it begins, and it ends."""


def measured(number: int, content: bytes) -> bytes:
    """A part of a message, as it is written: its number, how long it is, and what it is."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low | 0x80]) + varint(value >> 7) if value >> 7 else bytes([low])


def asks(widgets: bytes, address: str = "") -> bytes:
    """A page is to be run, with these widgets."""
    page = ClientState(page_script_hash="draw", query_string=address)
    return measured(RERUN, page.SerializeToString() + measured(WIDGETS, widgets))


def widget(kind: str, value: object) -> bytes:
    one = WidgetState(id="$$ID-pad")
    if isinstance(value, str):
        setattr(one, kind, value)
    else:
        getattr(one, kind).data.extend(value)
    return bytes(WidgetStates(widgets=[one]).SerializeToString())


def filled(unit: str, size: int = MUCH, kind: str = "json_value") -> bytes:
    """The pad has a list of such units."""
    inner = unit * (size // len(unit.encode()))
    return asks(widget(kind, f'{{"drawn":[{inner}0]}}'))


def weighing(size: int) -> str:
    """A short text that counts as so many bytes."""
    return "," * (size // (MARK_BYTES + 1))


def _inside_a_widget(part: bytes) -> bytes:
    return asks(measured(WIDGET.number, part * (MUCH // len(part))))


UNFOLDING: dict[str, Callable[[], bytes]] = {
    "empty widgets": lambda: asks(measured(WIDGET.number, b"") * (MUCH // 2)),
    "named widgets": lambda: asks(measured(WIDGET.number, b"\x0a\x01a") * (MUCH // 5)),
    "messages in a message": lambda: measured(RERUN, b"") * (MUCH // 2),
    "empty texts": lambda: asks(widget("string_array_value", [""] * (MUCH // 2))),
    "small numbers": lambda: asks(widget("int_array_value", [0] * MUCH)),
    "fractions": lambda: asks(widget("double_array_value", [0.5] * (MUCH // 8))),
    "a value said anew": lambda: _inside_a_widget(b"\x10\x01"),
    "parts that nobody knows": lambda: _inside_a_widget(measured(1_000, b"")),
    "groups": lambda: _inside_a_widget(EMPTY_GROUP),
    "widgets after a group": lambda: asks(EMPTY_GROUP + measured(WIDGET.number, b"") * (MUCH // 2)),
    "widgets before an end that is none": lambda: asks(measured(WIDGET.number, b"") * (MUCH // 2))[
        :-1
    ],
    "hashes of what was kept": lambda: measured(
        RERUN, measured(ClientState.CACHED_MESSAGE_HASHES_FIELD_NUMBER, b"") * (MUCH // 2)
    ),
    "files that are asked for": lambda: measured(
        BackMsg.FILE_URLS_REQUEST_FIELD_NUMBER, measured(2, b"") * (MUCH // 2)
    ),
    "lists": lambda: filled("[],"),
    "objects": lambda: filled("{},"),
    "objects with a key": lambda: filled('{"":0},'),
    "objects with a key, for now": lambda: filled('{"":0},', kind="json_trigger_value"),
    "objects in two megabytes": lambda: filled('{"":0},', 1_900_000),
    "short texts": lambda: filled('"ab",', kind="json_trigger_value"),
    "an emoji in a long text": lambda: filled("a", kind="json_trigger_value").replace(
        b"aaaa", "😀".encode(), 1
    ),
    "an emoji in its JSON": lambda: filled("a", kind="json_trigger_value").replace(
        b"a" * 12, b"\\ud83d\\ude00", 1
    ),
    "lines": lambda: filled("\\n", kind="json_trigger_value"),
    "a plain text": lambda: asks(widget("string_value", "a" * MUCH)),
    "an address": lambda: asks(b"", address="a" * MUCH),
    "an address of many values": lambda: asks(b"", address="a=&" * 600_000),
    "an address of many signs": lambda: asks(b"", address="%41" * 600_000),
    "nothing readable": lambda: b"\xff" * MUCH,
    "too much of anything": lambda: b"\xff" * (MESSAGE_BYTES + 1),
}


def picture(name: str) -> bytes:
    """The largest picture, as the pad brings it."""
    content = base64.b64encode(bytes(LIMIT_BYTES)).decode()
    told = [{"event": "file", "value": {"name": quote(name), "content": content}}]
    return asks(widget("json_trigger_value", json.dumps(told, separators=(",", ":"))))


def stack(layer: Layer) -> bytes:
    """The editor's words, of as many layers as there may be."""
    layers = layers_to_list((layer,) * MAX_LAYERS)
    told = {"stack": {"rev": 1, "edit": 2, "layers": layers, "selected": None, "asks": []}}
    return asks(widget("json_value", json.dumps(told, separators=(",", ":"))))


def _page_of(widgets: int) -> bytes:
    return asks(
        WidgetStates(
            widgets=[WidgetState(id=f"$$ID-{place}", bool_value=True) for place in range(widgets)]
        ).SerializeToString()
    )


WORDIEST = Conv2D(
    1_000, (11, 13), strides=(2, 3), padding="same", activation="leaky_relu", use_bias=False
)
LEGAL: dict[str, Callable[[], bytes]] = {
    "the largest picture": partial(picture, "a.png"),
    "the largest picture, by any name": partial(picture, "größte 数字 😀.png" * 12),
    "five thousand layers": partial(stack, Activation("relu")),
    "five thousand layers of many words": partial(stack, WORDIEST),
    "two hundred choices": lambda: asks(
        widget("string_array_value", [f"run {place}" for place in range(200)])
    ),
    "a thousand widgets": partial(_page_of, 1_000),
}
