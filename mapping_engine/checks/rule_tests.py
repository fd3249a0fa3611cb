"""TE01, TE02: rule tests that name what does not exist, and rules that no test reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import Any

from mapping_engine.checks.subject import Subject
from mapping_engine.core.choices import alternatives, is_choice
from mapping_engine.core.model import Model, Rule, reachable, sent_parts
from mapping_engine.core.nodes import (
    Call,
    Copy,
    Field,
    ForEach,
    Guard,
    Items,
    Name,
    Node,
    fields_of,
    walk,
)
from mapping_engine.core.spell import steps_of, written_name
from mapping_engine.diagnostics import Check, Diagnostics, Severity, Span, did_you_mean
from mapping_engine.errors import MappingError
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode
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
TE02 = Check(
    "TE02 test-names-unknown-rule: a rule test names a field that no rule makes, or a setting that "
    "is not declared",
    Severity.ERROR,
    why="It fails for ever, or under `absent` passes for ever, whatever the rules do. A name that "
    "is near to none that the rules make may stand under `absent`: the test says that it is never "
    "sent.",
    fix="Correct the name, or drop it.",
    ignore="Never: the test cannot show anything.",
    wrong="tests: 1\nevent: {p: {a: b}}\ncases:\n  - name: x is copied\n"
    "    expect: {payload: {y3: b}}\n",
    right="tests: 1\nevent: {p: {a: b}}\ncases:\n  - name: x is copied\n"
    "    expect: {payload: {x: b}}\n",
    file="tests/cases.yaml",
)
CHECKS = (TE01, TE02)
_MOST_REFERENCES = 9
_SLIP = 0.8
"""How near a name under `absent` is to one that it is meant to be."""


def stale(model: Model, node: YamlNode, diagnostics: Diagnostics) -> None:
    """Report what a test file names and is not there: payload fields, and settings."""
    if not isinstance(node, MappingNode):
        return
    cases, schema = node.get("cases"), model.settings_schema
    _settings(node.get("settings"), schema, schema, "", diagnostics)
    for case in cases.items if isinstance(cases, ListNode) else ():
        expect = case.get("expect") if isinstance(case, MappingNode) else None
        if isinstance(case, MappingNode) and isinstance(expect, MappingNode):
            _expected(model, expect, diagnostics)
            error = expect.get("error")
            kind = error.get("kind") if isinstance(error, MappingNode) else None
            if not (isinstance(kind, ScalarNode) and kind.text == "configuration"):
                _settings(case.get("settings"), schema, schema, "", diagnostics)


def _settings(
    node: YamlNode | None, schema: object, whole: JsonSchema, prefix: str, diagnostics: Diagnostics
) -> None:
    """Report settings, also in objects and lists, that a schema does not declare."""
    declared = _declared(schema, whole)
    if isinstance(node, ListNode):
        for item in node.items:
            _settings(item, declared.get("items"), whole, prefix, diagnostics)
    properties = declared.get("properties")
    if not isinstance(node, MappingNode) or not isinstance(properties, dict):
        return
    for entry in node.entries:
        name = entry.key.text
        if name in properties:
            below = f"{prefix}{name}."
            _settings(entry.value, properties[name], whole, below, diagnostics)
        elif not isinstance(declared.get("additionalProperties"), dict):
            message = f"the test sets `{prefix}{name}`, which the settings schema does not declare"
            near = did_you_mean(name, properties)
            help = near or "correct the name, or drop it"
            lighter = None if near else Severity.WARNING
            diagnostics.report(TE02, message, entry.key.span, help=help, lighter=lighter)


def _declared(schema: object, whole: JsonSchema) -> JsonSchema:
    """A part of a schema, or what it refers to."""
    found: Any = schema
    for _ in range(_MOST_REFERENCES):
        if not isinstance(found, dict) or not isinstance(found.get("$ref"), str):
            break
        steps = found["$ref"].removeprefix("#").split("/")[1:]
        found = whole
        for step in steps:
            found = found[step.replace("~1", "/").replace("~0", "~")]
    return found if isinstance(found, dict) else {}


def _expected(model: Model, expect: MappingNode, diagnostics: Diagnostics) -> None:
    made = [each.fields for each in model.requests]
    payloads, absent = expect.get("payloads"), expect.get("absent")
    every = payloads.items if isinstance(payloads, ListNode) else ()
    for payload in (expect.get("payload"), *every):
        if payload is not None and all(map(_is_known, made)):
            _payload(made, payload, "", diagnostics)
    for path in absent.items if isinstance(absent, ListNode) else ():
        if isinstance(path, ScalarNode) and all(map(_is_known, made)):
            _path(made, path, diagnostics)


def _payload(made: Iterable[Node], node: YamlNode, prefix: str, diagnostics: Diagnostics) -> None:
    """Hold the names in a payload, or a part of one, against those that the rules write."""
    if isinstance(node, ListNode):
        for item in node.items:
            _payload(made, item, prefix, diagnostics)
    elif isinstance(node, MappingNode):
        fields = _values(made)
        for entry in node.entries:
            name, path = entry.key.text, f"{prefix}{entry.key.text}"
            if name not in fields:
                _report(path, entry.key, fields, diagnostics)
            elif _is_known(fields[name]):
                _payload([fields[name]], entry.value, f"{path}.", diagnostics)


def _path(made: Iterable[Node], path: ScalarNode, diagnostics: Diagnostics) -> None:
    """Report a path under `absent` that is nearly one that the rules make."""
    for step in path.text.split("."):
        fields, name = _values(made), step.split("[")[0]
        if name not in fields:
            if get_close_matches(name, fields, 1, _SLIP):  # else the test says: this is never sent
                _report(path.text, path, fields, diagnostics)
            return
        made = [fields[name]]
        if not _is_known(fields[name]):
            return


def _values(made: Iterable[Node]) -> dict[str, Node]:
    """The fields by name; what several kinds of request write may be any of them."""
    found: dict[str, Node] = {}
    for field in (field for node in made for field in fields_of(node)):
        other = found.setdefault(field.name, field.value)
        if other is not field.value:
            found[field.name] = Items(field.value.at, (other, field.value))
    return found


def _is_known(value: Node) -> bool:
    """Whether all that an object can hold is written in the rules; a copy may hold more."""
    fields = fields_of(value)
    return bool(fields) and not isinstance(value, Copy) and not any(f.spread for f in fields)


def _report(path: str, place: ScalarNode, names: Iterable[str], diagnostics: Diagnostics) -> None:
    message = f"the test names the field `{path}`, which no rule makes"
    help = did_you_mean(path.rpartition(".")[2], names) or "correct the name, or drop it"
    diagnostics.report(TE02, message, place.span, help=help)


# Coverage


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
        found |= set(explanation.applied)
        values = (each for entry in explanation.fan_out for each in entry.walk())
        found |= {each.span for each in values if each.outcome == "used"}
        for request in explanation.requests:
            for field in request.fields:
                found |= {field.span} if field.sent else set()
                inner = (each for entry in field.entries for each in entry.walk())
                found |= {each.span for each in inner if each.outcome == "used"}
    return found
