"""Events from files: NDJSON line by line, or one JSON array."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson

from mapping_engine.errors import ErrorCode, InputError

LONGEST_LINE = 64 * 1024 * 1024
LARGEST_ARRAY = 1024 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or the reason why there is none, and where it stands."""

    file: str
    number: int
    event: Any = None
    error: InputError | None = None
    text: bytes = b""


def read_events(stream: IO[bytes], file: str) -> Iterator[Line]:
    """The events of a stream in order; what cannot be read is an error in its place.

    NDJSON is read line by line in constant memory; a document that starts with ``[`` is one JSON
    array, one whose first line is ``{`` alone is a single event, and both are read whole.
    """
    lines = _lines(stream)
    for number, raw in enumerate(lines, 1):
        text = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if not text.strip():
            continue
        if number == 1 and text.lstrip().startswith(b"["):
            yield from _array(text, lines, file)
            return
        if number == 1 and text.strip() == b"{":
            yield _line(b"".join((text, *_bounded(lines))), file, number)
            return
        yield _line(text, file, number)


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The rest of a document that is written over several lines, as far as it may be long."""
    size = 0
    for line in lines:
        size += len(line)
        yield line
        if size > LONGEST_LINE:
            return


def _line(text: bytes, file: str, number: int) -> Line:
    try:
        return Line(file, number, parse_json(text), text=text)
    except InputError as error:
        return Line(file, number, error=error, text=text)


def _array(first: bytes, rest: Iterable[bytes], file: str) -> Iterator[Line]:
    parts, size = [first], len(first)
    for part in rest:
        parts.append(part)
        size += len(part)
        if size > LARGEST_ARRAY:
            error = _error(f"the array is larger than {LARGEST_ARRAY} bytes", "send NDJSON")
            yield Line(file, 1, error=error)
            return
    try:
        events = parse_json(b"".join(parts))
    except InputError as error:
        yield Line(file, 1, error=error)
        return
    for number, event in enumerate(events, 1):
        yield Line(file, number, event)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream; one that is too long is cut, and so refused as JSON.

    Those of an array come in parts: it is read whole, whatever its lines.
    """
    array: bool | None = None
    while line := stream.readline(LONGEST_LINE + 1):
        if array is None:
            array = line.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
        if len(line) > LONGEST_LINE and not line.endswith(b"\n") and not array:
            while (more := stream.readline(_CHUNK)) and not more.endswith(b"\n"):
                pass
        yield line


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
