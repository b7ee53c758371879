"""Fixtures that open the running app in Chromium, and fail a test for whatever goes wrong there."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.driving import PageMaker, ended, running
from tests.needs import BROWSER
from tests.training.measured import as_measured

OURS = {"127.0.0.1", "localhost"}
INLINE = {"data", "blob", "file"}
MISSED = ("net::ERR_CONNECTION_REFUSED", "disconnected from server")
"""What a page says that is still open when its server has ended."""
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera whose picture moves
    "--use-fake-ui-for-media-stream",  # and that is allowed
)

PATIENCE_MS = 60_000  # a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running app has its store."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def app_url(app_home: Path) -> Iterator[str]:
    """The address of the running app, shared by the tests of this worker."""
    with running(app_home) as url:
        yield url


@pytest.fixture(scope="module")
def training_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running app with a worker, so that what is queued is trained.

    It ends with the file: a worker looks for work ten times a second.
    """
    home = tmp_path_factory.mktemp("training")
    as_measured(home / "store")
    with running(home, workers=1) as url:
        yield url


@pytest.fixture
def fresh_app_url(tmp_path: Path) -> Iterator[str]:
    """The address of an app that nobody has visited yet."""
    with running(tmp_path) as url:
        yield url


@pytest.fixture
def fresh_training_url(tmp_path: Path) -> Iterator[str]:
    """The address of an app with a worker that nobody has visited yet."""
    with running(tmp_path, workers=1) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; a test without one is skipped, but never in CI."""
    BROWSER.or_skip()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def visitors() -> defaultdict[str, list[BrowserContext]]:
    """The visitors who have left, by their options: they have nothing left but a full cache."""
    return defaultdict(list)


def pages(
    browser: Browser, visitors: defaultdict[str, list[BrowserContext]]
) -> Iterator[PageMaker]:
    """Open a page of a visitor's own: `new_page(color_scheme="dark", viewport=...)`.

    Afterwards the test, or the last one of a file, fails for an error in a page or its console, an
    exception on a page, and any request that left this machine.
    """
    opened: list[tuple[str, Page]] = []
    troubles: list[str] = []

    def open_page(**options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options
        kind = repr(sorted(options.items()))
        left = visitors[kind]
        page = (left.pop() if left else browser.new_context(**options)).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
        page.on("console", lambda message: troubles.extend(_console_error(message)))
        page.on("request", lambda request: troubles.extend(_departure(request.url)))
        page.on("websocket", lambda websocket: troubles.extend(_departure(websocket.url)))
        opened.append((kind, page))
        return page

    yield open_page
    for kind, page in opened:
        if page.is_closed():
            page.context.close()
            continue
        expect(page.get_by_test_id("stException")).to_have_count(0)
        _forget(page)
        visitors[kind].append(page.context)
    assert not troubles, "\n".join(troubles)


new_page = pytest.fixture(pages)
pages_of_a_file = pytest.fixture(pages, scope="module")


@pytest.fixture
def page(new_page: PageMaker) -> Page:
    """One guarded page in the light theme, 1440 by 900."""
    return new_page(color_scheme="light")


def _forget(page: Page) -> None:
    """Closes the page of a visitor who leaves nothing behind for the next one but the cache."""
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear()")
    page.context.clear_cookies()
    page.context.clear_permissions()
    for one in page.context.pages:
        one.close()


def _console_error(message: ConsoleMessage) -> Iterator[str]:
    # Opened by a deep link, Streamlit's front end asks for its server under that path first.
    place = message.location["url"]
    probe = "404" in message.text and "/_stcore/" in place
    is_gone = any(place.startswith(url) for url in ended)
    missed = is_gone and any(words in message.text for words in MISSED)
    if message.type == "error" and not probe and not missed:
        yield f"error in the console: {message.text} ({place})"


def _departure(url: str) -> Iterator[str]:
    parts = urlparse(url)
    if parts.scheme not in INLINE and parts.hostname not in OURS:
        yield f"a request left this machine: {url}"
