"""The training itself, against Keras, and every way in which it can end."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cnn.data import DatasetName, DatasetSpec, ShapeOptions, load
from cnn.network.architecture import Architecture
from cnn.network.heads import from_scores
from cnn.network.keras.model import build, set_weights
from cnn.network.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnn.training.engine import fit, kept_machines
from cnn.training.recipe.configuration import Configuration, Optimizer, Schedule, usual_decay
from cnn.training.recipe.run import PREDICTIONS, TRACEBACK, WEIGHTS, Progress, Run, State, Wish
from cnn.training.store.store import DELETED, Store
from tests.network.outputs import outputs_of
from tests.some import some
from tests.training.processes import PATIENCE_S

TINY = Architecture(
    "Tiny",
    (8, 8, 1),
    (Conv2D(4, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(3, "softmax")),
)
WITH_DROPOUT = Architecture("Dropping", (8, 8, 1), (*TINY.layers[:3], Dropout(0.3), Dense(3)))
SHAPES = DatasetSpec(DatasetName.SHAPES)
PLAIN = Configuration(
    SHAPES,
    epochs=2,
    optimizer=Optimizer.SGD,
    momentum=0.0,
    schedule=Schedule.CONSTANT,
    learning_rate=0.05,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield opened
    opened.close()


def trained(
    store: Store,
    architecture: Architecture = TINY,
    configuration: Configuration = PLAIN,
    watch: Callable[[Run, Progress], None] = lambda _run, _progress: None,
    is_gone: Callable[[], bool] = lambda: False,
) -> Run:
    run = store.add(architecture, configuration, worker="me")
    return fit.carry_out(store, run, lambda progress: watch(run, progress), is_gone)


def arrays(store: Store, run: Run, name: str) -> dict[str, np.ndarray]:
    content = store.file(run.id, name)
    assert content
    with np.load(io.BytesIO(content)) as found:
        return dict(found)


def weights(store: Store, run: Run) -> dict[str, tuple[np.ndarray, ...]]:
    found: dict[str, tuple[np.ndarray, ...]] = {}
    for key, array in arrays(store, run, WEIGHTS).items():
        name = key.split("/")[0]
        found[name] = (*found.get(name, ()), array)
    return found


def test_it_trains_step_by_step_as_keras_does(store: Store):
    import keras

    run = trained(store)

    data = load(SHAPES, TINY.input)
    keras.utils.set_random_seed(PLAIN.seed)
    scoring = from_scores(TINY)
    model = build(scoring)
    model.compile(
        keras.optimizers.SGD(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    losses = []
    for epoch in (1, 2):
        order = np.random.default_rng((PLAIN.seed, epoch)).permutation(150)
        for start in range(0, 150, 16):
            batch = data.train.take(order[start : start + 16])
            losses.append(model.train_on_batch(batch.images, batch.labels, return_dict=True))
            model.reset_metrics()
    ours = [step.loss for step in store.steps(run.id)]
    assert ours == pytest.approx([float(one["loss"]) for one in losses], rel=1e-4)
    found = weights(store, run)
    for layer in model.layers:
        for place, array in enumerate(layer.get_weights()):
            assert found[layer.name][place] == pytest.approx(array, abs=1e-5)


def test_the_test_result_is_what_keras_says_of_the_kept_weights(store: Store):
    import keras

    run = trained(store, configuration=Configuration(SHAPES, epochs=3))

    test = load(SHAPES, TINY.input).test
    scoring = from_scores(TINY)
    model = build(scoring)
    set_weights(model, scoring, weights(store, run))
    scores = outputs_of(model, test.images)
    accuracy = float((scores.argmax(axis=1) == test.labels).mean())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(test.labels, scores)
    assert run.result
    assert run.result.test_images == len(test) == 300
    assert run.result.test_accuracy == pytest.approx(accuracy)
    assert run.result.test_loss == pytest.approx(float(loss), rel=1e-4)
    kept = arrays(store, run, PREDICTIONS)
    assert (kept["labels"] == test.labels).all()
    assert kept["scores"] == pytest.approx(keras.ops.softmax(scores).numpy(), abs=1e-6)


def test_test_images_that_were_learned_from_are_counted_and_the_others_judged_alone(store: Store):
    run = trained(store)

    data = load(SHAPES, TINY.input)  # of so few pixels that drawings repeat
    others = [*data.train.pixels, *data.validation.pixels]
    seen = np.array([any((one == other).all() for other in others) for one in data.test.pixels])
    assert 100 < seen.sum() < 200
    kept = arrays(store, run, PREDICTIONS)
    is_right = kept["scores"].argmax(axis=1) == kept["labels"]
    assert run.result
    assert run.result.seen_test_images == seen.sum()
    assert run.result.unseen_right == is_right[~seen].sum()
    assert f"of the other {(~seen).sum()}, {is_right[~seen].sum()} are right" in (
        run.result.seen_in_words
    )


def test_everything_of_a_finished_run_is_in_the_store(store: Store):
    heard: list[Progress] = []
    kept_machines.forget()  # or nothing would have to be compiled
    run = trained(store, watch=lambda _, progress: heard.append(progress))

    assert run.state is State.FINISHED
    assert run.images == {"train": 150, "validation": 30, "test": 300}
    assert len(run.data_fingerprint) == 64
    assert {"tensorflow", "keras", "numpy", "python"} <= run.environment.keys()
    steps, epochs = store.steps(run.id), store.epochs([run.id])[run.id]
    assert [step.step for step in steps] == list(range(1, 21))  # 150 images by 16 are 10 steps
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert steps[9].epoch == 1.0
    gradients = store.gradients(run.id)
    assert [one.step for one in gradients] == list(range(1, 21))  # of so few steps, each
    assert all(set(one.norms) == {"conv2d_1", "dense_1"} for one in gradients)
    assert min(min(one.norms.values()) for one in gradients) > 0
    assert all(one.seconds <= later.seconds for one, later in pairwise(steps))
    assert list(dict.fromkeys(one.phase for one in heard)) == [
        "loading the data",
        "building the network",
        "training",
        "compiling",
        "validating",
        "testing",
    ]
    assert next(one for one in heard if one.phase == "compiling").step == 1
    assert heard[-1].phase == "testing"
    assert heard[-1].share == 1.0


def test_an_epoch_is_the_mean_over_its_images(store: Store):
    run = trained(store)

    sizes = [16] * 9 + [6]
    first = store.steps(run.id)[:10]
    epoch = store.epochs([run.id])[run.id][0]
    assert epoch.loss == pytest.approx(
        sum(s.loss * n for s, n in zip(first, sizes, strict=True)) / 150
    )
    assert epoch.accuracy == pytest.approx(
        sum(s.accuracy * n for s, n in zip(first, sizes, strict=True)) / 150
    )


@pytest.mark.parametrize(
    "architecture", some([TINY, WITH_DROPOUT], WITH_DROPOUT), ids=lambda one: one.name
)
def test_the_same_seed_gives_the_same_curve_twice_and_another_seed_another(
    store: Store, architecture: Architecture
):
    def curve(seed: int) -> list[tuple[float, float]]:
        run = trained(store, architecture, Configuration(SHAPES, epochs=2, seed=seed))
        assert run.state is State.FINISHED
        return [(step.loss, step.accuracy) for step in store.steps(run.id)]

    first = curve(1)

    assert curve(1) == first
    assert curve(2) != first


@pytest.mark.parametrize("optimizer", some(Optimizer, Optimizer.RMSPROP))
def test_every_optimizer_learns_with_its_usual_rate(store: Store, optimizer: Optimizer):
    run = trained(store, configuration=Configuration(SHAPES, epochs=8, optimizer=optimizer))

    epochs = store.epochs([run.id])[run.id]
    assert run.state is State.FINISHED
    assert epochs[-1].loss < 0.8 * epochs[0].loss


def test_label_smoothing_and_weight_decay_are_applied(store: Store):
    losses = {
        trained(store, configuration=settings).id
        for settings in (
            Configuration(SHAPES, epochs=1),
            Configuration(SHAPES, epochs=1, label_smoothing=0.2),
            Configuration(SHAPES, epochs=1, weight_decay=0.1),
        )
    }
    curves = {tuple(step.loss for step in store.steps(id)) for id in losses}

    assert len(curves) == 3


def test_adamw_takes_the_weight_decay_that_is_set_also_where_it_is_none(store: Store):
    adam = Configuration(SHAPES, epochs=1)
    adamw = replace(adam, optimizer=Optimizer.ADAMW)
    curves = [
        [step.loss for step in store.steps(trained(store, configuration=settings).id)]
        for settings in (adam, adamw, replace(adamw, weight_decay=usual_decay(Optimizer.ADAMW)))
    ]

    assert curves[0] == curves[1] != curves[2]


def test_compiling_is_part_of_the_training_time_but_not_of_the_curves_clock(store: Store):
    kept_machines.forget()
    cold, warm = trained(store), trained(store)

    last = store.epochs([cold.id])[cold.id][-1]
    assert cold.result
    assert cold.checkpoint
    assert warm.checkpoint
    assert cold.checkpoint.compiling_s > 0.05 > warm.checkpoint.compiling_s
    assert cold.result.seconds == pytest.approx(last.seconds + cold.checkpoint.compiling_s)


def test_a_run_that_is_stopped_ends_at_its_next_report_without_a_test(store: Store):
    def stop(run: Run, progress: Progress) -> None:
        if progress.step == 1:
            store.want(run.id, Wish.STOP)

    run = trained(store, configuration=Configuration(SHAPES, epochs=50), watch=stop)

    assert (run.state, run.result) == (State.STOPPED, None)
    assert "the test set was not looked at" in run.message
    assert len(store.steps(run.id)) <= 5


def test_a_run_that_is_paused_goes_on_where_it_was(store: Store):
    states: list[State] = []

    def resume(run_id: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not states:
            found = store.get(run_id)
            if found and found.state is State.PAUSED:
                states.append(found.state)
            time.sleep(0.02)
        store.want(run_id, Wish.RUN)

    def pause(run: Run, progress: Progress) -> None:
        if progress.step == 1:
            store.want(run.id, Wish.PAUSE)
            threading.Thread(target=resume, args=(run.id,)).start()

    paused, through = trained(store, watch=pause), trained(store)

    assert states == [State.PAUSED]
    assert paused.state is State.FINISHED
    assert [s.loss for s in store.steps(paused.id)] == [s.loss for s in store.steps(through.id)]


def test_a_process_that_has_to_end_leaves_its_run_interrupted(store: Store):
    ended = threading.Event()

    def end(_run: Run, progress: Progress) -> None:
        if progress.step:
            ended.set()

    run = trained(
        store, configuration=Configuration(SHAPES, epochs=50), watch=end, is_gone=ended.is_set
    )

    assert run.state is State.INTERRUPTED


def test_a_loss_that_is_no_number_ends_the_run_with_a_proposal(store: Store):
    wild = Configuration(
        SHAPES, epochs=30, optimizer=Optimizer.SGD, learning_rate=10.0, momentum=0.99
    )
    deep = Architecture(
        "Deep", (8, 8, 1), (*(Conv2D(8, 3, padding="same") for _ in range(6)), Flatten(), Dense(3))
    )

    run = trained(store, deep, wild)

    assert run.state is State.DIVERGED
    assert "was no longer a finite number at step" in run.message
    assert "its highest is 10. Try a third: 3.3." in run.message
    assert store.steps(run.id)
    assert all(np.isfinite(step.loss) for step in store.steps(run.id))


def test_a_failure_keeps_its_reason_and_where_it_was(store: Store):
    two_channels = Architecture("Odd", (8, 8, 2), (Flatten(), Dense(3)))

    run = trained(store, two_channels)

    assert run.state is State.FAILED
    assert run.message.startswith("DataError: Images have 1 channel (grey) or 3 (colour), not 2")
    traceback = store.file(run.id, TRACEBACK)
    assert traceback
    assert b"check_shape" in traceback


def test_a_run_that_is_deleted_meanwhile_just_ends(store: Store):
    def delete(run: Run, progress: Progress) -> None:
        if progress.step == 1:
            store.remove(run.id)

    run = trained(store, watch=delete)

    assert store.count() == 0
    assert (run.state, run.message) == (State.STOPPED, DELETED)


def test_colours_and_a_head_without_softmax_are_trained_too(store: Store):
    options = ShapeOptions(samples=60, test_samples=30)
    colour = Architecture("Colour", (8, 8, 3), (Conv2D(4, 3), Flatten(), Dense(3)))

    run = trained(store, colour, Configuration(DatasetSpec(shapes=options), epochs=1))

    assert run.state is State.FINISHED
    assert run.result
    assert run.result.test_images == 30
