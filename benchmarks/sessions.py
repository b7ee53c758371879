"""How many people one process of the app serves: edits of 20 layers, said on the wire.

A real browser edits a network once, and what it says is kept. Then 10, 50 and 100 sessions say the
same over connections of their own, each looking at every answer for as long as a person does, so
that the machine's processors are the server's: people bring their own browsers. An answer counts
when all have come; it is there when the page is done and its address holds the edit.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks import goals
from benchmarks.build_page import server_bytes
from benchmarks.load import LOOK_S, look_s, processor_ticks
from benchmarks.said import LAYERS, edits_of_a_browser
from tests.browser import chromium
from tests.browser.driving import running

SESSIONS = (10, 50, 100)
EDITS = 40
TOGETHER = 25
ARRIVE_S, STAY_S = 0.4, 60.0
"""How much later than the one before a session begins; how long all of them are there."""

START_S = 5.0
"""After that the processes that say what sessions say are there."""

PATIENCE_S = 120.0
TICKS_A_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Stay:
    """When people come and go, on the clock that all processes of a machine share."""

    begins: float
    all_came: float
    ends: float

    @classmethod
    def of(cls, count: int) -> Stay:
        begins = time.monotonic() + START_S
        all_came = begins + count * ARRIVE_S
        return cls(begins, all_came, all_came + STAY_S)


async def answered(talk: ClientConnection, question: bytes, wanted: str) -> float:
    """Says something and waits for the end of the answer; how long it took."""
    began = time.perf_counter()
    await talk.send(question)
    address = ""
    async for content in talk:
        assert isinstance(content, bytes)
        heard = ForwardMsg.FromString(content)
        address = heard.page_info_changed.query_string or address
        if heard.HasField("script_finished"):
            break
    assert wanted in address, f"{wanted} is not in the address, which is {address[:80]}"
    return time.perf_counter() - began


async def session(url: str, said: list[bytes], place: int, here: Stay, took: list[float]) -> None:
    """One person, who comes a little later than the one before."""
    chance = random.Random(place)
    await asyncio.sleep(here.begins - time.monotonic() + place * ARRIVE_S)
    where = f"ws{url.removeprefix('http')}/_stcore/stream"
    kind = [Subprotocol("streamlit")]
    async with connect(where, subprotocols=kind, origin=url, max_size=None) as talk:
        first, *edits = said
        await asyncio.wait_for(answered(talk, first, ""), PATIENCE_S)
        for filters, edit in enumerate(edits, 9):
            await asyncio.sleep(look_s(chance))
            began = time.monotonic()
            if began > here.ends:
                break
            answer_s = await asyncio.wait_for(answered(talk, edit, f".c{filters}p"), PATIENCE_S)
            if began > here.all_came:
                took.append(answer_s)


def measured(url: str, said: list[bytes], count: int) -> tuple[list[float], float]:
    """How long each edit took, and how many processors the server used while all were there.

    One process says what some of the sessions say.
    """
    parts = [range(place, min(place + TOGETHER, count)) for place in range(0, count, TOGETHER)]
    here = Stay.of(count)
    with ProcessPoolExecutor(len(parts), get_context("spawn")) as elsewhere:
        found = [elsewhere.submit(_part, url, said, places, here) for places in parts]
        time.sleep(max(0.0, here.all_came - time.monotonic()))
        used = server_s()
        time.sleep(STAY_S)
        share = (server_s() - used) / STAY_S
        return [one for part in found for one in part.result()], share


def _part(url: str, said: list[bytes], places: range, here: Stay) -> list[float]:
    took: list[float] = []

    async def together() -> None:
        await asyncio.gather(*(session(url, said, place, here, took) for place in places))

    asyncio.run(together())
    return took


def server_s() -> float:
    return sum(n for kind, n in processor_ticks().values() if kind == "server") / TICKS_A_S


def main() -> None:
    """Print a line for each number of sessions."""
    if chromium.find() is None:
        sys.exit(chromium.MISSING)
    told = f"Edits of {LAYERS} layers, {LOOK_S:g} s between two of a session in the mean"
    print(f"{told}, no browser beside.\n")
    head = ("sessions", "edits", "median, ms", "p95, ms", "processors", "MB")
    print("{:>8} {:>6} {:>11} {:>8} {:>11} {:>6}   of the server".format(*head))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url:
        said = edits_of_a_browser(url, EDITS)
        measured(url, said, 1)  # what is loaded once is no session's
        for count in SESSIONS:
            took, share = measured(url, said, count)
            p95 = statistics.quantiles(took, n=20)[-1]
            figures = 1e3 * statistics.median(took), 1e3 * p95, share, server_bytes(url) / 1e6
            line = "{:>8} {:>6} {:>11.0f} {:>8.0f} {:>11.2f} {:>6.0f}"
            print(line.format(count, len(took), *figures), flush=True)
            goals.held(
                *(f"{count} sessions, 95th percentile of an edit", 1e3 * p95),
                most=1_000,
                unit=" ms",
                of=f"{len(took)} edits",
            )
    goals.end()


if __name__ == "__main__":
    main()
