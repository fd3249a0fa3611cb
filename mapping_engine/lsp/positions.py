"""Places of the language-server protocol, and those of the diagnostics.

The protocol counts lines from 0 and columns in code units, of UTF-16 unless the editor asked for
another encoding; spans count lines from 1 and columns in code points.
"""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol.types import Position, PositionEncodingKind, Range
from pygls.workspace import PositionCodec

from mapping_engine.diagnostics import Span
from mapping_engine.source.scalar import BREAK


class Positions:
    """The places of one text, as one editor counts them."""

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.text = text
        self._units = PositionCodec(encoding).client_num_units
        self._starts = [0, *(found.end() for found in BREAK.finditer(text))]

    def offset(self, position: Position) -> int:
        """The code point at ``position``; beyond the end of a line, the end of the line."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        units = 0
        for index, character in enumerate(self._line(position.line)):
            if units >= position.character:
                return start + index
            units += self._units(character)
        return start + len(self._line(position.line))

    def position(self, offset: int) -> Position:
        """The place of a code point."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        before = self.text[self._starts[line] : offset]
        return Position(line, self._units(before))

    def range(self, start: int, end: int) -> Range:
        """The range between two code points."""
        return Range(self.position(start), self.position(max(start, end)))

    def of_span(self, span: Span) -> Range:
        """The range of a span of this text."""
        start = self._of_column(span.line, span.column)
        return Range(start, self._of_column(span.end_line, span.end_column))

    def _of_column(self, line: int, column: int) -> Position:
        if line > len(self._starts):
            return self.position(len(self.text))
        return Position(line - 1, self._units(self._line(line - 1)[: column - 1]))

    def _line(self, number: int) -> str:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end].rstrip("\r\n")
