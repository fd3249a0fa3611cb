"""Regular expressions: RE2 decides; for most patterns, Python's own says the same of most texts.

RE2 is called for each text through a binding that costs more than the match. A pattern that is a
plain sequence of letters, classes and groups, and in which each letter of a text can only go one
way, is matched by Python's engine in linear time, too. It is rewritten to classes of Latin letters
(the first 256 of Unicode, whose meaning is settled) then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from string import ascii_letters, digits
from typing import Protocol
from unicodedata import category

from mapping_engine.transforms.scalars import is_unicode

Letters = frozenset[str]

_LATIN: Letters = frozenset(map(chr, range(256)))


def _of_category(kind: str) -> Letters:
    return frozenset(letter for letter in _LATIN if category(letter)[0] == kind)


_CLASSES: dict[str, Letters] = {
    "s": frozenset("\t\n\f\r "),
    "d": frozenset(digits),
    "w": frozenset(ascii_letters + digits + "_"),
    "pL": _of_category("L"),
    "p{L}": _of_category("L"),
    "pN": _of_category("N"),
    "p{N}": _of_category("N"),
}
"""What the classes of RE2 hold of the Latin letters."""
_TOKEN = re.compile(
    r"\\(?P<named>[sdw]|p\{?[LN]\}?)|\\(?P<escaped>[^A-Za-z0-9])|(?P<other>.)", re.DOTALL
)
_REPEATS = re.compile(r"[?*+]|\{(\d{1,2})(?:(,)(\d{0,2}))?\}")
_SPECIAL = frozenset("|^$*+?{}[]()\\")
_MOST = 64
"""The most places of a pattern that is looked at."""


class _Peculiar(Exception):
    """The pattern is not of the plain sort."""


class Compiled(Protocol):
    """A pattern of RE2."""

    def fullmatch(self, text: bytes) -> object:
        """Something, if all of the text matches."""

    def search(self, text: str) -> object:
        """Something, if a part of the text matches."""


def compiled(pattern: str) -> Compiled:
    """The pattern as RE2 reads it; raises ValueError with what is wrong with it."""
    import re2  # for start-up time

    if not is_unicode(pattern):
        raise ValueError("it is not valid unicode text")
    options = re2.Options()
    options.log_errors = False
    try:
        found: Compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else b"it cannot be read"
        raise ValueError(reason.decode(errors="replace")) from None
    return found


def matches_latin(pattern: str) -> Callable[[str], object] | None:
    """What matches texts of Latin letters as RE2 does, in linear time; None for other patterns.

    What it matches, RE2 matches; what it does not match, RE2 may match if there are other letters.
    """
    try:
        parts = _PatternReader(pattern).read()
        if not _Places().goes_one_way(parts):
            return None
    except _Peculiar:
        return None
    return re.compile(_written(parts)).fullmatch


def needed_letter(pattern: str) -> str | None:
    """A letter without which nothing matches anywhere; None where there is none to be seen."""
    try:
        parts = _PatternReader(pattern).read()
    except _Peculiar:
        return None
    single = (part.letters for part in parts if part.least and len(part.letters) == 1)
    return next((letter for letters in single for letter in letters), None)


@dataclass(frozen=True)
class _PatternPart:
    """Letters or a group, so many times; ``most`` is None where there is no bound."""

    letters: Letters = frozenset()
    group: tuple[_PatternPart, ...] = ()
    least: int = 1
    most: int | None = 1


class _PatternReader:
    """Reads a pattern of the plain sort."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._place = 0

    def read(self) -> tuple[_PatternPart, ...]:
        if not self._text.isascii():
            raise _Peculiar
        parts = self._sequence()
        if self._place < len(self._text):
            raise _Peculiar
        return parts

    def _sequence(self) -> tuple[_PatternPart, ...]:
        parts: list[_PatternPart] = []
        while self._place < len(self._text) and self._text[self._place] != ")":
            parts.append(self._part())
        return tuple(parts)

    def _part(self) -> _PatternPart:
        group: tuple[_PatternPart, ...] = ()
        letters: Letters = frozenset()
        if self._take("("):
            if self._take("?") and not self._take(":"):
                raise _Peculiar
            group = self._sequence()
            if not group or not self._take(")"):
                raise _Peculiar
        elif self._take("["):
            letters = self._class()
        elif self._take("."):
            letters = _LATIN - {"\n"}
        else:
            letters = self._letters(_SPECIAL)
        return _PatternPart(letters, group, *self._repeats())

    def _take(self, text: str) -> bool:
        taken = self._text.startswith(text, self._place)
        self._place += len(text) * taken
        return taken

    def _repeats(self) -> tuple[int, int | None]:
        found = _REPEATS.match(self._text, self._place)
        if found is None:
            return 1, 1
        self._place = found.end()
        if self._text[self._place : self._place + 1] in ("?", "*", "+", "{"):
            raise _Peculiar
        bounds = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(found[0])
        if bounds is not None:
            return bounds
        least = int(found[1])
        most = (int(found[3]) if found[3] else None) if found[2] else least
        if most == 0 or (most is not None and most < least):
            raise _Peculiar
        return least, most

    def _letters(self, special: frozenset[str]) -> Letters:
        """One letter, or the letters of an escape."""
        found = _TOKEN.match(self._text, self._place)
        if found is None or found["other"] in special:
            raise _Peculiar
        self._place = found.end()
        if found["named"]:
            if found["named"] not in _CLASSES:
                raise _Peculiar
            return _CLASSES[found["named"]]
        return frozenset(found["escaped"] or found["other"])

    def _class(self) -> Letters:
        negated = self._take("^")
        letters: Letters = frozenset()
        while not self._take("]"):
            first = self._letters(frozenset("[]\\"))
            if self._text.startswith("-", self._place) and not self._text.startswith(
                "-]", self._place
            ):
                self._place += 1
                last = self._letters(frozenset("[]\\"))
                if len(first) != 1 or len(last) != 1 or min(first) > min(last):
                    raise _Peculiar
                first = frozenset(map(chr, range(ord(min(first)), ord(min(last)) + 1)))
            letters |= first
        if not letters:
            raise _Peculiar
        return _LATIN - letters if negated else letters


