"""Copies of objects: all of them, or what no rule maps elsewhere; and nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import TypeAlias

from mapping_engine.core.chosen_paths import reads_event
from mapping_engine.core.model import Model, reachable
from mapping_engine.core.nodes import Call, Copy, Name, Node, Read
from mapping_engine.diagnostics import Span
from mapping_engine.engine.inspect import is_name
from mapping_engine.engine.run import Issue
from mapping_engine.engine.values import as_text
from mapping_engine.selectors import search
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.hashing import digest, is_digest
from mapping_engine.transforms.patterns import needed_letter, searcher
from mapping_engine.types.kinds import Json, is_missing
from mapping_engine.vocabulary import Personal, fold_name

Tree: TypeAlias = dict[str, Json]
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


def copy_base(node: Node) -> Path:
    """The field names that lead from the event to what is copied."""
    found = path_steps(node.selector) if isinstance(node, Read) else None
    return tuple(step for step in found or () if isinstance(step, str))


def moved_paths(model: Model) -> list[Call]:
    """The calls that read at a path which only the settings know: what lies there is mapped."""
    nodes = reachable(model, iter((model.fields,)))
    return [node for node in nodes if isinstance(node, Call) and reads_event(node)]


def located(call: Call, arguments: Iterable[Json]) -> Path | None:
    """The field names until the first index, where such a call reads: all below is mapped."""
    locate = REGISTRY[call.name].locate
    assert locate is not None
    steps = locate(*arguments) or ()
    names = takewhile(lambda step: isinstance(step, str), steps)
    return tuple(map(str, names)) or None


def key_names(value: Json) -> frozenset[str]:
    """The texts of a list of keys; what else is in it names nothing."""
    items = value if type(value) is list else [value]
    return frozenset(item for item in items if type(item) is str)


def keys_given(node: Node, value: Json, settings: Json) -> Json:
    """What a list of keys evaluates to; one that is empty in the settings is no missing one."""
    if value is None and isinstance(node, Name) and node.name == "settings" and node.tail:
        found = search(node.tail, settings)
        return found if found == [] else None
    return value


def copy_plan(node: Copy, mapped: Tree, keys: Sequence[Json]) -> CopyPlan | None:
    """The plan of a copy; ``keys`` are the values of its lists, in their order.

    None where it is not known what to leave out, or to hash: then nothing may be copied.
    """
    pairs = list(zip(node.keys, keys, strict=True))
    if any(k is not None and (k is node.without or k is node.hash) and v is None for k, v in pairs):
        return None
    return CopyPlan(mapped, *(None if key is None else key_names(value) for key, value in pairs))


class CopyPlan:
    """What a copy leaves out of its source, and the keys there that it treats apart.

    A digest goes before all else; what is left out is not kept. ``only`` are the keys that may be
    copied as they are; None where all may.
    """

    __slots__ = ("apart", "digests", "kept", "only", "without")

    def __init__(
        self,
        mapped: Tree,
        without: frozenset[str] | None = None,
        keep: frozenset[str] | None = None,
        digests: frozenset[str] | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        without, keep = without or frozenset(), keep or frozenset()
        keep = keep if only is None else keep & only
        self.only = only
        self.digests = digests or frozenset()
        self.kept = frozenset(key for key in keep - without if mapped.get(key) is not True)
        self.apart = self.digests | self.kept
        self.without: Tree = {**mapped, **dict.fromkeys(without | keep | self.digests, True)}


class Copying:
    """Copies objects without excluded keys and without personal data at any depth."""

    def __init__(self, personal: Personal, path: str, span: Span) -> None:
        self._names = frozenset(personal.names)
        self._looks: list[tuple[str, Callable[[str], bool]]] = [
            (needed_letter(pattern) or "", searcher(pattern)) for pattern in personal.patterns
        ]
        self._quick = self._looks[0][0] if len(self._looks) == 1 else ""
        """A letter without which no text looks personal; where there is none, what all contain."""
        self._path = path
        self._span = span
        self._known: dict[str, bool] = {}
        """Keys with whether they may be copied; what is asked for is remembered, up to a bound."""

    def of(
        self,
        source: dict[str, Json],
        plan: CopyPlan | None,
        issues: list[Issue],
        already_hashed: bool,
    ) -> dict[str, Json]:
        """A copy of ``source``; what looks personal without being named so is an issue."""
        if plan is None:
            self._left_out(issues, "is not copied: the list of keys to leave out is missing")
            return {}
        if plan.only is not None:
            source = {k: v for k, v in source.items() if k in plan.only or k in plan.digests}
        rest = self._object(issues, source, plan.without, clear=False)
        if plan.apart.isdisjoint(source):
            return rest
        for key in plan.apart & source.keys():
            if key in plan.digests:
                rest[key] = self._digest(issues, source[key], already_hashed)
            else:
                rest[key] = self._value(issues, source[key], NOTHING, clear=True)
        return {key: rest[key] for key in source if rest.get(key) is not None}

    def _object(
        self, issues: list[Issue], source: dict[str, Json], without: Tree, *, clear: bool
    ) -> dict[str, Json]:
        """A copy of an object; ``clear`` where personal data is wanted."""
        found: dict[str, Json] = {}
        known, quick = self._known, self._quick
        for key, value in source.items():
            below = without.get(key, NOTHING) if without else NOTHING
            if below is True:
                continue
            wanted = True if clear else known.get(key)
            if wanted is None:
                wanted = self._remembered(key)
            if not wanted:
                continue
            kind = type(value)
            if quick not in value if kind is str else kind is int or kind is float:
                found[key] = value
                continue
            kept = self._value(issues, value, below, clear=clear)
            if kept is not None and not (below and kept == {}):
                found[key] = kept
        return found

    def _value(self, issues: list[Issue], value: Json, without: Tree, *, clear: bool) -> Json:
        kind = type(value)
        if kind is str:
            return value if self._quick not in value else self._text(issues, value, clear=clear)
        if kind is dict:
            kept = self._object(issues, value, without, clear=clear)
            return kept if kept or not value else None
        if kind is list:
            items = [self._value(issues, item, NOTHING, clear=clear) for item in value]
            return [item for item in items if item is not None]
        return value

    def _text(self, issues: list[Issue], value: str, *, clear: bool) -> str | None:
        for letter, look in () if clear else self._looks:
            if letter in value and look(value):
                self._left_out(issues, "holds a text that looks like personal data")
                return None
        return value

    def _digest(self, issues: list[Issue], value: Json, already_hashed: bool) -> str | None:
        text = None if is_missing(value) else as_text(value)
        if type(value) in (dict, list) or text is None:
            if not is_missing(value):
                self._left_out(issues, "holds a list or an object, of which there is no digest")
            return None
        if is_digest(text):
            return text.strip().lower()
        if already_hashed:
            self._left_out(issues, "holds a value that is no digest, though it is said to be")
            return None
        return digest(text.strip())

    def _left_out(self, issues: list[Issue], reason: str) -> None:
        issues.append(Issue(self._path, reason, self._span))

    def _remembered(self, key: str) -> bool:
        found = self._judged(key)
        if len(self._known) < _KEYS and is_name(key):
            self._known[key] = found
        return found

    def _judged(self, key: str) -> bool:
        """Whether a key neither names personal data nor is personal data itself."""
        if fold_name(key) in self._names:
            return False
        return not any(letter in key and look(key) for letter, look in self._looks)
