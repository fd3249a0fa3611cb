"""Paths of the event against the vocabulary: what it does not declare, and what was meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mapping_engine.diagnostics import (
    Diagnostics,
    Fix,
    Severity,
    Span,
    listed,
    nearest,
)
from mapping_engine.expression import Extent, Reference, Select
from mapping_engine.selectors import Selector, prefixes, vocabulary_path
from mapping_engine.selectors.places import field_places
from mapping_engine.selectors.suspicious import suspicious
from mapping_engine.types.kinds import LIST, OBJECT
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Vocabulary
from mapping_engine.vocabulary.vocabulary import ITEM

_DEEPEST = 6
_OWN = "it in a vocabulary of your own that `extends` this one"


@dataclass(frozen=True)
class _Written:
    """A path below some start, as it is written and where."""

    text: str
    selector: Selector
    extent: Extent
    offset: int
    """Where the selector's text begins in the scalar."""

    def span(self, field: int | None) -> Span:
        """The place of the n-th field; all of it where that is not known."""
        places = field_places(self.selector)
        if field is None or field >= len(places):
            return self.extent.span
        place = places[field]
        scalar = self.extent.scalar
        return scalar.span_at(self.offset + place.start, self.offset + place.end)

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but names and dots."""
        return all(c.isalnum() or c in "_." for c in self.selector.text)


class PathCheck:
    """Holds paths against one vocabulary; ``names`` are those that stand after a ``$``."""

    def __init__(self, vocabulary: Vocabulary, names: frozenset[str] = frozenset()) -> None:
        self._vocabulary = vocabulary
        self._names = names

    def select(self, node: Select, diagnostics: Diagnostics) -> None:
        """Check a path of the event."""
        if is_lone_name(node):
            return
        offset = node.extent.start + (len("jmespath(") if node.explicit else 0)
        written = _Written("", node.selector, node.extent, offset)
        root = self._vocabulary.root.described
        path = vocabulary_path(node.selector)
        if path is not None:
            self._check(root, path, written, diagnostics)
            return
        for prefix in sorted(prefixes(node.selector)):
            self._check(root, prefix, written, diagnostics, exact=False)

    def below(
        self, start: Described | None, node: Reference, path: tuple[str, ...], found: Diagnostics
    ) -> None:
        """Check the steps after a ``$name`` whose value the vocabulary describes."""
        if node.tail is None:
            return
        shift = len(node.name) + (1 if node.tail.text.startswith("@") else 2)
        offset = node.extent.start + shift - (1 if node.tail.text.startswith("@") else 0)
        written = _Written(f"${node.name}.", node.tail, node.extent, offset)
        self._check(start, path, written, found)

    def _check(
        self,
        start: Described | None,
        path: tuple[str, ...],
        written: _Written,
        diagnostics: Diagnostics,
        exact: bool = True,
    ) -> None:
        described, fields = start, 0
        for depth, step in enumerate(path):
            if described is None:
                return
            problem = self._problem(described, path, depth, written)
            if problem is not None:
                problem.report(written.span(fields if exact else None), diagnostics)
                return
            described = self._step(described, step)
            fields += step != ITEM

    def _step(self, described: Described, step: str) -> Described | None:
        if step == ITEM:
            return described.item
        return self._vocabulary.objects.get(described.object or "", {}).get(step)

    def _problem(
        self, described: Described, path: tuple[str, ...], depth: int, written: _Written
    ) -> _Problem | None:
        step, above = path[depth], written.text + _spelled(path[:depth])
        if step == ITEM:
            if LIST & described.kinds or _is_mistaken_index(written.selector):
                return None
            return _Problem(f"`{above}` is {described.kinds}, not a list", None)
        if described.object in self._vocabulary.objects:
            fields = self._vocabulary.objects[described.object or ""]
            return None if step in fields else self._undeclared(described, path, depth, written)
        if OBJECT & described.kinds:
            return None
        if LIST & described.kinds:
            advice = f"write `{above}[].{step}` for all of them, `{above}[0].{step}` for the first"
            return _Problem(f"`{above}` is a list, which has no field `{step}`", advice)
        return _Problem(f"`{above}` is {described.kinds}, which has no field `{step}`", None)

    def _undeclared(
        self, described: Described, path: tuple[str, ...], depth: int, written: _Written
    ) -> _Problem:
        step = path[depth]
        fields = self._vocabulary.objects[described.object or ""]
        is_open = described.object in self._vocabulary.open
        message = f"the vocabulary `{self._vocabulary.name}` does not declare `{step}`"
        if depth:
            message += f" in `{written.text}{_spelled(path[:depth])}`"
        if depth == 0 and not written.text and step in self._names:
            dollar = Fix(written.extent.span, f"${step}", f"write `${step}`", safe=False, old=step)
            lighter = Severity.WARNING if is_open else None
            return _Problem(message, f"did you mean `${step}`?", dollar, lighter, at_step=True)
        elsewhere = None if written.text else self._elsewhere(path)
        near = nearest(step, fields)
        if elsewhere is not None and (near is None or elsewhere[-1] == path[-1]):
            fix = None
            if written.is_plain and depth == len(path) - 1:
                text = _spelled(elsewhere)
                old = written.selector.text
                fix = Fix(written.extent.span, text, f"read `{text}`", safe=False, old=old)
            help = f"did you mean `{_spelled(elsewhere)}`?"
            return _Problem(message, help, fix, Severity.WARNING if is_open else None)
        if near is not None:
            fix = Fix(written.extent.span, near, f"write `{near}`", safe=False, old=step)
            return _Problem(
                message,
                f"did you mean `{near}`?",
                fix,
                Severity.WARNING if is_open else None,
                at_step=True,
            )
        if is_open:
            where = "it there" if self._vocabulary.name.startswith("./") else _OWN
            help = f"declare {where}, so that its kind and its privacy are known"
            return _Problem(message, help, None, Severity.INFO)
        return _Problem(message, f"declared: {listed(fields)}", None)

    def _elsewhere(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """A declared path with the same last field, the one that looks most like ``path``."""
        from difflib import SequenceMatcher

        wanted = _spelled(path)
        found = [p for p in self._paths() if p[-1] == path[-1] and ITEM not in p]
        if not found:
            return None
        return max(found, key=lambda p: SequenceMatcher(None, wanted, _spelled(p)).ratio())

    def _paths(self) -> list[tuple[str, ...]]:
        """Every declared path, but for those through lists, down to some depth."""
        found: list[tuple[str, ...]] = []
        waiting: list[tuple[tuple[str, ...], Described | None]] = [
            ((), self._vocabulary.root.described)
        ]
        while waiting:
            path, described = waiting.pop(0)
            fields = self._vocabulary.objects.get((described and described.object) or "", {})
            for name, below in fields.items():
                found.append((*path, name))
                if len(path) + 1 < _DEEPEST and below.object:
                    waiting.append(((*path, name), below))
        return found


@dataclass(frozen=True)
class _Problem:
    message: str
    help: str | None
    fix: Fix | None = None
    lighter: Severity | None = None
    at_step: bool = False

    def report(self, span: Span, diagnostics: Diagnostics) -> None:
        fix = self.fix
        if fix is not None and self.at_step:
            fix = replace(fix, span=span)
        diagnostics.report(
            "SE08", self.message, span, help=self.help, fix=fix, lighter=self.lighter
        )


def _is_mistaken_index(selector: Selector) -> bool:
    """Whether an index is taken of each element by mistake, which SE07 reports."""
    return any(found.code == "SE07" for found in suspicious(selector))


def is_lone_name(node: Select) -> bool:
    """Whether this is ``"text"``: a field name in double quotes, most often meant as a text."""
    text = node.selector.text
    return text.startswith('"') and text.endswith('"') and node.selector.tree["type"] == "field"


def _spelled(path: tuple[str, ...]) -> str:
    text = ""
    for step in path:
        text += step if step == ITEM else f".{step}" if text else step
    return text
