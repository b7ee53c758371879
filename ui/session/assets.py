"""What the browser fetches once from our own server, by addresses that change with the content.

Streamlit sends a component's whole script again whenever its data change: the stack editor's is
90 KB. Where our server runs, a component gets a few lines instead that load the script, again and
again where the connection was cut meanwhile.
"""

from __future__ import annotations

import functools
import gzip
import hashlib

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # the address changes with the content
    "Vary": "Accept-Encoding",
}
_LOADER = """
const PAUSE_MS = [1000, 3000, 10000, 30000];
let script;
async function load(tries) {
  const address = new URL("ADDRESS", location.origin);
  if (tries) address.search = tries; // some browsers never ask again for what did not arrive
  try {
    return await import(address);
  } catch {
    const pause = PAUSE_MS[Math.min(tries, PAUSE_MS.length - 1)];
    await new Promise((done) => setTimeout(done, pause));
    return load(tries + 1);
  }
}
const fetched = load(0).then((module) => (script = module));
export default function (component) {
  if (script) return script.default(component);
  let isGone = false;
  let end;
  fetched.then(() => { if (!isGone) end = script.default(component); });
  return () => { isGone = true; end?.(); };
}
"""
_scripts: dict[str, str] = {}
_served = [False]


def address(path: str) -> str:
    """Where our server answers for a path such as `/checks`."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}{path}"


def script(name: str, text: str) -> str:
    """The script of a component: lines that load it, or where no server of ours runs, itself."""
    if not _served[0]:
        return text
    file = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
    _scripts[file] = text
    return _LOADER.replace("ADDRESS", address(f"/scripts/{file}"))


def route() -> Route:
    """The route that serves the scripts; from now on components are told to load theirs."""
    _served[0] = True
    return Route(address("/scripts/{file}"), _answer)


def compressed_response(request: Request, packed: bytes, plain: bytes, media_type: str) -> Response:
    """The packed content for a browser that reads it, which all do; else the plain one."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, media_type=media_type, headers=HEADERS)
    headers = HEADERS | {"Content-Encoding": "gzip"}
    return Response(packed, media_type=media_type, headers=headers)


def _answer(request: Request) -> Response:
    file = request.path_params["file"]
    if file not in _scripts:
        return Response("No such script. Load the page again.", status_code=404)
    plain = _scripts[file].encode()
    return compressed_response(request, _packed(file), plain, "text/javascript")


@functools.lru_cache(maxsize=32)
def _packed(file: str) -> bytes:
    return gzip.compress(_scripts[file].encode())
