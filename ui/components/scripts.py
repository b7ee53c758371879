"""The scripts of the components, ES modules that import each other, as the browser gets them.

They are served from one folder whose address changes with any of them. Streamlit sends a script
again whenever the data of its component change, so it gets a few lines instead which load the
modules, again and again where the connection was cut meanwhile. Where no server of ours runs, it
gets the modules themselves.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import file_util

from cnn.pictures.page import modules as modules_of
from cnn.pictures.page import parts
from ui.components.glossary import glossary, made_of
from ui.session.assets import address, compressed_response

FOLDER = Path(__file__).parent
_FOLDER_OF_STREAMLIT = Path(file_util.get_static_dir(), "static", "js")
MOST = ("picture/picture.js", "table/table.js", "words/words.js")
MADE = "words/glossary.js"
"""The module that takes its time, as it is written from all lessons: read when it is asked for, and
asked for once a page is there.
"""

HOME = ""
AHEAD = {
    HOME: ("flow/flow.js",),
    "build": ("figures/figures.js", "editor/editor.js", "strip/strip.js"),
    "draw": ("pad/pad.js", "answers/answers.js"),
    "inside": ("explorer/explorer.js",),
    "lesson": ("figures/figures.js", "grids/pair.js", "maps/maps.js"),
    "compare": ("plot/plot.js",),
}
"""What pages begin with: a browser fetches it while Streamlit's own script is on its way."""

OF_STREAMLIT = ("BidiComponent", "_arrayReduce", "serialization", "recordbatch", "Html", "purify")
"""Parts of Streamlit's script that every page asks for, which it loads once their turn has come."""

OF_PAGES = {"train": ("Button", "ButtonGroup", "NumberInput", "Selectbox")}
"""Further parts, with all that they import, that a page begins with."""

LATER = (
    *(
        "Button",
        "ButtonGroup",
        "Checkbox",
        "DownloadButton",
        "FileUploader",
        "LinkButton",
        "Metric",
    ),
    *("Multiselect", "NumberInput", "PageLink", "Progress", "Radio", "Selectbox", "Slider"),
    *("Spinner", "TextArea", "TextInput", "Toast", "rehype-katex"),
)
"""Parts that other pages ask for. A page dies of one that is lost in a cut, so the browser fetches
all when it has nothing else to do, and keeps them.
"""

LARGE = "StreamlitSyntaxHighlighter"
"""Fetched where code is shown alone: it is as large as all others together."""

HEAD_BYTES = 16_000
"""Where a file of Streamlit's script names what it imports."""

_OF_STREAMLIT = re.compile(r'(?:from|import) ?"\./([^"]+\.js)"')
# What has begun is marked: who drives a page, as our tests do, would else act before it is heard.
_LOADER = """
const PAUSE_MS = [1000, 3000, 10000, 30000];
let script;
async function load(tries) {
  try {
    return await import(entry(tries));
  } catch {
    const pause = PAUSE_MS[Math.min(tries, PAUSE_MS.length - 1)];
    await new Promise((done) => setTimeout(done, pause));
    return load(tries + 1);
  }
}
const fetched = load(0).then((module) => (script = module));
export default function (mounted) {
  const component = { ...mounted, data: mounted.data[0] };
  const begin = () => {
    const end = script.default(component);
    (mounted.parentElement.host ?? mounted.parentElement).dataset.begun = "";
    return end;
  };
  if (script) return begin();
  let isGone = false;
  let end;
  fetched.then(() => { if (!isGone) end = begin(); });
  return () => { isGone = true; end?.(); };
}
"""
# Some browsers never ask again for a module that did not arrive: another try has other addresses,
# which those of its imports follow. All is asked for at once, not as one module names the next.
_SERVED = """
const MODULES = [];
function entry(tries) {
  const folder = new URL(tries ? `ADDRESS.${tries}/` : "ADDRESS/", location.origin);
  const addresses = MODULES.map((module) => new URL(module, folder).href);
  const links = addresses.map((href) => `<link rel="modulepreload" href="${href}">`);
  document.head.insertAdjacentHTML("beforeend", links.join(""));
  return addresses.at(-1);
}
"""
_served = [False]


