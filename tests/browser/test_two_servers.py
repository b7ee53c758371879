"""Two servers of the app on one PostgreSQL: what is begun in one is seen and done in the other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import postgres
from tests.browser.driving import PageMaker, running, settled
from tests.browser.training import WORKER_MS, press_train


@pytest.fixture
def urls(tmp_path: Path, postgresql: str) -> Iterator[tuple[str, str]]:
    """The addresses of both; one has the worker."""
    store = postgres.new_database(postgresql)
    homes = tmp_path / "one", tmp_path / "other"
    for home in homes:
        home.mkdir()
    with running(homes[0], workers=1, store=store) as one, running(homes[1], store=store) as other:
        yield one, other


@pytest.mark.proof
def test_a_run_of_one_is_followed_stopped_and_compared_in_the_other(
    urls: tuple[str, str], new_page: PageMaker
):
    here, there = (new_page(color_scheme="light") for _ in urls)
    there.goto(f"{urls[1]}/train?network=shapes-demo&data=shapes&epochs=2")
    press_train(there)  # the other server has no worker: the first one's takes it
    expect(there.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )

    here.goto(f"{urls[0]}/train?network=shapes-demo&data=shapes&epochs=300")
    press_train(here)
    expect(here.get_by_text(re.compile(r"^Epoch \d+ of 300"))).to_be_visible(timeout=WORKER_MS)
    there.goto(f"{urls[1]}/train?run={here.url.split('run=')[1]}")
    expect(there.get_by_text(re.compile(r"^Epoch \d+ of 300"))).to_be_visible()
    there.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    for window in (there, here):
        expect(window.get_by_text("the test set was not looked at")).to_be_visible()
        settled(window)

    here.goto(f"{urls[0]}/train")
    row = here.get_by_role("row", name=re.compile("Shapes demo.*finished"))
    row.get_by_role("checkbox").check()
    here.get_by_role("button", name="Compare", exact=True).click()
    expect(here).to_have_title("Compare · CNN Workbench")
    expect(here.get_by_role("table").first).to_contain_text("Shapes demo")
    settled(here)
