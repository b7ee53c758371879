"""A class from a list: whole or not at all, and by whom."""

import pytest

from cnn.people import accounts, class_list
from cnn.people.accounts import AccountError
from cnn.people.person import Person, Role
from cnn.training.store.store import Store


@pytest.fixture
def teachers(store: Store) -> Store:
    return store.seen_by(accounts.add(store, "Cleo", Role.TEACHER, "4b")[0])


def there(store: Store) -> list[tuple[str, str]]:
    return [(one.person.name, one.person.class_name) for one in accounts.everybody(store)]


def test_a_teacher_adds_a_list_to_the_own_class(store: Store, teachers: Store):
    made = class_list.add_all(teachers, class_list.read("Anna\nBen,4b\n"), "4b")
    assert [accounts.whose(store, key) for _, key in made] == [person for person, _ in made]
    assert there(store) == [("Anna", "4b"), ("Ben", "4b"), ("Cleo", "4b")]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Emil,5a", "'Emil' is not added as learner of '5a': you add learners to '4b' alone."),
        ("Emil,4b,teacher", "'Emil' is not added as teacher of '4b'"),
        ("Emil,,operator", "'Emil' is not added as operator of '4b'"),
    ],
)
def test_a_list_with_others_in_it_adds_nobody(store: Store, teachers: Store, row: str, words: str):
    with pytest.raises(AccountError, match=words):
        class_list.add_all(teachers, class_list.read(f"Anna\n{row}"), "4b")
    assert there(store) == [("Cleo", "4b")]


def test_what_is_brought_is_bounded_and_text():
    assert class_list.decoded("\ufeffJörg\n".encode()) == "Jörg\n"
    for content, words in (
        (b"x" * 1_000_001, "over 1 MB"),
        ("Jörg".encode("latin-1"), "no text in UTF-8"),
    ):
        with pytest.raises(AccountError, match=words):
            class_list.decoded(content)
    with pytest.raises(AccountError, match="1,001 people, and 1,000"):
        class_list.read("Anna\n" * 1_001)
    with pytest.raises(AccountError, match="no CSV"):
        class_list.read(f'"{"x" * 200_000}"')


def test_who_is_managed_by_whom():
    teacher = Person("c", "Cleo", Role.TEACHER, "4b")
    operator = Person("f", "Fay", Role.OPERATOR)
    for role in Role:
        for of in ("4b", "5a", ""):
            is_theirs = role is Role.LEARNER and of == "4b"
            assert class_list.may_manage(teacher, role, of) == is_theirs
            assert class_list.may_manage(operator, role, of)
            assert not class_list.may_manage(Person("a", "Anna", Role.LEARNER, "4b"), role, of)
            assert not class_list.may_manage(Person("g", "Gus", Role.TEACHER), role, of)
