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
    is_ours = hmac.compare_digest(shown.encode("utf-8", "replace"), _signed(session).encode())
    is_open = is_ours and runtime.exists() and runtime.get_instance().is_active_session(session)
    return session if is_open else ""


def _signed(session: str) -> str:
    mark = hmac.digest(_KEY, session.encode("utf-8", "replace"), hashlib.sha256).hex()
    return f"{session}.{mark}"
