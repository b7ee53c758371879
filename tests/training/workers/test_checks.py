"""Checks against Keras: asked for once, the newest first, and never wrong about who differs."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from cnn.network.architecture import Architecture
from cnn.network.keras import model as keras_model
from cnn.network.layers import Dense, Dropout, Flatten, Layer
from cnn.network.zoo import entry, zoo
from cnn.training.recipe.run import Standing
from cnn.training.store.store import Store
from cnn.training.store.tables import checks as table
from cnn.training.workers import checks
from tests.some import some
from tests.training.asking import ask

LENET = entry("lenet-5").architecture
DEMO = entry("shapes-demo").architecture


@pytest.mark.parametrize(
    "id", some(zoo(), "lenet-5", "inception-lite", "resnet-lite", "vit-lite", "mobilenet-v2-lite")
)
def test_keras_agrees_with_every_network_of_the_zoo(id: str):
    found = checks.check(entry(id).architecture)
    assert found.standing is Standing.AGREES, found.words


def test_a_design_that_was_asked_about_agrees_once_it_was_checked(store: Store):
    assert ask(store, LENET).standing is Standing.WANTED
    assert ask(store, LENET).standing is Standing.WANTED
    assert checks.carry_out_next(store)
    assert not checks.carry_out_next(store)
    found = ask(store, LENET)
    assert found.standing is Standing.AGREES
    assert "built this network of 9 Keras layers" in found.words[0]


def test_a_model_that_counts_otherwise_is_told_apart(monkeypatch):
    layers = (*LENET.layers[:-1], Dense(11, activation="softmax"))
    other = keras_model.build(Architecture("other", LENET.input, layers))
    monkeypatch.setattr(keras_model, "build", lambda _: other)
    found = checks.check(LENET)
    assert found.standing is Standing.DIFFERS
    assert "Dense #3: output 10 in the trace, 11 in Keras." in found.words


def test_what_keras_refuses_is_said_and_not_raised(monkeypatch):
    def refuse(_: Architecture) -> None:
        raise ValueError("no such layer")

    monkeypatch.setattr(keras_model, "build", refuse)
    found = checks.check(LENET)
    assert (found.standing, found.words) == (Standing.FAILED, ("ValueError: no such layer",))


def test_the_network_that_was_asked_about_last_is_checked_first(store: Store):
    ask(store, LENET)
    ask(store, DEMO)
    checks.carry_out_next(store)
    assert ask(store, DEMO).standing is Standing.AGREES
    assert ask(store, LENET).standing is Standing.WANTED


def test_a_name_decides_nothing_and_a_layer_does():
    renamed = Architecture("another name", LENET.input, LENET.layers)
    changed = Architecture(LENET.name, LENET.input, (*LENET.layers[:-1], Dense(11)))
    assert checks.digest(renamed) == checks.digest(LENET)
    assert checks.digest(changed) != checks.digest(LENET)


def test_a_check_whose_process_died_is_told_as_failed_and_not_taken_again(store: Store):
    ask(store, LENET)
    long_ago = time.time() - checks.LONGEST_S - 1
    with store.begin() as connection:
        died = {"standing": Standing.UNDER_WAY, "wanted_at": long_ago}
        connection.execute(update(table).values(died))
    assert ask(store, LENET).words == ("The process that checked ended before it was done.",)
    assert not checks.carry_out_next(store)


def test_networks_too_long_to_check_are_refused_at_once(store: Store):
    layers: tuple[Layer, ...] = (Flatten(), *[Dense(2)] * checks.MOST_LAYERS)
    found = ask(store, Architecture("long", (4, 4, 1), layers))
    assert found.standing is Standing.FAILED
    assert "over 500 layers" in found.words[0]
    assert not checks.carry_out_next(store)


def test_checks_of_last_week_are_forgotten(store: Store):
    ask(store, LENET)
    checks.carry_out_next(store)
    with store.begin() as connection:
        connection.execute(update(table).values(wanted_at=time.time() - checks.KEPT_S - 1))
    ask(store, DEMO)
    checks.carry_out_next(store)
    with store.begin() as connection:
        assert connection.execute(select(table.c.digest)).scalars().all() == [checks.digest(DEMO)]


def test_of_many_that_wait_the_newest_are_kept(store: Store):
    many = [replace(LENET, layers=(*[Dropout(0.1)] * i, *LENET.layers)) for i in range(60)]
    for one in many:
        assert ask(store, one).standing is Standing.WANTED
    with store.begin() as connection:
        waiting = set(connection.execute(select(table.c.digest)).scalars())
    assert waiting == {checks.digest(one) for one in many[-checks.MOST_WAITING :]}
    assert checks.known(store, many[0]) is None
    assert ask(store, many[0]).standing is Standing.WANTED


def test_to_ask_what_is_known_changes_nothing(store: Store):
    assert checks.known(store, LENET) is None
    assert not checks.is_wanted(store)


def test_of_what_was_answered_only_the_newest_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    with store.begin() as connection:
        for number in range(10):
            row = {
                "digest": f"d{number}",
                "architecture": "x" * 90,
                "words": "[]",
                "wanted_at": number,
            }
            connection.execute(table.insert().values(row | {"standing": Standing.AGREES}))
        row |= {"digest": "under way", "standing": Standing.UNDER_WAY, "wanted_at": 0}
        connection.execute(table.insert().values(row))
    monkeypatch.setattr(checks, "MOST_KEPT", 5)
    asked = checks.digest(LENET)
    checks.want(store, LENET)

    def left() -> set[str]:
        with store.begin() as connection:
            return set(connection.execute(select(table.c.digest)).scalars())

    assert left() == {"d5", "d6", "d7", "d8", "d9", "under way", asked}
    monkeypatch.setattr(checks, "MOST_KEPT_BYTES", 200)  # two are of 184
    checks.want(store, DEMO)
    assert left() == {"d8", "d9", "under way", asked, checks.digest(DEMO)}
