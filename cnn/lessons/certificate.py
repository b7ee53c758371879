"""A certificate to print: one HTML file that needs nothing else, and claims only what is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from cnn.lessons.lesson import Lesson, LessonError
from cnn.lessons.progress import Standing

PAGE = Path(__file__).with_suffix(".html")


def certificate(name: str, standing: Standing, lessons: Sequence[Lesson]) -> str:
    """The page, with the name as it was typed; refused while a lesson is left."""
    left = [lesson.number for lesson in lessons if not standing.is_done(lesson)]
    if left:
        raise LessonError(f"lessons {left} are not done yet. Finish them first.")
    checks = [(lesson, check) for lesson in lessons for check in lesson.checks]
    last = max((event.at for event in standing.events), default=time.time())
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        name=escape(name.strip()),
        count=len(lessons),
        right=sum(standing.is_answered(*one) for one in checks),
        questions=len(checks),
        lessons="".join(f"<li>{escape(lesson.title)}</li>" for lesson in lessons),
        date=time.strftime("%d %B %Y", time.localtime(last)),
    )
