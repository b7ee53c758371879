"""The list of runs, on a real file: what a filter finds, and a page at a time."""

import pytest
from sqlalchemy import text

from cnn.comparing.depth import SEEDS_TO_SHIP
from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store import archive, labels, run_list
from cnn.training.store.run_list import Choices, Filter
from cnn.training.store.store import Store

LENET, DEMO = entry("lenet-5").architecture, entry("shapes-demo").architecture
SHAPES, DIGITS = (
    Configuration(DatasetSpec(name), epochs=3) for name in (DatasetName.SHAPES, DatasetName.DIGITS)
)


@pytest.fixture
def ids(store: Store) -> dict[str, str]:
    """Four runs: a is the oldest; d is put away."""
    made = {
        "a": store.add(LENET, SHAPES).id,
        "b": store.add(LENET, DIGITS).id,
        "c": store.add(DEMO, SHAPES).id,
        "d": store.add(DEMO, DIGITS).id,
    }
    labels.rename(store, made["a"], "100% of it")
    labels.put_note(store, made["c"], "for the Talk on Monday")
    labels.put_tags(store, made["a"], ["best", "night"])
    labels.put_tags(store, made["d"], ["best"])
    labels.archive(store, [made["d"]])
    store.finish(made["b"], State.FAILED, "?")
    return made


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "cba"),
        (Filter(is_archived=True), "d"),
        (Filter(tag="best"), "a"),
        (Filter(tag="best", is_archived=True), "d"),
        (Filter(tag="bes"), ""),
        (Filter(network="LeNet-5"), "ba"),
        (Filter(dataset="shapes"), "ca"),
        (Filter(network="LeNet-5", dataset="digits"), "b"),
        (Filter(states=(State.FAILED,)), "b"),
        (Filter(states=(State.FAILED, State.QUEUED)), "cba"),
        (Filter(words="lenet"), "ba"),  # a is called otherwise by now, its network is not
        (Filter(words="monday TALK"), "c"),
        (Filter(words="100%"), "a"),
        (Filter(words="%"), "a"),  # a sign of its own, not "anything"
        (Filter(words="_"), ""),
        (Filter(words="' or 1=1 --"), ""),
    ],
)
def test_a_filter_finds_what_fits_all_of_it_the_newest_first(
    store: Store, ids: dict[str, str], wanted: Filter, found: str
):
    assert [run.id for run in run_list.page(store, wanted)] == [ids[one] for one in found]
    assert run_list.count(store, wanted) == len(found)


def test_a_page_is_a_part_of_the_list(store: Store, ids: dict[str, str]):
    assert [run.id for run in run_list.page(store, Filter(), 2)] == [ids["c"], ids["b"]]
    assert [run.id for run in run_list.page(store, Filter(), 2, 2)] == [ids["a"]]


def test_there_is_as_much_to_choose_from_as_there_is(store: Store, ids: dict[str, str]):
    assert run_list.choices(store) == Choices(
        ("best", "night"), ("LeNet-5", "Shapes demo"), ("digits", "shapes"), 1
    )


def test_runs_taken_from_a_file_are_found_by_network_and_data(store: Store):
    archive.take_in_shipped(store)

    assert (
        run_list.count(store, Filter(network="VGG-lite", dataset="mnist", is_archived=True))
        == SEEDS_TO_SHIP
    )


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_list_is_read_in_the_order_of_an_index(store: Store):
    with store.begin() as connection:
        plan = connection.execute(
            text(
                "explain query plan select * from runs where is_archived = 0 "
                "order by created_at desc, id limit 15"
            )
        ).all()

    assert "USING INDEX runs_by_shelf" in str(plan)


def test_runs_on_own_images_are_found_all_together_or_by_their_file(store: Store, ids):
    one, other = (
        store.add(LENET, Configuration(DatasetSpec(DatasetName.OWN_IMAGES, file=f"/x/{name}.zip")))
        for name in ("pets", "birds")
    )

    assert run_list.page(store, Filter(dataset="own-images")) == [other, one]
    assert run_list.page(store, Filter(dataset="own:pets")) == [one]
    assert run_list.count(store, Filter(dataset="own:")) == 0
