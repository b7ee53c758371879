"""Whatever is sent to the running server: one sentence, nothing written, nobody let in."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.LinkButton_pb2 import LinkButton
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from cnn.data import DatasetName, DatasetSpec
from cnn.data.picture.opening import LIMIT_BYTES
from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.link import encode
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import WEIGHTS, Epoch, Run, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.browser.driving import running
from tests.hostile import requests
from tests.hostile.requests import FILE, OURS, Sent
from tests.hostile.said import UNFOLDING, weighing
from tests.hostile.test_doors import assert_is_a_sentence
from tests.visitor import UPGRADE, Answer, answers, asked, open_page, talking
from ui.session.person import COOKIE, key_in
from ui.shell.held import MAKES_ROOM, TOO_LONG, TOO_MANY, TOO_MUCH
from ui.shell.unfolded import MESSAGE_BYTES

NAMES = ("--server.allowedHosts=127.0.0.1", "--server.allowedHosts=class.example")


@pytest.fixture(scope="module")
def open_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("open")


@pytest.fixture(scope="module")
def open_url(open_home: Path) -> Iterator[str]:
    """A server that others than this machine reach, as a classroom has it."""
    with running(open_home, options=("--server.address=0.0.0.0", *NAMES)) as url:
        yield url


@pytest.fixture(scope="module")
def token(open_home: Path, open_url: str) -> str:
    """Its token, read where its owner finds it."""
    kept = open_home / "store" / "addresses" / f"{urlsplit(open_url).port}.txt"
    first, *_ = kept.read_text().split()
    return first.partition("token=")[2]


@pytest.fixture(scope="module")
def cookie(open_url: str, token: str) -> str:
    """The cookie of somebody who has shown it."""
    name, value = next(iter(asked(open_url, f"/?token={token}").cookies.items()))
    return f"{name}={value}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("here")


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """A server as it comes, for this machine alone."""
    with running(home) as address:
        yield address


def send(url: str, sent: Sent, **known: str) -> Answer:
    """Sends a request, with the server's port and what else is known in it."""
    known["PORT"] = str(urlsplit(url).port)

    def filled(text: str) -> str:
        for name, value in known.items():
            text = text.replace(name, value)
        return text

    headers = {name: filled(value) for name, value in sent.headers.items()}
    body = None if sent.body is None else filled(sent.body.decode("latin-1")).encode("latin-1")
    return asked(url, filled(sent.path), sent.method, headers, body)


def questions_kept(home: Path) -> list[str]:
    """The networks that a worker was asked about."""
    with sqlite3.connect(home / "store" / "runs.sqlite") as store:
        return [row[0] for row in store.execute("SELECT architecture FROM checks")]


@pytest.mark.parametrize("name", requests.STRANGERS)
def test_without_the_token_there_is_one_sentence(open_url: str, name: str):
    sent = requests.STRANGERS[name]
    answer = send(open_url, sent)
    assert answer.status == (403 if sent.headers.get("Upgrade") else 401)
    assert not [one for one in answer.cookies if one.startswith("cnn_entry")]
    if not sent.headers.get("Upgrade") and sent.method != "HEAD":
        assert_is_a_sentence(answer.text)
        assert "python -m cnn address" in answer.text


@pytest.mark.parametrize("name", requests.HOSTS)
def test_a_name_that_is_none_of_ours_reaches_nothing(
    open_url: str, token: str, cookie: str, name: str
):
    host = {"Host": requests.HOSTS[name], "Cookie": cookie}
    for sent in (
        Sent(headers=host),
        Sent(f"/?token={token}", headers=host),
        Sent("/_stcore/metrics", headers=host),
        Sent("/_stcore/stream", headers=UPGRADE | host),
    ):
        answer = send(open_url, sent)
        assert answer.status in (400, 403)  # uvicorn itself refuses what is no name at all
        assert not answer.cookies


@pytest.mark.parametrize("name", requests.ORIGINS)
def test_a_foreign_page_neither_talks_nor_changes_anything(open_url: str, cookie: str, name: str):
    foreign = {"Origin": requests.ORIGINS[name], "Cookie": cookie}
    assert send(open_url, Sent("/_stcore/stream", headers=UPGRADE | foreign)).status == 403
    for method, path in (("PUT", FILE), ("DELETE", FILE), ("POST", "/checks"), ("POST", "/")):
        answer = send(open_url, Sent(path, method, foreign, b"{}"))
        assert answer.status == 403
        assert_is_a_sentence(answer.text)


