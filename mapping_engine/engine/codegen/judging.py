"""Rules of `accept`, `refuse` and `warn`, and the fan-out, as generated code."""

from __future__ import annotations

import ast
from collections import Counter
from functools import partial

from mapping_engine.core.walk import walk
from mapping_engine.engine.codegen.fields import GeneratedFields
from mapping_engine.engine.codegen.found import Found
from mapping_engine.engine.codegen.nodes import (
    call,
    compare,
    listing,
    method,
    negated,
    number,
    of_class,
    tupled,
)
from mapping_engine.engine.fan_out import Combine
from mapping_engine.engine.judging import Judge, Rule
from mapping_engine.engine.lower import Names
from mapping_engine.engine.routes import deciding_fields
from mapping_engine.engine.run import UNSET
from mapping_engine.expression import Pipeline, print_expression
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ValueBlock

_MOST_VARIABLES = 4
"""More of them are left to closures: each is a loop inside the last one."""
_NONE: tuple[Rule, ...] = ()


class GeneratedJudging(GeneratedFields):
    """Writes what stands before and after the payloads."""

    def judging(self, rules: list[Rule], names: Names, *, first: bool) -> Judge:
        """The rules that apply, as one function."""
        return self.built(partial(self._put_rules, rules, names, first))

    def _put_rules(self, rules: list[Rule], names: Names, first: bool) -> None:
        if first or not rules:
            made = self.constant(_NONE)
        else:
            made = self.code.let(listing())
            self._put_common(rules, names)
        for rule in rules:
            self._put_rule(rule, names, "" if first else made)
        self.code.give(made)

    def _put_common(self, rules: list[Rule], names: Names) -> None:
        """Make the pipelines that stand in several conditions just once."""
        nodes = [node for rule in rules for node in walk(rule.condition)]
        written = [(print_expression(node), node) for node in nodes if isinstance(node, Pipeline)]
        times = Counter(text for text, _ in written)
        self.common = {
            (text, id(names)): self.value_of(partial(self.put, node, names))
            for text, node in dict(written).items()
            if times[text] > 1
        }

    def _put_rule(self, rule: Rule, names: Names, made: str) -> None:
        def applies() -> None:
            if made:
                self.code.do(method(made, "append", self.constant(rule)))
            else:
                self.code.give(self.constant((rule,)))

        if not rule.negated:
            self.put_met(rule.condition, names, applies)
            return
        flag = self.code.let(number(value=False))
        met = partial(self.code.assign, flag, number(value=True))
        self.put_met(rule.condition, names, met)
        with self.code.when(negated(flag)):
            applies()

    # The fan-out

    def deciding_fields(self) -> tuple[str, ...] | None:
        """The fields of the event that decide its route, if routes are to be remembered."""
        return deciding_fields(self.model)

    def combining(self, most: int) -> Combine:
        """What finds the values of the fan-out, as one function."""
        variables = self.fan_out()
        if not variables or len(variables) > _MOST_VARIABLES:
            return super().combining(most)
        return self.built(partial(self._put_variables, variables, (), most), "run", "found")

    def _put_variables(
        self, variables: list[Named[ValueBlock]], chosen: tuple[str, ...], most: int
    ) -> None:
        if not variables:
            self.code.do(method("found", "append", tupled(*chosen)))
            full = compare(call("len", "found"), ast.Gt(), self.constant(most))
            with self.code.when(full):
                self.code.give(self.constant(None))
            return
        variable, *rest = variables
        assert variable.value is not None
        place = self.code.new()
        with self.code.each(place, self.constant(self.late)):
            self.code.put_key(self.code.state("memo"), place, self.constant(UNSET))
        put_loop = partial(self._put_loop_of, variable, rest, chosen, most)
        self.put_complete(variable.value, self.outer, variable.name, put_loop)

    def _put_loop_of(
        self,
        variable: Named[ValueBlock],
        rest: list[Named[ValueBlock]],
        chosen: tuple[str, ...],
        most: int,
        found: Found,
    ) -> None:
        slot, value = self.outer.slots[variable.name], self.code.new("i")
        is_list = of_class(found.name, self.constant(list))
        self.repeats += 1
        with self.code.when(is_list), self.code.each(value, found.name):
            self.code.put_key(self.code.state("names"), number(slot), value)
            outside, self.locals = self.locals, {**self.locals, slot: Found(value, solid=False)}
            self._put_variables(rest, (*chosen, value), most)
            self.locals = outside
        self.repeats -= 1
