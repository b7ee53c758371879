"""Whose things are whose in a store: every table, every verb, everybody, on both databases."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import (
    Insert,
    Select,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from cnn.lessons import progress
from cnn.lessons.progress import noted
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import LOCAL, Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Epoch, GradientNorms, Progress, Step, Wish
from cnn.training.store import designs, labels, run_list, sight, tables
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours, StoreError

OWNER = Person("anna", "Anna", Role.LEARNER, "4b")
CLASSMATE = Person("ben", "Ben", Role.LEARNER, "4b")
TEACHER = Person("cleo", "Cleo", Role.TEACHER, "4b")
OTHER_TEACHER = Person("dora", "Dora", Role.TEACHER, "5a")
STRANGER = Person("emil", "Emil", Role.LEARNER, "5a")
OF_NO_CLASS = Person("gus", "Gus", Role.LEARNER)
OPERATOR = Person("fay", "Fay", Role.OPERATOR)
GUEST = Person("gina", "Guest", Role.GUEST)
OTHERS = (CLASSMATE, OTHER_TEACHER, STRANGER, OF_NO_CLASS, GUEST)
EVERYBODY = (OWNER, TEACHER, OPERATOR, *OTHERS)

DESIGN = Architecture("Hers", (8, 8, 1), (Flatten(), Dense(2)))
OWNED = (tables.runs, tables.designs, *tables.BELONGINGS, tables.progress)
BY = {
    "runs": "owner", "designs": "owner", "progress": "profile", "people": "id", "audit": "who",
    "visits": "person",
}  # fmt: skip
OF_PEOPLE = (tables.people, tables.audit, tables.visits, tables.classes)


@pytest.fixture
def hers(store: Store) -> str:
    """A run of Anna's with something in each table, and all who are there."""
    with store.begin() as connection:
        for one in EVERYBODY:
            row = {"id": one.id, "name": one.name, "role": one.role, "made_at": time.time()}
            connection.execute(insert(tables.people).values(row | {"class_name": one.class_name}))
            log = {"at": time.time(), "who": one.id, "verb": "came", "what": ""}
            connection.execute(insert(tables.audit).values(log))
            visit = {"digest": one.id, "person": one.id, "until": time.time() + 60}
            connection.execute(insert(tables.visits).values(visit))
        connection.execute(insert(tables.classes).values(name="4b", is_paused=1))
    anna = store.seen_by(OWNER)
    run = anna.add(DESIGN, Configuration(), files={"weights": b"some"})
    norms = (GradientNorms(1, {"dense": 0.5}),)
    anna.record(run.id, [Step(1, 1.0, 0.5, 0.5, 0.1, 1.0)], Progress(), gradients=norms)
    anna.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    labels.put_tags(anna, run.id, ["mine"])
    designs.save(anna, DESIGN)
    progress.keep(anna, OWNER.id, [noted("shapes", "q1", 1)])
    return run.id


def seen(store: Store, person: Person) -> set[str]:
    """The tables of which somebody finds rows that are Anna's."""
    found = set()
    with store.seen_by(person).begin() as connection:
        for table in (*OWNED, *OF_PEOPLE):
            rows = connection.execute(select(table)).mappings().all()
            by = BY.get(table.name)
            if any(by is None or row[by] == OWNER.id for row in rows):
                found.add(table.name)
    return found


ALL = {table.name for table in OWNED}


def test_what_somebody_made_is_there_for_them_their_teacher_and_operators_alone(
    store: Store, hers: str
):
    assert seen(store, OWNER) == {*ALL, "people", "audit", "classes"}
    assert seen(store, TEACHER) == {*ALL, "people", "classes"}
    everything = {*ALL, *(table.name for table in OF_PEOPLE)}
    assert seen(store, OPERATOR) == seen(store, LOCAL) == everything
    for one in OTHERS:
        assert seen(store, one) == ({"classes"} if one is CLASSMATE else set()), one.name


def test_every_table_is_in_this_matrix_or_holds_nothing_of_anybody():
    known = {table.name for table in (*OWNED, *OF_PEOPLE)} | sight.FREE
    assert known == {table.name for table in (*tables.metadata.sorted_tables, tables.limits)}


