"""Regular expressions, as RE2 reads them: it matches in linear time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from mapping_engine.source.json_text import is_unicode

_ATOM = re.compile(
    r"(?:\\([^A-Za-z0-9])|([^\\|^$*+?{}\[\]().])|\[\^?(?:\\.|[^\[\]\\])+\])([*+?]?)", re.DOTALL
)


_CLASS = r"\[(?:[A-Za-z0-9_](?:-[A-Za-z0-9_])?)+-?\]"
_SIMPLE = re.compile(rf"(?:{_CLASS}(?:\{{[0-9]\}})?)+|{_CLASS}\+")
"""What Python's own expressions read as RE2 does, and match in linear time."""


class Compiled(Protocol):
    """A pattern of RE2."""

    def fullmatch(self, text: bytes) -> object:
        """Something, if all of the text matches."""

    def search(self, text: bytes) -> object:
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


@lru_cache(512)
def searcher(pattern: str) -> Callable[[str], bool]:
    """Whether a pattern is found in a text; raises ValueError with what is wrong with it."""
    search = compiled(pattern).search
    return lambda text: search(text.encode("utf-8", "replace")) is not None


def matcher(pattern: str) -> Callable[[bytes], bool]:
    """Whether all of a text matches.

    A set of one pattern says so much faster than the pattern itself, which also finds its groups;
    but where it runs out of memory, it says no.
    """
    decide = compiled(pattern).fullmatch
    if _SIMPLE.fullmatch(pattern):
        plain = re.compile(pattern.encode()).fullmatch
        return lambda text: plain(text) is not None
    import re2  # for start-up time

    options = re2.Options()
    options.log_errors = False
    alone = re2.Set.FullMatchSet(options)
    alone.Add(pattern)
    try:
        alone.Compile()
    except re2.error:
        return lambda text: decide(text) is not None
    match = alone.Match
    return lambda text: match(text) is not None or decide(text) is not None


def needed_letter(pattern: str) -> str | None:
    """A letter without which nothing matches anywhere; None where there is none to be seen."""
    atoms = list(_ATOM.finditer(pattern))
    if "".join(atom[0] for atom in atoms) != pattern:
        return None
    letters = (atom[1] or atom[2] for atom in atoms if atom[3] in ("", "+"))
    return next(filter(None, letters), None)
