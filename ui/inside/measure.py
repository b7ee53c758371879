"""What is measured of a network once and kept: its pass of an image, its answers to the tests."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn.data.dataset import Images as Floats
from cnn.insight.answers import class_scores, shares_of
from cnn.insight.embedding import Embedding, hidden_features, principal_components
from cnn.insight.exciting_patches import Patch, exciting_patches
from cnn.insight.forward import Activations, forward
from cnn.insight.layer_statistics import LayerStatistics, layer_statistics
from cnn.insight.where import HeatMap, grad_cam, map_layers, occlusion, saliency
from cnn.network.trace import trace
from cnn.training.evaluation import Predictions
from ui.bench.trained import probabilities
from ui.inside.subject import Subject
from ui.training import measured
from ui.training.measured import Images

MOST_MACS = 12_000_000_000
"""What a look at many images may cost: a few seconds, once."""

FEWEST, MOST_ASKED, MOST_POINTS, MOST_SEEN = 20, 1_000, 400, 200


def images_within(subject: Subject, most: int) -> int:
    """How many images may be looked at, for a network of this size."""
    return max(FEWEST, min(most, MOST_MACS // max(trace(subject.architecture).total_macs, 1)))


@st.cache_resource(show_spinner=False, max_entries=12)
def activations(key: str, image: str, _subject: Subject, _pixels: Floats) -> Activations:
    """What every layer makes of an image; `key` and `image` are what both are known by."""
    return forward(_subject.architecture, _subject.weights, _pixels[None], keep_linear=True)


def predictions(subject: Subject, images: Images) -> Predictions:
    """What a run kept of its test; else the network's answers to the first test images."""
    if subject.run is not None and subject.epoch is None:
        kept = measured.predictions(subject.run)
        if isinstance(kept, Predictions) and len(kept) == len(images.test):
            return kept
    with st.spinner("Asking the network about its test images ...", show_time=True):
        return _predictions(subject.weights_key, subject, images)


@st.cache_resource(show_spinner=False, max_entries=6)
def _predictions(key: str, _subject: Subject, _images: Images) -> Predictions:
    few = _images.test.take(range(min(images_within(_subject, MOST_ASKED), len(_images.test))))
    scores = class_scores(_subject.architecture, _subject.weights, few.images)
    return Predictions(shares_of(_subject.architecture, scores), few.labels)


@st.cache_resource(show_spinner=False, max_entries=6)
def embedding(key: str, _subject: Subject, _images: Images) -> Embedding:
    """The first test images as points."""
    count = min(images_within(_subject, MOST_POINTS), len(_images.test))
    pixels = _images.test.take(range(count)).images
    features = hidden_features(_subject.architecture, _subject.weights, pixels)
    return principal_components(features)


@st.cache_resource(show_spinner=False, max_entries=6)
def statistics(key: str, _subject: Subject, _images: Images) -> tuple[LayerStatistics, ...]:
    """The figures of every layer over the first test images."""
    count = min(images_within(_subject, MOST_SEEN), len(_images.test))
    pixels = _images.test.take(range(count)).images
    return layer_statistics(_subject.architecture, _subject.weights, pixels)


@st.cache_resource(show_spinner=False, max_entries=24)
def patches(
    key: str, layer: str, _subject: Subject, _images: Images
) -> tuple[tuple[tuple[Patch, ...], ...], int]:
    """What excites each filter of a layer most, and among how many test images."""
    count = min(images_within(_subject, MOST_SEEN), len(_images.test))
    pixels = _images.test.take(range(count)).images
    return exciting_patches(_subject.architecture, _subject.weights, pixels, layer), count


@st.cache_resource(show_spinner=False, max_entries=48)
def maps_of_where(
    key: str, image: str, place: int, layer: str | None, _subject: Subject, _pixels: Floats
) -> dict[str, HeatMap]:
    """Where the network looks for a class, three ways; Grad-CAM only where there are maps."""
    network = _subject.architecture, _subject.weights, _pixels, place
    found = {"Occlusion": occlusion(*network), "Saliency": saliency(*network)}
    if map_layers(_subject.architecture):
        found["Grad-CAM"] = grad_cam(*network, layer)
    return found


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
