"""How values read as text: in templates, URLs, headers and forms."""

from __future__ import annotations

import orjson

from mapping_engine.transforms.scalars import number_text
from mapping_engine.types.kinds import Json, kind_of


def as_text(value: Json) -> str | None:
    """How a value reads inside a template; lists are joined by commas. None for objects."""
    match kind_of(value):
        case "text":
            return str(value)
        case "boolean":
            return "true" if value else "false"
        case "number":
            return number_text(value)
        case "list":
            texts = [as_text(item) for item in value if item is not None]
            return None if None in texts else ", ".join(map(str, texts))
        case _:
            return None


def as_line(value: Json) -> str | None:
    """How a value reads as a header or a text of its own: what holds an object is JSON."""
    parts = value if type(value) is list else [value]
    if any(type(part) in (dict, list) for part in parts):
        return orjson.dumps(value).decode()
    return as_text(value)
