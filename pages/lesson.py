"""One lesson, `/lesson?of=KEY`, with its controls in the address."""

from ui.parts.lesson.frame import lesson_page

lesson_page()
