"""Regular expressions, as RE2 reads them: it matches in linear time.

RE2 is an extra; without it :mod:`mapping_engine.transforms.portable` says the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Protocol

from mapping_engine.frozen import Frozen
from mapping_engine.source.json_text import is_unicode
from mapping_engine.transforms.portable import portable

_ATOM = re.compile(
    r"(?:\\([^A-Za-z0-9])|([^\\|^$*+?{}\[\]().])|\[(?!\^?\])\^?(?:\\.|[^\[\]\\])+\])([*+?]?)",
    re.DOTALL,
)


_TOKEN = re.compile(
    r"\\[pPx]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9]+,?[0-9]*\}|(\{[0-9])|.", re.DOTALL
)
"""The parts of a pattern; a group is the beginning of a repetition without an end."""
_CLASS = r"\[(?:[A-Za-z0-9_](?:-[A-Za-z0-9_])?)+-?\]"
_SIMPLE = re.compile(rf"(?:{_CLASS}(?:\{{[0-9]\}})?)+|{_CLASS}\+")
"""What Python's own expressions read as RE2 does, and match in linear time."""


@cache
def engine() -> Any:
    """The module of RE2, or None where it is not installed."""
    try:
        import re2  # for start-up time
    except ModuleNotFoundError:
        return None
    return re2


_LOOKS_AROUND = "; RE2 has no look-around: a `when` says what must not match"


class Compiled(Protocol):
    """A pattern of RE2."""

    def fullmatch(self, text: bytes) -> object:
        """Something, if all of the text matches."""


def compiled(pattern: str) -> Compiled:
    """The pattern as RE2 reads it; raises ValueError with what is wrong with it."""
    if not is_unicode(pattern):
        raise ValueError("it is not valid unicode text")
    if any(token[1] for token in _TOKEN.finditer(pattern)):
        raise ValueError("a repetition is not closed; a brace that is meant is written `\\{`")
    re2 = engine()
    if re2 is None:
        return _Portable(portable(pattern, whole=True))
    options = re2.Options()
    options.log_errors = False
    try:
        found: Compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else b"it cannot be read"
        said = reason.decode(errors="replace")
        raise ValueError(f"{said}{_LOOKS_AROUND if 'perl operator' in said else ''}") from None
    return found


@lru_cache(512)
def searcher(pattern: str) -> Callable[[str], bool]:
    """Whether a pattern is found in a text; raises ValueError with what is wrong with it."""
    compiled(pattern)
    re2 = engine()
    if re2 is None:
        found = portable(pattern, whole=False)
        return lambda text: found(text.encode("utf-8", "replace").decode())
    finds = _quick(pattern, re2.Set.SearchSet, re2.compile(pattern).search)
    return lambda text: finds(text.encode("utf-8", "replace"))


def matcher(pattern: str) -> Callable[[bytes], bool]:
    """Whether all of a text matches."""
    decide = compiled(pattern).fullmatch
    if _SIMPLE.fullmatch(pattern):
        plain = re.compile(pattern.encode()).fullmatch
        return lambda text: plain(text) is not None
    re2 = engine()
    if re2 is None:
        whole = portable(pattern, whole=True)
        return lambda text: whole(text.decode())
    return _quick(pattern, re2.Set.FullMatchSet, decide)


def _quick(
    pattern: str, kind: Callable[[Any], Any], decide: Callable[[bytes], object]
) -> Callable[[bytes], bool]:
    """The verdict of ``decide``, which also finds the groups, much faster: by a set of one pattern.

    Where the set runs out of memory, it says no.
    """
    re2 = engine()
    options = re2.Options()
    options.log_errors = False
    alone = kind(options)
    alone.Add(pattern)
    try:
        alone.Compile()
    except re2.error:
        return lambda text: decide(text) is not None
    match = alone.Match
    return lambda text: bool(match(text)) or decide(text) is not None


class _Portable(Frozen):
    matches: Callable[[str], bool]

    def fullmatch(self, text: bytes) -> object:
        return self.matches(text.decode()) or None


def needed_letter(pattern: str) -> str | None:
    """A letter without which nothing matches anywhere; None where there is none to be seen.

    It is looked for before the first group, or whatever else is neither a letter nor a class.
    """
    place = 0
    while "|" not in pattern and (atom := _ATOM.match(pattern, place)) is not None:
        place, letter = atom.end(), atom[1] or atom[2]
        if letter and atom[3] in ("", "+") and pattern[place : place + 1] != "{":
            return letter
    return None
