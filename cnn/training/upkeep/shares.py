"""What takes the room on this machine's disk, part by part: what runs keep, what is free in the
store's file, own images, backups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from cnn.settings import folder_bytes, images_folder
from cnn.training.store.on_disk.kept_backups import backups_folder
from cnn.training.store.on_disk.store_file import store_file
from cnn.training.store.store import Store
from cnn.training.upkeep import room
from cnn.training.upkeep.room import WORDS, Kept, Kind


@dataclass(frozen=True, slots=True)
class Share:
    """One part, and the bytes it takes; `is_exact` is what was counted, the rest is about right."""

    words: str
    size_bytes: int
    is_exact: bool = True
    is_free: bool = False


def shares(store: Store, found: Sequence[Kept]) -> list[Share]:
    """All parts, those of the store first; each is there, whether it takes any room or not."""
    there, free = _database(store)
    kinds = room.total(found)
    rest = there - free - sum(kinds.values())
    if rest < 0:  # what curves take is reckoned, and what runs say is not
        kinds[Kind.CURVES] = max(kinds[Kind.CURVES] + rest, 0)
        rest = 0
    file = store_file(store.url)
    backups = folder_bytes(backups_folder(file)) if file else 0
    return [
        *(Share(WORDS[kind], size, kind is not Kind.CURVES) for kind, size in kinds.items()),
        Share("runs, results and designs", rest, is_exact=False),
        Share("own images", folder_bytes(images_folder())),
        Share("backups kept by the program", backups),
        Share("free, for what comes next", free, is_free=True),
    ]


def _database(store: Store) -> tuple[int, int]:
    """The bytes of the database, and how many of them are free; of a server the last is 0."""
    with store.begin() as connection:
        if connection.dialect.name == "sqlite":
            pages, free, size = (
                int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            )
            return pages * size, free * size
        if connection.dialect.name == "postgresql":
            asked = text("SELECT pg_database_size(current_database())")
            return int(connection.execute(asked).scalar_one()), 0
    return 0, 0
