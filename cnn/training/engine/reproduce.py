"""A run as a script that does it again: plain Keras for the network and for every step.

What decides the curve is written out, not called: the network's start, the order of the images,
the loss and the update. The images, and the few pure numbers that a page shows as well (learning
rates, augmentation), come from this program, which the script imports.
"""

from __future__ import annotations

import inspect
import json
import math
import textwrap
from collections.abc import Collection, Sequence

from cnn.data import DatasetName
from cnn.network.heads import from_scores
from cnn.network.keras.export import keras_function
from cnn.network.keras.own_layers import classes_text
from cnn.network.layers import BatchNormalization
from cnn.network.scripts.code import docstring_text
from cnn.network.scripts.feed import scaled_function
from cnn.network.trace import trace
from cnn.numbers import exact
from cnn.training.engine.environment import WITH_ONEDNN
from cnn.training.engine.fused import BATCH_NORM, FUSED, fuse
from cnn.training.engine.parts import THREADS, Parts, in_parts, normalized, parts_noted
from cnn.training.engine.tensorflow import ONEDNN
from cnn.training.recipe import earlier
from cnn.training.recipe.augmentations import chosen
from cnn.training.recipe.pace import per_epoch, steps_wanted
from cnn.training.recipe.run import START, Epoch, Run
from cnn.training.recipe.start import TENTH
from cnn.training.recipe.told_loss import is_smoothed

TOLERANCE = 1e-5
"""On the machine of the run, curves are equal but for the last digits of the means."""


class ReproductionError(ValueError):
    """A run that no script of its own can do again, and what to do instead."""


_LEAD = '''\
"""{title}

Trains {name} as run {id} was trained, and compares the curve with the one recorded.
Run it where the packages `tensorflow` and `cnn` (of CNN Workbench) are found:

    PYTHONPATH=/path/to/cnn-workbench python this_script.py
{needs}"""

{hashlib}import json
import os
import sys
{typing}
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
{onednn}
import keras
import numpy as np
import tensorflow as tf
from keras import layers

from cnn.data import DatasetSpec, fingerprint, load
{imports}from cnn.training.configuration import Configuration
from cnn.training.schedule import learning_rates

CONFIGURATION = Configuration.from_dict(json.loads({configuration}))
FINGERPRINT = {fingerprint!r}
SEED, STEPS, BATCH = {seed}, {steps}, {batch}
RECORDED = [  # loss, accuracy, val_loss, val_accuracy
{recorded}]
{start}

'''

BODY = '''\
{classes}# The network without a softmax at its end: training reads its scores, which is exact.
{function}{fuse}{side_by_side}{feeding}{take}

{data}
if fingerprint(data) != FINGERPRINT:
    sys.exit("These are not the images that the run was trained on.")

tf.config.experimental.enable_op_determinism()
{shared}keras.utils.set_random_seed(SEED)
model = build_model()
{taken}{fused}{graph}optimizer = {optimizer}
optimizer.build(model.trainable_variables)
loss_of = keras.losses.CategoricalCrossentropy(
    from_logits=True, label_smoothing={label_smoothing}, reduction=None
)
{plain}{augmenting}classes = len(data.class_names)
pixels, labels = tf.constant(data.train.pixels), tf.constant(data.train.labels)
rates = {rates}


# For batches of any size, as the run did: compiled for one size it rounds otherwise.
NUMBERS, WHOLE = tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32)
SIGNATURE = [NUMBERS, tf.TensorSpec([], tf.float32), WHOLE]


@tf.function(input_signature=SIGNATURE)
def train_step(chosen, rate, step):
    images = tf.cast(tf.gather(pixels, chosen), tf.float32) / 255.0
    wanted = tf.gather(labels, chosen)
{augment}{feed}    optimizer.learning_rate.assign(rate)
    with tf.GradientTape() as tape:
        scores = {scores}
        loss = tf.reduce_mean(loss_of({targets}, scores))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    hits = tf.equal(tf.argmax({judged}, axis=1), wanted)
    return {told}, tf.reduce_sum(tf.cast(hits, tf.float32))


def evaluate(split):
    """Mean loss and accuracy over all images, in double precision."""
    parts = [
        model({evaluated}, training=False)
        for start in range(0, len(split), 500)
    ]
    scores = np.concatenate(parts).astype("float64")
    scores -= scores.max(axis=1, keepdims=True)
    right = scores[np.arange(len(split)), split.labels] - np.log(np.exp(scores).sum(axis=1))
    return -right.mean(), (scores.argmax(axis=1) == split.labels).mean()


furthest = 0.0
step = 0
for epoch in range(1, len(RECORDED) + 1):
    order = np.random.default_rng((SEED, epoch)).permutation(len(data.train)).astype("int32")
    order = order[: (STEPS - step) * BATCH]  # the last epoch may end before all were seen
    loss_sum = hit_sum = 0.0
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        # The run's first step was not compiled, which rounds otherwise, and that would grow.
        do = train_step if {is_compiled} else train_step.python_function
        loss, hits = do(tf.constant(chosen), tf.constant(rates[step]), tf.constant(step))
        loss_sum += float(loss) * len(chosen)
        hit_sum += float(hits)
        step += 1
{thawed}    curve = loss_sum / len(order), hit_sum / len(order), *evaluate(data.validation)
    furthest = max(furthest, *(abs(a - b) for a, b in zip(curve, RECORDED[epoch - 1])))
    print(f"epoch {{epoch}}:", *(f"{{value:.6f}}" for value in curve))
print(f"Furthest from the recorded curve: {{furthest:.2g}}")
if furthest > {tolerance}:
    sys.exit("Another curve: other processors and versions round otherwise, and that grows.")
'''

