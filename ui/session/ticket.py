"""What a page hands its parts so that they may change something: it names the session and cannot be
made up, and is worth nothing once the session is over.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_KEY = secrets.token_bytes(32)


def ticket() -> str:
    """That of the session whose page is being made."""
    context = get_script_run_ctx()
    return _signed(context.session_id) if context else ""


def holder(shown: str) -> str:
    """The session that a ticket was made for, if it is one of ours and still open; else nothing."""
    session, _, _ = shown.rpartition(".")
    right = _signed(session).encode("utf-8", "replace")
    is_ours = hmac.compare_digest(shown.encode("utf-8", "replace"), right)
    return session if is_ours and is_open(session) else ""


def is_open(session: str) -> bool:
    """Whether somebody has a page of that session before them."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def sign(text: str) -> str:
    """What nobody else can make of a text; it does not say the text."""
    return hmac.digest(_KEY, text.encode("utf-8", "replace"), hashlib.sha256).hex()


def _signed(session: str) -> str:
    return f"{session}.{sign(session)}"
