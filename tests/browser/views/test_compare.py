"""Comparing as a visitor does it: one click, one progress view, curves and a table."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.driving import PageMaker, settled
from tests.browser.training import WORKER_MS


@pytest.mark.proof
def test_two_networks_are_compared_in_one_click_and_found_again(training_url: str, page: Page):
    page.goto(f"{training_url}/compare?with=shapes-demo&with=lenet-5&data=shapes&epochs=2&seeds=1")
    start = page.get_by_role("button", name="Train all")
    expect(start).to_be_visible()
    settled(page)
    start.click()

    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible(timeout=WORKER_MS)
    lenet = page.get_by_role("row", name=re.compile("LeNet-5"))
    expect(lenet).to_contain_text("61,111")
    expect(lenet).to_contain_text(re.compile(r"\d+\.\d\s%"))
    expect(lenet).to_contain_text("n = 1")
    expect(page.get_by_role("figure", name="Accuracy, validation").locator(".trace")).to_have_count(
        2
    )
    settled(page)

    page.get_by_role("button", name="Parameters").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("LeNet-5")

    page.get_by_role("spinbutton", name="Seeds").fill("2")
    page.get_by_role("spinbutton", name="Seeds").press("Enter")
    expect(page.get_by_role("button", name="Train the 2 missing")).to_be_visible()
    assert "seeds=2" in page.url
    page.reload()
    expect(page.get_by_role("button", name="Train the 2 missing")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Show LeNet-5").click()
    page.wait_for_url("**/train?run=*")
    expect(page.get_by_role("heading", name="LeNet-5 on Shapes")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_click_before_the_last_choice_is_in_the_address_undoes_nothing(
    fresh_app_url: str, page: Page
):
    """As on a busy machine: what the server answers to the choice comes after the next click."""
    held: list[str | bytes] = []
    clicks: list[BackMsg] = []
    is_busy = False

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def to_server(said: str | bytes) -> None:
            server.send(said)
            assert isinstance(said, bytes)
            asked = BackMsg.FromString(said)
            if any(one.trigger_value for one in asked.rerun_script.widget_states.widgets):
                clicks.append(asked)
                while held:
                    browser.send(held.pop(0))

        def to_browser(said: str | bytes) -> None:
            if is_busy and not clicks:
                held.append(said)
            else:
                browser.send(said)

        browser.on_message(to_server)
        server.on_message(to_browser)

    page.route_web_socket("**/_stcore/stream", between)
    page.goto(f"{fresh_app_url}/compare?with=shapes-demo&with=lenet-5&data=shapes&epochs=2&seeds=1")
    seeds = page.get_by_role("spinbutton", name="Seeds")
    start = page.get_by_role("button", name="Train all")
    expect(start).to_be_visible()
    settled(page)
    is_busy = True
    seeds.fill("2")
    seeds.press("Enter")
    page.wait_for_timeout(2_000)
    start.click()

    expect(page.get_by_text("0 of 4 trainings finished")).to_be_visible()
    assert len(clicks) == 1
    assert "seeds=1" in clicks[0].rerun_script.query_string
    expect(seeds).to_have_value("2")
    assert "seeds=2" in page.url
    settled(page)


@pytest.mark.proof
def test_the_comparison_that_ships_from_the_table_to_the_report(
    app_url: str, new_page: PageMaker, tmp_path: Path
):
    page = new_page(color_scheme="dark", accept_downloads=True)
    page.goto(f"{app_url}/compare")
    settled(page)
    page.get_by_role("button", name="Open the ready-made comparison").click()
    expect(page.get_by_text("25 of 25 trainings finished")).to_be_visible()

    row = page.get_by_role("row", name=re.compile("Simple CNN"))
    expect(row).to_contain_text("n = 5")
    expect(row).to_contain_text(re.compile(r"99\.07 ± 0\.05\s%"))
    settled(page)
    row.get_by_role("cell").nth(3).click()
    expect(row).to_have_attribute("aria-current", "true")
    accuracy = page.get_by_role("figure", name="Accuracy, validation")
    expect(accuracy.locator(".trace[style*='opacity: 0.14']")).not_to_have_count(0)
    settled(page)
    row.press("Enter")
    expect(row).to_have_attribute("aria-current", "false")
    expect(accuracy.locator(".trace[style*='opacity: 0.14']")).to_have_count(0)
    settled(page)
    with page.expect_download() as figure:
        accuracy.hover()
        accuracy.locator("[data-title='Download plot as an SVG']").click()
    assert figure.value.suggested_filename == "Accuracy-validation.svg"

    told = re.compile("^Over . seeds of each and 10,000 test images")
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("Share of test images"))).to_be_visible()
    settled(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Report (HTML)").click()
    file = tmp_path / "comparison.html"
    download.value.save_as(file)
    settled(page)

    # The guards of the fixture hold here too: no error in the console, and no request to anywhere.
    report = new_page()
    report.goto(file.as_uri())
    expect(report.get_by_role("heading", name=re.compile("^5 networks on "))).to_be_visible()
    expect(report.locator(".plot .main-svg").first).to_be_visible()
    expect(report.locator(".plot:has(.main-svg)")).to_have_count(8)
    expect(report.get_by_role("row", name=re.compile("Simple CNN"))).to_contain_text("20,490")
    legend = report.locator("#figure-0 .legendtoggle")
    legend.first.click()  # shows that network alone
    expect(report.locator("#figure-0 .legend .traces[style*='opacity: 0.5']")).to_have_count(4)


@pytest.mark.proof
def test_on_a_phone_the_ways_on_begin_below_each_other(app_url: str, new_page: PageMaker):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{app_url}/compare")
    settled(page)
    ways = (
        page.get_by_role("button", name="Open the ready-made comparison"),
        page.get_by_role("link", name="One thing changed at a time: Experiments"),
    )
    boxes = []
    for way in ways:
        expect(way).to_be_visible()
        icon = way.get_by_test_id("stIconMaterial").bounding_box()
        assert icon
        boxes.append(icon)
    assert boxes[0]["y"] < boxes[1]["y"]
    assert boxes[0]["x"] == pytest.approx(boxes[1]["x"], abs=1)


@pytest.mark.proof
def test_every_name_of_a_legend_can_be_clicked_while_the_plots_buttons_show(
    app_url: str, page: Page
):
    page.goto(f"{app_url}/compare?open=shipped")
    plot = page.get_by_role("figure", name="Accuracy, validation")
    names = plot.locator(".legendtoggle")
    expect(names).to_have_count(5)
    settled(page)

    plot.hover()
    expect(plot.locator(".modebar")).to_have_css("opacity", "1")

    for place in range(5):
        names.nth(place).click(trial=True)  # fails where something else would be clicked
