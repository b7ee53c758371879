"""An assignment from the desk to the hand-in, as a page shows it: no browser, no training."""

import io
import json
import zipfile
from urllib.parse import parse_qsl, urlparse

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.lessons.assignments import assignment, handed_in
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.challenges import goals
from cnn.network.zoo import entry
from cnn.people import accounts
from cnn.people.person import Role
from cnn.training.engine.snapshots import state_name
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import ASSIGNMENT, WEIGHTS, Epoch, Result, State
from cnn.training.store.store import Store
from tests.ui.visiting import ROOT, pressed, saved, shown, visited, words
from ui.session import person

TASK = Assignment(
    "Few weights",
    goals.read("params<900000,test>0.9"),
    DatasetSpec(DatasetName.SHAPES, seed=4),
    "2099-01-01T12:00Z",
    "Why?",
    ("convolution",),
)


def link(app) -> tuple[str, dict[str, str]]:
    parts = urlparse(app.code[0].value)
    return parts.path, dict(parse_qsl(parts.query, strict_parsing=True))


def test_the_desk_makes_a_link_that_says_what_was_set(store: Store):
    app = visited("desk", assignment=TASK.text)
    page, query = link(app)

    assert page == "/build"
    assert assignment.read(query["assignment"]) == TASK
    assert query["goals"] == "params<900000,test>0.9,data=shapes"
    assert query["ask"] == "Why?"

    next(one for one in app.text_input if one.label == "Title").set_value("Fewer")
    shown(app)
    next(one for one in app.selectbox if one.label == "Data").set_value("mnist-sample")
    shown(app)
    changed = assignment.read(link(app)[1]["assignment"])

    assert (changed.title, changed.data.name) == ("Fewer", DatasetName.MNIST_SAMPLE)
    assert (changed.goals, changed.due) == (TASK.goals, TASK.due)


def test_what_is_no_assignment_is_said_in_place_of_its_link(store: Store):
    app = visited("desk", assignment=TASK.text)

    next(one for one in app.text_input if one.label == "Title").set_value(" ")

    assert "An assignment has a title of 1 to 80 letters" in words(shown(app))
    assert not app.code


def test_a_damaged_link_is_said_and_the_page_goes_on(store: Store):
    for page in ("desk", "build", "train"):
        assert "The assignment of this link" in words(
            visited(page, goals="params<9", assignment='{"a":1}')
        )


def test_it_begins_as_a_week_of_the_first_challenge_and_is_kept_meanwhile(store: Store):
    app = visited("desk")
    app.button_group(key="desk_kind").set_value("assignment_link")
    first = assignment.read(link(shown(app))[1]["assignment"])

    assert first.due_at
    assert first.title == "An assignment"


def test_the_learner_sees_title_goals_data_and_deadline_until_it_is_left(store: Store):
    _, query = link(visited("desk", assignment=TASK.text))
    app = visited("build", **query)

    assert "Few weights" in words(app)
    assert "2099-01-01 12:00" in words(app)
    assert "Few weights" not in words(pressed(app, "Leave it"))
    assert "assignment" not in app.query_params


def lessons_linked(app) -> list[tuple[str, str]]:
    found = (one.proto for one in app.get("page_link") if "questions answered" in one.proto.label)
    return [(one.label, one.query_string) for one in found]


def test_its_lessons_are_a_click_away_and_lead_back_until_they_are_answered(store: Store):
    task = "Lesson *Convolution, cell by cell*: 0 of"
    app = visited("build", goals="params<900000", assignment=TASK.text, ask="Why?")
    ((label, query),) = lessons_linked(app)
    assert label.startswith(task)
    assert query == "of=convolution"
    assert "You answer it where you hand in a run." in words(app)

    app.switch_page(str(ROOT / "pages" / "lesson.py"))
    app.query_params.clear()
    app.query_params["of"] = "convolution"
    back = [one.proto.label for one in shown(app).get("page_link")]
    assert "Back to Few weights" in back

    app.query_params["of"] = "pooling"
    assert "Back to Few weights" not in [one.proto.label for one in shown(app).get("page_link")]


def test_a_lesson_leads_back_to_the_run_it_was_opened_from(store: Store, ready_run: str):
    app = visited("train", run=ready_run, goals="params<900000", assignment=TASK.text)

    app.switch_page(str(ROOT / "pages" / "lesson.py"))
    app.query_params.clear()
    app.query_params["of"] = "convolution"
    shown(app)

    label = "Back to Few weights"
    (back,) = (one.proto for one in app.get("page_link") if one.proto.label == label)
    assert (back.page, back.query_string) == ("train", f"run={ready_run}")


def test_the_preview_shows_the_lessons_as_nobody_has_answered_them(store: Store):
    ((label, _),) = lessons_linked(visited("desk", assignment=TASK.text))
    assert ": 0 of " in label


def test_a_challenge_that_is_opened_later_is_not_for_it(store: Store):
    app = visited("build", goals="params<900000", assignment=TASK.text)
    app.query_params.clear()
    app.query_params["goals"] = "params<10"

    assert "Few weights" not in words(shown(app))


def test_train_begins_with_its_data_says_what_is_kept_and_keeps_it_with_a_seed_of_its_own(
    store: Store,
):
    app = visited("train", goals="params<900000", assignment=TASK.text, net="shapes-demo")
    assert "For *Few weights*: keeps" in words(app)

    pressed(app, "Train")

    (run,) = store.latest()
    assert assignment.read((store.file(run.id, ASSIGNMENT) or b"").decode()) == TASK
    assert run.configuration.dataset == TASK.data
    assert run.configuration.seed != 0


