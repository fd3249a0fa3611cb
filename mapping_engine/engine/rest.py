"""Copies of objects: all of them, or what no rule maps elsewhere; and nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.engine.inspect import LEAST, MOST, is_name
from mapping_engine.engine.lower import as_text
from mapping_engine.engine.run import Note, Run
from mapping_engine.transforms.hashing import digest, is_digest
from mapping_engine.transforms.patterns import needed_letter
from mapping_engine.transforms.scalars import is_unicode
from mapping_engine.types import is_missing
from mapping_engine.vocabulary import Personal, fold_name

Tree: TypeAlias = dict[str, Any]
"""Keys to leave out: ``True`` for all of it, or a tree for a part of it."""

Path: TypeAlias = tuple[str, ...]


_KEYS = 1024
"""How many keys a copy remembers to be, or not to be, the name of something personal."""
NOTHING: Tree = {}
"""Nothing is left out; nobody writes to it."""


def exclusions(base: Path, mapped: Iterable[Path]) -> Tree:
    """The keys below ``base`` that the ``mapped`` paths name."""
    tree: Tree = {}
    for path in mapped:
        if path[: len(base)] == base and len(path) > len(base):
            _exclude(tree, path[len(base) :])
    return tree


def _exclude(tree: Tree, path: Path) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if below is True:
            return
        tree = below
    tree[path[-1]] = True


class CopyPlan:
    """What a copy leaves out of its source, and the keys there that it treats apart.

    A digest goes before all else; what is left out is not kept.
    """

    __slots__ = ("apart", "digests", "kept", "without")

    def __init__(
        self,
        mapped: Tree,
        without: frozenset[str] = frozenset(),
        keep: frozenset[str] = frozenset(),
        digests: frozenset[str] = frozenset(),
    ) -> None:
        self.digests = digests
        self.kept = frozenset(key for key in keep - without if mapped.get(key) is not True)
        self.apart = digests | self.kept
        self.without: Tree = {**mapped, **dict.fromkeys(without | keep | digests, True)}


class Copying:
    """Copies objects without excluded keys and without personal data at any depth."""

    def __init__(self, personal: Personal, path: str, span: Span) -> None:
        import re2

        self._names = frozenset(personal.names)
        self._looks: list[tuple[str, Callable[[str], Any]]] = [
            (needed_letter(pattern) or "", re2.compile(pattern).search)
            for pattern in personal.patterns
        ]
        self._quick = self._looks[0][0] if len(self._looks) == 1 else ""
        """A letter without which no text looks personal; where there is none, what all contain."""
        self._path = path
        self._span = span
        self._known: dict[str, bool] = {}
        """Keys with whether they may be copied; what is asked for is remembered, up to a bound."""

    def of(self, run: Run, source: dict[str, Any], plan: CopyPlan) -> dict[str, Any]:
        """A copy of ``source``; what looks personal without being named so is noted."""
        rest = self._object(run, source, plan.without, clear=False)
        if plan.apart.isdisjoint(source):
            return rest
        for key in plan.apart & source.keys():
            if key in plan.digests:
                rest[key] = self._digest(run, source[key])
            else:
                rest[key] = self._value(run, source[key], NOTHING, clear=True)
        return {key: rest[key] for key in source if rest.get(key) is not None}

    def _object(
        self, run: Run, source: dict[str, Any], without: Tree, *, clear: bool
    ) -> dict[str, Any]:
        """A copy of an object; ``clear`` where personal data is wanted."""
        found: dict[str, Any] = {}
        known, quick = self._known, self._quick
        for key, value in source.items():
            below = without.get(key, NOTHING) if without else NOTHING
            if below is True:
                continue
            wanted = is_unicode(key) if clear else known.get(key)
            if wanted is None:
                wanted = self._remembered(key)
            if not wanted:
                continue
            kind = type(value)
            if kind is str:
                usual = quick not in value and value.isascii()
            else:
                usual = (kind is int or kind is float) and LEAST <= value <= MOST
            if usual:
                found[key] = value
                continue
            kept = self._value(run, value, below, clear=clear)
            if kept is not None and not (below and kept == {}):
                found[key] = kept
        return found

    def _value(self, run: Run, value: Any, without: Tree, *, clear: bool) -> Any:
        kind = type(value)
        if kind is str:
            usual = self._quick not in value and value.isascii()
            return value if usual else self._text(run, value, clear=clear)
        if kind is dict:
            kept = self._object(run, value, without, clear=clear)
            return kept if kept or not value else None
        if kind is list:
            items = [self._value(run, item, NOTHING, clear=clear) for item in value]
            return [item for item in items if item is not None]
        if kind is float:
            if isfinite(value):
                return value
            self._left_out(run, "holds a number that JSON cannot hold")
            return None
        if kind is int and not LEAST <= value <= MOST:
            self._left_out(run, "holds a number of more than 64 bits")
            return None
        return value if kind is int or kind is bool else None

    def _text(self, run: Run, value: str, *, clear: bool) -> str | None:
        if not is_unicode(value):
            self._left_out(run, "holds a text that is not valid unicode")
            return None
        for letter, look in () if clear else self._looks:
            if letter in value and look(value):
                self._left_out(run, "holds a text that looks like personal data")
                return None
        return value

    def _digest(self, run: Run, value: Any) -> str | None:
        text = None if is_missing(value) else as_text(value)
        if type(value) in (dict, list) or text is None:
            if not is_missing(value):
                self._left_out(run, "holds a list or an object, of which there is no digest")
            return None
        if is_digest(text):
            return text.strip().lower()
        if run.already_hashed:
            self._left_out(run, "holds a value that is no digest, though it is said to be")
            return None
        try:
            return digest(text.strip())
        except ValueError:
            self._left_out(run, "holds a text that is not valid unicode")
            return None

    def _left_out(self, run: Run, reason: str) -> None:
        run.notes.append(Note(self._path, reason, self._span))

    def _remembered(self, key: str) -> bool:
        found = self._judged(key)
        if len(self._known) < _KEYS and is_name(key):
            self._known[key] = found
        return found

    def _judged(self, key: str) -> bool:
        """Whether a key neither names personal data nor is personal data itself."""
        if fold_name(key) in self._names or not is_unicode(key):
            return False
        return not any(letter in key and look(key) for letter, look in self._looks)
