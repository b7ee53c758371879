"""What a page begins by importing is read before it is shown, and nothing else."""

import ast
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ui.session.modules import module
from ui.session.pages import PAGES
from ui.shell.start import reading

PAGE = '''"""A page."""
from read_first import name
import read_second as second

shown = name, second

import read_below
'''


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A page among pages, in place of ours, and the modules beside it."""
    pages, beside = tmp_path / "pages", {"read_first", "read_second", "read_below", "read_apart"}
    pages.mkdir()
    for one in beside:
        (tmp_path / f"{one}.py").write_text("name = 1\n", "utf-8")
        monkeypatch.delitem(sys.modules, one, raising=False)
    (pages / "home.py").write_text(PAGE, "utf-8")
    (pages / "other.py").write_text('"""Another."""\nimport read_apart\n', "utf-8")
    (tmp_path / "outside.py").write_text('"""No page."""\nimport read_apart\n', "utf-8")
    monkeypatch.setattr(reading, "PAGES", pages)
    monkeypatch.setattr(reading, "_read", set[str]())
    monkeypatch.syspath_prepend(tmp_path)
    return beside


def read(page: str, modules: set[str]) -> set[str]:
    reading.read(page)
    return modules & sys.modules.keys()


def test_what_stands_below_the_first_lines_is_left(modules: set[str]):
    assert read("home", modules) == {"read_first", "read_second"}


def test_without_a_name_it_is_home(modules: set[str]):
    assert read("", modules) == {"read_first", "read_second"}


def test_only_what_is_asked_for_is_read(modules: set[str]):
    assert read("other", modules) == {"read_apart"}


@pytest.mark.parametrize("page", ["nothing", "other.py", "*", "../outside", "..", "\0", "/other"])
def test_what_is_no_page_is_not_read(page: str, modules: set[str]):
    assert read(page, modules) == set()


def test_each_page_of_ours_says_first_what_it_is():
    for file in PAGES.glob("*.py"):
        assert ast.get_docstring(ast.parse(file.read_bytes())), file.name


def test_threads_that_read_what_imports_each_other_all_have_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package, wait = tmp_path / "read_both", "import time\ntime.sleep({})\n"
    package.mkdir()
    whole = f"{wait.format(0.3)}from read_both.inner import name\n"
    (package / "__init__.py").write_text(whole)
    (package / "inner.py").write_text(f"{wait.format(0.02)}import read_both\nname = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    names = ("read_both", "read_both.inner")
    with ThreadPoolExecutor(len(names)) as threads:
        found = list(threads.map(module, names))
    assert [one.name for one in found] == [1, 1]
