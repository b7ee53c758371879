"""Who may come in, by setting; and where an address with its token is kept."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cnn.__main__ import main
from cnn.commands.doctor import findings
from cnn.entry import (
    Asked,
    entry,
    forget_address,
    frame_ancestors,
    keep_address,
    kept_addresses,
)
from cnn.settings import SettingError

ROOT = Path(__file__).parents[1]
OWN = "kFz3_0hGd-9.Q~x7LmR2"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ("", Asked.OF_OTHERS),
        ("on", Asked.ALWAYS),
        ("ON", Asked.ALWAYS),
        ("off", Asked.NEVER),
        (" off ", Asked.NEVER),
        (OWN, Asked.ALWAYS),
    ],
)
def test_the_setting_says_when_the_token_is_asked_for(
    given: str, when: Asked, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_TOKEN", given)
    assert entry().asked is when
    assert entry().is_given == (given == OWN)


def test_the_token_is_another_one_each_time_and_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CNN_TOKEN", raising=False)
    tokens = {entry().token for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 43  # 256 bits, six to a character


def test_a_token_of_ones_own_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_TOKEN", OWN)
    assert entry().token == OWN


@pytest.mark.parametrize(
    "given", ["hunter2", "yes", "0", "a" * 15, "a" * 20 + " b", "é" * 20, "a/" * 10]
)
def test_what_is_no_token_is_refused_and_not_repeated(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_TOKEN", given)
    with pytest.raises(SettingError, match="neither on nor off") as refused:
        entry()
    assert given not in str(refused.value).split()


def test_operators_may_have_a_token_of_their_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_TOKEN", "off")
    assert entry().operator == ""
    monkeypatch.setenv("CNN_OPERATOR_TOKEN", OWN)
    assert (entry().asked, entry().operator) == (Asked.NEVER, OWN)
    for given in ("on", "off", "hunter2"):
        monkeypatch.setenv("CNN_OPERATOR_TOKEN", given)
        with pytest.raises(SettingError, match="CNN_OPERATOR_TOKEN opens nothing"):
            entry()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "'self'"),
        ("self", "'self'"),
        ("'none'", "'none'"),
        ("none", "'none'"),
        ("https://moodle.example", "'self' https://moodle.example"),
        ("https://*.example:443 http://a.b:*", "'self' https://*.example:443 http://a.b:*"),
    ],
)
def test_who_may_frame_is_told_as_browsers_read_it(
    given: str, told: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_FRAME_ANCESTORS", given)
    assert frame_ancestors() == told


@pytest.mark.parametrize(
    "given",
    ["*", "moodle", "https://a; script-src *", "https://a/b", "none https://a", "javascript:x"],
)
def test_what_is_no_origin_may_not_frame(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_FRAME_ANCESTORS", given)
    with pytest.raises(SettingError, match="no page's origin"):
        frame_ancestors()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such modes; it runs on Linux")
def test_an_address_is_kept_for_its_owner_alone(home: Path):
    old = os.umask(0)
    try:
        keep_address(8501, "http://localhost:8501/?token=x")
    finally:
        os.umask(old)
    file = home / "addresses" / "8501.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (file.parent, home)} == {0o700}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there; it runs on Linux")
def test_a_link_that_somebody_laid_is_not_followed(home: Path, tmp_path: Path):
    theirs = tmp_path / "theirs"
    theirs.write_text("before")
    (home / "addresses").mkdir(parents=True)
    (home / "addresses" / "8501.txt").symlink_to(theirs)
    keep_address(8501, "http://localhost:8501/?token=x")
    assert theirs.read_text() == "before"
    assert kept_addresses() == ["http://localhost:8501/?token=x"]


def test_addresses_are_found_by_port_and_forgotten_one_by_one(home: Path):
    for port in (10_000, 8501):
        keep_address(port, f"http://localhost:{port}/?token=x")
    (home / "addresses" / "notes.txt").write_text("of somebody else")
    assert kept_addresses() == [f"http://localhost:{port}/?token=x" for port in (8501, 10_000)]
    forget_address(8501, "http://localhost:8501/?token=x")
    forget_address(8501, "http://localhost:8501/?token=x")
    assert kept_addresses() == ["http://localhost:10000/?token=x"]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing tells it there; it runs on Linux")
def test_the_address_of_a_server_that_was_killed_is_forgotten(home: Path):
    keep_address(8502, "http://localhost:8502/?token=lives")
    keeping = "import os; from cnn.entry import keep_address; "
    killed = keeping + "keep_address(8501, 'http://localhost:8501/?token=dead'); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False).returncode == 9
    file = home / "addresses" / "8501.txt"
    assert "dead" in file.read_text()

    assert kept_addresses() == ["http://localhost:8502/?token=lives"]

    assert not file.exists()
    forget_address(8502, "http://localhost:8502/?token=lives")


def test_a_server_that_ends_late_leaves_the_address_of_the_one_that_took_its_port(home: Path):
    keep_address(8501, "http://localhost:8501/?token=x")
    keep_address(8501, "http://localhost:8501/?token=y\nhttp://class.example:8501/?token=y")
    forget_address(8501, "http://localhost:8501/?token=x")
    assert len(kept_addresses()) == 2
    (home / "addresses" / "8501.txt").write_bytes(b"\xff\xfe")
    forget_address(8501, "http://localhost:8501/?token=x")
    assert (home / "addresses" / "8501.txt").exists()


def test_a_home_that_cannot_be_written_keeps_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "file"))
    keep_address(8501, "x")
    forget_address(8501, "x")
    assert kept_addresses() == []


def test_the_command_prints_what_is_kept_and_says_where_nothing_is(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["address"]) == 2
    assert "No server that asks for a token" in capsys.readouterr().err
    keep_address(8501, "http://localhost:8501/?token=x\nhttp://class.example:8501/?token=x")
    assert main(["address"]) == 0
    assert capsys.readouterr().out.split() == [
        "http://localhost:8501/?token=x",
        "http://class.example:8501/?token=x",
    ]


@pytest.mark.parametrize("setting", ["CNN_TOKEN", "CNN_FRAME_ANCESTORS", "CNN_OPERATOR_TOKEN"])
def test_an_app_that_cannot_say_who_may_come_in_does_not_start(setting: str, tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=0"],
        cwd=ROOT,
        env=os.environ | {setting: "hunter2", "CNN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = ran.stdout + ran.stderr
    assert ran.returncode == 1
    assert f"{setting} " in said
    assert "Traceback" not in said


@pytest.mark.parametrize("setting", ["CNN_TOKEN", "CNN_OPERATOR_TOKEN"])
def test_the_doctor_tells_no_token_and_refuses_what_is_none(
    setting: str, monkeypatch: pytest.MonkeyPatch
):
    def said() -> tuple[str, str]:
        found = (one for one in findings() if one.words.startswith(f"{setting}="))
        one = next(found)
        return one.words, one.trouble

    monkeypatch.setenv(setting, OWN)
    assert said() == (f"{setting}=...", "")
    monkeypatch.setenv(setting, "hunter2")
    words, trouble = said()
    assert words == f"{setting}=..."
    assert "no token" in trouble
