"""SY06, TX08, OU06: texts that are nearly what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import nodes, value_blocks
from mapping_engine.core.model import BUILTINS
from mapping_engine.core.walk import arms_of
from mapping_engine.diagnostics import Fix, Label, Span
from mapping_engine.expression import (
    Call,
    Compare,
    Expression,
    Items,
    Literal,
    Pipeline,
    Reference,
    Template,
)
from mapping_engine.transforms.forms import folded

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_SCHEME = re.compile(r"https?://[^/]")
_SHORTEST, _SHORTEST_TYPO = 4, 6
_FARTHEST = 3
"""By how many characters two spellings of one text may differ in length."""


def find(subject: Subject) -> None:
    """Look at the templates, the constants and the URL of a pack."""
    for node in nodes(subject.model):
        if isinstance(node, Template):
            _unbraced(node, subject)
    _near_misses(subject)
    _url(subject.model.file.request.url, subject)


# SY06


def _unbraced(node: Template, subject: Subject) -> None:
    model = subject.model
    known = {*BUILTINS, *model.definitions, *model.fan_out_names}
    scalar = node.extent.scalar
    inside = [(p.extent.start, p.extent.end) for p in node.parts if isinstance(p, Expression)]
    for match in _NAME.finditer(scalar.text):
        if match[1] not in known or any(s <= match.start() < e for s, e in inside):
            continue
        span = scalar.span_at(*match.span())
        subject.diagnostics.report(
            "SY06",
            f"`{match[0]}` is text here, not the value",
            span,
            help=f"write `{{{match[0]}}}`",
            fix=Fix(span, f"{{{match[0]}}}", "put it in braces", safe=False, old=match[0]),
        )


# TX08


@dataclass(frozen=True)
class _Written:
    text: str
    span: Span
    cased: bool = False
    """Whether it is compared with a text of one case, so that its own case is no mistake."""

    @cached_property
    def folded(self) -> str:
        """The text without case, spaces and punctuation."""
        return folded(self.text)


def _near_misses(subject: Subject) -> None:
    """Constants that differ from another one of the pack as if by a slip of the finger."""
    written = [each for each in _texts(subject) if len(each.text) >= _SHORTEST]
    counts: dict[str, int] = {}
    for each in written:
        counts[each.text] = counts.get(each.text, 0) + 1
    for each in written:
        if counts[each.text] > 1 or each.cased:
            continue
        other = next((o for o in written if o.text != each.text and _is_slip(each, o)), None)
        if other is not None and (counts[other.text] > 1 or other.span < each.span):
            subject.diagnostics.report(
                "TX08",
                f"`{each.text}` is nearly `{other.text}`",
                each.span,
                labels=(Label(other.span, f"`{other.text}` is written here"),),
                help="write them alike, if they are meant to be the same",
            )


def _texts(subject: Subject) -> Iterator[_Written]:
    """The constants that events, tables and payloads are held against."""
    for node in nodes(subject.model):
        if isinstance(node, Compare):
            yield from _compared(node)
    for block in value_blocks(subject.model):
        single = [block.constant, *(arm.constant for arm in arms_of(block)), block.default]
        yield from (
            _Written(node.value, node.span)
            for node in single
            if isinstance(node, Literal) and isinstance(node.value, str)
        )
    for loaded in subject.examined.documents:
        for entry in loaded.document.tables or ():
            value = entry.value.value if entry.value is not None else None
            for text in _keys_and_values(value):
                yield _Written(text, entry.span)


def _keys_and_values(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        yield from (key for key in table if isinstance(key, str))
        yield from (each for each in dict.fromkeys(map(str, table.values())) if each)
    elif isinstance(table, list):
        yield from (each for each in table if isinstance(each, str))


def _compared(node: Compare) -> Iterator[_Written]:
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        literals = operand.items if isinstance(operand, Items) else (operand,)
        for literal in literals:
            if isinstance(literal, Literal) and isinstance(literal.value, str):
                yield _Written(literal.value, literal.span, _is_cased(other))


def _is_cased(node: Expression) -> bool:
    last = node.steps[-1] if isinstance(node, Pipeline) else node
    return isinstance(last, Call) and last.name in ("lower", "upper")


def _is_slip(one: _Written, other: _Written) -> bool:
    if other.cased or abs(len(one.text) - len(other.text)) > _FARTHEST:
        return False
    if one.folded == other.folded:
        return True
    longest = max(one.text, other.text, key=len)
    is_plural = {one.text, other.text} == {longest, longest[:-1]} and longest[-1] in "sdn"
    if min(len(one.text), len(other.text)) < _SHORTEST_TYPO or is_plural:
        return False
    return _one_edit(one.text, other.text)


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter is missing, doubled, another, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    changed = left[:1] + right[:1]
    if any(letter.isdigit() for letter in changed):
        return False
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


# OU06


def _url(url: Template, subject: Subject) -> None:
    before: str | Expression | None = None
    for part in url.parts:
        if isinstance(part, str):
            _literal_of_url(part, before, url, subject)
        elif isinstance(before, Expression):
            _report("nothing stands between two values of the URL", part.span, subject)
        before = part


def _literal_of_url(
    text: str, before: str | Expression | None, url: Template, subject: Subject
) -> None:
    if before is None and not _SCHEME.match(text):
        _report("the URL does not begin with `https://`, a host and a path", url.span, subject)
    rest = _SCHEME.sub("", text, count=1) if before is None else text
    if "//" in rest:
        _report("the URL has `//` in its path", url.span, subject)
    is_base = isinstance(before, Reference) and before.name == "api"
    if is_base and before is not None and text[:1] not in ("/", "?", ":", ".", "-", "_"):
        _report("a `/` is missing in the URL", url.span, subject)


def _report(message: str, span: Span, subject: Subject) -> None:
    subject.diagnostics.report("OU06", message, span, help="correct the URL")
