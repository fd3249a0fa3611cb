"""Definitions and fields as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import nullcontext

from mapping_engine.diagnostics import Span
from mapping_engine.engine.fields import Absence, Field, warn_left_out
from mapping_engine.engine.generated.code import (
    NONE,
    attribute,
    call,
    compare,
    listing,
    load,
    mapping,
    method,
    missing,
    negated,
    of_class,
    present,
)
from mapping_engine.engine.generated.expressions import GeneratedExpressions
from mapping_engine.engine.lower import Names
from mapping_engine.engine.run import Evaluate, Note, Run, fresh, holds
from mapping_engine.engine.steps import wrong_kind
from mapping_engine.engine.values import arm_label, source_label
from mapping_engine.expression import Call, Expression, print_expression
from mapping_engine.model.shapes import Named
from mapping_engine.model.values import ArmBlock, FieldBlock, ValueBlock
from mapping_engine.model.walk import copied, item_name, parts_of, plain_chain
from mapping_engine.types import kind_of

Conversion = tuple[tuple[Call, ...], Names]


class GeneratedLowering(GeneratedExpressions):
    """Lowers a model to generated functions: one for each definition, field and condition."""

    def complete(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """A definition or variable as one function."""
        return self.built(lambda: self._put_complete(block, names, path))

    def condition(self, node: Expression, names: Names) -> Callable[[Run], bool]:
        """A condition as one function."""
        evaluate = self.built(lambda: self._put_met_value(node, names))
        return lambda run: holds(evaluate(run))

    def field(self, field: Named[FieldBlock], names: Names, path: str) -> Field:
        """A field as one function."""
        block = field.value
        assert block is not None
        evaluate = self.built(lambda: self._put_field(block, names, path))
        return Field(field.name, path, field.span, evaluate, not self.uses.of_block(block))

    def _put_met_value(self, node: Expression, names: Names) -> str:
        return self.code.let(self.put_met(node, names))

    def _put_complete(self, block: ValueBlock, names: Names, path: str) -> str:
        result = self.code.let(NONE)
        with self.code.when(self.put_met(block.when, names)) if block.when else nullcontext():
            self.code.assign(result, load(self._put_value(block, names, path)))
            if block.default is not None:
                with self.code.when(missing(result)):
                    self.code.assign(result, load(self.put(block.default, names)))
        return result

    # Values

    def _put_value(self, block: ValueBlock, names: Names, path: str) -> str:
        result = self._put_source(block, names, path)
        label = source_label(block)
        if block.as_ and not parts_of(block):
            result = self.put_steps(result, block.as_, names, label)
        if block.then:
            result = self.put_steps(result, block.then, names, label)
        if block.one_of is not None:
            accepted = self.accepted(block.one_of, names, label)
            with self.code.when(present(result)):
                judged = self.code.let(call(self.constant(accepted), "run", result))
            with self.code.otherwise():
                self.code.assign(judged, NONE)
            result = judged
        return result

    def _put_source(self, block: ValueBlock, names: Names, path: str) -> str:
        if block.each is not None:
            return self._put_each(block, block.each, names, path)
        if copied(block) is not None or block.positions is not None:
            return self.called(self.source(block, names, path))
        if block.fields is not None:
            return self._put_fields_of(block, names, path)
        if block.first_of is not None:
            return self._put_arms(self._arms(block.first_of, block, names, []))
        if block.decide is not None:
            rows = [row.value for row in block.decide if row.value is not None]
            return self._put_arms([self._written(row, block, names, []) for row in rows])
        return self._put_single(block, names)

    def _put_single(self, block: ValueBlock | ArmBlock, names: Names) -> str:
        node = block.value or block.template or block.constant
        assert node is not None
        return self.put(node, names)

    # Chains and decision tables

    def _put_arms(self, arms: list[Callable[[], str]]) -> str:
        result = self.code.new()
        for place, arm in enumerate(arms):
            with self.code.when(missing(result)) if place else nullcontext():
                self.code.assign(result, load(arm()))
        if not arms:
            self.code.assign(result, NONE)
        return result

    def _arms(
        self, arms: tuple[ArmBlock, ...], block: ValueBlock, names: Names, outer: list[Conversion]
    ) -> list[Callable[[], str]]:
        """The alternatives, with those of a plain chain in place of its ``$name``."""
        found: list[Callable[[], str]] = []
        for arm in arms:
            chain = plain_chain(arm, self.model.definitions)
            if chain is None:
                found.append(self._written(arm, block, names, outer))
                continue
            own = [(steps, names) for steps in (arm.as_, block.as_) if steps]
            empty = ValueBlock(span=block.span)
            found += self._arms(chain, empty, self.outer, [*own, *outer])
        return found

    def _written(
        self, arm: ArmBlock, block: ValueBlock, names: Names, outer: list[Conversion]
    ) -> Callable[[], str]:
        """What writes one alternative with its conversions, and those of the chains around it."""
        label = arm_label(arm)

        def inner() -> str:
            found = self._put_single(arm, names)
            for steps in (arm.as_, block.as_):
                if steps:
                    found = self.put_shared(found, steps, names, label)
            return found

        def whole() -> str:
            found = self.guard(arm, names, inner)
            for steps, scope in outer:
                found = self.put_shared(found, steps, scope, label)
            return found

        return whole

    # Lists and objects

    def _put_each(self, block: ValueBlock, each: Expression, names: Names, path: str) -> str:
        items = self.put(each, names)
        found, element = self.code.let(listing()), self.code.new("i")
        slot = self.new_slot()
        scope = names.scope.having(item_name(block), self.item_type(each, names))
        inside = names.having(item_name(block), slot, scope)
        note = self.constant(_no_list(print_expression(each), each.span))
        is_list = of_class(items, self.constant(list))
        with self.code.when(is_list), self.code.each(element, load(items)):
            self.put_slot(slot, load(element))
            keep = block.keep_when
            with self.code.when(self.put_met(keep, inside)) if keep else nullcontext():
                made = self._put_made(block, inside, path)
                with self.code.when(present(made)):
                    self.code.do(method(found, "append", made))
        with self.code.otherwise(), self.code.when(present(items)):
            self.code.do(call(note, "notes", items))
        return self._or_none(found)

    def _put_made(self, block: ValueBlock, names: Names, path: str) -> str:
        if block.fields is not None:
            return self._put_fields_of(block, names, f"{path}[]")
        return self._put_single(block, names)

    def _or_none(self, found: str) -> str:
        with self.code.when(negated(load(found))):
            self.code.assign(found, NONE)
        return found

    def _put_fields_of(self, block: ValueBlock, names: Names, path: str) -> str:
        """The object that the fields of a block make; None when it would be empty."""
        found = self.code.let(mapping())
        for field in block.fields or ():
            if field.value is None:
                continue
            made = self._put_field(field.value, names, f"{path}.{field.name}")
            with self.code.when(present(made)):
                self.code.put_key(found, self.constant(field.name), made)
        return self._or_none(found)

    def _put_field(self, block: FieldBlock, names: Names, path: str) -> str:
        """A field with its policy: what is left out, refused, or warned about."""
        result = self.code.let(NONE)
        with self.code.when(self.put_met(block.when, names)) if block.when else nullcontext():
            mark = self.code.let(call("len", "notes"))
            self.code.assign(result, load(self._put_value(block, names, path)))
            noted = compare(call("len", "notes"), ast.NotEq(), load(mark))
            self._put_absence(block, names, path, result, mark)
            if copied(block) is not None or block.positions is not None:
                with self.code.when(noted):
                    left_out = self.constant(_left_out(path))
                    self.code.do(call(left_out, "run", mark))
            self.forget(mark)
            if block.fields is None or block.default is not None:
                self._put_fresh(result)
        return result

    def _put_absence(
        self, block: FieldBlock, names: Names, path: str, result: str, mark: str
    ) -> None:
        default = self.default(block, names)
        absent = Absence(self.model, block, path, default)
        handled = self.constant(_handled(absent))
        noted = compare(call("len", "notes"), ast.NotEq(), load(mark))
        with self.code.when(missing(result)):
            if block.required or default is not None:
                self.code.assign(result, call(handled, "run", mark))
            else:
                with self.code.when(noted):
                    self.code.assign(result, call(handled, "run", mark))

    def _put_fresh(self, result: str) -> None:
        """Share no container with the event, and hold no number that JSON cannot."""
        containers = load(self.constant(_COPIED))
        with self.code.when(compare(attribute(result, "__class__"), ast.In(), containers)):
            self.code.assign(result, call(self.constant(fresh), result))


_COPIED = frozenset((dict, list, float))


def _handled(absent: Absence) -> Callable[[Run, int], object]:
    def handle(run: Run, mark: int) -> object:
        found = absent(run, run.notes[mark:])
        del run.notes[mark:]
        return found

    return handle


def _left_out(path: str) -> Callable[[Run, int], None]:
    def tell(run: Run, mark: int) -> None:
        warn_left_out(run, path, run.notes[mark:], "it is left out")

    return tell


def _no_list(label: str, span: Span) -> Callable[[list[Note], object], None]:
    def note(notes: list[Note], value: object) -> None:
        notes.append(Note(label, wrong_kind(kind_of(value), "list"), span))

    return note
