"""What can be wrong with a selector: before any event is seen, and while one is read."""

from __future__ import annotations

from mapping_engine.frozen import Frozen

SHOWN = 60


class SelectorProblem(Frozen):
    """Why a text is no selector; ``start`` and ``end`` are code-point offsets into that text."""

    code: str
    message: str
    help: str | None
    start: int
    end: int


class SelectorError(Exception):
    """A selector could not be applied to this event; the message holds no value of the event."""


def shown(text: str) -> str:
    """Rule text in backticks, cut when it is long."""
    return f"`{text}`" if len(text) <= SHOWN else f"`{text[:SHOWN]}…`"