def test_a_shared_run_is_read_in_its_class_with_what_belongs_to_it_and_changed_by_nobody_else(
    store: Store, hers: str
):
    shared(store, OWNER)
    for one in (CLASSMATE, TEACHER):
        theirs = store.seen_by(one)
        found = theirs.get(hers)
        assert found is not None
        assert found.owner == OWNER.id
        assert theirs.file(hers, "weights") == b"some"
        assert len(theirs.steps(hers)) == len(theirs.epochs([hers])[hers]) == 1
        assert labels.tags_of(theirs, [hers]) == {hers: ("mine",)}
        for change in CHANGES:
            with pytest.raises(NotYours, match="somebody else's"):
                change(theirs, hers)
    kept = store.get(hers)
    assert kept is not None
    assert (kept.name, kept.wish, kept.is_shared) == ("Hers", Wish.RUN, True)


def shared(store: Store, person: Person) -> None:
    """All runs and designs of somebody, by themselves."""
    with store.seen_by(person).begin() as connection:
        for table in (tables.runs, tables.designs):
            mine = update(table).where(table.c.owner == person.id)
            connection.execute(mine.values(is_shared=1))


OF_RUNS = {"runs", "designs", *(table.name for table in tables.BELONGINGS)}


def test_what_is_shared_is_there_in_the_class_of_its_owner_and_nowhere_else(
    store: Store, hers: str
):
    shared(store, OWNER)
    assert seen(store, CLASSMATE) == OF_RUNS | {"classes"}
    for one in (OTHER_TEACHER, STRANGER, OF_NO_CLASS, GUEST):
        assert seen(store, one) == set(), one.name
    with store.begin() as connection:  # she goes to another class
        moved = update(tables.people).where(tables.people.c.id == OWNER.id)
        connection.execute(moved.values(class_name="5a"))
    assert seen(store, STRANGER) >= OF_RUNS
    assert seen(store, CLASSMATE) == {"classes"}


@pytest.mark.parametrize("owner", [OF_NO_CLASS, GUEST], ids=lambda one: one.id)
def test_who_is_in_no_class_shares_with_nobody(store: Store, hers: str, owner: Person):
    run = store.seen_by(owner).add(DESIGN, Configuration())
    shared(store, owner)
    for one in {*EVERYBODY} - {owner, OPERATOR}:
        assert store.seen_by(one).get(run.id) is None, one.name


@pytest.mark.parametrize("owner", [OPERATOR, LOCAL], ids=lambda one: one.id)
def test_what_those_who_run_the_server_share_is_there_in_every_class_and_not_for_guests(
    store: Store, hers: str, owner: Person
):
    run = store.seen_by(owner).add(DESIGN, Configuration())
    designs.save(store.seen_by(owner), Architecture("Shown", (8, 8, 1), (Flatten(), Dense(2))))
    for one in (CLASSMATE, STRANGER, OF_NO_CLASS, GUEST):
        assert store.seen_by(one).get(run.id) is None
        assert designs.of_somebody(store.seen_by(one), owner.id, "Shown") is None
    shared(store, owner)
    for one in (OWNER, CLASSMATE, TEACHER, STRANGER, OTHER_TEACHER):
        assert store.seen_by(one).get(run.id), one.name
        assert designs.of_somebody(store.seen_by(one), owner.id, "Shown"), one.name
    for one in (OF_NO_CLASS, GUEST):
        assert store.seen_by(one).get(run.id) is None
        assert designs.of_somebody(store.seen_by(one), owner.id, "Shown") is None


CHANGES: tuple[Callable[[Store, str], object], ...] = (
    lambda store, run: labels.rename(store, run, "Mine now"),
    lambda store, run: labels.put_note(store, run, "mine"),
    lambda store, run: labels.put_tags(store, run, []),
    lambda store, run: labels.archive(store, [run]),
    lambda store, run: store.want(run, Wish.STOP),
    lambda store, run: store.keep_file(run, "weights", b"forged"),
    lambda store, run: store.record_epoch(run, Epoch(2, 0.0, 1.0, 0.0, 1.0, 1.0)),
    lambda store, run: store.remove(run),
    lambda store, run: designs.share(store, annas_design(store), is_shared=False),
)


