"""A scalar, and where a stretch of its decoded text stands in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.frozen import Frozen

BREAK = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[ \t]+")
_FOLD = re.compile(r"(?:(?:\r\n|\r|\n)[ \t]*)+")
_HEADER = re.compile(r"[|>][-+0-9]*")
_KEPT_ESCAPES = frozenset('"\\/')
Constant: TypeAlias = str | int | float | bool | None


class Style(StrEnum):
    """How a scalar is written; it decides how offsets inside it map back to the file."""

    PLAIN = "plain"
    SINGLE = "single-quoted"
    DOUBLE = "double-quoted"
    LITERAL = "literal block"
    FOLDED = "folded block"


class Source(Frozen):
    """The decoded text of one file, under the name that diagnostics show."""

    file: str
    text: str = field(repr=False)


class ScalarNode(Frozen):
    """A scalar: ``text`` as YAML decodes it, ``value`` typed by the YAML 1.2 core schema.

    Two are equal when they say the same: neither place nor style counts.
    """

    span: Span = field(compare=False)
    text: str
    value: Constant
    style: Style = field(compare=False)
    source: Source = field(repr=False, compare=False)

    def span_at(self, start: int, end: int) -> Span:
        """The place in the file of ``text[start:end]``; the whole scalar where that is unknown."""
        return span_inside(self, start, end)


class _Lost(Exception):
    """The source does not read the way the scalar was decoded."""


@dataclass(slots=True)
class _Trail:
    """The places of the decoded characters walked so far: one start and one end for each."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, start: int, end: int) -> None:
        self.starts.append(start)
        self.ends.append(end)

    def take(self, character: str, start: int, end: int, decoded: str) -> None:
        """Add one character, which must be the next one decoded."""
        if not decoded.startswith(character, len(self.starts)):
            raise _Lost
        self.add(start, end)

    def copy(self, text: str, start: int, end: int, decoded: str) -> None:
        """Add characters that stand for themselves."""
        if not decoded.startswith(text[start:end], len(self.starts)):
            raise _Lost
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    def whole(self, decoded: str) -> _Trail:
        if len(self.starts) != len(decoded):
            raise _Lost
        return self


