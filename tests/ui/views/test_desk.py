"""The teacher's desk: a link says what was set, and what cannot be is said with its value."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlparse

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName
from cnn.lessons.catalogue import lessons, own_challenge
from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import Goal, Goals, Measure
from cnn.network.link import encode
from cnn.network.zoo import entry
from tests.ui.visiting import ROOT, pressed, shown, visited, words
from ui.parts.lesson import challenge, prepare
from ui.session import design

FEW = settings(  # each example is a visit of two pages: none is made smaller
    phases=(Phase.generate,),
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
VALUED = ("slider", "select_slider", "selectbox", "toggle", "button_group")
HOLDS = ("free", "locked", "hidden")
SET = {
    "training": {"w": "1", "rate": "0.45", "taken": "1:2"},
    "convolution": {"padding": "same", "size": "8", "picture": "ring", "flip": "1"},
    "kernels": {"kernels": "identity,blur", "image": "shape", "relu": "1"},
    "pooling": {"kind": "global_max", "picture": "cross", "right": "2"},
    "pipeline": {"stage": "3", "size": "28x28", "place": "7"},
    "receptive_field": {"stack": "c3-m2-c3"},
    "history": {"which": "vgg", "depth": "32", "start": "he"},
    "rules": {"rule": "batch_norm"},
}
"""Values of controls of every kind, as an address says them."""


def link(app: AppTest) -> tuple[str, dict[str, str]]:
    """The page that the link on the desk leads to, and what it says."""
    parts = urlparse(app.code[0].value)
    query = parse_qsl(parts.query, strict_parsing=True)
    assert len(dict(query)) == len(query)
    return parts.path, dict(query)


def address(app: AppTest) -> dict[str, str]:
    return {name: "".join(value) for name, value in app.query_params.items()}


def of_lesson(app: AppTest) -> dict[str, Any]:
    """The controls of the lesson that can be seen, by name."""
    found = {}
    for one in (one for kind in VALUED for one in app.get(kind)):
        place, _, rest = str(one.key).partition("_")
        lesson = next((key.key for key in lessons() if rest.startswith(f"{key.key}_")), "")
        if place in ("of", "desk") and lesson:
            found[rest.removeprefix(f"{lesson}_")] = one
    return found


@FEW
@given(some.data(), some.sampled_from([one.key for one in lessons()]), some.text(max_size=40))
@pytest.mark.proof
def test_a_lesson_stands_as_the_desk_has_set_it_when_its_link_is_opened(store, data, lesson, asked):
    app = visited("desk", of=lesson, **SET.get(lesson, {}))
    for one in of_lesson(app).values():
        if one.type == "slider":
            low, high, step = int(one.min), int(one.max), int(one.step)
            one.set_value(data.draw(some.sampled_from(range(low, high + 1, step))))
        if one.type == "selectbox":
            one.select_index(data.draw(some.integers(0, len(one.options) - 1)))
        if one.type == "toggle":
            one.set_value(data.draw(some.booleans()))
    shown(app)
    held = {name: data.draw(some.sampled_from(HOLDS)) for name in holds(app)}
    for name, one in holds(app).items():
        one.set_value(held[name])
    app.text_area[0].set_value(asked)
    shown(app)

    page, query = link(app)
    opened = visited("lesson", **query)

    assert page == "/lesson"
    assert address(opened) == query == address(app)
    assert controls_of(opened, "of") == controls_of(app, "desk")
    for name, one in of_lesson(opened).items():
        assert held[name] != "hidden"
        assert one.disabled == (held[name] == "locked")
    assert [one.value for one in opened.text] == [one.value for one in app.text]


def holds(app: AppTest) -> dict[str, Any]:
    """What says of each control whether it is free, by the name of that."""
    found = {str(one.key): one for one in app.get("button_group")}
    return {key.removeprefix("hold_"): one for key, one in found.items() if key[:5] == "hold_"}


def controls_of(app: AppTest, place: str) -> Any:
    """What the session knows of each control, also of one that is hidden or has no widget."""
    return app.session_state[f"lesson_state_{place}"].controls


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"of": "nowhere"}, "There is no lesson 'nowhere'."),
        (
            {"of": "why", "size": "1e9"},
            "size=1e9: that is no value of Image size. It is 28; set it below.",
        ),
        ({"of": "why", "junk": "<b>"}, "junk=<b>: this lesson shows no such control."),
        (
            {"of": "why", "ask": "x" * 301},
            "The question of this link has 301 characters; at most 300",
        ),
        ({"goals": "params=1"}, "'params=1' is no goal. Write one like params<20000"),
        ({"net": "1.broken", "goals": "params<9"}, "The network of this link: "),
    ],
)
def test_what_a_link_cannot_say_is_said_with_its_value_and_the_desk_goes_on(store, query, says):
    app = visited("desk", **query)

    assert says in words(app)
    page, found = link(app)
    assert says not in words(visited(page.strip("/"), **found))
    assert says not in words(visited("desk", **found))


def test_a_value_too_long_for_a_link_is_said_in_place_of_one(store):
    app = visited("desk", of="convolution", size="12", channels="3")
    grids = "__".join(["_".join(["0.123456," * 12] * 12)] * 3)
    app.session_state["desk_convolution_x"] = f"worked-12-3:{grids}"
    said = words(shown(app))
    label = "Changes made in the cells of the input"
    count = f"{len(grids) + 12:,}"
    assert f"{label} has {count} characters, and a link holds at most 2,000 of them." in said
    assert not app.code


def test_a_link_that_can_be_read_is_shown_without_a_word(store):
    assert not visited("desk", of="why", size="28", channels="3", lock="size").warning


def test_a_lesson_is_taken_to_the_desk_as_it_stands_and_is_not_held_itself(store):
    app = visited("lesson", of="why", size="64")
    next(one for one in app.slider if one.label.startswith("Units")).set_value(9)
    app = pressed(shown(app), "For teachers: prepare this lesson")
    app.switch_page(str(ROOT / "pages" / "desk.py")).run()
    holds(app)["size"].set_value("locked")
    assert link(shown(app))[1] == {"of": "why", "size": "64", "units": "9", "lock": "size"}

    app.switch_page(str(ROOT / "pages" / "learn.py")).run()
    app.button(key="open_why").click()
    shown(app)
    app.switch_page(str(ROOT / "pages" / "lesson.py")).run()
    assert address(app) == {"of": "why", "size": "64", "units": "9"}
    assert not any(one.disabled for one in app.slider)


COUNTED = [one for one in Measure if one is not Measure.TEST]
GOAL = some.builds(
    Goal, some.sampled_from(COUNTED), some.booleans(), some.integers(2, 10**9).map(float)
) | some.builds(
    Goal, some.just(Measure.TEST), some.booleans(), some.integers(1, 999_999).map(lambda n: n / 1e6)
)
GOALS = some.builds(
    Goals,
    some.lists(GOAL, min_size=1, max_size=7, unique_by=lambda one: one.measure).map(tuple),
    some.none() | some.sampled_from(DatasetName),
)
STARTS = some.none() | some.sampled_from(["lenet-5", "resnet-lite", "shapes-demo"])


@FEW
@given(GOALS, STARTS)
def test_a_challenge_is_read_from_its_link_as_the_desk_has_it(store, wanted, start):
    net = {"net": encode(entry(start).architecture)} if start else {}
    page, query = link(visited("desk", goals=goals.written(wanted), **net))

    assert page == "/build"
    assert goals.read(query.pop("goals")) == wanted
    assert query == net


def limit(app: AppTest, place: int = 0):
    return app.text_input[place]


def test_goals_are_typed_added_and_removed_and_the_link_follows(store):
    app = visited("desk", goals="params<1000,data=shapes")
    limit(app).set_value("2,500")
    app = pressed(shown(app), "Add a goal")
    assert "Goal 2: '' is no limit. Write a whole number like 20000." in words(app)
    assert not app.code

    goal, side = app.selectbox[-2:]
    goal.select_index(goal.options.index("Test accuracy"))
    side.select_index(side.options.index("above"))
    shown(app)
    limit(app, 1).set_value("97.5 %")
    app.selectbox(key="challenge_draft_start").select("resnet-lite")
    _, query = link(shown(app))
    assert query["goals"] == "params<2500,test>0.975,data=shapes"
    assert query["net"] == encode(entry("resnet-lite").architecture)

    pressed(app, "Remove")
    _, query = link(app)
    assert query["goals"] == "test>0.975,data=shapes"


def test_a_limit_that_is_none_and_goals_that_nothing_reaches_are_said_in_place_of_a_link(store):
    app = visited("desk", goals="params<1000,params>1000")
    assert "Parameters: nothing is below 1,000 and above 1,000. Change a limit." in words(app)
    limit(app).set_value("a lot")
    assert "Goal 1: 'a lot' is no limit." in words(shown(app))
    assert not app.code
    limit(app).set_value("1,002")
    assert link(shown(app))[1] == {"goals": "params<1002,params>1000"}


def test_the_preview_of_a_challenge_is_what_its_link_shows_in_build(store):
    app = visited(
        "desk", goals="field>27,params<30000", net=encode(entry("simple-cnn").architecture)
    )
    _, query = link(app)
    goals_shown = [one.value for one in app.markdown if "Parameters" in one.value]
    assert "now 20,490" in goals_shown[0]
    assert goals_shown[0] in [one.value for one in visited("build", **query).markdown]


def test_a_challenge_that_its_network_passes_at_once_is_said_to_be_that(store):
    net = encode(entry("simple-cnn").architecture)
    said = "Simple CNN passes all of this as it is."
    assert said in words(visited("desk", goals="params<30000", net=net))
    assert said not in words(visited("desk", goals="params<30000,test>0.9", net=net))


def test_the_desk_is_found_from_learn_with_a_challenge_to_begin_with(store):
    app = visited("learn")
    (made,) = (one for one in app.get("page_link") if one.proto.label == "Make your own")
    query = dict(parse_qsl(made.proto.query_string))
    own = own_challenge()
    assert link(visited("desk", **query)) == ("/build", challenge.link(own.goals, own.start))


def test_lesson_and_challenge_are_kept_while_one_looks_at_the_other(store):
    app = visited("desk", of="why", size="64", hide="size")
    for kind, page in (("challenge_link", "/build"), ("lesson_link", "/lesson")):
        app.button_group(key="desk_kind").set_value(kind)
        assert link(shown(app))[0] == page
    assert link(app)[1] == {"of": "why", "size": "64", "hide": "size"}


def test_ones_own_design_is_begun_with_once_it_is_whole(store):
    app = visited("desk", goals="params<9")
    assert link(app) == ("/build", {"goals": "params<9"}), "whatever the learner has in Build"
    start = app.selectbox(key="challenge_draft_start")
    start.select_index(start.options.index("LeNet-5 (open in Build)"))
    lenet = encode(entry("lenet-5").architecture)
    assert link(shown(app))[1] == {"net": lenet, "goals": "params<9"}

    app.session_state[design.KEY] = replace(app.session_state[design.KEY], input=(4, 4, 1))
    assert "a 5x5 kernel does not fit a 2x2 input" in words(shown(app))
    assert not app.code


def test_a_challenge_carries_a_question_that_is_shown_with_its_goals_until_it_is_left(store):
    app = visited("desk", goals="params<9000")
    app.text_area[0].set_value(" Why *so* small? ")
    page, query = link(shown(app))
    assert (page, query["ask"]) == ("/build", "Why *so* small?")
    assert "Why *so* small?" in [one.value for one in app.text]
    assert link(visited("desk", **query)) == (page, query)

    learner = visited("build", **query)
    assert [one.value for one in learner.text] == ["Why *so* small?"]
    learner.query_params.clear()
    assert address(shown(learner))["ask"] == query["ask"]
    learner.button(key="leave_challenge").click()
    assert not shown(learner).text
    assert "ask" not in address(learner)


def test_a_question_of_a_lesson_does_not_make_a_challenge_of_its_link(store):
    app = visited("desk", of="why", ask="Why?")
    assert link(app) == ("/lesson", {"of": "why", "ask": "Why?"})


@pytest.mark.parametrize(
    ("of_class", "link"),
    [
        ("http://class.example:8501", "http://class.example:8501/lesson?of=why&lock=a,b"),
        (" class.example:8501/ ", "http://class.example:8501/lesson?of=why&lock=a,b"),
        ("https://a.example/cnn", "https://a.example/cnn/lesson?of=why&lock=a,b"),
        (
            "http://class.example:8501/?token=a-B_9&x=1",
            "http://class.example:8501/lesson?of=why&lock=a,b&token=a-B_9",
        ),
    ],
)
def test_the_address_that_a_class_uses_is_put_in_front_of_the_link(of_class: str, link: str):
    assert prepare.link("lesson", {"of": "why", "lock": "a,b"}, of_class) == link


@pytest.mark.parametrize(
    ("here", "is_here_alone"),
    [
        ("http://127.0.0.1:8501", True),
        ("http://localhost:8501/cnn", True),
        ("http://[::1]:8501", True),
        ("http://class.example:8501", False),
        ("http://192.168.0.7", False),
        ("https://localhost.example", False),
        ("", False),
    ],
)
def test_an_address_of_this_computer_alone_is_known(here: str, is_here_alone: bool):
    assert prepare.is_of_this_computer(here) == is_here_alone


def test_where_only_this_computer_reaches_the_app_the_address_of_others_is_asked_for(
    store, monkeypatch
):
    monkeypatch.setattr(prepare, "here", lambda: "http://127.0.0.1:8501")
    app = visited("desk", of="why")
    alone = "This address works on this computer alone."
    assert alone in words(app)
    assert link_text(app) == "http://127.0.0.1:8501/lesson?of=why"
    app.text_input(key=prepare.TYPED).set_value("class.example")
    assert alone not in words(shown(app))
    assert link_text(app) == "http://class.example/lesson?of=why"

    app.button_group(key="desk_kind").set_value("challenge_link")
    assert link_text(shown(app)).startswith("http://class.example/build?")
    monkeypatch.setattr(prepare, "here", lambda: "http://class.example:8501")
    assert alone not in words(visited("desk", of="why"))


def link_text(app: AppTest) -> str:
    text: str = app.code[0].value
    return text
