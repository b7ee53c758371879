"""What words take is known before they are read: no part is unseen, and they take no more."""

from __future__ import annotations

import json
import sys
import tracemalloc
from typing import Any
from urllib.parse import parse_qs

import pytest
from google.protobuf.message import DecodeError, Message
from hypothesis import given, settings
from hypothesis import strategies as hy
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from tests.hostile.said import EMPTY_GROUP, asks, filled, measured, widget
from ui.shell.unfolded import MOST_PARTS, VALUE_BYTES, unfolded

A_PAGE = BackMsg.FromString(
    asks(
        WidgetStates(
            widgets=[
                WidgetState(id="a", bool_value=True),
                WidgetState(id="b", double_value=0.5),
                WidgetState(id="c", json_value='{"a":[1,2]}'),
            ]
        ).SerializeToString()
        + widget("string_array_value", ["x", "", "y"])
        + widget("int_array_value", [1, -2, 300]),
        address="net=1.8x8x1.f-d2.end",
    )
)


def things(message: Message) -> int:
    """What protobuf itself made of a message: fields, and each of those that there are many of."""
    found = 0
    for _, value in message.ListFields():
        many = value if hasattr(value, "append") or hasattr(value, "add") else [value]
        found += sum(1 + (things(one) if isinstance(one, Message) else 0) for one in many)
    return found


def test_every_part_of_a_page_is_counted():
    assert things(A_PAGE) == 4 + 5 * 3 + 3 + 3
    assert unfolded(A_PAGE.SerializeToString()).parts == 26, "300 has two bytes, and counts as two"


PARTS = [b"", b"\x08\x01", b"\x12\x02ab", measured(1_000, b""), EMPTY_GROUP, b"\xff", b"\x80\x00"]


@settings(max_examples=400, deadline=None)
@given(
    hy.lists(hy.tuples(hy.integers(0, 400), hy.sampled_from(PARTS), hy.integers(0, 3)), max_size=4)
)
def test_whatever_protobuf_reads_has_no_more_parts_than_were_counted(
    changes: list[tuple[int, bytes, int]],
):
    said = A_PAGE.SerializeToString()
    for place, put, less in changes:
        said = said[:place] + put + said[place + less :]
    try:
        read = BackMsg.FromString(said)
    except DecodeError:
        return
    assert things(read) <= unfolded(said).parts


@settings(max_examples=400, deadline=None)
@given(hy.binary(max_size=40))
def test_what_is_no_message_is_counted_too(said: bytes):
    found = unfolded(said)
    assert found.parts <= len(said)
    assert found.size >= found.sent == len(said)


UNITS = [
    "[],",
    "{},",
    '{"":0},',
    '{"a":{"b":1}},',
    "1.5,",
    "12345678,",
    '"ab",',
    '"äb",',
    '"数字",',
    '"😀",',
    '"\\ud83d\\ude00",',
    '"\\n\\na",',
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("size", [3_000, 300_000])
def test_json_takes_no_more_than_was_counted(unit: str, size: int):
    _assert_takes_no_more(json.loads, "[" + unit * (size // len(unit)) + "0]")


def test_json_with_many_keys_takes_no_more_than_was_counted():
    keys = [f'"{place:x}":1.5' for place in range(50_000)]
    _assert_takes_no_more(json.loads, "{" + ",".join(keys) + "}")


@pytest.mark.parametrize("rest", ["😀", "\\ud83d\\ude00", "é"])
def test_a_letter_that_makes_all_others_wide_is_counted(rest: str):
    _assert_takes_no_more(json.loads, '"' + "a" * 300_000 + rest + '"')


@pytest.mark.parametrize("unit", ["a=&", "%41", "a=b&"])
def test_an_address_takes_no_more_than_was_counted(unit: str):
    _assert_takes_no_more(
        lambda text: parse_qs(text, keep_blank_values=True), "x=" + unit * 100_000
    )


def _assert_takes_no_more(read: Any, text: str) -> None:
    counted = unfolded(asks(widget("json_value", text))).size
    tracemalloc.start()
    try:
        kept = read(text)
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept is not None
    assert now <= counted + sys.getsizeof("ü")


def test_a_value_that_stays_is_counted_by_its_widget_and_one_of_now_is_not():
    stays = widget("string_value", "a" * VALUE_BYTES)
    of_now = widget("json_trigger_value", "a" * VALUE_BYTES)
    short = widget("string_value", "a" * 100)
    assert unfolded(asks(of_now + short)).values == {}
    found = unfolded(asks(stays + of_now + short))
    assert found.values == {b"$$ID-pad": VALUE_BYTES + len("$$ID-pad")}
    assert found.plain == found.sent - VALUE_BYTES


def test_the_id_of_a_value_may_come_after_it():
    inner = b"\x32" + b"\xa0\x9c\x01" + b"a" * VALUE_BYTES + measured(1, b"late")
    assert WidgetState.FromString(inner).string_value == "a" * VALUE_BYTES
    assert unfolded(asks(measured(1, inner))).values == {b"late": VALUE_BYTES + 4}


def test_a_picture_in_a_value_that_stays_is_plain():
    for kind, is_plain in (("json_value", True), ("json_trigger_value", False)):
        found = unfolded(filled("a", 50_000, kind))
        assert (found.plain > 50_000) == is_plain


def test_who_says_too_much_is_not_heard_to_the_end():
    many = unfolded(asks(measured(1, b"") * MOST_PARTS * 2))
    assert many.parts == MOST_PARTS + 1
