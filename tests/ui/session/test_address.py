"""What an address that comes with a click means: chosen by a link, gone back to, or late."""

from types import SimpleNamespace
from typing import Any

import pytest

from ui.session import address

KEY = "some"


class Query(dict[str, list[str]]):
    """Streamlit's `query_params`, as far as they are used."""

    def get_all(self, name: str) -> list[str]:
        return self[name]

    def from_dict(self, values: dict[str, list[str]]) -> None:
        self.clear()
        self.update(values)


class Page:
    """A page with one widget, run with the address that the browser sent along."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.st: Any = SimpleNamespace(session_state={}, query_params=Query())
        self.context = SimpleNamespace(is_history_navigation=False)
        monkeypatch.setattr(address, "st", self.st)
        monkeypatch.setattr(address, "get_script_run_ctx", lambda **_: self.context)
        self.chosen = "1"

    def run(self, sent: str, *, choose: str = "", steps: bool = False) -> str:
        """Runs the page after a click, or a step in the history; returns what it shows."""
        self.context.is_history_navigation = steps
        self.chosen = choose or self.chosen
        self.st.query_params = Query({"seeds": [sent]} if sent else {})
        if given := address.arrived(KEY):
            self.chosen = address.last(given, "seeds")
        address.keep(KEY, {"seeds": self.chosen})
        return self.chosen


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    shown = Page(monkeypatch)
    assert shown.run("") == "1"
    assert shown.run("1") == "1"
    return shown


def test_a_link_is_read(page: Page):
    assert page.run("7") == "7"


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_quick_choices_outlive_the_address_from_before_them(page: Page, many: int):
    for place in range(many):
        assert page.run("1", choose=f"{place + 2}") == f"{place + 2}"

    assert page.run("1") == f"{many + 1}"  # a button, pressed before any address was there
    assert page.st.query_params == {"seeds": [f"{many + 1}"]}


def test_going_back_is_going_back_step_by_step_and_forward_again(page: Page):
    page.run("1", choose="2")
    page.run("2", choose="3")

    assert page.run("2", steps=True) == "2"
    assert page.run("1", steps=True) == "1"
    assert page.run("2", steps=True) == "2"
    assert page.run("3", steps=True) == "3"


def test_several_steps_at_once_are_taken(page: Page):
    for seeds in range(1, 5):
        page.run(f"{seeds}", choose=f"{seeds + 1}")

    assert page.run("2", steps=True) == "2"
    assert page.run("2", choose="7") == "7"


def test_what_was_chosen_elsewhere_outlives_the_step_back_to_this_page(page: Page):
    assert page.run("1", choose="2", steps=True) == "2"