_START = """\
START_FILE = {file!r}  # the weights that it begins with, saved beside this script
SHA256 = {weights!r}
FROZEN = {frozen}  # they stay as they are, averages of batch norm too
"""
_HEAD = """\
HEAD = {epochs}  # the head alone for so long, then all but FROZEN_BEFORE at a tenth of the rate
FROZEN_BEFORE = {frozen}
"""
_TAKE = '''

def take(model):
    """Puts the weights that the run began with in place of new ones, by the names of layers."""
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), START_FILE)
    if not os.path.exists(file):
        sys.exit(f"{START_FILE} is not beside this script. Save it from the page of the run.")
    with np.load(file) as kept:
        arrays = {name: kept[name] for name in sorted(kept)}
    found = hashlib.sha256()
    for name, array in arrays.items():
        found.update(f"{name} {array.shape}\\n".encode())
        found.update(np.ascontiguousarray(array, "<f4").tobytes())
    if found.hexdigest() != SHA256:
        sys.exit(f"{START_FILE} holds other weights than those that the run began with.")
    for name in dict.fromkeys(name.rsplit("/", 1)[0] for name in arrays):
        layer = model.get_layer(name)
        layer.set_weights([arrays[f"{name}/{place}"] for place in range(len(layer.weights))])
        if hasattr(layer, "finalize_state"):  # a Normalization computes with copies
            layer.finalize_state()


def freeze(model, names):
    """Has these layers stay as they are, and trains all others."""
    for layer in model.layers:
        layer.trainable = layer.name not in names
'''
_TAKEN = """\
take(model)
freeze(model, {frozen})
"""
_WHOLE = dict.fromkeys(("side_by_side", "shared", "graph"), "") | {"is_compiled": "step"}
_RATES = "learning_rates(CONFIGURATION, STEPS)"
_TWO_RATES = """\
np.concatenate(  # the schedule for the head, and anew for all at a tenth
    [
        learning_rates(CONFIGURATION, {steps}),
        learning_rates(CONFIGURATION, STEPS - {steps}) * np.float32({tenth}),
    ]
)"""
_THAWED = """\
    if epoch == HEAD:  # from here on by another optimizer, which has no memory yet
        freeze(model, FROZEN)
        optimizer = {optimizer}
        optimizer.build(model.trainable_variables)
        train_step = tf.function(train_step.python_function, input_signature=SIGNATURE)
"""
_ONEDNN = f'os.environ.setdefault("{ONEDNN}", "1")  # as the run was trained\n'
_FUSE = """

# Each batch normalization as one operation, as the run was trained: the same mathematics as in
# Keras' own, rounded in other places.
"""
_FUSED = "fuse(model, tf, keras)\n"
_SIDE_BY_SIDE = """

# A batch in parts side by side, as the run was trained: what the whole batch comes to, rounded in
# other places.
"""
_SHARED = """\
tf.config.threading.set_intra_op_parallelism_threads({threads})  # for each part of a batch
tf.config.optimizer.set_experimental_options({{"disable_meta_optimizer": True}})
"""
_GRAPH = """\
graph = keras.Model(model.inputs[0], model.outputs[0])
trained = tf.autograph.experimental.do_not_convert(in_parts)
"""
_SCORES = "model(images, training=True)"
_OF_OUTPUT = f"tf.identity({_SCORES})  # Keras would take the loss from what comes before"
_IN_PARTS = "trained(tf, keras, graph, images, {parts})"
_PLAIN = """\
# What is recorded is measured as it is on the validation images: on labels as they are.
plain_loss_of = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)
"""
_TOLD = "tf.reduce_mean(plain_loss_of(tf.one_hot(wanted, classes), {judged}))"
_ONE_HOT = "tf.one_hot(wanted, classes)"
_EVALUATED = 'split.pixels[start : start + 500].astype("float32") / 255.0'
_AUGMENT = "    images = augmented(tf, images, CONFIGURATION, step)\n"
_AUGMENTING = "augmenting = Augmenting(tf, CONFIGURATION, data.train.image_shape)\n"
_CHANGE = f"    images, targets = augmenting(images, {_ONE_HOT}, step)\n"
_SEE_PLAIN = """\
    # What is recorded is measured on the images before they are mixed, as validation's are.
    plain_scores = tf.identity(model({fed}, training=False))
"""


