"""What the Train page shows of a run that has ended: findings, test result, the very images."""

import io
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import Dataset, DatasetName, DatasetSpec, fingerprint, load
from cnn.network.zoo import entry
from cnn.pictures.kit.inline import data_uri
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import PREDICTIONS, Epoch, Progress, Result, Run, State, Step
from cnn.training.store.store import Store
from tests.ui.visiting import arriving, html, shown, words
from ui.parts.runs import runs

ROOT = Path(__file__).parents[3]
DEMO = entry("shapes-demo").architecture
SPEC = DatasetSpec(DatasetName.SHAPES)
CIRCLE, SQUARE, TRIANGLE = 0, 1, 2


@pytest.fixture(scope="module")
def shapes() -> Dataset:
    return load(SPEC, DEMO.input)


def ended(
    store: Store,
    shapes: Dataset,
    wrong: dict[int, tuple[int, float]] | None = None,
    *,
    found: str = "",
    accuracy: float | None = None,
    losses: tuple[float, ...] = (0.9, 0.2, 0.05),
    configuration: Configuration | None = None,
    state: State = State.FINISHED,
    seen: int | None = None,
    unseen_right: int | None = None,
) -> Run:
    """A run on the shapes, right but for `wrong`: place, the class it was taken for, how surely."""
    run = store.add(DEMO, configuration or Configuration(SPEC, epochs=len(losses)), worker="me")
    sizes = {name: len(split) for name, split in shapes.splits.items()}
    store.freeze(run.id, found or fingerprint(shapes), sizes, {})
    steps = [Step(i, i / 10, losses[(i - 1) // 10], 0.9, 0.01, i) for i in range(1, 31)]
    store.record(run.id, steps, Progress(3, 30, 30))
    learnt = losses[-1] < 0.5
    for i, loss in enumerate(losses, start=1):
        right = 1.0 if learnt else 0.33
        store.record_epoch(run.id, Epoch(i, loss, right, loss, right, float(i)))
    labels = shapes.test.labels
    scores = np.eye(3, dtype=np.float16)[labels]
    for place, (said, sure) in (wrong or {}).items():
        scores[place] = 0
        scores[place, labels[place]], scores[place, said] = 1 - sure, sure
    content = io.BytesIO()
    np.savez(content, scores=scores, labels=labels)
    store.keep_file(run.id, PREDICTIONS, content.getvalue())
    share = float((scores.argmax(axis=1) == labels).mean()) if accuracy is None else accuracy
    result = Result(
        *(0.1, share, len(labels), 150, 30, 1.0, 100.0),
        seen_test_images=seen,
        unseen_right=unseen_right,
    )
    store.finish(run.id, state, result=result if state is State.FINISHED else None)
    return run


def places(shapes: Dataset, label: int, count: int) -> list[int]:
    found: list[int] = np.flatnonzero(shapes.test.labels == label)[:count].tolist()
    return found


def visited(run: Run) -> AppTest:
    return shown(arriving("train", run=run.id))


def test_the_test_result_is_said_with_its_interval(store: Store, shapes: Dataset):
    wrong = dict.fromkeys(places(shapes, CIRCLE, 6), (SQUARE, 0.9))

    said = words(visited(ended(store, shapes, wrong)))

    # 294 of 300: Wilson's interval is 95.7 to 99.1 %.
    assert "98.0 % of 300 test images are right**, 294 of them; 95 % interval 95.7–99.1 %." in said
    assert "The figures below count" not in said
    assert "pixel for pixel" not in said


def test_what_was_learned_and_what_not_is_said_above_all_else(store: Store, shapes: Dataset):
    wrong = dict.fromkeys(places(shapes, CIRCLE, 30), (SQUARE, 0.9))

    app = visited(ended(store, shapes, wrong))

    said = words(app)
    assert "It learned: of 300 test images of Shapes, 90.0 of 100 are right" in said
    assert "It confuses circle and square most, either way round: 30 of its 30 mistakes." in said
    assert "It does not yet read circle as well as the others: 70 of 100 are right" in said
    first = next(one for one in app.main if one.type in ("info", "metric", "tab"))
    assert first.type == "info"


def test_a_retry_opens_on_its_curves(store: Store, shapes: Dataset):
    app = arriving("train", run=ended(store, shapes, losses=(1.0, 0.99, 0.98)).id)
    app.session_state[runs.TAB] = "Facts"
    shown(app)

    next(one for one in app.button if str(one.key).startswith("retry_")).click()
    shown(app)

    assert store.latest()[0].state is State.QUEUED
    assert app.session_state[runs.TAB] == "Curves"


@pytest.mark.parametrize(
    ("seen", "unseen_right", "of_the_others"),
    [(200, 96, "of the other 100, 96 are right (96.0 %)."), (300, 0, "of the other 0, 0 are")],
)
def test_images_that_were_learned_from_are_told_apart_in_the_result(
    store: Store, shapes: Dataset, seen: int, unseen_right: int, of_the_others: str
):
    said = words(visited(ended(store, shapes, seen=seen, unseen_right=unseen_right)))

    assert f"{seen} of the 300 also occur, pixel for pixel, among the training" in said
    assert of_the_others in said


def test_a_cell_shows_its_own_images_the_surest_first(store: Store, shapes: Dataset):
    first, second, third = places(shapes, CIRCLE, 3)
    (other,) = places(shapes, TRIANGLE, 1)
    wrong = {first: (SQUARE, 0.6), second: (SQUARE, 0.9), third: (SQUARE, 0.7)}
    run = ended(store, shapes, wrong | {other: (CIRCLE, 0.8)})

    app = visited(run)

    cell = app.selectbox(key=f"cell_{run.id}")
    assert cell.options[:2] == ["circle, taken for square: 3", "triangle, taken for circle: 1"]
    uris = [data_uri(shapes.test.pixels[place]) for place in (second, third, first)]
    shown = html(app)
    assert shown.count("<img") == 3
    assert shown.index(uris[0]) < shown.index(uris[1]) < shown.index(uris[2])

    cell.set_value((TRIANGLE, CIRCLE)).run()

    assert html(app).count("<img") == 1
    assert data_uri(shapes.test.pixels[other]) in html(app)


def test_of_a_cell_with_many_images_the_first_forty_are_shown(store: Store, shapes: Dataset):
    run = ended(store, shapes)

    app = visited(run)

    assert html(app).count("<img") == 40
    assert "The first 40 of 100." in words(app)


def test_images_that_are_not_those_it_was_tested_on_are_not_shown(store: Store, shapes: Dataset):
    wrong = dict.fromkeys(places(shapes, CIRCLE, 6), (SQUARE, 0.9))

    app = visited(ended(store, shapes, wrong, found="f" * 64))

    assert "The test images cannot be shown. The data is not what it was" in words(app)
    assert "<img" not in html(app)
    assert "circle, taken for square: 6" in app.selectbox[0].options
    assert [button for button in app.button if button.label == "Look again"]


def test_data_that_is_gone_is_said_to_be_gone(store: Store, shapes: Dataset, tmp_path: Path):
    own = DatasetSpec(DatasetName.OWN_IMAGES, file=str(tmp_path / "gone.zip"))

    app = visited(ended(store, shapes, configuration=Configuration(own, epochs=3)))

    assert "The test images cannot be shown." in words(app)
    assert "gone.zip" in words(app)


def test_figures_that_differ_from_what_the_network_said_are_explained(
    store: Store, shapes: Dataset
):
    app = visited(ended(store, shapes, accuracy=299 / 300))

    assert "99.7 % of 300 test images are right" in words(app)
    assert "The figures below count 300" in words(app)


def test_predictions_that_cannot_be_read_are_an_error_of_one_line(store: Store, shapes: Dataset):
    run = ended(store, shapes)
    store.keep_file(run.id, PREDICTIONS, b"PK half a file")

    assert "The kept predictions cannot be read" in words(visited(run))


def test_a_run_that_learns_says_so_with_its_figures(store: Store, shapes: Dataset):
    said = words(visited(ended(store, shapes)))

    assert "Does it learn?" in said
    assert "**It learns**" in said
    assert "100.0 % of 30 validation images are right" in said


def test_a_finding_is_retried_in_one_click(store: Store, shapes: Dataset):
    slow = Configuration(SPEC, epochs=3, learning_rate=1e-6)
    run = ended(store, shapes, losses=(1.1, 1.1, 1.1), configuration=slow)

    app = visited(run)

    assert "Why isn't it learning?" in words(app)
    assert "The highest rate was 1e-6; usual here is 0.01." in words(app)
    next(one for one in app.button if one.label == "Train with rate 0.01").click().run()
    assert not app.exception
    newest = store.latest()[0]
    assert newest.state is State.QUEUED
    assert newest.configuration == Configuration(SPEC, epochs=3, learning_rate=0.01)
    assert newest.architecture == DEMO
    assert app.query_params["run"] in (newest.id, [newest.id])


def test_a_run_that_was_stopped_is_judged_by_what_it_did_and_has_no_test_result(
    store: Store, shapes: Dataset
):
    said = words(visited(ended(store, shapes, state=State.STOPPED)))

    assert "It learns" in said
    assert "Test result" not in said
