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
    "TX05 constant-condition: a condition that always, or never, holds",
    Severity.WARNING,
    why="What depends on it always happens, or never does: most often a misspelled value, or "
    "`and` for `or`.",
    fix="Correct the condition, or remove it.",
    ignore="For a switch in the rules themselves, such as `when: false`.",
    wrong="fields:\n  x: {when: lower(type) == 'Sold', value: p.a}\n",
    right="fields:\n  x: {when: lower(type) == 'sold', value: p.a}\n",
)
SE10 = Check(
    "SE10 ordering-non-numbers: `<` and its like with something that is no number",
    Severity.WARNING,
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
            message = f"`{node.operator}` compares numbers only, and this is none"
            help, text, span = "write the number without quotes", str(operand.value), operand.span
            is_number = _NUMBER.fullmatch(text) is not None
            to_number = Fix(span, text, f"write `{text}`", safe=False, old=f"'{text}'")
            fix = to_number if is_number else None
            subject.diagnostics.report(SE10, message, span, help=help, fix=fix)


def _settled(node: Node, subject: Subject) -> None:
    """Report a condition that is settled before any event is seen, or else such parts of it."""
    logic, help = subject.conditions, "correct it, or remove it with what depends on it"
    words = {True: ("never holds", "it cannot hold"), False: ("always holds", "it cannot fail")}
    for holds, (what, how) in words.items():
        reason = logic.unsatisfiable(logic.normal(node, holds))
        if reason is not None:
            message, notes = f"this condition {what}", (f"{how}: {reason}",)
            subject.diagnostics.report(TX05, message, node.span, notes=notes, help=help)
            return
    for part in node.operands if isinstance(node, Logic) else ():
        _settled(part, subject)
