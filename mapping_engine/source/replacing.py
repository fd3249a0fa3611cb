"""New texts in the place of files."""

from __future__ import annotations

import os
import shutil
from codecs import BOM_UTF8
from pathlib import Path
from tempfile import mkstemp


def replaced(place: Path, text: str) -> None:
    """Put a whole new text in the place of a file, with its mode and byte order mark.

    Raises OSError where that is not possible; then the file is as it was.
    """
    mark = BOM_UTF8 if place.read_bytes().startswith(BOM_UTF8) else b""
    place = place.resolve()
    handle, beside = mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(mark + text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(place, beside)
        os.replace(beside, place)
    except BaseException:
        os.unlink(beside)
        raise
