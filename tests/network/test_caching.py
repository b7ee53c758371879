"""Networks are remembered by how many layers they have, not by how many they are."""

from cnn.network.architecture import Architecture
from cnn.network.caching import FEWEST, LETTERS, remembered
from cnn.network.layers import Activation, Residual


def of(layers: int, name: str = "one") -> Architecture:
    return Architecture(name, (4, 4, 1), (Activation("relu"),) * layers)


def test_what_was_asked_for_longest_ago_is_forgotten_when_layers_are_too_many():
    made = []

    @remembered(1_000)
    def name(architecture: Architecture, more: str = "") -> str:
        made.append(architecture.name + more)
        return architecture.name

    assert [name(of(400, each)) for each in "abab"] == list("abab")
    assert made == ["a", "b"]
    name(of(400, "b"), more="!")  # another question; a goes, which was asked for before b
    name(of(400, "b"))
    assert made == ["a", "b", "b!"]
    name(of(400, "a"))
    assert made == ["a", "b", "b!", "a"]


def test_small_networks_are_bounded_in_number_and_inner_layers_count():
    made = []

    @remembered(10 * FEWEST)
    def name(architecture: Architecture) -> None:
        made.append(architecture.name)

    for number in range(11):
        name(of(1, str(number)))
    for number in range(1, 11):
        name(of(1, str(number)))
    assert len(made) == 11
    name(of(1, "0"))
    assert len(made) == 12
    inside = Architecture("deep", (4, 4, 1), (Residual((Activation("relu"),) * 195),))
    name(inside)
    name(of(1, "0"))
    assert made[-2:] == ["deep", "0"]


def test_a_text_counts_by_its_length_and_an_error_is_not_remembered():
    made = []

    @remembered(100)
    def length(text: str) -> int:
        made.append(len(text))
        if not text:
            raise ValueError("nothing")
        return len(text)

    long = "x" * (90 * LETTERS)
    assert length(long) == length(long) == 90 * LETTERS
    length("y" * 20 * LETTERS)
    length(long)
    assert made == [90 * LETTERS, 20 * LETTERS, 90 * LETTERS]
    for _ in range(2):
        try:
            length("")
        except ValueError:
            continue
    assert made[-2:] == [0, 0]
