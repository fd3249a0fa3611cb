"""TE01: rules that no rule test reaches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mapping_engine.checks.subject import Subject
from mapping_engine.core.choices import alternatives, is_choice
from mapping_engine.core.model import Model, Rule, reachable, sent_parts
from mapping_engine.core.nodes import (
    Call,
    Field,
    ForEach,
    Guard,
    Name,
    Node,
    fields_of,
    walk,
)
from mapping_engine.core.spell import steps_of, written_name
from mapping_engine.diagnostics import Check, Severity, Span
from mapping_engine.errors import MappingError
from mapping_engine.testing.cases import Case

TE01 = Check(
    "TE01 untested-rule: no rule test reaches this field, alternative, row or refusal",
    Severity.INFO,
    why="What no test reaches can break without anybody seeing it.",
    fix="Add a case to the `tests` folder of the pack.",
    ignore="While a pack is being written: the check runs only when it is selected.",
    wrong="fields:\n  x: p.a\n",
    right="",
    asked=True,
)
CHECKS = (TE01,)


def untested(subject: Subject, cases: list[Case]) -> None:
    """Report the fields, alternatives and rows that never give a value in any rule test.

    Those of definitions and pipelines are among them, and rules of `accept`, `refuse`, `warn` and
    `none` that never apply.
    """
    reached, missed = _reached(subject.model, cases), list[tuple[str, Span]]()
    fields = {id(f): f for each in subject.model.requests for f in each.fields.fields}
    for path, field in _leaves(tuple(fields.values()), ""):
        if field.span not in reached:
            missed.append((f"the field `{path}`", field.span))
            continue
        parts = _parts(field.value, subject.model)
        missed += [(f"{what} of `{path}`", span) for what, span, at in parts if at not in reached]
    named = _named(subject.model)
    for name, node in named:
        parts = _parts(node, subject.model)
        missed += [(f"{what} of `{name}`", span) for what, span, at in parts if at not in reached]
    rules = _rules(subject.model)
    idle = ((key, rule.span) for key, rule in rules if rule.span not in reached)
    missed += [(f"this rule of `{key}`", span) for key, span in idle]
    kinds = ((kind.request.name, kind.span) for kind in subject.model.kinds)
    missed += [(f"the request `{name}`", span) for name, span in kinds if span not in reached]
    for what, span in dict.fromkeys(missed):
        message, help = f"no rule test reaches {what}", "add a case that does"
        subject.diagnostics.report(TE01, message, span, help=help)


def _leaves(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        inner = fields_of(field.value)
        mark = "[]." if isinstance(field.value, ForEach) else "."
        if inner:
            yield from _leaves(inner, f"{prefix}{field.name}{mark}")
        else:
            yield f"{prefix}{field.name}", field


def _named(model: Model) -> list[tuple[str, Node]]:
    """The definitions and pipelines that are used, under the names that they are written with."""
    nodes = list(reachable(model, sent_parts(model)))
    uses = {node.name for node in nodes if isinstance(node, Name)}
    waiting = [node.name for node in nodes if isinstance(node, Call)]
    used = ((name, node) for name, node in model.definitions.items() if name in uses)
    found = [(f"${written_name(name)}", node) for name, node in used]
    for name in waiting:
        pipeline = model.pipelines.get(name)
        if pipeline is not None and (name, pipeline.body) not in found:
            found.append((name, pipeline.body))
            waiting += [node.name for node in walk(pipeline.body) if isinstance(node, Call)]
    return found


def _rules(model: Model) -> Iterator[tuple[str, Rule]]:
    yield from (("accept", rule) for rule in model.accept)
    for each in model.requests:
        yield from (("none", rule) for rule in (each.none,) if rule is not None)
        yield from (("refuse", rule) for rule in each.refuse)
        yield from (("warn", rule) for rule in each.warn)


def _parts(value: Node, model: Model) -> Iterator[tuple[str, Span, Span]]:
    """The rows or alternatives of a value: where their sources are written, and they themselves.

    A name that stands for alternatives of its own is none of them.
    """
    start, _ = steps_of(value)
    for place, arm in enumerate(alternatives(start or value), 1):
        value = arm.value.value if isinstance(arm.value, Guard) else arm.value
        first, _ = steps_of(value)
        named = model.definitions.get(first.name) if isinstance(first, Name) else None
        if arm.is_default or is_choice(named):
            continue
        what = f"alternative {place}" if arm.name is None else f"the row `{arm.name}`"
        yield what, (first or value).span, arm.span


def _reached(model: Model, cases: list[Case]) -> set[Span]:
    """The places in the rules that gave a value in one of the cases."""
    from mapping_engine.engine.mapping import Mapping as Compiled  # few ask for this check

    compiled = Compiled(model)
    found: set[Span] = set()
    for case in cases:
        try:
            clock = partial(float, case.now)
            destination = compiled.bind(case.settings, secrets=case.secrets, clock=clock)
            explanation = destination.explain(case.event)
        except MappingError:
            continue
        found |= {*explanation.applied, *explanation.used}
    return found
