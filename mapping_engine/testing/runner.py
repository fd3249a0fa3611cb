"""Running rule tests; a failure says where, what was expected, and which rule made it."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mapping_engine.engine.loading import load
from mapping_engine.engine.mapping import Destination, Mapping
from mapping_engine.engine.outcome import Outcome
from mapping_engine.engine.request import Request
from mapping_engine.errors import MappingError
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import FieldBlock
from mapping_engine.frozen import Frozen
from mapping_engine.testing.cases import Case, collect
from mapping_engine.testing.compare import compare, shown
from mapping_engine.testing.expected_paths import steps_of, values_at
from mapping_engine.testing.file import ErrorBlock, ExpectBlock
from mapping_engine.testing.sending import sending_differences

_OF_REQUESTS = frozenset(("payload", "absent", "body", "method", "format", "headers", "query"))
"""What is said of each request: there has to be one."""


class Result(Frozen):
    """What became of one case: no differences mean that it passed."""

    case: Case
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences

    @property
    def head(self) -> str:
        """The place and the name of the case."""
        return f"{self.case.file}:{self.case.line}: {self.case.name}"

    def text(self) -> str:
        """The failure for a reader: place and name, then a line for each difference."""
        return "\n".join([self.head, *(f"    {line}" for line in (*self.differences, *self._help))])

    @property
    def _help(self) -> tuple[str, ...]:
        """What to do where the rules are meant to do otherwise than those they extend."""
        if not self.case.inherited:
            return ()
        names = f"`tests.{self.case.name}`, or all of `tests.{self.case.file.rpartition('/')[2]}`"
        return (f"inherited: if this is meant, drop {names}, or write your own test of this name",)


class StillClock:
    """A clock that stands still."""

    def __init__(self, now: float) -> None:
        self._now = now

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self._now


def run_tests(pack: str | PathLike[str]) -> list[Result]:
    """Run all rule tests of a pack. Raises RuleError when rules or tests cannot be read."""
    mapping = load(pack)
    return [run_case(mapping, case) for case in collect(pack)]


def run_case(mapping: Mapping, case: Case) -> Result:
    """Run one case."""
    try:
        destination = mapping.bind(case.settings, secrets=case.secrets, clock=StillClock(case.now))
    except MappingError as error:
        outcome = Outcome(0, error=error)
        return Result(case, tuple(_differences(mapping, case, outcome, [])))
    outcome, payloads = destination.outcome(case.event), _payloads(destination, case.event)
    differences = _differences(mapping, case, outcome, payloads)
    return Result(case, (*differences, *sending_differences(destination, case)))


def _payloads(destination: Destination, event: Any) -> list[dict[str, Any]]:
    try:
        return destination.payloads(event)
    except MappingError:
        return []


def _differences(
    mapping: Mapping, case: Case, outcome: Outcome, payloads: list[dict[str, Any]]
) -> Iterator[str]:
    expect = case.expect
    if expect.error is None and outcome.error is not None:
        yield f"unexpected error: {outcome.error}"
        return
    if expect.error is not None:
        yield from _error(expect.error, outcome.error)
    count = len(outcome.requests)
    wanted = expect.requests
    if wanted is None and _OF_REQUESTS & expect.places.keys():
        wanted = count or 1
    if isinstance(wanted, tuple):
        yield from compare("requests", list(wanted), [r.name for r in outcome.requests])
    elif wanted is not None and wanted != count:
        yield f"expected {wanted} requests, got {count}"
    yield from _payload_differences(mapping, case, payloads)
    if expect.url is not None:
        yield from compare("url", [u.text for u in expect.url], [r.url for r in outcome.requests])
    if expect.method is not None and len(expect.method) > 1:
        yield from compare("method", [*expect.method], [r.method for r in outcome.requests])
    if expect.bodies is not None:
        bodies, exact = [r.body for r in outcome.requests], bool(expect.exact)
        yield from compare("bodies", expect.bodies.value, bodies, exact=exact)
    for request in outcome.requests:
        yield from _request(expect, request)
    yield from _warnings(case, outcome)


def _request(expect: ExpectBlock, request: Request) -> Iterator[str]:
    exact = bool(expect.exact)
    if expect.body is not None:
        yield from compare("body", expect.body.value, request.body, exact=exact)
    if expect.query is not None:
        yield from compare("query", expect.query.value, _query(request.url), exact=exact)
    only = expect.method[0] if expect.method and len(expect.method) == 1 else None
    for name, wanted, got in (
        ("method", only, request.method),
        ("format", expect.format, request.format),
    ):
        if wanted is not None and wanted != got:
            yield f"{name}: expected {wanted}, got {got}"
    if expect.headers is not None:
        headers: Any = expect.headers.value
        asked = {name.lower(): value for name, value in headers.items()}
        found: dict[str, Any] = {name.lower(): value for name, value in request.headers.items()}
        gone = [name for name, value in asked.items() if value is None]
        sent = {name: str(value) for name, value in asked.items() if value is not None}
        yield from (f"headers.{name}: expected nothing" for name in gone if name in found)
        yield from compare("headers", sent, found, exact=exact)


def _query(url: str) -> dict[str, str | list[str]]:
    """The query of a URL: a list where a name is repeated."""
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _payload_differences(
    mapping: Mapping, case: Case, payloads: list[dict[str, Any]]
) -> Iterator[str]:
    expect = case.expect
    exact = bool(expect.exact)
    found: list[str] = []
    if expect.payload is not None:
        for payload in payloads:
            found += compare("", expect.payload.value, payload, exact=exact)
    if expect.payloads is not None:
        wanted: Any = expect.payloads.value
        if len(wanted) != len(payloads):
            yield f"expected {len(wanted)} payloads, got {len(payloads)}"
        for each, payload in zip(wanted, payloads, strict=False):
            found += compare("", each, payload, exact=exact)
    for path in expect.absent or ():
        for payload in payloads:
            there = values_at(payload, steps_of(path.text))
            found += [f"{path.text}: expected nothing, got {shown(value)}" for value in there]
    for line in dict.fromkeys(found):
        yield f"{line}{_rule(mapping, line.split(':')[0])}"


def _rule(mapping: Mapping, path: str) -> str:
    """Where the rule of a payload field is written."""
    file = mapping.model.file
    named = [entry.value.fields for entry in file.requests or () if entry.value]
    found = (_field_place(each, path) for each in (file.fields, *named) if each)
    return next(filter(None, found), "")


def _field_place(fields: tuple[Named[FieldBlock], ...], path: str) -> str:
    place = ""
    for step in path.split("."):
        name = step.split("[")[0]
        field = next((field for field in fields if field.name == name), None)
        if field is None:
            return place
        place = f"  ({field.span.file}:{field.span.line})"
        fields = (field.value.fields if field.value else None) or ()
    return place


def _error(wanted: ErrorBlock, found: MappingError | None) -> Iterator[str]:
    if found is None:
        yield "expected an error, got none"
        return
    path = wanted.path.text if wanted.path else None
    for name, value, got in (
        ("kind", wanted.kind, found.kind),
        ("code", wanted.code, str(found.code)),
        ("path", path, found.path),
    ):
        if value is not None and value != got:
            yield f"error.{name}: expected {value}, got {got}"
    if wanted.message is not None and wanted.message.text not in found.message:
        yield f"error.message: expected a part {wanted.message.text!r}, got {found.message!r}"


def _warnings(case: Case, outcome: Outcome) -> Iterator[str]:
    messages = [warning.message for warning in outcome.warnings]
    for wanted in case.expect.warnings or ():
        if not any(wanted.text in message for message in messages):
            yield f"no warning holds {wanted.text!r}; there are: {messages}"
    if case.expect.no_warnings and messages:
        yield f"expected no warnings, got {messages}"
