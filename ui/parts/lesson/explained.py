"""The texts of a lesson with the words of the trade in them as links, which a card explains."""

from __future__ import annotations

from cnn.lessons.lesson import Lesson
from cnn.lessons.words import linked, met
from ui.parts.lesson import address


def explained(lesson: Lesson, name: str, /, **values: object) -> str:
    """A text of the lesson, to be shown as Markdown by its whole run; each word is a link where the
    run has it first. What is put in for the `{names}` stays as it is.
    """
    before = address.state().met
    text = linked(lesson.words[name], before)
    before |= met(text)
    return text.format(**values)
