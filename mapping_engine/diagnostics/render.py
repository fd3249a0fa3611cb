"""Diagnostics as text for a terminal: the place, the line, and a mark under what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from mapping_engine.diagnostics.check import Severity
from mapping_engine.diagnostics.diagnostic import Diagnostic, Label
from mapping_engine.diagnostics.span import Span
from mapping_engine.frozen import Frozen

TAB = 4
WIDEST = 120
_BEFORE = 60
_BREAK = re.compile(r"\r\n|\r|\n")
_JOINERS = frozenset("\u200c\u200d")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_SUMMED = (
    (Severity.ERROR, "error", "errors"),
    (Severity.WARNING, "warning", "warnings"),
    (Severity.INFO, "info", "infos"),
)
_ANSI = {"bold": "1", "red": "1;31", "yellow": "1;33", "cyan": "36"}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}

_Paint = Callable[[str, str], str]
_Lines = Mapping[str, list[str]]


def render_all(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], colour: bool = False
) -> str:
    """All diagnostics in the order given, then how many there are of each severity."""
    shown = list(diagnostics)
    named = {d.span.file for d in shown} | {label.span.file for d in shown for label in d.labels}
    lines = {file: _BREAK.split(texts[file]) for file in sorted(named) if file in texts}
    paint = _painter(colour)
    return "\n\n".join([*(_rendered(d, lines, paint) for d in shown), _summary(shown, paint)])


def _painter(colour: bool) -> _Paint:
    if not colour:
        return lambda _, text: text
    return lambda style, text: f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if text else text


def _summary(diagnostics: list[Diagnostic], paint: _Paint) -> str:
    counts = []
    for severity, one, many in _SUMMED:
        count = sum(diagnostic.severity is severity for diagnostic in diagnostics)
        if count:
            counts.append(paint(_COLOURS[severity], f"{count} {one if count == 1 else many}"))
    return ", ".join(counts) or "no mistakes found"


def _rendered(diagnostic: Diagnostic, lines: _Lines, paint: _Paint) -> str:
    strong = _COLOURS[diagnostic.severity]
    near, far = _sorted_labels(diagnostic)
    spans = [diagnostic.span, *(label.span for label in far)]
    shown = [span.line for span in spans if _line(span, lines) is not None]
    gutter = _Gutter(len(str(max(shown, default=1))), paint)
    place, code = visible(str(diagnostic.span)), f"[{diagnostic.code} {diagnostic.name}]"
    message = paint("bold", visible(diagnostic.message))
    out = [f"{paint('bold', place + ':')} {message} {paint(strong, code)}"]
    out += _snippet(diagnostic.span, near, lines, gutter, ("^", "~", strong))
    for label in far:
        where = f"{visible(str(label.span))}: {visible(label.message)}"
        out.append(f"{gutter.blank}{paint('cyan', '::')} {where}")
        out += _snippet(label.span, (), lines, gutter, ("-", "-", "cyan"))
    notes = [("note", note) for note in diagnostic.notes]
    if diagnostic.help:
        notes.append(("help", diagnostic.help))
    equals = paint("cyan", "=")
    out += [f"{gutter.blank}{equals} {kind}: {visible(note)}" for kind, note in notes]
    return "\n".join(out)


def _sorted_labels(diagnostic: Diagnostic) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """The labels on the line of the diagnostic, and those elsewhere."""
    here = (diagnostic.span.file, diagnostic.span.line)
    near = tuple(x for x in diagnostic.labels if (x.span.file, x.span.line) == here)
    return near, tuple(x for x in diagnostic.labels if x not in near)


class _Gutter(Frozen):
    """What stands left of a source line: its number and a bar."""

    digits: int
    paint: _Paint

    @property
    def blank(self) -> str:
        return " " * (self.digits + 1)

    def row(self, number: int | None, content: str) -> str:
        left = self.blank if number is None else f"{number:>{self.digits}} "
        bar = self.paint("cyan", left + "|")
        return f"{bar} {content}" if content else bar


def _line(span: Span, lines: _Lines) -> str | None:
    found = lines.get(span.file)
    if not found or found == [""] or not 1 <= span.line <= len(found):
        return None
    return found[span.line - 1]


def _snippet(
    span: Span,
    labels: tuple[Label, ...],
    lines: _Lines,
    gutter: _Gutter,
    marks: tuple[str, str, str],
) -> list[str]:
    line = _line(span, lines)
    if line is None:
        return []
    view = _View(line, span.column - 1)
    start, width = view.place(span)
    head, tail, style = marks
    marked = [(start, head + tail * (width - 1), style)]
    rows = [gutter.row(None, ""), gutter.row(span.line, view.shown)]
    below = []
    for label in labels:
        label_start, label_width = view.place(label.span)
        drawn = (label_start, "-" * label_width, "cyan")
        if _free(marked, label_start, label_width):
            marked.append(drawn)
        else:
            below.append([drawn])
        below.append([(label_start, visible(label.message), "cyan")])
    rows += [gutter.row(None, _spread(row, gutter.paint)) for row in [marked, *below]]
    return rows


def _free(marked: list[tuple[int, str, str]], start: int, width: int) -> bool:
    return all(start + width <= at or at + len(drawn) <= start for at, drawn, _ in marked)


def _spread(row: list[tuple[int, str, str]], paint: _Paint) -> str:
    out, column = "", 0
    for start, drawn, style in sorted(row):
        out += " " * (start - column) + paint(style, drawn)
        column = start + len(drawn)
    return out


class _View:
    """One source line as a terminal shows it, cut around a column if it is long."""

    def __init__(self, line: str, column: int) -> None:
        column = min(max(column, 0), len(line))
        self.first = max(0, column - 2 * WIDEST)
        raw = line[self.first : column + 2 * WIDEST]
        cells, self.starts = [], [0]
        for character in raw:
            cell, width = _cell(character, self.starts[-1])
            cells.append(cell)
            self.starts.append(self.starts[-1] + width)
        self.low, self.high = self._window(column - self.first)
        self.left = "…" if self.first or self.low else ""
        right = "…" if self.high < len(raw) or self.first + len(raw) < len(line) else ""
        self.shown = (self.left + "".join(cells[self.low : self.high]) + right).rstrip()

    def _window(self, column: int) -> tuple[int, int]:
        """The characters that fit, from some way before ``column``."""
        size = len(self.starts) - 1
        low = high = 0
        if self.starts[-1] > WIDEST or self.first:
            while self.starts[column] - self.starts[low] > _BEFORE:
                low += 1
        while high < size and self.starts[high + 1] - self.starts[low] <= WIDEST:
            high += 1
        return low, max(high, low)

    def place(self, span: Span) -> tuple[int, int]:
        """Column and width of a span on the screen; one that goes on below ends with the line."""
        end = span.end_column if span.end_line == span.line else self.first + len(self.starts)
        start_at, end_at = self._at(span.column), self._at(end)
        return start_at + len(self.left), max(1, end_at - start_at)

    def _at(self, column: int) -> int:
        index = min(max(column - 1 - self.first, self.low), self.high)
        return self.starts[index] - self.starts[self.low]


def _cell(character: str, column: int) -> tuple[str, int]:
    """What is shown for one character, and how many columns it takes."""
    if character == "\t":
        width = TAB - column % TAB
        return " " * width, width
    if character.isascii() and character.isprintable():
        return character, 1
    shown = visible(character)
    if shown != character:
        return shown, len(shown)
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def visible(text: str) -> str:
    """The text with every character that a terminal would act on replaced by a sign for it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


def _sign(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if character < " ":
        return chr(0x2400 + code)
    return "\u2421" if character == "\x7f" else f"<U+{code:04X}>"
