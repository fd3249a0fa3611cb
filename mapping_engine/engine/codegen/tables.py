"""What the settings make ready for generated code: reads of the event, and indexed tables."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from mapping_engine.engine.codegen.conversions import wrong_told
from mapping_engine.engine.codegen.found import Found, Then, classes_of
from mapping_engine.engine.codegen.nodes import call, of_class, present
from mapping_engine.engine.codegen.transforms import Applied, GeneratedTransforms
from mapping_engine.engine.run import Run
from mapping_engine.engine.steps import arguments_of
from mapping_engine.expression import Expression
from mapping_engine.types import kind_of


class GeneratedTables(GeneratedTransforms):
    """Writes transforms whose work the settings do once for all events."""

    def put_on_event(self, applied: Applied, then: Then) -> None:
        """A transform of the event itself."""
        if not all(self.is_settled(each, applied.names) for each in applied.arguments):
            self.put_lowered(applied.call, applied.names, then)
            return
        read = self.code.let(self.readied(applied))
        with self.code.when(present(read)):
            made = self.code.let(call(read, self.code.state("event")))
            raw = Found(made, raw=True, solid=False, sound=self.silent)
            self.put_filled(raw, then)

    def put_indexed(self, applied: Applied, source: Expression, then: Then) -> bool:
        """A look into a table of the settings, which is brought into order once; False if not."""
        target, names = applied.target, applied.names
        if target.speed.indexed is None or not self.is_fixed(source, names):
            return False
        key, *others = applied.arguments
        if key is None or not all(self.is_settled(each, names) for each in others):
            return False
        index = self.code.let(self._index(applied, source))
        with self.code.when(of_class(index, self.constant(FunctionType))):
            wanted = self.argument_of(target.parameters[0], key, names)
            with self.code.when(present(wanted)):
                result = self.code.let(call(index, wanted))
                self.put_present(Found(result, classes_of(target.returns.names)), then)
        if not self.tells:
            return True
        with self.code.otherwise(), self.code.when(present(index)):
            self.code.do(self.told(applied, wrong_told(target, applied.call.span), index))
        return True

    def _index(self, applied: Applied, source: Expression) -> ast.expr:
        """The table as a function of the key; a value of a wrong kind as it is."""
        target = applied.target
        read = self.lower(source, applied.names)
        others = [self._given(each, applied.names) for each in applied.arguments[1:]]
        make = target.speed.indexed
        assert make is not None

        def index(run: Run) -> Any:
            table = read(run)
            if kind_of(table) not in target.accepts.names:
                return table
            given = arguments_of(target.parameters[1:], others, run)
            return None if given is None else make(table, *given)

        return self.fixed_value(index)
