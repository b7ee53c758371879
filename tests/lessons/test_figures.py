"""Every figure that a lesson's words print is proven here, or named as what it is: no result.

A figure that is put into a text, and into neither table below, fails.
"""

import math
import re
from collections.abc import Callable

import keras
import numpy as np
import pytest

from cnn.lessons import catalogue, rules, shapes, training, transfer
from cnn.lessons.activations import FLAT
from cnn.lessons.backpropagation import TOO_FAR
from cnn.lessons.history import milestone
from cnn.lessons.lesson import Lesson
from cnn.network.layers import BatchNormalization
from cnn.network.trace import trace

EVERY = pytest.mark.parametrize(
    "lesson", catalogue.lessons(), ids=[one.key for one in catalogue.lessons()]
)
FIGURE = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+|\d+\.\d+|\d{2,}")
"""Two digits or more: what is smaller is counted on fingers, or asked for below."""


def texts(lesson: Lesson) -> list[str]:
    asked = [
        text
        for check in lesson.checks
        for text in (check.question, *(part for o in check.options for part in (o.text, o.why)))
    ]
    whole = [lesson.question, lesson.takeaway, lesson.mathematics, *lesson.words.values(), *asked]
    return [re.sub(r"\{[a-z_0-9:,]+\}", "", text) for text in whole]


def conv(size: int, channels: int, filters: int, kernel: int = 3, **options) -> keras.Model:
    image = keras.Input((size, size, channels))
    return keras.Model(image, keras.layers.Conv2D(filters, kernel, **options)(image))


def conv_params(channels: int, filters: int, kernel: int = 3) -> int:
    return int(conv(16, channels, filters, kernel).count_params())


def dense_params(inputs: int, units: int) -> int:
    image = keras.Input((inputs,))
    return int(keras.Model(image, keras.layers.Dense(units)(image)).count_params())


def simple_cnn_params() -> int:
    return conv_params(1, 16) + conv_params(16, 32) + dense_params(7 * 7 * 32, 10)


def ways(layers: int) -> np.ndarray:
    """How many ways lead from each pixel to one cell behind so many 3x3 layers."""
    line = np.array([1])
    for _ in range(layers):
        line = np.convolve(line, [1, 1, 1])
    return np.outer(line, line)


def sigmoid_slopes(layers: int) -> float:
    x = np.linspace(-9, 9, 18_001)
    slope = np.exp(-x) / (1 + np.exp(-x)) ** 2
    return float(slope.max() ** layers)


def gelu_slope() -> np.ndarray:
    """The slope of GELU by differences, from -6 to 6."""
    x = np.linspace(-6, 6, 120_001)
    values = x * np.array([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in x])
    return np.stack([x, np.gradient(values, x)])


def gelu_turns() -> float:
    x, slope = gelu_slope()
    return -float(x[slope < 0].max())


def vgg_convolutions() -> int:
    blocks = [(3, 64, 2), (64, 128, 2), (128, 256, 3), (256, 512, 3), (512, 512, 3)]
    return sum(
        conv_params(before if n == 0 else filters, filters)
        for before, filters, count in blocks
        for n in range(count)
    )


def momentum() -> float:
    layers = rules.experiment("batch_norm").kept.architecture.layers
    return next(one.momentum for one in layers if isinstance(one, BatchNormalization))


def walks() -> tuple[np.ndarray, float]:
    """The loss of the five walks as a parabola, its highest power first; the least of it."""
    w = np.linspace(-3, 11, 15)
    losses = ((w[:, None] * training.HOURS - training.KILOMETRES) ** 2).mean(1)
    residuals = np.linalg.lstsq(training.HOURS[:, None], training.KILOMETRES, rcond=None)[1]
    return np.polyfit(w, losses, 2), float(residuals[0]) / len(training.HOURS)


