"""What the Draw page calls unlike: its card says what is found again with the files that ship."""

import json

import numpy as np
import pytest

from cnn.data import Dataset, load
from cnn.data.dataset import as_floats
from cnn.network.keras.model import WeightsError
from cnn.shipped import shipped
from cnn.shipped import unlike as module
from cnn.shipped.unlike import UnlikeCard, digit_features, unlike
from scripts.drawings import FONTS, LETTERS, LOOK_ALIKES, glyphs, written
from scripts.measure_unlikeness import GLYPHS, KEPT_SHARE, stored_glyphs
from tests import needs

AT_THE_LINE = 1
"""So many images may change sides where another processor rounds in another way."""


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load(shipped().card.configuration.dataset, shipped().architecture.input)


@needs.MNIST.mark()
@pytest.mark.proof
def test_at_most_2_percent_of_10_000_test_digits_are_called_unlike(data: Dataset):
    beyond = unlike().distances(data.test.images[..., 0]) > unlike().card.line
    assert len(beyond) == unlike().card.test.drawings == 10_000
    assert beyond.sum() == pytest.approx(unlike().card.test.beyond, abs=AT_THE_LINE)
    assert beyond.mean() <= 0.02


@needs.MNIST.mark()
@pytest.mark.proof
def test_the_line_comes_from_the_images_kept_aside_alone(data: Dataset):
    found, card = unlike(), unlike().card
    distances = found.distances(data.validation.images[..., 0])
    np.testing.assert_allclose(np.sort(distances), found.kept, rtol=1e-4)
    assert (len(data.train), len(distances)) == (card.learned_from, card.kept_aside)
    # Of distances, the first with more than that share at or below it.
    within = [(distances <= one).mean() for one in (card.line * 1.0001, card.line * 0.9999)]
    assert within[0] >= KEPT_SHARE == card.kept_share >= within[1]


@needs.MNIST.mark()
@pytest.mark.proof
def test_where_an_eight_lies_is_the_mean_of_all_eights_that_were_learned(data: Dataset):
    eights = data.train.take(np.flatnonzero(data.train.labels == 8))
    wanted = digit_features(eights.images[..., 0]).mean(axis=0, dtype=np.float64)
    np.testing.assert_allclose(unlike().likeness.means[8], wanted, atol=1e-5)


@pytest.mark.proof
def test_letters_scribbles_and_dots_are_found_as_often_as_the_card_says():
    card = unlike().card
    drawn = stored_glyphs()
    assert list(drawn) == list(card.kinds)
    for name, (what, pixels) in drawn.items():
        beyond = int((unlike().distances(as_floats(pixels)) > card.line).sum())
        said = card.kinds[name]
        assert (said.what, said.drawings) == (what, len(pixels))
        assert beyond == pytest.approx(said.beyond, abs=AT_THE_LINE), name


def test_most_letters_scribbles_and_dots_are_found_and_drawn_digits_are_not():
    kinds = unlike().card.kinds
    for name in ("letters", "letter_glyphs", "scribbles", "dots"):
        assert kinds[name].share >= 0.8, name
    assert kinds["digits"].share <= 0.02


@pytest.mark.skipif(
    not FONTS.is_dir(), reason="needs Debian's fonts-dejavu; elsewhere the kept glyphs serve alone"
)
def test_the_glyphs_that_are_kept_are_those_of_the_system_font():
    with np.load(GLYPHS, allow_pickle=False) as kept:
        for name, letters in (("letters", LETTERS), ("look_alikes", LOOK_ALIKES)):
            anew = glyphs("".join(letters)).astype(int)
            # Another FreeType may hint a stem a little differently.
            assert np.abs(anew - kept[name]).mean() < 2


def test_what_is_drawn_is_the_same_each_time_and_no_two_are_alike():
    first, again = (written(LOOK_ALIKES, 3, 5) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert len(np.unique(first.reshape(len(first), -1), axis=0)) == len(first)
    assert (written(LOOK_ALIKES, 3, 6) != first).any()


def test_the_measure_ships_in_less_than_400_kb_and_its_card_is_read_as_written():
    assert module.LIKENESS_FILE.stat().st_size < 400_000
    text = module.LIKENESS_CARD.read_text(encoding="utf-8")
    assert UnlikeCard.from_dict(json.loads(text)) == unlike().card
    assert unlike().card.to_dict() == json.loads(text)


def test_a_measure_that_the_card_is_not_about_is_refused(tmp_path, monkeypatch):
    content = bytearray(module.LIKENESS_FILE.read_bytes())
    content[-200] ^= 1
    other = tmp_path / "unlike.npz"
    other.write_bytes(content)
    monkeypatch.setattr(module, "LIKENESS_FILE", other)
    with pytest.raises(WeightsError, match=r"not what its card is about\. It is part of"):
        module.unlike.__wrapped__()


def test_a_measure_of_another_network_is_refused(tmp_path, monkeypatch):
    card = json.loads(module.LIKENESS_CARD.read_text(encoding="utf-8"))
    other = tmp_path / "unlike.json"
    other.write_text(json.dumps(card | {"network_sha256": "0" * 64}), encoding="utf-8")
    monkeypatch.setattr(module, "LIKENESS_CARD", other)
    with pytest.raises(WeightsError, match=r"another network than the built-in one\. Make it"):
        module.unlike.__wrapped__()
