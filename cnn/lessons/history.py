"""The milestones of lesson 11: the network as it was, the one in this app, and what is on record.

Errors and the counts that papers name are typed in, with their source; all other numbers are
traced. `tests/lessons/test_history.py` derives or checks each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.trace import params_text, trace
from cnn.network.zoo import entry

DIGITS, TOP_5 = "digits wrong", "top-5 error"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A network that changed things; `error` is in percent, of digits or top-5 on ImageNet.

    `drawn` is as close to it as this app's layers come, and `here` the id of the version in the zoo
    that trains in minutes, where there is another one. `params_on_record` are those of the network
    that made the error, where the drawn one is not quite it: so no error stands beside the count
    of another network. Where batch norm makes the trained ones fewer, `trainable_on_record` are
    those. `averaged` says of how many networks the answers were averaged.
    """

    key: str
    year: int
    name: str
    drawn: Architecture
    error: float
    of: str
    here: str | None = None
    params_on_record: int | None = None
    trainable_on_record: int | None = None
    depth_on_record: int | None = None
    averaged: int = 1

    @property
    def params(self) -> int:
        """All parameters: those on record where the drawn network is not quite the one."""
        return self.params_on_record or trace(self.drawn).total_params

    @property
    def params_text(self) -> str:
        """The same in words, and those that are trained where they are fewer."""
        if self.params_on_record is None:
            return trace(self.drawn).params_text
        return params_text(self.params, self.trainable_on_record or self.params)

    @property
    def depth(self) -> int:
        """The layers with weights on the longest way, or those on record."""
        return self.depth_on_record or trace(self.drawn).depth


@dataclass(frozen=True, slots=True)
class After:
    """What came after: the key of its line in the words, and the zoo's version, if there is one."""

    key: str
    year: int
    name: str
    here: str | None = None


AFTER = (
    After("inception", 2014, "Inception", "inception-lite"),
    After("batchnorm", 2015, "Batch normalisation"),
    After("densenet", 2016, "DenseNet", "densenet-lite"),
    After("mobilenet", 2017, "MobileNet", "mobilenet-lite"),
    After("efficientnet", 2019, "EfficientNet", "efficientnet-lite"),
    After("transformer", 2020, "Vision transformer", "vit-lite"),
)

ZIP_CODES = Architecture(
    "Zip codes 1989",
    (16, 16, 1),
    (
        Conv2D(12, 5, strides=2, padding="same", activation="tanh"),
        Conv2D(12, 5, strides=2, padding="same", activation="tanh"),
        Flatten(),
        Dense(30, activation="tanh"),
        Dense(10, activation="tanh"),
    ),
)
"""LeCun et al., Neural Computation 1(4), 1989, but for its biases and its missing connections."""


@cache
def milestones() -> tuple[Milestone, ...]:
    """The five of them, the oldest first."""
    of_zoo = {
        id: entry(id).architecture for id in ("lenet-5-1998", "alexnet", "vgg-16", "resnet-18")
    }
    return (
        Milestone("zip", 1989, "LeCun's digits", ZIP_CODES, 5.0, DIGITS, None, 9_760),
        Milestone(
            *("lenet", 1998, "LeNet-5", of_zoo["lenet-5-1998"], 0.95, DIGITS, "lenet-5"),
            params_on_record=60_000,
        ),
        Milestone(
            *("alexnet", 2012, "AlexNet", of_zoo["alexnet"], 15.3, TOP_5, "alexnet-lite"),
            params_on_record=60_965_224,
            averaged=7,
        ),
        Milestone("vgg", 2014, "VGG-16", of_zoo["vgg-16"], 7.3, TOP_5, "vgg-lite", averaged=7),
        Milestone(
            *("resnet", 2015, "ResNet-152", of_zoo["resnet-18"], 3.57, TOP_5, "resnet-lite"),
            params_on_record=60_344_232,
            trainable_on_record=60_192_808,
            depth_on_record=152,
            averaged=6,
        ),
    )


def milestone(key: str) -> Milestone:
    """The milestone of that key."""
    return next(one for one in milestones() if one.key == key)
