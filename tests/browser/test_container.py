"""What `docker build` puts into the container, without Docker: those files alone run the app."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.driving import ROOT, PageMaker, running
from tests.browser.every_view import VIEWS, arrive

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGES = [view for view in VIEWS if not view.startswith("lesson-")] + [next(reversed(VIEWS))]
"""Every page once; the lessons are one page."""

TRAIN = ("-m", "cnn", "train", "shapes-demo", "--dataset", "shapes", "--epochs", "1")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that `.dockerignore` lets through, in a folder of their own."""
    nothing, *exceptions = (ROOT / ".dockerignore").read_text().splitlines()[1:]
    assert nothing == "*"
    folder = tmp_path_factory.mktemp("context")
    for line in exceptions:
        if not line.startswith("!"):
            assert line == "**/__pycache__"
            continue
        source, target = ROOT / line[1:], folder / line[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


def test_all_that_the_dockerfile_copies_is_there(context: Path):
    named = re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE)
    copied = [name for names in named for name in names.split()]
    assert copied[-1] == "."
    assert {name for name in copied if not (context / name).exists()} == set()


def test_those_files_show_every_page_and_the_health_check_agrees(
    context: Path, tmp_path: Path, new_page: PageMaker
):
    page = new_page()
    command = re.search(r"^HEALTHCHECK.*\\\n\s+CMD (.*)$", DOCKERFILE, re.MULTILINE)
    assert command
    _, option, code = json.loads(command[1])

    def look(url: str) -> int:
        here = code.replace("8501", url.rpartition(":")[2])
        return subprocess.run([sys.executable, option, here], capture_output=True).returncode

    with running(tmp_path, context / "app.py", root=context) as url:
        for view in PAGES:
            arrive(page, url, view)
        while_it_runs = look(url)
        page.close()  # which complains of a server that goes

    assert (while_it_runs, look(url)) == (0, 1)


@pytest.mark.proof
def test_those_files_train(context: Path, tmp_path: Path):
    home = {"CNN_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *TRAIN],
        cwd=context,
        env=os.environ | home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "test" in done.stdout