def annas_design(store: Store) -> designs.Saved:
    found = designs.of_somebody(store, OWNER.id, DESIGN.name)
    assert isinstance(found, designs.Saved)
    assert found.is_shared
    return found


@pytest.mark.parametrize("person", [*OTHERS, TEACHER], ids=lambda one: one.id)
def test_nobody_changes_or_deletes_what_is_anothers(store: Store, hers: str, person: Person):
    taught = (tables.visits,) if person.is_teacher else ()  # those they may end
    looked_at = [table for table in (*OWNED, *OF_PEOPLE) if table not in taught]
    before = {table: rows(store, table) for table in looked_at}
    theirs = store.seen_by(person)
    for table in looked_at:
        column = next(iter(table.c))
        for verb in (update(table).values({column: column}), delete(table)):
            try:
                with theirs.begin() as connection:
                    assert connection.execute(verb).rowcount == 0
            except NotYours:  # who sees it
                assert person is TEACHER or table in OF_PEOPLE
    assert {table: rows(store, table) for table in before} == before


@pytest.mark.parametrize("person", [OWNER, *OTHERS], ids=lambda one: one.id)
def test_nobody_but_a_teacher_has_a_say_in_a_class_or_ends_a_visit(
    store: Store, hers: str, person: Person
):
    theirs = store.seen_by(person)
    for change in (
        update(tables.classes).values(is_paused=0),
        delete(tables.classes),
        insert(tables.classes).values(name=person.class_name or "4b"),
        delete(tables.visits).where(tables.visits.c.person == OWNER.id),
        insert(tables.visits).values(digest="x", person=OWNER.id, until=9e9),
        update(tables.people).where(tables.people.c.id == OWNER.id).values(is_revoked=1),
    ):
        before = [rows(store, table) for table in OF_PEOPLE]
        with suppress(NotYours, StoreError), theirs.begin() as connection:
            connection.execute(change)
        own = isinstance(change, Insert) and change.table.name == "classes"
        if own and person is OTHER_TEACHER:
            continue  # their own class
        assert [rows(store, table) for table in OF_PEOPLE] == before


def test_a_teacher_has_a_say_in_the_own_class_and_its_learners_alone(store: Store, hers: str):
    theirs = store.seen_by(TEACHER)
    with theirs.begin() as connection:
        connection.execute(update(tables.classes).values(is_paused=0))
        ended = connection.execute(delete(tables.visits)).rowcount
    assert ended == 2  # Anna's and Ben's
    assert [row[:2] for row in rows(store, tables.classes)] == [("4b", 0)]
    for change in (
        insert(tables.classes).values(name="5a"),
        insert(tables.classes).values(name=""),
        update(tables.classes).values(name="5a"),
        delete(tables.classes),
        update(tables.visits).values(person=OPERATOR.id),
    ):
        with pytest.raises(NotYours), theirs.begin() as connection:
            connection.execute(change)


@pytest.mark.parametrize("person", [*OTHERS, TEACHER], ids=lambda one: one.id)
def test_nobody_adds_to_what_is_anothers(store: Store, hers: str, person: Person):
    before = {table.name: rows(store, table) for table in OWNED}
    forged: dict[Table, dict[str, Any]] = {
        tables.runs: {"id": "forged", "owner": OWNER.id},
        tables.designs: {"name": "forged", "owner": OWNER.id},
        tables.files: {"run_id": hers, "name": "start", "content": b"forged"},
        tables.tags: {"run_id": hers, "tag": "forged"},
        tables.epochs: {"run_id": hers, "epoch": 9},
        tables.progress: {"profile": OWNER.id, "lesson": "shapes", "item": "q", "choice": 1},
        tables.people: {"id": "forged", "name": "x", "role": Role.OPERATOR, "made_at": 0.0},
        tables.audit: {"at": 0.0, "who": OWNER.id, "verb": "came", "what": ""},
    }
    for table, row in forged.items():
        for statement, many in ((insert(table), [row, row]), (insert(table).values(row), [])):
            with pytest.raises(NotYours), store.seen_by(person).begin() as connection:
                connection.execute(statement, many or None)
    assert {table.name: rows(store, table) for table in OWNED} == before


