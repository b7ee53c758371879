"""How much an upload of own images may ask of this machine."""

from dataclasses import dataclass

from cnn.settings import whole_setting


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an upload may ask of this machine."""

    upload_bytes: int = 200_000_000
    file_bytes: int = 30_000_000
    unpacked_bytes: int = 600_000_000
    files: int = 60_000
    array_images: int = 300_000  # in each array, where no file has to be opened for one
    classes: int = 100
    image_pixels: int = 40_000_000
    all_pixels: int = 1_000_000_000  # for time: about 100 million are decoded in a second


LIMITS = Limits(upload_bytes=1_000_000 * whole_setting("CNN_MAX_UPLOAD_MB", 200))
