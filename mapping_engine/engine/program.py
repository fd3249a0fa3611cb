"""A whole mapping as closures: from an event to its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mapping_engine.diagnostics import Span
from mapping_engine.engine.fields import Field, FieldLowering
from mapping_engine.engine.lower import Names
from mapping_engine.engine.request import Request
from mapping_engine.engine.requests import Build, lower_request
from mapping_engine.engine.run import UNSET, Evaluate, Run, fresh
from mapping_engine.errors import (
    ConfigurationError,
    ErrorCode,
    InstrumentationError,
    MappingError,
)
from mapping_engine.expression import Template
from mapping_engine.model.infer import Scope
from mapping_engine.model.model import Model
from mapping_engine.model.walk import Uses
from mapping_engine.types.type import PUBLIC_TEXT

MESSAGE_LENGTH = 300
REQUESTS = 1000
ERRORS: dict[str, type[MappingError]] = {
    "instrumentation": InstrumentationError,
    "configuration": ConfigurationError,
}

Check = Callable[[dict[str, Any], Run], None]
"""Refuses a payload by raising PayloadError."""


@dataclass(frozen=True)
class Variable:
    """A fan-out variable: its slot, and the list it takes its values from."""

    name: str
    slot: int
    values: Evaluate


@dataclass(frozen=True)
class Bound:
    """The settings, and what they alone decide: it is found out once for all events."""

    settings: dict[str, Any]
    hashing: bool = True
    """Whether personal data is hashed."""
    fixed: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of `accept` or `warn`: a condition and what to say."""

    applies: Callable[[Run], bool]
    message: Callable[[Run], str]
    kind: str | None
    span: Span
    help: str | None = None
    field: str | None = None


