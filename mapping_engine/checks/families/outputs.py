"""OU03, OU04, FO04, FO05: outputs that are lost, secrets in the rules, and an API that ends."""

from __future__ import annotations

import math
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import RequestRule
from mapping_engine.core.nodes import Const, Field, Object, walk
from mapping_engine.core.spell import spell
from mapping_engine.core.sunset import sunset_of
from mapping_engine.diagnostics import Check, Label, Severity, slip_of
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.file.rule_files import ENTRY
from mapping_engine.source.node import ScalarNode
from mapping_engine.types.kinds import OBJECT
from mapping_engine.types.type import PSEUDONYM

OU03 = Check(
    "OU03 duplicate-output: the same output is written twice",
    Severity.ERROR,
    why="Case does not count in the names of headers, so that one of the two is lost.",
    fix="Keep one.",
    wrong='request:\n  url: "{$api.base}/e"\n  headers: {X-Source: type, x-source: p.a}\n'
    "  json: {payload: $payload}\nfields:\n  x: p.a\n",
    right='request:\n  url: "{$api.base}/e"\n  headers: {X-Source: type}\n'
    "  json: {payload: $payload}\nfields:\n  x: p.a\n",
)
OU04 = Check(
    "OU04 overlapping-outputs: a field with a dot in its name beside the object it seems to mean",
    Severity.WARNING,
    why="A dot in a name is a dot in the payload: it does not lead into the object.",
    fix="Write the field under the `fields` of the object.",
    ignore="Where the receiver has a field with a dot in its name.",
    wrong="fields:\n  open:\n    fields:\n      part: {fields: {a: p.a}}\n      part.b: p.b\n",
    right="fields:\n  open:\n    fields:\n      part: {fields: {a: p.a, b: p.b}}\n",
)
FO04 = Check(
    "FO04 secret-in-rules: a credential is written into the rules",
    Severity.WARNING,
    why="Rule files are read by many, and kept for ever in the history of a repository.",
    fix="Declare a setting with `x-secret` in the settings schema, and read it from there. "
    "Have the credential withdrawn.",
    ignore="Where it is not a credential after all.",
    wrong='request:\n  url: "{$api.base}/e"\n'
    "  json: {payload: $payload, key: \"'Bearer abcdefghijklmnop012345'\"}\n"
    "fields:\n  x: p.a\n",
    right='request:\n  url: "{$api.base}/e"\n'
    "  json: {payload: $payload, key: $settings.token}\nfields:\n  x: p.a\n",
)
FO05 = Check(
    "FO05 api-sunset: the API of this pack is, or soon will be, switched off",
    Severity.WARNING,
    why="From that day on every request fails. The warning comes 90 days ahead.",
    fix="Move to the successor, or correct the date under `api`.",
    ignore="Until the move is made, with its date.",
    wrong='api: {base: "https://x.test", sunset: 2026-01-31, successor: other}\n'
    "fields:\n  x: p.a\n",
    right='api: {base: "https://x.test", sunset: 2027-01-31, successor: other}\n'
    "fields:\n  x: p.a\n",
)
CHECKS = (OU03, OU04, FO04, FO05)

