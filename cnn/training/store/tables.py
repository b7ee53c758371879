"""The tables of the run store, in plain SQLAlchemy Core: nothing of one database alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from cnn.people.person import LOCAL_ID, Person

SCHEMA_VERSION = 9
metadata = MetaData()


SEEN_BY = "cnn_seen_by"
"""The option of a connection that says whose it is (`sight`)."""


def _whoever_adds(context: Any) -> str:
    person: Person | None = context.execution_options.get(SEEN_BY)
    return person.id if person else LOCAL_ID


def _owner(*, primary_key: bool = False) -> Column[Any]:
    """Whose a row is: theirs whose store adds it."""
    return Column(
        "owner",
        String(32),
        primary_key=primary_key,
        nullable=False,
        default=_whoever_adds,
        server_default=LOCAL_ID,
    )


about = Table("about", metadata, Column("schema_version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("data_fingerprint", String(64), nullable=False, default=""),
    Column("images", Text, nullable=False, default="{}"),
    Column("environment", Text, nullable=False, default="{}"),
    Column("state", String(16), nullable=False),
    Column("wish", String(8), nullable=False),
    Column("worker", String(64), nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("progress", Text, nullable=False, default="{}"),
    Column("result", Text),
    Column("message", Text, nullable=False, default=""),
    Column("checkpoint", Text),
    Column("continues", String(32), nullable=False, server_default=""),
    Column("first_step", Integer, nullable=False, server_default="0"),
    Column("changes", Text, nullable=False, server_default="[]"),
    Column("network", Text, nullable=False, server_default=""),
    Column("dataset", String(200), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("is_archived", Integer, nullable=False, server_default="0"),
    Column("elsewhere", Text),
    _owner(),
    Column("is_shared", Integer, nullable=False, server_default="0"),
    Index("runs_by_state", "state", "created_at"),
    Index("runs_by_shelf", "is_archived", "created_at"),
    Index("runs_by_age", "created_at"),
    Index("runs_by_recipe", "recipe"),
    Index("runs_by_owner", "owner", "state", "started_at"),
)

workers = Table(
    "workers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("heartbeat_at", Float, nullable=False),
)

designs = Table(
    "designs",
    metadata,
    _owner(primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("architecture", Text, nullable=False),
    Column("saved_at", Float, nullable=False),
    Column("is_shared", Integer, nullable=False, server_default="0"),
)

people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("class_name", String(80), nullable=False, server_default=""),
    Column("known_as", String(200), nullable=False, server_default=""),
    Column("invited", String(64), nullable=False, server_default=""),
    Column("made_at", Float, nullable=False),
    Column("seen_at", Float),
    Column("is_revoked", Integer, nullable=False, server_default="0"),
    Index("people_by_invitation", "invited"),
    Index("people_by_class", "class_name"),
    Index("people_known_as", "known_as"),
)
"""`invited` is the digest of a link that was not used yet; `known_as` what a proxy calls them."""

classes = Table(
    "classes",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("is_paused", Integer, nullable=False, server_default="0"),
    Column("first_until", Float, nullable=False, server_default="0"),
)
"""What a teacher wants of the runs of a class that wait: none begins, or they are first."""

visits = Table(
    "visits",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", String(32), nullable=False),
    Column("until", Float, nullable=False),
    Index("visits_by_person", "person"),
)
"""Who is signed in: a browser's cookie holds the key of which this is the digest."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", String(32), nullable=False),
    Column("verb", String(32), nullable=False),
    Column("what", String(200), nullable=False),
    Index("audit_by_person", "who"),
)

checks = Table(
    "checks",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("architecture", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("words", Text, nullable=False, default="[]"),
    Column("wanted_at", Float, nullable=False),
    Index("checks_by_standing", "standing", "wanted_at"),
)

progress = Table(
    "progress",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", String(64), nullable=False),
    Column("lesson", String(64), nullable=False),
    Column("item", String(64), nullable=False),
    Column("choice", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("progress_by_profile", "profile"),
)


def _belonging(name: str, *columns: Column[Any] | Index) -> Table:
    """A table whose rows belong to a run and go with it."""
    run_id: Column[Any] = Column(
        "run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
    )
    return Table(name, metadata, run_id, *columns)


def _number(name: str) -> Column[Any]:
    return Column(name, Float, nullable=False)


steps = _belonging(
    "steps",
    Column("step", Integer, primary_key=True),
    *map(_number, ("epoch", "loss", "accuracy", "learning_rate", "seconds")),
)

epochs = _belonging(
    "epochs",
    Column("epoch", Integer, primary_key=True),
    *map(_number, ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")),
)

files = _belonging(
    "files",
    Column("name", String(80), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

gradients = _belonging(
    "gradients",
    Column("step", Integer, primary_key=True),
    Column("norms", Text, nullable=False),
)

tags = _belonging(
    "tags",
    Column("tag", String(40), primary_key=True),
    Index("runs_by_tag", "tag"),
)

BELONGINGS = (steps, epochs, gradients, files, tags)

limits = Table(
    "limits",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("wanted", Text, nullable=False),
    Column("met_at", Float, nullable=False),
    Column("shown_at", Float),
)
"""Made when it is first needed: a store that may only be read opens without it."""
