"""Whether an event is JSON that the rules can safely read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any

import orjson

from mapping_engine.engine.violations import found_kind
from mapping_engine.errors import ErrorCode, InstrumentationError
from mapping_engine.transforms.scalars import is_unicode

is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}").fullmatch
"""Whether a key may be shown, or kept; others could be personal data themselves."""

DEEPEST = 100
LEAST, MOST = -(2**63), 2**64 - 1
"""The whole numbers that receivers of JSON can be expected to read."""
LARGEST_INT_BITS = 4096


def read_event(event: object) -> tuple[dict[str, Any], bool]:
    """The event that ``event`` is, or that it is the JSON text of, in bytes.

    Beside it, whether JSON text can hold it: NaN, infinities and lone surrogates it cannot.

    A ``str`` is no event: where events have been parsed, it is a JSON text in one's place.

    Raises InstrumentationError: EV01 no object, EV02 no JSON, or a part that is none, EV03 nested
    deeper than 100 levels. NaN, infinities and lone surrogates in a dict pass: rules treat them as
    invalid values; in JSON text there are none. Whole numbers of more than 64 bits are read as
    floats.
    """
    if type(event) is not bytes:
        if not isinstance(event, bytes | bytearray | memoryview):
            return _inspected(event)
        event = bytes(event)
    try:
        found = orjson.loads(event)
    except orjson.JSONDecodeError as problem:
        raise InstrumentationError(
            ErrorCode.EVENT_NOT_JSON,
            f"the event is no JSON document: {problem}",
            help="send one complete JSON object",
        ) from None
    if type(found) is dict and _is_flat(event):
        return found, True
    return _inspected(found)


def _is_flat(text: bytes) -> bool:
    """Whether so few brackets are opened that nothing can be nested too deep.

    To leave brackets out is a third of the work of counting them: it skips to the next one.
    """
    opened = 2 * len(text) - len(text.replace(b"{", b"")) - len(text.replace(b"[", b""))
    return opened <= DEEPEST


def _inspected(event: object) -> tuple[dict[str, Any], bool]:
    """The event, once it is known to be a JSON object of bounded depth; see :func:`read_event`."""
    if type(event) is not dict:
        raise InstrumentationError(
            ErrorCode.EVENT_NOT_OBJECT,
            f"an event is a JSON object, this is {found_kind(event)}",
            help="send one object for each event, parsed or as bytes of JSON",
        )
    if _is_sound_object(event, DEEPEST - 1):
        return event, True
    _walk(event)
    return event, False


def _is_sound_object(node: dict[str, Any], deeper: int) -> bool:
    """Whether JSON text can hold it all; what is worse than that, the walk finds and names."""
    if not _TEXT.issuperset(map(type, node)):
        return False
    plain = all(map(str.isascii, node)) or all(map(is_unicode, node))
    return plain and is_sound(node.values(), deeper)


def is_sound(values: Iterable[Any], deeper: int = DEEPEST) -> bool:
    """Whether JSON text can hold all these values; ``deeper`` bounds how they may be nested."""
    for value in values:
        kind = type(value)
        if kind is str:
            if not value.isascii() and not is_unicode(value):
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


_TEXT = frozenset((str,))


def _walk(event: dict[str, Any]) -> None:
    """Visit every part without recursion, so that depth cannot overflow the stack."""
    level: list[tuple[str, object]] = [("", event)]
    for _ in range(DEEPEST):
        level = [part for path, node in level for part in _parts(path, node)]
        if not level:
            return
    raise InstrumentationError(
        ErrorCode.EVENT_TOO_DEEP,
        f"the event is nested deeper than {DEEPEST} levels",
        path=level[0][0][:100],
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
