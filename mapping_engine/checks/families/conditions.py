"""TX05, SE10: conditions that always hold, or never do; texts compared like numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import PurePath

from mapping_engine.checks.condition_logic import TRUE, product
from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import reachable
from mapping_engine.core.nodes import (
    CONDITIONS,
    Call,
    Compare,
    Const,
    Copy,
    ForEach,
    Guard,
    Items,
    Logic,
    Name,
    Node,
    Object,
    Read,
    Test,
    fields_of,
    walk,
)
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Check, Fix, Label, Severity, Span, did_you_mean, listed
from mapping_engine.selectors import vocabulary_path
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode

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

_BROKEN = frozenset({"TX01"})
"""With these, what a definition yields is not known."""
_MISSING = ("is", "missing")
_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_PATTERNS = ("matching", "only_matching")
_OTHER_THAN_LETTERS = re.compile(r"\[\^(?:\\.|[^\]\\])*\]|\\(?:[pP](?:\{[^}]*\}|.)|.)")
"""In a pattern: characters that it does not want, and classes and other escapes."""
_KEEP_CASE = (
    *("text", "trim", "truncate", "before", "after", "matching", "only_matching"),
    *("length_between", "without_spaces", "without_digits", "without_punctuation"),
)
"""Transforms that yield a part of a text, or all of it."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def find(subject: Subject) -> None:
    """Look at every condition, and at the parts of those that are not settled as a whole."""
    named = _settled_names(subject)
    for condition in conditions(subject):
        _settled(condition, named, subject)
    _left_out(subject)
    for node in subject.nodes:
        if isinstance(node, Compare) and node.operator in _ORDERINGS:
            _ordering(node, subject)
        if isinstance(node, Compare) and node.operator in ("==", "!="):
            _with_list(node, subject)
        if isinstance(node, Compare) and node.operator in ("in", "not in"):
            _never_in(node, subject)
        if isinstance(node, Call) and node.name in ("lookup", "one_of", *_PATTERNS):
            _miscased(node, subject)
        if isinstance(node, Guard):
            _never_there(node.when, node.value, subject)
        for field in node.fields if isinstance(node, Object) else ():
            if field.when is not None:
                _never_there(field.when, field.value, subject)
    for rule in (each for each in subject.model.accept if each.negated):
        _never_sent(rule.condition, subject)


def conditions(subject: Subject) -> Iterator[Node]:
    """Every condition as a whole, and every value that is one."""
    asked = [rule.condition for rule in subject.rules]
    asked += [kind.when for kind in subject.model.kinds if kind.when is not None]
    asked += [rule.when for rule in subject.model.answers]
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


def _left_out(subject: Subject) -> None:
    """Report conditions of the pack's own that hold for no event which `accept` lets through."""
    logic, model = subject.conditions, subject.model
    accepted = [logic.normal(rule.condition, rule.negated) for rule in model.accept]
    known = reduce(product, accepted, TRUE)
    if logic.unsatisfiable(known) is not None:
        return
    inside = set(map(id, reachable(model, iter(rule.condition for rule in model.accept))))
    folder = PurePath(model.file.span.file).parent
    for condition in conditions(subject):
        mine = logic.normal(condition, True)
        is_own = PurePath(condition.span.file).parent == folder and id(condition) not in inside
        if not is_own or logic.unsatisfiable(mine) is not None:
            continue
        reason = logic.unsatisfiable(product(known, mine))
        if reason is not None:
            message = "this condition never holds for an event that `accept` lets through"
            help = "correct it, or remove it with what depends on it"
            subject.diagnostics.report(TX05, message, condition.span, notes=(reason,), help=help)


def _ordering(node: Compare, subject: Subject) -> None:
    for operand in (node.left, node.right):
        if isinstance(operand, Const) and type(operand.value) not in (int, float):
            message = f"`{node.operator}` compares numbers only, and this is none"
            help, text, span = "write the number without quotes", str(operand.value), operand.span
            is_number = _NUMBER.fullmatch(text) is not None
            to_number = Fix(span, text, f"write `{text}`", safe=False, old=f"'{text}'")
            fix = to_number if is_number else None
            subject.diagnostics.report(SE10, message, span, help=help, fix=fix)


