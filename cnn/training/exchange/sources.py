"""Functions and values of this program as text that runs without it: what they need goes along.

From the modules' own source, so that what a script draws is what was drawn here. Imports of others
are kept, those of `cnn` are followed; whatever is not needed stays behind.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OURS = "cnn"


class SourcesError(Exception):
    """Source that cannot stand alone; a fault of this program."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The lines that import what is not ours, and the definitions in an order that runs."""

    imports: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Module:
    lines: tuple[str, ...]
    defined: dict[str, ast.stmt]
    imported: dict[str, tuple[str, str]]
    """By the name here, the module of ours and the name there."""
    others: dict[str, str]
    """By the name here, the line that imports it."""


@functools.cache
def taken(wanted: tuple[tuple[str, str], ...], given: tuple[str, ...] = ()) -> Taken:
    """These names (module, name) with all that they need; what is `given` is defined elsewhere."""
    found = _Found(frozenset(given))
    for module, name in wanted:
        found.take(module, name)
    return Taken(tuple(sorted(found.imports)), "\n\n".join(found.texts))


class _Found:
    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        self._seen: dict[str, str] = {}
        self._at_work: set[tuple[str, int]] = set()
        self.imports: dict[str, None] = {}
        self.texts: list[str] = []

    def take(self, module: str, name: str) -> None:
        if name in self._given:
            return
        of = _module(module)
        if name in of.others:
            self.imports[of.others[name]] = None
        elif name in of.imported:
            source, there = of.imported[name]
            if there != name:
                raise SourcesError(f"{module} calls {there} of {source} {name}.")
            self.take(source, there)
        elif name in of.defined:
            self._define(module, of, of.defined[name])

    def _define(self, module: str, of: _Module, node: ast.stmt) -> None:
        if (module, node.lineno) in self._at_work:
            return
        self._at_work.add((module, node.lineno))
        for needed in _at_once(node):
            self.take(module, needed)
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        text = "\n".join(of.lines[first - 1 : node.end_lineno])
        for name in _defines(node):
            if self._seen.setdefault(name, text) != text:
                raise SourcesError(f"two things of different kinds are called {name}.")
        if text not in self.texts:
            self.texts.append(text)
        for needed in _names(node):  # not before it is called
            self.take(module, needed)


def _at_once(node: ast.AST) -> Iterator[str]:
    """The names that have to be there when a definition is run: not what functions use later."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.FunctionDef(args=args, decorator_list=decorators):
            for one in (*decorators, *args.defaults, *filter(None, args.kw_defaults)):
                yield from _at_once(one)
        case ast.AnnAssign(value=value):
            yield from _at_once(value) if value else ()
        case ast.Lambda():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _at_once(child)


def _names(node: ast.AST, local: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that a definition takes from around it."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        local |= {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
        local |= {
            one.id
            for one in ast.walk(node)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
    if isinstance(node, ast.Name) and node.id not in local:
        yield node.id
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == OURS:
        raise SourcesError(f"line {node.lineno} imports {node.module} within a function.")
    for child in ast.iter_child_nodes(node):
        yield from _names(child, local)


def _defines(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            found = (one for target in targets for one in ast.walk(target))
            return [one.id for one in found if isinstance(one, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


@functools.cache
def _module(name: str) -> _Module:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise SourcesError(f"there is no module {name}.")
    text = Path(found.origin).read_text(encoding="utf-8")
    defined: dict[str, ast.stmt] = {}
    imported: dict[str, tuple[str, str]] = {}
    others: dict[str, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for one in node.names:
                called = one.asname or one.name
                source = node.module if isinstance(node, ast.ImportFrom) else one.name
                if source and source.split(".")[0] == OURS:
                    imported[called] = (source, one.name)
                elif source != "__future__":
                    others[called] = ast.unparse(
                        ast.ImportFrom(node.module, [one], 0)
                        if isinstance(node, ast.ImportFrom)
                        else ast.Import([one])
                    )
            continue
        for defines in _defines(node):
            defined[defines] = node
    return _Module(tuple(text.splitlines()), defined, imported, others)
