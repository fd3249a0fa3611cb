"""Which line of a block begins in the wrong column, where a parser stumbles over the next one."""

from __future__ import annotations

from collections.abc import Iterable


def odd_line(text: str, at: int) -> tuple[int, int] | None:
    """The stretch of the line that is out of line with those around it; None for that ``at``.

    A parser takes the first line of a block as the measure. Where the line that it refuses stands
    as the lines around it do, the one above it is the odd one.
    """
    start = text.rfind("\n", 0, at) + 1
    refused, *below = _lines(text[start:].split("\n"))
    above = _lines(reversed(text[:start].split("\n")))
    if len(above) < 2:
        return None
    column, odd, before = _column(refused), above[0], above[1]
    opens = before.rstrip().endswith(":") and _column(before) < column
    stays = below and _column(below[0]) >= column
    if _column(odd) >= column or not (stays or (opens and _column(odd) == _column(before))):
        return None
    if _column(before) != column and not opens:
        return None
    place = text.rfind(odd, 0, start)
    return place + _column(odd), place + len(odd.rstrip())


def keyless_line(text: str, at: int) -> tuple[int, int] | None:
    """The stretch of the line above ``at`` that has no colon where its neighbours are keys."""
    start = text.rfind("\n", 0, at) + 1
    refused = text[start:].partition("\n")[0]
    above = _lines(reversed(text[:start].split("\n")))
    if len(above) < 2 or ":" in above[0] or _column(above[0]) != _column(refused):
        return None
    odd, before = above[0], above[1].rstrip()
    is_key = ": " in before and _column(before) == _column(odd)
    if odd.lstrip().startswith("- ") or not (is_key or before.endswith(":")):
        return None
    place = text.rfind(odd, 0, start)
    return place + _column(odd), place + len(odd.rstrip())


def _lines(lines: Iterable[str]) -> list[str]:
    """The lines that are neither blank nor a comment."""
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
