"""JSON text of tables and schemas to data, and what such a text can hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

MAX_DEPTH = 100
LEAST, MOST = -(2**63), 2**64 - 1
"""The whole numbers that receivers of JSON can be expected to read."""
_TEXT = frozenset((str,))


class JsonProblem(Exception):
    """Why a text is no JSON document; ``place`` is line and column, where there is one."""

    def __init__(self, reason: str, place: tuple[int, int] | None = None) -> None:
        super().__init__(reason)
        self.place = place


def read_json(text: str | bytes) -> object:
    """The document in ``text``; raises :class:`JsonProblem` where there is none to work with."""
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = (error.lineno, error.colno)
        raise JsonProblem(f"not a JSON document: {error.msg.lower()}", place) from None
    except RecursionError:
        raise JsonProblem("nested too deeply") from None
    except ValueError:
        raise JsonProblem("not a JSON document") from None
    if levels(found) > MAX_DEPTH:
        raise JsonProblem("nested too deeply")
    return found


def levels(value: object) -> int:
    """How deep dicts and lists are nested in each other; needs no recursion."""
    found, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        found += 1
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return found


def every_value(root: object) -> Iterator[Any]:
    """The value itself, and all that lies in it at any depth."""
    waiting = [root]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8: it holds no lone surrogate."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_sound(values: Iterable[Any], deeper: int = MAX_DEPTH) -> bool:
    """Whether JSON text can hold all these values; ``deeper`` bounds how they may be nested."""
    for value in values:
        kind = type(value)
        if kind is str:
            if not is_unicode(value):
                return False
        elif kind is dict:
            if not deeper or not _is_sound_object(value, deeper - 1):
                return False
        elif kind is list:
            if not deeper or not is_sound(value, deeper - 1):
                return False
        elif kind is int:
            if not LEAST <= value <= MOST:
                return False
        elif kind is float:
            if not isfinite(value):
                return False
        elif value is not None and kind is not bool:
            return False
    return True


def _is_sound_object(node: dict[str, Any], deeper: int) -> bool:
    names = _TEXT.issuperset(map(type, node)) and all(map(is_unicode, node))
    return names and is_sound(node.values(), deeper)
