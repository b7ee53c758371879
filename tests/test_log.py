"""What the program says of itself: as much as is asked for, in the form that is, in little room."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from cnn import log
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store, StoreError
from cnn.training.workers import worker
from tests.training.stores import DEMO, ON_POSIX, ROOT, url_of

LOGGER = logging.getLogger("cnn.training.somewhere")
WRITER = """
import os, sys
log, number = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND), 0
while number < 4_000 or not os.path.exists(sys.argv[1] + ".3"):
    os.write(log, f"writer {sys.argv[2]} line {number % 100_000:5} {'x' * 30}\\n".encode())
    number += 1
"""
APP = """
import sys
from pathlib import Path
from cnn import log
log.MOST_BYTES = int(sys.argv[2])
while not Path(sys.argv[3]).exists():
    log.keep_small(Path(sys.argv[1]))
"""
FAILING = """
import logging, sys
import streamlit
from ui.shell.saying import say_alike
say_alike()
from streamlit.error_util import handle_uncaught_app_exception
from streamlit.logger import get_logger
logging.getLogger("uvicorn.access").info("a visit with ?token=secret")
get_logger("streamlit.later").warning("a worry of its own")
try:
    raise ValueError("a page of\\ntwo lines")
except ValueError as error:
    handle_uncaught_app_exception(error)
"""
SERVER = """
import asyncio, logging, threading
import streamlit
import uvicorn
from ui.shell.saying import say_alike
say_alike()

async def app(scope, receive, send):
    raise ValueError("an answer of\\ntwo lines")

async def ask(port, words):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    await reader.read()
    writer.close()

async def serve():
    settings = dict(port=0, lifespan="off", access_log=False)
    server = uvicorn.Server(uvicorn.Config(app, use_colors=False, **settings))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    await ask(port, b"GET / HTTP/1.1\\r\\nHost: here\\r\\nConnection: close\\r\\n\\r\\n")
    await ask(port, b"nonsense\\r\\n\\r\\n")
    logging.getLogger("asyncio").error("nobody listens")
    server.should_exit = True
    await serving

asyncio.run(serve())
"""
LINE = re.compile(rb"writer [a-d] line [ \d]{5} x{30}\n")


class Heard(io.StringIO):
    """What one logger says, whatever threads of other tests say meanwhile: each time one write."""

    def __init__(self, name: str = LOGGER.name) -> None:
        super().__init__()
        self._name = name

    def write(self, text: str) -> int:
        return super().write(text) if self._name in text.partition("\n")[0] else len(text)


def said(monkeypatch: pytest.MonkeyPatch, **settings: str) -> list[str]:
    """What is heard of four things that are said."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    stream = Heard()
    with log.heard(stream):
        logging.getLogger("cnn.training.elsewhere").error("another\nline")
        LOGGER.debug("a detail")
        LOGGER.info("a run of %s\x1b[2J\nnew", "LeNet-5", extra={"run": "0123456789ab"})
        LOGGER.warning("a worry")
        try:
            raise ValueError("broken")
        except ValueError:
            LOGGER.exception("an error")
    LOGGER.error("after the block, which nobody hears")
    return stream.getvalue().splitlines()


def test_a_line_says_when_how_grave_and_where(monkeypatch: pytest.MonkeyPatch):
    first, second, third, *traceback = said(monkeypatch)

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info cnn\.training\.somewhere: "
        r"a run of LeNet-5 \[2J new",
        first,
    )
    assert second.endswith("Z warning cnn.training.somewhere: a worry")
    assert third.endswith("Z error cnn.training.somewhere: an error")
    assert traceback[-1] == "ValueError: broken"


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("Warning", ["warning", "error"]),
        ("error", ["error"]),
        ("shout", ["info", "warning", "error"]),
    ],
)
def test_as_much_is_heard_as_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, level: str, heard: list[str]
):
    lines = said(monkeypatch, CNN_LOG=level, CNN_LOG_FORMAT="json")

    assert [json.loads(line)["level"] for line in lines] == heard


