"""Texts cut into chunks behind whole events, in constant memory: lines, and arrays."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from io import BufferedIOBase, BytesIO
from typing import NamedTuple

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Chunk, Position
from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.frozen import Frozen

_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[{}\[\]]')
"""Texts, which end with their line at the latest, and what opens and closes objects and lists."""
_ALONE = re.compile(rb"\n[ \t\r\f\v]*\{[ \t\r\f\v]*\n")
_NEXT = re.compile(rb'(?:[^"{}\[\],]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([{}\[\],])', re.DOTALL)
"""Up to and with the next mark of an array that is in no text."""


class EventStream(Frozen):
    """A stream of events, how messages name it, and its number among the files.

    A ``live`` one is read as far as it is there, and not waited for.
    """

    stream: BufferedIOBase
    file: str
    index: int
    live: bool = False

    def read(self, size: int, *, waiting: int = 0) -> bytes:
        """More of it, of which so many bytes are there but cannot be cut yet."""
        if self.live and waiting < chunks.CHUNK:
            return self.stream.read1(size)
        return self.stream.read(max(size, waiting))  # twice as much each time: no work is squared


# Lines


class EventText(NamedTuple):
    """A line, or an event that is spread over lines: its number, and whether its end was seen."""

    number: int
    text: bytes
    whole: bool = True


def documents(lines: Iterable[bytes], first: int = 1) -> Iterator[EventText]:
    """Each line with its number, or what goes from a ``{`` alone to its end as one document.

    A document that is broken ends where the next one begins, or at its limit.
    """
    open_at, depth, size, parts = 0, 0, 0, list[bytes]()
    for number, text in enumerate(lines, first):
        begins = text.lstrip()[:1] == b"{"
        if parts and begins and depth == 1 and not parts[-1].rstrip().endswith(b":"):
            yield EventText(open_at, b"".join(parts))
            parts = []
        if not parts and text.strip() != b"{":
            yield EventText(number, text)
            continue
        if not parts:
            open_at, depth, size = number, 0, 0
        parts.append(text)
        size += len(text)
        depth += sum((mark in b"{[") - (mark in b"}]") for mark in _MARKS.findall(text))
        if depth <= 0 or size > chunks.LONGEST_LINE:
            yield EventText(open_at, b"".join(parts))
            parts = []
    if parts:
        yield EventText(open_at, b"".join(parts), whole=False)


def line_chunks(source: EventStream, at: Position) -> Iterator[Chunk]:
    """The lines of a stream that stands at this place."""
    offset, number, text = at.offset, at.number, b""
    while more := source.read(chunks.CHUNK, waiting=len(text)):
        text += more
        cut = skipped = _whole(text)
        if not cut and len(text) > chunks.LONGEST_LINE:
            cut = chunks.LONGEST_LINE + 1  # which is refused, and the next line is read
            rest, skipped = _behind_line(source, text)
            text = text[:cut] + rest
        if cut:
            offset += skipped
            lines = max(1, text.count(b"\n", 0, cut))
            yield _lines(source, text[:cut], number, Position(source.index, offset, number + lines))
            number += lines
            text = text[cut:]
    if text:
        end = Position(source.index, offset + len(text), number + text.count(b"\n") + 1)
        yield _lines(source, text, number, end)


def _lines(source: EventStream, data: bytes, number: int, end: Position) -> Chunk:
    text = data.removeprefix(BOM_UTF8) if number == 1 else data
    return Chunk(source.file, number, end, "lines", text)


def _whole(text: bytes) -> int:
    """The bytes of the lines that are there, without a document that has no end yet."""
    end = text.rfind(b"\n") + 1
    first = text[: text.find(b"\n") + 1]
    if not end or not (_ALONE.search(text, 0, end) or first.strip() == b"{"):
        return end
    *_, last = documents(BytesIO(text[:end]))
    return end if last.whole else end - len(last.text)


def _behind_line(source: EventStream, text: bytes) -> tuple[bytes, int]:
    """What stands behind a line that is too long, and how many bytes that line has."""
    skipped = len(text)
    while more := source.read(chunks.CHUNK):
        end = more.find(b"\n") + 1
        if end:
            return more[end:], skipped + end
        skipped += len(more)
    return b"", skipped


# Arrays


def array_chunks(source: EventStream, at: Position) -> Iterator[Chunk]:
    """The elements of an array: of a stream that stands at its beginning, or behind a comma."""
    offset, number, text = at.offset, at.number, b""
    if number < 0:
        yield from _behind_array(source, text, offset, -number)
        return
    if not offset:
        while b"[" not in text:
            text += source.read(chunks.CHUNK)
        offset = text.index(b"[") + 1
        text = text[offset:]
    while True:
        cuts, end = elements(text)
        cut = end if end is not None else cuts[-1] if cuts else None
        if cut is not None:
            inside = tuple(cuts if end is not None else cuts[:-1])
            offset += cut + 1
            following = number + len(inside) + 1
            place = Position(source.index, offset, following if end is None else -following)
            if cuts or number > 1 or text[:cut].strip():
                yield Chunk(source.file, number, place, "elements", text[:cut], inside)
                number = following
            text = text[cut + 1 :]
        if end is not None:
            yield from _behind_array(source, text, offset, number)
            return
        if len(text) > chunks.LONGEST_LINE:
            yield _broken(source, number, f"no event ends within {chunks.LONGEST_LINE} bytes")
            return
        more = source.read(chunks.CHUNK, waiting=len(text))
        if not more:
            place = Position(source.index, offset + len(text), number + 1)
            if text.strip():
                yield Chunk(source.file, number, place, "elements", text)
                number += 1
            yield _broken(source, number, "it has no end: `]` is missing")
            return
        text += more


def elements(text: bytes) -> tuple[list[int], int | None]:
    """Where the commas of an array stand, and its end if it is there."""
    cuts, depth, at = list[int](), 0, 0
    while found := _NEXT.match(text, at):
        at = found.end()
        mark = text[at - 1]
        if mark in b"{[":
            depth += 1
        elif mark == b","[0]:
            if not depth:
                cuts.append(at - 1)
        elif depth:
            depth -= 1
        else:
            return cuts, at - 1
    return cuts, None


def _behind_array(source: EventStream, text: bytes, offset: int, number: int) -> Iterator[Chunk]:
    """Nothing, unless something stands behind the end of an array."""
    while not text.strip():
        text = source.read(chunks.CHUNK)
        if not text:
            return
    yield _broken(source, number, f"there is something behind its end, at about byte {offset}")


def _broken(source: EventStream, number: int, reason: str) -> Chunk:
    error = InputError(
        ErrorCode.INPUT_BROKEN,
        f"the array cannot be read from here on: {reason}",
        help="mend it, or send NDJSON: one event in each line",
    )
    end = Position(source.index + 1)
    return Chunk(source.file, number, end, "error", error=error)
