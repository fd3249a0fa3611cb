"""Pieces of the files of events: each holds whole events, and says where it stands."""

from __future__ import annotations

from typing import Literal

from mapping_engine.engine.columns import Column
from mapping_engine.errors import InputError
from mapping_engine.frozen import Frozen

CHUNK = 512 * 1024
"""So many bytes of events are worked on at a time."""
LONGEST_LINE = 64 * 1024 * 1024

Row = tuple[int, tuple[str, ...] | None]
"""The number of the line on which a row of CSV begins, and its cells; None where it is broken."""


class Position(Frozen):
    """Where reading goes on: in which file, behind how many bytes (rows, in Parquet) of it.

    ``number`` is that of the next line, element of an array, or row; it is negative behind an
    array, where there should be nothing.
    """

    file: int = 0
    offset: int = 0
    number: int = 1


class Chunk(Frozen):
    """Some events of a file that follow each other, the first of which has this number.

    ``data`` is the text of lines, that of the elements of an array, whose commas are at ``cuts``,
    or rows as Arrow writes them. The ``columns`` are those of cells, in order, where None stands
    for one that is left out; or the chosen ones of Arrow. An ``error`` stands for an event that
    is none.
    """

    file: str
    number: int
    end: Position
    form: Literal["lines", "elements", "cells", "arrow", "error"]
    data: bytes = b""
    cuts: tuple[int, ...] = ()
    columns: tuple[Column | None, ...] = ()
    rows: tuple[Row, ...] = ()
    error: InputError | None = None
