"""CSV: a header of paths, and a row for each event, whose values are texts."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import chain

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Chunk, Position, Row
from mapping_engine.cli.cutting import EventStream
from mapping_engine.engine.columns import Column, check_several, on_header
from mapping_engine.errors import ErrorCode, InputError

_SEPARATORS = (",", ";", "\t")
_is_step = re.compile(r"[^\W\d][\w $-]*").fullmatch
"""What a header may name a part of an event: a number or an address is rather a value."""


def csv_chunks(
    source: EventStream, at: Position, columns: tuple[Column, ...] = ()
) -> Iterator[Chunk]:
    """The rows behind a place of a stream that stands at its beginning, where the header is.

    The header names the chosen columns, or else the paths of all. Raises InputError (IN02) for one
    that names no paths, ConfigurationError (CF06) for one without a chosen column, or with
    one column that nobody chose.
    """
    csv.field_size_limit(chunks.LONGEST_LINE)
    lines = _Lines(source)
    first = next(lines, "")
    separator = max(_SEPARATORS, key=first.count)
    header = tuple(map(str.strip, next(csv.reader(chain((first,), lines), delimiter=separator))))
    if columns:
        named = {each.name: each for each in on_header(columns, header)}
        places = tuple(map(named.get, header))
    else:
        _check_header(header)
        check_several(header)
        places = tuple(Column(name, tuple(name.split("."))) for name in header)
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
            yield Chunk(source.file, number, end, "cells", columns=places, rows=tuple(rows))
            rows, begin = [], lines.offset


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
