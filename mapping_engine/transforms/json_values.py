"""Values that come as JSON text inside a text."""

from __future__ import annotations

import json

from mapping_engine.transforms.declare import Json, Rejected

_LONGEST = 1024 * 1024
_DEEPEST = 32
_NO_JSON = Rejected("is not JSON text")


def read_json(text: str) -> Json | Rejected:
    """What a JSON text says, if it is not too long and not nested too deeply."""
    if len(text) > _LONGEST:
        return Rejected("is too long")
    try:
        found = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return _NO_JSON
    return Rejected("is nested too deeply") if _is_deep(found) else found


def _refused(_name: str) -> Json:
    raise ValueError


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        boxes = [each for each in level if isinstance(each, dict | list)]
        parts = (each.values() if isinstance(each, dict) else each for each in boxes)
        level = [part for each in parts for part in each]
    return bool(level)
