"""Copies of objects: all of them, or what no rule maps elsewhere; and nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.engine.lower import as_text
from mapping_engine.engine.run import Note, Run
from mapping_engine.transforms.hashing import digest, is_digest
from mapping_engine.types import is_missing
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


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of the object itself that are treated apart; a digest goes before all else."""

    without: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()


class Copying:
    """Copies objects without excluded keys and without personal data at any depth."""

    def __init__(self, personal: Personal, path: str, span: Span) -> None:
        import re2

        self._names = frozenset(personal.names)
        self._looks: list[Callable[[str], Any]] = [
            re2.compile(pattern).search for pattern in personal.patterns
        ]
        self._path = path
        self._span = span

    def of(self, run: Run, source: dict[str, Any], mapped: Tree, keys: Keys) -> dict[str, Any]:
        """A copy of ``source``; what looks personal without being named so is noted."""
        found: dict[str, Any] = {}
        for key in source.keys() & (keys.digests | keys.keep):
            if key in keys.digests:
                found[key] = self._digest(run, source[key])
            elif key not in keys.without and mapped.get(key) is not True:
                found[key] = self._value(run, source[key], {}, clear=True)
        special = keys.without | keys.keep | keys.digests
        rest = self._object(run, source, {**mapped, **dict.fromkeys(special, True)}, clear=False)
        chosen = {**found, **rest}
        return {key: chosen[key] for key in source if chosen.get(key) is not None}

    def _object(
        self, run: Run, source: dict[str, Any], without: Tree, *, clear: bool
    ) -> dict[str, Any]:
        """A copy of an object; ``clear`` where personal data is wanted."""
        found: dict[str, Any] = {}
        for key, value in source.items():
            rule = without.get(key)
            if rule is True or not (clear or self._may_be_copied(key)) or not _is_unicode(key):
                continue
            below = rule if rule and type(value) is dict else {}
            kept = self._value(run, value, below, clear=clear)
            if kept is not None and not (rule and kept == {}):
                found[key] = kept
        return found

    def _value(self, run: Run, value: Any, without: Tree, *, clear: bool) -> Any:
        if type(value) is dict:
            kept = self._object(run, value, without, clear=clear)
            return kept if kept or not value else None
        if type(value) is list:
            items = [self._value(run, item, {}, clear=clear) for item in value]
            return [item for item in items if item is not None]
        if type(value) is str:
            return self._text(run, value, clear=clear)
        if type(value) is float and not isfinite(value):
            self._left_out(run, "holds a number that JSON cannot hold")
            return None
        if type(value) is int and not _LEAST <= value <= _MOST:
            self._left_out(run, "holds a number of more than 64 bits")
            return None
        return value if type(value) in (int, float, bool) else None

    def _text(self, run: Run, value: str, *, clear: bool) -> str | None:
        if not _is_unicode(value):
            self._left_out(run, "holds a text that is not valid unicode")
            return None
        if not clear and self._looks_personal(value):
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

    def _looks_personal(self, text: str) -> bool:
        return any(look(text) for look in self._looks)

    def _may_be_copied(self, key: str) -> bool:
        """Whether a key neither names personal data nor is personal data itself."""
        return (
            fold_name(key) not in self._names and _is_unicode(key) and not self._looks_personal(key)
        )


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
