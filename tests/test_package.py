"""The package: what the wheel holds, and that app, worker and commands run from it alone.

Installed away from the checkout, in an environment that has the test's own packages besides; a
proof installs them anew, as a person does.
"""

from __future__ import annotations

import email
import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest
from packaging.requirements import Requirement

from cnn import version
from cnn.__main__ import workbench
from cnn.commands.doctor import PYTHON
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import spec_of
from cnn.training.recipe.run import LIVE, State
from cnn.training.store.store import Store
from cnn.version import VERSION
from tests.needs import RAY
from tests.visitor import asked

ROOT = Path(__file__).parents[1]
SOURCES = (
    *("app.py", "cnn", "pages", "ui", ".streamlit", "setup.py", "MANIFEST.in", "pyproject.toml"),
    *("requirements.in", "README.md", "LICENSE"),
)
APP = "cnn_workbench_app"
PATIENCE_S = 300.0
"""TensorFlow takes its time to start, more of it on a busy machine."""

NOTHING: Mapping[str, str] = MappingProxyType({})
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a package is made of, in a folder that may be built in."""
    folder = tmp_path_factory.mktemp("sources")
    not_needed = shutil.ignore_patterns("__pycache__", "secrets.toml")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=not_needed)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sources)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that has the package, and a home of its own."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def command(self, name: str) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin") / name

    def run(self, *words: str, python: bool = False) -> subprocess.CompletedProcess[str]:
        """`cnn-workbench WORDS`, or `python WORDS`, in a folder that holds nothing."""
        called = self.command("python" if python else "cnn-workbench")
        return subprocess.run(
            [called, *words],
            cwd=nothing(self.folder),
            env=self.settings,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def settings(self) -> dict[str, str]:
        left = ("STREAMLIT_", "PYTHONPATH", "BROWSER", "DISPLAY", "WAYLAND")
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(left)}
        return inherited | {"CNN_HOME": str(self.home), "HOME": str(self.folder)}


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name == "posix")
    found = Installed(folder)
    python = found.command("python")
    pip("--python", python, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    said = found.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))", python=True)
    others = sysconfig.get_path("purelib")
    Path(said.stdout.strip(), "others.pth").write_text(others, encoding="utf-8")
    return found


def pip(*words: object) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def nothing(folder: Path) -> Path:
    made = folder / "nothing"
    made.mkdir(exist_ok=True)
    return made


@contextmanager
def started(
    found: Installed, cwd: Path, workers: int = 0, more: Mapping[str, str] = NOTHING
) -> Iterator[tuple[str, Path]]:
    """The app, started as a person does; yields its address, and the file of what it printed.

    The browser of this person writes down what it is told to open.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said, browser = found.folder / "said.txt", found.folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" > {found.folder}/opened.txt\n', encoding="utf-8")
    browser.chmod(0o700)
    with said.open("wb") as output:
        server = subprocess.Popen(
            [found.command("cnn-workbench"), f"--server.port={port}"],
            cwd=cwd,
            env=found.settings | {"BROWSER": str(browser), "CNN_WORKERS": str(workers), **more},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: url in said.read_text() or server.poll() is not None)
        assert server.poll() is None, said.read_text()
        until(lambda: answers(port))
        yield url, said
    finally:
        server.terminate()
        server.wait(timeout=60)
    assert "Traceback" not in said.read_text(), said.read_text()


def answers(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.1)


def trained_by_the_app(found: Installed) -> State:
    """How a run ended that was queued beside the app."""
    with closing(Store(f"sqlite:///{found.home / 'runs.sqlite'}")) as store:
        network = entry("shapes-demo").architecture
        run = store.add(network, Configuration(dataset=spec_of("shapes"), epochs=1))
        until(lambda: (now := store.get(run.id)) is not None and now.state not in LIVE)
        ended = store.get(run.id)
        assert ended
        assert ended.result, ended.message
        return ended.state


