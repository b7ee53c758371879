"""Coming in by the address with the token, in a browser; and who may show the app in a frame."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocketRoute, expect

from tests.browser.driving import RUN_MS, running, settled
from tests.browser.parts.test_own_images import stripes
from tests.browser.training import WORKER_MS

OPEN = ("--server.address=0.0.0.0",)
REFUSED = {401, 403}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who has been nowhere. What is refused is an error in the console, so here that is
    looked at only after coming in.
    """
    made = browser.new_context()
    made.set_default_timeout(RUN_MS)
    yield made
    made.close()


@pytest.fixture
def elsewhere() -> Iterator[http.server.HTTPServer]:
    """Another site, whose page shows whatever its address names in a frame."""

    class Frames(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{self.path.partition("?")[2]}"></iframe>'.encode())

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Frames) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.proof
def test_the_address_with_the_token_opens_the_deep_link_and_all_of_the_app(
    context: BrowserContext, tmp_path: Path
):
    page = context.new_page()
    with running(tmp_path, workers=1, options=OPEN) as url:
        wanted = f"{url}/build?net=1.Mine.8x8x1.f-d2.end"
        page.goto(wanted)
        expect(page.locator("body")).to_contain_text("opens by the address with its token")
        assert page.url == wanted

        refused: list[str] = []
        page.on("response", lambda one: refused.append(one.url) if one.status in REFUSED else None)
        (kept,) = (tmp_path / "store" / "addresses").glob("*.txt")
        token = kept.read_text().split()[0].partition("/?")[2]
        page.goto(f"{url}/?{token}")
        expect(page).to_have_url(wanted)
        expect(page.get_by_text("Checked against Keras")).to_be_visible(timeout=WORKER_MS)
        settled(page)
        assert page.evaluate("document.cookie").find("cnn_entry") == -1

        page.goto(f"{url}/train?network=shapes-demo&data=digits&epochs=3")
        page.get_by_role("button", name="Add your own images").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files(stripes(tmp_path))
        expect(dialog.get_by_text("40 pictures of 2 kinds were read")).to_be_visible()
        settled(page)
        assert not refused
        page.close()


@pytest.mark.proof
def test_a_page_whose_token_is_no_more_says_so_and_opens_again_by_the_new_one(
    context: BrowserContext, tmp_path: Path
):
    """As after a restart: the conversation is cut off, and no other one is let in."""
    page = context.new_page()
    talks: list[WebSocketRoute] = []

    def between(browser: WebSocketRoute) -> None:
        browser.connect_to_server()
        talks.append(browser)

    page.route_web_socket("**/_stcore/stream", between)
    with running(tmp_path, options=OPEN) as url:
        (kept,) = (tmp_path / "store" / "addresses").glob("*.txt")
        token = kept.read_text().split()[0].partition("/?")[2]
        page.goto(f"{url}/build?net=1.Mine.8x8x1.f-d2.end&{token}")
        settled(page)
        wanted = page.url

        context.clear_cookies()
        talks[0].close(code=1012)

        expect(page.locator("body")).to_contain_text("opens by the address with its token")
        assert page.url == wanted
        page.goto(f"{url}/?{token}")
        expect(page).to_have_url(wanted)
        settled(page)
        page.close()


@pytest.mark.proof
@pytest.mark.parametrize("is_named", [False, True])
def test_only_a_named_site_shows_the_app_in_a_frame(
    context: BrowserContext, tmp_path: Path, elsewhere: http.server.HTTPServer, is_named: bool
):
    site = f"http://127.0.0.1:{elsewhere.server_port}"
    settings = {"CNN_FRAME_ANCESTORS": site} if is_named else {}
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    with running(tmp_path, settings=settings) as url:
        page.goto(f"{site}/?{url}/learn")
        shown = page.frame_locator("iframe").get_by_role("heading", name="Learn", exact=True)
        if is_named:
            expect(shown).to_be_visible()
            settled_in = page.frame_locator("iframe").get_by_test_id("stApp")
            expect(settled_in).to_have_attribute("data-test-script-state", "notRunning")
        else:
            page.wait_for_timeout(3_000)
            expect(shown).to_have_count(0)
            assert any("frame-ancestors" in words for words in refused)
        page.close()
