"""What of a store one person sees and may change. The rows of others are not there for them.

Every statement that a person's store sends is narrowed here, whoever wrote it: what reads finds
what is theirs, shared in their class or (for a teacher) of it; what changes meets what is theirs
alone, and of a teacher's class who is a learner there, and what becomes of its queue. `of_all`
marks the few that have to see everybody's rows, such as the length of the queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Executable,
    FromClause,
    Insert,
    Join,
    SelectBase,
    Update,
    event,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.visitors import cloned_traverse

from cnn.people.person import LOCAL_ID, Person, Role
from cnn.training.store import tables
from cnn.training.store.store_error import NotYours
from cnn.training.store.tables import SEEN_BY

OF_ALL = "cnn_of_all"

FREE = frozenset({"about", "workers", "checks", "limits"})
"""Tables that hold nothing of anybody."""

CALLED = {
    "designs": "design",
    "progress": "progress",
    "people": "account",
    "audit": "note",
    "classes": "class",
    "visits": "visit",
}
"""What a row of a table is; all others are of runs."""

MAY_CHANGE = {
    "people": frozenset({"invited", "is_revoked"}),
    "classes": frozenset({"is_paused", "first_until"}),
}
"""What a teacher changes: by which link a learner comes in, and what becomes of the queue."""

Statement = TypeVar("Statement", bound=Executable)

_WRITER = DefaultDialect().statement_compiler(DefaultDialect(), None)


def of_all(statement: Statement) -> Statement:
    """The statement for everybody's rows, also where one person's store sends it."""
    return statement.execution_options(**{OF_ALL: True})


def seen_by(connection: Connection, person: Person) -> None:
    """From now on this connection is that person's, until it is given back."""
    connection.execution_options(**{SEEN_BY: person})


def teaches(person: Person, class_name: str) -> bool:
    """Whether somebody has a say in a class: its teachers, and operators in each."""
    is_theirs = person.role is Role.TEACHER and class_name != "" and person.class_name == class_name
    return is_theirs or person.sees_all


def watch(engine: Engine) -> None:
    """Has every statement of this database narrowed to who sends it."""
    event.listen(engine, "before_execute", _narrowed, retval=True)


def _narrowed(
    connection: Connection, statement: Any, many: Any, one: Any, options: Mapping[str, Any]
) -> tuple[Any, Any, Any]:
    person: Person | None = options.get(SEEN_BY)
    if person is None or person.sees_all or options.get(OF_ALL):
        return statement, many, one
    if isinstance(statement, Insert) and statement.select is None:
        _check_new(connection, statement, (*many, *([one] if one else ())), person)
        return statement, many, one
    if isinstance(statement, Update | Delete):
        _check_change(connection, statement, (*many, *([one] if one else ())), person)
    elif not isinstance(statement, SelectBase):
        raise NotYours(f"nothing here can narrow {type(statement).__name__}, which asks for rows")
    return _for(statement, person), many, one


def _for(statement: Any, person: Person) -> Any:
    def read(found: Any) -> None:
        for table in _tables(_froms(found)):
            _where(found, _seen(table, person))

    def change(found: Any) -> None:
        _where(found, _mine(found.table, person))

    return cloned_traverse(statement, {}, {"select": read, "update": change, "delete": change})


def _froms(found: Any) -> Sequence[FromClause]:
    """What a query reads from: as its `get_final_froms`, which writes the whole of it for that."""
    made: Sequence[FromClause] = found._compile_state_factory(found, _WRITER)._get_display_froms()
    return made


def _where(found: Any, condition: ColumnElement[bool] | None) -> None:
    if condition is not None:
        found.where.non_generative(found, condition)


def _tables(froms: Iterable[FromClause]) -> Iterator[FromClause]:
    """The tables that are read from, by their own name or another; not those within a query."""
    for one in froms:
        if isinstance(one, Join):
            yield from _tables((one.left, one.right))
        elif not isinstance(getattr(one, "element", None), SelectBase):
            yield one


def _base(table: FromClause) -> str:
    """What a table is called that may have another name in a query."""
    found: Any = getattr(table, "element", table)
    return str(found.name)


def _seen(table: FromClause, person: Person) -> ColumnElement[bool] | None:
    """Which rows of a table are there for a person; None where all are."""
    name, of = _base(table), table.c
    if name in FREE:
        return None
    if name in ("runs", "designs"):
        return or_(of.owner == person.id, *_shared(of, person), *_of_class(of.owner, person))
    if name in BELONGING:
        runs = tables.runs.alias()
        return of.run_id.in_(select(runs.c.id).where(_seen_runs(runs, person)))
    if name == "progress":
        return or_(of.profile == person.id, *_of_class(of.profile, person))
    if name == "people":
        return or_(of.id == person.id, *_of_class(of.id, person))
    if name == "classes" and person.class_name:
        return of.name == person.class_name
    return of.who == person.id if name == "audit" else _nothing(table)


