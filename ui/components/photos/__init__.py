"""Pictures dropped class by class: the browser makes a zip of them, for a field that takes files.

What comes of it is read as any other zip; nothing that the script has checked is relied on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from cnn.data.fitting import LARGEST_SIDE
from cnn.data.own.limits import LIMITS
from cnn.data.own.splits import LIKE_A_SPLIT, SAID
from ui.components.component import component

_mount = component("photos", html='<section class="photos"></section>')


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip that was handed over, by its name and a mark of its own, and what came of it."""

    mark: str
    name: str
    said: str
    is_good: bool


def photos(field: str, answer: Packed | None = None, *, key: str) -> None:
    """Rows of classes with their pictures; `field` is the key of the uploader that gets them.

    `answer` is what came of the pictures that it got last; where they are good, they are folded.
    """
    limits = {
        "upload_bytes": LIMITS.upload_bytes,
        "file_bytes": LIMITS.file_bytes,
        "image_pixels": LIMITS.image_pixels,
        "all_pixels": LIMITS.all_pixels,
        "files": LIMITS.files,
        "classes": LIMITS.classes,
        "longest_side": LARGEST_SIDE,
        "reserved": list(SAID),
        "like_a_part": LIKE_A_SPLIT,
    }
    data = {
        "limits": limits,
        "field": f".st-key-{field} input[type=file]",
        "answer": asdict(answer) if answer else None,
    }
    _mount(key=key, data=data)
