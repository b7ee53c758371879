"""`/ready` and `/metrics`: in what form, and who counts as on this machine."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from cnn.training.recipe.run import WorkerState
from cnn.training.store import heartbeats
from cnn.training.store.on_disk.store_file import store_file
from cnn.training.store.store import Store
from cnn.training.workers import readiness
from tests.training.exposition import metrics
from tests.ui.awaiting import awaited
from ui.shell import origin
from ui.shell.health import ready
from ui.shell.server import ROUTES

APP = Starlette(routes=ROUTES)
HERE = ("127.0.0.1", 50_000)
NAMED = {"host": "127.0.0.1:8501"}


@pytest.fixture(autouse=True)
def fresh(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ready._store.cache_clear()
    monkeypatch.setattr(ready, "_look", ready._Look(ready._readiness))
    monkeypatch.setattr(ready, "_count", ready._Look(ready._counted))
    heartbeats.beat(store, "a", WorkerState.READY)
    yield
    ready._store.cache_clear()


def visit(client: tuple[str, int] | None, headers: dict[str, str]) -> HTTPConnection:
    named = [(name.encode(), one.encode()) for name, one in headers.items()]
    return HTTPConnection({"type": "http", "path": "/ready", "client": client, "headers": named})


def answer(
    path: str, client: tuple[str, int] | None = HERE, headers: dict[str, str] = NAMED
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of what a request is answered."""
    sent: list[Any] = []

    async def asked() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "scheme": "http",
            "client": client,
            "server": ("127.0.0.1", 8501),
            "headers": [(name.encode(), one.encode()) for name, one in headers.items()],
        }
        await APP(scope, receive, send)

    awaited(asked())
    start, *parts = sent
    given = {name.decode(): one.decode() for name, one in start["headers"]}
    return start["status"], given, b"".join(one["body"] for one in parts).decode()


def test_ready_is_json_and_200_where_all_is_ready():
    status, headers, body = answer("/ready")

    found = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["cache-control"] == "no-store"
    assert found["worker_heard_s_ago"] >= 0
    assert found | {"worker_heard_s_ago": 0} == {
        "ready": True,
        "store_writable": True,
        "worker_heard_s_ago": 0,
        "queue_length": 0,
        "troubles": [],
    }


def test_ready_is_503_and_says_why_where_the_store_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "broken.sqlite").write_text("not a database, but as long as one is" * 40)
    monkeypatch.setenv("CNN_STORE", f"sqlite:///{tmp_path / 'broken.sqlite'}")

    status, _, body = answer("/ready")

    assert status == 503
    assert json.loads(body)["store_writable"] is False
    assert "file is not a database" in json.loads(body)["troubles"][0]


def test_ready_is_503_where_no_worker_is_heard_of(store: Store):
    heartbeats.dismiss(store, "a")

    status, _, body = answer("/ready")

    assert status == 503
    assert json.loads(body)["worker_heard_s_ago"] is None


@pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there; it runs on Linux")
def test_ready_is_503_for_as_long_as_the_file_of_the_store_is_gone(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ready, "FRESH_S", 0.0)
    assert answer("/ready")[0] == 200
    file = store_file(store.url)
    assert file
    left = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    (aside := file.parent / "aside").mkdir()
    for path in left:
        path.rename(aside / path.name)

    status, _, body = answer("/ready")

    assert status == 503
    found = json.loads(body)
    assert not found["store_writable"]
    assert "its file was moved or deleted while it was open" in found["troubles"][0]
    assert metrics(answer("/metrics")[2])["cnn_ready"] == 0
    for path in list(aside.iterdir()):
        path.rename(file.parent / path.name)
    assert answer("/ready")[0] == 200


def test_however_often_it_is_asked_the_store_is_written_to_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
):
    written: list[object] = []
    monkeypatch.setattr(readiness, "_write", written.append)
    monkeypatch.setattr(ready, "FRESH_S", 60.0)  # a slow machine would need more than a second

    with ThreadPoolExecutor(8) as many:
        found = list(many.map(answer, ["/ready", "/metrics"] * 20))

    assert {status for status, _, _ in found} == {200}
    assert len(written) == 1
    monkeypatch.setattr(ready, "FRESH_S", 0.0)
    answer("/ready")
    assert len(written) == 2


def test_metrics_say_the_same_as_prometheus_reads_it_and_are_always_given(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    status, headers, body = answer("/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert metrics(body)["cnn_ready"] == 1

    heartbeats.dismiss(store, "a")
    monkeypatch.setattr(ready, "FRESH_S", 0.0)
    status, _, body = answer("/metrics")
    assert (status, metrics(body)["cnn_ready"]) == (200, 0)


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (("10.0.0.7", 5), NAMED),
        (("172.17.0.1", 5), NAMED),
        (("fe80::1", 5), NAMED),
        (("::ffff:10.0.0.7", 5), NAMED),
        (("testclient", 5), NAMED),
        (None, NAMED),
        (HERE, {}),
        (HERE, {"host": "evil.example"}),
        (HERE, {"host": "class.example:8501"}),
        (HERE, {"host": "127.0.0.1.evil.example"}),
        (HERE, {"host": "127.0.0.1@evil.example"}),
        (HERE, {"host": "[::1"}),
        (HERE, NAMED | {"x-forwarded-for": "127.0.0.1"}),
        (HERE, NAMED | {"forwarded": "for=127.0.0.1"}),
        (HERE, NAMED | {"x-real-ip": "127.0.0.1"}),
        (HERE, NAMED | {"x-forwarded-host": "class.example"}),
        (HERE, NAMED | {"via": "1.1 proxy"}),
        (HERE, NAMED | {"cf-connecting-ip": "203.0.113.7"}),
    ],
    ids=str,
)
def test_nobody_else_is_on_this_machine(client: Any, headers: dict[str, str]):
    assert not origin.is_here(visit(client, headers))


@pytest.mark.parametrize(
    ("client", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.53", "localhost:8501"),
        ("::1", "[::1]:8501"),
        ("::ffff:127.0.0.1", "LOCALHOST"),
    ],
)
def test_this_machine_is_known_by_whichever_of_its_names(client: str, host: str):
    assert origin.is_here(visit((client, 5), {"host": host}))
