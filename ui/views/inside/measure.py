"""What is measured of a network once and kept: its pass of an image, its answers to the tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.diagnose.evaluation import Predictions
from cnn.insight.passes import effort
from cnn.insight.passes.effort import Effort, most_images
from cnn.insight.passes.forward import Activations, fitting_images, forward, predict
from cnn.insight.readings import look_effort
from cnn.insight.readings.answers import scores_in, scoring, shares_of
from cnn.insight.readings.embedding import Embedding, hidden_features, principal_components
from cnn.insight.readings.layer_statistics import LayerStatistics, layer_statistics
from cnn.insight.regions.exciting_patches import Patch, exciting_patches
from cnn.network.architecture import Architecture
from cnn.pictures.inside.snapshots import MOST_TILES
from ui.parts.network.trained import probabilities
from ui.parts.runs import measured
from ui.parts.runs.measured import Images
from ui.session.kept import kept
from ui.views.inside.subject import Subject

MOST_ASKED, MOST_POINTS, MOST_SEEN = 1_000, 400, 200
"""As many images at most; fewer where they would take longer than a click may."""


def _asks_pass(key: str, image: str, subject: Subject, pixels: Floats) -> Effort:
    return effort.of_forward(subject.architecture, keep_linear=True)


@kept(asks=_asks_pass)
def activations(key: str, image: str, _subject: Subject, _pixels: Floats) -> Activations:
    """What every layer makes of an image; `key` and `image` are what both are known by."""
    return forward(_subject.architecture, _subject.weights, _pixels[None], keep_linear=True)


def predictions(subject: Subject, images: Images) -> Predictions:
    """What a run kept of its test; else the network's answers to the first test images."""
    if subject.run is not None and subject.epoch is None:
        tested = measured.predictions(subject.run)
        if isinstance(tested, Predictions) and len(tested) == len(images.test):
            return tested
    with st.spinner("Asking the network about its test images ...", show_time=True):
        return _predictions(subject.weights_key, subject, images)


Counting = Callable[[Subject, Images], int]


def _few(asks: Callable[[Architecture, int], Effort], most: int, what: str) -> Counting:
    """How many of its test images a subject is shown; `what` is what would be too much."""

    def count(subject: Subject, images: Images) -> int:
        wanted = min(most, len(images.test))
        return most_images(lambda many: asks(subject.architecture, many), wanted, what)

    return count


_ASKED = _few(effort.of_predict, MOST_ASKED, "To ask this network about a test image")
_POINTS = _few(look_effort.of_embedding, MOST_POINTS, "To place a test image as a point")
_FIGURES = _few(look_effort.of_statistics, MOST_SEEN, "The figures of its layers for an image")
_EXCITED = _few(look_effort.of_activity, MOST_SEEN, "To look for what excites its filters")


def _first(images: Images, count: int) -> Floats:
    return images.test.take(range(count)).images


@kept(asks=lambda key, of, given: effort.of_predict(of.architecture, _ASKED(of, given)))
def _predictions(key: str, _subject: Subject, _images: Images) -> Predictions:
    count, reading = _ASKED(_subject, _images), scoring(_subject.architecture)
    together = fitting_images(reading)
    scores = [
        predict(reading, _subject.weights, _images.test.take(places).images)
        for places in np.split(np.arange(count), range(together, count, together))
    ]
    found = scores_in(_subject.architecture, np.concatenate(scores))
    shares = shares_of(_subject.architecture, found)
    return Predictions(shares, _images.test.labels[:count])


@kept(asks=lambda key, of, given: look_effort.of_embedding(of.architecture, _POINTS(of, given)))
def embedding(key: str, _subject: Subject, _images: Images) -> Embedding:
    """The first test images as points."""
    pixels = _first(_images, _POINTS(_subject, _images))
    features = hidden_features(_subject.architecture, _subject.weights, pixels)
    return principal_components(features)


@kept(asks=lambda key, of, given: look_effort.of_statistics(of.architecture, _FIGURES(of, given)))
def statistics(key: str, _subject: Subject, _images: Images) -> tuple[LayerStatistics, ...]:
    """The figures of every layer over the first test images."""
    pixels = _first(_images, _FIGURES(_subject, _images))
    return layer_statistics(_subject.architecture, _subject.weights, pixels)


def _asks_patches(key: str, layer: str, subject: Subject, images: Images) -> Effort:
    return look_effort.of_activity(subject.architecture, _EXCITED(subject, images))


@kept(asks=_asks_patches)
def patches(
    key: str, layer: str, _subject: Subject, _images: Images
) -> tuple[tuple[tuple[Patch, ...], ...], int]:
    """What excites each filter of a layer that is shown, and among how many test images."""
    count = _EXCITED(_subject, _images)
    pixels = _first(_images, count)
    network = _subject.architecture, _subject.weights
    return exciting_patches(*network, pixels, layer, most_channels=MOST_TILES), count


def counted(images: int) -> str:
    """So many test images, in words."""
    return f"{images:,} test image{'s' if images != 1 else ''}"


def likely(subject: Subject, found: Activations) -> Floats | None:
    """The shares of the classes; None for a network that ends in a map."""
    output = found.output[0]
    if output.ndim != 1:
        return None
    given = probabilities(subject.architecture, output)
    return np.asarray(given, np.float32)