def test_other_data_are_not_for_it_and_its_own_are_a_click_away(store: Store):
    app = visited("train", goals="params<900000", assignment=TASK.text, data="mnist-sample")
    assert "Not for *Few weights*. It is on other data." in words(app)

    assert "For *Few weights*: keeps" in words(pressed(app, "Use its data"))


@pytest.fixture
def ready_run(store: Store) -> str:
    return finished_for_it(store)


def finished_for_it(store: Store) -> str:
    """A finished run for an assignment, with small files in the place of its checkpoints."""
    design = entry("shapes-demo").architecture
    settings = Configuration(TASK.data, epochs=2)
    kept = {ASSIGNMENT: TASK.text.encode(), WEIGHTS: b"w" * 2_000}
    kept |= {state_name(epoch): b"s" * 1_000 for epoch in range(3)}
    run = store.add(design, settings, worker="me", files=kept)
    for epoch in (1, 2):
        store.record_epoch(run.id, Epoch(epoch, 0.5, 0.5, 0.5, 0.5, 1.0))
    result = Result(0.5, 0.5, 300, 150, 30, 2.0, 100.0, epochs=2, steps=20)
    store.finish(run.id, State.FINISHED, result=result)
    return run.id


def test_a_name_and_an_answer_go_into_one_file_at_a_click(store: Store, ready_run: str):
    app = visited("train", run=ready_run)
    assert "Few weights" in words(app)
    assert next(one for one in app.button if one.label.startswith("Save to hand in")).disabled

    next(one for one in app.text_input if one.label == "Your name").set_value("Ann")
    next(one for one in app.text_area if one.label == "Why?").set_value("Because")
    content = saved(shown(app), "Save to hand in")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("hand-in.json"))
        assert archive.read("state-0002.npz") == b"s" * 1_000
    assert (about["name"], about["answer"]) == ("Ann", "Because")
    assert about["run"]["id"] == ready_run
    assert assignment.read(about["assignment"]) == TASK


def test_the_question_stands_once_where_it_is_answered(store: Store, ready_run: str):
    there = {"goals": "params<900000", "assignment": TASK.text, "ask": "Why?"}

    app = visited("train", run=ready_run, **there)

    assert "Why?" in [one.label for one in app.text_area]
    assert "A question for you" not in words(app)


def test_a_run_under_way_says_where_it_is_handed_in(store: Store):
    files = {ASSIGNMENT: TASK.text.encode()}
    run = store.add(entry("shapes-demo").architecture, Configuration(TASK.data), files=files)

    assert "It is handed in here when it has ended." in words(visited("train", run=run.id))


def test_who_has_a_teacher_hands_in_at_a_click_by_their_name_and_nobody_for_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    ann = accounts.add(store, "Ann", Role.LEARNER, "4b")[0]
    teacher = accounts.add(store, "Cleo", Role.TEACHER, "4b")[0]
    run = finished_for_it(store.seen_by(ann))

    monkeypatch.setattr(person, "who_id", lambda: ann.id)
    app = visited("train", run=run)
    assert "Your name" not in [one.label for one in app.text_input]
    next(one for one in app.text_area if one.label == "Why?").set_value("Because")
    app = pressed(app, "Hand in")
    note = handed_in.note_of(store, run)
    assert note
    assert note.answer == "Because"
    assert "Handed in 20" in words(app)
    with zipfile.ZipFile(io.BytesIO(saved(app, "Save to hand in"))) as archive:
        assert json.loads(archive.read("hand-in.json"))["name"] == "Ann"
    again = visited("train", run=run)
    assert next(one for one in again.text_area if one.label == "Why?").value == "Because"
    assert "Hand in again" in [one.label for one in again.button]

    monkeypatch.setattr(person, "who_id", lambda: teacher.id)
    app = visited("train", run=run)
    assert "Shapes demo on Shapes" in words(app)
    assert "Hand in" not in words(app)
    app = visited("classroom")
    app.session_state["class_tab"] = "Hand-ins"
    app = shown(app)
    assert "1 of 1 handed in" in words(app)
    with zipfile.ZipFile(io.BytesIO(saved(app, "Save it"))) as archive:
        assert archive.namelist() == [f"ann-{run[:6]}.zip"]


def test_who_has_no_teacher_here_hands_in_by_a_file_with_their_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    bob = accounts.add(store, "Bob", Role.LEARNER)[0]
    run = finished_for_it(store.seen_by(bob))
    monkeypatch.setattr(person, "who_id", lambda: bob.id)
    app = visited("train", run=run)
    assert next(one for one in app.text_input if one.label == "Your name").value == "Bob"
    assert "Hand in" not in [one.label for one in app.button]


def test_a_run_of_no_assignment_shows_nothing_of_it(store: Store):
    run = store.add(entry("shapes-demo").architecture, Configuration(epochs=1), worker="me")
    store.finish(run.id, State.FINISHED)

    assert "hand in" not in words(visited("train", run=run.id)).lower()


def test_a_link_from_before_there_were_assignments_opens_as_it_did(store: Store):
    app = visited("build", goals="params<20000,data=mnist-sample", ask="Why?")

    assert "Challenge" in words(app)
    assert "Why?" in words(app)
