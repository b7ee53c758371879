"""What the tabs of a run hold, and how a run goes on: as the page's script sees a visitor."""

import ast
import io
import json
import runpy
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec, load
from cnn.insight.passes.forward import predict
from cnn.insight.passes.weights import random_weights
from cnn.network.architecture import Architecture
from cnn.network.keras.file import keras_file
from cnn.network.keras.model import by_place
from cnn.network.keras.read import PIXELS_MEMBER
from cnn.network.layers import Dense, Flatten, PositionEmbedding
from cnn.network.zoo import entry
from cnn.pictures.page.network import page_bytes
from cnn.training.engine.reproduce import script
from cnn.training.engine.snapshots import Snapshot, snapshot_name, watched, watched_to_bytes
from cnn.training.recipe.configuration import Configuration, Optimizer
from cnn.training.recipe.run import (
    CHECKPOINT,
    LIVE,
    MODEL,
    WATCHED,
    WEIGHTS,
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
)
from cnn.training.store import archive
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from tests.needs import TORCH
from tests.ui.visiting import arriving, figures, html, pressed, saved, shown, words
from ui.parts.runs.live import _curve
from ui.parts.runs.runs import TAB
from ui.session.offers import Gone
from ui.session.words import size_bytes

ROOT = Path(__file__).parents[3]
SPEC = DatasetSpec(DatasetName.SHAPES)
SETTINGS = Configuration(SPEC, epochs=3)
DEMO = entry("shapes-demo").architecture
SHAPES = ("circle", "square", "triangle")
SAID = ("Images are resized from 8x8 to 28x28, the network's input.",)


def made(
    store: Store,
    state: State,
    *,
    at: Checkpoint | None = None,
    epochs: int = 3,
    settings: Configuration = SETTINGS,
) -> Run:
    """A run in a state, with a curve, snapshots, and a checkpoint if there is one."""
    run = store.add(DEMO, settings, worker="me", changes=SAID)
    store.freeze(run.id, "f" * 64, {"train": 150, "validation": 30, "test": 300}, {"keras": "3"})
    steps = [Step(i, i / 10, 1 / i, 0.5, 0.01, i) for i in range(1, 10 * epochs + 1)]
    norms = [GradientNorms(i, {"conv2d_1": 1 / i, "dense_1": 2 / i}) for i in (10, 20)]
    store.record(run.id, steps, Progress(epochs, 30, 30), gradients=norms)
    validation = load(SPEC, DEMO.input).validation
    places = watched(validation, 0)
    store.keep_file(run.id, WATCHED, watched_to_bytes(validation, places))
    for epoch in range(epochs + 1):
        files = {snapshot_name(epoch): _snapshot(epoch).to_bytes(), WEIGHTS: b"weights"}
        if epoch:
            store.record_epoch(run.id, Epoch(epoch, 1.0, 0.5, 1.1, 0.4, 2.0 * epoch), files)
        else:
            store.keep_files(run.id, files)
    if at:
        store.keep_files(run.id, {CHECKPOINT: arrays_to_bytes({})}, at)
    if state not in LIVE:
        done = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0) if state is State.FINISHED else None
        store.finish(run.id, state, "" if done else "Cut off.", done)
    found = store.get(run.id)
    assert found
    return found


def _snapshot(epoch: int) -> Snapshot:
    """The kernels grow with the epoch; all images are taken for the class of its number."""
    maps = np.full((8, 4, 4, 4), epoch + 1.0, np.float32)
    maps[:, 0] = 0.0
    shares = np.full((8, 3), 0.1, np.float32)
    shares[:, epoch % 3] = 0.8
    both = {"conv2d_1": maps, "conv2d_2": maps}
    return Snapshot(np.full((3, 3, 1, 4), 0.25 * (epoch + 1)), both, shares)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def files(app: AppTest) -> list[str]:
    """What is offered to be saved: what may be large, then what is small."""
    found = [*app.get("link_button"), *app.get("download_button")]
    return [one.proto.label for one in found]


def visited(run: Run, tab: str = "Curves") -> AppTest:
    app = arriving("train", run=run.id)
    app.session_state[TAB] = tab
    return shown(app)


