"""Events from files: NDJSON line by line, or one JSON array."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

import orjson

from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.frozen import Frozen

LONGEST_LINE = 64 * 1024 * 1024
LARGEST_ARRAY = 1024 * 1024 * 1024
_CHUNK = 1024 * 1024
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]')
"""Texts, and what opens and closes objects and lists."""


class Line(Frozen):
    """One event, or the reason why there is none, and where it stands."""

    file: str
    number: int
    event: Any = None
    error: InputError | None = None
    text: bytes = b""


def read_events(stream: IO[bytes], file: str) -> Iterator[Line]:
    """The events of a stream in order; what cannot be read is an error in its place.

    NDJSON is read line by line in constant memory; a document that starts with ``[`` is one JSON
    array, which is read whole. An event may also be spread over lines, from a ``{`` alone.
    """
    lines = _lines(stream)
    first = next(lines, b"").removeprefix(BOM_UTF8)
    if first.lstrip().startswith(b"["):
        yield from _array(first + stream.read(LARGEST_ARRAY + 1), file)
        return
    for number, text in _documents(chain((first,), lines)):
        if text.strip():
            yield _line(text, file, number)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while text := stream.readline(LONGEST_LINE + 1):
        yield text
        if len(text) > LONGEST_LINE and not text.endswith(b"\n"):
            while (more := stream.readline(_CHUNK)) and not more.endswith(b"\n"):
                pass  # the line is refused, and the next one is read


def _documents(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, or what goes from a ``{`` alone to its end as one document.

    A document that is broken ends where the next one begins, or at its limit.
    """
    open_at, depth, size, parts = 0, 0, 0, list[bytes]()
    for number, text in enumerate(lines, 1):
        begins = text.lstrip()[:1] == b"{"
        if parts and begins and depth == 1 and not parts[-1].rstrip().endswith(b":"):
            yield open_at, b"".join(parts)
            parts = []
        if not parts and text.strip() != b"{":
            yield number, text
            continue
        if not parts:
            open_at, depth, size = number, 0, 0
        parts.append(text)
        size += len(text)
        depth += sum((mark in b"{[") - (mark in b"}]") for mark in _MARKS.findall(text))
        if depth <= 0 or size > LONGEST_LINE:
            yield open_at, b"".join(parts)
            parts = []
    if parts:
        yield open_at, b"".join(parts)


def _line(text: bytes, file: str, number: int) -> Line:
    try:
        return Line(file, number, parse_json(text), text=text)
    except InputError as error:
        return Line(file, number, error=error, text=text)


def _array(text: bytes, file: str) -> Iterator[Line]:
    try:
        if len(text) > LARGEST_ARRAY:
            raise _error(f"the array is larger than {LARGEST_ARRAY} bytes", "send NDJSON")
        events = parse_json(text)
    except InputError as error:
        yield Line(file, 1, error=error)
        return
    for number, event in enumerate(events, 1):
        yield Line(file, number, event)


def parse_json(text: bytes) -> Any:
    """The JSON document in ``text``.

    Raises InputError (IN01) that says where and why it is none: invalid UTF-8, broken syntax,
    repeated keys, NaN and infinities, a lone surrogate, too deep or too long.
    """
    if len(text) > LONGEST_LINE and not text.lstrip().startswith(b"["):
        raise _error(f"the line is longer than {LONGEST_LINE} bytes", "split or shorten the event")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise _error(f"byte {problem.start + 1} is not UTF-8 text", "send UTF-8") from None
    try:
        return json.loads(decoded, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        what = problem.msg[:1].lower() + problem.msg[1:]
        raise _error(
            f"not a JSON document: {what} at character {problem.pos + 1}",
            "send one complete JSON object in each line",
        ) from None
    except RecursionError:
        raise _error("the document is nested too deeply", "send a flatter event") from None
    except ValueError:
        raise _error("a number has too many digits", "send it as a text") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _error("an object repeats a key", "send each key once")
    return found


def _no_constant(name: str) -> Any:
    raise _error(f"`{name}` is no JSON number", "leave the value out, or send null")


def _error(message: str, help: str) -> InputError:
    return InputError(ErrorCode.INPUT_UNREADABLE, message, help=help)


def dumps(value: Any) -> bytes:
    """One line of NDJSON; numbers beyond 64 bits are written out as well."""
    try:
        return orjson.dumps(value) + b"\n"
    except TypeError:
        return json.dumps(value, ensure_ascii=True, default=str).encode() + b"\n"
