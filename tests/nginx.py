"""A real nginx with the configuration that `docs/` gives, but for its addresses, in a folder of its
own and for this machine alone.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FILE = Path(__file__).parents[1] / "docs" / "nginx.conf"
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr crit;
worker_processes 1;
{user}
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/cnn.conf;
}}
"""
GIVEN_PORTS = ("8501", "8502", "8503")
CERTIFICATE = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]


def program() -> str | None:
    """nginx, where it is with what makes a certificate for it."""
    there = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")
    return there if shutil.which("openssl") else None


def written(folder: Path, port: int, apps: Sequence[str] = GIVEN_PORTS) -> Path:
    """The file that nginx is started with, for apps at these ports."""
    text = FILE.read_text(encoding="utf-8")
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server_name class.example;": "server_name localhost;",
        "/etc/ssl/class.example.pem": f"{folder}/own.pem",
        "/etc/ssl/class.example.key": f"{folder}/own.key",
        "/var/log/nginx/cnn.log": f"{folder}/cnn.log",
    }
    ports = zip(GIVEN_PORTS, apps, strict=True)
    changes |= {f"127.0.0.1:{old} ": f"127.0.0.1:{new} " for old, new in ports}
    for old in changes:
        assert text.count(old) == 1, f"{old} is not once in {FILE.name}"
    place = re.compile("|".join(map(re.escape, changes)))
    (folder / "cnn.conf").write_text(place.sub(lambda found: changes[found[0]], text))
    subprocess.run(
        [*CERTIFICATE, *KEY, "-keyout", folder / "own.key", "-out", folder / "own.pem"],
        check=True,
        capture_output=True,
    )
    user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(AROUND.format(folder=folder, user=user))
    return whole


@contextmanager
def server(folder: Path, apps: Sequence[str]) -> Iterator[str]:
    """Starts nginx before these apps; yields its address."""
    there = program()
    assert there is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = [there, "-p", str(folder), "-c", str(written(folder, port, apps))]
    with subprocess.Popen(started) as nginx:
        try:
            _wait(port)
            yield f"https://localhost:{port}"
        finally:
            nginx.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx does not answer")
