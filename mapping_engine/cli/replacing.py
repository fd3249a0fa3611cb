"""New texts in the place of files: written, or shown."""

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


def shown_change(file: str, old: str, new: str) -> str:
    """What would change in a file, as a unified diff."""
    from difflib import unified_diff  # for start-up time: few runs show a diff

    before, after = (text.splitlines(keepends=True) for text in (old, new))
    lines = unified_diff(before, after, file, file)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
