"""Imports point one way, pages -> ui -> cnn, and nobody pays for TensorFlow who does not use it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "cnn": {"streamlit", "ui", "pages", "app"},
    "ui": {"pages", "app"},
    "pages": {"pages", "app"},
}
SLOW_TO_IMPORT = {"keras", "tensorflow"}
SOURCES = [path for package in FORBIDDEN for path in sorted((ROOT / package).rglob("*.py"))]

source = pytest.mark.parametrize(
    "path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES]
)


@source
def test_imports_point_from_pages_to_ui_to_cnn(path: Path):
    package = path.relative_to(ROOT).parts[0]
    imported = {name for node in ast.walk(_tree(path)) for name in _packages(node)}

    assert not imported & FORBIDDEN[package]


@source
def test_tensorflow_is_imported_only_inside_functions(path: Path):
    imported = {name for node in _run_on_import(_tree(path)) for name in _packages(node)}

    assert not imported & SLOW_TO_IMPORT


@source
def test_links_to_pages_are_whole_paths(path: Path):
    # A relative one works in AppTest, which starts from app.py, and fails in the browser.
    links = [
        node.args[0].value
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"switch_page", "page_link"}
        and isinstance(node.args[0], ast.Constant)
    ]

    assert not links


def test_importing_cnn_loads_neither_tensorflow_nor_streamlit():
    assert _loaded_by("import cnn") == set()


def test_no_page_loads_tensorflow():
    visits = """
from pathlib import Path
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py", default_timeout=60).run()
for page in sorted(Path("pages").glob("*.py")):
    app.switch_page(str(page)).run()
    assert not app.exception, f"{page}: {app.exception}"
"""
    assert _loaded_by(visits) == {"streamlit"}


def _loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and return which of the packages in question it loaded."""
    report = "\nimport sys; print(*{'keras', 'tensorflow', 'streamlit'} & sys.modules.keys())"
    ran = subprocess.run(
        [sys.executable, "-c", code + report], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split())


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _packages(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name.split(".")[0] for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module.split(".")[0]


def _run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported: not function bodies, not what only mypy reads."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        yield child
        yield from _run_on_import(child)
