"""What is wanted and what was found: the differences, in the words of a test."""

from __future__ import annotations

import json
from typing import Any

from mapping_engine.transforms.hashing import digest

_NOTHING = object()


def compare(path: str, wanted: Any, found: Any, *, exact: bool = False) -> list[str]:
    """The differences between what is wanted and found; only ``exact`` objects hold no more."""
    if isinstance(wanted, dict) and set(wanted) == {"sha256"}:
        wanted = digest(str(wanted["sha256"]))
    if isinstance(wanted, dict) and isinstance(found, dict):
        lines: list[str] = []
        for key, value in wanted.items():
            below = f"{path}.{key}" if path else key
            lines += compare(below, value, found.get(key, _NOTHING), exact=exact)
        for key in found.keys() - wanted.keys() if exact else ():
            below = f"{path}.{key}" if path else key
            lines.append(f"{below}: expected nothing, got {shown(found[key])}")
        return lines
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [line for n, (w, f) in pairs for line in compare(f"{path}[{n}]", w, f, exact=exact)]
    if type(wanted) is type(found) and wanted == found:
        return []
    if _are_numbers(wanted, found) and wanted == found:
        return []
    return [f"{path}: expected {shown(wanted)}, got {shown(found)}"]


def _are_numbers(*values: Any) -> bool:
    return all(type(value) in (int, float) for value in values)


def shown(value: Any) -> str:
    """A value in a message."""
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False, default=str)
