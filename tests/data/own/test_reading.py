"""How a file is read, in words: the same words for the record, the kept name and the command."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.data import DatasetName, DatasetSpec, described
from cnn.data.errors import DataError
from cnn.data.own.keeping import keep_upload, kept_reading, kept_splits, own_name, read_as
from cnn.data.own.reading import Axes, Names, Reading

numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
values = st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1])
columns = st.lists(st.integers(1, 500), min_size=2, max_size=3, unique=True).map(tuple)
readings = st.builds(
    Reading,
    axes=st.none() | st.sampled_from(Axes),
    values=st.none() | values,
    is_transposed=st.none() | st.booleans(),
    names=st.none() | st.sampled_from(Names),
    columns=st.none() | st.just(()) | columns,
)


@given(readings)
def test_words_say_all_of_a_reading(reading: Reading):
    assert Reading.of(reading.words) == reading
    assert Reading.of(" ".join(reversed(reading.words.split()))) == reading


@given(readings, st.sampled_from(["", "train-test", "train-validation-test"]))
def test_the_name_of_a_kept_file_says_how_it_is_read(tmp_path_factory, reading, splits):
    words = reading.settled.words

    path = keep_upload(b"x", "My cats.npz", tmp_path_factory.mktemp("kept"), splits, words)

    assert (kept_reading(path), kept_splits(path), own_name(path)) == (words, splits, "My-cats")
    assert read_as(read_as(path, "", ""), splits, words) == path


@given(readings)
def test_a_spec_has_one_form_for_one_way_to_read(reading: Reading):
    def spec(words: str) -> DatasetSpec:
        return DatasetSpec(DatasetName.OWN_IMAGES, file="a.npz", reading=words)

    given = spec(reading.words)

    assert given == spec(reading.settled.words)
    assert DatasetSpec.from_dict(given.to_dict()) == given
    assert ("reading" in given.to_dict()) == bool(reading.settled.words)


def test_what_is_as_usual_leaves_no_word_in_a_spec():
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file="a.npz", reading="hwc upright named=numbers")

    assert spec.reading == ""
    assert "reading" not in spec.to_dict()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("cwh", "read knows no 'cwh'. It is one or more of: hwc or chw; values such as 0..4095"),
        ("chw hwc", "read says the axes twice"),
        ("3..3", r"two different numbers, of black and of white, such as 0..255: not '3..3'"),
        ("0..x", "two different numbers"),
        ("0..inf", "two different numbers"),
        ("nan..1", "two different numbers"),
        ("-1e308..1e308", "two different numbers"),  # too far apart to be told
        ("columns=1", "columns are the numbers of two or three columns, such as 1,2"),
        ("columns=1,1", "columns are the numbers"),
        ("columns=0,1", "columns are the numbers"),
        ("columns=1,2,3,4", "columns are the numbers"),
        ("columns=1,²", "columns are the numbers"),
        ("columns=1,999999999999", "columns are the numbers"),
        ("named=greek", "read knows no 'named=greek'"),
    ],
)
def test_words_that_say_nothing_are_refused_with_what_would_do(words: str, message: str):
    with pytest.raises(DataError, match=message):
        Reading.of(words)


@given(st.text(max_size=30))
def test_any_words_are_a_reading_or_a_data_error(words: str):
    try:
        reading = Reading.of(words)
    except DataError:
        return
    assert Reading.of(reading.words) == reading


@pytest.mark.parametrize("spec", ["mnist", "shapes"])
def test_only_own_images_are_read_in_several_ways(spec: str):
    with pytest.raises(DataError, match=f"{spec} is read in one way only"):
        DatasetSpec.from_dict({"name": spec, "reading": "chw"})


@pytest.mark.parametrize("words", ["cwh", "chw~chw", "hwc", "0..0"])
def test_a_name_with_words_that_nobody_wrote_says_nothing(words: str):
    path = Path(f"cats-0123456789abcdef~{words}.npz")

    assert kept_reading(path) == ""
    assert own_name(path) == path.stem


def test_a_data_set_is_described_with_how_it_is_read():
    spec = DatasetSpec(DatasetName.OWN_IMAGES, file="a.npz", reading="0..4095 chw")

    assert described(spec) == "own images a, read as chw 0..4095"
