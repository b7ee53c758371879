"""What is said where the app is: with the token on a terminal, without it in lines of JSON."""

import io
import json

import pytest

from cnn import log
from cnn.entry import Asked, Entry
from ui.shell import announce

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is kept for `python -m cnn address`, of a server that asks for a token."""
    found: list[str] = []
    monkeypatch.setattr(announce, "here", lambda: Entry(Asked.ALWAYS, TOKEN))
    monkeypatch.setattr(announce, "keep_address", lambda _port, text: found.append(text))
    return found


def test_as_text_it_is_printed_with_the_token(
    kept: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_LOG_FORMAT", "text")
    announce.tell_token.__wrapped__()

    assert f"?token={TOKEN}" in capsys.readouterr().out
    assert TOKEN in kept[0]


def test_as_json_it_is_a_line_without_it_that_says_where_it_is(
    kept: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_LOG_FORMAT", "json")
    stream = io.StringIO()
    with log.heard(stream):
        announce.tell_token.__wrapped__()

    (line,) = [json.loads(one) for one in stream.getvalue().splitlines() if "Workbench" in one]
    assert line["message"].startswith(f"CNN Workbench is at {announce.urls()[0]}")
    assert line["message"].endswith("python -m cnn address prints both.")
    assert TOKEN not in stream.getvalue() + capsys.readouterr().out
    assert TOKEN in kept[0]
