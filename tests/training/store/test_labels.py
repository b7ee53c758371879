"""What people call their runs, on a real file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Checkpoint, Result, Run, State
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import labels, run_list, tables
from cnn.training.store.labels import LabelError, as_tags
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store
from cnn.training.workers import resuming
from tests.training.unreadable import spoil

DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)


@pytest.fixture
def run(store: Store) -> Run:
    return store.add(DEMO, SETTINGS)


def there(store: Store, run: Run) -> Run:
    found = store.get(run.id)
    assert found
    return found


def test_a_name_lasts_and_changes_nothing_else(store: Store, run: Run):
    labels.rename(store, run.id, "  the one with\n dropout ")
    again = Store(store.url)

    found = there(again, run)

    assert found.name == "the one with dropout"
    assert (found.architecture, found.recipe) == (run.architecture, run.recipe)
    assert store.find([run.recipe])[0].id == run.id
    again.close()


def test_an_empty_name_brings_back_that_of_the_network(store: Store, run: Run):
    labels.rename(store, run.id, "mine")

    assert labels.rename(store, run.id, " \n ") == "Shapes demo"
    assert there(store, run).name == "Shapes demo"


def test_a_note_keeps_its_lines(store: Store, run: Run):
    assert labels.put_note(store, run.id, " first\r\nsecond\x07 ") == "first\nsecond"
    assert there(store, run).note == "first\nsecond"


def test_tags_are_kept_once_each_in_one_order_and_go_with_the_run(store: Store, run: Run):
    other = store.add(DEMO, SETTINGS)

    assert labels.put_tags(store, run.id, ["night", " best ", "night", ""]) == ("best", "night")
    labels.add_tags(store, [run.id, other.id], ["for the talk", "best"])

    assert labels.tags_of(store, [run.id, other.id]) == {
        run.id: ("best", "for the talk", "night"),
        other.id: ("best", "for the talk"),
    }
    labels.remove_tags(store, [run.id, other.id], ["best", "unknown"])
    assert labels.tags_of(store, [other.id, run.id]) == {
        run.id: ("for the talk", "night"),
        other.id: ("for the talk",),
    }
    store.remove(run.id)
    assert labels.tags_of(store, [run.id]) == {run.id: ()}


def test_a_run_that_goes_on_has_the_name_and_tags_of_the_one_it_continues(store: Store, run: Run):
    labels.rename(store, run.id, "mine")
    labels.put_tags(store, run.id, ["best"])
    store.keep_files(run.id, {}, Checkpoint(epoch=4, step=30))
    store.finish(run.id, State.FINISHED, result=Result(0.1, 0.9, 300, 150, 30, 1.0, 1.0))

    more = resuming.extend(store, run.id, 2)

    assert there(store, more).name == "mine"
    assert labels.tags_of(store, [more.id])[more.id] == ("best",)


def test_archived_runs_are_still_there_and_can_be_brought_back(store: Store, run: Run):
    assert labels.archive(store, [run.id, "gone"]) == 1
    assert there(store, run).is_archived
    assert labels.archive(store, [run.id], back=True) == 1
    assert there(store, run) == run


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (lambda store, id: labels.rename(store, id, "x" * 101), "name .* has 101 characters"),
        (lambda store, id: labels.put_note(store, id, "x" * 2_001), "note has 2,001 characters"),
        (lambda store, id: labels.put_tags(store, id, ["x" * 41]), "tag .* has 41 characters"),
        (lambda store, id: labels.put_tags(store, id, map(str, range(21))), "21 tags are too many"),
        (lambda store, _: labels.rename(store, "gone", "x"), "no run 'gone' to be renamed"),
        (lambda store, _: labels.put_note(store, "gone", "x"), "no run 'gone' to put a note to"),
        (lambda store, _: labels.put_tags(store, "gone", ["x"]), "no run 'gone' to be tagged"),
        (lambda store, _: labels.add_tags(store, ["gone"], ["x"]), "no run 'gone' to be tagged."),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_the_run_as_it_was(
    store: Store, run: Run, put, message: str
):
    labels.put_tags(store, run.id, ["best"])

    with pytest.raises(LabelError, match=message):
        put(store, run.id)

    assert there(store, run) == run
    assert labels.tags_of(store, [run.id]) == {run.id: ("best",)}


def test_tags_of_several_runs_are_added_to_all_of_them_or_to_none(store: Store, run: Run):
    full = store.add(DEMO, SETTINGS)
    labels.put_tags(store, full.id, map(str, range(20)))

    with pytest.raises(LabelError, match="21 tags"):
        labels.add_tags(store, [run.id, full.id], ["one more"])

    assert labels.tags_of(store, [run.id]) == {run.id: ()}


@given(st.lists(st.text(max_size=40), max_size=20))
@settings(deadline=None)
def test_whatever_is_typed_becomes_tags_of_one_line_that_stay_as_they_are(texts: list[str]):
    found = as_tags(texts)

    assert as_tags(found) == found
    assert list(found) == sorted(set(found))
    for tag in found:
        assert tag.isprintable()
        assert tag == " ".join(tag.split(" "))
        assert tag.strip() == tag != ""


# What an earlier version kept ---------------------------------------------------------------------

UNSEEN = "be\u202es\u200bt"


def kept_unseen(store: Store, run: Run) -> None:
    with store.begin() as connection:
        connection.execute(insert(tables.tags).values(run_id=run.id, tag=UNSEEN))
        this = update(tables.runs).where(tables.runs.c.id == run.id)
        values = {"name": UNSEEN, "note": f"{UNSEEN}\nof all", "network": UNSEEN}
        connection.execute(this.values(values | {"dataset": f"own:{UNSEEN}"}))


def test_what_nobody_sees_in_it_is_left_out_where_it_is_read(store: Store, run: Run):
    kept_unseen(store, run)

    found = there(store, run)

    assert (found.name, found.note) == ("best", "best\nof all")
    assert labels.tags_of(store, [run.id]) == {run.id: ("best",)}
    assert labels.rename(store, run.id, "") == "best"
    spoil(store, run, "layer")
    unreadable = store.look_up(run.id)
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.note, unreadable.network) == ("best\nof all", "best")


def test_a_run_is_found_by_what_is_seen_and_by_what_is_kept(store: Store, run: Run):
    kept_unseen(store, run)
    store.add(DEMO, SETTINGS)

    choices = run_list.choices(store)

    assert choices.tags == ("best",)
    assert sorted(choices.networks) == ["Shapes demo", "best"]
    assert "own:best" in choices.datasets
    for word in ("best", UNSEEN):
        for wanted in (Filter(tag=word), Filter(network=word), Filter(dataset=f"own:{word}")):
            assert [one.id for one in run_list.page(store, wanted)] == [run.id]
            assert run_list.count(store, wanted) == 1
    assert run_list.count(store, Filter(words=UNSEEN)) == 1


def test_a_tag_is_one_with_what_looks_like_it(store: Store, run: Run):
    kept_unseen(store, run)

    labels.add_tags(store, [run.id], ["best", "other"])
    assert labels.tags_of(store, [run.id])[run.id] == ("best", "other")
    labels.remove_tags(store, [run.id], ["best"])

    assert labels.tags_of(store, [run.id])[run.id] == ("other",)
