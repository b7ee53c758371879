"""Starts CNN Workbench: `streamlit run app.py`.

A launcher only. Beside a `pages/` folder an entry script would fall to Streamlit's own page
discovery, which runs a page without its navigation when the first visit is a deep link. The script
it launches, `ui/shell/main.py`, has no such neighbour.
"""

import os
import runpy
import sys
from pathlib import Path

# Before NumPy is loaded: the pages multiply small matrices, and beside a training the threads of
# a multiplication wait for each other longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ui.shell.saying import say_alike

say_alike()  # before anything that has something to say is loaded

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnn.entry import frame_ancestors
from cnn.people.oidc import SignInError, check_installed
from cnn.people.ways import accounts
from cnn.settings import SettingError, executor
from ui.shell.announce import here, tell_token
from ui.shell.gate import Gate
from ui.shell.health.attendance import Attended
from ui.shell.late import WithoutLate
from ui.shell.revive import Watched
from ui.shell.server import ROUTES, lifespan
from ui.shell.start.at_hand import AtHand
from ui.shell.start.at_once import speak_at_once
from ui.shell.start.left_out import look_for_no_components
from ui.shell.uploads import WithinUploads

speak_at_once()
look_for_no_components()

SHELL = Path(__file__).parent / "ui" / "shell" / "main.py"

try:
    executor()
    gate = Middleware(Gate, entry=here(), frames=frame_ancestors(), first_asked=tell_token)
    how = accounts()
    if how.provider:
        check_installed()
except (SettingError, SignInError) as error:
    sys.exit(str(error))

people: list[Middleware] = []
if how.are_on:  # one's own machine does without, and starts sooner
    from ui.shell.people.who import People, of_everybody

    people = [Middleware(People, how=how, frames=frame_ancestors(), store=of_everybody)]

app = st.App(
    SHELL,
    routes=ROUTES,
    lifespan=lifespan,
    middleware=[
        gate,
        *people,
        Middleware(AtHand),
        Middleware(Attended),
        Middleware(WithoutLate),
        Middleware(WithinUploads),
        Middleware(Watched),
    ],
)

# AppTest runs this file itself instead of serving `app`; let it see the same pages.
if get_script_run_ctx(suppress_warning=True) is not None:
    runpy.run_path(str(SHELL))