def script(run: Run, epochs: Sequence[Epoch]) -> str:
    """The script of a run and its curve so far; one that continues another has none of its own."""
    own = parts(run, epochs)
    configuration = run.configuration
    by_keras = bool(chosen(configuration))
    is_warped = configuration.is_augmented and not by_keras
    imported = "Augmenting" * by_keras + "augmented" * is_warped
    return (_LEAD + BODY).format(
        needs=f"\n{_wrapped(docstring_text(said))}\n" if (said := file_needed(run)) else "",
        imports=f"from cnn.training.augmentation import {imported}\n" if imported else "",
        configuration=repr(json.dumps(configuration.to_dict())),
        data=f"data = load(CONFIGURATION.dataset, {run.architecture.input})",
        **own,
    )


def parts(run: Run, epochs: Sequence[Epoch]) -> dict[str, object]:
    """What is to be put into `BODY`, and into what stands above it, but for the images."""
    if run.continues:
        raise ReproductionError(
            f"run {run.id} continues run {run.continues}: a script cannot begin where that one "
            "ended. Take the script of that run, or train anew with all the epochs at once."
        )
    configuration = run.configuration
    if configuration.seconds:
        raise ReproductionError(
            f"run {run.id} was given {exact(configuration.seconds)} s: how many steps that is, and "
            "their learning rates, depend on the machine's speed at that moment, so no script can "
            "do it again. Train with epochs or with equal MACs to have one."
        )
    if not run.images.get("train"):
        raise ReproductionError(
            f"run {run.id} does not say on how many images it was trained, so its batches are not "
            "known. Train it anew."
        )
    scoring = from_scores(run.architecture)
    batch = configuration.batch_size_for(run.images["train"])
    feed = run.architecture.fed
    start = configuration.start
    called, parts = configuration.optimizer_call
    given = ", ".join(f"{name}={value}" for name, value in parts.items())
    optimizer = f"keras.optimizers.{called}({given})"
    by_keras, is_mixed = bool(chosen(configuration)), configuration.mixes_labels
    is_warped = configuration.is_augmented and not by_keras
    fed = "images" if feed.is_usual else "feed(images)"
    changed = (_SEE_PLAIN.format(fed=fed) * is_mixed + _CHANGE) if by_keras else ""
    judged = "plain_scores" if is_mixed else "scores"
    smooths_unseen = bool(configuration.label_smoothing) and not is_smoothed(run)
    is_plain = is_mixed or smooths_unseen
    layers = (row.layer for row in trace(scoring).rows)
    classes = classes_text(scoring)
    has_batch_norm = any(isinstance(layer, BatchNormalization) for layer in layers)
    fused = run.environment.get(BATCH_NORM) == FUSED and has_batch_norm
    count = parts_noted(run.environment)
    side_by_side = _side_by_side(count, run.environment.get(THREADS)) if count > 1 else _WHOLE
    return dict(
        title=docstring_text(f"{run.name} on {configuration.dataset.name}."),
        name=docstring_text(run.name),
        id=run.id,
        typing="from typing import Any\n" if fused or count > 1 else "",
        onednn=_ONEDNN if WITH_ONEDNN in run.environment else "",
        fingerprint=run.data_fingerprint,
        seed=configuration.seed,
        steps=steps_wanted(configuration, run.images["train"]),
        batch=batch,
        recorded="".join(
            f"    ({one.loss!r}, {one.accuracy!r}, {one.val_loss!r}, {one.val_accuracy!r}),\n"
            for one in epochs
            if math.isfinite(one.loss)
        ),
        classes=f"{classes}\n\n\n" if classes else "",
        function=keras_function(scoring, named=start is not None).text,
        fuse=_FUSE + inspect.getsource(fuse).rstrip() if fused else "",
        fused=_FUSED if fused else "",
        **{"scores": _OF_OUTPUT if earlier.LOSS in run.environment else _SCORES} | side_by_side,
        feeding="" if feed.is_usual else f"\n\n{scaled_function(feed)}".rstrip(),
        optimizer=optimizer,
        label_smoothing=configuration.label_smoothing,
        plain=_PLAIN if is_plain else "",
        told=_TOLD.format(judged=judged) if is_plain else "loss",
        judged=judged,
        augmenting=_AUGMENTING if by_keras else "",
        augment=_AUGMENT if is_warped else changed,
        targets="targets" if by_keras else _ONE_HOT,
        feed="" if feed.is_usual else "    images = feed(images)\n",
        evaluated=_EVALUATED if feed.is_usual else f"feed({_EVALUATED})",
        tolerance=TOLERANCE,
        **_begun(run, optimizer),
    )


