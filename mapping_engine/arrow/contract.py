"""Rows of events in, rows of requests out; docs/arrow.md tells what each column says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from mapping_engine.arrow.event_rows import events_of
from mapping_engine.engine.columns import Column, column_of, columns_of, wrong
from mapping_engine.engine.mapping import Destination
from mapping_engine.engine.outcome import EventWarning, Outcome
from mapping_engine.engine.request import Request
from mapping_engine.errors import MappingError

_TEXT = pa.string()
_WARNING = pa.struct(
    [
        pa.field("code", _TEXT, nullable=False),
        pa.field("message", _TEXT, nullable=False),
        ("path", _TEXT),
        ("fields", pa.list_(_TEXT)),
        ("rule", _TEXT),
    ]
)
REQUESTS = pa.schema(
    [
        pa.field("event", pa.int64(), nullable=False),
        pa.field("result", _TEXT, nullable=False),
        ("request", pa.int32()),
        ("name", _TEXT),
        ("method", _TEXT),
        ("url", _TEXT),
        ("headers", pa.map_(_TEXT, _TEXT)),
        ("format", _TEXT),
        ("body", pa.binary()),
        ("error_kind", _TEXT),
        ("error_code", _TEXT),
        ("error_message", _TEXT),
        ("error_path", _TEXT),
        ("error_rule", _TEXT),
        ("error_help", _TEXT),
        ("warnings", pa.list_(_WARNING)),
    ]
)
"""The columns of requests: one row for each request, and one for an event that makes none."""
ROWS = 10_000
BYTES = 16 * 1024 * 1024
"""A batch of requests ends with so many rows, or once its bodies have so many bytes."""

Columns = Mapping[str, object] | Sequence[Column] | None
"""Where columns stand in the event, as it is written or once it is read."""
_BODY = REQUESTS.names.index("body")
_NO_REQUEST = (None,) * 7
_NO_ERROR = (None,) * 6
_Row = tuple[Any, ...]


def apply_batches(
    destination: Destination,
    batches: Iterable[pa.RecordBatch],
    *,
    column: str | None = None,
    columns: Columns = None,
    keep: Sequence[str] = (),
    first: int = 0,
) -> Iterator[pa.RecordBatch]:
    """The requests of the events in batches of rows, in order, in constant memory.

    The events are in one ``column``, or made of ``columns`` (see
    :func:`~mapping_engine.engine.columns.columns_of`), or of all columns by their names. Columns to
    ``keep`` stand beside the requests that were made of their rows. Events are counted from
    ``first``. A bad event is a row, and never raises.

    Raises ConfigurationError (CF06) for columns that make no events.
    """
    return _applied(destination, batches, chosen(column, columns), tuple(keep), first)


def chosen(column: str | None, columns: Columns) -> tuple[Column, ...]:
    """The columns that events are made of; none stands for all.

    Raises ConfigurationError (CF06).
    """
    if column is not None and columns is not None:
        raise wrong("both `column` and `columns` are given", "give one of them, or neither")
    if column is not None:
        return column_of(column)
    if columns is None:
        return ()
    return columns_of(columns) if isinstance(columns, Mapping) else tuple(columns)


def requests_schema(rows: pa.Schema, keep: Sequence[str] = ()) -> pa.Schema:
    """The columns of requests, and those that are kept of ``rows``.

    Raises ConfigurationError (CF06) for a column that cannot be kept.
    """
    found = REQUESTS
    for name in keep:
        if rows.names.count(name) != 1:
            raise wrong(f"the column `{name}` to keep is not in the table once", "name another")
        if name in found.names:
            raise wrong(
                f"a column `{name}` cannot be kept: requests have one of this name", "rename it"
            )
        found = found.append(rows.field(name))
    return found


def _applied(
    destination: Destination,
    batches: Iterable[pa.RecordBatch],
    columns: Sequence[Column],
    keep: Sequence[str],
    first: int,
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        schema = requests_schema(batch.schema, keep)
        rows, places, size = list[_Row](), list[int](), 0
        for place, event in enumerate(events_of(batch, columns)):
            for row in _rows(destination.outcome(event, first + place)):
                rows.append(row)
                places.append(place)
                size += len(row[_BODY] or b"")
                if len(rows) == ROWS or size >= BYTES:
                    yield _batch(rows, schema, batch, places)
                    rows, places, size = [], [], 0
        if rows:
            yield _batch(rows, schema, batch, places)
        first += batch.num_rows


def _batch(
    rows: Sequence[_Row], schema: pa.Schema, batch: pa.RecordBatch, places: Sequence[int]
) -> pa.RecordBatch:
    made = [
        pa.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), REQUESTS, strict=True)
    ]
    kept = schema.names[len(made) :]
    beside = [batch.column(name).take(pa.array(places, pa.int64())) for name in kept]
    return pa.RecordBatch.from_arrays([*made, *beside], schema=schema)


def _rows(outcome: Outcome) -> Iterator[_Row]:
    """The rows of an event, of which the first one has the warnings."""
    warnings = [_warning(each) for each in outcome.warnings]
    if outcome.error is not None:
        yield outcome.index, "error", *_NO_REQUEST, *_error(outcome.error), warnings
    elif not outcome.requests:
        yield outcome.index, "nothing", *_NO_REQUEST, *_NO_ERROR, warnings
    for number, request in enumerate(outcome.requests):
        told = [] if number else warnings
        yield outcome.index, "request", number, *_request(request), *_NO_ERROR, told


def _request(request: Request) -> _Row:
    return (
        request.name or None,
        request.method,
        request.url,
        list(request.headers.items()),
        request.format,
        request.encode(),
    )


def _error(error: MappingError) -> _Row:
    rule = str(error.span) if error.span else None
    return error.kind, str(error.code), error.message, error.path, rule, error.help


def _warning(warning: EventWarning) -> dict[str, object]:
    return {
        "code": warning.code,
        "message": warning.message,
        "path": warning.path,
        "fields": list(warning.fields),
        "rule": str(warning.span) if warning.span else None,
    }
