"""What a left page still sends is left out, and polls that come too early, and nothing else."""

from collections.abc import Awaitable, Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.shell.late import WithoutLate

Said = tuple[str, Message]


def asks(page: str, part: str = "") -> Said:
    """A browser wants a page run, or a part of it."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = part
    return "hears", {"type": "websocket.receive", "bytes": message.SerializeToString()}


def polls(page: str, part: str) -> Said:
    """A live part of a page asks to be shown anew, as time has passed."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = part
    message.rerun_script.is_auto_rerun = True
    return "hears", {"type": "websocket.receive", "bytes": message.SerializeToString()}


def answers(page: str) -> Said:
    """An answer begins."""
    message = ForwardMsg()
    message.new_session.page_script_hash = page
    return "says", {"type": "websocket.send", "bytes": message.SerializeToString()}


def is_done(*, whole: bool = True) -> Said:
    """An answer ends: of a whole page, or of a part."""
    message = ForwardMsg()
    message.script_finished = (
        ForwardMsg.FINISHED_SUCCESSFULLY if whole else ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
    )
    return "says", {"type": "websocket.send", "bytes": message.SerializeToString()}


def shows(page: str) -> Said:
    """A part of an answer: a thing on the page, by its place."""
    message = ForwardMsg()
    message.delta.new_element.text.body = page
    message.metadata.delta_path.extend([0, 1])
    return "says", {"type": "websocket.send", "bytes": message.SerializeToString()}


def passes(seconds: float) -> Said:
    return "waits", {"seconds": seconds}


def begins(page: str, part: str = "") -> Said:
    """Streamlit begins to show a page, or a part of it."""
    message = ForwardMsg()
    if part:
        message.new_session.page_script_hash = page
    else:
        message.navigation.page_script_hash = page
    return "says", {"type": "websocket.send", "bytes": message.SerializeToString()}


def let_through(talk: Sequence[Said]) -> list[Said]:
    """What of a talk reaches the other side."""
    rest, now = list(talk), [0.0]
    reached: list[Said] = []
    speakers: list[Send] = []

    async def receive() -> Message:
        while True:
            side, message = rest.pop(0)
            if side == "waits":
                now[0] += message["seconds"]
                continue
            if side == "hears":
                return message
            await speakers[0](message)

    async def send(message: Message) -> None:
        reached.append(("says", message))

    async def streamlit(_scope: Scope, receive: Receive, send: Send) -> None:
        speakers.append(send)
        while any(side == "hears" for side, _ in rest):
            try:
                reached.append(("hears", await receive()))
            except IndexError:  # all that was left was late
                return
        for _, message in rest:
            await send(message)

    to_its_end(WithoutLate(streamlit, lambda: now[0])({"type": "websocket"}, receive, send))
    return reached


def to_its_end(talk: Awaitable[None]) -> None:
    """Without a loop, as nothing here waits, and the browser tests have one in this very thread."""
    with pytest.raises(StopIteration):
        talk.__await__().__next__()


def test_a_part_of_the_page_in_view_is_heard():
    talk = [asks(""), begins("draw"), asks("draw", "pad"), begins("draw", "pad"), asks("draw")]
    assert let_through(talk) == talk


def test_a_part_of_a_page_that_was_left_is_not():
    late = asks("draw", "pad")
    talk = [asks(""), begins("draw"), asks("train"), late, begins("train"), asks("train", "list")]
    assert let_through(talk) == [one for one in talk if one is not late]


def test_it_is_not_even_after_a_word_that_the_left_page_had_begun():
    late = asks("draw", "pad")
    talk = [begins("draw"), asks("train"), begins("train"), late, asks("train", "list")]
    assert let_through(talk) == [one for one in talk if one is not late]


def test_a_page_that_streamlit_itself_turns_to_is_in_view():
    talk = [begins("home"), asks("home"), begins("home"), begins("build"), asks("build", "bench")]
    assert let_through(talk) == talk


def test_who_goes_back_is_heard_there():
    talk = [begins("draw"), asks("train"), asks("draw"), begins("draw"), asks("draw", "pad")]
    assert let_through(talk) == talk


WHOLE = [asks(""), begins("train"), answers("train"), is_done(), passes(1)]
PART = [answers("train"), passes(3), is_done(whole=False)]


def test_a_poll_waits_for_the_answer_to_the_last_one():
    first, early, later = (polls("train", "list") for _ in range(3))
    talk = [*WHOLE, first, answers("train"), passes(3), early, is_done(whole=False)]

    reached = let_through([*talk, passes(3), later])

    assert first in reached
    assert not any(one[1] is early[1] for one in reached)
    assert any(one[1] is later[1] for one in reached)


def test_polls_leave_a_busy_server_as_long_as_the_last_answer_took():
    soon, later = polls("train", "list"), polls("train", "list")

    reached = let_through([*WHOLE, *PART, passes(2.9), soon, passes(0.2), later])

    assert [one[1] is later[1] for one in reached if one[1] in (soon[1], later[1])] == [True]


def test_who_was_cut_off_gets_the_whole_page_before_any_part_of_it():
    early, again, later = polls("train", "list"), asks("train"), polls("train", "list")
    talk = [early, again, begins("train"), answers("train"), is_done(), later]

    reached = let_through(talk)

    assert [one[1] for one in reached] == [one[1] for one in talk[1:]]


def test_who_is_back_is_told_no_answer_from_its_middle_on():
    rest = [shows("the rest of what was being said"), is_done()]
    whole = [asks("train"), begins("train"), answers("train"), shows("all"), is_done()]

    assert let_through([*rest, *whole]) == whole


def test_however_long_the_rest_of_an_answer_is_it_is_left_out():
    long = shows("long " * 20_000)

    assert let_through([long, asks("train"), answers("train"), long])[1:] == [
        answers("train"),
        long,
    ]


def test_what_a_person_does_waits_for_nothing():
    pressed = asks("train", "list")
    talk = [*WHOLE, answers("train"), pressed, is_done(whole=False)]

    assert any(one[1] is pressed[1] for one in let_through(talk))


def test_an_answer_that_never_ends_holds_back_no_poll_for_ever():
    poll = polls("train", "list")

    assert any(
        one[1] is poll[1] for one in let_through([*WHOLE, answers("train"), passes(31), poll])
    )


def test_what_is_no_message_is_streamlits_to_answer():
    talk: list[Said] = [
        ("hears", {"type": "websocket.connect"}),
        ("says", {"type": "websocket.accept"}),
        ("hears", {"type": "websocket.receive", "bytes": b"\xff\xff\xff"}),
        ("hears", {"type": "websocket.receive", "text": "hello"}),
        ("says", {"type": "websocket.send", "text": "hello"}),
        ("says", {"type": "websocket.send", "bytes": b"\0" * 60_000}),
        ("hears", {"type": "websocket.disconnect", "code": 1000}),
    ]
    assert let_through(talk) == talk


def test_a_request_of_another_kind_is_handed_on_as_it_is():
    given: list[object] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        given.extend((scope, receive, send))

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None: ...

    scope = {"type": "http"}
    to_its_end(WithoutLate(page)(scope, receive, send))
    assert given == [scope, receive, send]
