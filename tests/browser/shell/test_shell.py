"""The frame around the pages, as a visitor meets it."""

import http.client
import json
import re
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.pictures.kit.figures import template
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import PageMaker, settled
from tests.training.exposition import metrics
from tests.visitor import PATIENCE_S


def test_home_opens_in_the_light_with_its_icon_and_the_navigation_beside_it(
    app_url: str, page: Page
):
    page.goto(app_url)

    expect(page.get_by_test_id("stMain").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    settled(page)
    expect(page).to_have_title("Home · CNN Workbench")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    # Chromium reports no request for an icon, so the address is read instead.
    expect(page.locator('link[rel~="icon"]')).to_have_attribute("href", re.compile("^data:image/"))


@pytest.mark.proof
def test_a_deep_link_as_the_very_first_visit_shows_the_navigation(fresh_app_url: str, page: Page):
    missed: list[str] = []
    page.on("response", lambda one: missed.append(one.url) if one.status >= 400 else None)
    page.goto(f"{fresh_app_url}/build")

    expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Build")).to_be_visible()
    settled(page)
    expect(page).to_have_title("Build · CNN Workbench")
    assert not missed, "the server is looked for below the page"


@pytest.mark.proof
def test_every_page_opens_from_the_navigation(app_url: str, page: Page):
    page.goto(app_url)
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links.first).to_be_visible()
    settled(page)

    for name in links.all_inner_texts():
        label = name.splitlines()[-1]  # an icon's name comes first
        links.filter(has_text=label).click()
        expect(page).to_have_title(f"{label} · CNN Workbench")
        settled(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.proof
def test_what_a_left_page_still_sends_does_not_wipe_the_next_one(app_url: str, page: Page):
    """The pad's last word, sent once more right after the click on a link: it is late."""
    of_a_part: list[bytes] = []
    late: list[bytes] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def hand_on(said: str | bytes) -> None:
            server.send(said)
            assert isinstance(said, bytes)
            asked = BackMsg.FromString(said).rerun_script
            if asked.fragment_id:
                of_a_part.append(said)
            elif of_a_part and not late:
                late.append(of_a_part[-1])
                server.send(late[0])

        browser.on_message(hand_on)

    page.route_web_socket("**/_stcore/stream", between)
    page.goto(f"{app_url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    draw(page, DIGITS["3"])
    expect(page.get_by_text("Nothing drawn yet.")).to_have_count(0)
    settled(page)

    page.get_by_role("link", name="Learn", exact=True).click()

    expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    settled(page)
    page.wait_for_timeout(1_000)
    assert late
    expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()


def test_it_is_dark_where_the_visitors_system_is(app_url: str, new_page: PageMaker):
    page = new_page(color_scheme="dark")
    page.goto(f"{app_url}/learn")

    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(15, 18, 24)")
    settled(page)


@pytest.mark.proof
def test_plots_take_on_the_theme_that_is_chosen_in_the_menu(page: Page, app_url: str):
    page.goto(f"{app_url}/lesson?of=activations")
    plot = page.locator(".live-plot").first
    expect(plot).to_have_attribute("data-state", "shown")
    settled(page)
    name = plot.locator(".legendtext").first
    dark = template(dark=True)["layout"]["font"]["color"]
    light = template(dark=False)["layout"]["font"]["color"]
    for place, ink in ((2, dark), (1, light)):
        page.get_by_test_id("stMainMenu").get_by_role("button").click()
        page.get_by_role("menuitemradio").nth(place).click()
        page.keyboard.press("Escape")
        red, green, blue = (int(ink[at : at + 2], 16) for at in (1, 3, 5))
        expect(name).to_have_css("fill", f"rgb({red}, {green}, {blue})")
        settled(page)


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1", 101), ("localhost", 101), ("rebound.example", 403)]
)
def test_only_this_machines_names_reach_the_app(app_url: str, host: str, status: int):
    address = urlparse(app_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_S)
    upgrade = {
        "Host": f"{host}:{address.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    connection.request("GET", "/_stcore/stream", headers=upgrade)

    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.proof
def test_a_page_that_died_loads_itself_anew_once_a_minute(app_url: str, page: Page):
    """The watch looks for Streamlit's frame, which is gone where its own script has failed."""
    die = "document.querySelector('[data-testid=stApp]').removeAttribute('data-testid')"
    link = encode(entry("shapes-demo").architecture)
    page.clock.install()
    page.goto(f"{app_url}/build?net={link}")
    settled(page)

    with page.expect_navigation():
        page.evaluate(die)
    expect(page.get_by_test_id("stMain")).to_be_visible()
    settled(page)
    assert link in page.url

    page.evaluate(die)
    expect(page.get_by_text("This page failed twice within a minute.")).to_be_visible()
    with page.expect_navigation():
        page.clock.fast_forward(60_000)
    expect(page.get_by_test_id("stMain")).to_be_visible()
    settled(page)


def test_the_server_says_whether_all_is_ready_beside_what_streamlit_says(app_url: str):
    def asked(path: str, **headers: str) -> tuple[int, str]:
        address = urlparse(app_url)
        connection = http.client.HTTPConnection(
            str(address.hostname), address.port, timeout=PATIENCE_S
        )
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        status, body = answer.status, answer.read().decode()
        connection.close()
        return status, body

    status, body = asked("/ready")  # of an app that is to have no worker
    assert (status, json.loads(body)["store_writable"]) == (200, True)
    status, body = asked("/metrics")
    assert (status, metrics(body)["cnn_ready"]) == (200, 1)
    assert asked("/ready", Host="evil.example")[0] == 403
    assert asked("/_stcore/health") == (200, "ok")
    assert "# TYPE" in asked("/_stcore/metrics")[1]