def test_the_wheel_holds_two_folders_and_every_file_of_them(names: set[str]):
    assert {name.partition("/")[0] for name in names} == {
        *("cnn", APP),
        f"cnn_workbench-{VERSION}.dist-info",
    }
    tracked = subprocess.run(
        ["git", "ls-files", "app.py", "cnn", "pages", "ui", ".streamlit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    wanted = {one if one.startswith("cnn/") else f"{APP}/{one}" for one in tracked}
    development = {one for one in wanted if one.endswith("tsconfig.json")}
    assert wanted - names == development
    assert f"{APP}/.streamlit/config.toml" in names
    assert "cnn/py.typed" in names
    assert not [name for name in names if "secrets" in name or "__pycache__" in name]


def test_the_wheel_says_what_it_needs(wheel: Path):
    with zipfile.ZipFile(wheel) as file:
        said = email.message_from_bytes(file.read(f"cnn_workbench-{VERSION}.dist-info/METADATA"))
    needs = {Requirement(one) for one in said.get_all("Requires-Dist", []) if "extra" not in one}

    assert needs == asked_for("requirements.in")
    assert set(said.get_all("Provides-Extra", [])) == {
        *("ray", "postgres", "onnx", "torch", "safetensors", "accounts")
    }


def asked_for(file: str) -> set[Requirement]:
    """What a file of the checkout asks for, without its reasons."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    written = (line.partition("#")[0].strip() for line in lines if not line.startswith("-"))
    return {Requirement(line) for line in written if line}


def test_extras_ask_for_what_the_checkout_asks_for():
    extras = {
        name: {Requirement(one) for one in needs}
        for name, needs in PROJECT["optional-dependencies"].items()
    }
    assert extras["ray"] == asked_for("requirements-ray.in")
    assert extras["postgres"] <= asked_for("requirements-dev.in")
    assert PROJECT["requires-python"] == ">={}.{},<{}.{}".format(*PYTHON[0], 3, PYTHON[1][1] + 1)


def test_what_is_installed_says_how_an_extra_is_as_no_index_has_the_package(monkeypatch):
    monkeypatch.setattr(version, "IS_CHECKOUT", False)
    assert "ray" in PROJECT["optional-dependencies"]
    assert version.installing("ray").startswith('pip install ".[ray]"')
    assert version.installing().startswith("pip install .")


def test_nothing_called_ui_or_pages_can_be_imported(installed: Installed):
    ask = "import importlib.util as u, cnn; print(cnn.__file__, *map(u.find_spec, ('ui', 'pages')))"
    said = installed.run("-c", ask, python=True)
    assert said.stdout.startswith(str(installed.folder)), said.stderr
    assert said.stdout.split()[1:] == ["None", "None"]


def test_the_command_is_that_of_the_checkout(installed: Installed):
    summary = installed.run("summary", "lenet-5")
    assert "61,706 parameters" in summary.stdout, summary.stderr
    assert json.loads(installed.run("runs", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], "usage: cnn-workbench [-h] COMMAND"),
        (["summarize"], "Try cnn-workbench --help."),
        (["summary"], "Try cnn-workbench summary --help."),
    ],
)
def test_it_goes_by_its_own_name(words: list[str], said: str, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["cnn-workbench", *words])
    with pytest.raises(SystemExit):
        workbench()
    assert said in "".join(capsys.readouterr())


def run_apart(code: str) -> str:
    """What some code says, in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("options", [[], ["--server.port", "8600"], ["--theme.base=dark"]])
def test_alone_or_with_options_of_streamlit_it_starts_the_app(options: list[str], monkeypatch):
    ran: list[object] = []
    monkeypatch.setattr(runpy, "run_module", lambda *_, **__: ran.append(sys.argv))
    monkeypatch.setattr(sys, "argv", ["cnn-workbench", *options])
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")

    assert workbench() == 0
    assert ran == [["streamlit", "run", str(ROOT / "app.py"), *options, "--"]]


def test_streamlit_is_read_without_plotly_which_is_there_afterwards():
    said = run_apart(
        "import runpy, sys\n"
        "runpy.run_module = lambda *_, **__: print('streamlit.web.cli' in sys.modules)\n"
        "from cnn.commands.start import start\n"
        "start([])\n"
        "print([name for name in sys.modules if name.startswith('plotly')])\n"
        "from plotly import graph_objects\n"
        "print(graph_objects.Figure().data)\n"
    )
    assert said.splitlines() == ["True", "[]", "()"]


def test_the_app_starts_in_an_empty_folder_for_this_machine_alone(installed: Installed):
    with started(installed, nothing(installed.folder)) as (url, said):
        port = int(url.rpartition(":")[2])
        assert asked(url).status == 200
        if sys.platform == "linux":  # elsewhere nobody has that address
            assert not answers(port, "127.0.0.2")
        foreign = asked(url, headers={"Host": "evil.example"})
        assert (foreign.status, foreign.text[:39]) == (
            403,
            "This server does not go by the name evi",
        )
        origin = {"Origin": "http://evil.example"}
        assert asked(url, "/checks", "POST", origin, b"{}").status == 403
        if os.name == "posix":
            opened = installed.folder / "opened.txt"
            until(opened.is_file)
            until(lambda: opened.read_text().strip() == url)
    assert f"CNN Workbench is at  {url}" in said.read_text()


IMPORT_ALL = """
import pkgutil, cnn
names = [one.name for one in pkgutil.walk_packages(cnn.__path__, "cnn.")]
for name in names:
    if not name.endswith("__main__"):
        __import__(name)
print(len(names))
"""


def test_every_module_is_imported_from_what_is_installed(installed: Installed):
    """Those of the worker among them, with which a proof trains."""
    said = installed.run("-c", IMPORT_ALL, python=True)
    assert said.returncode == 0, said.stderr
    assert int(said.stdout) == len(list((ROOT / "cnn").rglob("*.py"))) - 1


@pytest.mark.proof
def test_the_app_of_an_empty_folder_trains(installed: Installed):
    with started(installed, nothing(installed.folder), workers=1):
        assert trained_by_the_app(installed) is State.FINISHED
    assert "Shapes demo on shapes, 1 epoch" in installed.run("runs", "list").stdout


OPEN = """
[server]
address = "0.0.0.0"
allowedHosts = ["*"]
enableCORS = false
enableXsrfProtection = false
"""


@pytest.mark.proof
def test_settings_of_the_folder_it_starts_in_open_it_to_nobody(installed: Installed):
    folder = installed.folder / "foreign"
    for place in (folder, installed.folder):  # that of a foreign project, and one's home
        (place / ".streamlit").mkdir(parents=True, exist_ok=True)
        (place / ".streamlit" / "config.toml").write_text(OPEN, encoding="utf-8")
    (folder / "app.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    with started(installed, folder) as (url, _):
        assert asked(url).status == 200
        assert not answers(int(url.rpartition(":")[2]), "127.0.0.2")
        assert asked(url, headers={"Host": "evil.example"}).status == 403
        origin = {"Origin": "http://evil.example"}
        assert asked(url, "/checks", "POST", origin, b"{}").status == 403
    shutil.rmtree(installed.folder / ".streamlit")


@RAY.mark()
@pytest.mark.proof
def test_a_cluster_is_started_by_what_is_installed(installed: Installed):
    folder = tempfile.mkdtemp(prefix="ray-")  # a short path: it holds sockets
    more = {"CNN_EXECUTOR": "ray", "CNN_RAY_GPUS": "0", "RAY_TMPDIR": folder}
    with started(installed, nothing(installed.folder), workers=1, more=more):
        assert trained_by_the_app(installed) is State.FINISHED
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.proof
def test_a_fresh_environment_has_all_it_needs_by_pip_alone(sources: Path, tmp_path: Path):
    """`pip install .` as a person does it: all packages anew, and nothing of the test's own."""
    venv.create(tmp_path, symlinks=os.name == "posix", with_pip=True)
    found = Installed(tmp_path)
    ran = found.run("-m", "pip", "install", "--quiet", str(sources), python=True)
    assert ran.returncode == 0, ran.stderr

    trained = found.run("train", "shapes-demo", "--dataset", "shapes", "--epochs", "1")
    assert re.search(r"of 300 test images right", trained.stdout), trained.stderr
    with started(found, nothing(tmp_path), workers=1) as (url, _):
        assert asked(url).status == 200
        assert trained_by_the_app(found) is State.FINISHED
    drawn = found.run("-c", "import cnn; print(cnn.zoo['lenet-5']._repr_svg_()[:4])", python=True)
    assert drawn.stdout == "<svg\n", drawn.stderr