def test_as_json_each_line_is_one_object_with_the_run_that_it_is_of(
    monkeypatch: pytest.MonkeyPatch,
):
    noting = logging.getLogRecordFactory()

    def note_more(*args: Any, **more: Any) -> logging.LogRecord:
        """As Ray does in every process that it is imported in, for all loggers there are."""
        record = noting(*args, **more)
        record.__dict__["_ray_timestamp_ns"] = 1_795_923_892_831_322_629
        return record

    logging.setLogRecordFactory(note_more)
    try:
        first, _, last = map(json.loads, said(monkeypatch, CNN_LOG_FORMAT="json"))
    finally:
        logging.setLogRecordFactory(noting)

    assert first == {
        "time": first["time"],
        "level": "info",
        "logger": "cnn.training.somewhere",
        "process": os.getpid(),
        "message": "a run of LeNet-5\x1b[2J\nnew",
        "run": "0123456789ab",
    }
    assert "ValueError: broken" in last["error"]
    assert "Traceback" in last["error"]


def test_without_anybody_who_listens_nothing_is_printed():
    script = "import cnn, logging; logging.getLogger('cnn.training.x').error('unheard')"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_trouble_that_stays_is_said_once(monkeypatch: pytest.MonkeyPatch):
    stream = Heard()
    with log.heard(stream):
        trouble = log.Trouble(LOGGER)
        for error in ("locked", "locked", "full", "locked"):
            trouble.is_met(StoreError(error))
        for _ in range(3):
            trouble.is_over()

    said = [line.rpartition(": ")[2] for line in stream.getvalue().splitlines()]
    assert said == ["locked", "full", "locked", "What was said last is over."]


def test_a_worker_says_what_it_takes_up_and_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store, stream = Store(url_of(tmp_path / "runs.sqlite")), Heard(worker.__name__)

    def fail(store: Store, run: Run, **_: object) -> Run:
        store.finish(run.id, State.FAILED, "ValueError: broken")
        found = store.get(run.id)
        assert found
        return found

    monkeypatch.setattr("cnn.training.engine.fit.carry_out", fail)
    monkeypatch.setenv("CNN_LOG_FORMAT", "json")
    run = store.add(DEMO, Configuration(epochs=1), worker="me")
    with log.heard(stream):
        worker.carry_out_one(store, run, threading.Event())
    store.close()

    begun, ended = map(json.loads, stream.getvalue().splitlines())
    assert (begun["level"], begun["message"]) == ("info", f"run {run.id} is taken up")
    assert (ended["level"], ended["run"], ended["worker"]) == ("warning", run.id, "me")
    assert ended["message"] == f"run {run.id} is failed: ValueError: broken"


def logs(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def test_a_log_that_is_small_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log, "MOST_BYTES", 100)
    log.keep_small(tmp_path)
    with log.opened(tmp_path) as words:
        words.write(bytes(100))

    log.keep_small(tmp_path)

    assert logs(tmp_path) == {"worker.log": 100}


def test_a_large_one_is_begun_anew_and_three_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(log, "MOST_BYTES", 10)
    with log.opened(tmp_path) as words:  # as a process has it that goes on writing
        for number in range(6):
            words.write(b"line %d of it\n" % number)
            words.flush()
            log.keep_small(tmp_path)
            assert logs(tmp_path)["worker.log"] == 0
        words.write(b"the last\n")

    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {
        "worker.log": "the last\n",
        "worker.log.1": "line 5 of it\n",
        "worker.log.2": "line 4 of it\n",
        "worker.log.3": "line 3 of it\n",
    }


def test_of_a_huge_one_of_an_earlier_version_only_the_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(log, "MOST_BYTES", 1_000)
    lines = [f"line {number}\n" for number in range(5_000)]
    (tmp_path / "worker.log").write_text("".join(lines))

    log.keep_small(tmp_path)

    kept = (tmp_path / "worker.log.1").read_text()
    assert 900 < len(kept) <= 1_000
    assert "".join(lines).endswith(kept)
    assert kept.splitlines(keepends=True)[0] in lines


