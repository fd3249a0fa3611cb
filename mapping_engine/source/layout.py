"""The layout of rule files: indentation, blank lines and comments, and nothing that has a meaning.

Two spaces a level, also for lists below a key; no spaces at the end of a line; one blank line at
most; a space behind `#`. What stands inside of texts and of `{}` and `[]` stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import yaml

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import Source, to_data
from mapping_engine.source.yaml_text import read_yaml

_STEP = 2
_TIGHT_COMMENT = re.compile(r"#(?=[^\s#!])")


class _Start(NamedTuple):
    """What begins a line: the columns of its dashes, and of the key or value behind them."""

    dashes: tuple[int, ...]
    column: int


@dataclass(slots=True)
class _Level:
    """An open list or mapping: where it stands, and where it shall."""

    old: int
    new: int
    is_list: bool


def laid_out(source: Source) -> str | None:
    """The text in the usual layout; None where it is no YAML that can be read.

    It says the same as before, with all its comments: where that is not so, it stays as it is.
    """
    node = read_yaml(source, Diagnostics())
    if node is None or "\t" in source.text or "\r" in source.text:
        return None
    try:
        starts, inside, comments = _scanned(source.text)
    except yaml.YAMLError:  # which is of another mind than the reader
        return source.text
    lines = source.text.split("\n")
    text = _joined(_indented(lines, starts, inside), inside, comments)
    again = read_yaml(Source(source.file, text), Diagnostics())
    is_same = again is not None and repr(to_data(again)) == repr(to_data(node))
    return text if is_same and _comments(text) == _comments(source.text) else source.text


def _scanned(text: str) -> tuple[dict[int, _Start], frozenset[int], dict[int, int]]:
    """Where lines begin, which belong to a text or a bracket of a line before, and comments.

    Comments are the columns where they begin, by their lines.
    """
    starts: dict[int, _Start] = {}
    inside: set[int] = set()
    ends: dict[int, int] = {}
    depth, line_of_start = 0, -1
    for token in yaml.scan(text):
        line, column = token.start_mark.line, token.start_mark.column
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            depth += 1
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            depth -= 1
        if token.start_mark.index == token.end_mark.index:
            continue
        last = token.end_mark.line - (token.end_mark.column == 0)
        inside.update(range(line + 1, last + 1))
        ends[token.end_mark.line] = token.end_mark.column
        if line in inside or (depth and line > line_of_start):
            inside.add(line)
        elif line not in starts:
            line_of_start = line
            is_dash = isinstance(token, yaml.BlockEntryToken)
            starts[line] = _Start((column,), -1) if is_dash else _Start((), column)
        elif starts[line].column < 0:
            dashes = starts[line].dashes
            is_dash = isinstance(token, yaml.BlockEntryToken)
            starts[line] = _Start((*dashes, column), -1) if is_dash else _Start(dashes, column)
    return starts, frozenset(inside), _comment_columns(text, ends, inside)


def _comment_columns(text: str, ends: dict[int, int], inside: set[int]) -> dict[int, int]:
    """The columns of comments: a `#` behind the last token of a line, or on a line of its own."""
    found = {}
    for number, line in enumerate(text.split("\n")):
        place = line.find("#", ends.get(number, 0))
        if place >= 0 and (number in ends or number not in inside):
            found[number] = place
    return found


def _indented(lines: list[str], starts: dict[int, _Start], inside: frozenset[int]) -> list[str]:
    """The lines with their levels at two spaces each."""
    levels: list[_Level] = []
    shift = 0
    made: list[str] = []
    waiting: list[int] = []
    for number, line in enumerate(lines):
        start = starts.get(number)
        if start is not None:
            lead = _lead(start, levels)
            made.append(lead + line[_content(start, line) :])
            first = start.dashes[0] if start.dashes else start.column
            shift = len(lead) - (start.column if start.column >= 0 else first + _STEP)
            following = len(lead) - len(lead.lstrip()) if start.dashes else len(lead)
            for comment in waiting:
                made[comment] = _own_level(lines[comment], levels, following)
            waiting = []
        elif number in inside:
            made.append(_shifted(line, shift))
        else:
            if line.strip():
                waiting.append(number)
            made.append(line.strip())
    for comment in waiting:
        made[comment] = _own_level(lines[comment], levels, 0)
    return made


def _content(start: _Start, line: str) -> int:
    """Where the text behind the dashes begins; of a dash alone, its end."""
    return start.column if start.column >= 0 else len(line)


def _lead(start: _Start, levels: list[_Level]) -> str:
    """The indentation of a line, with its dashes; opens and closes levels."""
    lead = ""
    for dash in start.dashes:
        while levels and levels[-1].old > dash:
            levels.pop()
        if not levels or not (levels[-1].is_list and levels[-1].old == dash):
            above = levels[-1].new + _STEP if levels else 0
            levels.append(_Level(dash, above, is_list=True))
        lead = lead.ljust(levels[-1].new) + "- "
    if start.column < 0:
        return lead.rstrip()
    while levels and (
        levels[-1].old > start.column or (levels[-1].old == start.column and levels[-1].is_list)
    ):
        levels.pop()
    if not levels or levels[-1].old != start.column:
        above = levels[-1].new + _STEP if levels else 0
        levels.append(_Level(start.column, above, is_list=False))
    return lead.ljust(levels[-1].new)


def _own_level(line: str, levels: list[_Level], following: int) -> str:
    """A comment on a line of its own: at the level that it stood at, or that of what follows."""
    column = len(line) - len(line.lstrip())
    found = next((level.new for level in reversed(levels) if level.old == column), following)
    return " " * found + line.strip()


def _shifted(line: str, shift: int) -> str:
    if not line.strip():
        return ""
    stripped = line.lstrip(" ")
    return " " * max(0, len(line) - len(stripped) + shift) + stripped


def _joined(lines: list[str], inside: frozenset[int], comments: dict[int, int]) -> str:
    """The text of the lines, without what is too much between and behind them."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        text = line
        if number in comments:
            head, mark, tail = _split(text)
            text = f"{head}{mark}{tail}"
        kept.append(text if number in inside else text.rstrip())
    blank = [not line.strip() and number not in inside for number, line in enumerate(kept)]
    found = [kept[0]] if kept and not blank[0] else []
    for (_, was_blank), (line, is_blank) in pairwise(zip(kept, blank, strict=True)):
        if not (is_blank and (was_blank or not found)):
            found.append(line)
    return "\n".join(found).rstrip("\n") + "\n"


def _split(line: str) -> tuple[str, str, str]:
    """A line, and the comment behind it with a space after its mark."""
    place = line.rfind(" #") + 1 if " #" in line else line.find("#")
    return line[:place], "#", _TIGHT_COMMENT.sub("# ", line[place:], count=1)[1:]


def _comments(text: str) -> list[str]:
    """The comments of a text, in order, without the spaces around them."""
    _, _, comments = _scanned(text)
    lines = text.split("\n")
    return [lines[number][column:].lstrip("# ").rstrip() for number, column in comments.items()]
