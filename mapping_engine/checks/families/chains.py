"""FB01, FB02, FB03, FB04, FB06: alternatives that are never reached, or do not belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import alternatives, field_blocks, nodes, value_blocks
from mapping_engine.core.walk import plain_chain
from mapping_engine.diagnostics import Fix, Label, Span
from mapping_engine.expression import (
    Chain,
    Expression,
    Select,
    print_expression,
    print_steps,
    print_template,
)
from mapping_engine.file.values import ArmBlock, FieldBlock, PipelineBlock, ValueBlock
from mapping_engine.selectors import steps
from mapping_engine.types.kinds import ANY, OBJECT
from mapping_engine.types.type import Type

_MARK = re.compile(r"\s*\?\?\s*")
"""Between two alternatives, where no parenthesis stands."""


@dataclass(frozen=True)
class _Arm:
    """One alternative: what it reads, its type, and how it could be taken out."""

    span: Span
    key: str
    type: Type
    conditional: bool
    path: tuple[str | int, ...] | None
    removal: Fix | None


def find(subject: Subject) -> None:
    """Look at every fallback chain of a pack."""
    for block, arms in alternatives(subject.model):
        if len(arms) == 1 and plain_chain(arms[0], subject.model.definitions) is None:
            continue
        written = list(_block_arms(arms, subject, removable=len(arms) > 1))
        every = list(_spliced(arms, subject))
        _unreachable(written, subject)
        _duplicates(every, subject)
        _swallowed(every, subject)
        if not (isinstance(block, ValueBlock) and block.then):
            _mixed(written, block, subject)
    for node in nodes(subject.model):
        if isinstance(node, Chain):
            parts = list(_chain_arms(node, subject))
            _unreachable(parts, subject)
            _duplicates(parts, subject)
            _swallowed(parts, subject)
    for value in value_blocks(subject.model):
        _useless_default(value, subject)
    for field in field_blocks(subject.model):
        if isinstance(field, FieldBlock):
            _useless_required(field, subject)


def _block_arms(arms: tuple[ArmBlock, ...], subject: Subject, *, removable: bool) -> Iterator[_Arm]:
    for arm in arms:
        fix = Fix(arm.span, "", "remove the alternative", safe=True, whole=True)
        yield _Arm(
            arm.span,
            _key(arm),
            subject.facts.type_of(arm),
            arm.when is not None,
            _path(arm.value) if arm.as_ is None and arm.when is None else None,
            fix if removable else None,
        )


def _spliced(arms: tuple[ArmBlock, ...], subject: Subject) -> Iterator[_Arm]:
    """The alternatives, with those of a plain chain in place of its name."""
    for arm, written in zip(arms, _block_arms(arms, subject, removable=True), strict=True):
        inner = plain_chain(arm, subject.model.definitions)
        if inner is None:
            yield written
            continue
        for part in _spliced(inner, subject):
            yield _Arm(arm.span, part.key, part.type, part.conditional, part.path, None)


def _chain_arms(node: Chain, subject: Subject) -> Iterator[_Arm]:
    before: Expression | None = None
    for arm in node.arms:
        fix = None
        scalar = arm.extent.scalar
        if before is not None and _MARK.fullmatch(scalar.text, before.extent.end, arm.extent.start):
            span = scalar.span_at(before.extent.end, arm.extent.end)
            old = scalar.text[before.extent.end : arm.extent.end]
            fix = Fix(span, "", "remove the alternative", safe=True, old=old)
        found = subject.facts.type_of(arm)
        yield _Arm(arm.span, print_expression(arm), found, False, _path(arm), fix)
        before = arm


def _key(arm: ArmBlock) -> str:
    node = arm.value or arm.constant
    text = print_expression(node) if node is not None else ""
    if arm.template is not None:
        text = print_template(arm.template)
    when = print_expression(arm.when) if arm.when is not None else ""
    return f"{text}\n{when}\n{print_steps(arm.as_ or ())}"


def _path(node: Expression | None) -> tuple[str | int, ...] | None:
    return steps(node.selector) if isinstance(node, Select) else None


def _unreachable(arms: list[_Arm], subject: Subject) -> None:
    for arm, following in pairwise(arms):
        if arm.type.kinds and not arm.type.missing and not arm.conditional:
            subject.diagnostics.report(
                "FB01",
                "this alternative is never reached",
                following.span,
                labels=(Label(arm.span, "this one is never missing"),),
                help="remove it, or move it before the one that always has a value",
                fix=following.removal,
            )
            return


def _duplicates(arms: list[_Arm], subject: Subject) -> None:
    first: dict[str, _Arm] = {}
    for arm in arms:
        known = first.setdefault(arm.key, arm)
        if known is not arm and known.span != arm.span:
            shown = arm.key.split("\n")[0]
            subject.diagnostics.report(
                "FB02",
                f"`{shown}` is tried twice",
                arm.span,
                labels=(Label(known.span, "it is tried here first"),),
                help="remove one",
                fix=arm.removal,
            )


def _swallowed(arms: list[_Arm], subject: Subject) -> None:
    for place, arm in enumerate(arms):
        if arm.path is None or not arm.type.kinds & OBJECT:
            continue
        for later in arms[place + 1 :]:
            inner = later.path
            if inner and len(inner) > len(arm.path) and inner[: len(arm.path)] == arm.path:
                shown = ".".join(map(str, arm.path))
                subject.diagnostics.report(
                    "FB03",
                    f"`{shown}` is tried before its own field, which is then never reached",
                    later.span,
                    labels=(Label(arm.span, "the whole object is taken here"),),
                    help="put the field before the object that holds it",
                )


def _mixed(arms: list[_Arm], block: ValueBlock | PipelineBlock, subject: Subject) -> None:
    typed = [arm for arm in arms if arm.type.kinds and arm.type.kinds != ANY]
    for arm in typed[1:]:
        if not arm.type.kinds & typed[0].type.kinds:
            subject.diagnostics.report(
                "FB04",
                f"this alternative is {arm.type.kinds}, and the first one {typed[0].type.kinds}",
                arm.span,
                labels=(Label(typed[0].span, f"this one is {typed[0].type.kinds}"),),
                help="convert them to one kind with `as`",
            )


def _useless_default(block: ValueBlock, subject: Subject) -> None:
    if block.default is None or block.each is not None:
        return
    never = _never_missing(block, subject)
    if never is not None:
        subject.diagnostics.report(
            "FB01",
            "the default is never used",
            block.default.span,
            labels=(Label(never, "this is never missing"),),
            help="remove the default",
            fix=Fix(block.default.span, "", "remove the default", safe=True, whole=True),
        )


def _never_missing(block: ValueBlock, subject: Subject) -> Span | None:
    """Where a value stands that is never missing; None when it may be."""
    if block.then or block.one_of is not None or block.as_:
        return None
    for arm in block.first_of or ():
        found = subject.facts.type_of(arm)
        if arm.when is None and found.kinds and not found.missing:
            return arm.span
    single = block.value or block.template or block.constant
    if single is None:
        return None
    found = subject.facts.type_of(single)
    return single.span if found.kinds and not found.missing else None


def _useless_required(block: FieldBlock, subject: Subject) -> None:
    found = subject.facts.type_of(block)
    if not block.required or not found.kinds or found.missing:
        return
    subject.diagnostics.report(
        "FB06",
        "`required` has no effect: the field always has a value",
        block.place("required"),
        help="drop `required`, or the default",
        fix=Fix(block.place("required"), "", "drop `required`", safe=True, whole=True),
    )
