"""A teacher's say in the queue: paused, let go, cleared and first; on both databases."""

import time

import pytest
from sqlalchemy import select, update

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, class_queue, leaving
from cnn.people.class_queue import CLEARED, HOUR_S, ClassQueue
from cnn.people.person import LOCAL, Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Checkpoint, State, Wish
from cnn.training.store import tables
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours
from cnn.training.store.turns import Place
from cnn.training.workers import ray_dispatcher, ray_task
from cnn.training.workers.ray_cluster import Request
from cnn.training.workers.resuming import resume

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))


class School:
    """Two classes with a teacher each, and their store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.anna, self.ben = (self.person(name) for name in ("Anna", "Ben"))
        self.emil = self.person("Emil", class_name="5a")
        self.cleo = self.person("Cleo", Role.TEACHER)
        self.dora = self.person("Dora", Role.TEACHER, "5a")

    def person(self, name: str, role: Role = Role.LEARNER, class_name: str = "4b") -> Person:
        return accounts.add(self.store, name, role, class_name)[0]

    def queued(self, who: Person) -> str:
        return self.store.seen_by(who).add(DESIGN, Configuration()).id

    def of(self, who: Person) -> Store:
        return self.store.seen_by(who)


@pytest.fixture
def school(store: Store) -> School:
    return School(store)


def test_while_a_class_is_paused_none_of_its_runs_is_begun_whatever_its_learners_wish(
    school: School,
):
    store, hers = school.store, school.of(school.anna)
    annas, bens, emils = map(school.queued, (school.anna, school.ben, school.emil))
    teachers = school.queued(school.cleo)
    class_queue.pause(school.of(school.cleo), "4b")

    hers.want(annas, Wish.RUN)
    hers.want(annas, Wish.STOP)
    resume(hers, annas)
    assert store.waiting() == [emils, teachers]
    assert store.claim(annas, "w") is store.claim(bens, "w") is None
    assert hers.place(annas) == Place(is_paused=True)
    assert [store.place(one) for one in (emils, teachers)] == [Place(), Place((emils,))]
    taken = [store.claim_next(f"w{number}") for number in range(4)]
    assert [run.id for run in taken if run] == [emils, teachers]

    ray_task.train(store.url, "task", "dispatcher")  # which a node has got already
    class_queue.let_go(school.of(school.cleo), "4b")
    assert {*store.waiting()} == {annas, bens}
    assert store.claim(annas, "w")


def test_what_is_handed_on_to_ray_is_none_of_a_class_that_is_paused_and_first_of_one_that_is_so(
    school: School, monkeypatch: pytest.MonkeyPatch
):
    class Remote:
        def __call__(self, _: object) -> "Remote":
            return self

        def options(self, **_: object) -> "Remote":
            return self

        def remote(self, _url: str, task: str, *_: object) -> str:
            return task

    class Rays:
        def remote(self, **_: object) -> Remote:
            return Remote()

        def wait(self, refs: list[str], **_: object) -> tuple[list[str], list[str]]:
            return [], refs

    dispatcher = ray_dispatcher._Dispatcher(school.store, "me", Rays())
    monkeypatch.setattr(dispatcher, "_look", lambda: None)
    dispatcher._request = Request(1, 0)
    emils = [school.queued(school.emil) for _ in range(2)]
    annas = [school.queued(school.anna) for _ in range(2)]
    class_queue.pause(school.of(school.cleo), "4b")
    class_queue.put_first(school.of(school.dora), "5a")

    def handed() -> list[object]:
        return [task.run_id for task in dispatcher._tasks.values()]

    dispatcher.hand_on()
    assert handed() == emils
    class_queue.let_go(school.of(school.cleo), "4b")
    dispatcher.hand_on()
    assert handed() == [*emils, *annas]


def test_a_run_that_is_in_training_goes_on_while_its_class_is_paused(school: School):
    run = school.queued(school.anna)
    school.store.claim(run, "w")
    class_queue.pause(school.of(school.cleo), "4b")
    found = school.store.get(run)
    assert found is not None
    assert (found.state, found.wish) == (State.RUNNING, Wish.RUN)


def test_a_class_goes_first_for_an_hour_and_says_until_when(school: School, monkeypatch):
    store = school.store
    emils = [school.queued(school.emil) for _ in range(2)]
    annas = [school.queued(school.anna) for _ in range(3)]
    before = time.time()
    class_queue.put_first(school.of(school.cleo), "4b")

    found = school.of(school.anna).place(annas[2])
    assert found is not None
    assert found.ahead == tuple(annas[:2])
    assert before + HOUR_S <= found.first_until <= time.time() + HOUR_S
    assert store.place(emils[0]) == Place(tuple(annas))
    assert store.waiting()[:3] == annas
    taken = [run.id for number in range(5) if (run := store.claim_next(f"w{number}"))]
    assert taken == [*annas, *emils]

    class_queue.end_hour(school.of(school.cleo), "4b")
    assert class_queue.look(store, "4b") == ClassQueue()
    class_queue.put_first(school.of(school.cleo), "4b")
    late, early = school.queued(school.anna), school.queued(school.emil)
    assert store.waiting() == [late, early]
    monkeypatch.setattr(time, "time", lambda: before + HOUR_S + 60)
    assert store.waiting() == [early, late]  # Emil has fewer in training
    assert class_queue.look(store, "4b") == ClassQueue()


def test_what_waits_of_a_class_is_cleared_and_may_be_resumed(school: School):
    store = school.store
    annas, begun, emils = map(school.queued, (school.anna, school.ben, school.emil))
    teachers = school.queued(school.cleo)
    store.claim(begun, "w")
    cut_off = school.queued(school.ben)
    store.claim(cut_off, "w")
    store.keep_files(cut_off, {}, Checkpoint(epoch=2, step=5))
    store.finish(cut_off, State.INTERRUPTED)
    resume(school.of(school.ben), cut_off)

    assert class_queue.clear(school.of(school.cleo), "4b") == 2

    states = {one: run.state for one in (annas, begun, cut_off, emils, teachers)
              if (run := store.get(one))}  # fmt: skip
    assert states == {
        annas: State.STOPPED,
        begun: State.RUNNING,
        cut_off: State.STOPPED,
        emils: State.QUEUED,
        teachers: State.QUEUED,
    }
    found = school.of(school.anna).get(annas)
    assert found is not None
    assert found.message == CLEARED
    assert resume(school.of(school.ben), cut_off).progress.step == 5


VERBS = (
    class_queue.pause,
    class_queue.let_go,
    class_queue.clear,
    class_queue.put_first,
    class_queue.end_hour,
)


@pytest.mark.parametrize("verb", VERBS, ids=lambda one: one.__name__)
def test_nobody_but_its_teachers_and_operators_has_a_say_in_a_class(school: School, verb):
    run = school.queued(school.anna)
    of_no_class = school.person("Gus", Role.TEACHER, "")
    for who, class_name in (
        (school.anna, "4b"),
        (school.emil, "4b"),
        (school.dora, "4b"),
        (of_no_class, "4b"),
        (of_no_class, ""),
    ):
        with pytest.raises(NotYours, match="for its teachers"):
            verb(school.of(who), class_name)
    assert school.store.waiting() == [run]
    assert done(school) == []
    operator = school.person("Fay", Role.OPERATOR, "")
    for who in (school.cleo, operator, LOCAL):
        verb(school.of(who), "4b")
    assert [who for who, _ in done(school)] == [school.cleo.id, operator.id, LOCAL.id]


def done(school: School) -> list[tuple[str, str]]:
    """Who did what to a class, by the audit."""
    of = tables.audit.c
    with school.store.begin() as connection:
        query = select(of.who, of.verb).where(of.verb.contains("class")).order_by(of.id)
        return [(row.who, row.verb) for row in connection.execute(query)]


def test_each_is_in_the_audit_with_who_did_it(school: School):
    for verb in VERBS:
        verb(school.of(school.cleo), "4b")
    assert done(school) == [
        (school.cleo.id, verb)
        for verb in (
            *("paused a class", "let a class go on", "cleared a class"),
            *("put a class first", "ended a class' hour"),
        )
    ]


def test_who_leaves_a_class_takes_no_pause_along(school: School):
    run = school.queued(school.anna)
    class_queue.pause(school.of(school.cleo), "4b")
    with school.store.begin() as connection:
        connection.execute(update(tables.people).values(class_name="6c"))
    assert school.store.waiting() == [run]


def test_a_teacher_adds_invites_and_turns_out_learners_of_the_class_alone(school: School):
    theirs = school.of(school.cleo)
    new, key = accounts.add(theirs, "Gus", Role.LEARNER, "4b")
    visit = accounts.enter(school.store, key) or ""
    accounts.revoke(theirs, new.id)
    assert accounts.who(school.store, visit) is None
    assert accounts.enter(school.store, accounts.invite(theirs, new.id))

    for role, class_name in ((Role.TEACHER, "4b"), (Role.OPERATOR, "4b"), (Role.LEARNER, "5a"),
                             (Role.LEARNER, "")):  # fmt: skip
        with pytest.raises(NotYours):
            accounts.add(theirs, "Hal", role, class_name)
    for person in (school.cleo, school.person("Ida", Role.TEACHER)):
        for verb in (accounts.invite, accounts.revoke):
            with pytest.raises(NotYours):
                verb(theirs, person.id)
    for verb in (accounts.invite, accounts.revoke):
        with pytest.raises(accounts.AccountError, match="no person"):
            verb(theirs, school.emil.id)
    with pytest.raises(NotYours):
        leaving.remove(theirs, new.id)
    for value in ({"role": Role.OPERATOR}, {"class_name": "5a"}, {"name": "x", "is_revoked": 1}):
        for change, many in ((update(tables.people).values(value), None),
                             (update(tables.people), [value])):  # fmt: skip
            with pytest.raises(NotYours), theirs.begin() as connection:
                connection.execute(change, many)
    assert accounts.named(school.store, "Gus").person == new
    assert "Hal" not in [one.person.name for one in accounts.everybody(school.store)]
    told = leaving.export(school.store, school.cleo.id)["audit"]
    assert [one["verb"] for one in told if one["what"] == f"by {school.cleo.id}"] == [
        *("was added", "was turned out", "was invited"),
    ]


def test_who_is_forgotten_is_not_said_to_have_done_anything(school: School):
    accounts.add(school.of(school.cleo), "Gus", Role.LEARNER, "4b")
    leaving.remove(school.store, school.cleo.id)
    with school.store.begin() as connection:
        rows = connection.execute(select(tables.audit)).all()
    assert not [row for row in rows if school.cleo.id in f"{row.who} {row.what}"]
