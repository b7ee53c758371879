"""The commit of the program: that of its own repository, as git says it, and of no other."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnn import commit

ME = ("-c", "user.name=Me", "-c", "user.email=me@here")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Git in a repository that the program seems to run from."""
    if shutil.which("git") is None:
        pytest.skip("git is the oracle: runs where it is")

    def told(*words: str) -> str:
        asked = ["git", "-C", str(tmp_path), *ME, *words]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()

    (tmp_path / "cnn").mkdir()
    (tmp_path / "cnn" / "a.py").write_text("")
    told("init", "--quiet")
    monkeypatch.setattr(commit, "HERE", tmp_path)
    commit.commit.cache_clear()
    yield told
    commit.commit.cache_clear()


def test_it_is_gits_and_says_where_the_files_are_other_ones(git: Callable[..., str]):
    assert commit.commit() == "", "nothing is committed yet"
    git("add", "cnn")
    git("commit", "--quiet", "--message", "one")
    commit.commit.cache_clear()
    assert commit.commit() == git("rev-parse", "HEAD")

    (commit.HERE / "cnn" / "a.py").write_text("changed = True")
    commit.commit.cache_clear()
    assert commit.commit() == f"{git('rev-parse', 'HEAD')} (changed since)"


def test_that_of_a_repository_around_the_program_is_not_its_own(
    git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    git("add", "cnn")
    git("commit", "--quiet", "--message", "one")
    monkeypatch.setattr(commit, "HERE", commit.HERE / "cnn")
    commit.commit.cache_clear()

    assert commit.commit() == ""


def test_without_git_it_is_not_known(git: Callable[..., str], monkeypatch: pytest.MonkeyPatch):
    git("add", "cnn")
    git("commit", "--quiet", "--message", "one")
    monkeypatch.setenv("PATH", "")
    commit.commit.cache_clear()

    assert commit.commit() == ""
