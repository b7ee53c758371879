"""What all tests share: Hypothesis' settings, a store that is nobody's own, and a PostgreSQL."""

import functools
import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from cnn.data.sets import digits, mnist, scenes, shapes
from cnn.training.store.store import Store
from tests import needs, postgres, warm
from tests.sharing import OneApp

ENGINES = ("sqlite", "postgresql")

# No deadlines: the first example pays for an import, and a busy machine is not a wrong answer.
settings.register_profile("default", deadline=None, max_examples=50)
# In CI the same ones every time, and failures that can be pasted into a test.
settings.register_profile("ci", deadline=None, max_examples=20, derandomize=True, print_blob=True)
settings.register_profile("proof", deadline=None, max_examples=400, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


# Oracles compute as the program does, on any processor: ONEDNN in cnn.training.engine.tensorflow.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Several workers share the cores, as sessions share those of the app (`app.py`). A second thread of
# each, which looks out for work, would take from the others.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")


def pytest_configure(config: pytest.Config) -> None:
    if is_for_proofs(config):
        settings.load_profile("proof")
        warm.has_forks = False


def pytest_report_header() -> list[str]:
    return needs.header()


def is_for_proofs(config: pytest.Config) -> bool:
    return "proof" in config.option.markexpr


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Proofs in a browser take too long for one worker."""
    is_by_file = config.getvalue("dist") == "loadfile"
    return OneApp(config, log) if is_by_file and not is_for_proofs(config) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is collected stays: to look for garbage among it takes seconds and finds none."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what takes minutes, unless it is asked for: `-m proof`.

    Then every property is tried again, on many more examples.
    """
    if is_for_proofs(config):
        for item in items:
            if is_hypothesis_test(getattr(item, "obj", None)):
                item.add_marker(pytest.mark.proof)
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (left_out if item.get_closest_marker("proof") else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session", autouse=True)
def store_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test, and every process it starts, away from the runs of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_HOME", str(tmp_path_factory.mktemp("store")))
        patch.setenv("CNN_NICENESS", "1")  # beside busy tests a worker would else get nothing
        yield


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """Streamlit looks for components in all that is installed whenever a test opens a page, which
    takes longer than the page.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_are_waited_for() -> Iterator[None]:
    """Streamlit looks a thousand times a second whether a page that a test opened is there, in the
    same interpreter that runs it; the page's thread can be waited for.
    """

    def waiting(runner: LocalScriptRunner, timeout: float) -> None:
        assert runner._script_thread
        runner._script_thread.join(timeout)
        look_again(runner, timeout)

    look_again = local_script_runner.require_widgets_deltas
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", waiting)
        yield


@pytest.fixture(scope="session", autouse=True)
def data_are_made_once() -> Iterator[None]:
    """What is drawn or unpacked for its arguments alone is never written to, and is drawn a
    thousand times; its own tests have the functions themselves.
    """
    with pytest.MonkeyPatch.context() as patch:
        for made_by in (shapes, scenes):
            patch.setattr(made_by, "draw", functools.lru_cache(maxsize=32)(made_by.draw))
        patch.setattr(digits, "load_digits", functools.cache(digits.load_digits))
        sample = functools.cache(lambda file: load_sample())
        load_sample = mnist.load_sample
        patch.setattr(mnist, "load_sample", lambda: sample(mnist.SAMPLE_FILE))
        yield


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> None:
    """Keras collects garbage with each model it forgets, Streamlit after each run of a page: over
    all that has been loaded by now, and that earlier files left, it would take seconds each time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running server, by its databases' URL; skipped with the reason where there is none."""
    needs.POSTGRESQL.or_skip()
    with postgres.server() as address:
        yield address


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'runs.sqlite'}"
    return postgres.new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a store may be, in a folder of its own."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "runs.sqlite"