@pytest.mark.parametrize("name", requests.LINKS)
def test_the_token_leads_nowhere_else(open_url: str, token: str, name: str):
    answer = send(open_url, requests.LINKS[name], TOKEN=token)
    assert answer.status == 303
    assert re.match(r"/(?![/\\])", answer.headers["location"])
    assert "token" not in unquote(answer.headers["location"])
    port = urlsplit(open_url).port
    assert set(answer.cookies) <= {f"cnn_entry_{port}", f"cnn_wanted_{port}"}


def test_the_health_of_the_server_is_open_to_all(open_url: str):
    answer = send(open_url, Sent("/_stcore/health", headers={"Host": "10.0.0.7:8501"}))
    assert (answer.status, answer.text) == (200, "ok")


@pytest.mark.parametrize("path", ["/ready", "/metrics", "/_stcore/metrics"])
def test_the_state_of_the_machine_is_for_itself_and_for_operators(
    open_url: str, token: str, cookie: str, path: str
):
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert send(open_url, Sent(path)).status in (200, 503)
    refused = send(open_url, Sent(path, headers=elsewhere))
    assert refused.status == 403
    assert_is_a_sentence(refused.text)
    for shown in ({"Authorization": f"Bearer {token}"}, {"Cookie": cookie}):
        assert send(open_url, Sent(path, headers=elsewhere | shown)).status in (200, 503)


@pytest.mark.parametrize("name", requests.OF_OPERATORS)
def test_the_state_of_the_machine_is_for_no_foreign_page(url: str, name: str):
    sent = requests.OF_OPERATORS[name]
    answer = send(url, sent)
    assert answer.status == 403
    if sent.method != "HEAD":
        assert_is_a_sentence(answer.text)


def test_whoever_has_the_token_comes_in_and_talks(open_url: str, token: str, cookie: str):
    come = asked(open_url, f"/build?net=1.8x8x1.f-d2.end&token={token}")
    assert (come.status, come.headers["location"]) == (303, "/build?net=1.8x8x1.f-d2.end")
    rules = come.headers["set-cookie"].lower()
    assert "httponly" in rules
    assert "samesite=lax" in rules
    for path in ("/", "/_stcore/host-config"):
        assert send(open_url, Sent(path, headers={"Cookie": cookie})).status == 200
    elsewhere = {"Cookie": cookie, "Host": "class.example"}  # port 80, in a browser's eyes
    assert send(open_url, Sent(headers=elsewhere)).status == 401
    with open_page(open_url, "build", cookie=cookie) as parts:
        assert parts["mark"]["code"]


def test_a_browser_gets_its_key_with_a_page_and_one_that_was_made_up_is_replaced(
    url: str, home: Path
):
    page = {"Accept": "text/html"}
    (key,) = send(url, Sent("/learn", headers=page)).cookies.values()
    again = send(url, Sent("/", headers=page | {"Cookie": f"{COOKIE}={key}"}))
    assert again.cookies == {COOKIE: key}
    for odd in ("x", "../" + "x" * 40, "x" * 5_000, "%00" * 20, '"' + "x" * 41 + '"'):
        headers = page | {"Cookie": f"{COOKIE}={odd}"}
        (new,) = send(url, Sent("/", headers=headers)).cookies.values()
        assert key_in(f"{COOKIE}={new}")
        assert new not in (odd, key)
    assert not send(url, Sent("/_stcore/host-config", headers=page | {"Accept": "*/*"})).cookies


def test_two_hundred_browsers_who_only_look_leave_nothing(url: str, home: Path):
    with talking(url) as talk:  # which keeps no cookie, and is told so
        assert "keeps no cookie of this page" in repr(answers(talk, says()))
    for _ in range(200):
        assert send(url, Sent("/learn", headers={"Accept": "text/html"})).status == 200
    key = send(url, Sent("/", headers={"Accept": "text/html"})).cookies[COOKIE]
    with talking(url, cookie=f"{COOKIE}={key}") as talk:
        assert "keeps no cookie of this page" not in repr(answers(talk, says()))
    with closing(sqlite3.connect(home / "store" / "runs.sqlite")) as store:
        assert store.execute("SELECT count(*) FROM progress").fetchall() == [(0,)]
    assert key not in (home / "server.log").read_text()


