"""A whole mapping as closures: from an event to its requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from operator import is_
from typing import Any

import orjson

from mapping_engine.core.infer import Scope
from mapping_engine.core.model import Model
from mapping_engine.core.walk import Uses
from mapping_engine.diagnostics import Span
from mapping_engine.engine.fan_out import Combine, Variable, cross_product, forget
from mapping_engine.engine.fields import FieldLowering, Payloads
from mapping_engine.engine.judging import (
    Judge,
    Rule,
    accept_rules,
    no_request,
    refusal,
    refuse_rules,
    those_that_apply,
    warn_rules,
    warnings_may_refuse,
)
from mapping_engine.engine.lower import Names
from mapping_engine.engine.request import Request
from mapping_engine.engine.requests import Build, lower_request
from mapping_engine.engine.routes import Route, Routes, listed_texts
from mapping_engine.engine.run import UNSET, Evaluate, Run
from mapping_engine.errors import ErrorCode, InstrumentationError
from mapping_engine.file.documents import RequestBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ValueBlock
from mapping_engine.types.type import PUBLIC_TEXT

REQUESTS = 1000

Check = Callable[[dict[str, Any], Run], bytes]
"""Refuses a payload by raising PayloadError, or answers its JSON text."""


@dataclass(frozen=True)
class Bound:
    """The settings, and what they alone decide: it is found out once for all events."""

    settings: dict[str, Any]
    hashing: bool = True
    """Whether personal data is hashed."""
    fixed: tuple[Any, ...] = ()
    routes: Routes = field(default_factory=partial(Routes, frozenset(), {}))
    """What was found for events of one type and name."""


class Lowering(FieldLowering):
    """Lowers a model; the slots of its fan-out variables are known to everything in it."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        variables = model.fan_out_names
        scope = Scope(dict.fromkeys(variables, PUBLIC_TEXT), late=True)
        self.outer = Names({name: self.new_slot() for name in variables}, scope)
        self.uses = Uses(model.definitions, frozenset(variables) | {"payload"})
        self.late: list[int] = []
        """The places of definitions that depend on the fan-out: known when all is lowered."""

    def request(self, block: RequestBlock, names: Names) -> Build:
        """What builds the request of one payload."""
        return lower_request(self, block, names)

    def judging(self, rules: list[Rule], names: Names, *, first: bool) -> Judge:
        """The rules that apply; where only the ``first`` is asked for, there may be no others."""
        return those_that_apply(self, rules, names)

    def fan_out(self) -> list[Named[ValueBlock]]:
        """The variables of the fan-out with what makes their values."""
        fan_out = self.model.file.fan_out
        return [each for each in (fan_out.each if fan_out else ()) if each.value is not None]

    def combining(self, most: int) -> Combine:
        """What finds the values of the fan-out."""
        variables = []
        for each in self.fan_out():
            assert each.value is not None
            evaluate = self.complete(each.value, self.outer, each.name)
            values = self.observed_variable(each.name, each.span, evaluate)
            variables.append(Variable(self.outer.slots[each.name], values))
        return cross_product(variables, self.late, most)

    def deciding_fields(self) -> tuple[str, ...] | None:
        """The fields of the event that decide its route, if routes are to be remembered."""
        return None

    def observed_variable(self, name: str, span: Span, evaluate: Evaluate) -> Evaluate:
        """``evaluate`` itself; tracing wraps it."""
        return evaluate


