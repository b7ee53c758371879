"""One file out of a `.keras` file, which is a zip archive that nobody has checked."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib

from cnn.network.errors import ArchitectureError

Source = str | os.PathLike[str] | bytes
"""A `.keras` file as its path, or its content."""

AGAIN = "Save the model again with model.save('name.keras')."
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,  # a password is wanted
)


def member(source: Source, name: str, most: int, *, optional: bool = False) -> bytes | None:
    """One file in the archive; None where it is optional and not there."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            found = [entry for entry in file.infolist() if entry.filename == name]
            if optional and not found:
                return None
            if len(found) != 1:
                raise ArchitectureError(
                    f"this .keras file holds {len(found)} files {name}, not one. {AGAIN}"
                )
            (entry,) = found
            if entry.file_size > most:
                raise ArchitectureError(
                    f"{name} says it has {entry.file_size:,} bytes; at most {most:,} are read."
                )
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(f"{name} is packed in a way that Keras does not use")
            with file.open(entry) as config:
                # Reading stops at the size that was just checked, whatever is packed behind it.
                return config.read()
    except ArchitectureError:
        raise
    except OSError as error:
        raise ArchitectureError(f"the file cannot be read: {error.strerror or error}.") from None
    except BROKEN_ZIP as error:
        raise ArchitectureError(
            f"this is not a .keras file ({error}). Save the model with model.save('name.keras')."
        ) from None
