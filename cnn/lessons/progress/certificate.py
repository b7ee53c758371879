"""A certificate to print: one HTML file that needs nothing else, and claims only what is kept."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from types import MappingProxyType

from cnn.lessons.challenges.tries import Try, in_words
from cnn.lessons.lesson import Lesson, LessonError
from cnn.lessons.progress import Standing
from cnn.names import visible

PAGE = Path(__file__).with_suffix(".html")


def earned_in(standing: Standing, lessons: Sequence[Lesson]) -> str:
    """The key of the lesson that was done last of all; nothing while one is left."""

    def is_earned(count: int) -> bool:
        return not Standing(standing.events[:count]).left(lessons)

    counts = range(len(standing.events) + 1)
    place = bisect_left(counts, True, key=is_earned)  # what is done stays done
    return standing.events[place - 1].lesson if place in counts[1:] else ""


def certificate(
    name: str,
    standing: Standing,
    lessons: Sequence[Lesson],
    tried: Mapping[str, Sequence[Try]] = MappingProxyType({}),
) -> str:
    """The page, with the name as it was typed and the lessons done; refused while one is left.

    Of each challenge that was `tried`, by its title, it says at which try it was passed.
    """
    left = [lesson.number for lesson in standing.left(lessons)]
    if left:
        raise LessonError(f"lessons {left} are not done yet. Finish them first.")
    done = [lesson for lesson in lessons if standing.is_done(lesson)]
    checks = [
        (lesson, check)
        for lesson in done
        for check in lesson.checks
        if not check.is_extra or standing.is_answered(lesson, check)
    ]
    last = max((event.at for event in standing.events), default=time.time())
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        name=escape(visible(name).strip()),
        count=len(done),
        right=sum(standing.is_answered(*one) for one in checks),
        questions=len(checks),
        lessons="".join(
            f'<li value="{lesson.number}">{escape(lesson.title)}</li>' for lesson in done
        ),
        challenges=_challenges(tried),
        date=time.strftime("%d %B %Y", time.localtime(last)),
    )


def _challenges(tried: Mapping[str, Sequence[Try]]) -> str:
    if not tried:
        return ""
    lines = (f"<li>{escape(title)}: {in_words(some)}</li>" for title, some in tried.items())
    lead = "<p>Challenges, by trainings that were named for them before they began:</p>"
    return f"{lead}<ul>{''.join(lines)}</ul>"
