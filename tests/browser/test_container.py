"""The files that `docker build` takes run the app by themselves: together, as in the container, and
with the package `cnn` installed in another place, as a wheel would have it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import ROOT, PageMaker, running
from tests.browser.every_view import VIEWS, arrive
from tests.browser.training import WORKER_MS, press_train

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGES = [view for view in VIEWS if not view.startswith("lesson-")] + [next(reversed(VIEWS))]
"""Every page once; the lessons are one page."""

ACCENT = "rgb(79, 70, 229)"
NAMES = ("cnn", "ui", "pages")
NOT_OURS = "raise RuntimeError('this is code of the folder that the app was started in')"
OUTSIDE = """
from cnn.data import in_child_process, DatasetName, DatasetSpec
in_child_process.HERE_BYTES = 0
print(len(in_child_process.for_tests(DatasetSpec(DatasetName.DIGITS), None).test))
"""
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


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to start the app in, whose modules have the names of ours."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in NAMES:
        (folder / f"{name}.py").write_text(NOT_OURS)
    return folder


@pytest.fixture(scope="module")
def packages(context: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages, which has `cnn` alone."""
    folder = tmp_path_factory.mktemp("site-packages")
    shutil.copytree(context / "cnn", folder / "cnn")
    return folder


@pytest.fixture(scope="module")
def without_cnn(context: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The other files, in one folder."""
    folder = tmp_path_factory.mktemp("app") / "workbench"
    shutil.copytree(context, folder, ignore=shutil.ignore_patterns("cnn"))
    return folder


@pytest.mark.proof
def test_the_health_check_knows_whether_the_app_runs(
    context: Path, tmp_path: Path, new_page: PageMaker
):
    page = new_page()
    command = re.search(r"^HEALTHCHECK.*\\\n\s+CMD (.*)$", DOCKERFILE, re.MULTILINE)
    assert command
    _, option, code = json.loads(command[1])

    def look(url: str) -> int:
        here = code.replace("8501", url.rpartition(":")[2])
        return subprocess.run([sys.executable, option, here], capture_output=True).returncode

    with running(tmp_path, context / "app.py", cwd=context) as url:
        arrive(page, url, "home")
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


@pytest.mark.proof
def test_with_cnn_installed_apart_every_page_opens_a_run_is_trained_and_the_settings_hold(
    without_cnn: Path, packages: Path, elsewhere: Path, tmp_path: Path, new_page: PageMaker
):
    page = new_page(color_scheme="light")
    installed = {"PYTHONPATH": str(packages)}
    with running(
        tmp_path, without_cnn / "app.py", workers=1, cwd=elsewhere, settings=installed
    ) as url:
        for view in PAGES:
            arrive(page, url, view)
        page.goto(f"{url}/train?network=shapes-demo&data=shapes&epochs=2")
        button = page.get_by_role("button", name="Train", exact=True)
        expect(button).to_have_css("background-color", ACCENT)
        press_train(page)
        expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=WORKER_MS)
        refused = page.request.get(url, headers={"Host": "app.example"})
        page.close()

    assert refused.status == 403, refused.text()
    assert len(list(elsewhere.iterdir())) == len(NAMES), "nothing was written there"


@pytest.mark.proof
def test_with_cnn_installed_apart_its_processes_find_it_from_any_folder(
    packages: Path, elsewhere: Path
):
    ran = subprocess.run(
        [sys.executable, "-P", "-c", OUTSIDE],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 0
