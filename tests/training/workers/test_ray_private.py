"""What Ray keeps on this machine is its owner's alone: the folder of the code, the token."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnn.settings import is_open_to_others
from cnn.training.workers import ray_cluster, ray_private
from tests.needs import RAY
from tests.training.stores import ON_POSIX, ROOT

pytestmark = ON_POSIX

OURS = """
import json, os, sys
from pathlib import Path
from cnn.training.workers import ray_cluster

ray = ray_cluster.join(sys.argv[1])

def where():
    import cnn
    return cnn.__file__

def mode(path):
    return path.stat().st_mode & 0o777

folder = Path(ray.get_runtime_context().get_temp_dir())
code = ray.get(ray.remote(where).remote())
token = Path.home() / ".ray" / "auth_token"
print(json.dumps([str(folder), mode(folder.parent), code, mode(token)]))
ray.shutdown()
"""

ERRORS = SimpleNamespace(RayError=RuntimeError)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without a token, and nothing that names another."""
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def made_token(home: Path, its_mode: int) -> Path:
    token = home / ".ray" / "auth_token"
    token.parent.mkdir()
    token.write_text("a" * 64)
    token.chmod(its_mode)
    return token


def test_a_token_is_made_for_its_owner_alone_and_one_that_is_there_stays(home: Path):
    ray_private.make_token()

    token = home / ".ray" / "auth_token"
    assert (mode(token.parent), mode(token)) == (0o700, 0o600)
    first = token.read_text()
    assert len(first) == 64
    ray_private.make_token()
    assert token.read_text() == first


@pytest.mark.parametrize("name", ["RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"])
def test_none_is_made_where_one_is_named(home: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, str(home / "elsewhere"))

    ray_private.make_token()

    assert list(home.iterdir()) == []


def test_where_no_token_can_be_made_the_cluster_cannot_be_joined(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / ".ray").write_text("in the way")
    monkeypatch.setattr(ray_cluster, "cluster_address", lambda: "")
    monkeypatch.setattr(ray_cluster, "imported", lambda: SimpleNamespace(exceptions=ERRORS))
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    monkeypatch.setenv("CNN_STORE", "")  # it is set, and is what it was afterwards

    with pytest.raises(ray_cluster.ClusterError, match="on this machine cannot be joined"):
        ray_cluster.join("sqlite://")


@pytest.mark.parametrize("is_named", [False, True])
def test_whoever_joins_takes_the_token_from_others(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
):
    token = made_token(home, 0o644)
    if is_named:
        monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(token))
    monkeypatch.setenv("CNN_RAY_ADDRESS", "nowhere")
    with pytest.raises(ray_cluster.ClusterError, match="does not answer"):
        ray_cluster.join("sqlite://")

    assert mode(token) == 0o600


def test_what_others_reach_is_said_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch):
    folder = home / "outer" / "ray"
    folder.mkdir(parents=True)
    opened = {*folder.parents, folder}
    monkeypatch.setattr(ray_private, "is_open_to_others", opened.__contains__)
    assert "they could run theirs" in ray_private.what_is_open(folder)
    assert "--temp-dir" in ray_private.what_is_open(folder)

    opened.discard(folder.parent)
    assert ray_private.what_is_open(folder) == ""

    token = made_token(home, 0o600)
    opened.update((token, token.parent))
    assert f"chmod 600 {token}" in ray_private.what_is_open(folder)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a" * 64)
    assert ray_private.what_is_open(folder) == ""


@pytest.mark.parametrize("its_mode", [0o777, 0o755, 0o750, 0o701, 0o700])
def test_only_a_folder_that_nobody_else_enters_is_closed(its_mode: int, tmp_path: Path):
    tmp_path.chmod(its_mode)

    assert is_open_to_others(tmp_path) == (its_mode != 0o700)


def test_a_cluster_that_is_started_here_has_a_folder_of_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    given: dict[str, Any] = {}
    ray = SimpleNamespace(init=lambda **more: given.update(more), exceptions=ERRORS)
    monkeypatch.setattr(ray_cluster, "cluster_address", lambda: "")
    monkeypatch.setattr(ray_cluster, "imported", lambda: ray)
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    monkeypatch.setenv("CNN_STORE", "")  # it is set, and is what it was afterwards

    ray_cluster.join("sqlite://")

    folder = Path(given["_temp_dir"])
    assert mode(folder.parent) == 0o700, "Ray opens the folder itself to everybody"
    session = "session_2026-11-29_21-10-46_123456_1234567/sockets/plasma_store"
    assert len(os.fsencode(folder / session)) <= 103
    assert mode(home / ".ray" / "auth_token") == 0o600


def test_an_address_that_somebody_else_left_here_is_not_believed(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    file = home / "ray_current_cluster"
    file.write_text("10.0.0.66:6379")
    modules = {
        "ray._private.services": SimpleNamespace(find_bootstrap_address=lambda _: "10.0.0.66:6379"),
        "ray._common.utils": SimpleNamespace(get_ray_address_file=lambda _: str(file)),
    }
    monkeypatch.setattr(importlib, "import_module", modules.__getitem__)
    monkeypatch.setattr(ray_cluster, "_must_answer", lambda _: None)
    assert ray_cluster._started_here() == "10.0.0.66:6379"

    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    monkeypatch.setattr(ray_private, "ADMINISTRATOR", -1)  # where it is he who runs this test
    assert ray_cluster._started_here() == ""


@RAY.mark()
@pytest.mark.proof
def test_on_a_real_one_code_comes_from_where_only_its_owner_writes(home: Path):
    kept = {name: one for name, one in os.environ.items() if not name.startswith(("RAY_", "CNN_"))}
    ran = subprocess.run(
        [sys.executable, "-c", OURS, f"sqlite:///{home / 'runs.sqlite'}"],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        check=True,
    )
    folder, its_mode, code, of_token = json.loads(ran.stdout.splitlines()[-1])
    assert (its_mode, of_token) == (0o700, 0o600)
    assert Path(code).is_relative_to(folder)
    assert not Path(folder).parent.exists()
