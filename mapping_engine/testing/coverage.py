"""What of the rules tests, or events, reach: fields, alternatives, rows, rules and requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from mapping_engine.core.choices import alternatives, is_choice
from mapping_engine.core.model import Model, Rule, payload_fields, reachable, sent_parts
from mapping_engine.core.nodes import (
    Call,
    Guard,
    Name,
    Node,
    fields_of,
    walk,
)
from mapping_engine.core.spell import steps_of, written_name
from mapping_engine.diagnostics import Span
from mapping_engine.engine.explanation import Explanation
from mapping_engine.engine.mapping import Mapping
from mapping_engine.errors import MappingError
from mapping_engine.frozen import Frozen
from mapping_engine.testing.cases import Case


class RulePart(Frozen):
    """A part of the rules that is reached, or not: ``place`` is where a reader should look.

    It is reached where its ``mark`` gave a value, or applied. What belongs to a field is ``below``
    it: nothing of that is reached where the field is not.
    """

    what: str
    place: Span
    mark: Span
    below: Span | None = None


def parts_of(model: Model) -> Iterator[RulePart]:
    """Everything that tests can reach, each once."""
    yield from dict.fromkeys(_parts_of(model))


def _parts_of(model: Model) -> Iterator[RulePart]:
    fields = {id(f): f for each in model.requests for f in each.fields.fields}
    leaves = (each for each in payload_fields(fields.values()) if not fields_of(each[1].value))
    for path, field in leaves:
        yield RulePart(f"the field `{path}`", field.span, field.span)
        yield from _choices(field.value, path, model, field.span)
    for name, node in _named(model):
        yield from _choices(node, name, model, None)
    for key, rule in _rules(model):
        yield RulePart(f"this rule of `{key}`", rule.span, rule.span)
    for kind in model.kinds:
        yield RulePart(f"the request `{kind.request.name}`", kind.span, kind.span)


def unreached(parts: Iterable[RulePart], reached: Counter[Span]) -> list[RulePart]:
    """The parts that nothing reached, without those of a field that is among them."""
    return [
        each
        for each in parts
        if not reached[each.mark] and (each.below is None or reached[each.below])
    ]


def reached_by_tests(model: Model, cases: Iterable[Case]) -> Counter[Span]:
    """The places in the rules that gave a value, or applied, and in how many of the cases."""
    compiled = Mapping(model)
    found = Counter[Span]()
    for case in cases:
        try:
            clock = partial(float, case.now)
            destination = compiled.bind(case.settings, secrets=case.secrets, clock=clock)
            found.update(reached(destination.explain(case.event)))
        except MappingError:
            continue
    return found


def reached(explanation: Explanation) -> set[Span]:
    """The places in the rules that gave a value, or applied, for one event."""
    return {*explanation.applied, *explanation.used}


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


def _choices(value: Node, name: str, model: Model, below: Span | None) -> Iterator[RulePart]:
    """The rows or alternatives of a value: where their sources are written, and they themselves.

    A name that stands for alternatives of its own is none of them.
    """
    start, _ = steps_of(value)
    for place, arm in enumerate(alternatives(start or value), 1):
        inner = arm.value.value if isinstance(arm.value, Guard) else arm.value
        first, _ = steps_of(inner)
        named = model.definitions.get(first.name) if isinstance(first, Name) else None
        if arm.is_default or is_choice(named):
            continue
        what = f"alternative {place}" if arm.name is None else f"the row `{arm.name}`"
        yield RulePart(f"{what} of `{name}`", (first or inner).span, arm.span, below)
