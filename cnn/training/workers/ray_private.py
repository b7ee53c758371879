"""What Ray keeps on this machine that other users of it must not reach: its folder and its token.

Tasks are imported from the folder, and Ray lets everybody write to all it makes there (0777); the
token file it makes can be read by all. So both are made here, for their owner alone.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cnn.settings import close_to_others, is_open_to_others, private_folder

ADMINISTRATOR = 0
MOST_LETTERS = 20
"""Of the folder that Ray's is made in: paths of sockets may have 103, and 83 are added to it."""

OPEN_FOLDER = (
    "Other users of this machine may write to {folder}, from which the cluster takes the code that "
    "it runs: they could run theirs. Stop it (ray stop), and start it again with a folder of your "
    "own: chmod 700 ~/.ray; ray start --temp-dir=$HOME/.ray/tmp ... (docs/scaling.md)."
)
OPEN_TOKEN = (
    "Other users of this machine may read Ray's token in {file}, and with it run anything on the "
    "cluster. Take that from them: chmod 600 {file}"
)


@functools.cache
def own_folder() -> str:
    """The folder for a cluster that this process starts; it goes when the process ends.

    It is in one of its own, as Ray opens to everybody whatever it is given.
    """
    wanted = os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()
    is_long = os.name == "posix" and len(wanted) > MOST_LETTERS
    outer = Path("/tmp" if is_long else wanted)
    private_folder(outer)
    folder = tempfile.mkdtemp(prefix="cnn-ray-", dir=outer)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(Path(folder) / "r")


def make_token() -> None:
    """Makes the token of a cluster that is started here, where there is none yet."""
    file = _token_file()
    if file is None or os.environ.get("RAY_AUTH_TOKEN_PATH"):
        return
    private_folder(file.parent)
    with contextlib.suppress(FileExistsError):
        opened = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as made:
            made.write(secrets.token_hex(32))


def keep_token() -> None:
    """Takes from others what they may do with the file that has the token, where it is ours."""
    if (file := _token_file()) is not None:
        close_to_others(file)


def is_ours(file: Path) -> bool:
    """Whether a file is ours or the administrator's; nobody else's is believed."""
    try:
        return os.name != "posix" or file.stat().st_uid in (ADMINISTRATOR, os.getuid())
    except OSError:
        return False


def what_is_open(folder: Path) -> str:
    """What others of this machine may reach of a cluster whose folder here this is, and what to
    do; empty where they reach nothing.
    """
    if _is_reached(folder):
        return OPEN_FOLDER.format(folder=folder)
    file = _token_file()
    if file is not None and _is_reached(file):
        return OPEN_TOKEN.format(file=file)
    return ""


def _token_file() -> Path | None:
    """The file that Ray reads the token from; None where it is in a variable."""
    if os.environ.get("RAY_AUTH_TOKEN"):
        return None
    named = os.environ.get("RAY_AUTH_TOKEN_PATH")
    return Path(named) if named else Path.home() / ".ray" / "auth_token"


def _is_reached(path: Path) -> bool:
    """Whether others come to it, as no folder on the way keeps them out."""
    return all(is_open_to_others(one) for one in (path, *path.absolute().parents))
