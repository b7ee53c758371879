"""Saved designs: kept by name, replaced, found, deleted."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.zoo import entry
from cnn.training.store import designs
from cnn.training.store.designs import Saved
from cnn.training.store.store import Store
from tests.network.strategies import architectures

LENET = entry("lenet-5").architecture


def named(name: str, units: int = 10) -> Architecture:
    return Architecture(name, (8, 8, 1), (Flatten(), Dense(units)))


def test_a_saved_design_is_found_again_after_the_store_was_closed(store: Store):
    designs.save(store, LENET)
    store.close()
    again = Store(store.url)
    found = designs.find(again, "LeNet-5")
    again.close()
    assert isinstance(found, Saved)
    assert found.architecture == LENET


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(architectures(), st.text(min_size=1, max_size=60).filter(str.isprintable))
def test_any_network_of_any_name_comes_back_as_it_was(store: Store, drawn, name: str):
    if not name.strip():
        return
    design = Architecture(name, drawn.input, drawn.layers)
    designs.save(store, design)
    found = designs.find(store, design.name)
    assert isinstance(found, Saved)
    assert found.architecture == design


def test_saving_under_a_name_again_replaces_what_was_there(store: Store):
    designs.save(store, named("mine", 10))
    designs.save(store, named("mine", 20))
    (found,) = designs.latest(store)
    assert isinstance(found, Saved)
    assert found.architecture == named("mine", 20)


def test_the_newest_design_comes_first(store: Store):
    for name in ("a", "b", "c"):
        designs.save(store, named(name))
    designs.save(store, named("a", 5))
    assert [one.name for one in designs.latest(store)] == ["a", "c", "b"]
    assert [one.name for one in designs.latest(store, limit=1)] == ["a"]


def test_a_deleted_design_is_gone_and_deleting_it_again_says_so(store: Store):
    designs.save(store, named("mine"))
    assert designs.remove(store, "mine")
    assert not designs.remove(store, "mine")
    assert designs.find(store, "mine") is None


def test_a_free_name_counts_up_from_the_name_that_is_taken(store: Store):
    assert designs.free_name(store, "mine") == "mine"
    designs.save(store, named("mine"))
    designs.save(store, named("mine (2)"))
    assert designs.free_name(store, "mine") == "mine (3)"
