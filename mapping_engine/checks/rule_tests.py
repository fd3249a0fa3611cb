"""TE01, TE02: rule tests that name what does not exist, and rules that no test reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial

from mapping_engine.checks.subject import Subject
from mapping_engine.core.choices import alternatives, is_choice
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Copy, Field, ForEach, Guard, Name, Node, fields_of
from mapping_engine.core.spell import steps_of
from mapping_engine.diagnostics import Check, Diagnostics, Severity, Span, did_you_mean
from mapping_engine.errors import MappingError
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode
from mapping_engine.testing.cases import Case

TE01 = Check(
    "TE01 untested-rule: no rule test reaches this field, alternative or row",
    Severity.INFO,
    why="What no test reaches can break without anybody seeing it.",
    fix="Add a case to the `tests` folder of the pack.",
    ignore="While a pack is being written: the check runs only when it is selected.",
    wrong="fields:\n  x: p.a\n",
    right="",
    asked=True,
)
TE02 = Check(
    "TE02 test-names-unknown-rule: a rule test names a field that no rule makes",
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
_SLIP = 0.8
"""How near a name under `absent` is to one that it is meant to be."""


def stale(model: Model, node: YamlNode, diagnostics: Diagnostics) -> None:
    """Report the payload fields that a test file names and no rule makes."""
    cases = node.get("cases") if isinstance(node, MappingNode) else None
    for case in cases.items if isinstance(cases, ListNode) else ():
        expect = case.get("expect") if isinstance(case, MappingNode) else None
        if isinstance(expect, MappingNode):
            _expected(model, expect, diagnostics)


def _expected(model: Model, expect: MappingNode, diagnostics: Diagnostics) -> None:
    payloads, absent = expect.get("payloads"), expect.get("absent")
    every = payloads.items if isinstance(payloads, ListNode) else ()
    for payload in (expect.get("payload"), *every):
        if payload is not None:
            _payload(model.fields, payload, "", diagnostics)
    for path in absent.items if isinstance(absent, ListNode) else ():
        if isinstance(path, ScalarNode):
            _path(model.fields, path, diagnostics)


def _payload(made: Node, node: YamlNode, prefix: str, diagnostics: Diagnostics) -> None:
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
                _payload(fields[name], entry.value, f"{path}.", diagnostics)


def _path(made: Node, path: ScalarNode, diagnostics: Diagnostics) -> None:
    """Report a path under `absent` that is nearly one that the rules make."""
    for step in path.text.split("."):
        fields, name = _values(made), step.split("[")[0]
        if name not in fields:
            if get_close_matches(name, fields, 1, _SLIP):  # else the test says: this is never sent
                _report(path.text, path, fields, diagnostics)
            return
        made = fields[name]
        if not _is_known(made):
            return


def _values(made: Node) -> dict[str, Node]:
    return {field.name: field.value for field in fields_of(made)}


def _is_known(value: Node) -> bool:
    """Whether all that an object can hold is written in the rules; a copy may hold more."""
    return bool(fields_of(value)) and not isinstance(value, Copy)


def _report(path: str, place: ScalarNode, names: Iterable[str], diagnostics: Diagnostics) -> None:
    message = f"the test names the field `{path}`, which no rule makes"
    help = did_you_mean(path.rpartition(".")[2], names) or "correct the name, or drop it"
    diagnostics.report(TE02, message, place.span, help=help)


# Coverage


def untested(subject: Subject, cases: list[Case]) -> None:
    """Report the fields, alternatives and rows that never give a value in any rule test."""
    reached, missed = _reached(subject.model, cases), list[tuple[str, Span]]()
    for path, field in _leaves(subject.model.fields.fields, ""):
        if field.span not in reached:
            missed.append((f"the field `{path}`", field.span))
            continue
        parts = _parts(field, subject.model)
        missed += [(f"{what} of `{path}`", span) for what, span, at in parts if at not in reached]
    for what, span in missed:
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


def _parts(field: Field, model: Model) -> Iterator[tuple[str, Span, Span]]:
    """The rows or alternatives of a field: where their sources are written, and they themselves.

    A name that stands for alternatives of its own is none of them.
    """
    start, _ = steps_of(field.value)
    for place, arm in enumerate(alternatives(start or field.value), 1):
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
            destination = compiled.bind(case.settings, clock=partial(float, case.now))
            explanation = destination.explain(case.event)
        except MappingError:
            continue
        for request in explanation.requests:
            for field in request.fields:
                found |= {field.span} if field.sent else set()
                inner = (each for entry in field.entries for each in entry.walk())
                found |= {each.span for each in inner if each.outcome == "used"}
    return found
