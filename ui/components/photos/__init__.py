"""Pictures dropped class by class: the browser makes a zip of them, for a field that takes files.

What comes of it is read as any other zip; nothing that the script has checked is relied on.
"""

from __future__ import annotations

from cnn.data.fitting import LARGEST_SIDE
from cnn.data.own.images import LIMITS
from cnn.data.own.splits import SAID
from ui.components.component import component

_mount = component("photos", html='<section class="photos"></section>')


def photos(field: str, *, key: str) -> None:
    """Rows of classes with their pictures; `field` is the key of the uploader that gets them."""
    limits = {
        "upload_bytes": LIMITS.upload_bytes,
        "file_bytes": LIMITS.file_bytes,
        "image_pixels": LIMITS.image_pixels,
        "all_pixels": LIMITS.all_pixels,
        "files": LIMITS.files,
        "classes": LIMITS.classes,
        "longest_side": LARGEST_SIDE,
        "reserved": list(SAID),
    }
    where = f".st-key-{field} input[type=file]"
    _mount(key=key, data={"limits": limits, "field": where})
