"""A class over several app processes on one store, behind nginx as `docs/nginx.conf` has it."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from cnn.people import accounts
from cnn.training.store.store import Store
from tests import needs, nginx, openid, postgres
from tests.browser.driving import ROOT, running, settled
from tests.browser.training import WORKER_MS, press_train
from tests.training import ray_nodes
from tests.training.exposition import metrics

pytestmark = [pytest.mark.proof, needs.NGINX.mark()]
NONE: Mapping[str, str] = MappingProxyType({})
UNDER_WAY = re.compile(r"^Epoch \d+ of 500")


@dataclass
class School:
    """Where people go, the processes behind that, and what these share."""

    url: str
    apps: list[str]
    store: Store

    def link(self, name: str) -> str:
        return f"{self.url}/enter/{accounts.add(self.store, name, class_name='4b')[1]}"

    def serving(self) -> list[str]:
        """The processes in which pages are open; what has ended has none."""
        return [app for app in self.apps if open_pages(app)]


def open_pages(app: str) -> float:
    try:
        with urllib.request.urlopen(f"{app}/metrics", timeout=20) as answer:
            return metrics(answer.read().decode())["cnn_open_sessions"]
    except OSError:
        return 0


@contextmanager
def served(
    folder: Path, postgresql: str, *, workers: int = 0, settings: Mapping[str, str] = NONE
) -> Iterator[School]:
    """Three processes on one PostgreSQL, each with so many workers, behind nginx."""
    address = postgres.new_database(postgresql)
    given = {"CNN_ACCOUNTS": "invite", "STREAMLIT_SERVER_COOKIE_SECRET": "s" * 32, **settings}
    with ExitStack() as open_:
        store = open_.enter_context(closing(Store(address)))
        apps = []
        for number in range(3):
            (home := folder / str(number)).mkdir()
            one = running(home, workers=workers, store=address, settings=given)
            apps.append(open_.enter_context(one))
        (place := folder / "nginx").mkdir()
        ports = [app.rsplit(":", 1)[1] for app in apps]
        yield School(open_.enter_context(nginx.server(place, ports)), apps, store)


@pytest.fixture
def school(tmp_path: Path, postgresql: str) -> Iterator[School]:
    """One with a worker that is no app's, so that it outlives each of them."""
    with served(tmp_path, postgresql) as school, ExitStack() as open_:
        store = {"CNN_STORE": school.store.url, "CNN_HOME": str(tmp_path / "worker")}
        command = [sys.executable, "-m", "cnn", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=os.environ | store)
        open_.callback(worker.wait)
        open_.callback(worker.terminate)
        yield school


def come_in(page: Page, school: School, name: str) -> None:
    page.goto(school.link(name))
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    settled(page)


