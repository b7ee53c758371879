"""What a classifier answers, and how sure it is: shares of the classes, and words for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.activations import sigmoid, softmax
from cnn.insight.passes.forward import predict
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.heads import SHARES, averaged, end_activation, from_scores, settled
from cnn.network.keras.model import Weights

SURE = 0.9
RATHER = 0.6
IN_THE_RUNNING = 0.2
"""Classes with at least such a share are named where the network is not sure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The likeliest class, its share, and those that were in the running, the likeliest first."""

    label: int
    share: float
    running: tuple[int, ...]

    @property
    def is_sure(self) -> bool:
        return self.share >= SURE


def class_scores(architecture: Architecture, weights: Weights, images: npt.ArrayLike) -> Array:
    """The scores `[images, classes]`: before a softmax, or a sigmoid, at the end; of means of
    probabilities those that they would come from.
    """
    return scores_in(architecture, predict(scoring(architecture), weights, images))


def scoring(architecture: Architecture) -> Architecture:
    """The same network, as far as its scores, or as far as what they are made of (`scores_in`)."""
    return architecture if _gives_means(architecture) else from_scores(settled(architecture)[0])


def scores_in(architecture: Architecture, found: Array) -> Array:
    """The scores, by what `scoring` gives."""
    if not _gives_means(architecture):
        return found
    least = np.finfo(np.float32)
    log = np.log(np.maximum(found, least.tiny))
    if end_activation(architecture) == "softmax":
        return log
    odds: Array = log - np.log(np.maximum(1 - found, least.epsneg))
    return odds


def _gives_means(architecture: Architecture) -> bool:
    return averaged(architecture) is not None


def shares_of(architecture: Architecture, scores: Array) -> Array:
    """How sure the network is by its scores: of a sigmoid each by itself, else the softmax."""
    return sigmoid(scores) if end_activation(architecture) == "sigmoid" else shares(scores)


def shares_in(architecture: Architecture, output: Array) -> Array:
    """How sure the network is of each class, by what it gives."""
    return output if end_activation(architecture) in SHARES else shares(output)


def shares(scores: Array) -> Array:
    """The softmax of each row of scores."""
    return softmax(scores)


def answer(likely: Array) -> Answer:
    """The answer in the shares of one image; of two that are equal, the first class."""
    order = [int(place) for place in np.argsort(-likely, kind="stable")]
    running = [place for place in order if likely[place] >= IN_THE_RUNNING] or order[:2]
    return Answer(order[0], float(likely[order[0]]), tuple(running))


def in_words(found: Answer, names: Sequence[str]) -> str:
    """The answer as one says it: `It is a 7`, `Probably a 4`, `It is not sure: 4 or 9?`.

    A name of more than one letter may be a plural, and takes no article.
    """
    name = names[found.label]
    called = f"{article(name)} {name}" if len(name) == 1 else name
    if found.is_sure:
        return f"It is {called}."
    if found.share >= RATHER and len(found.running) == 1:
        return f"Probably {called}."
    running = found.running if len(found.running) > 1 else (found.label,)
    if len(running) == 1:
        return f"It is not sure: perhaps {called}?"
    *first, last = (names[place] for place in running[:4])
    return f"It is not sure: {', '.join(first)} or {last}?"


def article(name: str) -> str:
    """The article that a digit or a word takes."""
    return "an" if name[:1].lower() in "8aeiou" else "a"
