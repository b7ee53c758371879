"""The glossary, and texts in which its words are links."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cnn.lessons import catalogue
from cnn.lessons.lesson import Lesson
from cnn.lessons.words import (
    PAGES,
    Word,
    WordError,
    glossary,
    linked,
    met,
    of_kind,
    owners,
    pattern,
    unlinked,
    words,
)
from cnn.network.layers import KINDS
from tests.lessons.test_figures import texts
from ui.session.pages import PAGES as FOLDER

SAYS = {"says": "One.", "lesson": "why"}
PIECES = (
    *("loss", "Loss", "feature maps", "feature", "batch\nnorm", "step", "lossy", "ReLU", "losses"),
    *(
        "`",
        "```",
        "$",
        "$$",
        "[",
        "](",
        ")",
        "# ",
        "\n",
        "\n\n",
        " ",
        "**",
        ":",
        "{",
        "}",
        "<",
        ">",
    ),
    *("words#loss", "[loss](words#loss)", "https://a.example/loss", ":material/loss:", "|", "\\"),
)
TEXTS = some.lists(some.sampled_from(PIECES), max_size=14).map("".join)


def test_there_are_about_sixty_words_and_each_is_seen_where_it_says():
    assert len(words()) >= 60
    for word in words():
        assert word.place == (f"Lesson {number_of(word)}" if word.lesson else PAGES[word.page])
        if word.page:
            assert (FOLDER / f"{word.page}.py").is_file()


def number_of(word: Word) -> str:
    found = catalogue.find(word.lesson)
    return f"{found.number}: {found.title}"


@pytest.mark.parametrize("word", [one for one in words() if one.page], ids=lambda one: str(one.key))
def test_a_word_is_sent_to_a_page_only_where_no_lesson_has_it(word: Word):
    """But for the momentum of batch norm, which is another, and for a deviation in a formula."""
    finder = re.compile(pattern([word]), re.IGNORECASE)
    having = [
        lesson.key
        for lesson in catalogue.lessons()
        if any(finder.search(text) for text in texts(lesson))
    ]
    assert having == (["rules"] if word.key == "momentum" else [])


@pytest.mark.parametrize("lesson", catalogue.lessons(), ids=lambda one: str(one.key))
def test_every_lesson_explains_a_word_and_loses_none_of_its_own(lesson: Lesson):
    found = [linked(text) for text in lesson.words.values()]
    assert [unlinked(text) for text in found] == list(lesson.words.values())
    assert set().union(*map(met, found))


@pytest.mark.parametrize("lesson", catalogue.lessons(), ids=lambda one: str(one.key))
def test_no_formula_has_a_link_and_its_dollars_stand_on_lines_of_their_own(lesson: Lesson):
    """Else Markdown takes it for one within the text, which is not kept inside a narrow page."""
    text = linked(lesson.mathematics)
    blocks = re.findall(r"\$\$.*?\$\$", text, re.DOTALL)
    for block in blocks:
        inside = block[2:-2]
        assert "](words#" not in inside
        assert "\n\n" not in inside
        assert inside[0] == inside[-1] == "\n"
        assert f"\n\n{block}\n\n" in f"\n\n{text}\n\n"
    for inline in re.findall(r"\$[^$]*\$", re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)):
        assert "](words#" not in inline


def test_kinds_of_layers_have_a_word_each_at_most_and_the_transposed_leads_to_its_part():
    kinds = [kind for word in words() for kind in word.kinds]
    assert len(kinds) == len(set(kinds))
    assert {kind: of_kind(kind) for kind in kinds}.keys() <= KINDS.keys()
    found = of_kind("Conv2DTranspose")
    assert found
    assert found.address == "lesson?of=backpropagation#larger-maps"
    assert of_kind("Rescaling") is None


# ---- links in a text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The loss falls.", "The [loss](words#loss) falls."),
        ("Loss, loss and LOSS", "[Loss](words#loss), loss and LOSS"),
        ("a feature map", "a [feature map](words#feature-map)"),
        ("a feature, its map", "a [feature](words#feature), its map"),
        ("**Batch\nnorm** helps", "**[Batch\nnorm](words#batch-norm)** helps"),
        ("a filter's weights", "a [filter](words#filter)'s [weights](words#weight)"),
        ("lossy, glosses, loss-free, tests/loss.py", None),
        ("step through the places, with momentum", None),
        ("`loss` and ```\nloss\n``` and $loss$, $$\nloss\n$$", None),
        ("[the loss](https://a.example) and ![loss](x.png), https://a.example/loss", None),
        ("## The loss", None),
        ("# loss\n\nThe loss", "# loss\n\nThe [loss](words#loss)"),
        (":red[loss] :material/loss: {loss} {loss:,}", None),
        ("{loss} loss", "{loss} [loss](words#loss)"),
    ],
)
def test_the_first_mention_of_a_word_is_a_link(text: str, found: str | None):
    assert linked(text) == (text if found is None else found)


def test_a_word_that_was_explained_before_is_no_link():
    assert linked("loss and epoch", {"loss"}) == "loss and [epoch](words#epoch)"
    assert met("loss and [epoch](words#epoch)") == {"epoch"}


@given(TEXTS)
def test_a_text_without_its_links_is_the_text_that_it_was(text: str):
    assert unlinked(linked(text)) == unlinked(text)


@given(TEXTS)
def test_a_text_that_has_its_links_gets_no_others(text: str):
    once = linked(text)
    assert linked(once) == once


@given(TEXTS)
def test_no_word_is_a_link_twice(text: str):
    added = re.findall(r"\]\(words#([a-z-]+)\)", linked(text.replace("words#", "")))
    assert len(added) == len(set(added))


# ---- a glossary that cannot be ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"Loss": {"term": "loss", **SAYS}}, "'Loss': a key is small letters"),
        ({"a": {"term": "a+b", **SAYS}}, r"a: is written in letters, not as 'a\+b'"),
        ({"a": {"term": "a", "says": "One. Two.", "lesson": "why"}}, "a: must say one sentence"),
        ({"a": {"term": "a", "says": "One", "lesson": "why"}}, "a: must say one sentence"),
        ({"a": {"term": "a", "says": "One.", "lesson": "wy"}}, "a: no lesson 'wy', but training, "),
        ({"a": {"term": "a", "says": "One.", "page": "draw"}}, "a: no page 'draw', but build, "),
        ({"a": {"term": "a", "says": "One."}}, "a: needs a lesson, or a page"),
        ({"a": {"term": "a", "page": "train", **SAYS}}, "a: needs a lesson, or a page"),
        ({"a": {"term": "a", "kinds": ["Conv3D"], **SAYS}}, "a: no kind of layer Conv3D"),
        ({"a": {"says": "One."}}, "a: .*'term'"),
        ({"a": {"term": "a", "pages": "train", **SAYS}}, "a: .*'pages'"),
        (
            {"a": {"term": "A", **SAYS}, "b": {"term": "b", "also": ["a"], **SAYS}},
            "'a' is said of a and of b",
        ),
    ],
)
def test_what_is_wrong_in_a_glossary_is_said_at_once(data: dict[str, dict[str, str]], told: str):
    with pytest.raises(WordError, match=told):
        glossary(data)


def test_the_pattern_finds_every_form_of_every_word_whole():
    finder = re.compile(pattern(words()), re.IGNORECASE)
    for form in owners():
        found = finder.search(f"The {form}, here")
        assert found
        assert found[0] == form
