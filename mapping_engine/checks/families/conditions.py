"""TX05, SE10: conditions that always hold, or never do; texts compared like numbers."""

from __future__ import annotations

import re

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import conditions
from mapping_engine.core.walk import walk
from mapping_engine.diagnostics import Fix
from mapping_engine.expression import Both, Compare, Either, Expression, Literal, Not

_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def find(subject: Subject) -> None:
    """Look at every condition, and at the parts of those that are not settled as a whole."""
    for condition in conditions(subject.model):
        _settled(condition, subject)
        for node in walk(condition):
            if isinstance(node, Compare) and node.operator in _ORDERINGS:
                _ordering(node, subject)


def _ordering(node: Compare, subject: Subject) -> None:
    for operand in (node.left, node.right):
        if isinstance(operand, Literal) and type(operand.value) not in (int, float):
            subject.diagnostics.report(
                "SE10",
                f"`{node.operator}` compares numbers only, and this is none",
                operand.span,
                help="write the number without quotes",
                fix=_unquoted(operand),
            )


def _unquoted(operand: Literal) -> Fix | None:
    text = str(operand.value)
    if not _NUMBER.fullmatch(text):
        return None
    return Fix(operand.span, text, f"write `{text}`", safe=False, old=f"'{text}'")


def _settled(node: Expression, subject: Subject) -> bool:
    """Report a condition that is settled before any event is seen; whether one was reported."""
    never = subject.conditions.never(node)
    if never is not None:
        _report(node, "never holds", f"it cannot hold: {never}", subject)
        return True
    always = subject.conditions.always(node)
    if always is not None:
        _report(node, "always holds", f"it cannot fail: {always}", subject)
        return True
    match node:
        case Both() | Either():
            settled = [_settled(part, subject) for part in node.operands]
            return any(settled)
        case Not():
            return _settled(node.operand, subject)
        case _:
            return False


def _report(node: Expression, what: str, reason: str, subject: Subject) -> None:
    subject.diagnostics.report(
        "TX05",
        f"this condition {what}",
        node.span,
        notes=(reason,),
        help="correct it, or remove it with what depends on it",
    )
