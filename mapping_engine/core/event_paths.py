"""Paths of the event against the vocabulary: what it does not declare, and what was meant."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from mapping_engine.core.model import BUILTINS
from mapping_engine.core.nodes import Name, Read
from mapping_engine.diagnostics import Diagnostics, Fix, Severity, Span, listed, nearest
from mapping_engine.expression import Extent
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import Selector, prefixes, vocabulary_path
from mapping_engine.selectors.places import field_places
from mapping_engine.selectors.suspicious import suspicious
from mapping_engine.source.node import Style
from mapping_engine.types.kinds import LIST, OBJECT
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Vocabulary
from mapping_engine.vocabulary.vocabulary import ITEM

_DEEPEST = 6
_BUILT_IN = frozenset({*BUILTINS, "item"})
NULLS = frozenset({"null", "none", "None", "nil", "undefined"})
"""What stands for a missing value elsewhere; here it is the name of a key."""
_OWN = "it in a vocabulary of your own that `extends` this one"


class _WrittenPath(Frozen):
    """A path below some start, as it is written and where, and the vocabulary it is held against.

    ``offset`` is where the selector's text begins in the scalar; ``names`` are those that stand
    after a ``$``.
    """

    text: str
    selector: Selector
    extent: Extent
    offset: int
    vocabulary: Vocabulary
    names: Container[str] = ()

    def span(self, field: int | None) -> Span:
        """The place of the n-th field; all of it where that is not known."""
        places = field_places(self.selector)
        if field is None or field >= len(places):
            return self.extent.span
        place = places[field]
        scalar = self.extent.scalar
        return scalar.span_at(self.offset + place.start, self.offset + place.end)

    @property
    def is_whole(self) -> bool:
        """Whether nothing else is written in the scalar."""
        return (self.extent.start, self.extent.end) == (0, len(self.extent.scalar.text))

    @property
    def is_quoted(self) -> bool:
        """Whether it stands alone in the quotes of YAML, as if it were meant as a text."""
        return self.is_whole and self.extent.scalar.style in (Style.SINGLE, Style.DOUBLE)

    def as_text(self, word: str) -> str:
        """How a word is written that is meant as a text."""
        if not self.is_whole:
            return f"a text is written in single quotes: `'{word}'`"
        return f"a text is written `\"'{word}'\"`, or under `constant`: YAML's quotes make none"

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but names and dots."""
        return all(c.isalnum() or c in "_." for c in self.selector.text)


class _Problem(Frozen):
    """What is wrong with a step; ``at_step`` where the fix is for that step alone."""

    message: str
    help: str | None = None
    fix: Fix | None = None
    lighter: Severity | None = None
    at_step: bool = False


def check_path(
    node: Read, vocabulary: Vocabulary, names: Container[str], diagnostics: Diagnostics
) -> None:
    """Report what the vocabulary does not declare of a path of the event (SE08).

    ``names`` are those that stand after a ``$``.
    """
    if is_lone_name(node) or not isinstance(node.at, Extent):
        return
    offset = node.at.start + (len("jmespath(") if node.explicit else 0)
    written = _WrittenPath("", node.selector, node.at, offset, vocabulary, names)
    root = vocabulary.root.described
    path = vocabulary_path(node.selector)
    if path is not None:
        _check(root, path, written, diagnostics)
        return
    for prefix in sorted(prefixes(node.selector)):
        _check(root, prefix, written, diagnostics, exact=False)


def check_keys(
    path: tuple[str, ...], span: Span, vocabulary: Vocabulary, diagnostics: Diagnostics
) -> None:
    """Report a step of a path in a text that is nearly one which the vocabulary declares (SE08)."""
    described = vocabulary.root.described
    for step in path:
        fields = vocabulary.fields_of(described)
        near = nearest(step, fields) if step not in fields and step != ITEM else None
        if near is not None:
            message = f"the vocabulary `{vocabulary.name}` does not declare `{step}`"
            help = f"did you mean `{near}`?"
            diagnostics.report("SE08", message, span, help=help, lighter=Severity.WARNING)
            return
        described = vocabulary.step(described, step)


def check_below(
    start: Described | None,
    node: Name,
    path: tuple[str, ...],
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
) -> None:
    """Report what the vocabulary does not declare of the steps after a ``$name`` (SE08)."""
    if node.tail is None or not isinstance(node.at, Extent):
        return
    offset = node.at.start + len(node.name) + (0 if node.tail.text.startswith("@") else 2)
    written = _WrittenPath(f"${node.name}.", node.tail, node.at, offset, vocabulary)
    _check(start, path, written, diagnostics)


