"""What Streamlit and its server say of their own doing, in the form that is asked for
(`CNN_LOG_FORMAT`).

In text it is left alone. As JSON its lines are ours, those of a page that failed among them, which
it would draw into a box for the terminal; so are the server's (uvicorn), and what is said where
nobody listens. Visits are named in neither: an address may have the
token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from streamlit import config
from streamlit import logger as loggers
from uvicorn.config import LOGGING_CONFIG

from cnn import log

_set_up: Callable[[logging.Logger], None] = loggers.setup_formatter


def say_alike() -> None:
    """Has them write JSON, where that is asked for; also what they have loggers for later."""
    logging.getLogger("uvicorn.access").disabled = True
    if not log.is_json():
        return
    config.set_option("logger.enableRich", False)
    for one in loggers._loggers.values():
        _write_json(one)
    loggers.setup_formatter = _as_json
    LOGGING_CONFIG["formatters"]["default"] = {"()": _form}
    _write_json(logging.getLogger("uvicorn"))
    if logging.lastResort:
        logging.lastResort.setFormatter(log.formatter())


def _form(**_: object) -> logging.Formatter:
    """Ours, whatever colours uvicorn asks for."""
    return log.formatter()


def _as_json(logger: logging.Logger) -> None:
    _set_up(logger)
    _write_json(logger)


def _write_json(logger: logging.Logger) -> None:
    for handler in logger.handlers:
        handler.setFormatter(log.formatter())
