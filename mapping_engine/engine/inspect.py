"""Whether an event is JSON that the rules can safely read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from mapping_engine.engine.violations import found_kind, path_text
from mapping_engine.errors import ErrorCode, InstrumentationError
from mapping_engine.source.json_text import is_sound, is_unicode
from mapping_engine.types.kinds import Json

is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}").fullmatch
"""Whether a key may be shown, or kept; others could be personal data themselves."""


def shown(steps: Iterable[str | int]) -> str:
    """A path as rules write it, for messages: keys that may be anything are not shown."""
    return path_text(each if isinstance(each, int) or is_name(each) else "…" for each in steps)


DEEPEST = 100
LARGEST_INT_BITS = 1024
"""No float is so large: a text with such a number is no JSON document for our reader."""
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19
"""What may be a whole number of more than 64 bits has so many digits."""
_BLANKS = b" \t\r\n"


class Sound(NamedTuple):
    """An event of which it is known that there is nothing to be left out."""

    event: dict[str, Json]


class NoJson(NamedTuple):
    """What stands in an event in place of a value that could not be read: the event is refused.

    ``reason`` continues the name of a part of the event: `is no JSON document`.
    """

    reason: str


class Lost(NamedTuple):
    """A part of an event that JSON text cannot hold, and why; rules find nothing there."""

    path: str
    reason: str


def read_event(event: object) -> tuple[dict[str, Json], list[Lost]]:
    """The event that ``event`` is, or that it is the JSON text of, in bytes.

    Rules are given JSON and nothing else: NaN, infinities, texts with lone surrogates, and whole
    numbers of more than 64 bits are left out, and told beside the event. So a dict and the text of
    it become the same.

    A ``str`` is no event: where events have been parsed, it is a JSON text in one's place.

    Raises InstrumentationError: EV01 no object, EV02 no JSON, or a part that is none, EV03 nested
    deeper than 100 levels.
    """
    if type(event) is not bytes:
        if type(event) is Sound:
            return event.event, []
        if not isinstance(event, bytes | bytearray | memoryview):
            return _inspected(event)
        event = bytes(event)
    try:
        found, sound = read_text(event)
    except ValueError as problem:
        raise InstrumentationError(
            ErrorCode.EVENT_NOT_JSON,
            f"the event is no JSON document: {problem}",
            help="send one complete JSON object",
        ) from None
    except RecursionError:
        raise _too_deep(None) from None
    return (found, []) if sound and type(found) is dict else _inspected(found)


def read_text(text: bytes) -> tuple[Json, bool]:
    """The document in a JSON text, and whether it is sure that nothing in it needs a look.

    Raises ValueError that says why there is none, and RecursionError for what is far too deep.
    """
    problem = None
    try:
        found = orjson.loads(text)
        if _is_flat(text) and _LONG not in text.translate(_DIGITS):
            return found, True
    except orjson.JSONDecodeError as error:
        problem = error
    try:
        return json.loads(text, parse_constant=_no_constant), False
    except ValueError as error:
        raise ValueError(str(problem or error)) from None


def read_exactly(text: bytes) -> Sound | None:
    """The event in a JSON text, if it says all that the text says; None where that is not sure.

    A key that is repeated, a number that is too large: written out again, such a text is another
    one. So is one that spells a number or a letter in a way of its own, which has to be looked at.
    """
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(found) is not dict or not _is_flat(text):
        return None
    again = orjson.dumps(found)
    if again != text and again.translate(None, _BLANKS) != text.translate(None, _BLANKS):
        return None
    return Sound(found)


def _no_constant(word: str) -> None:
    """NaN and infinities are no JSON, though Python reads them."""
    raise ValueError(f"{word} is no number of JSON")


def _is_flat(text: bytes) -> bool:
    """Whether so few brackets are opened that nothing can be nested too deep.

    To leave brackets out is a third of the work of counting them: it skips to the next one.
    """
    opened = 2 * len(text) - len(text.replace(b"{", b"")) - len(text.replace(b"[", b""))
    return opened <= DEEPEST


def _inspected(event: object) -> tuple[dict[str, Json], list[Lost]]:
    """The event, once it is known to be a JSON object of bounded depth; see :func:`read_event`."""
    if type(event) is not dict:
        raise InstrumentationError(
            ErrorCode.EVENT_NOT_OBJECT,
            f"an event is a JSON object, this is {found_kind(event)}",
            help="send one object for each event, parsed or as bytes of JSON",
        )
    if is_sound((event,)):
        return event, []
    _walk(event)
    lost: list[Lost] = []
    return _kept(event, "", lost), lost


def _kept(value: Json, path: str, lost: list[Lost]) -> Json:
    """A copy of what JSON text can hold."""
    match value:
        case dict():
            found: dict[str, Json] = {}
            for key, item in value.items():
                shown = key if is_name(key) else "*"
                below = f"{path}.{shown}" if path else shown
                if is_unicode(key):
                    found[key] = _kept(item, below, lost)
                else:
                    lost.append(Lost(below, "is under a key that is not valid unicode"))
            return found
        case list():
            return [_kept(item, f"{path}[]", lost) for item in value]
        case _:
            reason = _unsound(value)
            if reason is not None:
                lost.append(Lost(path, reason))
            return None if reason is not None else value


def _unsound(value: Json) -> str | None:
    if is_sound((value,)):
        return None
    match value:
        case str():
            return "is a text that is not valid unicode"
        case int():
            return "is a whole number of more than 64 bits"
        case _:
            return "is a number that JSON cannot hold"


def _walk(event: dict[str, Any]) -> None:
    """Visit every part without recursion, so that depth cannot overflow the stack."""
    level: list[tuple[str, object]] = [("", event)]
    for _ in range(DEEPEST):
        level = [part for path, node in level for part in _parts(path, node)]
        if not level:
            return
    raise _too_deep(level[0][0][:100])


def _too_deep(path: str | None) -> InstrumentationError:
    return InstrumentationError(
        ErrorCode.EVENT_TOO_DEEP,
        f"the event is nested deeper than {DEEPEST} levels",
        path=path,
        help="send a flatter event",
    )


def _parts(path: str, node: object) -> list[tuple[str, object]]:
    if isinstance(node, dict):
        inner = ((_below(path, key), value) for key, value in node.items())
    else:
        assert isinstance(node, list)
        inner = ((f"{path}[]", item) for item in node)
    return [(below, value) for below, value in inner if _is_container(below, value)]


def _below(path: str, key: object) -> str:
    if type(key) is not str:
        raise _not_json(path, f"has a key that is {found_kind(key)}, not text")
    shown = key if is_name(key) else "*"
    return f"{path}.{shown}" if path else shown


def _is_container(path: str, value: object) -> bool:
    kind = type(value)
    if kind is dict or kind is list:
        return True
    if kind is int:
        if isinstance(value, int) and value.bit_length() > LARGEST_INT_BITS:
            raise _not_json(path, "is too large a number")
        return False
    if isinstance(value, NoJson):
        raise _not_json(path, value.reason)
    if value is None or kind is str or kind is float or kind is bool:
        return False
    raise _not_json(path, f"is {found_kind(value)}, which is no JSON value")


def _not_json(path: str, what: str) -> InstrumentationError:
    shown = path[:100] or "the event"
    return InstrumentationError(
        ErrorCode.EVENT_NOT_JSON,
        f"a part of the event {what}",
        path=shown,
        help="send JSON: objects, lists, texts, numbers, true, false and null",
    )
