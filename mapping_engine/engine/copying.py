"""Copies of objects: all of them, or what no rule maps elsewhere; and nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeAlias

from mapping_engine.core.chosen_paths import reads_event
from mapping_engine.core.model import Model, reachable
from mapping_engine.core.nodes import Call, Copy, Name, Node, Read
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Span
from mapping_engine.engine.inspect import is_name, shown
from mapping_engine.engine.run import Issue
from mapping_engine.engine.texts import as_text
from mapping_engine.engine.values import wrong_kind
from mapping_engine.selectors import search
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.hashing import digest, is_digest
from mapping_engine.transforms.impersonal import Looks
from mapping_engine.types.kinds import Json, is_missing, kind_of
from mapping_engine.vocabulary import Personal

Path: TypeAlias = tuple[str, ...]
Told: TypeAlias = list[tuple[tuple[str | int, ...], str]]
"""What could not be copied: the way to it, and the reason."""

_KEYS = 1024
"""How many keys a copy remembers to be, or not to be, the name of something personal."""
_LOOKS_PERSONAL = "holds a text that looks like personal data"


@dataclass(slots=True)
class Marks:
    """What to do with a key that is treated apart, and with the keys below it."""

    word: str = ""
    """One of `mapped`, `without`, `keep` and `hash`; nothing, where only a part is meant.

    Of what is left out, digests of parts stay.
    """
    below: dict[str, Marks] = field(default_factory=dict)

    def mark(self, path: Path, word: str) -> None:
        """Mark what lies at a path; later marks go before earlier ones."""
        found = self
        for step in path:
            found = found.below.setdefault(step, Marks())
        found.word = word
        if word != "keep":
            found.below.clear()

    def of_items(self) -> Marks:
        """The marks of the items of a list, into which the paths of rules do not lead."""
        below = {k: v.of_items() for k, v in self.below.items() if v.word != "mapped"}
        return Marks(self.word, below)


NOTHING = Marks()
"""Nothing is treated apart; nobody writes to it."""


def exclusions(base: Path, mapped: Iterable[Path]) -> list[Path]:
    """The keys below ``base`` that the ``mapped`` paths name."""
    depth = len(base)
    return [path[depth:] for path in mapped if path[:depth] == base and len(path) > depth]


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


def copy_plan(node: Copy, mapped: Iterable[Path], keys: Sequence[Json]) -> CopyPlan | None:
    """The plan of a copy; ``keys`` are the values of its lists, in their order.

    None where it is not known what to leave out, or to hash: then nothing may be copied.
    """
    pairs = list(zip(node.keys, keys, strict=True))
    if any(k is not None and (k is node.without or k is node.hash) and v is None for k, v in pairs):
        return None
    return CopyPlan(mapped, *(None if key is None else key_names(value) for key, value in pairs))


class CopyPlan:
    """What a copy leaves out of its source, and the keys there that it treats apart.

    Keys may be paths, such as `trip.city`. A digest goes before all else; what is left out is not
    kept. ``only`` are the keys that may be copied as they are; None where all may.
    """

    __slots__ = ("hashed", "marks", "only")

    def __init__(
        self,
        mapped: Iterable[Path] = (),
        without: frozenset[str] | None = None,
        keep: frozenset[str] | None = None,
        digests: frozenset[str] | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        self.only = only
        self.marks = Marks()
        for names, word in ((keep, "keep"), (mapped, "mapped"), (without, "without")):
            for path in _paths(names or ()):
                self.marks.mark(path, word)
        self.hashed = Marks()
        for path in _paths(digests or ()):
            self.marks.mark(path, "hash")
            self.hashed.mark(path, "hash")

    def allowed(self, source: dict[str, Json]) -> dict[str, Json]:
        """The keys that may be copied, and what of the others becomes a digest."""
        found: dict[str, Json] = {}
        for key, value in source.items():
            mark = self.hashed.below.get(key)
            if self.only is None or key in self.only or (mark is not None and mark.word):
                found[key] = value
            elif mark is not None:
                found[key] = _only_marked(value, mark)
        return found


def _paths(names: Iterable[str | Path]) -> Iterator[Path]:
    """The paths that keys mean: each as it stands, and as a dotted path."""
    for name in names:
        if isinstance(name, tuple):
            yield name
            continue
        yield (name,)
        if "." in name:
            yield tuple(name.split("."))


class Copying:
    """Copies objects without excluded keys and without personal data at any depth.

    Without nulls as well, unless these are wanted; ``clear`` where personal data is.
    """

    def __init__(
        self, personal: Personal, path: str, span: Span, *, nulls: bool = False, clear: bool = False
    ) -> None:
        self._nulls = nulls
        self._clear = clear
        self._personal = personal
        self._looks = Looks(personal)
        self._may = self._looks.may
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
            if not source:  # of which there is nothing to copy
                return {}
            reason = "is not copied: the list of keys to leave out is missing"
            issues.append(Issue(self._path, reason, self._span))
            return {}
        if plan.only is not None:
            source = plan.allowed(source)
        told: Told = []
        found = self._object(told, source, plan.marks, already_hashed, clear=self._clear)
        if told:
            for way, reason in told:
                issues.append(Issue(f"{self._path}.{shown(way)}", reason, self._span))
        return found

    def no_object(self, value: Json, issues: list[Issue]) -> None:
        """Say of something else than an object that it cannot be copied."""
        if not is_missing(value):
            issues.append(Issue(self._path, wrong_kind(kind_of(value), "an object"), self._span))

    def _object(
        self,
        told: Told,
        source: dict[str, Json],
        marks: Marks,
        already_hashed: bool,
        *,
        clear: bool,
    ) -> dict[str, Json]:
        """A copy of an object; ``clear`` where personal data is wanted."""
        found: dict[str, Json] = {}
        known, apart = self._known, marks.below
        may = self._may
        for key, value in source.items():
            mark = apart.get(key) if apart else None
            if mark is None:
                wanted = True if clear else known.get(key)
                if wanted is None:
                    wanted = self._remembered(key)
                if not wanted:
                    continue
                kind = type(value)
                usual = may(value) is None if kind is str else kind is int or kind is float
                if usual:
                    found[key] = value
                    continue
            before = len(told)
            kept = self._kept(told, key, value, mark, already_hashed, clear=clear)
            if len(told) > before:
                told[before:] = [((key, *way), reason) for way, reason in told[before:]]
            if kept is not None or (value is None and self._is_sent(mark)):
                found[key] = kept
        return found

    def _is_sent(self, mark: Marks | None) -> bool:
        """Whether the null under a key that may be copied is."""
        return self._nulls and (mark is None or mark.word == "keep")

    def _kept(
        self,
        told: Told,
        key: str,
        value: Json,
        mark: Marks | None,
        already_hashed: bool,
        *,
        clear: bool,
    ) -> Json:
        """What is copied of a value that takes a closer look; None for nothing."""
        if mark is None:
            is_person = type(value) in (dict, list) and self._personal.is_person(key)
            if is_person and not clear and _has_objects(value):
                return None
            return self._value(told, value, NOTHING, already_hashed, clear=clear)
        match mark.word:
            case "hash":
                return self._digest(told, value, already_hashed)
            case "keep":
                return self._value(told, value, mark, already_hashed, clear=True)
        wanted = not mark.word and (clear or self._known.get(key) or self._remembered(key))
        if not wanted or (not clear and self._personal.is_person(key)):
            value = _only_marked(value, mark) if mark.below else None
        found = self._value(told, value, mark, already_hashed, clear=clear)
        return None if found == {} else found

    def _value(
        self, told: Told, value: Json, marks: Marks, already_hashed: bool, *, clear: bool
    ) -> Json:
        kind = type(value)
        if kind is str:
            return self._text(told, value, clear=clear)
        if kind is dict:
            kept = self._object(told, value, marks, already_hashed, clear=clear)
            return kept if kept or not value else None
        if kind is list:
            return self._list(told, value, marks.of_items(), already_hashed, clear=clear)
        return value

    def _list(
        self, told: Told, value: list[Json], marks: Marks, already_hashed: bool, *, clear: bool
    ) -> list[Json]:
        found: list[Json] = []
        for place, item in enumerate(value):
            before = len(told)
            kept = self._value(told, item, marks, already_hashed, clear=clear)
            if len(told) > before:
                told[before:] = [((place, *way), reason) for way, reason in told[before:]]
            if kept is not None or (item is None and self._nulls):
                found.append(kept)
        return found

    def _text(self, told: Told, value: str, *, clear: bool) -> str | None:
        if not clear and self._looks.match(value):
            told.append(((), _LOOKS_PERSONAL))
            return None
        return value

    def _digest(self, told: Told, value: Json, already_hashed: bool) -> str | None:
        text = None if is_missing(value) else as_text(value)
        if type(value) in (dict, list) or text is None:
            if not is_missing(value):
                told.append(((), "holds a list or an object, of which there is no digest"))
            return None
        if is_digest(text):
            return text.strip().lower()
        if already_hashed:
            told.append(((), "holds a value that is no digest, though it is said to be"))
            return None
        return digest(text.strip())

    def _remembered(self, key: str) -> bool:
        found = self._judged(key)
        if len(self._known) < _KEYS and is_name(key):
            self._known[key] = found
        return found

    def _judged(self, key: str) -> bool:
        """Whether a key neither names personal data nor is personal data itself."""
        if self._personal.names_data(key):
            return False
        return not self._looks.match(key)


def copying_of(model: Model, node: Copy) -> Copying:
    """What makes the copies of a node."""
    source = node.source
    path, span = spell(source), source.span
    personal = model.vocabulary.personal
    return Copying(personal, path, span, nulls=node.empty, clear=node.clear)


def _has_objects(value: Json) -> bool:
    """Whether a value is an object, or a list in which there is one."""
    return type(value) is dict or (type(value) is list and any(map(_has_objects, value)))


def _only_marked(value: Json, marks: Marks) -> Json:
    """What is marked of a value that is left out besides."""
    if type(value) is dict:
        pairs = [(k, v, marks.below[k]) for k, v in value.items() if k in marks.below]
        return {k: v if mark.word else _only_marked(v, mark) for k, v, mark in pairs}
    if type(value) is list:
        return [_only_marked(item, marks) for item in value if type(item) in (dict, list)]
    return None
