"""Files of events, opened as what they are, and read chunk by chunk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Chunk, Position
from mapping_engine.cli.common import STDIN, opened, shown_name
from mapping_engine.cli.csv_rows import csv_chunks
from mapping_engine.cli.cutting import EventStream, array_chunks, line_chunks
from mapping_engine.cli.input_formats import (
    ARRAY,
    CSV,
    HEAD,
    PARQUET,
    EventFormat,
    format_of,
    packing_errors,
    packing_of,
)  # fmt: skip
from mapping_engine.cli.parquet_rows import parquet_chunks
from mapping_engine.cli.status import fail
from mapping_engine.engine.columns import Column
from mapping_engine.errors import ConfigurationError, ErrorCode, InputError

_BLANKS = 64 * 1024
"""So much nothing may stand before the first event."""


def read_chunks(
    files: Sequence[str],
    at: Position,
    named: EventFormat | None = None,
    columns: tuple[Column, ...] = (),
) -> Iterator[Chunk]:
    """The events of files behind a place.

    ``named`` is the format where no first bytes tell it, ``columns`` where the columns of
    a table stand in the event.

    Ends the command where a file cannot be read. Raises InputError: IN02 for what is no file of
    events, IN03 for a broken one.
    """
    for index in range(at.file, len(files)):
        file = files[index]
        begin = at if index == at.file else Position(index)
        try:
            with opened(file) as stream:
                yield from _chunks(stream, file, begin, named, columns)
        except (InputError, ConfigurationError) as error:
            where = f"the events file `{shown_name(file)}` cannot be read: "
            raise type(error)(error.code, where + error.message, help=error.help) from None
        except OSError as problem:
            fail(f"the events file `{shown_name(file)}` cannot be read: {problem.strerror}")


def _chunks(
    stream: io.BufferedIOBase,
    file: str,
    at: Position,
    named: EventFormat | None,
    columns: tuple[Column, ...],
) -> Iterator[Chunk]:
    with _unpacked(stream) as (plain, is_packed):
        head, text = _peeked(plain)
        format = format_of(head, file if named is None else named.endings[0])
        source = EventStream(text, shown_name(file), at.file, live=file == STDIN)
        if format is PARQUET:
            if is_packed or file == STDIN:
                raise InputError(
                    ErrorCode.INPUT_FOREIGN,
                    "Parquet has to be read from a file that is not packed",
                    help="name the file",
                )
            yield from parquet_chunks(file, at.file, at, columns)
            return
        if format is CSV:
            yield from csv_chunks(source, at, columns)
            return
        _skip(text, at.offset)
        yield from (array_chunks if format is ARRAY else line_chunks)(source, at)


@contextmanager
def _unpacked(stream: io.BufferedIOBase) -> Iterator[tuple[io.BufferedIOBase, bool]]:
    """What is packed in a stream, and whether anything is."""
    head, whole = _peeked(stream)
    packing = packing_of(head)
    if packing is None:
        yield whole, False
        return
    try:
        with packing.opened(whole) as plain:
            yield plain, True
    except packing_errors():
        raise InputError(
            ErrorCode.INPUT_BROKEN,
            f"it is broken {packing.name}, or cut off",
            help="pack or copy it again",
        ) from None


def _peeked(stream: io.BufferedIOBase) -> tuple[bytes, io.BufferedIOBase]:
    """The first bytes of a stream that are not blank, and the stream from its beginning."""
    head = b""
    while len(head.lstrip()) < HEAD and len(head) < _BLANKS:
        more = stream.read1(HEAD)
        if not more:
            break
        head += more
    return head, io.BufferedReader(_Rejoined(head, stream), chunks.CHUNK)


class _Rejoined(io.RawIOBase):
    """A stream of which the first bytes have been read."""

    def __init__(self, head: bytes, stream: io.BufferedIOBase) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some of it."""
        size = len(buffer)
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
        else:
            data = self._stream.read1(size)
        buffer[: len(data)] = data
        return len(data)


def _skip(stream: io.BufferedIOBase, size: int) -> None:
    """Read so many bytes and forget them."""
    while size and (text := stream.read(min(size, chunks.CHUNK))):
        size -= len(text)