def _side_by_side(parts: int, threads: object) -> dict[str, str]:
    """The parts of a script that trains a batch in parts."""
    own = "\n\n".join(inspect.getsource(one) for one in (Parts, in_parts, normalized))
    lines = [line.partition("  # type: ")[0].rstrip() for line in own.splitlines()]
    return {
        "side_by_side": _SIDE_BY_SIDE + "\n".join(lines),
        "shared": _SHARED.format(threads=threads) if isinstance(threads, int) else "",
        "graph": _GRAPH,
        "scores": _IN_PARTS.format(parts=parts),
        "is_compiled": f"step and len(chosen) >= {parts}",
    }


def start_file(run: Run) -> str:
    """What the weights that a run begins with are called beside its script."""
    return f"start-of-{run.id}.npz"


def _begun(run: Run, optimizer: str) -> dict[str, str]:
    """The parts of a script that begin with other weights than new ones; empty without."""
    start, network = run.configuration.start, run.architecture
    if start is None:
        empty = dict.fromkeys(("hashlib", "start", "take", "taken", "thawed"), "")
        return empty | {"rates": _RATES}
    frozen = sorted(start.frozen(network, start.head_first + 1))
    constants = _START.format(file=start_file(run), weights=start.weights, frozen=frozen)
    found = {"hashlib": "import hashlib\n", "take": _TAKE.rstrip(), "rates": _RATES}
    if not start.head_first:
        said = {"start": constants, "taken": _TAKEN.format(frozen="FROZEN"), "thawed": ""}
        return found | said
    before = sorted(start.frozen(network, 1))
    steps = start.head_first * per_epoch(run.configuration, run.images["train"])
    return found | {
        "start": constants + _HEAD.format(epochs=start.head_first, frozen=before),
        "taken": _TAKEN.format(frozen="FROZEN_BEFORE"),
        "thawed": _THAWED.format(optimizer=optimizer),
        "rates": _TWO_RATES.format(steps=steps, tenth=TENTH),
    }


def file_needed(run: Run) -> str:
    """What a script reads besides the program: own images, and the weights that the run began
    with; nothing of others.
    """
    return " ".join(filter(None, (weights_needed(run), _images_needed(run))))


def weights_needed(run: Run) -> str:
    start = run.configuration.start
    if start is None:
        return ""
    return (
        f"It begins with weights of {start.origin}: save {start_file(run)} beside it, which the "
        "page of the run offers."
    )


def check_start(run: Run, kept: Collection[str]) -> None:
    """Raises where the weights that the run began with are not among the files that are kept."""
    start = run.configuration.start
    if start and not run.continues and START not in kept:
        raise ReproductionError(
            f"this store does not keep the weights of {start.origin} that run {run.id} began with. "
            "It may have come from a file, without them."
        )


def _images_needed(run: Run) -> str:
    if run.configuration.dataset.name is not DatasetName.OWN_IMAGES:
        return ""
    return (
        f"It reads the images from {run.configuration.dataset.file}, so that file has to be there: "
        "what is brought on the Train page is kept in the program's folder, CNN_HOME. Elsewhere, "
        "take the file along and write its new place into the script's CONFIGURATION."
    )


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 92, break_long_words=False, break_on_hyphens=False)