def kill(app: str) -> None:
    """As a machine that fails would: without a word to whoever is connected."""
    option = f"--server.port={app.rsplit(':', 1)[1]}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another one that ended meanwhile
            if option in (folder / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
                return
    raise AssertionError(f"nothing serves at {app}")


def test_two_people_see_what_is_theirs_and_a_page_outlives_the_process_that_served_it(
    school: School, browser: Browser
):
    anna, ben = (browser.new_context(ignore_https_errors=True).new_page() for _ in range(2))
    come_in(anna, school, "Anna")
    (first,) = school.serving()
    for _ in range(3):
        anna.goto(f"{school.url}/train?network=lenet-5&data=mnist-sample&epochs=500")
        settled(anna)
        assert school.serving() == [first], "a browser stays at its process"
    cookies = {one["name"]: one for one in anna.context.cookies()}
    assert all(one["secure"] and one["httpOnly"] for name, one in cookies.items() if "cnn" in name)

    come_in(ben, school, "Ben")
    press_train(anna)
    expect(anna.get_by_text(UNDER_WAY)).to_be_visible(timeout=WORKER_MS)
    ben.goto(f"{school.url}/train?run={anna.url.split('run=')[1]}")
    expect(ben.get_by_text("A run of this address is not there any more.")).to_be_visible()
    expect(ben.get_by_text(UNDER_WAY)).to_be_hidden()

    kill(first)

    was = anna.get_by_text(UNDER_WAY).inner_text()
    expect(anna.get_by_text(UNDER_WAY)).not_to_have_text(was, timeout=WORKER_MS)
    settled(anna)
    expect(anna.get_by_test_id("stSidebar").get_by_text("Anna ·")).to_be_visible()
    assert first not in school.serving()
    expect(ben.get_by_test_id("stSidebar").get_by_text("Ben ·")).to_be_visible()

    anna.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    expect(anna.get_by_text("the test set was not looked at")).to_be_visible(timeout=WORKER_MS)
    for page in (anna, ben):
        settled(page)
        page.context.close()


def test_who_signs_in_at_a_provider_comes_back_over_https_to_the_page_they_wanted(
    tmp_path: Path, browser: Browser, postgresql: str
):
    needs.OPENID.or_skip()
    anna = {"sub": "anna-1", "name": "Anna Lindqvist"}
    address = postgres.new_database(postgresql)
    with ExitStack() as open_:
        settings = openid.settings(open_.enter_context(openid.provider(anna)))
        ports = []
        for number in range(2):
            (home := tmp_path / str(number)).mkdir()
            app = open_.enter_context(running(home, store=address, settings=settings))
            ports.append(app.rsplit(":", 1)[1])
        (folder := tmp_path / "nginx").mkdir()
        url = open_.enter_context(nginx.server(folder, [*ports, ports[0]]))
        page = browser.new_context(ignore_https_errors=True).new_page()
        back = f"{url}/signed-in"
        for lie in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Host": "evil.example"}):
            sent = page.request.get(f"{url}/signin", headers=lie, max_redirects=0)
            assert parse_qs(urlsplit(sent.headers["location"]).query)["redirect_uri"] == [back]

        page.goto(f"{url}/build?net=1.8x8x1.f-d2.end")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name="anna-1").click()
        page.wait_for_url(f"{url}/build?net=1.8x8x1.f-d2.end")
        settled(page)
        expect(page.get_by_test_id("stSidebar").get_by_text("Anna Lindqvist")).to_be_visible()
        cookies = [one for one in page.context.cookies(url) if one["name"].startswith("cnn_")]
        assert any(one["name"].startswith("cnn_visit") for one in cookies)
        assert all(one["secure"] and one["httpOnly"] for one in cookies)

        page.get_by_role("link", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out here")).to_be_visible()
        assert page.request.get(url).status == 401
        page.context.close()


def test_two_people_train_at_once_on_two_nodes_of_a_cluster_and_see_what_is_theirs(
    tmp_path: Path, browser: Browser, postgresql: str
):
    needs.RAY.or_skip()
    with ExitStack() as open_:
        nodes = open_.enter_context(ray_nodes.cluster(2))
        school = open_.enter_context(
            served(tmp_path, postgresql, workers=1, settings=nodes.settings)
        )
        anna, ben = (browser.new_context(ignore_https_errors=True).new_page() for _ in range(2))
        for page, name in ((anna, "Anna"), (ben, "Ben")):
            come_in(page, school, name)
            page.goto(f"{school.url}/train?network=lenet-5&data=mnist-sample&epochs=500")
            settled(page)
            press_train(page)
        for page in (anna, ben):
            expect(page.get_by_text(UNDER_WAY)).to_be_visible(timeout=WORKER_MS)
        assert len(school.serving()) == 2
        runs = school.store.latest(5)
        assert len({run.owner for run in runs}) == len(runs) == 2
        assert len({ray_nodes.node_of(run.worker) for run in runs}) == 2

        ben.goto(f"{school.url}/train?run={anna.url.split('run=')[1]}")
        expect(ben.get_by_text("A run of this address is not there any more.")).to_be_visible()
        ben.go_back()
        for page in (anna, ben):
            was = page.get_by_text(UNDER_WAY).inner_text()
            expect(page.get_by_text(UNDER_WAY)).not_to_have_text(was, timeout=WORKER_MS)
            page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
            expect(page.get_by_text("the test set was not looked at")).to_be_visible(
                timeout=WORKER_MS
            )
            settled(page)
            page.context.close()
