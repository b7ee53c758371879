"""The networks of the page *Beyond classification*: each is one that Keras and Build know, and the
page says of Build what is so.
"""

import re

import pytest

from cnn.lessons.catalogue import beyond, find
from cnn.network.beyond import BOX, DIGITS, NETWORKS
from cnn.network.keras.model import build
from cnn.network.layers import KINDS
from cnn.network.link import decode, encode
from cnn.network.trace import trace

OUTPUTS = {
    "detection": (7, 7, 15),
    "segmentation": (32, 32, 1),
    "pose": (6,),
    "regression": (1,),
    "sequences": (2,),
    "tuning": (3,),
}
TOPICS = {one["key"]: one for one in beyond()["topics"]}


def test_each_topic_has_its_network():
    assert list(TOPICS) == list(NETWORKS) == list(OUTPUTS)


@pytest.mark.parametrize("key", OUTPUTS)
def test_each_gives_what_keras_says_and_goes_through_a_link(key: str):
    network = NETWORKS[key]
    model = build(network)
    assert model.output_shape[1:] == trace(network).output_shape == OUTPUTS[key]
    assert model.count_params() == trace(network).total_params
    assert decode(encode(network)) == network


def test_the_figures_of_the_words_are_those_of_the_networks():
    said = TOPICS["detection"]["here"]
    assert f"{BOX} numbers for a box and {DIGITS} for the digits" in said
    assert OUTPUTS["detection"][-1] == BOX + DIGITS
    assert NETWORKS["sequences"].input[2] == 4
    training = find("training")
    assert f"[Lesson {training.number}](lesson?of={training.key})" in TOPICS["regression"]["here"]
    years = {word for one in TOPICS.values() for word in re.findall(r"\(\d{4}\)", one["says"])}
    assert years == {"(2014)", "(2015)", "(2016)"}  # Girshick; Ronneberger; Redmon, CVPR and MICCAI


def test_build_has_no_layer_that_remembers():
    """When it has one, what the page says of sequences is to be written anew."""
    words = r"recurrent|rnn|lstm|gru"
    assert not [kind for kind in KINDS if re.search(words, kind.lower())]