@pytest.mark.parametrize("state", [State.STOPPED, State.INTERRUPTED, State.FAILED])
def test_a_run_that_was_cut_off_is_resumed_as_itself(store: Store, state: State):
    run = made(store, state, at=Checkpoint(epoch=3, step=20), epochs=2)

    app = pressed(visited(run), "Resume")

    (again,) = store.latest()
    assert (again.id, again.state, again.progress.step) == (run.id, State.QUEUED, 20)
    assert "queued" in words(app)


def test_without_a_checkpoint_it_is_trained_again_with_what_was_changed_for_it(store: Store):
    run = made(store, State.STOPPED)
    app = visited(run)

    assert "Resume" not in labels(app)
    pressed(app, "Train again")

    newest = store.latest()[0]
    assert newest.id != run.id
    assert (newest.state, newest.changes) == (State.QUEUED, SAID)


def test_a_run_that_cannot_be_resumed_any_more_says_so_in_a_sentence(store: Store):
    run = made(store, State.STOPPED, at=Checkpoint(epoch=3, step=20))
    app = visited(run)
    store.finish(run.id, State.FINISHED)  # meanwhile, in another window

    app = pressed(app, "Resume")

    assert "cannot be resumed: it is finished" in app.toast[0].value.replace("\\", "")
    assert store.count() == 1


def test_a_finished_run_is_trained_on_as_a_run_of_its_own_that_says_so(store: Store):
    run = made(store, State.FINISHED, at=Checkpoint(epoch=4, step=30))
    app = visited(run)
    app.number_input(key=f"more_epochs_{run.id}").set_value(2).run()

    app = pressed(app, "Train 2 more epochs")

    longer, old = store.latest()
    assert old == run
    assert (longer.continues, longer.configuration.epochs) == (run.id, 5)
    assert app.query_params["run"] in (longer.id, [longer.id])
    assert "Continues another run after its step 30; its learning rate schedule began" in words(app)
    assert f"with the weights of run {run.id}" in html(visited(longer, "Facts"))
    app = pressed(app, "Show that run")
    assert app.query_params["run"] in (run.id, [run.id])


def test_the_facts_say_what_was_changed_to_fit_and_how_images_were_seen(store: Store):
    said = html(visited(made(store, State.FINISHED), "Facts"))

    assert "Images are resized from 8×8 to 28×28 pixels, the network&#x27;s input." in said
    assert "float32 from 0 to 1" in said


def test_a_closed_tab_costs_nothing(store: Store, monkeypatch: pytest.MonkeyPatch):
    run = made(store, State.FINISHED)

    def refuse(*_: object) -> None:
        raise AssertionError("asked for what nobody sees")

    monkeypatch.setattr(Store, "gradients", refuse)
    monkeypatch.setattr(Store, "snapshots", refuse)
    monkeypatch.setattr(Store, "file_sizes", refuse)

    visited(run, "Curves")


def test_gradients_say_on_how_many_batches_they_were_measured(store: Store):
    assert "measured on 2 batches" in words(visited(made(store, State.FINISHED), "Gradients"))


def test_at_its_end_the_slider_follows_the_newest_snapshot_until_it_is_moved(store: Store):
    run = made(store, State.RUNNING, epochs=1)
    app, slider = visited(run, "Watch it learn"), f"moment_{run.id}"
    assert app.select_slider(key=slider).options == ["0", "1", "2", "newest: 1"]
    assert app.select_slider(key=slider).value == 3
    assert "circle 80%" not in pictures(app)

    store.keep_file(run.id, snapshot_name(2), _snapshot(2).to_bytes())
    assert app.run().select_slider(key=slider).options[-1] == "newest: 2"
    newest = pictures(app)

    app.select_slider(key=slider).set_value(0).run()
    assert "circle 80%" in pictures(app)
    store.keep_file(run.id, snapshot_name(3), _snapshot(3).to_bytes())
    assert app.run().select_slider(key=slider).value == 0
    assert "circle 80%" in pictures(app)
    assert pictures(app) != newest


def test_an_epoch_that_is_not_there_yet_is_the_newest(store: Store):
    run = made(store, State.RUNNING, epochs=1)
    app, slider = visited(run, "Watch it learn"), f"moment_{run.id}"

    assert app.select_slider(key=slider).set_value(2).run().select_slider(key=slider).value == 3