PROVEN: dict[str, dict[str, Callable[[], float]]] = {
    "training": {
        "2.5": lambda: walks()[0][0],
        "0.218": lambda: walks()[1],
        "0.4": lambda: 1 / walks()[0][0],
    },
    "why": {
        "72": lambda: conv_params(1, 8) - 8,
        "80": lambda: conv_params(1, 8),
        "2,056": lambda: dense_params(16 * 16, 8),
    },
    "convolution": {
        "2.5": lambda: (8 - 3) / 2,
        "3.5": lambda: (8 - 3) / 2 + 1,
        "15": lambda: 3 * 5,
        "27": lambda: conv_params(3, 1) - 1,
    },
    "kernels": {"24": lambda: 8 * 3, "27": lambda: conv_params(3, 1) - 1},
    "pooling": {"1.5": lambda: float(np.mean([3, 1, 0, 2])), "128": lambda: 4 * 32},
    "activations": {
        "0.00000095": lambda: sigmoid_slopes(10),
        "0.25": lambda: sigmoid_slopes(1),
        "0.75": gelu_turns,
        "1.129": lambda: float(gelu_slope()[1].max()),
        "0.2": lambda: -float(keras.activations.leaky_relu(np.float32(-1))),
        "0.01": lambda: FLAT,
    },
    "pipeline": {
        "320": lambda: 32 * 10,
        "1,568": lambda: 7 * 7 * 32,
        "15,690": lambda: dense_params(7 * 7 * 32, 10),
        "20,490": simple_cnn_params,
    },
    "receptive_field": {
        "18": lambda: 2 * (conv_params(1, 1) - 1),
        "25": lambda: conv_params(1, 1, 5) - 1,
        "49": lambda: int(ways(3).max()),
    },
    "equivariance": {},
    "backpropagation": {"25": lambda: 5 * 5, "10,000": lambda: TOO_FAR},
    "shapes": {
        "1.10": lambda: math.log(3),
        "0.47": lambda: math.sqrt(2 / 9),
        "180": lambda: len(shapes.drawings()),
    },
    "history": {
        "25,088": lambda: 7 * 7 * 512,
        "102,764,544": lambda: 7 * 7 * 512 * 4096 + 4096,  # 411 MB, were it built
        "14,714,688": vgg_convolutions,
        "10,024": lambda: (
            conv_params(1, 12, 5) + conv_params(12, 12, 5) + dense_params(192, 30) + 310
        ),
        # Published ones: tests/lessons/test_history.py has them once more, each with its oracle.
        "0.95": lambda: milestone("lenet").error,
        "5.0": lambda: milestone("zip").error,
        "15.3": lambda: milestone("alexnet").error,
        "7.3": lambda: milestone("vgg").error,
        "3.57": lambda: milestone("resnet").error,
        "9,760": lambda: milestone("zip").params,
        "60,000": lambda: milestone("lenet").params,
        "61,706": lambda: trace(milestone("lenet").drawn).total_params,
        "60,965,224": lambda: milestone("alexnet").params,
        "61,100,840": lambda: trace(milestone("alexnet").drawn).total_params,
        "60,344,232": lambda: milestone("resnet").params,
        "60,192,808": lambda: milestone("resnet").trainable_on_record or 0,
        "152": lambda: milestone("resnet").depth,
        "138": lambda: milestone("vgg").params / 1e6,
    },
    "rules": {
        "18": lambda: 2 * (conv_params(1, 1) - 1),
        "25": lambda: conv_params(1, 1, 5) - 1,
        "330": lambda: dense_params(32, 10),
        "490": lambda: 7 * 7 * 10,
        "15,690": lambda: dense_params(7 * 7 * 32, 10),
        "18,496": lambda: 2 * conv_params(32, 32),
        "25,632": lambda: conv_params(32, 32, 5),
        "0.9": momentum,
        "0.99": lambda: keras.layers.BatchNormalization().momentum,
    },
    "attention": {
        "0.1": lambda: 1 - 0.5 - 0.2 - 0.2,
        "16": lambda: (2 * 2) ** 2,
        "50,176": lambda: 224 * 224,
        "2.5": lambda: (224 * 224) ** 2 / 1e9,
    },
    "transfer": {
        "64": lambda: trace(transfer.parent().architecture).rows[-1].input_shape[0],
        "195": lambda: dense_params(64, 3),
        "650": lambda: dense_params(64, 10),
    },
    "squeeze_excite": {
        "32": lambda: conv_params(1, 32) / (3 * 3 + 1),
        "552": lambda: dense_params(32, 8) + dense_params(8, 32),
        "2,048": lambda: dense_params(64, 16) - 16 + dense_params(16, 64) - 64,
        "4,096": lambda: dense_params(64, 64) - 64,
    },
}

NO_RESULT: dict[str, set[str]] = {
    "training": set(),
    "why": {"16", "32", "128", "224"},  # sizes that are chosen
    "convolution": set(),
    "kernels": {"64"},
    "pooling": {"16", "28", "32"},
    "activations": {"10"},
    "pipeline": {"0.1", "0.3", "0.8", "10", "28", "32"},
    "receptive_field": set(),
    "equivariance": {"20", "28", "100"},  # MNIST's sizes; "100 % alike" is what none is
    "backpropagation": {"0.001", "0.1", "12", "30", "64"},  # steps, rates; a half; 64 bits
    "shapes": {"0.45", "16", "32", "64", "85", "100"},  # what questions suppose
    "history": {
        *("1989", "1998", "2011", "2012", "2014", "2015"),  # years
        *("10,000", "2,007", "1.2", "18.2", "26.2", "224", "256"),  # quoted with their papers
        *(
            "11",
            "12",
            "13",
            "16",
            "18",
            "19",
            "32",
            "512",
            "1,000",
            "4,096",
        ),  # names, sizes, layers
    },
    "rules": {"10", "32"},
    # Shares that questions suppose; the size of an image; years of papers, and quoted with one.
    "attention": {"0.2", "0.5", "0.9", "224", "2017", "2021", "14", "300"},
    "transfer": {
        "10",
        "100",
    },  # the share of the rate, as a divisor; classes; what a question supposes
    # A gate; sizes that are chosen; the year, and the error quoted with its paper.
    "squeeze_excite": {"0.5", "16", "64", "2017", "2.251"},
}