def says(size: int = 0, name: str = "x", *, for_now: bool = False) -> BackMsg:
    """What a page says whose part of this name has a value of so many bytes, or that unfolds to so
    many where it stays.
    """
    message = BackMsg()
    message.rerun_script.page_name = "learn"
    if size:
        one = message.rerun_script.widget_states.widgets.add()
        one.id = name
        if for_now:
            one.json_trigger_value = "a" * size
        else:
            one.string_value = weighing(size)
    return message


def session_of(said: list[ForwardMsg]) -> str:
    return next(
        one.new_session.initialize.session_id for one in said if one.HasField("new_session")
    )


def test_the_largest_picture_is_taken_and_what_is_longer_ends_the_conversation(url: str):
    picture = 4 * LIMIT_BYTES // 3 + 200
    with talking(url) as talk:
        before = session_of(answers(talk, says()))
        for _ in range(3):
            assert session_of(answers(talk, says(picture, for_now=True))) == before
            answers(talk, says())
        with pytest.raises(ConnectionClosed) as ended:
            answers(talk, says(MESSAGE_BYTES, for_now=True))
    assert ended.value.rcvd
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1009, TOO_LONG)


@pytest.mark.parametrize("name", ["empty widgets", "objects with a key, for now"])
def test_words_that_unfold_to_too_much_end_the_conversation(url: str, name: str):
    with talking(url) as talk:
        answers(talk, says())
        with pytest.raises(ConnectionClosed) as ended:
            answers(talk, UNFOLDING[name]())
    assert ended.value.rcvd
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1009, TOO_MANY)


def test_a_conversation_holds_so_much_and_its_session_ends_with_it(url: str):
    with talking(url) as talk:
        usual = session_of(answers(talk, says(1_000)))
    with talking(url, usual) as talk:
        assert session_of(answers(talk, says())) == usual, "who was cut off comes back"
        answers(talk, says(8_000_000, "x"))
        with pytest.raises(ConnectionClosed) as ended:
            answers(talk, says(8_000_000, "y"))
    assert ended.value.rcvd
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1009, TOO_MUCH)
    with talking(url, usual) as talk:
        assert session_of(answers(talk, says())) != usual, "nothing of it is kept"


@pytest.mark.proof
def test_conversations_that_hold_too_much_together_make_room(url: str):
    with ExitStack() as stack:
        talks = [stack.enter_context(talking(url)) for _ in range(5)]
        for talk in talks:
            answers(talk, says())
        for talk in talks[1:]:
            answers(talk, says(13_000_000))
        for talk in (talks[0], *talks[2:]):
            answers(talk, says())
        with pytest.raises(ConnectionClosed) as ended:
            answers(talks[1], says())
    assert ended.value.rcvd
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1013, MAKES_ROOM)


@pytest.mark.parametrize("others", [False, True])
def test_a_file_is_saved_by_the_page_that_offers_it_as_long_as_it_is_open(
    others: bool, url: str, home: Path, open_url: str, open_home: Path, cookie: str
):
    at, kept, shown = (open_url, open_home, cookie) if others else (url, home, "")
    content = arrays_to_bytes({"numbers": np.zeros(750_000, np.float32)})
    with closing(Store(f"sqlite:///{kept / 'store' / 'runs.sqlite'}")) as store:
        run = finished(store, content)
    with talking(at, cookie=shown) as talk:
        links = [one for one in _offered(talk, run.id) if ".npz" in one.label]
        assert links
        path = links[0].url
        headers = {"Cookie": shown, "Sec-Fetch-Site": "same-origin"}
        came = send(at, Sent(path, headers=headers))
        assert came.status == 200
        assert came.headers["content-length"] == str(len(content))
        assert came.headers["content-disposition"].endswith(f'-{run.id[:6]}.npz"')
        for site in ("cross-site", "same-site"):
            refused = send(at, Sent(path, headers=headers | {"Sec-Fetch-Site": site}))
            assert refused.status == 403
            assert_is_a_sentence(refused.text)
        foreign = send(at, Sent("/saved/" + "0" * 64, headers=headers))
        assert foreign.status == 404
        assert_is_a_sentence(foreign.text)
        if others:
            assert send(at, Sent(path)).status == 401
    over = send(at, Sent(path, headers=headers))
    assert over.status == 403
    assert_is_a_sentence(over.text)


