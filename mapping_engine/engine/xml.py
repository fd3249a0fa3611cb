"""XML bodies: an object with one key becomes an element, and what is in it the elements below."""

from __future__ import annotations

import re

from mapping_engine.engine.texts import as_line
from mapping_engine.types.kinds import Json

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_TEXT = "#text"
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({mark: f"&#{ord(mark)};" for mark in '"\t\n\r'})
"""The standard library has these, in a module that imports an HTTP client: 25 ms of every start."""
_NAME = re.compile(r"@?[A-Za-z_][A-Za-z0-9_.-]*(:[A-Za-z_][A-Za-z0-9_.-]*)?").fullmatch


def is_xml(body: Json) -> bool:
    """Whether a value is one element: an object with one key, and names alone as keys."""
    return type(body) is dict and len(body) == 1 and _is_named(body) and _TEXT not in body


def _is_named(value: Json) -> bool:
    if type(value) is list:
        return all(map(_is_named, value))
    if type(value) is not dict:
        return True
    return all((key == _TEXT or _NAME(key)) and _is_named(item) for key, item in value.items())


def xml_encoded(body: Json) -> bytes:
    """The bytes of an XML document; a list of values repeats their element."""
    parts = [_HEAD]
    for name, value in body.items() if type(body) is dict else ():
        _element(name, value, parts)
    return "".join(parts).encode()


def _element(name: str, value: Json, parts: list[str]) -> None:
    if type(value) is list:
        for item in value:
            _element(name, item, parts)
        return
    inside = value if type(value) is dict else {_TEXT: value}
    parts.append(f"<{name}")
    for key, item in inside.items():
        if key.startswith("@"):
            parts.append(f' {key[1:]}="{_text(item).translate(_IN_ATTRIBUTE)}"')
    parts.append(">")
    for key, item in inside.items():
        if key == _TEXT:
            parts.append(_text(item).translate(_IN_TEXT))
        elif not key.startswith("@"):
            _element(key, item, parts)
    parts.append(f"</{name}>")


def _text(value: Json) -> str:
    """A value as text, without the control characters that XML cannot hold."""
    text = as_line(value) or ""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")