class Lowering(FieldLowering):
    """Lowers a model; the slots of its fan-out variables are known to everything in it."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        variables = model.fan_out_names
        scope = Scope(dict.fromkeys(variables, PUBLIC_TEXT), late=True)
        self.outer = Names({name: self.new_slot() for name in variables}, scope)
        self.uses = Uses(model.definitions, frozenset(variables) | {"payload"})

    def observed_variable(self, name: str, span: Span, evaluate: Evaluate) -> Evaluate:
        """``evaluate`` itself; tracing wraps it."""
        return evaluate


class Program:
    """What one model compiles to; it keeps no state of its own between events."""

    def __init__(self, lowering: Lowering) -> None:
        model = lowering.model
        self.model = model
        names = lowering.outer
        self._accept = [*_accept_rules(lowering, names)]
        self._variables = _variables(lowering, names)
        self._none = _none(lowering, names)
        self.fields = tuple(
            lowering.field(field, names, field.name)
            for field in model.file.fields
            if field.value is not None
        )
        self._build: Build = lower_request(lowering, model.file.request, names)
        self._refuse = [*_refuse_rules(lowering, names)]
        self._warn = [*_warn_rules(lowering, names)]
        self._hashing = (
            lowering.condition(model.file.hashing, names) if model.file.hashing else None
        )
        already = model.file.already_hashed
        self._already_hashed = lowering.condition(already, names) if already else None
        limits = model.file.limits
        self._most = (limits.requests if limits else None) or REQUESTS
        self._fixed = tuple(lowering.fixed)
        self._objects = lowering.objects()
        self._slots = lowering.slot_count
        self._memo = len(lowering.memo_slots)
        self._late = tuple(
            slot
            for name, slot in lowering.memo_slots.items()
            if lowering.uses.of_block(model.definitions[name])
        )

    # Running

    def bind(self, settings: dict[str, Any]) -> Bound:
        """What is the same for all events under these settings."""
        run = self.run_for({}, Bound(settings), 0.0)
        run.fixed = fixed = tuple(evaluate(run) for evaluate in self._fixed)
        hashing = self._hashing is None or bool(self._hashing(run))
        return Bound(settings, hashing, fixed)

    def run_for(self, event: dict[str, Any], bound: Bound, now: float) -> Run:
        """The state for one event."""
        return Run(
            event=event,
            settings=bound.settings,
            hashing=bound.hashing,
            now=now,
            memo=[UNSET] * self._memo,
            names=[None] * self._slots,
            fixed=bound.fixed,
            objects=self._objects(event),
        )

    def requests(self, run: Run, check: Check) -> Iterator[Request]:
        """The requests of one event; raises MappingError where the rules refuse it."""
        if self._switched(run):
            return
        if self._already_hashed is not None:
            run.already_hashed = self._already_hashed(run)
        for rule in self._accept:
            if rule.applies(run):
                if rule.kind is None:
                    return
                raise _refusal(rule, run)
        combinations: list[tuple[Any, ...]] = []
        if self._variables:
            self._combine(run, (), combinations)
        if not combinations and self._variables:
            if self._none is not None:
                raise _refusal(self._none, run)
            return
        if len(combinations) > self._most:
            raise InstrumentationError(
                ErrorCode.TOO_MANY_REQUESTS,
                f"the event would become more than {self._most} requests",
                help="`limits.requests` in the rule file sets the bound",
            )
        yield from self._each(run, combinations or [()], check)

    def _each(
        self, run: Run, combinations: list[tuple[Any, ...]], check: Check
    ) -> Iterator[Request]:
        shared: dict[str, Any] = {}
        for number, combination in enumerate(combinations):
            for variable, value in zip(self._variables, combination, strict=False):
                run.names[variable.slot] = value
            for slot in self._late:
                run.memo[slot] = UNSET
            self._enter(run, number)
            payload = run.payload = self._payload(run, shared)
            for rule in self._refuse:
                if rule.applies(run):
                    raise _refusal(rule, run)
            check(payload, run)
            for rule in self._warn:
                if rule.applies(run):
                    run.warnings.rule(rule.message(run), rule.field, rule.span)
            yield self._request(run)

    def _request(self, run: Run) -> Request:
        mark = len(run.notes)
        request = self._build(run)
        for note in run.notes[mark:]:
            run.warnings.left_out("request", note.path, note.reason, note.span, "it is left out")
        del run.notes[mark:]
        return request

    def _enter(self, run: Run, number: int) -> None:
        if run.trace is not None:
            run.trace.request(number, {v.name: run.names[v.slot] for v in self._variables})

    def _payload(self, run: Run, shared: dict[str, Any]) -> dict[str, Any]:
        """The payload of one request; what does not depend on the fan-out is made once."""
        payload: dict[str, Any] = {}
        for field in self.fields:
            value = self._field(field, run, shared)
            if value is not None:
                payload[field.name] = value
        return payload

    def _field(self, field: Field, run: Run, shared: dict[str, Any]) -> Any:
        if not field.shared:
            return field.evaluate(run)
        if field.name not in shared:
            shared[field.name] = made = field.evaluate(run)
            return made
        return fresh(shared[field.name])

    def _combine(self, run: Run, chosen: tuple[Any, ...], found: list[tuple[Any, ...]]) -> None:
        """Add the cross product of the fan-out, bounded one past the limit."""
        variable = self._variables[len(chosen)]
        for slot in self._late:
            run.memo[slot] = UNSET
        values = variable.values(run)
        last = len(chosen) + 1 == len(self._variables)
        for value in values if type(values) is list else ():
            run.names[variable.slot] = value
            if last:
                found.append((*chosen, value))
            else:
                self._combine(run, (*chosen, value), found)
            if len(found) > self._most:
                return

    # Switches

    def _switched(self, run: Run) -> bool:
        """Whether the event switches this destination off; keeps its options otherwise."""
        switches = self.model.vocabulary.switches
        names = [name.text for name in self.model.file.switch or ()]
        if switches is None or not names:
            return False
        table = run.event.get(switches.path)
        if type(table) is not dict:
            return False
        own = next((table[name] for name in names if table.get(name) is not None), None)
        if own is not None:
            run.integration = own if type(own) is dict else None
            return own is False
        return table.get(switches.all) is False


def _accept_rules(lowering: Lowering, names: Names) -> Iterator[Rule]:
    for block in lowering.model.file.accept or ():
        if block.require is not None:
            applies = _negated(lowering.condition(block.require, names))
        else:
            assert block.skip_when is not None
            applies = lowering.condition(block.skip_when, names)
        yield Rule(
            applies,
            _message(lowering, block.message, names),
            None if block.require is None else block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
        )


def _negated(condition: Callable[[Run], bool]) -> Callable[[Run], bool]:
    return lambda run: not condition(run)


def _refuse_rules(lowering: Lowering, names: Names) -> Iterator[Rule]:
    for block in lowering.model.file.refuse or ():
        yield Rule(
            lowering.condition(block.when, names),
            _message(lowering, block.message, names),
            block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
        )


def _warn_rules(lowering: Lowering, names: Names) -> Iterator[Rule]:
    for block in lowering.model.file.warn or ():
        yield Rule(
            lowering.condition(block.when, names),
            _message(lowering, block.message, names),
            None,
            block.span,
            field=block.field.text if block.field else None,
        )


def _variables(lowering: Lowering, names: Names) -> tuple[Variable, ...]:
    fan_out = lowering.model.file.fan_out
    return tuple(
        Variable(
            variable.name,
            names.slots[variable.name],
            lowering.observed_variable(
                variable.name,
                variable.span,
                lowering.complete(variable.value, names, variable.name),
            ),
        )
        for variable in (fan_out.each if fan_out else ())
        if variable.value is not None
    )


def _none(lowering: Lowering, names: Names) -> Rule | None:
    fan_out = lowering.model.file.fan_out
    if fan_out is None or fan_out.none is None:
        return None
    block = fan_out.none
    return Rule(
        lambda run: True,
        _message(lowering, block.message, names),
        block.error or "configuration",
        block.span,
        block.help.text if block.help else None,
    )


def _message(lowering: Lowering, template: Template | None, names: Names) -> Callable[[Run], str]:
    """What a message says; a value that is not there is shown as `nothing`."""
    if template is None:
        return lambda run: "refused by the rules"
    parts = [
        part if isinstance(part, str) else lowering.template(Template(part.extent, (part,)), names)
        for part in template.parts
    ]

    def message(run: Run) -> str:
        filled = [part if isinstance(part, str) else part(run) or "nothing" for part in parts]
        return printable("".join(filled))

    return message


def printable(text: str) -> str:
    """``text`` on one line, cut to a length, without control characters."""
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text[: MESSAGE_LENGTH + 1]
    )
    return clean if len(clean) <= MESSAGE_LENGTH else clean[:MESSAGE_LENGTH] + "…"


def _refusal(rule: Rule, run: Run) -> MappingError:
    kind = ERRORS[rule.kind or "instrumentation"]
    code = ErrorCode.NO_DESTINATION if kind is ConfigurationError else ErrorCode.EVENT_REFUSED
    return kind(code, rule.message(run), span=rule.span, help=rule.help)
