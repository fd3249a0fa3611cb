"""CSV: a header of paths, and a row for each event, whose values are texts."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Chunk, Position, Row
from mapping_engine.cli.cutting import EventStream
from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.source.json_text import is_unicode

_SEPARATORS = (",", ";", "\t")
_is_step = re.compile(r"[^\W\d][\w $-]*").fullmatch
"""What a header may name a part of an event: a number or an address is rather a value."""


def csv_chunks(source: EventStream, at: Position) -> Iterator[Chunk]:
    """The rows behind a place of a stream that stands at its beginning, where the header is.

    Raises InputError (IN02) for a header that names no paths.
    """
    csv.field_size_limit(chunks.LONGEST_LINE)
    lines = _Lines(source)
    first = next(lines, "")
    separator = max(_SEPARATORS, key=first.count)
    header = tuple(map(str.strip, next(csv.reader(chain((first,), lines), delimiter=separator))))
    _check_header(header)
    if at.offset:
        lines.go_to(at)
    reader, rows, begin = csv.reader(lines, delimiter=separator, strict=True), list[Row](), 0
    is_over = False
    while not is_over:
        number = lines.number
        try:
            row = next(reader)
            if row:  # else it is a blank line
                rows.append((number, tuple(row)))
        except csv.Error:
            rows.append((number, None))
        except StopIteration:
            is_over = True
        if rows and (is_over or lines.offset - begin >= chunks.CHUNK):
            end = Position(source.index, lines.offset, lines.number)
            yield Chunk(source.file, number, end, "cells", header=header, rows=tuple(rows))
            rows, begin = [], lines.offset


def row_event(header: Sequence[str], cells: Sequence[str] | None) -> dict[str, Any]:
    """The event of a row; an empty cell says nothing.

    Raises InputError (IN01) for a row that does not fit the header.
    """
    if cells is None:
        raise _wrong("the row has a quote too many, or one that is not closed")
    if len(cells) != len(header):
        raise _wrong(f"the row has {len(cells)} cells, and the header has {len(header)}")
    event: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        if not is_unicode(cell):
            raise _wrong(f"the cell under `{name}` is not UTF-8 text")
        *path, last = name.split(".")
        at = event
        for step in path:
            at = at.setdefault(step, {})
        at[last] = cell
    return event


class _Lines:
    """The lines of a stream, and how far they are read."""

    def __init__(self, source: EventStream) -> None:
        self._source = source
        self.offset, self.number = 0, 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text = self._source.stream.readline(chunks.LONGEST_LINE + 1)
        if not text:
            raise StopIteration
        known = text.removeprefix(BOM_UTF8) if not self.offset else text
        self.offset += len(text)
        self.number += 1
        return known.decode("utf-8", "surrogateescape")

    def go_to(self, at: Position) -> None:
        """Leave out what was read before."""
        while self.offset < at.offset:
            size = min(chunks.CHUNK, at.offset - self.offset)
            self.offset += len(self._source.stream.read(size)) or size
        self.number = at.number


def _check_header(header: Sequence[str]) -> None:
    """Refuse what names no place in an event; it is not shown, since it may be somebody's data."""
    taken: set[str] = set()
    for number, name in enumerate(header, 1):
        steps = name.split(".")
        if not all(map(_is_step, steps)):
            raise _no_header(f"column {number} of its header is no path such as `traits.email`")
        above = [".".join(steps[:length]) for length in range(1, len(steps))]
        if name in taken or any(each in header for each in above):
            raise _no_header(f"column {number} of its header names a place that is taken")
        taken.add(name)


def _no_header(message: str) -> InputError:
    return InputError(
        ErrorCode.INPUT_FOREIGN, message, help="begin the file with a line that names each column"
    )


def _wrong(message: str) -> InputError:
    return InputError(ErrorCode.INPUT_UNREADABLE, message, help="mend the row")
