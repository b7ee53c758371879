"""Designs checked against Keras: asked for by a page, carried out by a worker, kept by content.

The worker builds the Keras model and compares every output shape and every count with the trace.
No variable is given memory for it, so that VGG-16 takes a fiftieth of a second.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import json
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Connection, delete, func, insert, select, update

from cnn.network.architecture import Architecture
from cnn.network.caching import remembered
from cnn.network.errors import ArchitectureError, shown
from cnn.network.trace import trace
from cnn.training.recipe.run import Standing
from cnn.training.store.row_checks import are_whole, read
from cnn.training.store.store import Store
from cnn.training.store.tables import checks

MOST_LAYERS = 500
MOST_WAITING = 50
LONGEST_S = 60.0
KEPT_S = 7 * 86_400.0
MOST_KEPT, MOST_KEPT_BYTES = 2_000, 20_000_000
"""So many answers are kept, and so many letters of their networks; the oldest go first."""


WAITING = (Standing.WANTED, Standing.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Check:
    """What came of a check so far; `words` say what was compared, or what differs."""

    standing: Standing
    words: tuple[str, ...] = ()


def why_not(architecture: Architecture) -> str:
    """Why the network is not checked at all; empty where it may be."""
    if len(trace(architecture).rows) <= MOST_LAYERS:
        return ""
    return f"Networks of over {MOST_LAYERS} layers are not checked."


def known(store: Store, architecture: Architecture) -> Check | None:
    """What is known of the network, if anything is; this changes nothing."""
    if reason := why_not(architecture):
        return Check(Standing.FAILED, (reason,))
    this = digest(architecture)
    with store.begin() as connection:
        found = _kept(connection, this)
    if found is None:
        return None
    standing, words, wanted_at = found
    if standing not in list(Standing):
        return Check(Standing.FAILED, (f"Another version found {shown(standing)}: unknown here.",))
    if standing == Standing.UNDER_WAY and time.time() - wanted_at > LONGEST_S:
        return Check(Standing.FAILED, ("The process that checked ended before it was done.",))
    return Check(Standing(standing), words)


def want(store: Store, architecture: Architecture) -> Check:
    """Asks a worker to find out; what waits longest is forgotten where too many wait."""
    this, wanted = digest(architecture), Check(Standing.WANTED)
    with store.begin() as connection:
        if _kept(connection, this) is not None:
            return wanted
        connection.execute(delete(checks).where(checks.c.digest == this))  # one that is damaged
        connection.execute(
            insert(checks).values(
                digest=this,
                architecture=architecture.to_json(),
                standing=wanted.standing,
                wanted_at=time.time(),
            )
        )
        newest = select(checks.c.digest).where(checks.c.standing == Standing.WANTED)
        newest = newest.order_by(checks.c.wanted_at.desc()).limit(MOST_WAITING)
        kept = connection.execute(newest).scalars().all()
        is_too_old = (checks.c.standing == Standing.WANTED) & checks.c.digest.not_in(kept)
        connection.execute(delete(checks).where(is_too_old))
        _forget_oldest(connection)
    return wanted


def _kept(connection: Connection, this: str) -> tuple[str, tuple[str, ...], float] | None:
    """Where a check stands, its words, and when it was asked for; None of one that is damaged."""
    query = select(checks.c.standing, checks.c.words, checks.c.wanted_at)
    is_this = (checks.c.digest == this) & are_whole(connection, checks)
    row = connection.execute(query.where(is_this)).first()
    words = read(checks.c.words, row.words) if row else None
    return None if row is None or words is None else (row.standing, words, row.wanted_at)


def _forget_oldest(connection: Connection) -> None:
    """Forgets what was answered longest ago, where more is kept than may be."""
    letters = func.coalesce(func.length(checks.c.architecture) + func.length(checks.c.words), 0)
    answered = checks.c.standing.not_in(WAITING)
    newest = select(checks.c.digest, letters).where(answered).order_by(checks.c.wanted_at.desc())
    found = connection.execute(newest).all()
    sizes = itertools.accumulate(size for _, size in found)
    going = [
        digest
        for number, ((digest, _), size) in enumerate(zip(found, sizes, strict=True))
        if number >= MOST_KEPT or size > MOST_KEPT_BYTES
    ]
    if going:
        connection.execute(delete(checks).where(checks.c.digest.in_(going)))


def is_wanted(store: Store) -> bool:
    """Whether a check is asked for that nobody has begun."""
    with store.begin() as connection:
        return _newest(connection) is not None


def carry_out_next(store: Store) -> bool:
    """Does the check that was asked for last; says whether there was one."""
    with store.begin() as connection:
        newest = _newest(connection)
        if newest is None:
            return False
        asked_for, architecture = newest
        this = checks.c.digest == asked_for
        started = {"standing": Standing.UNDER_WAY, "wanted_at": time.time()}
        connection.execute(update(checks).where(this).values(started))
    found = check(architecture)
    values = {"standing": found.standing, "words": json.dumps(found.words)}
    with store.begin() as connection:
        connection.execute(update(checks).where(this).values(values))
        connection.execute(delete(checks).where(checks.c.wanted_at < time.time() - KEPT_S))
    return True


def check(architecture: Architecture) -> Check:
    """Builds the network in Keras and compares every shape and count."""
    from cnn.training.engine.tensorflow import import_tensorflow

    import_tensorflow()
    import keras

    from cnn.network.keras.model import build, differences

    keras.backend.clear_session()
    try:
        with keras.StatelessScope(initialize_variables=False):
            model = build(architecture)
        found = differences(architecture, model)
    except Exception as error:  # noqa: BLE001  the reader gets the reason, whatever it was
        return Check(Standing.FAILED, (f"{type(error).__name__}: {error}"[:500],))
    if found:
        return Check(Standing.DIFFERS, found[:20])
    return Check(
        Standing.AGREES,
        (
            f"Keras {_version('keras')} built this network of {len(model.layers):,} Keras layers: "
            "every output shape, every weight's shape and every count of parameters is the one "
            "shown here.",
        ),
    )


@remembered()
def digest(architecture: Architecture) -> str:
    """What a check is found again by: the network without its name, and its numbers."""
    network = architecture.to_dict()
    del network["name"]
    numbers = [(row.output_shape, row.params) for row in trace(architecture).rows]
    text = json.dumps([network, numbers, _version("keras")], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _newest(connection: Connection) -> tuple[str, Architecture] | None:
    """The network asked for last; an unreadable one waits for the version that asked."""
    wanted = select(checks.c.digest, checks.c.architecture)
    is_wanted = checks.c.standing == Standing.WANTED
    is_wanted &= are_whole(connection, checks)
    found = connection.execute(wanted.where(is_wanted).order_by(checks.c.wanted_at.desc()))
    for this, text in found:
        with contextlib.suppress(ArchitectureError):
            return this, Architecture.from_json(text)
    return None
