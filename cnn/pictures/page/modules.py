"""ES modules that import each other: in which order they stand, and all of them as one text.

A browser takes them from that text without a server: each becomes an address of its own making.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from graphlib import TopologicalSorter
from posixpath import dirname, join, normpath

Texts = Mapping[str, str]
"""The text of each module by its path."""

_IMPORT = re.compile(r'(?<=from )"(\.{1,2}/[^"]+\.js)"|(?<=^import )"(\.{1,2}/[^"]+\.js)"', re.M)
_WHOLE = """
const MODULES = {};
function entry() {
  const made = {};
  let last;
  for (const [module, text] of Object.entries(MODULES)) {
    const linked = text.replace(/"module:([^"]+)"/g, (_, name) => `"${made[name]}"`);
    last = made[module] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
  }
  return last;
}
"""


def needed(entry: str, texts: Texts) -> tuple[str, ...]:
    """The modules that one needs, each after those it imports; raises `CycleError`, as there is no
    such order where modules import each other.
    """
    imports: dict[str, list[str]] = {}
    rest = [entry]
    while rest:
        module = rest.pop()
        if module not in imports:
            imports[module] = [_path(module, found) for found in _IMPORT.finditer(texts[module])]
            rest += imports[module]
    return tuple(TopologicalSorter(imports).static_order())


def whole(entry: str, texts: Texts) -> str:
    """A script that holds all modules, with a function `entry()` for the address of the last.

    It may stand in a page: nothing in it reads as the end of a script.
    """
    linked = {one: _linked(one, texts[one]) for one in needed(entry, texts)}
    return _WHOLE.replace("{}", json.dumps(linked).replace("<", "\\u003c"), 1)


def _linked(module: str, text: str) -> str:
    """The text of a module, that names others by their paths from the folder of all."""
    return _IMPORT.sub(lambda found: f'"module:{_path(module, found)}"', text)


def _path(module: str, found: re.Match[str]) -> str:
    return normpath(join(dirname(module), found[1] or found[2]))
