"""OU03, OU04, FO04: outputs that are written twice or never arrive, and secrets in the rules."""

from __future__ import annotations

import math
import re
from collections import Counter

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import nodes
from mapping_engine.diagnostics import Label
from mapping_engine.expression import Expression, Literal
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import FieldBlock

_KNOWN = re.compile(
    r"(?:EAA[A-Za-z0-9]{20,}|sk_live_\w{10,}|AKIA[A-Z0-9]{12,}|gh[pousr]_\w{20,}|xox[abps]-[\w-]{10,}"
    r"|AIza[\w-]{30,}|Bearer\s+[\w.~+/-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\..*)"
)
_RANDOM = re.compile(r"[A-Za-z0-9_\-+/=]{32,}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_BITS = 4.2
"""Bits for each character above which a long text looks like a key."""


def find(subject: Subject) -> None:
    """Look at the fields, the headers and the constants of a pack."""
    _dotted(subject.model.file.fields, subject)
    _headers(subject)
    for node in nodes(subject.model):
        if isinstance(node, Literal) and isinstance(node.value, str) and _is_secret(node.value):
            subject.diagnostics.report(
                "FO04",
                "this looks like a credential",
                node.span,
                help="declare a setting with `x-secret` in the settings schema, and read that",
            )


def _dotted(fields: tuple[Named[FieldBlock], ...], subject: Subject) -> None:
    names = {field.name: field for field in fields}
    for field in fields:
        parent, dot, child = field.name.partition(".")
        if dot and parent in names:
            subject.diagnostics.report(
                "OU04",
                f"`{field.name}` is one field with a dot in its name, and not a part of `{parent}`",
                field.span,
                labels=(Label(names[parent].span, f"`{parent}` is written here"),),
                help=f"write `{child}` under the `fields` of `{parent}`",
            )
        if field.value is not None and field.value.fields:
            _dotted(field.value.fields, subject)


def _headers(subject: Subject) -> None:
    first: dict[str, Named[Expression]] = {}
    for header in subject.model.file.request.headers or ():
        known = first.setdefault(header.name.casefold(), header)
        if known is not header:
            subject.diagnostics.report(
                "OU03",
                f"the header `{header.name}` is written already: case does not count in headers",
                header.span,
                labels=(Label(known.span, "the first is here"),),
                help="keep one",
            )


def _is_secret(text: str) -> bool:
    if _KNOWN.match(text):
        return True
    return bool(_RANDOM.fullmatch(text)) and not _DIGEST.fullmatch(text) and _bits(text) > _BITS


def _bits(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