def _with_list(node: Compare, subject: Subject) -> None:
    """``event == ['a', 'b']``: a list where one of several values is meant."""
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        is_list = isinstance(operand, Items) and len(operand.items) > 1
        if is_list and not isinstance(other, Items):
            word = "not ... in" if node.operator == "!=" else "in"
            message = f"`{node.operator}` compares with the list as a whole"
            help = f"write `{word}` where one of its values is meant"
            subject.diagnostics.report(TX05, message, operand.span, help=help)


def _never_in(node: Compare, subject: Subject) -> None:
    """``'sirens' in $settings.channels``: a text that is none of those that the list may hold."""
    item = subject.facts.type_of(node.right).item
    left, values = node.left, item.values if item is not None else None
    if isinstance(left, Const) and values is not None and left.value not in values:
        texts = [str(each) for each in values]
        message = f"`{left.value}` is never in it: its items are {listed(texts)}"
        help = did_you_mean(str(left.value), texts) or "write one of its items"
        subject.diagnostics.report(TX05, message, left.span, help=help)


def _miscased(node: Call, subject: Subject) -> None:
    """Report what is looked for in another case than that of the value."""
    table = node.arguments[0] if node.arguments else None
    if table is not None and node.name == "lookup" and node.input is not None:
        _uncovered(node.input, table, subject)
    case = _case_of(node.input, subject)
    if case is None or table is None:
        return
    if node.name in _PATTERNS and isinstance(table, Const):
        letters = "".join(filter(str.isalpha, _OTHER_THAN_LETTERS.sub("", str(table.value))))
        is_other = letters.isupper() if case == "lower" else letters.islower()
        if is_other and not any(mark in str(table.value) for mark in ("(?", "[:")):
            message = f"its letters never match: the value is in {case} case"
            help = f"write them in {case} case"
            subject.diagnostics.report(TX05, message, table.span, help=help)
        return
    for text, span in _rows_of(table, subject):
        if text != (text.lower() if case == "lower" else text.upper()):
            message = f"`{text}` never matches: the value is in {case} case"
            help = f"write it in {case} case"
            subject.diagnostics.report(TX05, message, span, help=help)


def _uncovered(value: Node, table: Node, subject: Subject) -> None:
    """Report a row that no value has, where another value has no row."""
    values, rows = subject.facts.type_of(value).values or (), dict(_rows_of(table, subject))
    left = [each for each in values if isinstance(each, str) and each not in rows]
    for text, span in rows.items() if left else ():
        if text not in values:
            message = f"`{text}` never matches: the value is one of {listed(map(str, values))}"
            help = did_you_mean(text, left) or f"no row is for {listed(left)}"
            subject.diagnostics.report(TX05, message, span, help=help)


def _case_of(node: Node | None, subject: Subject) -> str | None:
    """The case that a text is in, whatever the event holds."""
    match node:
        case Call(name="lower" | "upper"):
            return node.name
        case Guard(value=inner):
            return _case_of(inner, subject)
        case Call(name=name, input=inner) if name in _KEEP_CASE:
            return _case_of(inner, subject)
        case Call(name="replace", input=inner, arguments=(_, Const(value=""))):
            return _case_of(inner, subject)
        case Name(tail=None) if node.name in subject.model.definitions:
            return _case_of(subject.model.definitions[node.name], subject)
        case _:
            return None


def _rows_of(table: Node, subject: Subject) -> Iterator[tuple[str, Span]]:
    """The texts that a table or a list looks for, and where they are written."""
    if isinstance(table, Items):
        for item in table.items:
            if isinstance(item, Const) and isinstance(item.value, str):
                yield item.value, item.span
    path = vocabulary_path(table.tail) if isinstance(table, Name) and table.tail else None
    for loaded in subject.examined.documents if path else ():
        for entry in loaded.document.tables or ():
            node = entry.value.node if entry.value is not None else None
            if (entry.name,) == path and isinstance(node, MappingNode | ListNode):
                inside = [e.key for e in node] if isinstance(node, MappingNode) else node.items
                texts = (each for each in inside if isinstance(each, ScalarNode))
                yield from ((each.text, each.span) for each in texts)