def script(entry: str) -> str:
    """The script of a component for Streamlit: lines that load its modules, the last of which is
    `entry`, or where no server of ours runs, also the modules themselves.
    """
    if _served[0]:
        found = _SERVED.replace("[]", json.dumps(needed(entry))).replace("ADDRESS", _folder())
    else:
        found = modules_of.whole(entry, modules())
    return found + _LOADER


def ahead(path: str) -> str:
    """What the head of a page says of the modules that it needs first; nothing while the server
    has not read them: a page need not wait for that.
    """
    if not _served[0] or not files.cache_info().currsize:
        return ""
    page = path.rpartition("/")[2]
    entries = (() if page == HOME else MOST) + AHEAD.get(page, ())
    ours = dict.fromkeys(module for entry in entries for module in needed(entry) if module != MADE)
    first = (*_of_streamlit(OF_PAGES.get(page, ())), *(f"{_folder()}/{module}" for module in ours))
    return "".join(
        [f'<link rel="modulepreload" fetchpriority="low" href="{one}">' for one in first]
        + ["<template data-later>"]  # until the page is whole: ui/shell/revive.js
        + [f'<link rel="prefetch" href="{one}">' for one in later()]
        + ["</template>"]
    )


@functools.cache
def _of_streamlit(more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Their addresses, and of more; the names of the files change with Streamlit's version."""
    always = [file.name for file in _files(OF_STREAMLIT)]
    return tuple(map(_in_streamlit, [*always, *_beyond(more)]))


@functools.cache
def later() -> tuple[str, ...]:
    """The addresses of what other pages ask for, and of what that imports."""
    return tuple(map(_in_streamlit, _beyond(LATER)))


def _beyond(parts: tuple[str, ...]) -> list[str]:
    """The files of parts of Streamlit's script, and of what they import that not every page has."""
    wanted = _with_imports(file.name for file in _files(parts))
    return sorted(wanted - _of_every_page()) if wanted else []


@functools.cache
def _of_every_page() -> set[str]:
    page = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    at_once = re.findall(r"/static/js/([^\"]+\.js)", page)
    return _with_imports(at_once) | {file.name for file in _files(OF_STREAMLIT)}


def _files(names: tuple[str, ...]) -> list[Path]:
    return [file for name in names for file in sorted(_FOLDER_OF_STREAMLIT.glob(f"{name}.*.js"))]


def _in_streamlit(name: str) -> str:
    return address(f"/static/js/{name}")


def _with_imports(names: Iterable[str]) -> set[str]:
    """Files of Streamlit's script, and all that they import."""
    found: set[str] = set()
    rest = list(names)
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            with (_FOLDER_OF_STREAMLIT / name).open("rb") as file:
                rest += _OF_STREAMLIT.findall(file.read(HEAD_BYTES).decode(errors="ignore"))
    return found


@functools.cache
def files() -> dict[str, str]:
    """The text of each module by its path from this folder, read once: of one that is made, what
    stands in its place.
    """
    from ui.components.schema import schema

    return parts.scripts(FOLDER) | {
        "editor/schema.js": f"export const SCHEMA = {json.dumps(schema())};\n"
    }


@functools.cache
def modules() -> dict[str, str]:
    """The text of each module as it is served."""
    return files() | {MADE: glossary()}


@functools.cache
def needed(entry: str) -> tuple[str, ...]:
    """The modules that one needs, each after those it imports; raises `CycleError`."""
    return modules_of.needed(entry, files())


def _folder() -> str:
    return address(f"/js/{version()}")


@functools.cache
def version() -> str:
    """What changes with any of the modules, and with all that one is made of."""
    return hashlib.sha256(json.dumps(files()).encode() + made_of()).hexdigest()[:12]


def route() -> Route:
    """The route that serves the modules; from now on components are told to load theirs."""
    _served[0] = True
    return Route(address("/js/{version}/{module:path}"), _answer)


async def _answer(request: Request) -> Response:
    asked, _, _tries = request.path_params["version"].partition(".")
    module = request.path_params["module"]
    if asked != version() or module not in files():
        return Response("No such script. Load the page again.", status_code=404)
    if module == MADE and not modules.cache_info().currsize:
        await run_in_threadpool(modules)
    packed, plain = _sent(module)
    return compressed_response(request, packed, plain, "text/javascript")


@functools.cache
def _sent(module: str) -> tuple[bytes, bytes]:
    """Packed, and as it is."""
    plain = (modules() if module == MADE else files())[module].encode()
    return gzip.compress(plain), plain
