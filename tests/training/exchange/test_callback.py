"""A `model.fit` of anybody's, seen in the store by the callback."""

import json
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event

from cnn.callbacks import Workbench
from cnn.comparing.comparison import Entrant, Plan
from cnn.comparing.mean_curves import Axis, Sample, curve_elsewhere
from cnn.comparing.unshown import beside
from cnn.network.zoo import entry
from cnn.training.exchange import recorder
from cnn.training.exchange.batches import Batches
from cnn.training.exchange.recorder import Begun, Recorder
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import Progress, State, Step, Wish
from cnn.training.recipe.start import StartError
from cnn.training.store import run_list
from cnn.training.store.heartbeats import dismiss_silent
from cnn.training.store.store import Store
from cnn.training.workers.resuming import ContinuationError, extend, resume
from cnn.training.workers.starting import of_run
from tests.training.processes import PATIENCE_S

ROOT = Path(__file__).parents[3]
IMAGES, BATCH = 25, 10
DONE = Begun("mine", Told(2), "no model", {}, is_design=False)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a training is waited for as long as a busy machine takes."""
    monkeypatch.setattr(recorder, "LAST_PATIENCE_S", 60.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def made(rate: float = 0.0, *, metrics: Any = ("accuracy",), last: Any = None) -> Any:
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.Flatten(),
            last or layers.Dense(3, activation="softmax"),
        ],
        name="theirs",
    )
    model.compile(
        keras.optimizers.SGD(rate),
        "sparse_categorical_crossentropy",
        metrics=list(metrics),
        jit_compile=False,  # which takes longer than all that is fitted here
    )
    return model


def data() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.random((IMAGES, 6, 6, 1), np.float32), rng.integers(0, 3, IMAGES)


def fitted(model: Any, url: str, *others: Any, **more: Any) -> Any:
    x, y = data()
    watched = [Workbench("mine", store=url), *others]
    given = {"epochs": 2, "batch_size": BATCH, "shuffle": False, "verbose": 0} | more
    return model.fit(x, y, callbacks=watched, **given)


def only(store: Store) -> Elsewhere:
    (found,) = run_list.page(store)
    assert isinstance(found, Elsewhere)
    return found


def test_the_epochs_are_those_of_keras_and_the_steps_those_of_each_batch(store: Store):
    model = made()
    x, y = data()
    history = fitted(model, store.url, validation_data=(x[:5], y[:5])).history
    run = only(store)
    assert (run.name, run.state, run.told.epochs, run.told.batch) == ("mine", "finished", 2, BATCH)
    epochs = store.epochs([run.id])[run.id]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [getattr(one, name) for one in epochs] == pytest.approx(history[name])
    steps = store.steps(run.id)
    assert [one.step for one in steps] == [1, 2, 3, 4, 5, 6]
    assert [one.epoch for one in steps] == pytest.approx([1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2])
    for place, step in enumerate(steps[:3]):  # nothing is learned at a rate of 0
        batch = slice(BATCH * place, BATCH * (place + 1))
        loss, accuracy = model.evaluate(x[batch], y[batch], verbose=0)
        assert (step.loss, step.accuracy) == pytest.approx((loss, accuracy), rel=1e-4)


def test_the_design_is_read_from_the_model(store: Store):
    fitted(made(), store.url, epochs=1)
    run = only(store)
    assert run.architecture is not None
    assert [layer.kind for layer in run.architecture.layers] == ["Conv2D", "Flatten", "Dense"]
    assert run.told.no_design == ""


def test_its_macs_are_not_drawn_where_it_leaves_some_layers_as_they_were(store: Store):
    model = made()
    model.layers[0].trainable = False
    model.compile(model.optimizer, "sparse_categorical_crossentropy")
    fitted(model, store.url, epochs=1)
    frozen, samples = only(store), [Sample(1.0, 1.0, 0.5)]
    free = replace(frozen, told=replace(frozen.told, frozen=0))

    assert frozen.told.frozen == 1
    assert curve_elsewhere(frozen, samples, Axis.MACS) is None
    assert curve_elsewhere(frozen, samples, Axis.IMAGES) is not None
    assert curve_elsewhere(free, samples, Axis.MACS) is not None


def test_a_design_that_cannot_be_read_is_said_with_the_reason(store: Store):
    import keras

    class Own(keras.layers.Dense):
        pass

    fitted(made(last=Own(3, activation="softmax")), store.url, epochs=1)
    run = only(store)
    assert run.architecture is None
    assert "Own" in run.told.no_design
    assert run.told.parameters == 3 * 9 + 3 + 48 * 3 + 3
    assert len(store.epochs([run.id])[run.id]) == 1


def test_what_is_not_measured_is_known_as_that(store: Store):
    fitted(made(metrics=()), store.url, epochs=1)
    assert only(store).told.unmeasured == {"accuracy", "val_loss", "val_accuracy"}


def test_its_accuracy_is_known_before_the_first_epoch_is_over(store: Store):
    import keras

    seen: list[str] = []

    class Looking(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1 and not seen:
                eventually(lambda: run_list.page(store) and only(store).told.accuracy)
                seen.append(only(store).told.accuracy)

    fitted(made(), store.url, Looking(), epochs=1)
    assert seen == ["accuracy"]


def test_several_batches_at_once_are_of_the_size_that_they_are(store: Store):
    model = made()
    model.compile("sgd", "sparse_categorical_crossentropy", steps_per_execution=2)
    fitted(model, store.url, epochs=1)
    assert only(store).told.batch == BATCH
    assert [step.step for step in store.steps(only(store).id)] == [2, 3]


def test_a_loss_that_is_no_number_is_a_run_that_diverged(store: Store):
    import keras

    model = made()
    model.layers[-1].bias.assign(keras.ops.full((3,), float("nan")))
    fitted(model, store.url)
    run = only(store)
    assert (run.state, run.message) == (
        "diverged",
        "The loss was no longer a finite number at step 1.",
    )


def test_a_page_may_ask_for_the_end_and_a_deleted_run_ends_nothing(store: Store):
    import keras

    class Asking(keras.callbacks.Callback):
        def __init__(self, delete: bool) -> None:
            super().__init__()
            self.delete = delete

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            time.sleep(0.02)
            for one in run_list.page(store):
                if self.delete:
                    store.remove(one.id)
                else:
                    store.want(one.id, Wish.STOP)

    epochs = 200
    stopped = fitted(made(), store.url, Asking(delete=False), epochs=epochs)
    assert len(stopped.epoch) < epochs
    assert only(store).state is State.STOPPED
    store.remove(only(store).id)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        gone = fitted(made(), store.url, Asking(delete=True), epochs=60)
    assert len(gone.epoch) == 60
    assert run_list.page(store) == []
    told = [str(one.message) for one in said]
    assert ["deleted" in one for one in told].count(True) == 1, told


def test_one_that_diverged_is_stopped_from_a_page_too(store: Store):
    import keras

    class Stopping(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            time.sleep(0.02)
            for one in run_list.page(store):
                store.want(one.id, Wish.STOP)

    model = made()
    model.layers[-1].bias.assign(keras.ops.full((3,), float("nan")))
    history = fitted(model, store.url, Stopping(), epochs=200)
    assert len(history.epoch) < 200
    assert only(store).state is State.DIVERGED


def test_a_locked_store_is_written_to_later_and_one_that_cannot_be_is_warned_of_once(
    store: Store, tmp_path: Path
):
    import keras

    file = tmp_path / "runs.sqlite"
    lock = sqlite3.connect(file, isolation_level=None)

    class Locking(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 0:
                lock.execute("BEGIN EXCLUSIVE")

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            time.sleep(0.1)
            if epoch == 2:
                lock.execute("ROLLBACK")

    fitted(made(), store.url, Locking(), epochs=3)
    lock.close()
    run = only(store)
    assert run.state is State.FINISHED
    assert len(store.epochs([run.id])[run.id]) == 3
    assert len(store.steps(run.id)) == 9
    (tmp_path / "a file").write_text("no folder")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history = fitted(made(), f"sqlite:///{tmp_path / 'a file' / 'runs.sqlite'}", epochs=3)
    assert len(history.epoch) == 3
    ours = [str(one.message) for one in said if "CNN Workbench" in str(one.message)]
    assert len(ours) == 1
    assert "goes on" in ours[0]


# Of what has no Keras in it --------------------------------------------------------------------


def recorded(store: Store, frame: Any = None) -> Recorder:
    found = Recorder(DONE, store.url, frame)
    for number in (1, 2):
        found.step(Step(number, number / 2, 1.0, 0.5, 0.1, 0.1), Progress(1, number, 4))
    return found


def eventually(what: Any) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_full_disk_is_warned_of_once_and_what_waits_is_written_when_there_is_room(store: Store):
    found = recorded(store)
    eventually(lambda: run_list.page(store) and len(store.steps(only(store).id)) == 2)
    pages = "1"  # never below what there is

    def bounded(_: Any, cursor: Any, *__: Any) -> None:
        cursor.execute(f"PRAGMA max_page_count={pages}")

    event.listen(Engine, "before_cursor_execute", bounded)
    try:
        for number in range(3, 5_000):
            found.step(Step(number, 1.0, 1.0, 0.5, 0.1, 0.1), Progress(1, number, 4))
        eventually(lambda: found._trouble)
        assert "full" in found.trouble()
        time.sleep(0.6)
        assert found.trouble() == ""
        pages = "1000000000"
        found.end(State.FINISHED)
    finally:
        event.remove(Engine, "before_cursor_execute", bounded)
    assert only(store).state is State.FINISHED
    assert len(list(store.every_step(only(store).id))) == 4_999


def test_a_process_that_is_killed_leaves_a_run_that_was_interrupted(store: Store):
    code = (
        "import os, sys, time\n"
        "from cnn.training.exchange.recorder import Begun, Recorder\n"
        "from cnn.training.recipe.elsewhere import Told\n"
        "from cnn.training.store import run_list\n"
        "from cnn.training.store.store import Store\n"
        "Recorder(Begun('mine', Told(2), '', {}, False), sys.argv[1])\n"
        "store = Store(sys.argv[1])\n"
        "while not run_list.page(store): time.sleep(0.05)\n"
        "os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code, store.url], cwd=ROOT, check=False)
    assert only(store).state is State.RUNNING
    dismiss_silent(store)
    run = only(store)
    assert (run.state, run.is_live) == (State.INTERRUPTED, False)
    assert "ended before it was done" in run.message


def test_a_fit_that_is_left_by_an_error_is_interrupted_though_the_process_lives(store: Store):
    def fit() -> None:
        recorded(store, sys._getframe())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit()
    eventually(lambda: run_list.page(store) and only(store).state is State.INTERRUPTED)
    assert "left before its end" in only(store).message


def test_it_is_in_no_comparison_and_nothing_goes_on_from_it(store: Store):
    found = recorded(store)
    found.end(State.FINISHED)
    run = only(store)
    assert store.get(run.id) is None
    assert store.latest() == []
    assert store.find([""]) == []
    assert store.unreadable([""]) == []
    assert store.waiting() == []
    plan = Plan((Entrant("shapes-demo", entry("shapes-demo").architecture),), Configuration())
    assert beside(store, plan, []) == ()
    for go_on in (lambda: resume(store, run.id), lambda: extend(store, run.id, 1)):
        with pytest.raises(ContinuationError, match="trained elsewhere"):
            go_on()
    with pytest.raises(StartError, match="trained elsewhere"):
        of_run(store, run.id)


def test_a_told_account_that_is_damaged_is_a_run_that_cannot_be_read(store: Store):
    found = recorded(store)
    found.end(State.FINISHED)
    with store.begin() as connection:
        connection.exec_driver_sql('update runs set elsewhere = \'{"epochs": "many"}\'')
    (one,) = run_list.page(store)
    assert "account" in getattr(one, "reason", "")


def test_means_that_run_are_taken_apart():
    batches = Batches()
    values, sizes = [3.0, 1.0, 5.0], [10, 10, 4]
    seen = total = 0.0
    for value, size in zip(values, sizes, strict=True):
        seen, total = seen + size, total + value * size
        assert batches.since(seen, {"loss": total / seen}) == {"loss": pytest.approx(value)}


def test_the_callbacks_are_imported_without_keras():
    code = "import json, sys, cnn.callbacks; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"keras", "tensorflow", "sqlalchemy", "streamlit"} & set(json.loads(ran.stdout))
