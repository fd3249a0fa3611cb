"""New texts in the place of files, or the end of the command."""

from __future__ import annotations

from pathlib import Path

from mapping_engine.cli.status import fail
from mapping_engine.source.replacing import replaced


def replace_text(place: Path, text: str) -> None:
    """Put a whole new text in the place of a file; ends the command where that is not possible."""
    try:
        replaced(place, text)
    except OSError as error:
        fail(f"`{place}` cannot be written: {error.strerror}; it is as it was")
