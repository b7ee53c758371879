"""What a cut connection swallows while a page is loaded is asked for again, whatever it was."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.driving import settled

OF_A_TRY = re.compile(r"/js/[0-9a-f]{12}(?:\.\d+)?/")
SHIPPED = "/compare?open=shipped"
TWICE_MS = 60_000
"""So long may a page take that is loaded twice and judges a comparison for the first time."""


@pytest.fixture
def cut_page(browser: Browser) -> Iterator[Page]:
    """A page whose console may say that something did not arrive."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(TWICE_MS)
    yield context.new_page()
    context.close()


def swallow_once(page: Page, files: str) -> list[str]:
    """Has the first request for each of these files fail; returns those that did."""
    swallowed: list[str] = []

    def answer(route: Route) -> None:
        file = OF_A_TRY.sub("/js/", route.request.url.partition("?")[0])
        if file in swallowed:
            route.continue_()
            return
        swallowed.append(file)
        route.abort("connectionreset")

    page.route(files, answer)
    return swallowed


@pytest.mark.parametrize(
    "files",
    [
        pytest.param("**/static/js/index.*.js", id="Streamlit's script", marks=pytest.mark.proof),
        pytest.param(
            "**/static/js/BidiComponent.*.js", id="what it loads later", marks=pytest.mark.proof
        ),
        pytest.param("**/vendor/plotly-*.js*", id="Plotly", marks=pytest.mark.proof),
        pytest.param(
            "**/js/*/*/*.js",
            id="scripts of ours, each of those that are imported",
            marks=pytest.mark.proof,
        ),
        pytest.param("**/js/*/kit/element.js", id="what scripts of ours import"),
    ],
)
def test_a_file_that_did_not_arrive_is_loaded_again(app_url: str, cut_page: Page, files: str):
    swallowed = swallow_once(cut_page, files)
    cut_page.goto(f"{app_url}{SHIPPED}")

    plot = cut_page.get_by_role("figure", name="Accuracy, validation")
    expect(plot.locator(".main-svg").first).to_be_visible(timeout=TWICE_MS)
    expect(cut_page.get_by_role("row", name="Simple CNN")).to_be_visible()
    expect(cut_page.get_by_text("Failed to fetch")).to_have_count(0)
    expect(cut_page.get_by_text("could not be drawn")).to_have_count(0)
    assert swallowed


def test_a_page_that_ended_in_its_middle_is_loaded_again(app_url: str, cut_page: Page):
    halves: list[str] = []

    def answer(route: Route) -> None:
        if halves:
            route.continue_()
            return
        whole = route.fetch(timeout=TWICE_MS).text()
        halves.append(whole[: whole.index("<title>")])
        route.fulfill(body=halves[0], content_type="text/html")

    cut_page.route("**/learn", answer)
    cut_page.goto(f"{app_url}/learn")

    expect(cut_page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    settled(cut_page)


@pytest.mark.proof
def test_a_page_that_failed_at_once_is_loaded_again(app_url: str, cut_page: Page):
    """Between two looks of the watch: Streamlit's frame comes and goes."""
    cut_page.route(
        "**/static/js/index.*.js",
        lambda route: route.fulfill(body="", status=200, content_type="text/javascript"),
        times=1,
    )
    cut_page.goto(f"{app_url}/learn")
    cut_page.evaluate("""() => {
      const app = document.createElement("div");
      app.dataset.testid = "stApp";
      document.body.append(app);
      setTimeout(() => app.remove(), 10);
    }""")

    expect(cut_page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    settled(cut_page)


@pytest.mark.proof
def test_a_page_whose_first_words_end_in_a_cut_comes_back(app_url: str, cut_page: Page):
    """Streamlit's side bar fails where it is first drawn without a connection: all goes white."""
    deaths: list[str] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        held: list[str | bytes] = []

        def to_browser(said: str | bytes) -> None:
            if deaths:
                browser.send(said)
                return
            assert isinstance(said, bytes)
            held.append(said)
            if ForwardMsg.FromString(said).WhichOneof("type") == "navigation":
                for one in held:
                    browser.send(one)
                browser.close()

        server.on_message(to_browser)

    cut_page.on("pageerror", lambda error: deaths.append(str(error)))
    cut_page.route_web_socket("**/_stcore/stream", between)
    for _ in range(20):  # it depends on which the browser is told first
        cut_page.goto(f"{app_url}/learn")
        cut_page.wait_for_timeout(2_000)
        if deaths:
            break

    assert deaths == ["not connected to a server!"]
    expect(cut_page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    settled(cut_page)