@EVERY
def test_no_lesson_prints_a_figure_that_is_not_proven_or_named_here(lesson: Lesson):
    found = {figure for text in texts(lesson) for figure in FIGURE.findall(text)}
    known = set(PROVEN[lesson.key]) | NO_RESULT[lesson.key]
    assert found <= known
    assert set(PROVEN[lesson.key]) <= found, "proven, but printed nowhere"


@pytest.mark.parametrize(
    ("key", "printed"), [(key, printed) for key, found in PROVEN.items() for printed in found]
)
def test_a_printed_figure_is_what_its_oracle_gives_rounded_as_it_is_printed(key, printed):
    decimals = len(printed.partition(".")[2])
    assert PROVEN[key][printed]() == pytest.approx(
        float(printed.replace(",", "")), abs=0.5001 * 10**-decimals
    )


def largest_of(window: list[list[float]]) -> float:
    pooled = keras.layers.MaxPooling2D()(np.array(window, np.float32)[None, ..., None])
    return float(np.asarray(pooled).item())


def pooled_shift(pixels: int) -> int:
    """By how many cells a dot's pooled map moves where the dot moves by so many pixels."""
    places = []
    for moved in (0, pixels):
        image = np.zeros((1, 16, 16, 1), np.float32)
        image[0, 4, 4 + moved, 0] = 1
        pooled = np.asarray(keras.layers.MaxPooling2D()(image))[0, 2, :, 0]
        places.append(int(pooled.argmax()))
    return places[1] - places[0]


def even_kernel(stride: int) -> str:
    """Of 3, 4 and 5 those by which ones stay the same everywhere, away from the border."""
    found = []
    for size in (3, 4, 5):
        layer = keras.layers.Conv2DTranspose(1, size, stride, kernel_initializer="ones")
        inner = np.asarray(layer(np.ones((1, 9, 9, 1))))[0, 6:-6, 6:-6]
        if inner.min() == inner.max():
            found.append(f"{size}×{size}")
    return " ".join(found)


RIGHT: dict[tuple[str, str], Callable[[], str]] = {
    ("why", "count"): lambda: f"{conv_params(1, 8)}",
    ("convolution", "one_cell"): lambda: f"{conv_params(1, 1) - 1}",
    ("convolution", "size"): lambda: "{1}×{2}".format(*conv(8, 1, 1, strides=2).output_shape),
    ("convolution", "channels"): lambda: f"{conv(8, 3, 5).output_shape[-1]}",
    ("kernels", "colour"): lambda: f"{conv(8, 3, 8).output_shape[-1]}",
    ("pooling", "largest"): lambda: f"{largest_of([[3, 1], [0, 2]]):g}",
    ("pooling", "weights"): lambda: f"{keras.layers.MaxPooling2D().count_params()}",
    ("pipeline", "relu"): lambda: (
        f"ReLU makes it {max(-0.8, 0)}, and the pooling keeps {max(0, 0.3, 0.1)}"
    ),
    ("pipeline", "flatten"): lambda: f"{dense_params(7 * 7 * 32, 10):,}",
    ("receptive_field", "three"): lambda: "{}×{}".format(*ways(3).shape),
    ("equivariance", "moves"): lambda: f"{pooled_shift(4)}",
    ("backpropagation", "sum"): lambda: f"{math.prod(conv(5, 1, 1).output_shape[1:])}",
    ("backpropagation", "even"): lambda: even_kernel(2),
    ("shapes", "shape"): lambda: f"{[64, *keras.Input((32, 32, 3)).shape[1:]]}",
    ("rules", "head"): lambda: f"{dense_params(32, 10)}",
    ("attention", "sum"): lambda: f"{1 - 0.5 - 0.2 - 0.2:.1f}",
    ("transfer", "new"): lambda: f"{dense_params(64, 3)}",
    ("squeeze_excite", "cost"): lambda: (
        f"{dense_params(64, 16) - 16 + dense_params(16, 64) - 64:,}"
    ),
}


@pytest.mark.parametrize(("key", "name"), RIGHT)
def test_the_right_answer_to_a_question_of_numbers_is_the_oracles(key, name):
    check = next(one for one in catalogue.find(key).checks if one.key == name)
    assert check.options[check.right].text == RIGHT[key, name]()


def test_every_question_whose_answer_is_a_number_is_asked_of_an_oracle():
    numeric = {
        (lesson.key, check.key)
        for lesson in catalogue.lessons()
        for check in lesson.checks
        if re.fullmatch(r"[\d,.×\[\] ]+", check.options[check.right].text)
    }
    assert numeric <= RIGHT.keys()
