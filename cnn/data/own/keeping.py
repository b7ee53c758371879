"""Files of own images as they are kept: under a name of their content and of how they are read.

Owns that name, both ways: `pets-0123456789abcdef.train-test~chw~0..4095.npz`. So what a data set is
stays in its address, and the same file read in two ways is two data sets.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path, PurePosixPath

from cnn.data.errors import DataError
from cnn.data.own.reading import Reading
from cnn.data.own.splits import KINDS
from cnn.names import visible
from cnn.settings import private_folder

ENDINGS, EDITED = (".zip", ".npz"), ".json"
"""Of files that somebody brings, and of what was made of another data set here."""

_DIGEST = 16  # hexadecimal digits of the content's SHA-256 in the name of a kept file
_MOST_BYTES = 100  # of the name that was given, where words of the reading follow it
_KEPT = re.compile(
    rf"-[0-9a-f]{{{_DIGEST}}}(?:\.({'|'.join(KINDS)}))?(?:~([\w.,=+-]+(?:~[\w.,=+-]+)*))?$",
    re.ASCII,
)


def keep_upload(
    content: bytes, file_name: str, folder: Path, splits: str = "", reading: str = ""
) -> Path:
    """Write an upload into the folder, named after its content, and return its path.

    So that another process, or a later run, finds the same bytes; an upload is written once. Its
    own splits are in its name, as one that was kept before they were read stays pooled.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = folder / _kept_name(file_name, digest, splits, reading)
    if not path.exists():
        private_folder(folder)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}.unfinished")
        with open(unfinished, "wb", opener=lambda name, how: os.open(name, how, 0o600)) as kept:
            kept.write(content)
        unfinished.replace(path)
    return path


def keep_file(
    file: Path, file_name: str, folder: Path, splits: str = "", reading: str = ""
) -> Path:
    """Move a file that lies beside the folder, or in it, to where `keep_upload` would keep it."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    path = folder / _kept_name(file_name, digest, splits, reading)
    if path == file:
        return path
    if path.exists():
        file.unlink()
    else:
        file.chmod(0o600)
        file.replace(path)
    return path


def _kept_name(file_name: str, digest: str, splits: str, reading: str) -> str:
    stem = re.sub(r"\W+", "-", visible(PurePosixPath(file_name).stem))[:40].strip("-") or "images"
    if reading:
        stem = stem.encode()[:_MOST_BYTES].decode(errors="ignore")
    ending = PurePosixPath(file_name.lower()).suffix
    ending = ending if ending in (*ENDINGS, EDITED) else ".zip"
    return f"{stem}-{digest[:_DIGEST]}{_read_as(splits, reading)}{ending}"


def _read_as(splits: str, reading: str) -> str:
    own = f".{splits}" if splits else ""
    return own + "".join(f"~{word}" for word in reading.split())


def own_name(path: Path) -> str:
    """Return what a file was called before it was kept under a name of its content."""
    return visible(_KEPT.sub("", path.stem) if _kept(path) else path.stem)


def kept_splits(path: Path) -> str:
    """Return the splits that a kept file is read with: those in its name."""
    kept = _kept(path)
    return (kept and kept[1]) or ""


def kept_reading(path: Path) -> str:
    """Return the words of how a kept file is read: those in its name."""
    kept = _kept(path)
    return ((kept and kept[2]) or "").replace("~", " ")


def read_as(path: Path, splits: str, reading: str) -> Path:
    """The path of a file beside it that is read in another way."""
    stem = path.stem
    if kept := _kept(path):
        stem = stem[: kept.start() + 1 + _DIGEST]
    return path.with_name(f"{stem}{_read_as(splits, reading)}{path.suffix}")


def _kept(path: Path) -> re.Match[str] | None:
    """What a name says, unless it has words that nobody here has written."""
    kept = _KEPT.search(path.stem)
    if kept and kept[2]:
        try:
            said = Reading.of(kept[2].replace("~", " "))
        except DataError:
            return None
        if "~".join(said.settled.words.split()) != kept[2]:
            return None
    return kept
