"""What a network is fed for an image. Keras' own preprocessing and a naive loop are the oracles."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.feed import BYTES, NAMED, USUAL, Feed, derived, read
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    Branches,
    Conv2D,
    Cropping2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Rescaling,
    Residual,
    UpSampling2D,
    ZeroPadding2D,
)
from cnn.network.link import decode, encode
from cnn.network.scripts.feed import numpy_function, scaled_function, torch_function

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 5, 4, 3)).astype(np.uint8)
IMAGES = PIXELS.astype(np.float32) / np.float32(255)
HEAD = (Flatten(), Dense(10, "softmax"))
RESCALED = Architecture("Rescaled", (8, 8, 3), (Rescaling(1 / 255), *HEAD))
PLAIN = Architecture("Plain", (8, 8, 3), HEAD)

reals = st.floats(-1e6, 1e6)
one_or_three = st.one_of(
    st.just(()), st.lists(reals, min_size=1, max_size=1), st.lists(reals, min_size=3, max_size=3)
)


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    ends = st.floats(-1e6, 1e6 - 1)  # so that one more is none too many
    low, high = sorted((draw(ends), draw(ends)))
    sd = [abs(one) + 1e-3 for one in draw(one_or_three)]
    return Feed(
        low,
        high if high > low else low + 1,
        tuple(draw(one_or_three)),
        tuple(min(one, 1e6) for one in sd),
        draw(st.booleans()),
    )


@pytest.mark.parametrize("mode", ["torch", "caffe", "tf"])
def test_the_named_ones_are_what_keras_applications_calls_so(mode):
    from keras.src.applications.imagenet_utils import preprocess_input

    wanted = preprocess_input(PIXELS.astype(np.float32), data_format="channels_last", mode=mode)
    found = NAMED["-1..1" if mode == "tf" else mode].of(IMAGES)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-5)


def test_bytes_come_out_exactly_as_bytes():
    every = np.arange(256, dtype=np.uint8).astype(np.float32) / np.float32(255)
    assert (BYTES.of(every) == np.arange(256)).all()


@given(feeds())
def test_every_number_is_moved_as_a_plain_loop_moves_it(feed: Feed):
    found = feed.of(IMAGES)
    assert found.dtype == np.float32
    mean = (feed.mean or (0.0,)) * (3 if len(feed.mean) < 2 else 1)
    sd = (feed.sd or (1.0,)) * (3 if len(feed.sd) < 2 else 1)
    reach = max(abs(feed.low), abs(feed.high), *map(abs, mean))
    for place in ((0, 0, 0), (2, 4, 3)):
        for channel in range(3):
            byte = int(PIXELS[place][2 - channel if feed.bgr else channel])
            level = feed.low + (feed.high - feed.low) * byte / 255
            wanted = (level - mean[channel]) / sd[channel]
            slack = 1e-5 * reach / sd[channel] + 1e-5
            assert found[place][channel] == pytest.approx(wanted, rel=1e-5, abs=slack)


@pytest.mark.parametrize("feed", [*NAMED.values(), Feed(0.1, 0.7, (0.2,), (3.0,), True)])
def test_tensorflow_is_fed_the_same_inside_a_compiled_function(feed: Feed):
    import tensorflow as tf

    found = tf.function(feed.of)(tf.constant(IMAGES)).numpy()
    np.testing.assert_allclose(found, feed.of(IMAGES), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("feed", [*NAMED.values(), Feed(0.1, 0.7, (0.2,), (3.0,), True)])
def test_a_gradient_goes_back_as_tensorflow_takes_it(feed: Feed):
    import tensorflow as tf

    flowing = np.random.default_rng(1).normal(size=IMAGES.shape).astype(np.float32)
    images = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(feed.of(images) * flowing)
    np.testing.assert_allclose(feed.back(flowing), tape.gradient(total, images), rtol=1e-5)


@pytest.mark.parametrize("feed", [*NAMED.values(), Feed(-2, 3, (0.2,), (3.0,), True)])
def test_the_code_that_is_written_of_it_does_the_same(feed: Feed):
    import torch

    space: dict[str, Any] = {"np": np, "torch": torch}
    for code in (numpy_function(feed), scaled_function(feed)):
        exec(code, space)
    wanted = feed.of(IMAGES)
    np.testing.assert_allclose(space["prepare"](PIXELS), wanted, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(space["feed"](IMAGES), wanted, rtol=1e-6, atol=1e-6)
    exec(torch_function(feed), space)
    laid_out = torch.from_numpy(PIXELS).permute(0, 3, 1, 2)
    found = space["prepare"](laid_out).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-5)


@given(feeds())
def test_a_feed_reads_back_from_its_text_from_json_and_from_a_link(feed: Feed):
    assert read(feed.text) == feed
    network = replace(PLAIN, feed=feed)
    assert Architecture.from_json(network.to_json()) == network
    assert decode(encode(network)) == network
    assert Architecture.from_record(json.loads(json.dumps(network.to_record()))) == network


@pytest.mark.parametrize(
    ("text", "feed"),
    [
        ("0..255", BYTES),
        (" -1..1 ", Feed(-1, 1)),
        ("Torch", NAMED["torch"]),
        ("0..1 mean 0.13 sd 0.31", Feed(0, 1, (0.13,), (0.31,))),
        ("0..255 mean 103.939, 116.779, 123.68 bgr", NAMED["caffe"]),
        ("0..1 RGB", USUAL),
    ],
)
def test_a_feed_is_read_as_a_person_writes_it(text: str, feed: Feed):
    assert read(text) == feed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"pixels must be one of 0..1, 0..255, -1..1, torch, caffe, or written out.*got "),
        ("0-255", "pixels must be one of"),
        ("1..0", r"got 1 to 0\. Use 0\.\.1"),
        ("0..1 sd 0", "an sd divides, so it must be above 0; got 0"),
        ("0..1e9", "high must be a number from -1,000,000 to 1,000,000"),
        ("0..1 mean", "pixels must be one of"),
        (7, "pixels must be one of"),
    ],
)
def test_what_is_no_feed_is_refused(text, message):
    with pytest.raises(ArchitectureError, match=message):
        read(text)


def test_numbers_for_channels_that_are_not_there_are_refused():
    with pytest.raises(ArchitectureError, match="3 numbers as mean for 1 channel"):
        Architecture("Grey", (8, 8, 1), HEAD, NAMED["torch"])
    with pytest.raises(ArchitectureError, match="BGR is an order of three channels"):
        Architecture("Grey", (8, 8, 1), HEAD, Feed(bgr=True))


@pytest.mark.parametrize(
    ("layers", "feed"),
    [
        ((Rescaling(1 / 255),), BYTES),
        ((Rescaling(1 / 127.5, -1.0),), BYTES),
        ((Rescaling(1 / 256),), BYTES),
        (
            (
                Dropout(0.1),
                ZeroPadding2D(((2, 2), (2, 2))),
                Activation("linear"),
                Rescaling(1 / 255),
            ),
            BYTES,
        ),
        ((UpSampling2D(2, "bilinear"), Cropping2D(), Rescaling(1 / 255)), BYTES),
        ((Flatten(), Rescaling(1 / 255)), BYTES),
        ((AveragePooling2D(2), Activation("relu"), Rescaling(1 / 255)), BYTES),
        ((Branches(((Rescaling(1 / 255), Conv2D(2, 1)), (Rescaling(1 / 255),))),), BYTES),
        ((Residual((Rescaling(1 / 255),), (Rescaling(1 / 255),)),), BYTES),
        ((Residual((Conv2D(1, 1),), (Rescaling(1 / 255),)),), BYTES),
        ((Residual((), scale=1 / 255),), BYTES),
        ((Branches(((), (MaxPooling2D(1),))), Rescaling(1 / 255)), BYTES),
        ((Branches(((Conv2D(2, 1),), (Conv2D(2, 1),))), Rescaling(1 / 255)), USUAL),
        ((Rescaling(2.0, -1.0),), USUAL),
        ((Rescaling(0.5), Rescaling(1 / 127.5)), BYTES),
        ((Rescaling(2.0), Rescaling(1 / 510)), BYTES),
        ((Rescaling(1 / 16), MaxPooling2D(2), Rescaling(1 / 16)), BYTES),
        ((Rescaling(1.0, -127.5), Rescaling(1 / 127.5)), BYTES),
        ((Rescaling(1.0, -127.5),), BYTES),
        ((Rescaling(-1.0, 255.0), Rescaling(0.1)), BYTES),
        ((Rescaling(1 / 255), Rescaling(1 / 0.1, -1.3)), BYTES),
        ((Rescaling(255.0), Rescaling(1 / 255)), USUAL),
        ((Rescaling(1 / 16), Conv2D(2, 1), Rescaling(1 / 16)), USUAL),
        ((Rescaling(0.5), Branches(((), (Rescaling(1 / 127.5), Conv2D(2, 1))))), BYTES),
        ((Branches(((Rescaling(0.5),), (Rescaling(0.5),))), Rescaling(1 / 127.5)), BYTES),
        ((Residual((Rescaling(0.1),)), Rescaling(0.1)), USUAL),
        ((Branches(((Rescaling(0.1),), ()), "multiply"), Rescaling(0.1)), USUAL),
        ((Branches(((Rescaling(0.5),), ()), "maximum"), Rescaling(1 / 127.5)), BYTES),
        ((Rescaling(0.0), Rescaling(0.01)), USUAL),
        ((Rescaling(0.0),), USUAL),
        ((Conv2D(2, 3), Rescaling(1 / 255)), USUAL),
        ((), USUAL),
    ],
)
def test_a_network_that_begins_with_a_rescaling_to_small_numbers_is_fed_bytes(layers, feed):
    assert derived(layers) == feed


def test_what_the_layers_say_is_written_nowhere_but_in_a_record():
    assert RESCALED.fed == BYTES
    assert RESCALED.feed is None
    assert "pixels" not in RESCALED.to_dict()
    assert RESCALED.to_record()["pixels"] == "0..255"
    assert replace(RESCALED, feed=BYTES) == RESCALED
    assert "pixels" not in PLAIN.to_record()
    # Codes as the version before this one wrote them.
    assert encode(replace(RESCALED, name="Scaled", input=(8, 8, 1))) == (
        "1.Scaled.8x8x1.rs0.00392156862745098-f-d10x.vhkf"
    )


def test_a_record_that_says_nothing_is_of_0_to_1_whatever_its_layers_say():
    old = Architecture.from_record(RESCALED.to_dict())
    assert old.fed == USUAL
    assert old != RESCALED
    assert old.to_record() == RESCALED.to_dict()
    assert decode(encode(old)) == old
    assert Architecture.from_json(old.to_json()) == old


@pytest.mark.parametrize(
    "code", ["1.8x8x3.p0x.end", "1.8x8x3.p0x255m-d2.end", "1.8x8x3.px.end", "1.8x8x3.p0x1b3-d2.end"]
)
def test_a_link_with_a_broken_feed_is_refused_with_what_is_wrong(code: str):
    with pytest.raises(ArchitectureError, match="should say what the network is fed, such as"):
        decode(code)


def test_a_link_can_be_typed_with_a_feed():
    assert decode("1.8x8x3.p0x255m103.939x116.779x123.68b-f-d10x.end") == replace(
        PLAIN, name="unnamed", feed=NAMED["caffe"]
    )
