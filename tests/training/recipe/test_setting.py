"""A setting is declared once: one that only this test has is found wherever settings are."""

import argparse
import json
from dataclasses import make_dataclass, replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn.commands.options import add_settings, as_words, configuration_of
from cnn.data import DatasetName, DatasetSpec
from cnn.network.fields import Real, Whole
from cnn.network.zoo import entry
from cnn.training.engine import kept_machines
from cnn.training.recipe.address import from_address, names, to_address
from cnn.training.recipe.conditions import changed, in_short, terms
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.differing import differing
from cnn.training.recipe.naming import told_apart
from cnn.training.recipe.run import Run, State, recipe
from cnn.training.recipe.setting import Panel, asked_for, setting, settings_of
from tests.training.augmentations import ALL
from ui.parts.runs.facts import _more

CLIP = setting(
    0.0,
    rule=Real(0.0, 100.0),
    label="Clip norm",
    hint="Gradients that are longer are made so long. 0 is never.",
    is_later=True,
)
FREEZE = setting(
    1, rule=Whole(0, 9), label="Freeze", hint="So many layers stay.", panel=Panel.IN_VIEW,
    title="Layers frozen", said=lambda own: f"the first {own.freeze}",
    short=lambda own: f"frozen {own.freeze}", in_address="freeze_layers", is_always_said=True,
)  # fmt: skip
Newer: Any = make_dataclass(
    "Newer",
    [("clip_norm", float, CLIP), ("freeze", int, FREEZE)],
    bases=(Configuration,),
    frozen=True,
    slots=True,
)
SHAPES = DatasetSpec(DatasetName.SHAPES)
OWN = Newer(SHAPES, clip_norm=1.5, freeze=3)
LENET = entry("lenet-5").architecture


PAGE = """
import streamlit as st
from cnn.training.recipe.configuration import Configuration
from tests.training.recipe.test_setting import OWN, SHAPES
from ui.parts.setup.settings import Settings

first = {}
settings = Settings("page", type(first))
settings.begin_with(first)
st.session_state.made = settings.shown(SHAPES, 150)
"""


def run(configuration: Configuration) -> Run:
    return Run("a" * 12, "LeNet", LENET, configuration, State.QUEUED, 0.0)


def test_its_rule_refuses_what_cannot_be():
    with pytest.raises(ConfigurationError) as refused:
        Newer(clip_norm=-1)
    assert str(refused.value) == "clip_norm must be a number from 0 to 100, got -1."


def test_it_is_stored_and_read_and_left_out_only_where_it_came_later():
    assert Newer.from_dict(json.loads(json.dumps(OWN.to_dict()))) == OWN
    assert "clip_norm" not in Newer(SHAPES).to_dict()
    assert Newer(SHAPES).to_dict()["freeze"] == 1


def test_it_is_in_an_address_under_its_name():
    assert {"clip_norm", "freeze_layers"} <= set(names(Newer))
    written = to_address(OWN)

    assert (written["clip_norm"], written["freeze_layers"]) == ("1.5", "3")
    assert from_address(written, Newer()) == OWN
    assert "clip_norm" not in to_address(Newer(SHAPES))


def test_it_is_among_the_conditions_and_the_facts_of_a_run():
    assert terms(OWN)[-2:] == [("Clip norm", "1.5"), ("Layers frozen", "the first 3")]
    assert changed(OWN) == ["clip norm 1.5", "layers frozen the first 3"]
    assert "frozen 3" in in_short(OWN)
    assert "clip norm 1.5" in _more(OWN)
    assert "clip norm" not in _more(Newer(SHAPES))


def test_runs_that_differ_in_it_are_told_apart_by_it():
    two = [run(OWN), run(replace(OWN, clip_norm=2.0))]

    assert told_apart(two) == ["LeNet, clip norm 1.5", "LeNet, clip norm 2"]
    (found,) = differing([two[:1], two[1:]])
    assert (found.name, found.values) == ("clip norm", ("1.5", "2"))


