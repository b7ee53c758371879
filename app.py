"""Starts CNN Workbench: `streamlit run app.py`.

A launcher only. Beside a `pages/` folder an entry script would fall to Streamlit's own page
discovery, which runs a page without its navigation when the first visit is a deep link. The script
it launches, `ui/shell/main.py`, has no such neighbour.
"""

import runpy
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.server import ROUTES, lifespan

SHELL = Path(__file__).parent / "ui" / "shell" / "main.py"

app = st.App(SHELL, routes=ROUTES, lifespan=lifespan)

# AppTest runs this file itself instead of serving `app`; let it see the same pages.
if get_script_run_ctx(suppress_warning=True) is not None:
    runpy.run_path(str(SHELL))
