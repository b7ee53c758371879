"""The pages of the lessons as their scripts see a visitor: addresses, locks, answers, goals."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName
from cnn.lessons import progress, rules
from cnn.lessons.catalogue import challenges, find, frame_text, lessons, short_way, whole_way
from cnn.lessons.challenges import tries
from cnn.lessons.challenges.goals import written
from cnn.lessons.lesson import Check, Lesson
from cnn.network.link import decode, encode
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.people.person import Person, Role
from cnn.training.recipe.run import PREDICTIONS, Result, State
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.lessons.reached import REACHED
from tests.ui.visiting import ME, shown, visited, words
from ui.parts.lesson import prepare as preparing
from ui.session import kept

ROOT = Path(__file__).parents[3]
FIRST = lessons()[0]


def address(app: AppTest) -> dict[str, str]:
    return {
        name: value[-1] if isinstance(value, list) else value
        for name, value in dict(app.query_params).items()
    }


def mark(store: Store, lesson: Lesson) -> None:
    progress.keep(store, ME, [progress.marked(lesson)])


def answer(store: Store, lesson: Lesson, check: Check) -> None:
    progress.keep(store, ME, [progress.answered(lesson, check, check.right)])


def slider(app: AppTest, label: str):
    return next(one for one in app.slider if one.label == label)


@pytest.mark.parametrize("lesson", lessons(), ids=[one.key for one in lessons()])
def test_every_lesson_opens_with_its_first_values_and_a_short_address(store, lesson):
    app = visited("lesson", of=lesson.key)
    assert app.title[0].value == lesson.title
    assert address(app) == {"of": lesson.key}
    assert lesson.takeaway in words(app)
    assert len(app.radio) >= len(lesson.checks)


def test_controls_have_the_values_of_the_address_and_write_their_own(store):
    app = visited("lesson", of="why", size="16", units="8")
    assert (slider(app, "Image size").value, slider(app, "Units, or filters").value) == (16, 8)
    assert "2,056" in words(app)
    slider(app, "Image size").set_value(28).run()
    assert address(app) == {"of": "why", "units": "8"}, "a first value is not written"
    slider(app, "Image size").set_value(32).run()
    assert address(app) == {"of": "why", "size": "32", "units": "8"}
    assert "1,024 numbers" in words(app)


def test_a_locked_control_is_shown_and_disabled_and_no_preset_changes_it(store):
    app = visited("lesson", of="why", size="64", lock="size")
    assert slider(app, "Image size").disabled
    assert not slider(app, "Units, or filters").disabled
    assert not [one for one in app.button if "224" in one.label]
    assert not [one for one in app.caption if one.value == find("why").text("presets")]
    assert address(app) == {"of": "why", "size": "64", "lock": "size"}
    why = "This link locks Image size: quick choices that would change these are left out."
    assert why in words(app)
    app = visited("lesson", of="why", lock="kernel,size", hide="units")
    assert "This link locks Image size and Kernel, hides Units, or filters: quick" in words(app)
    assert "This link locks" not in words(visited("lesson", of="why", lock="row"))


@pytest.mark.parametrize("held", [{"lock": "size"}, {"hide": "size"}, {"ask": "Why?"}])
def test_whoever_a_teachers_link_has_led_to_a_lesson_is_not_asked_to_prepare_it(store, held):
    def labels(**query: str) -> list[str]:
        return [one.label for one in visited("lesson", of="why", **query).button]

    prepare = "For teachers: prepare this lesson"
    assert labels(size="64")[-1] == prepare, "after the lesson, its questions and the way on"
    assert prepare not in labels(**held)


def test_of_those_who_have_accounts_teachers_alone_are_asked(store, monkeypatch):
    def asked(role: Role) -> bool:
        monkeypatch.setattr(preparing, "who", lambda: Person("x", "X", role))
        return "prepare" in [one.key for one in visited("lesson", of="why").button]

    assert asked(Role.TEACHER)
    assert not asked(Role.LEARNER)


def test_an_own_question_has_room_for_an_answer_that_is_saved_with_it(store):
    app = visited("lesson", of="why", ask="Why so many?")
    (field,) = (one for one in app.text_area if one.label == "Your answer")
    (save,) = app.get("download_button")
    assert save.proto.disabled

    field.set_value("Each pixel has a weight.").run()

    (save,) = app.get("download_button")
    assert not save.proto.disabled
    assert not visited("lesson", of="why").text_area


def test_a_hidden_control_is_not_shown_and_keeps_its_value(store):
    app = visited("lesson", of="why", size="64", hide="size")
    assert "Image size" not in [one.label for one in app.slider]
    assert "4,096 numbers" in words(app)
    slider(app, "Units, or filters").set_value(9).run()
    assert "4,096 numbers" in words(app)
    assert address(app) == {"of": "why", "size": "64", "hide": "size", "units": "9"}


def training_shows(weight: str, **query: str) -> AppTest:
    app = visited("lesson", of="training", **query)
    assert f"w = **{weight}**" in words(app)
    return app


def test_a_link_to_lesson_0_has_the_steps_that_were_taken_and_its_lock_holds_them(store):
    app = training_shows("3.25", taken="1:2")
    assert "Step" in [one.label for one in app.button if not one.disabled]
    app = training_shows("3.25", taken="1:2", lock="taken")
    held = {one.label: one.disabled for one in app.button}
    assert [held[label] for label in ("Step", "10 steps", "Start again")] == [True] * 3


@pytest.mark.parametrize("taken", ["2:3", "1:51", "1:-1", "1:²", ":3", "x", "1:" + "9" * 1_900])
def test_steps_from_elsewhere_or_that_cannot_be_are_none(store, taken):
    training_shows("1", taken=taken)


def test_no_step_is_taken_where_the_loss_has_run_away_but_one_can_start_again(store):
    app = visited("lesson", of="training", rate="0.45", taken="1:50")
    held = {one.label: one.disabled for one in app.button}
    assert (held["Step"], held["10 steps"], held["Start again"]) == (True, True, False)
    assert "Too large: the loss grows." in words(app)
    app = press(app, "Start again")
    assert "w = **1**" in words(app)
    assert address(app) == {"of": "training", "rate": "0.45"}


def test_a_question_of_the_address_is_plain_text_and_not_too_long(store):
    app = visited("lesson", of="why", ask="**bold** <b>" + "x" * 1_000)
    (asked,) = [one.value for one in app.text]
    assert asked.startswith("**bold** <b>xxx")
    assert len(asked) == 300


VALUES = some.text(max_size=12) | some.integers().map(str) | some.floats().map(str)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    some.sampled_from([one.key for one in lessons()]),
    some.dictionaries(
        some.sampled_from(
            ["of", "size", "kernel", "n", "row", "seed", "epochs", "run", "rule", "lock", "hide"]
        ),
        VALUES,
        max_size=5,
    ),
)
def test_no_address_makes_a_lesson_fail(store, key, query):
    app = visited("lesson", **({"of": key} | query))
    assert app.title[0].value in {one.title for one in lessons()}


@pytest.mark.parametrize(
    ("query", "layers", "data", "classes"),
    [
        ({"of": "why", "size": "16", "units": "8"}, 1, DatasetName.MNIST_SAMPLE, 10),
        ({"of": "kernels", "image": "shape"}, 1, DatasetName.SHAPES, 3),
        ({"of": "receptive_field", "stack": "c3-m2-c3"}, 3, DatasetName.MNIST_SAMPLE, 10),
    ],
)
def test_layers_that_give_no_answer_are_trained_with_a_head(store, query, layers, data, classes):
    app = visited("lesson", **query)
    link = next(one for one in app.get("page_link") if one.proto.label == "Open in Build")
    opened = decode(parse_qs(link.proto.query_string)["net"][0])
    assert len(opened.layers) == layers

    app = press(app, "Train it", "train")
    app = press(app, "Train", "train")
    (run,) = store.latest(9)
    assert run.architecture.input == opened.input
    assert run.architecture.layers[:layers] == opened.layers
    assert trace(run.architecture).output_shape == (classes,)
    assert run.configuration.dataset.name == data


def test_what_is_too_large_for_a_lesson_is_not_trained_from_it(store):
    app = visited("lesson", of="why", size="224", units="64")
    assert "Train it" not in {one.label for one in app.button}


def test_next_and_previous_walk_the_lessons_and_come_back_to_what_was_set(store):
    app = visited("lesson", of="why", size="64")
    why, after = find("why"), find("convolution")
    next(one for one in app.button if one.label == f"Next: {after.title}").click().run()
    assert app.title[0].value == after.title
    assert address(app) == {"of": after.key}
    next(one for one in app.button if one.label == f"Previous: {why.title}").click().run()
    assert address(app) == {"of": "why", "size": "64"}
    assert slider(app, "Image size").value == 64


def test_answers_are_kept_in_the_store_and_complete_the_lesson(store):
    app = visited("lesson", of=FIRST.key)
    for place, check in enumerate(FIRST.checks):
        wrong = next(i for i, option in enumerate(check.options) if not option.is_right)
        app.radio[place].set_value(wrong).run()
        assert check.options[wrong].why in words(app)
        app.radio[place].set_value(check.right).run()
    found = progress.standing(store, ME)
    assert found.is_done(FIRST)
    assert all(len(tried) == 2 for tried in found.tried.values())

    again = visited("lesson", of=FIRST.key)
    assert [one.value for one in again.radio][: len(FIRST.checks)] == [
        check.right for check in FIRST.checks
    ]


def test_the_overview_counts_what_is_done_and_goes_on_with_the_first_that_is_not(store):
    mark(store, FIRST)
    app = visited("learn")
    labels = [one.label for one in app.button]
    assert f"Go on with lesson {lessons()[1].number}" in labels
    assert labels.count("Open again") == 1
    assert labels.count("Open") == len(lessons()) - 1
    assert not app.text_input, "no certificate yet"


def answered(app: AppTest, lesson: Lesson) -> AppTest:
    for place, check in enumerate(lesson.checks):
        app.radio[place].set_value(check.right)
    return shown(app)


def is_closed(app: AppTest) -> bool:
    """Whether a page shows the end of all lessons, whole."""
    parts = [
        "All lessons done. You can now" in words(app),
        "work out by hand what a kernel" in words(app),
        "Your name" in [one.label for one in app.text_input],
        any(one.proto.label == "Certificate (HTML)" for one in app.get("download_button")),
        "Bring photos" in [one.label for one in app.button],
    ]
    assert len(set(parts)) == 1, parts
    return parts[0]


@pytest.mark.parametrize("last", [whole_way()[-1], lessons()[4]], ids=["in order", "out of order"])
def test_the_end_is_shown_at_the_last_answer_of_all_in_its_lesson_and_on_learn(store, last):
    for lesson in whole_way():
        for check in () if lesson is last else lesson.checks:
            answer(store, lesson, check)
    app = visited("lesson", of=last.key)
    assert not is_closed(app)
    assert not is_closed(visited("learn"))

    app = answered(app, last)

    assert is_closed(app)
    assert is_closed(visited("learn"))
    assert is_closed(visited("lesson", of=last.key)), "also when one comes again"
    other = next(one for one in lessons() if one is not last)
    assert not is_closed(visited("lesson", of=other.key))


def test_the_end_leads_on_to_the_extra_lessons_that_are_left_and_stays_while_they_are(store):
    for lesson in whole_way():
        mark(store, lesson)
    app = visited("learn")
    assert is_closed(app)
    assert f"{len(whole_way())} of {len(whole_way())} lessons done" in bar(app)
    assert not [one for one in app.button if one.label.startswith("Go on with lesson")]
    extra = [one for one in lessons() if one.is_extra]
    assert offered_more(app) == {f"of={one.key}" for one in extra}

    mark(store, extra[0])
    app = visited("learn")
    assert offered_more(app) == {f"of={one.key}" for one in extra[1:]}
    done = len(whole_way()) + 1
    assert f"{done} of {done} lessons done" in bar(app)
    assert not is_closed(visited("lesson", of=extra[0].key))


def bar(app: AppTest) -> str:
    (shown_bar,) = app.get("progress")
    return str(shown_bar.proto.text)


def offered_more(app: AppTest) -> set[str]:
    links = [one.proto for one in app.get("page_link")]
    return {one.query_string for one in links if one.label.startswith("Open lesson ")}


def test_the_end_has_the_certificate_and_leads_on_to_a_challenge_that_is_left(store):
    for lesson in lessons():
        mark(store, lesson)
    app = visited("learn")
    app.text_input[0].set_value("<b>Ada</b>")
    app = shown(app)
    (saved,) = (one for one in app.get("download_button") if "Certificate" in one.proto.label)
    assert not saved.proto.disabled
    assert challenge_offered(app) == [written(challenges()[0].goals)]

    passed = store.add(SMALL, SHAPES, worker="here")
    before = progress.standing(store, ME)
    progress.keep(store, ME, tries.name(store, challenges()[0].goals, before, passed.id))
    with_result(store, passed.id, 0.999)
    assert challenge_offered(visited("learn")) == [written(challenges()[1].goals)]

    next(one for one in app.button if one.label == "Bring photos").click().run()
    assert "A zip with one folder of images per class" in words(app)


def challenge_offered(app: AppTest) -> list[str]:
    """The goals of the challenge that the end leads to: the first on the page."""
    link = next(one for one in app.get("page_link") if one.proto.label == "Take it on")
    return parse_qs(link.proto.query_string)["goals"]


def test_the_top_of_learn_says_what_is_next_in_a_line_and_no_minutes_of_all(store):
    for lesson in (lessons()[0], lessons()[1], lessons()[3]):
        mark(store, lesson)
    app = visited("learn")
    said = words(app)
    following = lessons()[2]
    assert f"Next: {following.title}. {following.question}" in said.replace("*", "")
    assert "minutes" not in said
    app = press(app, f"Go on with lesson {following.number}", "lesson")
    assert app.title[0].value == following.title


def test_whoever_finished_before_lesson_0_came_is_not_sent_back_to_it(store):
    for lesson in lessons()[1:4]:
        mark(store, lesson)
    labels = [one.label for one in visited("learn").button]
    assert f"Go on with lesson {lessons()[4].number}" in labels
    assert "Go on with the short way" in labels
    assert "Next: a network of your own" not in labels
    for lesson in lessons()[4:]:
        mark(store, lesson)
    app = visited("learn")
    assert is_closed(app)
    assert not [one for one in app.button if "lesson 0" in one.label or "short way" in one.label]
    assert "Next: a network of your own" in [one.label for one in app.button]
    assert [one.label for one in app.button].count("Open") == 1


def test_erasing_needs_a_second_word(store):
    mark(store, FIRST)
    app = visited("learn")
    erase = next(one for one in app.button if one.label == "Erase my progress")
    assert erase.disabled
    app.checkbox[0].check().run()
    next(one for one in app.button if one.label == "Erase my progress").click().run()
    assert progress.standing(store, ME).events == ()
    assert not app.checkbox[0].value


def test_lessons_are_read_without_a_store_that_can_be_used(tmp_path, monkeypatch):
    st.cache_resource.clear()
    kept.forget()
    (tmp_path / "runs.sqlite").write_text("not a database, but long enough to look like one" * 40)
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    app = visited("lesson", of=FIRST.key)
    app.radio[0].set_value(FIRST.checks[0].right).run()
    assert not app.exception
    assert FIRST.checks[0].options[FIRST.checks[0].right].why in words(app)
    assert not visited("learn").exception


def test_a_challenge_is_shown_in_build_and_train_until_it_is_left(store):
    goals = written(challenges()[0].goals)
    app = visited("build", goals=goals)
    assert challenges()[0].title in words(app)
    assert "Change the network and train it until every goal is passed." in words(app)
    assert address(app)["goals"] == goals
    app = visited("train", network="shapes-demo", data="shapes", goals=goals)
    assert challenges()[0].title in app.markdown[0].value  # above all settings
    assert "now 9,571" in words(app)
    next(one for one in app.button if one.label == "Leave it").click().run()
    assert challenges()[0].title not in words(app)
    assert "goals" not in address(app)


THOUSAND = written(challenges()[0].goals)
SMALL, SHAPES = REACHED["A thousand weights"]


def with_result(store, run_id: str, test: float) -> None:
    store.finish(run_id, State.FINISHED, result=Result(0.1, test, 300, 150, 30, 2.0, 9_000.0))


def trained_in_train(store, test: float, **settings: str) -> str:
    """Presses Train with the challenge on; the id of the training, which then ends like this."""
    query = {"net": encode(SMALL), "data": "shapes", "goals": THOUSAND, **settings}
    app = visited("train", **query)
    press(app, "Train")
    (run, *_) = store.latest()
    with_result(store, run.id, test)
    return str(run.id)


def test_the_first_training_that_is_named_for_a_challenge_counts_and_the_next_has_its_number(store):
    app = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND)
    assert app.checkbox(key="challenge_try").label == "Name it for the challenge: try 1"

    first = trained_in_train(store, 0.9, epochs="20")
    assert "not passed; tries so far: 1" in words(visited("build", goals=THOUSAND))
    app = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND, epochs="30")
    assert app.checkbox(key="challenge_try").label == "Name it for the challenge: try 2"
    second = trained_in_train(store, 0.99, epochs="30")

    said = words(visited("train", run=second, goals=THOUSAND))
    assert "this is try 2" in said
    assert "try 2 passed; the first, which counts, did not" in said
    assert "this is try 1" in words(visited("train", run=first, goals=THOUSAND))


def test_a_training_that_passes_but_was_not_named_for_the_challenge_does_not_pass_it(store):
    app = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND)
    app.checkbox(key="challenge_try").uncheck().run()
    press(app, "Train")
    (run,) = store.latest()
    with_result(store, run.id, 0.999)

    said = words(visited("train", run=run.id, goals=THOUSAND))
    assert "this training was not named for it before it began" in said
    assert "not yet" in said
    assert "trophy" not in words(visited("build", net=encode(SMALL), goals=THOUSAND))
    # Its test images have been looked at, so it cannot be named for it after the event either.
    again = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND)
    assert "this very training was tested already" in words(again)
    assert not [one for one in again.checkbox if one.key == "challenge_try"]


def test_another_seed_of_a_training_that_was_tested_unnamed_is_no_first_try(store):
    app = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND)
    app.checkbox(key="challenge_try").uncheck().run()
    press(app, "Train")
    (unnamed,) = store.latest()
    with_result(store, unnamed.id, 0.999)

    app = visited("train", net=encode(SMALL), data="shapes", goals=THOUSAND, seed="7")
    assert app.checkbox(key="challenge_try").label == "Name it for the challenge: try 2"
    assert "with these settings and other seeds that were tested before: 1" in words(app)
    named = trained_in_train(store, 0.99, seed="7")

    said = words(visited("train", run=named, goals=THOUSAND))
    assert "this is try 2" in said
    assert "try 2 passed; the first, which counts, was not named for it" in said
    said = words(visited("train", run=unnamed.id, goals=THOUSAND))
    assert "try 1, which cannot pass" in said


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"network": "shapes-demo", "data": "shapes"}, "does not pass all of its own goals"),
        ({"net": encode(SMALL), "data": "digits"}, "on Shapes as they usually are, of 3 kinds."),
        (
            {"net": encode(SMALL), "data": "shapes", "kinds": "circle.square"},
            "on Shapes as they usually are, of 3 kinds.",
        ),
    ],
    ids=["network", "data", "two kinds"],
)
def test_what_can_be_no_try_says_why(store, query, says):
    app = visited("train", goals=THOUSAND, **query)

    assert "No try at the challenge" in words(app)
    assert says in words(app)
    assert not [one for one in app.checkbox if one.key == "challenge_try"]


def test_a_challenge_without_training_is_passed_by_the_network_alone(store):
    see = next(one for one in challenges() if not one.goals.need_training)
    network, _ = REACHED[see.title]

    done = words(visited("build", net=encode(network), goals=written(see.goals)))
    assert "trophy: passed" in done
    assert "Change the network" not in done
    begun = words(visited("build", net=encode(see.start), goals=written(see.goals)))
    assert "trophy" not in begun
    assert "Change the network until every goal is passed." in begun


@pytest.mark.parametrize("goals", ["params=1", "<img src=x>", "params<" + "9" * 300])
def test_a_challenge_that_cannot_be_read_says_so_and_the_page_goes_on(store, goals):
    app = visited("build", goals=goals)
    assert "The challenge of this link" in words(app)
    assert app.number_input(key="finish_classes")


def test_every_link_to_a_challenge_opens_its_network_and_its_goals(store):
    app = visited("learn")
    links = [one for one in app.get("page_link") if one.proto.label == "Take it on"]
    assert len(links) == 6
    for link, one in zip(links, challenges(), strict=True):
        query = parse_qs(urlparse(f"?{link.proto.query_string}").query)
        assert query["goals"] == [written(one.goals)]


def press(app: AppTest, label: str, to: str = "") -> AppTest:
    """Presses a button; where it leads `to` another page, AppTest has to be told to stay there."""
    next(one for one in app.button if one.label == label).click().run()
    if to:
        assert not app.exception, app.exception
        app.switch_page(str(ROOT / "pages" / f"{to}.py")).run()
    assert not app.exception, app.exception
    return app


def test_the_short_way_is_walked_by_next_from_the_overview_and_ends_in_build(store):
    app = press(visited("learn"), "The short way, 45 minutes", "lesson")
    way = short_way()
    for place, (one, after) in enumerate(pairwise(way), start=1):
        assert app.title[0].value == one.title
        assert address(app) == {"of": one.key, "way": "short"}
        assert f"short way, {place} of {len(way)}" in words(app)
        app = press(app, f"Next: {after.title}")
    app = press(app, "Next: a network of your own", "build")
    assert "1 of 3" in words(app)
    assert app.text_input[0].value == "My network"


def test_the_end_of_the_way_trains_ones_own_network_and_lenet_alike_and_compares_them(store):
    app = visited("lesson", of=lessons()[-1].key)
    app = press(app, "Next: a network of your own", "build")
    app = press(app, "Next: train it", "train")
    (own,) = store.latest(9)
    assert (own.architecture.name, address(app)["run"]) == ("My network", own.id)
    assert own.configuration.dataset.name == DatasetName.MNIST_SAMPLE
    assert "2 of 3" in words(app)

    app = press(app, "Next: compare it with LeNet", "compare")
    lenet = next(run for run in store.latest(9) if run.id != own.id)
    assert lenet.architecture == entry("lenet-5").architecture
    assert lenet.configuration == own.configuration
    assert "3 of 3" in words(app)
    assert [app.multiselect[0].value[0], app.multiselect[0].value[1]] == [
        encode(own.architecture),
        "lenet-5",
    ]
    # What Compare looks for is what was queued: nothing is trained twice.
    assert not [one for one in app.button if one.label.startswith("Train")]

    app = press(app, "Next: all lessons", "learn")
    assert app.title[0].value == "Learn"
    assert "1 of 3" not in words(visited("build"))
    assert len(store.latest(9)) == 2


def ways_back(app: AppTest) -> list[Any]:
    label = f"Back to lesson {find('rules').number}: Design rules"
    return [one.proto for one in app.get("page_link") if one.proto.label == label]


def test_a_rule_is_tried_in_one_click_and_its_lesson_shows_what_was_measured(store):
    app = visited("lesson", of="rules", rule="batch_norm")
    assert "Not trained on this machine yet." in words(app)
    app = press(app, "Train both")
    found = store.latest(9)
    ids = app.query_params["run"]
    assert {run.id for run in found} == set(ids)
    app.switch_page(str(ROOT / "pages" / "train.py"))
    (back,) = ways_back(shown(app))
    assert back.query_string == "of=rules&rule=batch_norm"
    app.query_params["run"] = ids[:1]
    assert not ways_back(shown(app))
    rights = {"Batch norm": 0.975, "No batch norm": 0.941}
    for run in found:
        right = rights[run.architecture.name]
        result = Result(0.1, right, 1_000, 5_000, 1_000, 12.5, 4_000.0)
        store.finish(run.id, State.FINISHED, result=result)
    app = visited("lesson", of="rules", rule="batch_norm")
    said = words(app)
    assert "Measured here, on 1,000 test images: **Batch norm** 97.5" in said
    assert "**No batch norm** 94.1" in said
    assert "It cannot be told: run" in said  # no answers are kept of these
    for run in found:
        wrong = np.arange(1_000) >= 1_000 * rights[run.architecture.name]
        scores = np.eye(2, dtype=np.float32)[wrong.astype(int)]
        answers = arrays_to_bytes({"scores": scores, "labels": np.zeros(1_000, np.int64)})
        store.keep_file(run.id, PREDICTIONS, answers)
    app = visited("lesson", of="rules", rule="batch_norm")
    said = words(app)
    assert (
        "Of the networks trained with seed 0, on images like these, Batch norm is right more often"
        in said
    )
    assert "Over seeds it cannot be told: at least 3 of each are needed, and there is 1." in said
    assert "(95 % interval" in said
    assert "5 seeds of each say more" in said
    assert "Compare over 5 seeds" in [one.label for one in app.button]


def test_a_rule_is_judged_as_in_every_table_with_what_was_trained_beside_it(store):
    kept, broken = rules.experiment("batch_norm").sides
    third = entry("lenet-5").architecture
    for often, network in enumerate((kept.architecture, broken.architecture, third), start=5):
        run = store.add(network, kept.configuration, worker="here")
        wrong = np.arange(1_000) % often == 0
        result = Result(0.1, float(1 - wrong.mean()), 1_000, 5_000, 1_000, 12.5, 4_000.0)
        store.finish(run.id, State.FINISHED, result=result)
        scores = np.eye(2, dtype=np.float32)[wrong.astype(int)]
        answers = {"scores": scores, "labels": np.zeros(1_000, np.int64)}
        store.keep_file(run.id, PREDICTIONS, arrays_to_bytes(answers))
    said = words(visited("lesson", of="rules", rule="batch_norm"))
    assert "(98.33 % interval" in said


def test_a_way_that_is_none_is_the_whole_one(store):
    app = visited("lesson", of="why", way="<b>")
    assert "short way" not in words(app)
    assert any(one.label.startswith("Next: Convolution") for one in app.button)


def test_the_recipe_of_lesson_12_opens_in_build_by_one_click(store):
    links = [str(one.proto.query_string) for one in visited("lesson", of="rules").get("page_link")]
    assert [link for link in links if encode(rules.RECIPE) in link]


def test_lesson_4_leads_to_its_experiment_in_lesson_12(store):
    (link,) = re.findall(r"\]\(lesson(\?of=[^)]+)\)", find("pooling").words["largest"])
    asked = {name: values[0] for name, values in parse_qs(link[1:]).items()}
    app = visited("lesson", **asked)
    assert "**Kept**: Pool" in words(app)
    assert "**Not kept**: Stride 2" in words(app)


@pytest.mark.parametrize("key", ["pooling", "why"])
def test_a_question_that_came_later_says_that_the_lesson_is_done_without_it(store, key):
    lesson = find(key)
    app = visited("lesson", of=key)
    said = [one.value for one in app.caption if one.value == frame_text("extra")]
    assert len(said) == len(lesson.checks) - len(lesson.needed)

    for check in lesson.needed:
        app.radio(key=f"answer_{key}_{check.key}").set_value(check.right)
        shown(app)
    assert progress.standing(store, ME).is_done(lesson)
    assert not [one for one in app.button if one.label == frame_text("mark")]
