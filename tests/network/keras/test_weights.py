"""Models saved by Keras itself, and files that are damaged, false or hostile."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.insight.passes.forward import forward
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.feed import Feed
from cnn.network.keras import arrays as keras_arrays
from cnn.network.keras.model import WeightsError, build, set_weights
from cnn.network.keras.weights import read_keras_model
from cnn.network.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    PositionEmbedding,
    SelfAttention2D,
    SeparableConv2D,
)
from tests.network.export_cases import random_weights
from tests.network.strategies import architectures

built = count(1)


def saved(model: Any, folder: Path) -> bytes:
    path = folder / "model.keras"
    model.save(path)
    return path.read_bytes()


def check_it_computes_what_keras_predicts(model: Any, content: bytes) -> None:
    imported, weights = read_keras_model(content)
    images = np.random.default_rng(1).normal(size=(2, *imported.architecture.input))
    images = images.astype(np.float32)

    feed = imported.architecture.fed
    if imported.normalizes:  # its mean and sd are the model's own
        feed = Feed(feed.low, feed.high)
    fed = feed.of(images).reshape(2, *model.input_shape[1:])
    wanted = np.asarray(model(fed, training=False))
    found = forward(imported.architecture, weights, images).output

    size = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4 * size)


@settings(max_examples=settings().max_examples // 2)
@given(architectures(), st.integers(0, 10_000))
def test_random_networks_that_keras_saved_compute_what_keras_does(
    tmp_path_factory, architecture, seed
):
    import keras

    if next(built) % 20 == 0:
        keras.backend.clear_session()
    model = build(architecture)
    set_weights(model, architecture, random_weights(architecture, seed))

    content = saved(model, tmp_path_factory.mktemp("saved"))

    check_it_computes_what_keras_predicts(model, content)


def give_weights(model: Any) -> None:
    rng = np.random.default_rng(0)
    for weight in model.weights:
        low = 0.5 if weight.name in ("gamma", "variance", "moving_variance") else -0.5
        weight.assign(rng.uniform(low, low + 1, weight.shape))


def test_submodels_names_of_ones_own_and_an_optimizer_do_not_matter(tmp_path):
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)  # after a training in this process, nothing is drawn without
    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(3, 3, name="same"), layers.BatchNormalization()]
    )
    other = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(2, 3, name="same")])
    x = image = keras.Input((8, 8, 3))
    x = layers.Conv2D(3, 1, name="zebra", activation="relu")(x)
    x = layers.SeparableConv2D(3, 1, name="conv2d")(x)
    x = layers.Conv2D(3, 1, name="ant")(x)
    x = layers.Dense(2, name="answer")(layers.Flatten()(other(inner(x))))
    model = keras.Model(image, x)
    give_weights(model)
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 8, 8, 3)), np.zeros((2, 2)), verbose=0)

    check_it_computes_what_keras_predicts(model, saved(model, tmp_path))


def test_weights_of_16_bits_are_read(tmp_path):
    import keras

    model = keras.Sequential([keras.Input((3, 3, 1)), keras.layers.Conv2D(2, 2, dtype="float16")])
    give_weights(model)

    weights = read_keras_model(saved(model, tmp_path))[1]

    for mine, theirs in zip(weights["conv2d_1"], model.get_weights(), strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_array_equal(mine, theirs)


SMALL = Architecture(
    "Small",
    (6, 6, 2),
    (
        Conv2D(3, 3),
        BatchNormalization(),
        SelfAttention2D(2, 3),
        PositionEmbedding(),
        SeparableConv2D(2, 3),
        Flatten(),
        Dense(4),
    ),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    model = build(SMALL)
    set_weights(model, SMALL, random_weights(SMALL))
    return saved(model, tmp_path_factory.mktemp("good"))


def repacked(content: bytes, change: Callable[[Any], object]) -> bytes:
    """The same file with its weights changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as opened:
        change(opened)
    return packed({**members, "model.weights.h5": weights.getvalue()})


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def put(path: str, **how: Any) -> Callable[[Any], object]:
    def change(file: Any) -> None:
        del file[path]
        file.create_dataset(path, **how)

    return change


def link(path: str, to: Any) -> Callable[[Any], object]:
    def change(file: Any) -> None:
        del file[path]
        file[path] = to

    return change


def virtual(file: Any) -> None:
    del file["layers/dense/vars/1"]
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
    file.create_virtual_dataset("layers/dense/vars/1", layout)