def _seen_runs(runs: FromClause, person: Person) -> ColumnElement[bool]:
    seen = _seen(runs, person)
    assert seen is not None
    return seen


def _mine(table: FromClause, person: Person) -> ColumnElement[bool] | None:
    """Which rows of a table a person may change; None where everybody may."""
    name, of = _base(table), table.c
    if name in FREE:
        return None
    if name in ("runs", "designs"):
        return of.owner == person.id
    if name in BELONGING:
        runs = tables.runs.alias()
        return of.run_id.in_(select(runs.c.id).where(runs.c.owner == person.id))
    if name == "progress":
        return of.profile == person.id
    return _taught(table, person)


def _taught(table: FromClause, person: Person) -> ColumnElement[bool]:
    """Which rows a teacher may change, as they are of the class or of learners in it."""
    name, of = _base(table), table.c
    if not teaches(person, person.class_name):
        return _nothing(table)
    if name == "classes":
        return of.name == person.class_name
    if name == "people":
        return (of.class_name == person.class_name) & (of.role == Role.LEARNER)
    if name == "visits":
        people = tables.people.alias()
        return of.person.in_(select(people.c.id).where(_taught(people, person)))
    return _nothing(table)


def _shared(of: Any, person: Person) -> list[ColumnElement[bool]]:
    """Whether it is shared with somebody: in their class, or by those who run the server."""
    if not person.class_name:
        return []
    people = tables.people.alias()
    is_near = (people.c.class_name == person.class_name) | (people.c.role == Role.OPERATOR)
    by = select(people.c.id).where(is_near)
    return [(of.is_shared == 1) & or_(of.owner == LOCAL_ID, of.owner.in_(by))]


def _of_class(whose: ColumnElement[str], person: Person) -> list[ColumnElement[bool]]:
    """Whether somebody is of a teacher's own class."""
    if person.role is not Role.TEACHER or not person.class_name:
        return []
    people = tables.people.alias()
    return [whose.in_(select(people.c.id).where(people.c.class_name == person.class_name))]


def _nothing(table: FromClause) -> ColumnElement[bool]:
    return next(iter(table.c)).is_(None)


BELONGING = frozenset(table.name for table in tables.BELONGINGS)


def _check_change(
    connection: Connection,
    change: Update | Delete,
    given: Iterable[Mapping[str, Any]],
    person: Person,
) -> None:
    """What a person sees and may not change is not passed by without a word."""
    table: Any = change.table
    if table.name in MAY_CHANGE and not (
        isinstance(change, Update) and _set_by(change, given) <= MAY_CHANGE[table.name]
    ):
        raise NotYours("this is changed by those who run this server alone.")
    if table.name == "visits" and not isinstance(change, Delete):
        raise NotYours("a visit ends, and is never changed.")
    mine, seen = _mine(table, person), _seen(table, person)
    if mine is None or seen is None:
        return
    where = () if change.whereclause is None else (change.whereclause,)
    others = select(literal(1)).select_from(table).where(*where, seen, not_(mine)).limit(1)
    if connection.execute(of_all(others)).first():
        raise NotYours(
            f"this is somebody else's {CALLED.get(table.name, 'run')}, and stays as it is."
        )


def _set_by(change: Update, given: Iterable[Mapping[str, Any]]) -> set[str]:
    """The columns that a change sets."""
    return {str(getattr(one, "key", one)) for one in change._values or {}}.union(*given)


def _check_new(
    connection: Connection, statement: Insert, given: Iterable[Mapping[str, Any]], person: Person
) -> None:
    """A row that is added is theirs, or belongs to a run of theirs."""
    name, rows = statement.table.name, [*given]
    held = [{**statement.compile().params, **row} for row in rows or [{}]]
    if name in FREE:
        return
    if name in ("runs", "designs"):
        right = all(row.get("owner") in (None, person.id) for row in held)
    elif name in BELONGING:
        wanted = {row.get("run_id") for row in held}
        mine = select(tables.runs.c.id).where(
            tables.runs.c.id.in_(wanted), tables.runs.c.owner == person.id
        )
        right = wanted == set(connection.execute(of_all(mine)).scalars())
    elif name == "progress":
        right = all(row.get("profile") == person.id for row in held)
    else:
        right = all(_is_taught(name, row, person) for row in held)
    if not right:
        raise NotYours(
            f"this would be somebody else's {CALLED.get(name, 'run')}: nothing was added."
        )


def _is_taught(name: str, row: Mapping[str, Any], person: Person) -> bool:
    """Whether a teacher may add it: a learner to their class, or what becomes of its queue."""
    if not teaches(person, person.class_name):
        return False
    if name == "classes":
        return row.get("name") == person.class_name
    is_learner = row.get("role") == Role.LEARNER and not row.get("known_as")
    return name == "people" and is_learner and row.get("class_name") == person.class_name
