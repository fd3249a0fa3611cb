"""Where a pattern is found, and its groups, where RE2 is not installed: in linear time as well.

All ways through the pattern are followed side by side, letter by letter, the preferred ones first:
the number of steps grows with the text and with the pattern, and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from mapping_engine.frozen import Frozen
from mapping_engine.transforms.portable import INSTALL, translated

Groups: TypeAlias = tuple[int, ...]
"""Where the match and its groups begin and end; -1 for a group that is not in it."""


class Move(Frozen):
    """What to do: save a place of a ``group``, go on, or, of a letter, see whether it ``fits``.

    The ``ways`` lead to other steps, counted from here, the preferred one first.
    """

    word: str
    ways: tuple[int, ...] = (1,)
    group: int = 0
    fits: Callable[[str], object] | None = None


Steps: TypeAlias = tuple[Move, ...]
_MOST_STEPS = 2_000
_TOKEN = re.compile(
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9A-Fa-f]+\}|.)"
    r"|\(\?:|\{\d+(?:,\d*)?\}|.",
    re.DOTALL,
)
_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_ENDS = {"^": "start", r"\A": "start", "$": "end", r"\z": "end"}


def portable_finder(pattern: str) -> Callable[[str, int], Groups | None]:
    """The first match in a text from a place on; raises ValueError where none can say."""
    reading = _PatternReading(_TOKEN.findall(translated(pattern)))
    inner = _either(reading)
    if reading.tokens:
        raise _unread(reading.tokens[0])
    steps = (Move("save", group=0), *inner, Move("save", group=1), Move("match"))
    size = 2 * reading.groups + 2
    return lambda text, start: _found(steps, size, text, start)


class _PatternReading:
    """The tokens that are left, and how many groups there are before them."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.groups = 0

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    @property
    def repeats(self) -> bool:
        return self.next in _REPEATS or (self.next[:1] == "{" and len(self.next) > 1)


def _unread(token: str) -> ValueError:
    return ValueError(f"`{token}` cannot be read, or {INSTALL}")


def _either(reading: _PatternReading) -> Steps:
    """One of several sequences, the first preferred."""
    found = _sequence(reading)
    if reading.next != "|":
        return found
    reading.tokens.pop(0)
    other = _either(reading)
    leave = Move("go", (len(other) + 1,))
    return _bounded((Move("go", (1, len(found) + 2)), *found, leave, *other))


def _sequence(reading: _PatternReading) -> Steps:
    found: Steps = ()
    while reading.next not in ("", "|", ")"):
        one = _atom(reading)
        if reading.repeats:
            one = _repeated(one, reading)
        found = _bounded(found + one)
    return found


def _repeated(one: Steps, reading: _PatternReading) -> Steps:
    least, most = _limits(reading.tokens.pop(0))
    lazy = reading.next == "?"
    if lazy:
        reading.tokens.pop(0)
    if reading.repeats:
        raise _unread(reading.next)
    skip = _ways(1, len(one) + 1, lazy=lazy)
    if most is None:
        ways = _ways(1, len(one) + 2, lazy=lazy)
        rest: Steps = (Move("go", ways), *one, Move("go", (-len(one) - 1,)))
    else:
        rest = (Move("go", skip), *one) * _fewer(most - least, one)
    return _bounded(one * _fewer(least, one) + rest)


def _ways(inside: int, after: int, *, lazy: bool) -> tuple[int, ...]:
    return (after, inside) if lazy else (inside, after)


def _fewer(times: int, one: Steps) -> int:
    if times * (len(one) + 1) > _MOST_STEPS:
        raise ValueError(f"it is too long, or {INSTALL}")
    return times


def _limits(token: str) -> tuple[int, int | None]:
    if token in _REPEATS:
        return _REPEATS[token]
    least, comma, most = token[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def _atom(reading: _PatternReading) -> Steps:
    token = reading.tokens.pop(0)
    if token in ("(", "(?:"):
        return _group(reading, counted=token == "(")
    if token in _ENDS:
        return (Move(_ENDS[token]),)
    if token in _REPEATS or token[:3] in ("\\b", "\\B", "(?-", "["):
        raise _unread(token)
    try:
        return (Move("letter", fits=re.compile(token, re.ASCII).fullmatch),)
    except re.error:
        raise _unread(token) from None


def _group(reading: _PatternReading, *, counted: bool) -> Steps:
    if reading.next == "?":
        raise _unread("(?")
    reading.groups += counted
    place = 2 * reading.groups
    inner = _either(reading)
    if reading.next != ")":
        raise ValueError("missing )")
    reading.tokens.pop(0)
    if not counted:
        return inner
    return (Move("save", group=place), *inner, Move("save", group=place + 1))


def _bounded(steps: Steps) -> Steps:
    if len(steps) > _MOST_STEPS:
        raise ValueError(f"it is too long, or {INSTALL}")
    return steps


def _found(steps: Steps, size: int, text: str, start: int) -> Groups | None:
    """The first match: the leftmost one, and of several the preferred one."""
    best: Groups | None = None
    ways: dict[int, Groups] = {}
    for place in range(start, len(text) + 1):
        if best is None:
            _follow(steps, 0, (-1,) * size, place, len(text), ways)
        if not ways and best is not None:
            break
        letter, following = text[place : place + 1], dict[int, Groups]()
        for at, groups in ways.items():
            step = steps[at]
            if step.word == "match":
                best = groups
                break
            if step.fits is not None and letter and step.fits(letter) is not None:
                _follow(steps, at + 1, groups, place + 1, len(text), following)
        ways = following
    return best


def _follow(
    steps: Steps, at: int, groups: Groups, place: int, end: int, found: dict[int, Groups]
) -> None:
    """All steps that can be reached without a letter, in the order in which they are preferred."""
    waiting = [(at, groups)]
    while waiting:
        at, groups = waiting.pop()
        if at in found:
            continue
        found[at] = groups
        step = steps[at]
        if step.word in ("letter", "match"):
            continue
        if step.word == "save":
            groups = (*groups[: step.group], place, *groups[step.group + 1 :])
        if step.word not in ("start", "end") or place == (0 if step.word == "start" else end):
            waiting += [(at + way, groups) for way in reversed(step.ways)]