BIAS, KERNEL = "layers/dense/vars/1", "layers/conv2d/vars/0"
LOOK = "layers/multi_head_attention"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.pop(BIAS), r"layer 'dense_1' \(Dense #1\): needs 2 arrays, but .* has 1"),
        (lambda f: f.pop("layers/conv2d"), r"layer 'conv2d_1' \(Conv2D #1\): its weights are miss"),
        (lambda f: f.move(BIAS, "layers/dense/vars/x"), "the array bias is missing"),
        (put(BIAS, data=np.zeros(5, "f4")), "bias should be 4, but the file has 5"),
        (put(BIAS, data=np.float32(1)), "should be 4, but the file has one number"),
        (put(BIAS, data=h5py.Empty("f4")), "should be 4, but the file has nothing"),
        (put(BIAS, data=np.zeros(4, "i4")), "bias is of the type 'int32'"),
        (put(BIAS, data=np.array([b"a"] * 4)), "bias is of the type"),
        (put(BIAS, shape=(4,), dtype=h5py.vlen_dtype("f4")), "is of the type 'obj"),
        (
            put(KERNEL, shape=(100_000,) * 3, dtype="f4", chunks=(1, 1, 1)),
            "kernel should be 3x3x2x3, but the file has 100000x100000x100000",
        ),
        (
            put(BIAS, shape=(4,), maxshape=(None,), dtype="f4", chunks=(1 << 24,)),
            "does not lie in the file as Keras puts it there",
        ),
        (put(BIAS, data=np.zeros(4, "f4"), compression="lzf"), "does not lie in the file as Keras"),
        (
            put(BIAS, shape=(4,), dtype="f4", external=[("/etc/hostname", 0, 16)]),
            "does not lie in the file as Keras",
        ),
        (virtual, "does not lie in the file as Keras"),
        (link(BIAS, h5py.SoftLink("/layers/dense/vars/0")), "the array bias is missing"),
        (link(BIAS, h5py.ExternalLink("/etc/hostname", "/")), "the array bias is missing"),
        (link("layers/dense", h5py.ExternalLink("x.h5", "/")), "its weights are missing"),
        (link("layers/dense/vars", h5py.SoftLink("/layers/dense/vars")), "its weights are missing"),
        (put("layers/dense/vars", data=np.zeros(2)), "its weights are missing"),
        (lambda f: f.pop(f"{LOOK}/key_dense"), r"\(SelfAttention2D #1\): its weights are missing"),
        (lambda f: f.pop(f"{LOOK}/output_dense/vars/1"), "needs 2 arrays, but the file has 1"),
        (
            put(f"{LOOK}/query_dense/vars/0", data=np.zeros((3, 6), "f4")),
            "query_kernel should be 3x2x3, but the file has 3x6",
        ),
        (
            lambda f: f[f"{LOOK}/vars"].attrs.update(name="other"),
            "the weights there are of a layer 'other'",
        ),
        (
            lambda f: f["layers/dense/vars"].attrs.update(name="other"),
            "the weights there are of a layer 'other'. .* of different models",
        ),
    ],
    ids=count(),
)
def test_weights_that_are_not_those_of_the_description_are_refused(good, change, message):
    with pytest.raises(WeightsError, match=message):
        read_keras_model(repacked(good, change))


def test_packed_weights_are_read(good):
    bias = np.arange(4, dtype="f4")
    content = repacked(good, put(BIAS, data=bias, compression="gzip", shuffle=True))

    np.testing.assert_array_equal(read_keras_model(content)[1]["dense_1"][1], bias)


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (None, r"holds 0 files model\.weights\.h5, not one"),
        (b"", r"model\.weights\.h5 cannot be read"),
        (b"\x80\x04K\x01.", r"model\.weights\.h5 cannot be read"),
    ],
)
def test_a_file_without_weights_is_refused(good, weights, message):
    members = members_of(good) | {"model.weights.h5": weights}

    with pytest.raises(WeightsError, match=message):
        read_keras_model(packed({name: one for name, one in members.items() if one is not None}))


def test_more_bytes_than_a_model_can_have_are_not_read(good, monkeypatch):
    monkeypatch.setattr(keras_arrays, "MAX_WEIGHTS_BYTES", 1_000)

    with pytest.raises(WeightsError, match=r"says it has [\d,]+ bytes; at most 1,000 are read"):
        read_keras_model(good)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_weights_are_refused(good, share):
    members = members_of(good)
    whole = members["model.weights.h5"]
    members["model.weights.h5"] = whole[: int(len(whole) * share)]

    with pytest.raises(WeightsError, match="cannot be read"):
        read_keras_model(packed(members))


def test_a_path_is_read_as_its_content_is(good, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(good)
    wanted = random_weights(SMALL)

    for source in (path, str(path), good):
        found = read_keras_model(source)[1]
        assert found.keys() == wanted.keys()
        for name, arrays in wanted.items():
            for mine, theirs in zip(found[name], arrays, strict=True):
                np.testing.assert_array_equal(mine, theirs)


def test_reading_weights_needs_no_tensorflow(good, tmp_path):
    (tmp_path / "model.keras").write_bytes(good)
    code = f"""
import sys
from cnn.network.keras.weights import read_keras_model
read_keras_model({str(tmp_path / "model.keras")!r})
print(*{{"keras", "tensorflow"}} & sys.modules.keys())
"""
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""


@settings(max_examples=4 * settings().max_examples)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_weights_are_read_or_refused(good, damage):
    members = members_of(good)
    weights = bytearray(members["model.weights.h5"])
    for where, byte in damage:
        weights[int(where * (len(weights) - 1))] = byte
    members["model.weights.h5"] = bytes(weights)

    with suppress(WeightsError, ArchitectureError):
        read_keras_model(packed(members))
