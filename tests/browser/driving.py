"""Driving the app: its server as a process of its own, and waiting until a page is done."""

import itertools
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedInVain

ROOT = Path(__file__).parents[2]
START_S = END_S = 60
RUN_MS = 60_000
MENU_MS, OPENINGS = 5_000, 6
SHOWN = "[data-testid=stMain] [data-testid=stElementContainer]"
DEAF = "[data-testid=stSkeleton], [data-testid^=stBidiComponent]:not([data-begun])"
"""What has still to come, and a component whose script has not begun: the mark is made in
`ui/components/scripts.py`.
"""

PageMaker = Callable[..., Page]

ended: set[str] = set()
"""Addresses whose server was told to end: a page that is still open there misses it."""


@contextmanager
def running(
    home: Path,
    script: Path = ROOT / "app.py",
    *,
    workers: int = 0,
    store: str = "",
    cwd: Path = ROOT,
    options: tuple[str, ...] = (),
    settings: dict[str, str] | None = None,
) -> Iterator[str]:
    """Serve a script from a fresh process, whose home and store are `home`; yield its address.

    Or whose store is at that URL, which another one may use too; `cwd` is the folder it is started
    in, which holds no code for it; `options` are Streamlit's, `settings` those of the environment.

    Streamlit shows a visitor most errors and logs all of them, so the log has the last word. A
    worker costs the seconds that TensorFlow takes; ask for one to train.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    log = home / "server.log"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    command = [sys.executable, "-P", "-m", "streamlit", "run"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, str(script), f"--server.port={port}", *options],
            cwd=cwd,
            env=inherited
            | {"HOME": str(home), "CNN_HOME": str(home / "store"), "CNN_WORKERS": str(workers)}
            | ({"CNN_STORE": store} if store else {})
            | (settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(url, server, log)
        yield url
    finally:
        ended.add(url)
        server.terminate()
        server.wait(timeout=END_S)
    text = log.read_text()
    assert "Traceback" not in text, f"the server's log has a traceback:\n{text}"


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end, and so shows all it will show, and until the
    scripts of its components, which come by ways of their own, hear what is done to them.

    A page that has just opened says that nothing runs, before anything does.
    """
    expect(page.locator(SHOWN).first).to_be_attached(timeout=RUN_MS)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=RUN_MS)
    expect(page.locator(DEAF)).to_have_count(0, timeout=RUN_MS)


def choose_radio(radio: Locator) -> None:
    """Click the words of a choice, once they stand still: above them, pictures may still arrive."""
    radio.locator("xpath=ancestor::label").click()


def choose_option(menu: Locator, name: str | re.Pattern[str]) -> None:
    """Opens a menu and takes from it; opens it again where a run of the page has closed it."""
    option = menu.page.get_by_role("option", name=name).first
    for _ in range(OPENINGS):
        if menu.get_attribute("aria-expanded") != "true":
            menu.click()
        try:
            option.click(timeout=MENU_MS)
        except WaitedInVain:
            continue
        return
    raise AssertionError(f"the menu has no {name!r}: {menu.page.get_by_role('option').all()}")


_opened = itertools.count()


def as_new(page: Page) -> Page:
    """A page of one of the small apps in `apps/`, with its size and pointer as they were."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.mouse.move(0, 0)
    return page


def open_with(page: Page, asked: str, sign: str) -> None:
    """Tells a small app what to show, anew each time: a number that is behind the sign says so."""
    asked = f"{asked}{sign}{next(_opened)}"
    field = page.get_by_role("textbox", name="Open with")
    field.fill(asked, timeout=RUN_MS)
    field.press("Enter")
    expect(page.get_by_text(f"opened with {asked}", exact=True)).to_be_visible(timeout=RUN_MS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.02)
    raise AssertionError(f"the app did not start within {START_S} s:\n{log.read_text()}")
