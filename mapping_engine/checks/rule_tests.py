"""TE01, TE02: rule tests that name what does not exist, and rules that no test reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import Model
from mapping_engine.core.walk import copied, plain_chain
from mapping_engine.diagnostics import Diagnostics, Span, did_you_mean
from mapping_engine.errors import MappingError
from mapping_engine.expression import Expression
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ArmBlock, FieldBlock
from mapping_engine.source.node import Mapping, Node, Scalar, Sequence
from mapping_engine.testing.cases import Case


def stale(model: Model, node: Node, diagnostics: Diagnostics) -> None:
    """Report the payload fields that a test file names and no rule makes."""
    cases = node.get("cases") if isinstance(node, Mapping) else None
    for case in cases.items if isinstance(cases, Sequence) else ():
        expect = case.get("expect") if isinstance(case, Mapping) else None
        if isinstance(expect, Mapping):
            _expected(model, expect, diagnostics)


def _expected(model: Model, expect: Mapping, diagnostics: Diagnostics) -> None:
    payload = expect.get("payload")
    payloads = expect.get("payloads")
    every = [payload, *(payloads.items if isinstance(payloads, Sequence) else ())]
    for each in every:
        if each is not None:
            _fields(model.file.fields, each, "", diagnostics)
    absent = expect.get("absent")
    for path in absent.items if isinstance(absent, Sequence) else ():
        if isinstance(path, Scalar):
            _path(model, path, diagnostics)


def _fields(
    fields: tuple[Named[FieldBlock], ...], node: Node, prefix: str, diagnostics: Diagnostics
) -> None:
    if isinstance(node, Sequence):
        for item in node.items:
            _fields(fields, item, prefix, diagnostics)
        return
    if not isinstance(node, Mapping):
        return
    by_name = {field.name: field for field in fields}
    for entry in node.entries:
        field = by_name.get(entry.key.text)
        if field is None:
            _report(f"{prefix}{entry.key.text}", entry.key, by_name, diagnostics)
        elif _is_known(field.value):
            _fields(_inner(field.value), entry.value, f"{prefix}{field.name}.", diagnostics)


def _path(model: Model, path: Scalar, diagnostics: Diagnostics) -> None:
    fields: tuple[Named[FieldBlock], ...] = model.file.fields
    for step in path.text.split("."):
        by_name = {field.name: field for field in fields}
        field = by_name.get(step.split("[")[0])
        if field is None:
            _report(path.text, path, by_name, diagnostics)
            return
        if not _is_known(field.value):
            return
        fields = _inner(field.value)


def _is_known(block: FieldBlock | None) -> bool:
    """Whether all that an object can hold is written in the rules; a copy may hold more."""
    return block is not None and bool(block.fields) and copied(block) is None


def _inner(block: FieldBlock | None) -> tuple[Named[FieldBlock], ...]:
    """The fields inside a field."""
    return (block.fields or ()) if block is not None else ()


def _report(path: str, place: Scalar, names: Iterable[str], diagnostics: Diagnostics) -> None:
    diagnostics.report(
        "TE02",
        f"the test names the field `{path}`, which no rule makes",
        place.span,
        help=did_you_mean(path.rpartition(".")[2], names) or "correct the name, or drop it",
    )


# Coverage


def untested(subject: Subject, cases: list[Case]) -> None:
    """Report the fields, alternatives and rows that never give a value in any rule test."""
    reached = _reached(subject.model, cases)
    for path, block in _leaves(subject.model.file.fields, ""):
        if block.span not in reached:
            _report_untested(f"the field `{path}`", block.span, subject)
            continue
        for what, span in _parts(block, subject.model):
            if span not in reached:
                _report_untested(f"{what} of `{path}`", span, subject)


def _report_untested(what: str, span: Span, subject: Subject) -> None:
    subject.diagnostics.report(
        "TE01", f"no rule test reaches {what}", span, help="add a case that does"
    )


def _leaves(fields: tuple[Named[FieldBlock], ...], prefix: str) -> Iterator[tuple[str, FieldBlock]]:
    for field in fields:
        if field.value is None:
            continue
        path = f"{prefix}{field.name}"
        if field.value.fields:
            mark = "[]." if field.value.each is not None else "."
            yield from _leaves(field.value.fields, path + mark)
        else:
            yield path, field.value


def _parts(block: FieldBlock, model: Model) -> Iterator[tuple[str, Span]]:
    """The rows or alternatives of a field, and where their values are written."""
    for row in block.decide or ():
        if row.value is not None:
            yield f"the row `{row.name}`", _node(row.value).span
    arms = block.first_of or ()
    for place, arm in enumerate(arms, 1):
        if len(arms) > 1 and plain_chain(arm, model.definitions) is None:
            yield f"alternative {place}", _node(arm).span


def _node(arm: ArmBlock) -> Expression:
    node = arm.value or arm.template or arm.constant
    assert node is not None
    return node


def _reached(model: Model, cases: list[Case]) -> set[Span]:
    """The places in the rules that gave a value in one of the cases."""
    from mapping_engine.engine.mapping import Mapping as Compiled
    from mapping_engine.engine.trace import USED
    from mapping_engine.testing.runner import StillClock

    compiled = Compiled(model)
    found: set[Span] = set()
    for case in cases:
        try:
            explanation = compiled.bind(case.settings, clock=StillClock(case.now)).explain(
                case.event
            )
        except MappingError:
            continue
        for request in explanation.requests:
            for field in request.fields:
                if field.sent:
                    found.add(field.span)
                for entry in field.entries:
                    found |= {inner.span for inner in entry.walk() if inner.outcome == USED}
    return found
