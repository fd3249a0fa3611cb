"""SY06, TX08, OU06: texts that are nearly what was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import field

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import BUILTINS
from mapping_engine.core.nodes import Call, Compare, Const, Items, Name, Node, Template
from mapping_engine.diagnostics import Check, Fix, Label, Severity, Span
from mapping_engine.expression import Extent
from mapping_engine.frozen import Frozen
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
OU06 = Check(
    "OU06 odd-url: a URL that cannot be right",
    Severity.WARNING,
    why="The request would go nowhere, or to another place.",
    fix="Begin with the scheme and the host, and separate the parts with one `/`.",
    ignore="Where the receiver wants it so.",
    wrong='request:\n  url: "{$api.base}{type}//e"\n  json: {payload: $payload}\n'
    "fields:\n  x: p.a\n",
    right='request:\n  url: "{$api.base}/{type}/e"\n  json: {payload: $payload}\n'
    "fields:\n  x: p.a\n",
)
CHECKS = (SY06, TX08, OU06)

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_SCHEME = re.compile(r"https?://")
_SHORTEST, _SHORTEST_TYPO, _LONGEST_TYPO = 4, 6, 80
_FARTHEST = 3
"""By how many characters two spellings of one text may differ in length."""


def find(subject: Subject) -> None:
    """Look at the templates, the constants and the URL of a pack."""
    for node in subject.nodes:
        if isinstance(node, Template):
            _unbraced(node, subject)
    _near_misses(subject)
    _url(subject.model.request.url, subject)


# SY06


def _unbraced(node: Template, subject: Subject) -> None:
    model = subject.model
    known = {*BUILTINS, *model.definitions, *model.fan_out_names}
    if not isinstance(node.at, Extent):
        return
    scalar = node.at.scalar
    places = (part.at for part in node.parts if isinstance(part, Node))
    inside = [(at.start, at.end) for at in places if isinstance(at, Extent)]
    for match in _NAME.finditer(scalar.text):
        if match[1] not in known or any(s <= match.start() < e for s, e in inside):
            continue
        span = scalar.span_at(*match.span())
        message, help = f"`{match[0]}` is text here, not the value", f"write `{{{match[0]}}}`"
        fix = Fix(span, f"{{{match[0]}}}", "put it in braces", safe=False, old=match[0])
        subject.diagnostics.report(SY06, message, span, help=help, fix=fix)


# TX08


class _Written(Frozen):
    text: str
    span: Span = field(compare=False)
    cased: bool = False
    """Whether it is compared with a text of one case, so that its own case is no mistake."""
    table: str | None = None
    """The table that it stands in."""
    is_key: bool = False


def _near_misses(subject: Subject) -> None:
    """Constants that differ from another one of the pack as if by a slip of the finger."""
    written = [each for each in _texts(subject) if len(each.text) >= _SHORTEST]
    counts = Counter(each.text for each in written)
    every = list(dict.fromkeys(written))
    alike: dict[str, list[int]] = {}
    for place, each in enumerate(every):
        for form in _forms(each.text):
            alike.setdefault(form, []).append(place)
    for each in written:
        if counts[each.text] > 1 or each.cased:
            continue
        near = sorted({place for form in _forms(each.text) for place in alike[form]})
        other = next((every[place] for place in near if _is_slip(each, every[place])), None)
        if other is not None and (counts[other.text] > 1 or other.span < each.span):
            message = f"`{each.text}` is nearly `{other.text}`"
            labels = (Label(other.span, f"`{other.text}` is written here"),)
            help = "write them alike, if they are meant to be the same"
            subject.diagnostics.report(TX08, message, each.span, labels=labels, help=help)


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
            yield _Written(node.value, node.span)
    for loaded in subject.examined.documents:
        for entry in loaded.document.tables or ():
            value = entry.value.value if entry.value is not None else None
            for text, is_key in _keys_and_values(value):
                yield _Written(text, entry.span, table=entry.name, is_key=is_key)


def _keys_and_values(table: object) -> Iterator[tuple[str, bool]]:
    """The texts of a table; True for its keys."""
    if isinstance(table, dict):
        yield from ((key, True) for key in table if isinstance(key, str))
        yield from ((each, False) for each in dict.fromkeys(map(str, table.values())) if each)
    elif isinstance(table, list):
        yield from ((each, False) for each in table if isinstance(each, str))


def _compared(node: Compare) -> Iterator[_Written]:
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        is_cased = isinstance(other, Call) and other.name in ("lower", "upper")
        for part in operand.items if isinstance(operand, Items) else (operand,):
            if isinstance(part, Const) and isinstance(part.value, str):
                yield _Written(part.value, part.span, is_cased)


def _is_slip(one: _Written, other: _Written) -> bool:
    apart = abs(len(one.text) - len(other.text))
    if one.text == other.text or other.cased or apart > _FARTHEST:
        return False
    if one.table and one.table == other.table and (one.is_key or other.is_key):
        return False  # a table tells how one thing is spelled elsewhere
    if folded(one.text) == folded(other.text):
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
    before: str | Node | None = None
    in_path = True
    for part in url.parts:
        if isinstance(part, str):
            path, mark, _ = part.partition("?")
            _literal_of_url(path if in_path else "", before, url, subject)
            in_path = in_path and not mark
        elif isinstance(before, Node):
            _report("nothing stands between two values of the URL", part.span, subject)
        before = part


def _literal_of_url(text: str, before: str | Node | None, url: Template, subject: Subject) -> None:
    """Look at a literal of the URL, as far as it is not in the query."""
    has_host = len(url.parts) > 1 or not _SCHEME.fullmatch(text)
    if before is None and not (_SCHEME.match(text) and has_host):
        _report("the URL does not begin with `https://`, a host and a path", url.span, subject)
    rest = _SCHEME.sub("", text, count=1) if before is None else text
    if "//" in rest or (before is None and rest.startswith("/")):
        _report("the URL has `//` in its path", url.span, subject)
    is_base = isinstance(before, Name) and before.name == "api"
    if is_base and text and text[:1] not in ("/", "?", ":", ".", "-", "_"):
        _report("a `/` is missing in the URL", url.span, subject)


def _report(message: str, span: Span, subject: Subject) -> None:
    subject.diagnostics.report(OU06, message, span, help="correct the URL")
