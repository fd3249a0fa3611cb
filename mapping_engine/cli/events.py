"""Events as they are read: the JSON of a line, an element, a row; or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import orjson

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Chunk
from mapping_engine.cli.cutting import documents
from mapping_engine.cli.parquet_rows import rows_of
from mapping_engine.engine.columns import Column
from mapping_engine.engine.inspect import Sound, read_exactly
from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.frozen import Frozen
from mapping_engine.source.json_text import is_unicode


class Line(Frozen):
    """One event, or the reason why there is none, and where it stands."""

    file: str
    number: int
    event: Any = None
    error: InputError | None = None
    text: bytes = b""
    sound: bool = False

    @property
    def given(self) -> object:
        """The event as the engine takes it."""
        return Sound(self.event) if self.sound else self.event


def lines_of(chunk: Chunk) -> Iterator[Line]:
    """The events of a chunk in order; what cannot be read is an error in its place."""
    file, number = chunk.file, chunk.number
    match chunk.form:
        case "lines":
            for document in documents(BytesIO(chunk.data), number):
                if document.text.strip():
                    yield _line(document.text, file, document.number)
        case "elements":
            begins = (0, *(cut + 1 for cut in chunk.cuts))
            ends = (*chunk.cuts, len(chunk.data))
            for place, (begin, end) in enumerate(zip(begins, ends, strict=True), number):
                yield _line(chunk.data[begin:end].strip(), file, place)
        case "cells":
            for place, cells in chunk.rows:
                try:
                    yield Line(file, place, _row_event(chunk.columns, cells))
                except InputError as error:
                    yield Line(file, place, error=error)
        case "arrow":
            from mapping_engine.arrow import events_of  # an extra, and slow to import

            columns = tuple(filter(None, chunk.columns))
            for place, event in enumerate(events_of(rows_of(chunk.data), columns), number):
                if isinstance(event, memoryview):
                    yield _line(bytes(event), file, place)
                else:
                    yield Line(file, place, event)
        case "error":
            yield Line(file, number, error=chunk.error)


def _row_event(columns: Sequence[Column | None], cells: Sequence[str] | None) -> Any:
    if cells is None:
        raise _wrong_row("the row has a quote too many, or one that is not closed")
    if len(cells) != len(columns):
        raise _wrong_row(f"the row has {len(cells)} cells, and the header has {len(columns)}")
    event: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        if column is None or not cell:  # an empty cell says nothing
            continue
        if not is_unicode(cell):
            raise _wrong_row(f"the cell under `{column.name}` is not UTF-8 text")
        value = parse_json(cell.encode()) if column.json else cell
        if not column.path:
            return value
        *path, last = column.path
        at = event
        for step in path:
            at = at.setdefault(step, {})
        at[last] = value
    return event


def _wrong_row(message: str) -> InputError:
    return InputError(ErrorCode.INPUT_UNREADABLE, message, help="mend the row")


def _line(text: bytes, file: str, number: int) -> Line:
    found = read_exactly(text) if len(text) <= chunks.LONGEST_LINE else None
    if found is not None:
        return Line(file, number, found.event, text=text, sound=True)
    try:
        return Line(file, number, parse_json(text), text=text)
    except InputError as error:
        return Line(file, number, error=error, text=text)


def parse_json(text: bytes) -> Any:
    """The JSON document in ``text``.

    Raises InputError (IN01) that says where and why it is none: invalid UTF-8, broken syntax,
    repeated keys, NaN and infinities, a lone surrogate, too deep or too long.
    """
    if len(text) > chunks.LONGEST_LINE:
        longest = f"longer than {chunks.LONGEST_LINE} bytes"
        raise _error(f"the line is {longest}", "split or shorten the event")
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
