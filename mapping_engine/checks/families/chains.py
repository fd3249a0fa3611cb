"""Chains and decision tables: what is never reached, tried twice, or of another kind.

A list, ``first_of``, ``??`` and ``decide`` are one thing here; only the words of the messages and
the way in which an alternative is taken out tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from mapping_engine.checks.condition_logic import TRUE, Normal, product
from mapping_engine.checks.examples import event_for
from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import RequestKind
from mapping_engine.core.nodes import Alternative, Field, FirstOf, Guard, Name, Node, Read
from mapping_engine.core.spell import spell, steps_of
from mapping_engine.diagnostics import Check, Fix, Label, Severity
from mapping_engine.expression import Expression
from mapping_engine.file.value_blocks import FieldBlock, ValueBlock
from mapping_engine.selectors import steps
from mapping_engine.types.kinds import ANY, OBJECT

FB01 = Check(
    "FB01 unreachable-arm: an alternative before this one is never missing",
    Severity.WARNING,
    why="An alternative that is never used looks like a fallback, but is not one.",
    fix="Remove it, or move it before the alternative that always has a value. `--fix` removes it.",
    ignore="For an alternative that is to take over soon, with a date.",
    wrong="fields:\n  x: \"p.a ?? 'none' ?? type\"\n",
    right="fields:\n  x: \"p.a ?? type ?? 'none'\"\n",
)
FB02 = Check(
    "FB02 duplicate-arm: the same alternative twice",
    Severity.WARNING,
    why="The second one is never reached; most often another path was meant.",
    fix="Remove one, or write the path that was meant. `--fix` removes the second.",
    ignore="Never: remove it.",
    wrong="define:\n  who: [person.id, type]\nfields:\n  x: {first_of: [$who, p.a, type]}\n",
    right="define:\n  who: [person.id, type]\nfields:\n  x: {first_of: [$who, p.a]}\n",
)
FB03 = Check(
    "FB03 swallowed-arm: an object is tried before one of its own fields",
    Severity.WARNING,
    why="Where the field is there, so is the object, and the object is taken.",
    fix="Put the field first, or leave the object out.",
    ignore="Never: the order cannot be meant.",
    wrong="fields:\n  x: {first_of: [p, p.a]}\n",
    right="fields:\n  x: {first_of: [p.a, type]}\n",
)
FB04 = Check(
    "FB04 mixed-type-arms: the alternatives are of different kinds",
    Severity.WARNING,
    why="The receiver gets a text from one event and a list from the next.",
    fix="Convert them to one kind with `as`.",
    ignore="Where the receiver takes both kinds.",
    wrong="fields:\n  x: {first_of: [type, tags]}\n",
    right="fields:\n  x: {first_of: [type, tags |> first]}\n",
)
FB06 = Check(
    "FB06 required-with-default: `required` on a field that always has a value",
    Severity.WARNING,
    why="Whoever reads `required` expects events to be refused; none ever is.",
    fix="Drop `required`, or the default. `--fix` drops `required`.",
    ignore="Never: decide for one of the two.",
    wrong="fields:\n  x: {value: p.a, required: true, default: none}\n",
    right="fields:\n  x: {value: p.a, required: true}\n",
)
PR05 = Check(
    "PR05 shadowed-row: a row that earlier rows never let through",
    Severity.WARNING,
    why="The first row whose condition holds is taken, so this one never is.",
    fix="Move the row up, or remove it. `--fix` removes it.",
    ignore="Never: the row does nothing.",
    wrong="fields:\n  x:\n    decide:\n      any: {when: type is present, constant: a}\n"
    "      sold: {when: type == 'sold', constant: b}\n      otherwise: {constant: c}\n",
    right="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n"
    "      any: {when: type is present, constant: a}\n      otherwise: {constant: c}\n",
)
PR07 = Check(
    "PR07 no-otherwise: a decision table in which no row may hold",
    Severity.INFO,
    why="An event for which no row holds has no value here, which may not be meant.",
    fix="Add a last row without `when`, or a `default`.",
    ignore="Where such events are to have no value.",
    wrong="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n",
    right="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n"
    "      otherwise: {constant: c}\n",
)
CHECKS = (FB01, FB02, FB03, FB04, FB06, PR05, PR07)

_MARK = re.compile(r"\s*\?\?\s*")
"""Between two alternatives, where no parenthesis stands."""


class _Tried(NamedTuple):
    """A value that a chain tries: an alternative, or a part of one."""

    arm: Alternative
    part: Node
    first: Alternative
    """The alternative that tries it first."""


def find(subject: Subject) -> None:
    """Look at every chain and decision table, and at what fields do without a value."""
    for chain in subject.chains:
        tried = _tried(chain, subject)
        unreached, left = _unreached(chain, subject)
        hidden = _report_unreached(unreached, chain, subject)
        same = _repeated(chain, tried, hidden, subject)
        _swallowed(tried, subject)
        if not hidden and not same:
            _no_otherwise(chain, left, subject)
        *before, last = chain.alternatives
        if last.is_default and not _is_reached_converted(last, subject):
            _useless_default(before, last.value, subject)
    for node, is_converted in subject.values:
        if isinstance(node, FirstOf) and not is_converted:
            _mixed(node, subject)
    for field in subject.fields:
        if field.default is not None:
            _useless_default(_arms(field.value), field.default, subject)
        if field.required and (field.null or _has_value(field, subject)):
            _useless_required(field, subject)
    _requests(subject)


def _requests(subject: Subject) -> None:
    """Report kinds of request for which those before them leave no event."""
    logic, left = subject.conditions, TRUE
    help = "move it up, or write `every: true` if an event may become several requests"
    before: list[RequestKind] = []
    for kind in () if subject.model.file.every else subject.model.kinds:
        mine = TRUE if kind.when is None else logic.normal(kind.when, True)
        is_possible = logic.unsatisfiable(mine) is None
        if is_possible and (left == [] or logic.unsatisfiable(product(mine, left)) is not None):
            taker = next((each for each in before if each.when is None), before[-1])
            says = "this one takes every event: it has no `when`"
            if taker.when is not None:
                says = "with this one, all events are taken that it is for"
            labels = (Label(taker.span, says),)
            message = "this request is never made"
            subject.diagnostics.report(FB01, message, kind.span, labels=labels, help=help)
        before.append(kind)
        left = [] if kind.when is None else product(left, logic.normal(kind.when, False))


def _arms(value: Node) -> tuple[Alternative, ...]:
    """The alternatives of a value; what is none of a chain is its own."""
    return value.alternatives if isinstance(value, FirstOf) else (Alternative(value.at, value),)


def _guarded(arm: Alternative) -> tuple[Node | None, Node]:
    """The condition of an alternative, and its value."""
    value = arm.value
    return (value.when, value.value) if isinstance(value, Guard) else (None, value)


def _has_value(part: Node | Field, subject: Subject) -> bool:
    found = subject.facts.type_of(part)
    return bool(found.kinds) and not found.missing


def _removal(arm: Alternative, chain: FirstOf) -> Fix | None:
    """The fix that takes an alternative out, as it is written there."""
    what = "the alternative" if arm.name is None else f"row `{arm.name}`"
    if arm.name is not None or not isinstance(arm.at, Expression):
        return Fix(arm.span, "", f"remove {what}", safe=True, whole=True)
    before = next(one.at for one, other in pairwise(chain.alternatives) if other is arm)
    scalar, end = arm.at.extent.scalar, arm.at.extent.end
    if not isinstance(before, Expression):
        return None
    start = before.extent.end
    if not _MARK.fullmatch(scalar.text, start, arm.at.extent.start):
        return None
    span, old = scalar.span_at(start, end), scalar.text[start:end]
    return Fix(span, "", "remove the alternative", safe=True, old=old)


# FB01, PR05: what earlier alternatives never let through


class _Unreached(NamedTuple):
    """An alternative that is never tried, those that take over, and what they leave."""

    arm: Alternative
    catching: tuple[Alternative, ...]
    left: Normal


def _unreached(chain: FirstOf, subject: Subject) -> tuple[list[_Unreached], Normal]:
    """What is never tried, and what holds where nothing is taken."""
    found: list[_Unreached] = []
    catching: list[Alternative] = []
    left: Normal = TRUE
    for arm in chain.alternatives:
        if catching and _is_hidden(arm, left, subject):
            found.append(_Unreached(arm, tuple(catching), left))
        if _has_value(_guarded(arm)[1], subject):
            catching.append(arm)
            left = _otherwise(left, arm, subject)
    return found, left


def _is_reached_converted(arm: Alternative, subject: Subject) -> bool:
    """Whether an alternative is tried where an `as` converts the chain: others fail there."""
    for chain in subject.converted_chains:
        same = [each for each in chain.alternatives if each.at is arm.at]
        unreached = {id(each.arm) for each in _unreached(chain, subject)[0]} if same else set()
        if any(id(each) not in unreached for each in same):
            return True
    return False


def _report_unreached(unreached: list[_Unreached], chain: FirstOf, subject: Subject) -> set[int]:
    """Report what is never tried; answers it."""
    hidden: set[int] = set()
    for arm, catching, left in unreached:
        if arm.is_default or _is_reached_converted(arm, subject):
            continue
        hidden.add(id(arm))
        takers = (e for e in catching if _is_hidden(arm, _otherwise(TRUE, e, subject), subject))
        _report_hidden(arm, next(takers, None), chain, subject)
        if left == [] and arm.name is None:
            break  # for what follows, look again when this one is gone
    return hidden


def _otherwise(left: Normal, arm: Alternative, subject: Subject) -> Normal:
    """What holds where the condition of an alternative does not."""
    when, _ = _guarded(arm)
    return [] if when is None else product(left, subject.conditions.normal(when, False))


def _condition(arm: Alternative, subject: Subject) -> Normal:
    when, _ = _guarded(arm)
    return TRUE if when is None else subject.conditions.normal(when, True)


def _is_hidden(arm: Alternative, left: Normal, subject: Subject) -> bool:
    """Whether an alternative is never tried, though its condition may hold (TX05, if not)."""
    mine, logic = _condition(arm, subject), subject.conditions
    if logic.unsatisfiable(mine) is not None:
        return False
    return left == [] or logic.unsatisfiable(product(mine, left)) is not None


def _report_hidden(
    arm: Alternative, taker: Alternative | None, chain: FirstOf, subject: Subject
) -> None:
    check, says, help = FB01, "this one takes over", "remove it, or move it up"
    message, notes = "this alternative is never reached", tuple[str, ...]()
    if arm.name is not None:
        check, says, message = PR05, "this row takes them first", f"row `{arm.name}` is never taken"
        event = _example(_condition(arm, subject), subject)
        if taker is not None and event is not None:
            notes = (f"for example, this event takes row `{taker.name}`: {event}",)
    elif taker is not None and _guarded(taker)[0] is None:
        says = "this one is never missing"
        help = "remove it, or move it before the one that always has a value"
    labels, fix = (Label(taker.span, says),) if taker else (), _removal(arm, chain)
    subject.diagnostics.report(
        check, message, arm.span, labels=labels, notes=notes, help=help, fix=fix
    )


def _example(normal: Normal, subject: Subject) -> str | None:
    """An event for which a condition holds."""
    possible = subject.conditions.possible(normal)
    events = (event_for(each, subject.conditions, subject.model) for each in possible)
    return next((event for event in events if event is not None), None)


def _useless_default(before: Iterable[Alternative], default: Node, subject: Subject) -> None:
    never = next((arm for arm in before if _has_value(arm.value, subject)), None)
    if never is not None:
        place = never.value.span if isinstance(never.at, ValueBlock) else never.span
        message, help, span = "the default is never used", "remove the default", default.span
        labels = (Label(place, "this is never missing"),)
        fix = Fix(span, "", "remove the default", safe=True, whole=True)
        subject.diagnostics.report(FB01, message, span, labels=labels, help=help, fix=fix)


# FB02, FB03, PR05: what is tried twice


def _tried(chain: FirstOf, subject: Subject) -> list[_Tried]:
    """Everything that a chain tries, in order, with the alternatives of the chains in it."""
    found: list[_Tried] = []
    first: dict[str, Alternative] = {}
    for arm in (arm for arm in chain.alternatives if not arm.is_default):
        waiting = [arm.value]
        while waiting:
            part = waiting.pop()
            key = repr(part)  # all that a node means, and nothing of where it is written
            if key not in first and arm.name is None:
                waiting.extend(inner.value for inner in reversed(_opened(part, subject)))
            found.append(_Tried(arm, part, first.setdefault(key, arm)))
    return found


def _opened(part: Node, subject: Subject) -> tuple[Alternative, ...]:
    """The alternatives that a part of a chain stands for; a decision table is on its own."""
    if isinstance(part, Name) and part.tail is None:
        part = subject.model.definitions.get(part.name, part)
    arms = part.alternatives if isinstance(part, FirstOf) else ()
    return arms if all(arm.name is None for arm in arms) else ()


def _repeated(
    chain: FirstOf, tried: list[_Tried], hidden: set[int], subject: Subject
) -> list[_Tried]:
    """Report what is tried twice, unless that is said already; answers it."""
    found = [e for e in tried if e.first is not e.arm and id(e.arm) not in hidden]
    for arm, part, first in found:
        value = part.value if isinstance(part, Guard) else part
        start, _ = steps_of(value)
        check, label = FB02, "it is tried here first"
        message = f"`{spell(start or value)}` is tried twice"
        if arm.name is not None:
            check, label = PR05, "the first is here"
            message = f"row `{arm.name}` says the same as row `{first.name}`"
        labels = (Label(first.span, label),)
        fix = _removal(arm, chain) if part is arm.value else None
        subject.diagnostics.report(
            check, message, arm.span, labels=labels, help="remove one", fix=fix
        )
    return found


def _swallowed(tried: list[_Tried], subject: Subject) -> None:
    """Report the fields that are tried after the objects they belong to."""
    objects: dict[tuple[str | int, ...], Alternative] = {}
    for arm, part, _ in tried:
        path = steps(part.selector) if isinstance(part, Read) else None
        if path is None:
            continue
        for length in range(len(path)):
            known = objects.get(path[:length])
            if known is not None and known is not arm:
                shown = ".".join(map(str, path[:length]))
                message = f"`{shown}` is tried before its own field, which is then never reached"
                labels = (Label(known.span, "the whole object is taken here"),)
                help = "put the field before the object that holds it"
                subject.diagnostics.report(FB03, message, arm.span, labels=labels, help=help)
        if subject.facts.type_of(part).kinds & OBJECT:
            objects.setdefault(path, arm)


# FB04, FB06, PR07


def _mixed(chain: FirstOf, subject: Subject) -> None:
    """Report the alternatives that are of another kind than the first."""
    arms = [arm for arm in chain.alternatives if arm.name is None and not arm.is_default]
    every = ((arm, subject.facts.type_of(arm.value).kinds) for arm in arms)
    typed = [(arm, kinds) for arm, kinds in every if kinds and kinds != ANY]
    for arm, kinds in typed[1:]:
        first, usual = typed[0]
        if not kinds & usual:
            message = f"this alternative is {kinds}, and the first one {usual}"
            labels = (Label(first.span, f"this one is {usual}"),)
            help = "convert them to one kind with `as`"
            subject.diagnostics.report(FB04, message, arm.span, labels=labels, help=help)


def _useless_required(field: Field, subject: Subject) -> None:
    if isinstance(field.at, FieldBlock):
        place = field.at.place("required")
        message = "`required` has no effect: the field always has a value"
        help = "drop `required`, or the default"
        fix = Fix(place, "", "drop `required`", safe=True, whole=True)
        subject.diagnostics.report(FB06, message, place, help=help, fix=fix)


def _no_otherwise(chain: FirstOf, left: Normal, subject: Subject) -> None:
    """Report a decision table that may have no value, unless that is looked after."""
    block = chain.at
    if not isinstance(block, ValueBlock) or not block.decide:
        return
    required = isinstance(block, FieldBlock) and block.required
    if block.default is not None or block.when is not None or required:
        return
    every = all(isinstance(arm.value, Guard) for arm in chain.alternatives)
    if every and subject.conditions.unsatisfiable(left) is None:
        event = _example(left, subject)
        message = "no row of this decision table may hold, and then there is no value"
        notes = (f"for example, this event takes no row: {event}",) if event else ()
        help = "add a last row without `when`, or a `default`"
        subject.diagnostics.report(PR07, message, block.place("decide"), notes=notes, help=help)
