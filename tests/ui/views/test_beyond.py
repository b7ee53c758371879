"""The page *Beyond classification* as its script sees a visitor."""

import re

from cnn.lessons.catalogue import beyond
from cnn.network.beyond import NETWORKS
from cnn.network.link import encode
from tests.ui.visiting import visited, words


def test_each_topic_has_its_words_filled_in_and_its_network_opens_in_build():
    app = visited("beyond")

    topics = beyond()["topics"]
    assert [one.value for one in app.header] == [one["title"] for one in topics]
    said = words(app)
    assert "{" not in said
    assert "ends in 7×7×15: at each of its places 5 numbers for a box" in said
    assert "the 4 channels of one image" in said
    links = [str(one.proto.query_string) for one in app.get("page_link")]
    for network in NETWORKS.values():
        assert [link for link in links if encode(network) in link]


def test_a_word_is_explained_where_the_page_has_it_first_alone():
    said = "\n".join(one.value for one in visited("beyond").markdown)
    keys = re.findall(r"\]\(words#([a-z-]+)\)", said)
    assert keys
    assert len(keys) == len(set(keys))