@dataclass(frozen=True)
class _Fragment:
    """Where a part may begin and end, and whether it may be nothing."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    empty: bool = True


class _Places:
    """The places of a pattern (as Glushkov's automaton has them), and what follows each."""

    def __init__(self) -> None:
        self._letters: list[Letters] = []
        self._next: list[set[int]] = []

    def goes_one_way(self, parts: tuple[_PatternPart, ...]) -> bool:
        """Whether no letter can be read at two places that may come next."""
        whole = self._sequence(parts)
        return all(
            not self._letters[one] & self._letters[other]
            for following in (whole.first, *self._next)
            for one, other in combinations(following, 2)
        )

    def _sequence(self, parts: tuple[_PatternPart, ...]) -> _Fragment:
        found = _Fragment()
        for part in parts:
            found = self._joined(found, self._repeated(part))
        return found

    def _joined(self, one: _Fragment, other: _Fragment) -> _Fragment:
        for place in one.last:
            self._next[place] |= other.first
        return _Fragment(
            one.first | (other.first if one.empty else frozenset()),
            other.last | (one.last if other.empty else frozenset()),
            one.empty and other.empty,
        )

    def _repeated(self, part: _PatternPart) -> _Fragment:
        found = _Fragment()
        for _ in range(part.least):
            found = self._joined(found, self._once(part))
        if part.most is None:
            again = self._once(part)
            if again.empty:  # Python would try every way to divide a text among the repeats
                raise _Peculiar
            for place in again.last:
                self._next[place] |= again.first
            return self._joined(found, replace(again, empty=True))
        more = _Fragment()
        for _ in range(part.most - part.least):
            more = replace(self._joined(self._once(part), more), empty=True)
        return self._joined(found, more)

    def _once(self, part: _PatternPart) -> _Fragment:
        if part.group:
            return self._sequence(part.group)
        if len(self._letters) == _MOST:
            raise _Peculiar
        self._letters.append(part.letters)
        self._next.append(set())
        place = frozenset({len(self._letters) - 1})
        return _Fragment(place, place, empty=False)


def _written(parts: tuple[_PatternPart, ...]) -> str:
    return "".join(map(_one_written, parts))


def _one_written(part: _PatternPart) -> str:
    inner = f"(?:{_written(part.group)})" if part.group else _class_written(part.letters)
    return f"{inner}{{{part.least},{'' if part.most is None else part.most}}}"


def _class_written(letters: Letters) -> str:
    if not letters:
        return "(?!)"
    codes = sorted(map(ord, letters))
    known = frozenset(codes)
    starts = [code for code in codes if code - 1 not in known]
    ends = [code for code in codes if code + 1 not in known]
    return "[" + "".join(f"\\x{a:02x}-\\x{b:02x}" for a, b in zip(starts, ends, strict=True)) + "]"
