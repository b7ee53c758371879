"""A real PostgreSQL for the tests of the store, from the system's own packages.

It is started once for each worker of pytest, in a folder of its own and without a network port, and
each test gets a database of its own. `python -m tests.postgres` installs the package where it may.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"
"""Who starts the server where root runs the tests, as PostgreSQL refuses to be root."""


def programs() -> Path | None:
    """The folder of the newest server's programs; None where there is none."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(versions, key=lambda file: float(file.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """Starts a server; yields the URL of its databases up to their name."""
    there = programs()
    assert there is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: it holds a socket
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        _run(there / "initdb", "-D", data, "-U", "tests", "-A", "trust", "--no-sync", "-E", "UTF8")
        # Of a hundred databases that nobody will ask again, none is to be tidied up.
        options = (
            f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200 "
            "-c autovacuum=off -c jit=off"
        )
        _run(there / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://tests@/{{name}}?host={folder}"
        finally:
            _run(there / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str) -> str:
    """The URL of an empty database of a running server."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    where = address.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address.format(name=name)


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")


def install() -> None:
    """Installs a server where there is none and one may be installed."""
    if programs() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "postgresql"]):
            subprocess.run(["apt-get", *words], env=environment, check=False)


if __name__ == "__main__":
    install()
