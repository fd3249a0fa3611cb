"""TX05, SE10: conditions that always hold, or never do; texts compared like numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mapping_engine.checks.subject import Subject
from mapping_engine.core.nodes import (
    CONDITIONS,
    Compare,
    Const,
    ForEach,
    Guard,
    Logic,
    Node,
    Object,
    walk,
)
from mapping_engine.diagnostics import Check, Fix, Severity

TX05 = Check(
    "TX05",
    "constant-condition",
    Severity.WARNING,
    "a condition that always, or never, holds",
    why="What depends on it always happens, or never does: most often a misspelled value, or "
    "`and` for `or`.",
    fix="Correct the condition, or remove it.",
    ignore="For a switch in the rules themselves, such as `when: false`.",
    wrong="fields:\n  x: {when: lower(type) == 'Sold', value: p.a}\n",
    right="fields:\n  x: {when: lower(type) == 'sold', value: p.a}\n",
)
SE10 = Check(
    "SE10",
    "ordering-non-numbers",
    Severity.WARNING,
    "`<` and its like with something that is no number",
    why="They compare numbers only: with a text they never hold.",
    fix="Write the number without quotes, or compare with `==`.",
    ignore="Never: the condition cannot hold.",
    wrong="fields:\n  x: {when: p.b > '62', value: p.a}\n",
    right="fields:\n  x: {when: p.b > 62, value: p.a}\n",
)
CHECKS = (TX05, SE10)

_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def find(subject: Subject) -> None:
    """Look at every condition, and at the parts of those that are not settled as a whole."""
    for condition in conditions(subject):
        _settled(condition, subject)
    for node in subject.nodes:
        if isinstance(node, Compare) and node.operator in _ORDERINGS:
            _ordering(node, subject)


def conditions(subject: Subject) -> Iterator[Node]:
    """Every condition as a whole, and every value that is one."""
    model = subject.model
    asked = [rule.condition for rule in (*model.accept, *model.refuse, *model.warn)]
    asked += [condition for node in subject.nodes for condition in _asked(node)]
    inside: set[int] = set()
    for condition in asked:
        if id(condition) not in inside:
            inside.update(map(id, walk(condition)))
            yield condition


def _asked(node: Node) -> Iterable[Node]:
    match node:
        case Guard(when=when):
            return (when,)
        case ForEach(keep=Node() as keep):
            return (keep,)
        case Object(fields=fields):
            return [field.when for field in fields if field.when is not None]
        case _:
            return (node,) if isinstance(node, CONDITIONS) else ()


def _ordering(node: Compare, subject: Subject) -> None:
    for operand in (node.left, node.right):
        if isinstance(operand, Const) and type(operand.value) not in (int, float):
            subject.diagnostics.report(
                SE10,
                f"`{node.operator}` compares numbers only, and this is none",
                operand.span,
                help="write the number without quotes",
                fix=_unquoted(operand),
            )


def _unquoted(operand: Const) -> Fix | None:
    text = str(operand.value)
    if not _NUMBER.fullmatch(text):
        return None
    return Fix(operand.span, text, f"write `{text}`", safe=False, old=f"'{text}'")


def _settled(node: Node, subject: Subject) -> bool:
    """Report a condition that is settled before any event is seen; whether one was reported."""
    never = subject.conditions.never(node)
    if never is not None:
        _report(node, "never holds", f"it cannot hold: {never}", subject)
        return True
    always = subject.conditions.always(node)
    if always is not None:
        _report(node, "always holds", f"it cannot fail: {always}", subject)
        return True
    parts = node.operands if isinstance(node, Logic) else ()
    settled = [_settled(part, subject) for part in parts]
    return any(settled)


def _report(node: Node, what: str, reason: str, subject: Subject) -> None:
    subject.diagnostics.report(
        TX05,
        f"this condition {what}",
        node.span,
        notes=(reason,),
        help="correct it, or remove it with what depends on it",
    )