def test_nobody_becomes_somebody_else_or_speaks_to_the_database_in_plain_text(
    store: Store, hers: str
):
    theirs = store.seen_by(STRANGER)
    for one in (OWNER, LOCAL, OPERATOR):
        with pytest.raises(NotYours):
            theirs.seen_by(one)
    with pytest.raises(NotYours), theirs.begin() as connection:
        connection.execute(text("select * from runs"))


def test_rows_are_hidden_in_whatever_way_they_are_asked_for(store: Store, hers: str):
    runs, steps, files = tables.runs, tables.steps, tables.files
    other = runs.alias("other")
    asked = (
        select(runs.c.id),
        select(other.c.id),
        select(steps.c.run_id).join(runs, runs.c.id == steps.c.run_id),
        select(select(runs.c.id).subquery().c.id),
        select(tables.about.c.schema_version).where(select(runs.c.id).exists()),
        select(tables.about.c.schema_version).where(
            tables.about.c.schema_version.in_(select(steps.c.step + tables.SCHEMA_VERSION - 1))
        ),
        select(select(files.c.content).limit(1).scalar_subquery()).where(
            select(files.c.content).limit(1).scalar_subquery().is_not(None)
        ),
        select(runs.c.id).union_all(select(other.c.id)),
        select(select(runs.c.id).cte("theirs").c.id),
    )
    for query in asked:
        with store.seen_by(OWNER).begin() as connection:
            assert connection.execute(query).all(), query
        with store.seen_by(STRANGER).begin() as connection:
            assert connection.execute(query).all() == [], query


def test_a_name_of_a_design_is_free_for_each_person(store: Store, hers: str):
    bens = store.seen_by(CLASSMATE)
    designs.save(bens, Architecture("Hers", (9, 9, 1), (Flatten(), Dense(3))))

    (own,) = designs.latest(bens)
    (annas,) = designs.latest(store.seen_by(OWNER))
    assert isinstance(own, designs.Saved)
    assert isinstance(annas, designs.Saved)
    assert (own.architecture.input, annas.architecture) == ((9, 9, 1), DESIGN)
    assert designs.remove(bens, "Hers")
    assert designs.latest(store.seen_by(OWNER))


def test_operators_have_designs_and_runs_of_their_own_beside_those_of_before(store: Store):
    before = store.add(DESIGN, Configuration())
    designs.save(store, DESIGN)
    theirs = store.seen_by(OPERATOR)
    run = theirs.add(DESIGN, Configuration())
    designs.save(theirs, Architecture("Another", (8, 8, 1), (Flatten(), Dense(2))))

    assert run_list.count(theirs) == 2
    owners = {one.id: one.owner for one in theirs.latest()}
    assert owners == {before.id: LOCAL.id, run.id: OPERATOR.id}
    assert [one.name for one in map(named, designs.latest(theirs))] == ["Another", "Hers"]
    assert len(designs.latest(store)) == 1


def named(saved: object) -> Architecture:
    assert isinstance(saved, designs.Saved)
    return saved.architecture


def test_without_accounts_all_is_there_as_ever(store: Store):
    run = store.add(DESIGN, Configuration())
    assert store.seen_by(LOCAL) is store
    assert run_list.page(store)[0].id == run.id
    found = store.get(run.id)
    assert found is not None
    assert found.owner == LOCAL.id


def rows(store: Store, table: Table) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return sorted(map(tuple, connection.execute(select(table)).all()), key=str)


def queries() -> list[Select[Any]]:
    """Ways to ask for rows: joined, by another name, within another query, counted."""
    runs, steps, other = tables.runs, tables.steps, tables.runs.alias()
    counted = select(func.count()).where(other.c.owner == runs.c.owner).scalar_subquery()
    return [
        select(runs),
        select(func.count()).select_from(runs),
        select(steps).where(steps.c.run_id == "x"),
        select(runs.c.id).join(steps, steps.c.run_id == runs.c.id),
        select(other.c.id, tables.people.c.name),
        select(select(runs.c.id).subquery().c.id),
        select(runs).where(exists(select(other.c.id).where(other.c.owner == runs.c.owner))),
        select(counted, runs.c.id),
    ]


@pytest.mark.parametrize("query", queries(), ids=str)
def test_what_a_query_reads_from_is_what_the_database_library_says(query: Select[Any]):
    assert [*map(str, sight._froms(query))] == [*map(str, query.get_final_froms())]
