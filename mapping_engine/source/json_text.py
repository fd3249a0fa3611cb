"""JSON text of tables and schemas to data."""

from __future__ import annotations

import json

MAX_DEPTH = 100


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
