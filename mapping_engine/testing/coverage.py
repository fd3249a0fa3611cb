"""What of the rules tests, or events, reach: fields, alternatives, rows, rules, branches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from mapping_engine.core.choices import alternatives, is_choice
from mapping_engine.core.model import Model, Rule, behind, payload_fields, reachable, sent_parts
from mapping_engine.core.nodes import (
    Call,
    Const,
    Entries,
    Field,
    FirstOf,
    ForEach,
    Guard,
    Name,
    Node,
    Object,
    fields_of,
    walk,
)
from mapping_engine.core.spell import spell, steps_of, written_name
from mapping_engine.diagnostics import Span
from mapping_engine.engine.explanation import Explanation
from mapping_engine.engine.mapping import Mapping
from mapping_engine.errors import MappingError
from mapping_engine.frozen import Frozen
from mapping_engine.testing.cases import Case

_LONGEST = 80
Mark: TypeAlias = Span | tuple[Span, bool]
"""What gave a value, or applied; or a condition that held, or did not."""


class RulePart(Frozen):
    """A part of the rules that is reached, or not: ``place`` is where a reader should look.

    It is reached where its ``mark`` was seen. What belongs to a field is ``below`` it: nothing of
    that is reached where the field is not.
    """

    what: str
    place: Span
    mark: Mark
    below: Span | None = None

    @property
    def is_branch(self) -> bool:
        """Whether it is one of the two ways that a condition, or a default, leaves open."""
        return isinstance(self.mark, tuple)


def parts_of(model: Model) -> Iterator[RulePart]:
    """Everything that tests can reach, each once."""
    yield from dict.fromkeys(_parts_of(model))


def _parts_of(model: Model) -> Iterator[RulePart]:
    leaves = (each for each in payload_fields(_fields(model)) if not fields_of(each[1].value))
    for path, field in leaves:
        yield RulePart(f"the field `{path}`", field.span, field.span)
        yield from _choices(field.value, path, model, field.span)
    for name, node in _named(model):
        yield from _choices(node, name, model, None)
    for key, rule in _rules(model):
        yield RulePart(f"this rule of `{key}`", rule.span, rule.span)
    for kind in model.kinds:
        yield RulePart(f"the request `{kind.request.name}`", kind.span, kind.span)


def branches_of(model: Model) -> Iterator[RulePart]:
    """Both ways of each condition, and the defaults, each once.

    That a rule applies, or that a request is made, is a part of its own; here is the other way.
    """
    found: dict[Mark, RulePart] = {}
    for each in _branches_of(model):
        found.setdefault(each.mark, each)
    yield from found.values()


def _branches_of(model: Model) -> Iterator[RulePart]:
    yield from _of_fields(_fields(model))
    of_events = replace(model, settings_warn=())  # which are judged without an event
    yield from _ways(behind(model, sent_parts(of_events)))
    for _, rule in _rules(model):
        yield from _way(rule.condition, rule.negated)
    for kind in model.kinds:
        yield from _way(kind.when, False)
    for met in (True, False):
        yield from _way(model.already_hashed, met)


def _fields(model: Model) -> Iterable[Field]:
    """The fields of all kinds of request, those that several share once."""
    return {id(f): f for each in model.requests for f in each.fields.fields}.values()


def _of_fields(fields: Iterable[Field]) -> Iterator[RulePart]:
    """The branches of fields, and of what they are made from."""
    for path, field in payload_fields(fields):
        for met in (True, False):
            yield from _way(field.when, met)
        if field.default is not None:
            span = field.default.span
            yield RulePart(f"the default of `{path}`", span, (span, True), field.span)
        if not fields_of(field.value):
            yield from _ways(walk(field.value), field.span)


def _ways(nodes: Iterable[Node], below: Span | None = None) -> Iterator[RulePart]:
    for node in nodes:
        match node:
            case Guard(when=condition) | ForEach(keep=condition) | Entries(keep=condition):
                for met in (True, False):
                    yield from _way(condition, met, below)
            case Object(fields=fields) if below is None:
                yield from _of_fields(fields)
            case FirstOf(alternatives=arms):
                for arm in arms:
                    if arm.is_default:
                        yield RulePart("this default", arm.span, arm.span, below)


def _way(condition: Node | None, met: bool, below: Span | None = None) -> Iterator[RulePart]:
    if condition is not None and not isinstance(condition, Const):
        said = spell(condition)
        said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
        how = "holds" if met else "does not hold"
        place = condition.span
        yield RulePart(f"the branch where `{said}` {how}", place, (place, met), below)


def unreached(parts: Iterable[RulePart], reached: Counter[Mark]) -> list[RulePart]:
    """The parts that nothing reached, without those of a field that is among them."""
    return [
        each
        for each in parts
        if not reached[each.mark] and (each.below is None or reached[each.below])
    ]


def reached_by_tests(model: Model, cases: Iterable[Case]) -> Counter[Mark]:
    """The places in the rules that gave a value, or applied, and in how many of the cases."""
    compiled = Mapping(model)
    found = Counter[Mark]()
    for case in cases:
        try:
            clock = partial(float, case.now)
            destination = compiled.bind(case.settings, secrets=case.secrets, clock=clock)
            found.update(reached(destination.explain(case.event)))
        except MappingError:
            continue
    return found


def reached(explanation: Explanation) -> set[Mark]:
    """What of the rules gave a value, or applied, for one event, and the branches taken."""
    return {*explanation.applied, *explanation.used, *explanation.branches}


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
