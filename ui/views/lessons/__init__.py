"""One module for each lesson, named as the lesson; `ui.parts.lesson` says how one is written."""