def _never_there(when: Node, value: Node, subject: Subject) -> None:
    """``{when: $x is missing, value: $x}``: the condition takes the value away, or a part of it."""
    _asked_another(when, value, subject)
    sources = {spell(source) for source in _sources(value)}
    if sources and sources & _gone(when, subject):
        message = "where this condition holds, the value is missing"
        if fields_of(value):
            message = "where this condition holds, a field of the object is missing"
        help = "write `is present`, or another value"
        subject.diagnostics.report(TX05, message, when.span, help=help)


def _asked_another(when: Node, value: Node, subject: Subject) -> None:
    """``{when: $o.fullPath is text, value: $o.fullpath}``: one is asked for, the other is read."""
    asked = [node.operand for node in walk(when) if isinstance(node, Test)]
    for source in _sources(value):
        for other in asked:
            read, named = spell(source), spell(other)
            if read != named and read.casefold() == named.casefold():
                message = f"`{read}` is read where `{named}` is asked for"
                labels = (Label(other.span, "it is asked for here"),)
                help = f"did you mean `{named}`?"
                lighter = Severity.WARNING
                subject.diagnostics.report(
                    "SE08", message, source.span, help=help, labels=labels, lighter=lighter
                )
                return


def _never_sent(condition: Node, subject: Subject) -> None:
    """``require: $x is missing``, where `$x` is sent: no event is accepted that has it."""
    gone = _gone(condition, subject)
    fields = [model.fields for model in subject.model.requests] if gone else []
    for source in (source for each in fields for source in _sources(each)):
        if spell(source) in gone:
            message = f"events are accepted only without `{spell(source)}`, which is sent"
            labels = (Label(source.span, "it is sent here"),)
            help = "write `is present`"
            subject.diagnostics.report(TX05, message, condition.span, help=help, labels=labels)
            return


def _gone(condition: Node, subject: Subject) -> frozenset[str]:
    """What is missing wherever a condition holds."""
    if not any(isinstance(node, Test | Name) for node in walk(condition)):
        return frozenset()
    claims = subject.conditions.normal(condition, True) or [frozenset()]
    missing = [{a.subject for a in each if (a.relation, a.value) == _MISSING} for each in claims]
    return frozenset(missing[0].intersection(*missing[1:]))


def _sources(value: Node) -> Iterator[Name | Read]:
    """What a value is made of without an alternative; of an object, each of its fields."""
    while isinstance(value, Call) and value.input is not None:
        value = value.input
    if isinstance(value, Name | Read):
        yield value
    for field in fields_of(value) if isinstance(value, Object | Copy) else ():
        if field.default is None:
            yield from _sources(field.value)


def _settled_names(subject: Subject) -> frozenset[str]:
    """The definitions that are settled themselves, or of which nothing is known."""
    if any(each.code in _BROKEN for each in subject.diagnostics.found):
        return frozenset(subject.model.definitions)
    logic = subject.conditions
    return frozenset(
        name
        for name, node in subject.model.definitions.items()
        if isinstance(node, CONDITIONS)
        and any(logic.unsatisfiable(logic.normal(node, each)) for each in (True, False))
    )


def _settled(node: Node, named: frozenset[str], subject: Subject) -> None:
    """Report a condition that is settled before any event is seen, or else such parts of it.

    What is settled by definitions that are ``named`` is told of these.
    """
    logic, help = subject.conditions, "correct it, or remove it with what depends on it"
    words = {True: ("never holds", "it cannot hold"), False: ("always holds", "it cannot fail")}
    for holds, (what, how) in words.items():
        reason = logic.unsatisfiable(logic.normal(node, holds))
        if reason is not None:
            if any(isinstance(part, Name) and part.name in named for part in walk(node)):
                return
            message, notes = f"this condition {what}", (f"{how}: {reason}",)
            subject.diagnostics.report(TX05, message, node.span, notes=notes, help=help)
            return
    for part in node.operands if isinstance(node, Logic) else ():
        _settled(part, named, subject)
