"""What goes wrong outside the app: connections that are cut, and a processor that others take."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlparse

CHUNK = 1 << 16


class Proxy:
    """Hands on bytes between a browser and the app, and cuts all connections when it is told to.

    What is `hidden` of what the app says comes through as so many letters x.
    """

    def __init__(self, url: str, hidden: bytes = b"") -> None:
        self.hidden = hidden
        parts = urlparse(url)
        self.behind = str(parts.hostname), parts.port
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.cuts = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._take_in, daemon=True).start()

    def cut(self) -> int:
        """Ends all connections that are open now, and says how many."""
        with self._lock:
            ended, self._open = self._open, set()
        for one in ended:
            _end(one)
        self.cuts += bool(ended)
        return len(ended)

    def close(self) -> None:
        _end(self.door)
        self.cut()

    def _take_in(self) -> None:
        while True:
            try:
                browser, _ = self.door.accept()
            except OSError:  # closed
                return
            try:
                app = socket.create_connection(self.behind, timeout=60)
            except OSError:
                _end(browser)
                continue
            app.settimeout(None)
            with self._lock:
                self._open |= {browser, app}
            for way in ((browser, app, b""), (app, browser, self.hidden)):
                threading.Thread(target=self._hand_on, args=way, daemon=True).start()

    def _hand_on(self, one: socket.socket, other: socket.socket, hidden: bytes) -> None:
        with suppress(OSError):
            while said := one.recv(CHUNK):
                other.sendall(said.replace(hidden, b"x" * len(hidden)) if hidden else said)
        for end in (one, other):
            with self._lock:
                self._open.discard(end)
            _end(end)


@contextmanager
def cutting(url: str, dice: random.Random, every_s: tuple[float, float]) -> Iterator[Proxy]:
    """A way to the app whose connections are cut again and again, a random while apart."""
    proxy, over = Proxy(url), threading.Event()

    def cut_for_ever() -> None:
        while not over.wait(dice.uniform(*every_s)):
            proxy.cut()

    cutter = threading.Thread(target=cut_for_ever)
    cutter.start()
    try:
        yield proxy
    finally:
        over.set()
        cutter.join()
        proxy.close()


@contextmanager
def processor_taken(dice: random.Random, span_s: tuple[float, float]) -> Iterator[None]:
    """Processes that compute for nothing, two for each core, on and off for a random while."""
    takers = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    over = threading.Event()

    def on_and_off() -> None:
        said = signal.SIGSTOP
        while not over.wait(dice.uniform(*span_s)):
            for taker in takers:
                taker.send_signal(said)
            said = signal.SIGCONT if said is signal.SIGSTOP else signal.SIGSTOP

    switch = threading.Thread(target=on_and_off)
    switch.start()
    try:
        yield
    finally:
        over.set()
        switch.join()
        for taker in takers:
            taker.kill()
            taker.wait()


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