def _check(
    start: Described | None,
    path: tuple[str, ...],
    written: _WrittenPath,
    diagnostics: Diagnostics,
    exact: bool = True,
) -> None:
    """Report the first step that the vocabulary does not declare."""
    described, fields = start, 0
    for depth, step in enumerate(path):
        if described is None:
            return
        problem = _problem(described, path, depth, written)
        if problem is not None:
            span, fix = written.span(fields if exact else None), problem.fix
            if fix is not None and problem.at_step:
                fix = replace(fix, span=span)
            lighter = problem.lighter
            diagnostics.report(
                "SE08", problem.message, span, help=problem.help, fix=fix, lighter=lighter
            )
            return
        described = written.vocabulary.step(described, step)
        fields += step != ITEM


def _problem(
    described: Described, path: tuple[str, ...], depth: int, written: _WrittenPath
) -> _Problem | None:
    step, above = path[depth], (written.text + _spelled(path[:depth])).rstrip(".")
    if step == ITEM:
        mistaken = any(found.code == "SE07" for found in suspicious(written.selector))
        if LIST & described.kinds or mistaken:  # an index of each element: that is reported
            return None
        return _Problem(f"`{above}` is {described.kinds}, not a list")
    if described.object in written.vocabulary.objects:
        declared = step in written.vocabulary.fields_of(described)
        return None if declared else _undeclared(described, path, depth, written)
    if OBJECT & described.kinds:
        return None
    if LIST & described.kinds:
        advice = f"write `{above}[].{step}` for all of them, `{above}[0].{step}` for the first"
        return _Problem(f"`{above}` is a list, which has no field `{step}`", advice)
    return _Problem(f"`{above}` is {described.kinds}, which has no field `{step}`")


def _undeclared(
    described: Described, path: tuple[str, ...], depth: int, written: _WrittenPath
) -> _Problem:
    vocabulary, step = written.vocabulary, path[depth]
    fields = vocabulary.fields_of(described)
    is_open = described.object in vocabulary.open
    lighter = Severity.WARNING if is_open else None
    message = f"the vocabulary `{vocabulary.name}` does not declare `{step}`"
    if depth:
        message += f" in `{written.text}{_spelled(path[:depth])}`"
    at_root = depth == 0 and not written.text
    if at_root and (step in written.names or step in _BUILT_IN):
        dollar = Fix(written.extent.span, f"${step}", f"write `${step}`", safe=False, old=step)
        return _Problem(message, f"did you mean `${step}`?", dollar, lighter, at_step=True)
    if step in NULLS and not depth and not written.text:
        help = "whether there is a value is asked with `is missing` or `is present`"
        return _Problem(message, help, None, lighter)
    elsewhere = None if written.text else _elsewhere(path, vocabulary)
    near = nearest(step, fields)
    if at_root and len(path) == 1 and (written.is_quoted or (near or elsewhere) is None):
        return _Problem(message, written.as_text(step), None, lighter)
    is_cased = near is not None and near.casefold() == step.casefold()
    if elsewhere is not None and not is_cased and (near is None or elsewhere[-1] == step):
        text = _spelled(elsewhere)
        fix = None
        if written.is_plain and depth == len(path) - 1:
            old = written.selector.text
            fix = Fix(written.extent.span, text, f"read `{text}`", safe=False, old=old)
        return _Problem(message, f"did you mean `{text}`?", fix, lighter)
    if near is not None:
        fix = Fix(written.extent.span, near, f"write `{near}`", safe=False, old=step)
        return _Problem(message, f"did you mean `{near}`?", fix, lighter, at_step=True)
    if is_open:
        where = "it there" if vocabulary.name.startswith("./") else _OWN
        help = f"declare {where}, so that its kind and its privacy are known"
        return _Problem(message, help, None, Severity.INFO)
    return _Problem(message, f"declared: {listed(fields)}", None)


def _elsewhere(path: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """A declared path with the same last field, the one that looks most like ``path``."""
    from difflib import SequenceMatcher  # for start-up time: only for mistakes

    wanted = _spelled(path)
    found = [p for p in vocabulary.paths(_DEEPEST) if p[-1] == path[-1] and ITEM not in p]
    return max(
        found, key=lambda p: SequenceMatcher(None, wanted, _spelled(p)).ratio(), default=None
    )


def is_lone_name(node: Read) -> bool:
    """Whether this is ``"text"``: a field name in double quotes, most often meant as a text."""
    text = node.selector.text
    return text.startswith('"') and text.endswith('"') and node.selector.tree["type"] == "field"


def _spelled(path: tuple[str, ...]) -> str:
    text = ""
    for step in path:
        text += step if step == ITEM else f".{step}" if text else step
    return text
