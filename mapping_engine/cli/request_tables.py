"""Requests as rows of a table, for Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from mapping_engine.cli.parquet_rows import parquet_modules, rows_of, written
from mapping_engine.engine.request import Request
from mapping_engine.frozen import Frozen

_GROUP = 32 * 1024 * 1024
"""Rows of so many bytes are written together."""


class Made(Frozen):
    """The requests of an event that has some: its index in the chunk, and its line."""

    index: int
    line: int
    requests: tuple[Request, ...]


def request_table(file: str, made: Iterable[Made]) -> bytes:
    """The requests as rows; `body` has the bytes that are sent."""
    arrow, _ = parquet_modules()
    rows = [
        {
            "file": file,
            "line": each.line,
            "name": request.name or None,
            "method": request.method,
            "url": request.url,
            "headers": list(request.headers.items()),
            "format": request.format,
            "body": request.encode(),
        }
        for each in made
        for request in each.requests
    ]
    return written(arrow.RecordBatch.from_pylist(rows, schema=_schema(arrow)))


class TableWriter:
    """A file of such rows, which is whole only once it is closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        arrow, parquet = parquet_modules()
        self._schema = _schema(arrow)
        self._table = arrow.Table.from_batches
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._size = 0

    def write(self, table: bytes) -> None:
        """Add the rows of a table."""
        self._waiting.append(rows_of(table))
        self._size += len(table)
        if self._size >= _GROUP:
            self._write_group()

    def close(self) -> None:
        """Write what waits, and the end."""
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        if self._waiting:
            self._writer.write_table(self._table(self._waiting, self._schema))
        self._waiting, self._size = [], 0


def _schema(arrow: Any) -> Any:
    text = arrow.string()
    return arrow.schema(
        [
            arrow.field("file", text, nullable=False),
            arrow.field("line", arrow.int64(), nullable=False),
            ("name", text),
            arrow.field("method", text, nullable=False),
            arrow.field("url", text, nullable=False),
            ("headers", arrow.map_(text, text)),
            ("format", text),
            ("body", arrow.binary()),
        ]
    )
