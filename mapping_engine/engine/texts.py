"""How values read as text: in templates, URLs, headers and forms."""

from __future__ import annotations

import orjson

from mapping_engine.transforms.scalars import number_text
from mapping_engine.types.kinds import Json, is_missing, kind_of


def as_text(value: Json) -> str | None:
    """How a value reads inside a template: a list without what is missing, joined by commas.

    None for an object, and for a list that holds one.
    """
    match kind_of(value):
        case "text":
            return str(value)
        case "boolean":
            return "true" if value else "false"
        case "number":
            return number_text(value)
        case "list":
            texts = [as_text(item) for item in value if not is_missing(item)]
            return None if not texts or None in texts else ", ".join(map(str, texts))
        case _:
            return None


def as_line(value: Json) -> str | None:
    """How a value reads as a header or a text of its own: what holds an object is JSON."""
    text = as_text(value)
    if text is None and not is_missing(value) and type(value) in (dict, list):
        return orjson.dumps(value).decode()
    return text