_KNOWN = re.compile(
    r"(?:EAA[A-Za-z0-9]{20,}|sk_live_\w{10,}|AKIA[A-Z0-9]{12,}|gh[pousr]_\w{20,}|xox[abps]-[\w-]{10,}"
    r"|AIza[\w-]{30,}|Bearer\s+[\w.~+/-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\..*)"
)
_RANDOM = re.compile(r"[A-Za-z0-9_\-+/=]{32,}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_BITS = 4.2
"""Bits for each character above which a long text looks like a key."""


def find(subject: Subject) -> None:
    """Look at the fields, the headers, the constants and the API of a pack."""
    _sunset(subject)
    for model in subject.model.requests:
        for node in walk(model.fields):
            if isinstance(node, Object):
                _dotted(node, subject)
                _repeated(node, subject)
        _headers(model.request, subject)
    for node in subject.nodes:
        if isinstance(node, Const) and isinstance(node.value, str) and _is_secret(node.value):
            help = "declare a setting with `x-secret` in the settings schema, and read that"
            subject.diagnostics.report(FO04, "this looks like a credential", node.span, help=help)


def _dotted(made: Object, subject: Subject) -> None:
    names = {field.name: field for field in made.fields}
    for field in made.fields:
        parent, dot, child = field.name.partition(".")
        if dot and parent in names:
            message = (
                f"`{field.name}` is one field with a dot in its name, and not a part of `{parent}`"
            )
            labels = (Label(names[parent].key.span, f"`{parent}` is written here"),)
            help = f"write `{child}` under the `fields` of `{parent}`"
            subject.diagnostics.report(OU04, message, field.key.span, labels=labels, help=help)


def _repeated(made: Object, subject: Subject) -> None:
    """Report a field that holds the same personal data as another one: a name under two keys."""
    first: dict[str, Field] = {}
    for field in made.fields:
        type = subject.facts.type_of(field)
        is_personal = bool(type.personal_kinds) or PSEUDONYM in type.tags
        if field.spread or not is_personal or type.kinds & OBJECT:
            continue
        spelled = spell(field.value)
        other = first.setdefault(spelled, field)
        if other is not field:
            odd, right = sorted((field, other), key=lambda each: _likeness(each.name, spelled))
            message = f"`{odd.name}` holds the same personal data as `{right.name}`"
            labels = (Label(right.key.span, f"`{right.name}` is written here"),)
            span, help = odd.value.span, "write the value of this field"
            subject.diagnostics.report(
                OU03, message, span, labels=labels, help=help, lighter=Severity.WARNING
            )


def _likeness(name: str, value: str) -> float:
    return SequenceMatcher(None, name.casefold(), value.casefold()).ratio()


def _headers(request: RequestRule, subject: Subject) -> None:
    first: dict[str, Field] = {}
    for header in request.headers:
        known = first.setdefault(header.name.casefold(), header)
        if known is not header:
            message = (
                f"the header `{header.name}` is written already: case does not count in headers"
            )
            labels = (Label(known.key.span, "the first is here"),)
            subject.diagnostics.report(
                OU03, message, header.key.span, labels=labels, help="keep one"
            )
        elif request.auth is not None and header.name.casefold() == "authorization":
            message = f"`auth` makes this header, and takes the place of `{header.name}`"
            subject.diagnostics.report(
                OU03, message, header.key.span, help="keep one", lighter=Severity.WARNING
            )


def _is_secret(text: str) -> bool:
    if _KNOWN.match(text):
        return True
    return bool(_RANDOM.fullmatch(text)) and not _DIGEST.fullmatch(text) and _bits(text) > _BITS


def _bits(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def _sunset(subject: Subject) -> None:
    """Hold the day on which the API ends against today."""
    api = subject.model.file.api
    if api is not None and api.successor is not None:
        _successor(api.successor, subject)
    found = sunset_of(api, subject.today)
    if api is None or found is None:
        return
    message, successor = found
    help = (
        f"move to the pack `{successor}`" if successor else "name the pack to move to: `successor`"
    )
    subject.diagnostics.report(FO05, message, api.place("sunset"), help=help)


def _successor(named: ScalarNode, subject: Subject) -> None:
    """Report a pack to move to that is nearly one beside this pack, or one of the bundled."""
    beside = Path(named.span.file).resolve().parent.parent
    packs = {*bundled_packs(), *(each.parent.name for each in beside.glob(f"*/{ENTRY}"))}
    near = slip_of(named.text, packs) if named.text not in packs else None
    if near is not None:
        message, help = f"there is no pack `{named.text}`", f"did you mean `{near}`?"
        subject.diagnostics.report(FO05, message, named.span, help=help)
