"""Patterns that are found in a text: what they hold, and something else in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from mapping_engine.transforms.declare import (
    Example,
    Json,
    Parameter,
    Prepared,
    Rejected,
    transform,
)
from mapping_engine.transforms.patterns import compiled, engine
from mapping_engine.transforms.portable_find import Groups, portable_finder
from mapping_engine.transforms.scalars import MAX_LENGTH, NOT_UNICODE, TOO_LONG
from mapping_engine.transforms.text import pattern_problem
from mapping_engine.types.kinds import TEXT

MAX_SEARCHED = 16 * 1024
"""The longest text to search, in characters: each of many matches may look at all the rest."""
_IN_PLACE = re.compile(r"\\([0-9])|\\(\\)")
_TOO_LONG = Rejected("is too long to match")


@lru_cache(512)
def group_finder(pattern: str) -> Callable[[str, int], Groups | None]:
    """The first match of a pattern in a text from a place on, with its groups."""
    compiled(pattern)
    re2 = engine()
    if re2 is None:
        return portable_finder(pattern)
    search = re2.compile(pattern).search

    def find(text: str, start: int) -> Groups | None:
        found = search(text, start)
        if found is None:
            return None
        return tuple(each for number in range(found.re.groups + 1) for each in found.span(number))

    return find


_PATTERN = Parameter(
    "pattern",
    TEXT,
    constant=True,
    blank=True,
    doc="A regular expression (RE2 syntax) for a part of the text.",
    problem=partial(pattern_problem, read=group_finder),
)


@transform(
    parameters=(
        _PATTERN,
        Parameter(
            "new",
            TEXT,
            required=False,
            default="",
            constant=True,
            blank=True,
            doc=r"What stands there then; `\1` is the first group of the match, `\0` all of it.",
        ),
    ),
    examples=(
        Example("a  b \t c", "a_b_c", (r"\s+", "_")),
        Example("WatchVideo", "Watch_Video", ("([a-z])([A-Z])", r"\1_\2")),
        Example("a1b2", "ab", ("[0-9]", "")),
        Example("1", None, ("[0-9]", "")),
    ),
)
@Prepared
def replace_pattern(pattern: str, new: str) -> Callable[[Json], Json]:
    r"""The text with something else wherever the pattern is found.

    In YAML, a pattern with a backslash stands in single quotes or without any: `\s` is white space.
    """
    find = group_finder(pattern)

    def replaced(value: Json) -> Json:
        text = str(value)
        if len(text) > MAX_SEARCHED:
            return _TOO_LONG
        try:
            matches = list(_matches(find, text))
        except UnicodeError:
            return NOT_UNICODE
        parts: list[str] = []
        size = end = 0
        for groups in matches:
            parts += [text[end : groups[0]], _filled(new, groups, text)]
            size += len(parts[-1])
            end = groups[1]
            if size > MAX_LENGTH:
                return TOO_LONG
        return "".join(parts) + text[end:]

    return replaced


def _matches(find: Callable[[str, int], Groups | None], text: str) -> Iterator[Groups]:
    """All matches, one after the other."""
    text.encode()
    start = 0
    while start <= len(text) and (found := find(text, start)) is not None:
        yield found
        start = found[1] + (found[0] == found[1])


def _filled(new: str, groups: Groups, text: str) -> str:
    if "\\" not in new:
        return new

    def part(found: re.Match[str]) -> str:
        if found[2]:
            return "\\"
        return _group(groups, int(found[1]), text) or ""

    return _IN_PLACE.sub(part, new)


def _group(groups: Groups, number: int, text: str) -> str | None:
    if 2 * number >= len(groups) or groups[2 * number] < 0:
        return None
    return text[groups[2 * number] : groups[2 * number + 1]]


@transform(
    finds=True,
    parameters=(_PATTERN,),
    examples=(
        Example("Mozilla Chrome/120.0.1 Safari", "120.0.1", (r"Chrome/([\w.]+)",)),
        Example("iPhone OS", "iPhone", ("iPhone|iPad",)),
        Example("Linux", None, ("iPhone|iPad",)),
        Example("ab", None, ("a(c)?",)),
    ),
)
@Prepared
def captured(pattern: str) -> Callable[[Json], Json]:
    """What the first group of a pattern holds where it is found first; all of it without a group.

    Missing, without a warning, where the pattern is not found.
    """
    find = group_finder(pattern)

    def search(value: Json) -> Json:
        text = str(value)
        if len(text) > MAX_SEARCHED:
            return _TOO_LONG
        try:
            text.encode()
        except UnicodeEncodeError:
            return None
        groups = find(text, 0)
        if groups is None:
            return None
        return _group(groups, 1 if len(groups) > 2 else 0, text)

    return search
