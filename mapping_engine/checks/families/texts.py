"""SY06, TX08: texts that are nearly what was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import BUILTINS
from mapping_engine.core.nodes import Call, Compare, Const, Items, Node, Template
from mapping_engine.diagnostics import Check, Fix, Label, Severity, Span
from mapping_engine.expression import Extent
from mapping_engine.file.blocks import Block
from mapping_engine.file.schema_words import parts_of
from mapping_engine.file.sending_blocks import STOPS, AnswerBlock
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode
from mapping_engine.transforms.forms import folded

SY06 = Check(
    "SY06 unbraced-name: a name in a template without its braces",
    Severity.WARNING,
    why="Without braces it is sent as it stands, dollar sign and all.",
    fix="Put the name in braces. `--unsafe-fixes` does.",
    ignore="Where the text is meant.",
    wrong='define:\n  order: p.a\nfields:\n  x: {template: "order $order of {$order}"}\n',
    right='define:\n  order: p.a\nfields:\n  x: {template: "order {$order}"}\n',
)
TX08 = Check(
    "TX08 near-miss-text: a constant that is nearly another one",
    Severity.WARNING,
    why="Two constants that differ by one letter, by case or by a space are most often meant "
    "to be one, and then one of them never matches.",
    fix="Write them alike.",
    ignore="Where both are right.",
    wrong="tables:\n  names: {Order Completed: Purchase}\nfields:\n"
    "  x: {when: type == 'Order Complted', value: p.a |> lookup($tables.names)}\n",
    right="tables:\n  names: {Order Completed: Purchase}\nfields:\n"
    "  x: {when: type == 'Order Completed', value: p.a |> lookup($tables.names)}\n",
)
CHECKS = (SY06, TX08)

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_LONE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?:[.\[].*)?")
_MEMBER = re.compile(r"\$(?:settings|api|secrets|tables)\.[A-Za-z_]\w*")
_BRACES = re.compile(r"\{[^{}]*\}")
_BRACED = re.compile(r"\{\$([A-Za-z_][A-Za-z0-9_]*)")
_SHORTEST, _SHORTEST_TYPO, _LONGEST_TYPO = 3, 6, 80
_LONG_WORD = 9
_FARTHEST = 3
"""By how many characters two spellings of one text may differ in length."""


def find(subject: Subject) -> None:
    """Look at the templates and the constants of a pack."""
    for node in subject.nodes:
        if isinstance(node, Template):
            _unbraced(node, subject)
        if isinstance(node, Const) and isinstance(node.value, str):
            _in_text(node.value, node.span, subject)
    for rule in subject.rules:
        if rule.help is not None and isinstance(rule.at, Block):
            _in_text(rule.help, rule.at.place("help"), subject)
    _in_bases(subject)
    _near_misses(subject)


# SY06


def _unbraced(node: Template, subject: Subject) -> None:
    if not isinstance(node.at, Extent):
        return
    scalar = node.at.scalar
    places = (part.at for part in node.parts if isinstance(part, Node))
    inside = [(at.start, at.end) for at in places if isinstance(at, Extent)]
    for match in _NAME.finditer(scalar.text):
        if not _is_known(match[1], subject) or any(s <= match.start() < e for s, e in inside):
            continue
        span = scalar.span_at(*match.span())
        message, help = f"`{match[0]}` is text here, not the value", f"write `{{{match[0]}}}`"
        fix = Fix(span, f"{{{match[0]}}}", "put it in braces", safe=False, old=match[0])
        subject.diagnostics.report(SY06, message, span, help=help, fix=fix)


def _in_text(text: str, span: Span, subject: Subject) -> None:
    """Report a plain text that is a name, a path of the event, or holds one in braces."""
    name, path = _LONE.fullmatch(text), tuple(text.split("."))
    named = [found for found in _BRACED.findall(text) if _is_known(found, subject)]
    inside = _MEMBER.search(text)
    if name and _is_known(name[1], subject):
        help = "write it under `value`"
    elif named:
        text, help = f"{{${named[0]}}}", "write the text under `template`; a help is sent as it is"
    elif inside:
        text, help = inside[0], f"write `{{{inside[0]}}}` in a text with expressions"
    elif len(path) == 2 and path[1] in subject.model.members(path[0]):
        help = f"write `${text}`"
    elif len(path) > 1 and _is_declared(path, subject):
        help = "write it under `value`, or as an alternative of `first_of`"
    else:
        return
    message = f"`{text}` is text here, and is sent as it stands"
    subject.diagnostics.report(SY06, message, span, help=help)


def _in_bases(subject: Subject) -> None:
    """The same of the beginnings of URLs, but for what is in braces there."""
    file = subject.model.file
    requests = [file.request, *(entry.value for entry in file.requests or ())]
    for block in (file.base, *(each.base for each in requests if each is not None)):
        if block is not None and block.value is not None:
            scalar = block.value.extent.scalar
            if not scalar.text.startswith("$"):
                _in_text(_BRACES.sub("", scalar.text), scalar.span, subject)


def _is_known(name: str, subject: Subject) -> bool:
    """Whether a name means something behind a ``$``."""
    return any(name in each for each in (BUILTINS, subject.model.definitions, subject.variables))


def _is_declared(path: tuple[str, ...], subject: Subject) -> bool:
    """Whether these are the keys of something that the vocabulary declares."""
    return subject.model.vocabulary.type_of(path).described is not None


# TX08


class _Role(StrEnum):
    """What a constant is written for."""

    MADE = "made"
    WANTED = "wanted"
    KNOWN = "known"
    """A schema lists it: it is no mistake itself."""


class _Written(Frozen):
    text: str
    span: Span = field(compare=False)
    role: _Role = field(compare=False)
    cased: bool = False
    """Whether it is compared with a text of one case, so that its own case is no mistake."""
    table: str | None = None
    """The table that it stands in."""
    is_key: bool = False


def _near_misses(subject: Subject) -> None:
    """Constants that differ from another one of the pack as if by a slip of the finger."""
    written = [each for each in _texts(subject) if len(each.text) >= _SHORTEST]
    counts = Counter(each.text for each in written)
    known = {each.text for each in written if each.role is _Role.KNOWN}
    every = list(dict.fromkeys(written))
    alike: dict[str, list[int]] = {}
    for place, each in enumerate(every):
        for form in _forms(each.text):
            alike.setdefault(form, []).append(place)
    for each in written:
        if counts[each.text] > 1 or each.cased or each.role is _Role.KNOWN:
            continue
        near = sorted({place for form in _forms(each.text) for place in alike[form]})
        slips = (every[place] for place in near if _is_slip(each, every[place], counts))
        other = next(slips, None)
        if other is not None and _is_the_slip(each, other, counts, known):
            message = f"`{each.text}` is nearly `{other.text}`"
            label = Label(other.span, f"`{other.text}` is written here")
            labels = () if other.role is _Role.KNOWN else (label,)
            help = f"did you mean `{other.text}`? write them alike, if they are to be the same"
            subject.diagnostics.report(TX08, message, each.span, labels=labels, help=help)


def _is_the_slip(
    one: _Written, other: _Written, counts: Mapping[str, int], known: Collection[str]
) -> bool:
    """Whether of two texts that are nearly the same this is the one to be corrected."""
    if counts[other.text] > 1 or other.text in known:
        return True
    if one.role is not other.role:
        return one.role is _Role.MADE
    return other.span < one.span


def _forms(text: str) -> set[str]:
    """What a text shares with every other that is it but for a slip.

    Two texts that are one edit apart are the same when a letter is taken out of one or of both.
    """
    found = {f"~{folded(text)}", text}
    if len(text) <= _LONGEST_TYPO:
        places = (place for place, letter in enumerate(text) if not letter.isdigit())
        found |= {text[:place] + text[place + 1 :] for place in places}
    return found


def _texts(subject: Subject) -> Iterator[_Written]:
    """The constants that events, tables and payloads are held against."""
    for node in subject.nodes:
        if isinstance(node, Compare):
            yield from _compared(node)
    for node, _ in subject.values:
        if isinstance(node, Const) and isinstance(node.value, str):
            yield _Written(node.value, node.span, _Role.MADE)
    for loaded in subject.examined.documents:
        for entry in loaded.document.tables or ():
            yield from _in_table(entry.name, entry.value.node if entry.value is not None else None)
    model = subject.model
    for rule in model.answers:
        stop = rule.at.stop if isinstance(rule.at, AnswerBlock) else None
        if stop is not None:
            yield _Written(stop.text, stop.span, _Role.MADE)
            yield from (_Written(word, stop.span, _Role.KNOWN) for word in STOPS)
    for schema in (model.settings_schema, *(each.payload_schema for each in model.requests)):
        for part, _ in parts_of(schema):
            for value in part.get("enum", ()):
                if isinstance(value, str):
                    yield _Written(value, model.file.event.span, _Role.KNOWN)


def _in_table(name: str, table: YamlNode | None) -> Iterator[_Written]:
    """The texts of a table: its keys and what it makes of them, or what it lists."""
    match table:
        case MappingNode():
            for entry in table:
                key = entry.key
                yield _Written(key.text, key.span, _Role.WANTED, table=name, is_key=True)
            made = {e.value.text: e.value for e in table if isinstance(e.value, ScalarNode)}
            for text, node in made.items():
                yield _Written(text, node.span, _Role.MADE, table=name)
        case ListNode(items=items):
            for item in items:
                if isinstance(item, ScalarNode) and isinstance(item.value, str):
                    yield _Written(item.text, item.span, _Role.WANTED, table=name)


def _compared(node: Compare) -> Iterator[_Written]:
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        is_cased = isinstance(other, Call) and other.name in ("lower", "upper")
        for part in operand.items if isinstance(operand, Items) else (operand,):
            if isinstance(part, Const) and isinstance(part.value, str):
                yield _Written(part.value, part.span, _Role.WANTED, is_cased)


def _is_slip(one: _Written, other: _Written, counts: Mapping[str, int]) -> bool:
    apart = abs(len(one.text) - len(other.text))
    if one.text == other.text or other.cased or apart > _FARTHEST:
        return False
    if one.table and one.table == other.table and (one.is_key or other.is_key):
        return False  # a table tells how one thing is spelled elsewhere
    if folded(one.text) == folded(other.text):
        return not (one.is_key and other.role is _Role.KNOWN)  # as a schema spells it, perhaps
    longest = max(one.text, other.text, key=len)
    if min(len(one.text), len(other.text)) < _SHORTEST_TYPO:
        return False
    if {one.text, other.text} == {longest, longest[:-1]} and longest[-1] in "sdn":
        return _is_other_form(one, other, counts)
    return _one_edit(one.text, other.text)


def _is_other_form(one: _Written, other: _Written, counts: Mapping[str, int]) -> bool:
    """Whether a word with another ending can't be meant: what is made must be what is wanted."""
    if _Role.MADE in (one.role, other.role):
        return one.role is not other.role
    return counts[other.text] > 1 and len(one.text) >= _LONG_WORD


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
