"""The rest of an object: what no rule maps elsewhere, and nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.engine.run import Note, Run
from mapping_engine.vocabulary import Personal, fold_name

Tree: TypeAlias = dict[str, Any]
"""Keys to leave out: ``True`` for all of it, or a tree for a part of it."""

Path: TypeAlias = tuple[str, ...]


_LEAST, _MOST = -(2**63), 2**64 - 1
"""The whole numbers that receivers of JSON can be expected to read."""


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


class Remainder:
    """Copies objects without excluded keys and without personal data at any depth."""

    def __init__(self, personal: Personal, path: str, span: Span) -> None:
        import re2

        self._names = frozenset(personal.names)
        self._looks: list[Callable[[str], Any]] = [
            re2.compile(pattern).search for pattern in personal.patterns
        ]
        self._path = path
        self._span = span

    def of(self, run: Run, source: dict[str, Any], without: Tree) -> dict[str, Any]:
        """A copy of ``source``; what looks personal without being named so is noted."""
        found: dict[str, Any] = {}
        for key, value in source.items():
            rule = without.get(key)
            if rule is True or self.is_personal_name(key):
                continue
            below = rule if rule and type(value) is dict else {}
            kept = self._value(run, value, below)
            if kept is not None and not (rule and kept == {}):
                found[key] = kept
        return found

    def _value(self, run: Run, value: Any, without: Tree) -> Any:
        if type(value) is dict:
            kept = self.of(run, value, without)
            return kept if kept or not value else None
        if type(value) is list:
            items = [self._value(run, item, {}) for item in value]
            return [item for item in items if item is not None]
        if type(value) is str:
            return self._text(run, value)
        if type(value) is float and not isfinite(value):
            self._left_out(run, "holds a number that JSON cannot hold")
            return None
        if type(value) is int and not _LEAST <= value <= _MOST:
            self._left_out(run, "holds a number of more than 64 bits")
            return None
        return value if type(value) in (int, float, bool) else None

    def _text(self, run: Run, value: str) -> str | None:
        if not _is_unicode(value):
            self._left_out(run, "holds a text that is not valid unicode")
            return None
        if self._looks_personal(value):
            self._left_out(run, "holds a text that looks like personal data")
            return None
        return value

    def _left_out(self, run: Run, reason: str) -> None:
        run.notes.append(Note(self._path, reason, self._span))

    def _looks_personal(self, text: str) -> bool:
        return any(look(text) for look in self._looks)

    def is_personal_name(self, key: str) -> bool:
        """Whether a key names personal data, or is personal data itself."""
        return fold_name(key) in self._names or not _is_unicode(key) or self._looks_personal(key)


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
