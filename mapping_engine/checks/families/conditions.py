"""TX05: conditions that always hold, or never do."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.expression import Both, Either, Expression, Not
from mapping_engine.model.everything import conditions


def find(subject: Subject) -> None:
    """Look at every condition, and at the parts of those that are not settled as a whole."""
    for condition in conditions(subject.model):
        _settled(condition, subject)


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
