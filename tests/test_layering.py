"""Imports point one way, pages -> ui -> cnn, and nobody pays for TensorFlow who does not use it."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "cnn": {"streamlit", "ui", "pages", "app"},
    "ui": {"pages", "app"},
    "pages": {"pages", "app"},
}
FLOORS = (
    "settings names numbers version commit memory log entry child_process",
    "people.person people.ways",
    "network",
    "network.scripts",
    "network.keras",
    "network.torch",
    "network.onnx",
    "network.link",
    "network.zoo",
    "network.source network.in_child_process",
    "data",
    "insight.passes",
    "insight.readings",
    "insight.regions",
    "training.recipe",
    "training.store",
    "people",
    "training.upkeep",
    "training.engine",
    "training.forecast",
    "training.workers",
    "training.exchange",
    "training",
    "callbacks",
    "comparing",
    "diagnose",
    "shipped",
    "lessons",
    "pictures.kit",
    "pictures.data pictures.network pictures.training pictures.inside",
    "pictures.comparison pictures.page pictures.paper",
    "exports",
    "commands",
    "library",
)
"""The order of the folders of `cnn`: each imports what stands on its floor and those before it."""

UI_FLOORS = ("session", "components", "shell", "parts", "views")
VIEWS = {f"ui.views.{path.parent.name}" for path in (ROOT / "ui" / "views").glob("*/__init__.py")}

MOST_MODULES = 21
SLOW_TO_IMPORT = {"keras", "tensorflow"}
SOURCES = [path for package in FORBIDDEN for path in sorted((ROOT / package).rglob("*.py"))]


def where(found: Callable[[Path], Iterable[object]]) -> dict[str, list[object]]:
    """What is found in the sources, by their names; nothing of those where nothing is.

    One test looks through all of them: a test for each was a sixth of all tests.
    """
    by_name = {str(path.relative_to(ROOT)): list(found(path)) for path in SOURCES}
    return {name: those for name, those in by_name.items() if those}


def test_imports_point_from_pages_to_ui_to_cnn():
    def upwards(path: Path) -> set[str]:
        imported = {name for node in _nodes(path) for name in _packages(node)}
        return imported & FORBIDDEN[path.relative_to(ROOT).parts[0]]

    assert where(upwards) == {}


def test_the_folders_of_cnn_stand_on_floors_and_import_what_is_below():
    upwards = [
        f"{module} imports {other}"
        for module, others in _imports("cnn").items()
        for other in others
        if _floor(module, FLOORS) < _floor(other, FLOORS)
    ]

    assert not upwards


def test_the_rooms_of_ui_import_what_is_below_and_a_view_never_another():
    imports = _imports("ui")
    upwards = [
        f"{module} imports {other}"
        for module, others in imports.items()
        for other in others
        if _floor(module, UI_FLOORS) < _floor(other, UI_FLOORS)
    ]
    views = [
        f"{module} imports {other}"
        for module, others in imports.items()
        for other in others
        if {_room(module), _room(other)} <= VIEWS and _room(module) != _room(other)
    ]

    assert not upwards + views


@pytest.mark.parametrize("package", ["cnn", "ui"])
def test_no_module_imports_itself_by_way_of_others(package: str):
    assert list(TopologicalSorter(_imports(package)).static_order())


@pytest.mark.parametrize("package", ["cnn", "ui"])
def test_no_folder_is_too_wide_to_be_looked_through(package: str):
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    modules = {
        str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) - 1 for folder in folders
    }

    assert {name: count for name, count in modules.items() if count > MOST_MODULES} == {}


def test_tensorflow_is_imported_only_inside_functions():
    def slow(path: Path) -> set[str]:
        imported = {name for node in _run_on_import(_tree(path)) for name in _packages(node)}
        return imported & SLOW_TO_IMPORT

    assert where(slow) == {}


def test_no_table_is_a_picture_on_a_canvas():
    # The menus of Streamlit's own are reached by no key, its cells read by no screen reader.
    def canvases(path: Path) -> set[str]:
        called = {node.attr for node in _nodes(path) if isinstance(node, ast.Attribute)}
        return called & {"dataframe", "data_editor"}

    assert where(canvases) == {}


def test_links_to_pages_are_whole_paths():
    # A relative one works in AppTest, which starts from app.py, and fails in the browser.
    def relative(path: Path) -> list[object]:
        return [
            node.args[0].value
            for node in _nodes(path)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"switch_page", "page_link"}
            and isinstance(node.args[0], ast.Constant)
        ]

    assert where(relative) == {}


def test_importing_cnn_loads_neither_tensorflow_nor_streamlit():
    assert _loaded_by("import cnn") == set()


def test_no_page_loads_tensorflow_or_pandas():
    visits = """
from pathlib import Path
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py", default_timeout=60).run()
for page in sorted(Path("pages").glob("*.py")):
    app.switch_page(str(page)).run()
    assert not app.exception, f"{page}: {app.exception}"
"""
    assert _loaded_by(visits) == {"streamlit"}


@cache
def _imports(package: str) -> dict[str, set[str]]:
    """The modules of a package, and which of them each imports, inside functions too."""
    paths = {_dotted(path): path for path in (ROOT / package).rglob("*.py")}
    found = {}
    for module, path in paths.items():
        named: set[str] = set()
        for node in _run_ever(_tree(path)):
            match node:
                case ast.Import(names=names):
                    named |= {one.name for one in names}
                case ast.ImportFrom(module=str(source), level=0, names=names):
                    whole = {f"{source}.{one.name}" for one in names}
                    named |= {one if one in paths else source for one in whole}
        found[module] = (named & paths.keys()) - {package, module}
    outside = {package, f"{package}.__main__"}
    return {name: others for name, others in found.items() if name not in outside}


def _floor(module: str, floors: tuple[str, ...]) -> int:
    """The number of the longest name in `floors` that the module begins with."""
    inside = module.partition(".")[2]
    fitting = [
        (len(name), number)
        for number, names in enumerate(floors)
        for name in names.split()
        if f"{inside}.".startswith(f"{name}.")
    ]
    return max(fitting)[1]


def _room(module: str) -> str:
    return ".".join(module.split(".")[:3])


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and return which of the packages in question it loaded."""
    report = (
        "\nimport sys; print(*{'keras', 'tensorflow', 'streamlit', 'pandas'} & sys.modules.keys())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code + report], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split())


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


def _packages(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name.split(".")[0] for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module.split(".")[0]


def _run_ever(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs at any time: not what only mypy reads."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        yield child
        yield from _run_ever(child)


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
