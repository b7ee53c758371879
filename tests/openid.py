"""A provider of OpenID Connect on this machine, which believes everybody who says who they are."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.browser.driving import _free_port
from tests.visitor import asked

CLIENT, SECRET = "workbench", "of-this-server-alone"


@contextmanager
def provider(*users: Mapping[str, str]) -> Iterator[str]:
    """Starts it, with what it knows of each; yields its address."""
    port = _free_port()
    known = [word for one in users for word in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), *known]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield url
        finally:
            server.terminate()


def settings(issuer: str) -> dict[str, str]:
    """Those with which an app has people signed in there."""
    return {
        "CNN_ACCOUNTS": "oidc",
        "CNN_OIDC_ISSUER": issuer,
        "CNN_OIDC_CLIENT": CLIENT,
        "CNN_OIDC_SECRET": SECRET,
    }


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            asked(url, "/.well-known/openid-configuration")
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the provider does not answer")