def test_each_epoch_shows_its_own_kernels_on_one_scale_and_its_own_predictions(store: Store):
    run = made(store, State.FINISHED)
    app = visited(run, "Watch it learn")

    # The largest kernel weight of all snapshots is the last one's: 0.25 x 4.
    assert "values up to 1" in pictures(app)
    last = pictures(app)
    app.select_slider(key=f"moment_{run.id}").set_value(0).run()

    assert not app.exception
    first = pictures(app)
    assert "values up to 1" in first
    assert "square 80%" not in first
    assert "circle 80%" in first  # class 0
    assert first != last


def pictures(app: AppTest) -> str:
    found = app.get("bidi_component")
    return "\n".join(str(one.proto) for one in found).replace("\\", "")


def test_a_run_of_an_older_program_says_that_it_kept_no_snapshots(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.finish(run.id, State.FINISHED)

    assert "This run kept no snapshots" in words(visited(run, "Watch it learn"))
    assert "kept no gradient norms" in words(visited(run, "Gradients"))


def test_a_finished_run_gives_its_model_weights_script_and_curves(store: Store):
    run = made(store, State.FINISHED)
    store.keep_file(run.id, MODEL, bytes(2048))

    app = visited(run, "Take away")

    stem = f"shapes-demo-{run.id[:6]}"
    page_size = size_bytes(page_bytes(run.architecture))
    assert files(app) == [
        f"Save {stem}.keras · 2.0 KiB",
        f"Save {stem}.npz · 7 B",
        "Save PyTorch: code and weights",
        f"Save {stem}.onnx",
        f"Save web page · ≈ {page_size}",
        f"Save {stem}-steps.csv",
        f"Save {stem}.py",
        f"Save {stem}-alone.py",
        f"Save {stem}.ipynb",
        f"Save {stem}-epochs.csv",
    ]
    assert "pixels from 0 to 1" in words(app)


def test_the_web_page_that_is_saved_is_of_this_run(store: Store):
    run = made(store, State.FINISHED)
    store.keep_file(run.id, WEIGHTS, arrays_to_bytes(by_place(random_weights(DEMO))))

    page = saved(visited(run, "Take away"), "web page").decode()

    assert "<title>Shapes demo</title>" in page
    assert 'data-component="photo"' in page
    assert "150 train, 30 validation, 300 test" in page


def test_a_network_that_is_too_large_has_no_web_page_and_it_is_said_why(store: Store):
    layers = (Flatten(), Dense(9_000), Dense(3, "softmax"))
    run = store.add(Architecture("Wide", (28, 28, 1), layers), SETTINGS, worker="me")
    store.record_epoch(run.id, Epoch(1, 0.5, 0.9, 0.5, 0.9, 1.0), {WEIGHTS: b"weights"})
    store.finish(run.id, State.FINISHED)

    app = visited(run, "Take away")

    assert "No web page. It has 7,092,003 parameters; a page holds at most 6,000,000." in words(app)
    assert not [one for one in files(app) if "web page" in one]


def test_a_model_with_a_layer_that_keras_has_not_says_what_it_takes_to_load_it(store: Store):
    layers = (PositionEmbedding(), Flatten(), Dense(3, "softmax"))
    run = store.add(Architecture("Where", (8, 8, 1), layers), SETTINGS, worker="me")
    store.record_epoch(run.id, Epoch(1, 0.5, 0.9, 0.5, 0.9, 1.0))
    store.finish(run.id, State.FINISHED)
    usual = made(store, State.FINISHED)
    for one in (run, usual):
        store.keep_file(one.id, MODEL, bytes(10))

    needed = "Keras has no PositionEmbedding: to load the file, run the class below first."
    assert needed in words(visited(run, "Take away"))
    assert "Keras has no" not in words(visited(usual, "Take away"))


def test_the_buttons_save_what_the_store_keeps(store: Store):
    run = made(store, State.FINISHED)
    weights = random_weights(DEMO)
    model = _without_note(keras_file(DEMO, weights))
    store.keep_files(run.id, {MODEL: model, WEIGHTS: (kept := arrays_to_bytes({}))})

    app = visited(run, "Take away")

    assert saved(app, ".npz") == kept
    assert len(saved(app, "-steps.csv").splitlines()) == 1 + len(store.steps(run.id))
    of_today = saved(app, ".keras")
    with zipfile.ZipFile(io.BytesIO(of_today)) as new, zipfile.ZipFile(io.BytesIO(model)) as old:
        assert json.loads(new.read(PIXELS_MEMBER)) == {"pixels": DEMO.fed.text}
        assert {name: new.read(name) for name in old.namelist()} == {
            name: old.read(name) for name in old.namelist()
        }
    store.keep_file(run.id, MODEL, of_today)
    assert saved(app, ".keras") == of_today, "it says it once"


def test_what_is_saved_for_pytorch_answers_as_the_run_does(store: Store, tmp_path: Path):
    torch = pytest.importorskip("torch", reason=TORCH.reason)
    run = made(store, State.FINISHED)
    weights = random_weights(DEMO)
    named = {
        f"{name}/{place}": array
        for name, arrays in weights.items()
        for place, array in enumerate(arrays)
    }
    store.keep_file(run.id, WEIGHTS, arrays_to_bytes(named))
    images = np.random.default_rng(0).random((8, *DEMO.input), np.float32)

    app = visited(run, "Take away")
    with zipfile.ZipFile(io.BytesIO(saved(app, "PyTorch: code and weights"))) as file:
        file.extractall(tmp_path)
        names = file.namelist()

    assert names == ["shapes_demo_torch.py", "shapes_demo_torch.npz"]
    (code,) = [one.value for one in app.code if "shapes_demo_torch" in one.value]
    scope = runpy.run_path(str(tmp_path / names[0]))
    assert code == "from shapes_demo_torch import trained\n\nmodel = trained()"
    with torch.no_grad():
        found = scope["trained"]()(torch.from_numpy(images.transpose(0, 3, 1, 2))).numpy()
    np.testing.assert_allclose(found, predict(DEMO, weights, images), atol=1e-4)


def test_weights_that_cannot_be_read_are_said_when_they_are_saved_for_pytorch(store: Store):
    app = visited(made(store, State.FINISHED), "Take away")

    with pytest.raises(Gone, match="cannot be read"):
        saved(app, "PyTorch: code and weights")


def _without_note(model: bytes) -> bytes:
    """The file as a program of before wrote it."""
    older = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(model)) as file, zipfile.ZipFile(older, "w") as written:
        for entry in file.infolist():
            if entry.filename != PIXELS_MEMBER:
                written.writestr(entry, file.read(entry))
    return older.getvalue()


