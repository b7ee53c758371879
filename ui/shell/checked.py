"""Answers whether Keras agrees with a network; a worker is asked where nobody knows yet."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from cnn.network.errors import ArchitectureError
from cnn.network.link import decode
from cnn.training.recipe.run import CLAIMED, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.store import Store, StoreError
from cnn.training.workers import checks
from cnn.training.workers.ray_cluster import WRONG
from ui.shell.changing import changing, take_turn
from ui.shell.health import ready
from ui.shell.rate import Rate

QUESTIONS = Rate(60, 0.5)
"""How often a session may ask; its mark asks once after an edit, then at most twice a second."""

NEW_OF_ONE = Rate(20, 3.0)
NEW_OF_ALL = Rate(60, 1.0)
"""How often a worker may be asked about another network, by one session and by all."""


def _checked(session: str, asked: dict[str, Any]) -> Response:
    """What is known of the network whose link is asked about; a worker is told where nothing is."""
    try:
        store = ready.opened()
        architecture = decode(str(asked.get("net", "")))
        if reason := checks.why_not(architecture):
            return JSONResponse({"standing": "none", "words": [reason]})
        found = checks.known(store, architecture)
        if found is None:
            take_turn(NEW_OF_ONE, session)
            take_turn(NEW_OF_ALL, "")
            found = checks.want(store, architecture)
        standing, words = found.standing.value, found.words
        if found.standing in checks.WAITING:
            standing, words = _waiting_for(store)
    except (ArchitectureError, StoreError) as error:
        return JSONResponse({"standing": "failed", "words": [str(error)]})
    return JSONResponse({"standing": standing, "words": words})


def _waiting_for(store: Store) -> tuple[str, tuple[str, ...]]:
    """A name the mark knows, and what it says in place of its own words where there is more."""
    states = worker_states(store)
    if WorkerState.DISPATCHING in states:
        return "waiting", ()  # never for a training: on Ray it is a task beside them
    if WorkerState.READY in states:
        return "busy" if store.count(CLAIMED) else "waiting", ()
    if WorkerState.STARTING in states:
        return "starting", ()
    return "away", tuple(WRONG[state].replace("`", "") for state in states if state in WRONG)


checked = changing(_checked, QUESTIONS)