def test_where_it_cannot_be_kept_it_is_emptied_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(log, "MOST_BYTES", 10)
    (tmp_path / "worker.log").write_text("much more than ten")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "_copy_end", full)
    log.keep_small(tmp_path)

    assert logs(tmp_path) == {"worker.log": 0}


@ON_POSIX
def test_four_processes_write_on_while_two_apps_keep_it_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, stop, most = tmp_path / "logs", tmp_path / "stop", 20_000
    folder.mkdir()
    log.opened(folder).close()
    file = folder / "worker.log"
    given = [str(folder), str(most), str(stop)]
    apps = [subprocess.Popen([sys.executable, "-c", APP, *given], cwd=ROOT) for _ in range(2)]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), one]) for one in "abcd"]
    try:
        assert [one.wait(120) for one in writers] == [0] * 4
    finally:
        stop.touch()
        assert [one.wait(120) for one in apps] == [0] * 2
    monkeypatch.setattr(log, "MOST_BYTES", most)
    log.keep_small(folder)

    found = logs(folder)
    assert set(found) <= {"worker.log", "worker.log.1", "worker.log.2", "worker.log.3"}
    assert len(found) == 4
    assert found["worker.log"] <= most
    for path in folder.iterdir():
        content = path.read_bytes()
        assert LINE.sub(b"", content) == b"", "every line is whole"


@ON_POSIX
def test_only_its_owner_may_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log, "MOST_BYTES", 10)
    with log.opened(tmp_path) as words:
        words.write(b"much more than ten")
    log.keep_small(tmp_path)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@ON_POSIX
def test_one_that_an_earlier_version_made_is_taken_from_others(tmp_path: Path):
    file = tmp_path / "worker.log"
    file.write_text("of before\n")
    file.chmod(0o644)

    with log.opened(tmp_path) as words:
        words.write(b"of now\n")

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "of before\nof now\n"


@ON_POSIX
def test_a_log_that_goes_elsewhere_leaves_that_as_it_is(tmp_path: Path):
    elsewhere = tmp_path / "pipe"
    os.mkfifo(elsewhere, 0o644)
    (tmp_path / "worker.log").symlink_to(elsewhere)
    reader = os.open(elsewhere, os.O_RDONLY | os.O_NONBLOCK)
    log.opened(tmp_path).close()
    os.close(reader)

    assert elsewhere.stat().st_mode & 0o777 == 0o644


def test_where_there_can_be_no_log_nobody_is_kept_from_working(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with log.opened(tmp_path / "file") as words:
        words.write(b"nowhere")
    log.keep_small(tmp_path / "file")

    assert (tmp_path / "file").read_text() == "in the way"


def printed(script: str, form: str) -> list[str]:
    """The lines that a process prints whose words have this form."""
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"CNN_LOG_FORMAT": form},
        capture_output=True,
        text=True,
        check=True,
    )
    return (ran.stdout + ran.stderr).splitlines()


def test_as_json_each_thing_that_the_server_says_is_one_line():
    found = [json.loads(line) for line in printed(SERVER, "json")]

    said = [one["message"].strip() for one in found]
    assert "Invalid HTTP request received." in said
    assert "nobody listens" in said
    (failed,) = [one for one in found if one["message"].startswith("Exception in ASGI application")]
    assert (failed["level"], failed["logger"]) == ("error", "uvicorn.error")
    assert failed["error"].endswith("ValueError: an answer of\ntwo lines")


def test_as_text_the_server_says_what_it_says_by_itself():
    found = printed(SERVER, "text")

    assert "WARNING:  Invalid HTTP request received." in found
    assert "ERROR:    Exception in ASGI application" in found
    assert "nobody listens" in found


def test_as_json_what_streamlit_says_is_json_too_and_a_page_that_failed():
    lines = printed(FAILING, "json")
    found = list(map(json.loads, lines))

    assert {one["logger"].partition(".")[0] for one in found} == {"streamlit"}
    assert "a worry of its own" in [one["message"] for one in found]
    (failed,) = [one for one in found if "a page of" in one.get("error", "")]
    assert failed["level"] == "error"
    assert failed["error"].endswith("ValueError: a page of\ntwo lines")
    assert "secret" not in "".join(lines)
