"""What the words of a rule file are, for the colours of an editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mapping_engine.core.model import BUILTINS
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.expression import CallExpression, Expression, Literal, Reference, Select
from mapping_engine.file.walk import expressions, parts
from mapping_engine.lsp.cursor import Cursor, Role, kind_of, places
from mapping_engine.lsp.places import DEFINITIONS
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.tokens import is_expression

KINDS = (
    "keyword",
    "namespace",
    "variable",
    "parameter",
    "function",
    "property",
    "string",
    "number",
)
"""Types of tokens of the protocol."""
DECLARED, BUILT_IN = 1, 2
MODIFIERS = ("declaration", "defaultLibrary")
"""What ``DECLARED`` and ``BUILT_IN`` are called there."""
_NAMED_FILES = ("use", "event", "extends")


class Coloured(NamedTuple):
    """A word: where it stands, its kind, and what else is known of it."""

    span: Span
    kind: str
    modifiers: int = 0


def coloured(text: str) -> Iterator[Coloured]:
    """The words of a rule file, in their order: none of what cannot be parsed."""
    for place in places(text) if kind_of(text) else ():
        if place.role is Role.KEY:
            yield Coloured(place.scalar.span, "keyword")
        elif place.role is Role.NAME:
            yield Coloured(place.scalar.span, _kind_of_name(place), DECLARED)
        else:
            found = {each.span.offset: each for each in _of_value(place)}
            yield from (found[offset] for offset in sorted(found))


def numbers(text: str, positions: Positions) -> list[int]:
    """The words as the protocol has them: each place is counted from the one before it."""
    found: list[int] = []
    line = column = 0
    for each in coloured(text):
        at = positions.of_span(each.span)
        if at.end.line != at.start.line:
            continue  # the protocol has no words of several lines
        if at.start.line > line:
            column = 0
        length, kind = at.end.character - at.start.character, KINDS.index(each.kind)
        found += (at.start.line - line, at.start.character - column, length, kind, each.modifiers)
        line, column = at.start.line, at.start.character
    return found


def _kind_of_name(place: Cursor) -> str:
    section = place.levels[0].key if len(place.levels) == 2 else ""
    if section in DEFINITIONS:
        return "variable"
    return "function" if section == "pipelines" else "property"


def _of_value(place: Cursor) -> Iterator[Coloured]:
    if place.shape is not None and is_expression(place.shape):
        for whole in expressions((place.shape.read(place.scalar, Diagnostics()),)):
            for part in parts(whole):
                yield from _of_expression(part)
    elif place.levels[0].key in _NAMED_FILES and len(place.levels) == 1:
        yield Coloured(place.scalar.span, "namespace")


def _of_expression(part: Expression) -> Iterator[Coloured]:
    match part:
        case Select():
            yield Coloured(part.span, "property")
        case Reference(name=name):
            kind = "parameter" if name == "settings" else "variable"
            yield Coloured(part.span, kind, BUILT_IN if name in BUILTINS else 0)
        case CallExpression(name=name, extent=extent):
            end = extent.start + len(name)
            yield Coloured(extent.scalar.span_at(extent.start, end), "function")
        case Literal(value=bool()):
            yield Coloured(part.span, "keyword")
        case Literal(value=str()):
            yield Coloured(part.span, "string")
        case Literal(value=int() | float()):
            yield Coloured(part.span, "number")
