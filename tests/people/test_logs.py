"""What a class leaves in the logs: what happened, and nothing by which anybody is known."""

import contextlib
import http.client
import json
import re
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from cnn.people import accounts
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser.driving import running
from tests.training.stores import DEMO

pytestmark = pytest.mark.proof
NAME, PATIENCE_S = "Anneliese Wartburg", 240.0
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
TENSORFLOWS = re.compile(r"^(WARNING: All log messages before absl::|[IWE]0000 ).*\n", re.M)
FIELDS = {"time", "level", "logger", "process", "message"}


def asked(url: str, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    where = urlsplit(url)
    with closing(http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)) as talk:
        talk.request(method, path, headers={"Accept": "text/html", "Origin": url} | headers)
        answer = talk.getresponse()
        answer.read()
        return answer


def talked(url: str, cookie: str = "") -> None:
    """A conversation that is begun as a browser would, and cut off."""
    where = f"ws{url.removeprefix('http')}/_stcore/stream"
    headers = {"Cookie": cookie} if cookie else {}
    kinds = [Subprotocol("streamlit")]
    with connect(where, subprotocols=kinds, additional_headers=headers, origin=Origin(url)) as talk:
        talk.send(BackMsg(rerun_script=ClientState(query_string="")).SerializeToString())
        with contextlib.suppress(WebSocketException, TimeoutError):
            talk.recv(timeout=1)


def a_day_of_a_class(url: str, store: Store) -> list[str]:
    """Signs in by a link, talks, trains, is refused in every way; all that no log may hold."""
    person, key = accounts.add(store, NAME, class_name="Klasse 4b")
    assert asked(url, "GET", f"/enter/{key}").status == 200
    entered = asked(url, "POST", f"/enter/{key}")
    assert entered.status == 303
    cookie = str(entered.headers["Set-Cookie"]).split(";")[0]
    assert asked(url, "GET", "/train?token=a-token-of-somebody", Cookie=cookie).status == 200
    talked(url, cookie)

    assert asked(url, "POST", f"/enter/{key}").status in (401, 403, 404, 410)
    assert asked(url, "GET", f"/enter/{'x' * 43}").status in (401, 403, 404, 410)
    assert asked(url, "GET", "/train").status == 401
    assert asked(url, "GET", "/", Host="evil.example").status == 403
    with pytest.raises(InvalidStatus):
        talked(url)
    with pytest.raises(InvalidStatus):
        talked(url, cookie[:-1] + "x")

    run = store.seen_by(person).add(DEMO, Configuration(epochs=1))
    until = time.monotonic() + PATIENCE_S
    while (now := store.get(run.id)) and now.is_live and time.monotonic() < until:
        time.sleep(0.2)
    assert now
    assert now.state is State.FINISHED, now.message
    accounts.revoke(store, person.id)
    assert asked(url, "GET", "/train", Cookie=cookie).status in (200, 401)
    return [
        *NAME.split(),
        "Klasse",
        key,
        cookie.partition("=")[2],
        "x" * 43,
        "a-token-of",
        "/enter/",
    ]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_log_names_anybody_or_tells_how_to_come_in(tmp_path: Path, form: str):
    settings = {
        "CNN_ACCOUNTS": "invite",
        "CNN_LOG": "debug",
        "CNN_LOG_FORMAT": form,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    file = tmp_path / "store" / "runs.sqlite"
    with (
        running(tmp_path, workers=1, settings=settings) as url,
        closing(Store(f"sqlite:///{file}")) as store,
    ):
        secrets = a_day_of_a_class(url, store)
    app, worker = (tmp_path / "server.log").read_text(), (file.parent / "worker.log").read_text()
    text, where = app + worker, "CNN Workbench is at"

    assert [secret for secret in secrets if secret in text] == []
    told = [line for line in text.splitlines() if ADDRESS.search(line)]
    assert [line for line in told if where not in line] == []
    assert where in app
    assert "is taken up" in worker
    if form == "json":
        lines = app.splitlines() + TENSORFLOWS.sub("", worker).splitlines()
        found = [json.loads(line) for line in lines]
        assert all(one.keys() >= FIELDS for one in found)
        assert "cnn.training.workers.worker" in {one["logger"] for one in found}
