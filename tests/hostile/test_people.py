"""People with accounts, over the running server: strangers, links, two pupils and a teacher."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cnn.data.own import library
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import designs, labels
from cnn.training.store.store import Store
from tests.browser.driving import running
from tests.data.own.test_images import CATS_AND_DOGS, zipped
from tests.hostile.requests import FILE
from tests.hostile.test_doors import assert_is_a_sentence
from tests.visitor import UPGRADE, answers, asked, talking
from ui.shell.people.who import _said

REVOKED_WITHIN_S = 5.0
NETWORK = Architecture("Annas own", (8, 8, 1), (Flatten(), Dense(2)))


class School:
    """A server with accounts, and its store as its operator has it."""

    def __init__(self, url: str, store: Store, home: Path) -> None:
        self.url, self.store, self.home = url, store, home
        self.port = urlsplit(url).port

    def invited(self, name: str, role: Role = Role.LEARNER) -> tuple[Person, str]:
        return accounts.add(self.store, name, role, "4b")

    def come_in(self, key: str) -> str:
        """The cookie of whoever presses the button of a link."""
        came = asked(self.url, f"/enter/{key}", "POST", body=b"")
        assert came.status == 303
        return f"cnn_visit_{self.port}={came.cookies[f'cnn_visit_{self.port}']}"

    def person(self, name: str, role: Role = Role.LEARNER) -> tuple[Person, str]:
        person, key = self.invited(name, role)
        return person, self.come_in(key)

    def page(self, cookie: str, page: str, query: str = "") -> str:
        """All that a page says."""
        with talking(self.url, cookie=cookie) as talk:
            message = BackMsg()
            message.rerun_script.page_name = page
            message.rerun_script.query_string = query
            return " ".join(str(one) for one in answers(talk, message))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    home = tmp_path_factory.mktemp("school")
    settings = {"CNN_ACCOUNTS": "invite"}
    with running(home, options=("--server.address=0.0.0.0",), settings=settings) as url:
        store = Store(f"sqlite:///{home / 'store' / 'runs.sqlite'}")
        yield School(url, store, home)
        store.close()


STRANGERS = {
    "nobody": {},
    "a person that says so": {"X-Cnn-Person": "local"},
    "a proxy that nobody named": {"X-Forwarded-User": "teacher"},
    "a cookie made up": {"Cookie": "cnn_visit_PORT=" + "a" * 43},
    "an empty cookie": {"Cookie": "cnn_visit_PORT="},
    "a bearer": {"Authorization": "Bearer " + "a" * 43},
}
ROUTES = (
    *("/", "/train?run=x", "/_stcore/host-config", "/static/js/index.js", "/networks/x"),
    *("/checks", "/notes", "/news/x"),
    *("/js/x/kit/keys.js", "/leave", "/enter", "/enter/", "/enter/x", "/media/x.png"),
)


@pytest.mark.parametrize("name", STRANGERS)
def test_every_route_refuses_whoever_has_no_account(school: School, name: str):
    shown = {key: one.replace("PORT", str(school.port)) for key, one in STRANGERS[name].items()}
    for path in ROUTES:
        for method in ("GET", "POST", "PUT"):
            answer = asked(school.url, path, method, shown, b"" if method != "GET" else None)
            assert answer.status == (200 if (path, method) == ("/leave", "POST") else 401), path
            assert_is_a_sentence(answer.text)
    assert asked(school.url, FILE, "PUT", shown, b"x").status == 401
    assert asked(school.url, "/_stcore/stream", headers=UPGRADE | shown).status == 403
    assert asked(school.url, "/_stcore/health").status == 200


@pytest.mark.parametrize("found", ["ben", ""])
def test_what_a_visitor_says_of_who_they_are_is_taken_out(found: str):
    lies = [(name, b"local") for name in (b"x-cnn-person", b"X-CNN-Person", b"X-Cnn-Person")]
    scope = {"type": "http", "headers": [*lies, (b"host", b"class.example"), *lies]}

    told = [one for one in _said(scope, found)["headers"] if one[0] != b"host"]

    assert told == ([(b"x-cnn-person", b"ben")] if found else [])
    assert len(scope["headers"]) == 7  # what was sent is not changed


def test_a_link_shows_whom_it_invites_and_its_button_uses_it_up(school: School):
    _, key = school.invited("Anna <b>")
    for _ in range(3):  # a program that looks at links ahead
        shown = asked(school.url, f"/enter/{key}")
        assert shown.status == 200
        assert "Anna &lt;b&gt;" in shown.text
        assert not [one for one in shown.cookies if one.startswith("cnn_visit")]
    cookie = school.come_in(key)
    assert asked(school.url, "/", headers={"Cookie": cookie}).status == 200
    for method in ("GET", "POST"):
        again = asked(school.url, f"/enter/{key}", method, body=b"" if method == "POST" else None)
        assert again.status == 410
        assert_is_a_sentence(again.text)
        assert not [one for one in again.cookies if one.startswith("cnn_visit")]
    with sqlite3.connect(school.store.url.removeprefix("sqlite:///")) as database:
        everything = " ".join(database.iterdump())
    assert key not in everything
    assert cookie.partition("=")[2] not in everything


def test_the_page_that_had_to_wait_opens_after_the_link(school: School):
    turned = asked(school.url, "/build?net=1.8x8x1.f-d2.end", headers={"Accept": "text/html"})
    kept = "; ".join(f"{name}={value}" for name, value in turned.cookies.items())
    _, key = school.invited("Dan")
    came = asked(school.url, f"/enter/{key}", "POST", {"Cookie": kept}, b"")
    assert came.headers["location"] == "/build?net=1.8x8x1.f-d2.end"


def test_a_run_is_seen_by_its_owner_and_teacher_and_by_others_in_class_once_it_is_shared(
    school: School,
):
    anna, hers = school.person("Anna")
    _, bens = school.person("Ben")
    _, teachers = school.person("Cleo", Role.TEACHER)
    run = school.store.seen_by(anna).add(NETWORK, Configuration())
    query = f"run={run.id}"

    assert NETWORK.name in school.page(hers, "train", query)
    assert NETWORK.name in school.page(teachers, "train", query)
    assert NETWORK.name not in school.page(bens, "train", query)
    assert NETWORK.name not in school.page(bens, "train")

    made = school.store.seen_by(anna)
    labels.share(made, run.id, is_shared=True)
    designs.save(made, NETWORK)
    (design,) = designs.latest(made)
    assert isinstance(design, designs.Saved)
    designs.share(made, design, is_shared=True)
    others = school.come_in(accounts.add(school.store, "Olga", class_name="5a")[1])
    guests = f"cnn_visit_{school.port}={accounts.let_guest_in(school.store)}"
    link = urlencode({"by": anna.id, "design": NETWORK.name})
    for cookie, opens in ((bens, True), (others, False), (guests, False)):
        assert ("by Anna" in school.page(cookie, "train", query)) == opens
        assert ("A design by Anna" in school.page(cookie, "build", link)) == opens


def test_own_images_are_shown_to_whoever_brought_them_and_not_found_by_anothers_address(
    school: School,
):
    anna, hers = school.person("Anna")
    _, bens = school.person("Ben")
    folder = school.home / "store" / "images" / "people" / anna.id
    arrived, _ = library.read(zipped(CATS_AND_DOGS), "annaspets.zip", folder)
    query = f"data={library.keep(arrived, 'annaspets', folder).id}"

    for page in ("data", "train", "compare"):
        assert "annaspets" in school.page(hers, page, query), page
        assert "annaspets (yours" not in school.page(bens, page, query), page


def test_a_teacher_has_a_page_of_the_class_and_nobody_else_has(school: School):
    _, hers = school.person("Hanna")
    _, teachers = school.person("Cleo", Role.TEACHER)
    _, others = accounts.add(school.store, "Dora", Role.TEACHER, "5a")

    seen = school.page(teachers, "classroom")
    assert "Hanna" in seen
    assert "name,class,lessons done" not in seen  # it is a file, made for whoever saves it
    assert "Hanna" not in school.page(school.come_in(others), "classroom")
    assert "Save as CSV" not in school.page(hers, "classroom")


def test_who_is_turned_out_is_out_within_seconds_on_an_open_page_too(school: School):
    person, cookie = school.person("Emil")
    with talking(school.url, cookie=cookie) as talk:
        answers(talk, BackMsg(rerun_script=ClientState()))
        accounts.revoke(school.store, person.id)
        with pytest.raises(ConnectionClosed):
            deque(talk, maxlen=0)
    assert asked(school.url, "/", headers={"Cookie": cookie}).status == 401
    with pytest.raises(InvalidStatus), talking(school.url, cookie=cookie):
        pass


def test_who_signs_out_is_out_and_nobody_else(school: School):
    _, first = school.person("Fay")
    _, second = school.person("Gus")
    assert asked(school.url, "/leave", headers={"Cookie": first}).status == 200  # the app itself
    left = asked(school.url, "/leave", "POST", {"Cookie": first}, b"")
    assert "signed out" in left.text
    assert asked(school.url, "/", headers={"Cookie": first}).status == 401
    assert asked(school.url, "/", headers={"Cookie": second}).status == 200
