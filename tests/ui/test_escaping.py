"""What somebody else wrote (in a file, a link, a name) is never read as Markdown.

A picture in Markdown would be fetched by the browser: from wherever the writer likes.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.link import encode
from tests.ui.visiting import visited

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
SHOWS_MARKDOWN = {"error", "warning", "info", "success", "toast", "caption", "markdown", "write"}
ESCAPES = {"plain"}
PICTURE = "![x](http://elsewhere.example/x.png)"


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def unescaped(node: ast.AST) -> Iterator[ast.AST]:
    """All that is put together here but for what an escaping call is given."""
    if called(node) in ESCAPES:
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from unescaped(child)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_words_of_an_error_are_escaped_where_they_are_shown(file: Path):
    for call in ast.walk(ast.parse(file.read_text())):
        if called(call) in SHOWS_MARKDOWN and isinstance(call, ast.Call):
            given = [part for one in call.args for part in unescaped(one)]
            names = [part.id for part in given if isinstance(part, ast.Name)]
            assert not {"error", "problem"} & set(names), f"{file.name}:{call.lineno}"


@pytest.mark.parametrize("page", ["build", "train", "compare"])
def test_a_picture_in_the_name_of_a_network_is_shown_as_its_letters(store, page: str):
    large = Architecture(PICTURE, (28, 28, 1), (Flatten(), Dense(60_000), Dense(10)))
    given = {"with": encode(large)} if page == "compare" else {"net": encode(large)}

    app = visited(page, **given)

    elements = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    shown = [str(element.value) for element in elements]
    shown += [button.help or "" for button in app.button]
    assert any("elsewhere" in words for words in shown)
    assert not any(PICTURE in words for words in shown)
