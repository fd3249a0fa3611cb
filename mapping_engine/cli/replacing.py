"""New texts in the place of files."""

from __future__ import annotations

import os
import shutil
from codecs import BOM_UTF8
from pathlib import Path
from tempfile import mkstemp

from mapping_engine.cli.status import fail


def replace_text(place: Path, text: str) -> None:
    """Put a whole new text in the place of a file, with its mode and byte order mark.

    Ends the command where that is not possible; then the file is as it was.
    """
    try:
        mark = BOM_UTF8 if place.read_bytes().startswith(BOM_UTF8) else b""
        _replace(place.resolve(), mark + text.encode("utf-8"))
    except OSError as error:
        fail(f"`{place}` cannot be written: {error.strerror}; it is as it was")


def _replace(place: Path, data: bytes) -> None:
    """Put a whole new file in the place of another, with its mode, or leave that as it is."""
    handle, beside = mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(place, beside)
        os.replace(beside, place)
    except BaseException:
        os.unlink(beside)
        raise