def test_a_file_that_was_removed_meanwhile_is_said_to_be_gone(store: Store):
    run = made(store, State.FINISHED)
    app = visited(run, "Take away")
    store.remove(run.id)

    with pytest.raises(Gone, match="does not keep that file any more"):
        saved(app, ".npz")


def test_a_run_from_a_file_offers_no_steps_and_says_that_it_kept_none(store: Store):
    run = store.get(archive.take_in_shipped(store)[0])
    assert run

    app = visited(run, "Take away")

    (curve,) = [one for one in files(app) if one.endswith(".csv")]
    assert curve.endswith(f"{run.id[:6]}-epochs.csv")
    assert "Single steps were not kept of this run: it comes from a file." in words(app)


def test_the_script_is_offered_with_what_it_needs(store: Store):
    """What it imports beside the modules of Python is said where it is saved."""
    run = made(store, State.FINISHED)
    imported = set()
    for node in ast.walk(ast.parse(script(run, store.epochs([run.id])[run.id]))):
        if isinstance(node, ast.Import):
            imported |= {one.name.partition(".")[0] for one in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - sys.stdlib_module_names == {"cnn", "keras", "numpy", "tensorflow"}

    app = visited(run, "Take away")

    said = words(app)
    assert "plain Keras" not in said
    assert "this program's package `cnn`" in said
    assert "with its requirements installed" in said
    command = f"PYTHONPATH=/path/to/cnn-workbench python shapes-demo-{run.id[:6]}.py"
    assert command in [one.value for one in app.code]


def test_the_script_of_a_run_on_own_images_is_offered_with_the_file_it_needs(store: Store):
    own = DatasetSpec(DatasetName.OWN_IMAGES, file="/home/me/images/pets.zip")
    run = made(store, State.FINISHED, settings=replace(SETTINGS, dataset=own))

    app = visited(run, "Take away")

    assert not app.exception
    said = words(app)
    assert "It reads the images from /home/me/images/pets.zip" in said
    assert "CNN_HOME" in said.replace("\\", "")


def test_a_run_that_was_interrupted_gives_its_weights_and_says_why_there_is_no_model(store: Store):
    app = visited(made(store, State.INTERRUPTED), "Take away")

    assert not any(".keras" in name for name in files(app))
    assert any(".npz" in name for name in files(app))
    assert "kept of finished and stopped runs; this one is interrupted" in words(app)


def test_a_run_that_continues_another_has_no_script_and_says_why(store: Store):
    run = made(store, State.FINISHED, at=Checkpoint(epoch=4, step=30))
    pressed(visited(run), "Train 3 more epochs")
    longer = store.latest()[0]
    store.finish(longer.id, State.FINISHED, result=run.result)

    app = visited(longer, "Take away")

    assert not any(name.endswith(".py") for name in files(app))
    assert f"No script: run {longer.id} continues run {run.id}" in words(app)


def test_what_was_measured_on_plain_images_is_said_so_where_mixtures_were_learned_from(
    store: Store,
):
    mixed = made(store, State.FINISHED, settings=replace(SETTINGS, mixup=0.2))
    usual = made(store, State.FINISHED)
    for run, images in ((mixed, "150 plain images"), (usual, "150 images")):
        app = visited(run)
        assert figures(app)["Training accuracy"]["note"] == images
        assert _curve(store, run, []).is_of_plain_images == (run is mixed)


def test_early_stopping_and_augmentation_are_set_and_kept_in_the_address(store: Store):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(str(ROOT / "pages" / "train.py"))
    app.query_params["network"] = "shapes-demo"
    app.query_params["data"] = "shapes"
    app.query_params["augment_zoom"] = "0.1"
    app.run()
    app.number_input(key="train_patience").set_value(3)
    app.number_input(key="train_augment_rotation").set_value(15.0).run()

    assert not app.exception
    assert app.query_params["patience"] in ("3", ["3"])
    assert app.query_params["augment_rotation"] in ("15.0", ["15.0"])
    # An alternative text and a tip for each of twelve: as they are, and moved, which is one kind.
    assert (html(app).count(", plain"), html(app).count(", augmented")) == (24, 24)
    assert "Images turned by up to 15°, images zoomed by up to 10 %" in words(app)
    pressed(app, "Train")
    (run,) = store.latest()
    found = run.configuration
    assert (found.patience, found.rotation, found.zoom, found.shift) == (3, 15.0, 0.1, 0.0)


def test_a_preset_sets_data_and_settings_in_one_click_and_leaves_the_network(store: Store):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(str(ROOT / "pages" / "train.py"))
    app.query_params["network"] = "shapes-demo"
    app.query_params["optimizer"] = "sgd"
    app.run()

    pressed(pressed(app, "Shapes, a first look"), "Train")

    (run,) = store.latest()
    assert run.configuration == replace(SETTINGS, epochs=20, optimizer=Optimizer.ADAM)
    assert run.name == "Shapes demo"


def test_a_run_is_trained_on_for_as_many_epochs_as_are_trained_here(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_EPOCHS", "5")
    run = made(store, State.FINISHED, at=Checkpoint(epoch=4, step=30))

    app = visited(run)

    assert app.number_input(key=f"more_epochs_{run.id}").max == 2
    monkeypatch.setenv("CNN_MAX_EPOCHS", "4")  # meanwhile
    app = pressed(app, "Train 2 more epochs")
    assert "5 epochs are more than the 4 that are trained here" in app.toast[0].value
    assert store.count() == 1
    monkeypatch.setenv("CNN_MAX_EPOCHS", "3")
    (shut,) = (button for button in visited(run).button if button.label == "Train on")
    assert shut.disabled
    assert shut.help == "It has 3 epochs, and no more than 3 are trained here."
