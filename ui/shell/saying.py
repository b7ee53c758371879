"""What Streamlit says of its own doing, in the form that is asked for (`CNN_LOG_FORMAT`).

In text it is left alone. As JSON its lines are ours, those of a page that failed among them, which
it would draw into a box for the terminal. Visits are named in neither: an address may have the
token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from streamlit import config
from streamlit import logger as loggers

from cnn import log

_set_up: Callable[[logging.Logger], None] = loggers.setup_formatter


def say_alike() -> None:
    """Has Streamlit write JSON, where that is asked for; also what it has loggers for later."""
    logging.getLogger("uvicorn.access").disabled = True
    if not log.is_json():
        return
    config.set_option("logger.enableRich", False)
    for one in loggers._loggers.values():
        _write_json(one)
    loggers.setup_formatter = _as_json


def _as_json(logger: logging.Logger) -> None:
    _set_up(logger)
    _write_json(logger)


def _write_json(logger: logging.Logger) -> None:
    for handler in logger.handlers:
        handler.setFormatter(log.formatter())
