"""Parquet: a row for each event, whose columns are paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping_engine.cli.chunks import Chunk, Position
from mapping_engine.engine.columns import Column
from mapping_engine.errors import ErrorCode, InputError

ROWS = 1000
"""So many rows are worked on at a time."""


def parquet_chunks(
    file: str, index: int, at: Position, columns: tuple[Column, ...] = ()
) -> Iterator[Chunk]:
    """The rows of a file behind a place, as Arrow writes them, of these columns or all.

    Raises InputError: IN02 without pyarrow, IN03 for a broken file. Raises ConfigurationError
    (CF06) for columns that make no events.
    """
    chosen = [each.name for each in columns] or None
    pyarrow, parquet = parquet_modules()
    from mapping_engine.arrow.event_rows import check_columns  # an extra, and slow to import

    try:
        with parquet.ParquetFile(file) as opened:
            check_columns(opened.schema_arrow, columns)
            number = 1
            for group in range(opened.num_row_groups):
                count = opened.metadata.row_group(group).num_rows
                if number + count <= at.number:
                    number += count
                    continue
                for batch in opened.iter_batches(ROWS, row_groups=[group], columns=chosen):
                    rows = batch.slice(max(0, at.number - number))
                    number += len(batch)
                    if len(rows):
                        end = Position(index, 0, number)
                        first = number - len(rows)
                        yield Chunk(file, first, end, "arrow", written(rows), columns=columns)
    except (pyarrow.ArrowException, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno is not None:
            raise
        raise InputError(
            ErrorCode.INPUT_BROKEN, "it is broken Parquet, or cut off", help="copy it again"
        ) from None


def rows_of(data: bytes) -> Any:
    """The rows that were written as a chunk."""
    pyarrow, _ = parquet_modules()
    return pyarrow.ipc.open_stream(data).read_next_batch()


def written(rows: Any) -> bytes:
    """Rows as :func:`rows_of` reads them."""
    pyarrow, _ = parquet_modules()
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_batch(rows)
    return bytes(sink.getvalue())


def parquet_modules() -> tuple[Any, Any]:
    """What reads and writes Parquet; raises InputError (IN02) where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            ErrorCode.INPUT_FOREIGN,
            "Parquet is read by pyarrow, which is not installed",
            help="pip install 'mapping-engine[arrow]'",
        ) from None
    return pyarrow, pyarrow.parquet
