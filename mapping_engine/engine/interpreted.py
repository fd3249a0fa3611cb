"""The way of an event through the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mapping_engine.core.model import Rule
from mapping_engine.engine.flow import Combination
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.request import Request
from mapping_engine.engine.requests import request_of
from mapping_engine.engine.run import Issue, Run
from mapping_engine.engine.trace import SKIPPED, Entry, summary
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json


class Interpreted(Frozen):
    """How the steps are done by interpreting the core."""

    it: Interpreter

    def already_hashed(self, run: Run) -> bool:
        """Whether the personal data of the event is hashed already."""
        condition = self.it.model.already_hashed
        return condition is not None and self.it.holds(condition)

    def accept(self, run: Run) -> Rule | None:
        """The first rule of `accept` that applies."""
        return next(self._applying(self.it.model.accept), None)

    def refuse(self, run: Run) -> Rule | None:
        """The first rule of `refuse` that applies."""
        return next(self._applying(self.it.model.refuse), None)

    def warn(self, run: Run) -> Sequence[Rule]:
        """The rules of `warn` that apply."""
        return list(self._applying(self.it.model.warn))

    def _applying(self, rules: Sequence[Rule]) -> Iterator[Rule]:
        for rule in rules:
            if self.it.holds(rule.condition) is not rule.negated:
                if self.it.trace is not None:
                    self.it.trace.applied.append(rule.span)
                yield rule

    def chosen(self, run: Run) -> Sequence[int]:
        """The places of the kinds of request that are made; who records sees why the others not."""
        model, trace, found = self.it.model, self.it.trace, list[int]()
        for place, kind in enumerate(model.kinds):
            name = kind.request.name
            if found and not model.file.every:
                if trace is not None:
                    trace.kinds.append(Entry("kind", name, kind.span, SKIPPED))
                continue
            entry = trace.open("kind", name, kind.span) if trace is not None else None
            is_met = kind.when is None or self.it.holds(kind.when)
            if trace is not None and entry is not None:
                trace.choose(entry, is_met=is_met)
            found += [place] if is_met else []
        return found

    def kind(self, run: Run, place: int) -> Interpreted:
        """How the steps are done for one of several kinds."""
        model, trace = self.it.model.requests[place], self.it.trace
        if trace is not None:
            trace.kind = model.request.name
        return Interpreted(Interpreter(model, run, trace, self.it.facts))

    def values(self, run: Run, place: int) -> Json:
        """The list that a variable of the fan-out takes its values from."""
        variable, trace, issues = self.it.model.fan_out[place], self.it.trace, list[Issue]()
        entry = trace.open("fan-out", variable.name, variable.span) if trace is not None else None
        found = self.it.value(variable.values, issues, variable.name)
        if entry is not None and trace is not None:
            trace.close(entry, found, issues)
            trace.hidden = False
        return found

    def enter(self, run: Run, combination: Combination) -> None:
        """Take these values of the fan-out."""
        run.variables[: len(combination)] = combination
        run.payload = None
        self.it.forget()

    def payload(self, run: Run, number: int, first: bytes) -> dict[str, Json]:
        """The payload of a request."""
        if self.it.trace is not None:
            pairs = zip(self.it.model.fan_out_names, run.variables, strict=True)
            self.it.trace.request({name: self._shown(name, value) for name, value in pairs})
        return self.it.value(self.it.model.fields, []) or {}

    def _shown(self, name: str, value: Json) -> str:
        facts = self.it.facts
        is_shown = facts is None or name not in facts.names or facts.names[name].may_be_shown
        return str(value) if is_shown else summary(value, hidden=True)

    def request(self, run: Run) -> Request:
        """The request around the payload."""
        it, trace = self.it, self.it.trace
        if trace is not None:  # explanations are of fields: this entry stands below none
            trace.open("request", it.model.request.name, it.model.request.span)
        made = request_of(it.model.request, it.model, run, it.value)
        if trace is not None:
            trace.stack.pop()
        return made
