"""What the address of Build means at a click: a link, a step back, or an edit still on its way."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from cnn.network.link import encode
from cnn.network.zoo import entry
from ui.session import address, design

FIRST = entry("lenet-5").architecture


def code(name: str) -> str:
    return encode(replace(FIRST, name=name))


class Build:
    """The page, run with the address that the browser sent along."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.st: Any = SimpleNamespace(session_state={}, query_params={})
        self.context = SimpleNamespace(is_history_navigation=False)
        monkeypatch.setattr(design, "st", self.st)
        monkeypatch.setattr(address, "get_script_run_ctx", lambda **_: self.context)

    def run(self, sent: str = "", *, edit: str = "", steps: bool = False) -> str:
        """Runs the page after an edit of the name, or a step in the history; what it is called."""
        self.context.is_history_navigation = steps
        self.st.query_params = {design.ADDRESS: sent} if sent else {}
        assert design.arrive() is None
        if edit:
            design.change(name=edit)
        design.keep_in_address(design.traced(design.current()))
        assert self.st.query_params == {design.ADDRESS: code(design.current().name)}
        return design.current().name


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Build:
    page = Build(monkeypatch)
    assert page.run() == FIRST.name
    return page


@pytest.mark.parametrize("many", [1, 2, 3, 20])
def test_quick_edits_outlive_the_address_from_before_them(build: Build, many: int):
    for place in range(many):
        assert build.run(code(FIRST.name), edit=f"Net {place}") == f"Net {place}"

    assert build.run(code(FIRST.name)) == f"Net {many - 1}"


def test_a_link_is_opened(build: Build):
    build.run(code(FIRST.name), edit="Mine")
    assert build.run(code("Theirs")) == "Theirs"


def test_going_back_undoes_edit_by_edit_and_forward_does_them_again(build: Build):
    build.run(code(FIRST.name), edit="A")
    build.run(code("A"), edit="B")

    assert build.run(code("A"), steps=True) == "A"
    assert build.run(code(FIRST.name), steps=True) == FIRST.name
    assert build.run(code("A"), steps=True) == "A"
    assert build.run(code("B"), steps=True) == "B"


def test_what_was_put_there_elsewhere_outlives_the_step_back_to_build(build: Build):
    design.put(replace(FIRST, name="From the atlas"))
    assert build.run(code(FIRST.name), steps=True) == "From the atlas"
