"""One module for each lesson, named as the lesson; `ui.learn` says how one is written."""