def finished(store: Store, weights: bytes) -> Run:
    """A run that ended, with these weights."""
    network = Architecture("x", (8, 8, 1), (Flatten(), Dense(2)))
    run = store.add(network, Configuration(DatasetSpec(DatasetName.SHAPES)), worker="me")
    store.keep_file(run.id, WEIGHTS, weights)
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    store.finish(run.id, State.FINISHED)
    return run


def _offered(talk: ClientConnection, run: str) -> list[LinkButton]:
    """The files that the page of a run offers to whoever opens *Take away*."""
    message = BackMsg()
    message.rerun_script.page_name = "train"
    message.rerun_script.query_string = f"run={run}"
    said = answers(talk, message)
    tabs = (one.delta.add_block.tab_container.id for one in said if one.HasField("delta"))
    pages = [one.navigation.page_script_hash for one in said if one.HasField("navigation")]
    message.rerun_script.page_script_hash = pages[-1]
    chosen = message.rerun_script.widget_states.widgets.add()
    chosen.id = next(id for id in tabs if "run_tab" in id)
    chosen.string_value = "Take away"
    found = answers(talk, message)
    elements = [one.delta.new_element for one in found if one.HasField("delta")]
    return [one.link_button for one in elements if one.HasField("link_button")]


@pytest.mark.parametrize("name", requests.QUESTIONS)
def test_a_question_that_no_page_of_ours_asks_changes_nothing(url: str, home: Path, name: str):
    sent, status = requests.QUESTIONS[name]
    with open_page(url, "build") as parts:
        answer = send(url, sent, TICKET=parts["mark"]["ticket"])
    assert answer.status == status
    said = answer.text if answer.status == 403 and answer.text[:1] != "{" else ""
    assert_is_a_sentence(said or " ".join(json.loads(answer.text)["words"]))
    assert not questions_kept(home)


def test_twenty_questions_of_a_foreign_page_are_not_even_heard(url: str, home: Path):
    for place in range(20):
        net = encode(_long(place))
        for headers in ({"Origin": "http://evil.example"}, {"Host": "rebound.example"}):
            assert send(url, Sent(f"/checks?net={net}", headers=headers)).status in (403, 405)
    assert not questions_kept(home)


@pytest.mark.parametrize("others", [False, True])
def test_a_page_asks_as_it_always_did_and_too_much_is_told_so(
    others: bool, url: str, home: Path, open_url: str, open_home: Path, cookie: str
):
    at, kept, shown = (open_url, open_home, cookie) if others else (url, home, "")
    answers = []
    with open_page(at, "build", cookie=shown) as parts:
        for place in range(40):
            body = {"net": encode(_long(place)), "ticket": parts["mark"]["ticket"]}
            headers = {"Content-Type": "application/json", "Cookie": shown} | OURS
            answers.append(send(at, Sent("/checks", "POST", headers, json.dumps(body).encode())))
    assert answers[0].status == 200
    assert json.loads(answers[0].text)["standing"] in {"waiting", "away", "starting", "busy"}
    refused = [one for one in answers if one.status == 429]
    assert refused, "forty new networks in a moment are too many"
    assert 1 <= int(refused[0].headers["retry-after"]) <= 3
    assert_is_a_sentence(" ".join(json.loads(refused[0].text)["words"]))
    assert len(questions_kept(kept)) == len(answers) - len(refused) <= 40
    over = send(at, Sent("/checks", "POST", headers, json.dumps(body).encode()))
    assert over.status == 403, "the session is over, and its ticket with it"


def _long(place: int) -> Architecture:
    """A network that a worker builds for seconds."""
    layers = [Conv2D(3 + (place + one) % 61, 3, padding="same") for one in range(200)]
    return Architecture("x", (28, 28, 1), (*layers, Flatten(), Dense(10)))