class Program:
    """What one model compiles to; it keeps no state of its own between events."""

    def __init__(self, lowering: Lowering) -> None:
        model = lowering.model
        self.model = model
        names = lowering.outer
        self._accept = lowering.judging([*accept_rules(lowering, names)], names, first=True)
        limits = model.file.limits
        self._most = (limits.requests if limits else None) or REQUESTS
        self._variables = tuple(names.slots.items())
        self._width = len(self._variables)
        """So many of the first places for names are those of the fan-out."""
        self._combine = lowering.combining(self._most)
        self._none = no_request(lowering, names)
        self._deciding = lowering.deciding_fields()
        self._listed = frozenset() if self._deciding is None else listed_texts(model)
        self.payloads: Payloads = lowering.payloads(names)
        self._build: Build = lowering.request(model.file.request, names)
        refusals = [*refuse_rules(lowering, names)]
        self._refuse = lowering.judging(refusals, names, first=True) if refusals else None
        self._must_warn = warnings_may_refuse(model)
        self._warn = lowering.judging([*warn_rules(lowering, names)], names, first=False)
        self._hashing = (
            lowering.condition(model.file.hashing, names) if model.file.hashing else None
        )
        already = model.file.already_hashed
        self._already_hashed = lowering.condition(already, names) if already else None
        self._switches = model.vocabulary.switches
        self._own_names = tuple(name.text for name in model.file.switch or ())
        self._fixed = tuple(lowering.fixed)
        self._objects = lowering.objects()
        self._slots = lowering.slot_count
        self._memo = len(lowering.memo_slots)
        self._late = lowering.late
        self._late += [
            slot
            for name, slot in lowering.memo_slots.items()
            if lowering.uses.of_block(model.definitions[name])
        ]

    # Running

    def bind(self, settings: dict[str, Any]) -> Bound:
        """What is the same for all events under these settings."""
        run = self.run_for({}, Bound(settings), 0.0)
        run.fixed = fixed = tuple(evaluate(run) for evaluate in self._fixed)
        hashing = self._hashing is None or bool(self._hashing(run))
        return Bound(settings, hashing, fixed, Routes(self._listed, settings))

    def run_for(self, event: dict[str, Any], bound: Bound, now: float) -> Run:
        """The state for one event."""
        memo, names = [UNSET] * self._memo, [None] * self._slots
        objects, routes = self._objects(event), bound.routes
        return Run(
            event, bound.settings, bound.fixed, bound.hashing, now, memo, names, objects, routes
        )

    def requests(self, run: Run, check: Check, *, warned: bool = True) -> list[Request]:
        """The requests of one event; raises MappingError where the rules refuse it.

        Rules of `warn` are judged only for who wants to be ``warned``, or where they may refuse.
        """
        if self._switched(run):
            return []
        if self._already_hashed is not None:
            run.already_hashed = self._already_hashed(run)
        route = self._route(run) if self._deciding is None else self._known_route(run)
        return self._each(run, route, check, warned or self._must_warn) if route else []

    def _known_route(self, run: Run) -> Route:
        """The route of an event, which may have been found for another one before."""
        assert self._deciding is not None
        key = tuple(map(run.event.get, self._deciding))
        try:
            known = run.routes.known.get(key)
        except TypeError:  # lists and objects decide nothing that is remembered
            return self._route(run)
        if known is None:
            known = self._route(run)
            if known:
                run.routes.remember(key, known)
        else:
            run.names[: self._width] = known[0]
        return known

    def _route(self, run: Run) -> Route:
        """For which values of the fan-out there are requests; none if the event is passed over.

        The values of the first request are entered. Raises MappingError where the rules refuse it.
        """
        for rule in self._accept(run):
            if rule.kind is None:
                return []
            raise refusal(rule, run)
        if not self._variables:
            return [()]
        found: Route = []
        self._combine(run, found)
        if not found and self._none is not None:
            raise self._none(run)
        if len(found) > self._most:
            raise InstrumentationError(
                ErrorCode.TOO_MANY_REQUESTS,
                f"the event would become more than {self._most} requests",
                help="`limits.requests` in the rule file sets the bound",
            )
        if found and not self._is_entered(run, found[0]):
            self._enter(run, found[0])
        return found

    def _each(self, run: Run, combinations: Route, check: Check, warned: bool) -> list[Request]:
        build = self._built_with_warnings if warned else self._build
        made: list[Request] = []
        first = b""
        for number, combination in enumerate(combinations):
            if number:
                self._enter(run, combination)
            if run.trace is not None:
                values = {name: run.names[slot] for name, slot in self._variables}
                run.trace.request(number, values)
            if number:
                payload = self._later(run, first)
            else:
                run.notes.clear()
                payload = self.payloads.first(run)
            run.payload = payload
            if self._refuse is not None:
                for rule in self._refuse(run):
                    raise refusal(rule, run)
            text = check(payload, run)
            first = first or text
            made.append(build(run))
        return made

    def _built_with_warnings(self, run: Run) -> Request:
        for rule in self._warn(run):
            run.warnings.rule(rule.message(run), rule.field, rule.span)
        run.notes.clear()
        made = self._build(run)
        if run.notes:
            run.warnings.left_out("request", tuple(run.notes), "it is left out")
        return made

    def _is_entered(self, run: Run, combination: tuple[Any, ...]) -> bool:
        """Whether the values that were tried last are these: most often there are no others."""
        return all(map(is_, run.names, combination))

    def _enter(self, run: Run, combination: tuple[Any, ...]) -> None:
        """Forget what was made for other values of the fan-out."""
        run.names[: self._width] = combination
        forget(run, self._late)

    def _later(self, run: Run, first: bytes) -> dict[str, Any]:
        """The payload of a further request: the first one's, but for what each has of its own."""
        payload: dict[str, Any] = orjson.loads(first)
        in_order = True
        for name, evaluate in self.payloads.own:
            value = evaluate(run)
            if value is None:
                payload.pop(name, None)
            else:
                in_order = in_order and name in payload
                payload[name] = value
        if in_order:
            return payload
        return {name: payload[name] for name in self.payloads.names if name in payload}

    # Switches

    def _switched(self, run: Run) -> bool:
        """Whether the event switches this destination off; keeps its options otherwise."""
        switches, names = self._switches, self._own_names
        if switches is None or not names:
            return False
        table = run.event.get(switches.path)
        if type(table) is not dict:
            return False
        for name in names:
            own = table.get(name)
            if own is not None:
                run.integration = own if type(own) is dict else None
                return own is False
        return table.get(switches.all) is False