class Lines:
    """The lines of a text: offsets to spans."""

    def __init__(self, source: Source) -> None:
        self.file = source.file
        self.size = len(source.text)
        self._text = source.text

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line starts."""
        return [0, *(found.end() for found in BREAK.finditer(self._text))]

    def span(self, start: int, end: int) -> Span:
        """The span from ``start`` to ``end``, offsets beyond the text cut to its end."""
        start = min(start, self.size)
        end = min(max(start, end), self.size)
        line, end_line = bisect_right(self.starts, start), bisect_right(self.starts, end)
        column = start - self.starts[line - 1] + 1
        end_column = end - self.starts[end_line - 1] + 1
        return Span(self.file, line, column, end_line, end_column, start, end)


def span_inside(scalar: ScalarNode, start: int, end: int) -> Span:
    r"""The place in the file of ``scalar.text[start:end]``.

    An empty range points between characters, at the end of the text just past the last one. Where
    the place is unknown (after an escape such as ``\n``, say) it is the span of the scalar. Line
    breaks at the end of a block scalar lie outside its span, and so do not count.
    """
    size = len(scalar.text)
    start = min(max(start, 0), size)
    end = min(max(end, start), size)
    try:
        trail = _walk(scalar)
    except _Lost:
        return scalar.span
    first, last = _ends(trail, start, end)
    return _span_between(scalar, first, last)


def block_end(text: str, start: int, limit: int, decoded: str) -> int:
    """The end of the content of the block scalar at ``start``, without its last line breaks.

    ``limit`` is where YAML says that the scalar ends: somewhere on a later line.
    """
    header = _HEADER.match(text, start)
    end = header.end() if header else start
    lines = list(_block_lines(text, start, limit))
    indent = _indent(text, lines, decoded)
    for line_start, line_end in lines:
        if line_end - line_start > indent:
            end = line_end
    return end


def _ends(trail: _Trail, start: int, end: int) -> tuple[int, int]:
    first = trail.starts[start] if start < len(trail.starts) else trail.ends[-1]
    last = first if end == start else trail.ends[min(end, len(trail.ends)) - 1]
    return first, max(first, last)


def _span_between(scalar: ScalarNode, first: int, last: int) -> Span:
    text, whole = scalar.source.text, scalar.span
    line, column = _advance(text, whole.offset, first, whole.line, whole.column)
    end_line, end_column = _advance(text, first, last, line, column)
    return Span(whole.file, line, column, end_line, end_column, first, last)


def _advance(text: str, start: int, end: int, line: int, column: int) -> tuple[int, int]:
    after = start
    for found in BREAK.finditer(text, start, end):
        line, column, after = line + 1, 1, found.end()
    return line, column + end - after


def _walk(scalar: ScalarNode) -> _Trail:
    if not scalar.text:
        raise _Lost
    if scalar.style in (Style.LITERAL, Style.FOLDED):
        return _walk_block(scalar)
    quote = 0 if scalar.style is Style.PLAIN else 1
    start, limit = scalar.span.offset + quote, scalar.span.end_offset - quote
    if scalar.source.text[start:limit] == scalar.text:
        return _Trail(list(range(start, limit)), list(range(start + 1, limit + 1)))
    return _walk_flow(scalar, start, limit)


def _walk_flow(scalar: ScalarNode, at: int, limit: int) -> _Trail:
    """Plain and quoted scalars: a line break folds with the blanks around it."""
    text, decoded, trail = scalar.source.text, scalar.text, _Trail()
    while at < limit:
        blanks = _BLANKS.match(text, at, limit)
        after = blanks.end() if blanks else at
        fold = _FOLD.match(text, after, limit)
        if fold:
            breaks = [found.span() for found in BREAK.finditer(text, *fold.span())]
            _take_breaks(decoded, trail, breaks, (at, fold.end()), may_keep=False)
            at = fold.end()
        elif after > at:
            trail.copy(text, at, after, decoded)
            at = after
        else:
            width = _width(text, at, limit, scalar.style)
            trail.take(text[at + width - 1], at, at + width, decoded)
            at += width
    return trail.whole(decoded)


def _width(text: str, at: int, limit: int, style: Style) -> int:
    """How many source characters make the next decoded one."""
    width = 1
    if style is Style.SINGLE and text[at : at + 1] == "'":
        if text[at + 1 : at + 2] != "'":
            raise _Lost
        width = 2
    elif style is Style.DOUBLE and text[at : at + 1] == "\\":
        if text[at + 1 : at + 2] not in _KEPT_ESCAPES:
            raise _Lost
        width = 2
    if at + width > limit:
        raise _Lost
    return width


def _take_breaks(
    decoded: str,
    trail: _Trail,
    breaks: list[tuple[int, int]],
    around: tuple[int, int],
    *,
    may_keep: bool,
) -> None:
    """Match source line breaks with what they were folded to: a space, or fewer breaks."""
    at = len(trail.starts)
    newlines = 0
    while newlines < len(breaks) and decoded[at + newlines : at + newlines + 1] == "\n":
        newlines += 1
    if may_keep and newlines == len(breaks):
        for start, end in breaks:
            trail.add(start, end)
    elif newlines and newlines == len(breaks) - 1:
        starts = [around[0], *(start for start, _ in breaks[2:])]
        ends = [*(end for _, end in breaks[1:-1]), around[1]]
        for start, end in zip(starts, ends, strict=True):
            trail.add(start, end)
    elif newlines == 0 and len(breaks) == 1 and decoded[at : at + 1] == " ":
        trail.add(*around)
    else:
        raise _Lost


def _walk_block(scalar: ScalarNode) -> _Trail:
    """Literal and folded blocks: every line loses the indent, the last breaks are chomped."""
    text, decoded, trail = scalar.source.text, scalar.text.rstrip("\n"), _Trail()
    lines = list(_block_lines(text, scalar.span.offset, scalar.span.end_offset))
    if not lines or not decoded:
        raise _Lost
    indent = _indent(text, lines, decoded)
    breaks: list[tuple[int, int]] = []
    for (start, end), following in zip(lines, [*lines[1:], None], strict=True):
        content = start + min(indent, _leading_spaces(text, start, end))
        if content < end:
            if breaks:
                around = (breaks[0][0], breaks[-1][1])
                _take_breaks(decoded, trail, breaks, around, may_keep=True)
            breaks = []
            trail.copy(text, content, end, decoded)
        if following:
            breaks.append((end, following[0]))
    return trail.whole(decoded)


def _block_lines(text: str, start: int, limit: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line below the header of a block scalar."""
    header = BREAK.search(text, start, limit)
    at = header.end() if header else limit
    while at < limit:
        found = BREAK.search(text, at, limit)
        yield at, found.start() if found else limit
        at = found.end() if found else limit


def _indent(text: str, lines: list[tuple[int, int]], decoded: str) -> int:
    """The indent of a block: what its first line with a visible character lost."""
    for start, end in lines:
        spaces = _leading_spaces(text, start, end)
        if spaces < end - start:
            break
    else:
        return max((end - start for start, end in lines), default=0)
    for line in decoded.split("\n"):
        kept = len(line) - len(line.lstrip(" "))
        if kept < len(line):
            return max(spaces - kept, 0)
    return spaces


def _leading_spaces(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] == " ":
        at += 1
    return at - start
