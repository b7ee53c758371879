"""A button that saves a network in one of the forms of `cnn.exports`, made when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

import streamlit as st

from cnn.exports import FORMS, Form, Subject, Takes
from cnn.insight.passes import effort
from cnn.insight.passes.effort import TooMuchError
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import WeightsError
from ui.components.save import save_file
from ui.session.kept import turn
from ui.session.offers import Gone
from ui.session.words import plain

ON_PAGES = tuple(form for form in FORMS if not form.needs_keras)


def save_as(
    form: Form, stem: str, architecture: Architecture, subject: Callable[[], Subject]
) -> None:
    """Offers the file; where its weights are too many to be laid out here, says so."""
    asked = effort.of_weights(architecture)
    if form.takes not in (Takes.NONE, Takes.GIVEN):
        try:
            asked.check(f"{form.label}: to lay out its weights", hint=_HINT)
        except TooMuchError as error:
            st.caption(plain(str(error)))
            return

    def make(into: IO[bytes]) -> None:
        try:
            with turn(asked):
                form.write(subject(), into)
        except (ArchitectureError, WeightsError) as error:
            raise Gone(str(error)) from error

    name = f"{stem}-{form.word}.py" if form.ending == ".py" else f"{stem}{form.ending}"
    save_file(f"Save {name}", name, make)


_HINT = "On the command line, python -m cnn export does it."
