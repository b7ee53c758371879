"""The scripts as modules: what is served, under which address, and what a component is told."""

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import CycleError
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.types import Message

from cnn.pictures.kit import palette
from tests.ui.shell.test_late import to_its_end
from ui.components import component, glossary, scripts
from ui.components.schema import schema

ROOT = Path(__file__).parents[3]
ENTRIES = sorted(module for module, text in scripts.modules().items() if "export default" in text)
NODE = shutil.which("node")


@dataclass(frozen=True)
class Answer:
    """What the route answers."""

    status: int
    headers: dict[str, str]
    content: bytes


Ask = Callable[..., Answer]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks the route of the scripts for a path."""
    monkeypatch.setattr(scripts, "_served", [False])
    app = Starlette(routes=[scripts.route()])

    def asked(path: str, packed: str = "identity") -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"accept-encoding", packed.encode())],
        }
        to_its_end(app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(one.get("body", b"") for one in sent[1:])
        return Answer(sent[0]["status"], headers, content)

    return asked


def told(entry: str) -> tuple[str, list[str]]:
    """The folder and the modules that the loader of a component names."""
    text = scripts.script(entry)
    folder = re.search(r'"([^"]*)\.\$', text.replace("`", '"'))
    modules = re.search(r"const MODULES = (\[.*?\]);", text)
    assert folder is not None
    assert modules is not None
    return folder[1], json.loads(modules[1])


# ---- what is served --------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES)
def test_all_that_a_component_needs_is_named_at_once_and_served(ask: Ask, entry: str):
    folder, modules = told(entry)

    assert modules[-1] == entry
    for module in modules:
        answer = ask(f"{folder}/{module}")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content.decode() == scripts.modules()[module]


def test_a_module_stands_after_those_that_it_imports():
    for entry in ENTRIES:
        seen: list[str] = []
        for module in scripts.needed(entry):
            for name in re.findall(r'from "([^"]+)"', scripts.modules()[module]):
                place = ((scripts.FOLDER / module).parent / name).resolve()
                assert place.relative_to(scripts.FOLDER).as_posix() in seen, (module, name)
            seen.append(module)


def test_modules_that_import_each_other_are_refused(monkeypatch: pytest.MonkeyPatch):
    texts = {"a/a.js": 'import { b } from "../b/b.js";', "b/b.js": 'import { a } from "../a/a.js";'}
    monkeypatch.setattr(scripts, "files", lambda: texts)

    with pytest.raises(CycleError):
        scripts.needed("a/a.js")


def test_a_module_is_packed_for_a_browser_that_reads_it(ask: Ask):
    path = f"/js/{scripts.version()}/kit/element.js"
    packed, plain = ask(path, "gzip, br"), ask(path)

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)


@pytest.mark.parametrize(
    "path",
    [
        "/js/000000000000/kit/element.js",
        "/js/{version}/kit/nothing.js",
        "/js/{version}/kit/",
        "/js/{version}/../component.py",
        "/js/{version}/component.py",
        "/js/.1/kit/element.js",
        "/js/x{version}/kit/element.js",
    ],
)
def test_what_is_no_script_of_this_version_is_answered_by_a_sentence(ask: Ask, path: str):
    answer = ask(path.format(version=scripts.version()))

    assert answer.status == 404
    assert answer.content == b"No such script. Load the page again."


def test_another_try_has_other_addresses_for_the_same_modules(ask: Ask):
    path = f"{scripts.version()}/kit/element.js"
    again = f"{scripts.version()}.7/kit/element.js"

    assert ask(f"/js/{again}").content == ask(f"/js/{path}").content


def test_a_change_of_any_module_changes_the_address(monkeypatch: pytest.MonkeyPatch):
    before = scripts.version()
    other = scripts.files() | {"kit/keys.js": "export const ARROWS = {};\n"}
    monkeypatch.setattr(scripts, "files", lambda: other)

    assert scripts.version.__wrapped__() != before


def test_so_does_a_change_of_what_the_words_are_made_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    before = scripts.version()
    shutil.copytree(glossary.LESSONS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(glossary, "LESSONS", tmp_path)
    assert scripts.version.__wrapped__() == before

    with (tmp_path / "en" / "_words.toml").open("a") as words:
        words.write("\n")

    assert scripts.version.__wrapped__() != before


def test_scripts_are_served_below_the_base_path(monkeypatch: pytest.MonkeyPatch):
    base = st.get_option("server.baseUrlPath")
    monkeypatch.setattr(scripts, "_served", [False])
    st.config.set_option("server.baseUrlPath", "/class/a/")
    try:
        route = scripts.route()
        folder, _ = told("strip/strip.js")
    finally:
        st.config.set_option("server.baseUrlPath", base)

    assert route.path == "/class/a/js/{version}/{module:path}"
    assert folder == f"/class/a/js/{scripts.version()}"


def test_the_editor_is_served_what_python_knows_of_the_layers():
    text = scripts.modules()["editor/schema.js"]

    assert json.loads(text.removeprefix("export const SCHEMA = ").rstrip(";\n")) == schema()


def test_without_a_server_a_component_is_told_the_modules_themselves(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(scripts, "_served", [False])
    text = scripts.script("strip/strip.js")

    found = re.search(r"const MODULES = (\{.*?\});\n", text)
    assert found is not None
    modules = json.loads(found[1])
    assert tuple(modules) == scripts.needed("strip/strip.js")
    names = {one for whole in modules.values() for one in re.findall(r'from "([^"]+)"', whole)}
    assert names
    assert {one.removeprefix("module:") for one in names} < modules.keys()


def test_what_a_script_tells_is_heard_by_its_name_alone():
    with pytest.raises(AssertionError, match="strip tells nothing of clicked"):
        component.component("strip", state=("picked",))(key="x", data={}, clicked=lambda: None)


# ---- what is shared --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"createElement\(", id="element maker"),
        pytest.param(r"createElementNS\(SVG, \"svg\"", id="drawing maker"),
        pytest.param(r"\batob\(", id="base64 decoder"),
        pytest.param(r"createImageData|new ImageData", id="painter of maps"),
        pytest.param(r"ArrowUp: \[", id="table of arrow keys"),
        pytest.param(r"bottom \+ 1 - top", id="mark"),
        pytest.param(r"\(clientY - top\) / height", id="cell under a pointer"),
        pytest.param(r"setInterval\(", id="player of steps"),
        pytest.param(r"place \* stride - before", id="window"),
        pytest.param(r"toExponential|toPrecision\((?!6)", id="number format"),
        pytest.param(r"toLocale|NumberFormat", id="count format"),
        pytest.param(r"clipboard\.writeText", id="copy"),
    ],
)
def test_what_components_share_is_written_once(pattern: str):
    found = [name for name, text in scripts.modules().items() if re.search(pattern, text)]

    assert len(found) == 1
    assert found[0].startswith("kit/")


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"createElement", id="element maker"),
        pytest.param(r"\batob\(", id="base64 decoder"),
        pytest.param(r"putImageData", id="painter of maps"),
        pytest.param(r"ArrowUp", id="table of arrow keys"),
    ],
)
def test_no_script_beside_the_modules_has_its_own(pattern: str):
    scattered = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "ui" / "shell").glob("*.js")]

    assert [one for one in scattered if re.search(pattern, one.read_text(encoding="utf-8"))] == []


def test_the_browser_has_the_colours_that_pictures_have():
    text = scripts.modules()["kit/colours.js"]

    def table(name: str) -> object:
        found = re.search(rf"export const {name} = (.+?);", text)
        assert found is not None
        return json.loads(found[1])

    assert table("BELOW") == list(palette.BELOW)
    assert table("ABOVE") == list(palette.ABOVE)
    assert table("LIT") == list(palette.LIT)
    assert table("FAINT") == palette.FAINT
    assert table("STOPS") == [list(stop) for stop in palette.DARK_TO_BRIGHT]


@pytest.mark.skipif(NODE is None, reason="node checks the scripts: runs where it is, as in CI")
def test_the_scripts_pass_their_own_tests():
    assert NODE is not None
    tests = sorted((ROOT / "tests" / "js").glob("*.test.js"))
    found = subprocess.run([NODE, "--test", *tests], capture_output=True, text=True, check=False)

    assert tests
    assert found.returncode == 0, found.stdout


def test_a_page_names_ahead_what_its_components_need(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scripts, "_served", [False])
    assert scripts.ahead("/build") == "", "where no server of ours answers"
    monkeypatch.setattr(scripts, "_served", [True])
    scripts.files.cache_clear()
    assert scripts.ahead("/build") == "", "before the server has read them"
    scripts.files()
    for name, entries in scripts.AHEAD.items():
        said = scripts.ahead(f"/lab/{name}")
        for entry in (*(scripts.MOST if name else ()), *entries):
            for module in scripts.needed(entry):
                times = 0 if module == scripts.MADE else 1  # which takes its time to be made
                assert said.count(f'href="{scripts._folder()}/{module}"') == times
    assert len(scripts._of_streamlit()) == len(scripts.OF_STREAMLIT), "as this Streamlit names them"
    assert all(one in scripts.ahead("/nowhere") for one in scripts._of_streamlit())
    for name, parts in scripts.OF_PAGES.items():
        said, _, _ = scripts.ahead(f"/{name}").partition("<template data-later>")
        assert all(f"/{part}." in said for part in parts), f"{name}: of this Streamlit"
    _, _, whole = scripts.ahead("/").partition("<template data-later>")
    assert all(f'rel="prefetch" href="{one}"' in whole for one in scripts.later())
    for name in scripts.LATER:
        assert [one for one in scripts.later() if f"/{name}." in one], f"{name}: of this Streamlit"
    assert not set(scripts.later()) & set(scripts._of_streamlit())
    assert "flow/flow.js" not in scripts.ahead("/nowhere")
    assert "editor/editor.js" not in scripts.ahead("/")


def test_where_streamlits_script_says_what_it_imports_is_all_of_it_read():
    for file in scripts._FOLDER_OF_STREAMLIT.glob("*.js"):
        content = file.read_bytes()
        named = [
            scripts._OF_STREAMLIT.findall(one.decode(errors="ignore"))
            for one in (content, content[: scripts.HEAD_BYTES])
        ]
        assert named[0] == named[1], file.name