def test_it_changes_the_recipe_and_what_is_compiled():
    assert recipe(LENET, OWN) != recipe(LENET, replace(OWN, clip_norm=2.0))
    keys = {
        kept_machines._key(LENET, one, False, False)
        for one in (OWN, replace(OWN, clip_norm=2.0), replace(OWN, epochs=3))
    }
    assert len(keys) == 2


def test_the_command_line_has_an_option_for_it_and_writes_it_back():
    parser = argparse.ArgumentParser()
    add_settings(parser, kind=Newer)
    words = ["--epochs", "10", "--clip-norm", "1.5", "--freeze", "3"]

    assert configuration_of(parser.parse_args(words), SHAPES, Newer) == OWN
    assert as_words(OWN) == words


def test_pages_ask_for_it_where_it_says_and_with_its_own_words():
    app = AppTest.from_string(PAGE.format("OWN"), default_timeout=60).run()
    assert not app.exception
    assert app.session_state.made == OWN
    asked = {one.label: one for one in app.number_input}
    assert (asked["Clip norm"].max, asked["Clip norm"].help) == (
        100.0,
        settings_of(Newer)["clip_norm"].hint,
    )
    asked["Clip norm"].set_value(2.5)
    asked["Freeze"].set_value(4)
    app.run()
    assert app.session_state.made == replace(OWN, clip_norm=2.5, freeze=4)
    assert any("Changed below: clip norm 2.5." in one.value for one in app.caption)


@pytest.mark.parametrize("command", ["train", "compare"])
def test_both_commands_have_an_option_for_every_setting_that_a_person_chooses(command: str):
    from cnn.__main__ import _parser

    words = [command, "lenet-5", "--dataset", "shapes", "--epochs", "3"]
    given: dict[str, Any] = {
        "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.5, "schedule": "step",
        "momentum": 0.5, "weight_decay": 0.1, "label_smoothing": 0.2, "seed": 7, "patience": 3,
        "shift": 0.1, "rotation": 7.5, "zoom": 0.25, "randaugment_strength": 0.7, **ALL,
    }  # fmt: skip
    is_asked = {name for name in asked_for(Configuration) if name != "epochs"}
    assert set(given) == is_asked
    if command == "compare":
        del given["seed"]  # it has seeds
    for name, value in given.items():
        words += [f"--{name.replace('_', '-')}", str(value)]

    options = _parser().parse_args(words)

    assert configuration_of(options, SHAPES, Configuration) == Configuration(
        SHAPES, epochs=3, **given
    )


def test_settings_are_declared_for_every_field_but_the_data_and_the_start():
    assert set(settings_of(Configuration)) | {"dataset", "start"} == set(
        Configuration.__dataclass_fields__
    )


def test_an_optimizer_chosen_on_a_page_brings_its_usual_decay_unless_one_was_chosen():
    app = AppTest.from_string(PAGE.format("Configuration()"), default_timeout=60).run()
    (optimizer,) = (one for one in app.selectbox if one.label == "Optimizer")
    optimizer.set_value("adamw").run()
    assert app.session_state.made.weight_decay == 0.004
    (decay,) = (one for one in app.number_input if one.label == "Weight decay")
    decay.set_value(0.1).run()
    (optimizer,) = (one for one in app.selectbox if one.label == "Optimizer")
    optimizer.set_value("adam").run()
    assert app.session_state.made.weight_decay == 0.1


@pytest.mark.parametrize(
    "own",
    [
        Configuration(SHAPES, batch_size=100, learning_rate=0.00123456789),
        Configuration(SHAPES, batch_size=1, learning_rate=1e-8, momentum=0.123456789),
        Configuration(SHAPES, epochs=1_000, seed=2**31 - 1, zoom=0.5, patience=1_000),
    ],
)
def test_a_page_that_takes_settings_over_keeps_every_one_of_them(own: Configuration):
    first = f"Configuration.from_dict({own.to_dict()!r})"
    app = AppTest.from_string(PAGE.format(first), default_timeout=60).run()

    assert not app.exception
    assert app.session_state.made == own
