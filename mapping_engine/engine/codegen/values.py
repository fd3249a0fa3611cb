"""Definitions, blocks and fields as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from mapping_engine.core.model import Model
from mapping_engine.core.walk import (
    behind,
    copied,
    item_name,
    names_in,
    parts_of,
    plain_chain,
    reachable,
    references,
)
from mapping_engine.diagnostics import Span
from mapping_engine.engine.codegen.found import Found, Put, Then, one_of
from mapping_engine.engine.codegen.nodes import (
    call,
    choice,
    listing,
    load,
    method,
    number,
    of_class,
)
from mapping_engine.engine.codegen.steps import GeneratedSteps
from mapping_engine.engine.lower import Names, memoised
from mapping_engine.engine.rest import Copying
from mapping_engine.engine.run import UNSET, Evaluate, Note, Run
from mapping_engine.engine.steps import wrong_kind
from mapping_engine.engine.values import arm_label, source_label
from mapping_engine.expression import Call, Expression, print_expression
from mapping_engine.file.values import ArmBlock, ValueBlock
from mapping_engine.types import kind_of

OBJECT = frozenset((dict,))
Conversion = tuple[tuple[Call, ...], Names]


class GeneratedValues(GeneratedSteps):
    """Writes definitions and blocks."""

    def __init__(self, model: Model, *, silent: bool = False) -> None:
        super().__init__(model, silent=silent)
        self._used = _times_used(model)
        self._inlined = 0
        self.marked: str | None = None
        """The mark of the fields that are written next, where it is known already."""

    # Functions

    def evaluator(self, node: Expression, names: Names) -> Evaluate:
        """An expression as one function."""
        return self.built(lambda: self.put(node, names, self.giving([])))

    def complete(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """A definition or variable as one function."""
        return self.built(lambda: self.put_complete(block, names, path, self.giving([])))

    def condition(self, node: Expression, names: Names) -> Callable[[Run], bool]:
        """A condition as one function."""

        def write() -> None:
            self.put_met(node, names, lambda: self.code.give(number(value=True)))
            self.code.give(number(value=False))

        return self.built(write)

    def remembered(self, name: str) -> Evaluate:
        """A definition, made once an event (once a request, if it depends on the fan-out)."""
        if name not in self._definitions:
            self.memo_slots[name] = slot = len(self.memo_slots)
            self.answers[name] = Found(name)
            made = self.makers[name] = self.definition(name)
            told = self.noting.is_told(name)
            self._definitions[name] = memoised(slot, made) if told else _kept(slot, made)
        return self._definitions[name]

    def definition(self, name: str) -> Evaluate:
        """The function of a definition."""
        answers: list[Found] = []
        block = self.model.definitions[name]
        write = partial(self.put_complete, block, self.outer, f"${name}", self.giving(answers))
        with self.telling(self.noting.is_asked(name)):
            made = self.built(write)
        if answers:
            self.answers[name] = replace(one_of(name, answers), made=False)
        return made

    def put_inlined(self, name: str, then: Then) -> bool:
        """Write a definition where it is used, if that is the only place."""
        if self.repeats or self._used.get(name, 0) != 1 or self._inlined >= _MOST_INLINED:
            return False
        self._inlined += 1
        try:
            self.put_complete(self.model.definitions[name], self.outer, f"${name}", then)
        finally:
            self._inlined -= 1
        return True

    # Values

    def put_fields_of(self, block: ValueBlock, names: Names, path: str, then: Then) -> None:
        """The object that the fields of a block make."""
        raise NotImplementedError

    def put_complete(self, block: ValueBlock, names: Names, path: str, then: Then) -> None:
        """The value of a definition or variable: with its default, where its condition holds."""
        value: Put = partial(self.put_value, block, names, path)
        if block.default is not None:
            value = partial(self.put_first, [value, partial(self.put, block.default, names)])
        if block.when is None:
            value(then)
        else:
            self.put_met(block.when, names, partial(value, then))

    def put_value(self, block: ValueBlock, names: Names, path: str, then: Then) -> None:
        """The value of a block, were there no `when` and no default."""
        label = source_label(block)
        own = block.as_ if block.as_ and not parts_of(block) else ()
        calls = (*own, *(block.then or ()))

        def accept(found: Found) -> None:
            assert block.one_of is not None
            accepted = self.accepted(block.one_of, names, label)
            judged = self.called(accepted, found.name)
            self.put_present(replace(found, name=judged), then)

        last = then if block.one_of is None else accept
        convert = partial(self.put_steps, calls, names, label, last) if calls else last
        self._put_source(block, names, path, convert, raw=bool(calls))

    def _put_source(
        self, block: ValueBlock, names: Names, path: str, then: Then, *, raw: bool
    ) -> None:
        if self.is_deep():
            made = self.called(self.source(block, names, path))
            self.put_present(Found(made, solid=False), then)
        elif block.each is not None:
            self._put_each(block, block.each, names, path, then)
        elif (node := copied(block)) is not None:
            self._put_copy(block, node, names, path, then)
        elif block.fields is not None:
            self.put_fields_of(block, names, path, then)
        elif block.positions is not None:
            made = self.called(self.source(block, names, path))
            self.put_present(Found(made, frozenset((list,))), then)
        elif block.first_of is not None:
            arms, nodes = self._arms(block.first_of, block, names, [])
            self.put_first(arms, then, [self.holder_of(node) for node in nodes])
        elif block.decide is not None:
            rows = [row.value for row in block.decide if row.value is not None]
            self.put_first([self._arm_put(row, block, names, []) for row in rows], then)
        else:
            self._put_single(block, names, then, raw=raw)

    def _put_single(
        self, block: ValueBlock | ArmBlock, names: Names, then: Then, *, raw: bool = False
    ) -> None:
        node = block.value or block.template or block.constant
        assert node is not None
        self.put(node, names, then, raw=raw)

    # Chains and decision tables

    def _arms(
        self, arms: tuple[ArmBlock, ...], block: ValueBlock, names: Names, outer: list[Conversion]
    ) -> tuple[list[Put], list[Expression | None]]:
        """The alternatives, with those of a plain chain in place of its ``$name``.

        Beside them is what each reads, if it has no condition.
        """
        found: list[Put] = []
        nodes: list[Expression | None] = []
        for arm in arms:
            chain = plain_chain(arm, self.model.definitions)
            if chain is None:
                found.append(self._arm_put(arm, block, names, outer))
                nodes.append(arm.value if arm.when is None else None)
                continue
            own = [(steps, names) for steps in (arm.as_, block.as_) if steps]
            empty = ValueBlock(span=block.span)
            more, read = self._arms(chain, empty, self.outer, [*own, *outer])
            found += more
            nodes += read
        return found, nodes

    def _arm_put(
        self, arm: ArmBlock, block: ValueBlock, names: Names, outer: list[Conversion]
    ) -> Put:
        """What writes an alternative with its conversions, and those of the chains around it."""
        own = [(steps, names) for steps in (arm.as_, block.as_) if steps]
        conversions = [*own, *outer]
        label = arm_label(arm)

        def put(then: Then) -> None:
            convert = partial(self._put_conversions, conversions, label, then)
            single = partial(self._put_single, arm, names, convert, raw=bool(conversions))
            self.put_guarded(arm, names, single)

        return put

    def _put_conversions(
        self, conversions: list[Conversion], label: str, then: Then, found: Found
    ) -> None:
        if not conversions:
            then(found)
            return
        (calls, names), *rest = conversions
        after = partial(self._put_conversions, rest, label, then) if rest else then
        self.put_shared(calls, names, label, after, found)

    # Copies

    def _put_copy(
        self, block: ValueBlock, node: Expression, names: Names, path: str, then: Then
    ) -> None:
        """A copy of an object; one that fields are added to is left to a closure."""
        if block.fields is not None:
            made = self.called(self.source(block, names, path))
            self.put_present(Found(made, OBJECT, made=True), then)
            return
        copying = Copying(self.model.vocabulary.personal, print_expression(node), node.span)
        plan = self._plan(block, node, names)

        def copy(found: Found) -> None:
            surely = found.classes == OBJECT
            with self.code.when(None if surely else of_class(found.name, self.constant(dict))):
                made = self.code.let(call(self.constant(copying.of), "run", found.name, plan()))
                with self.code.when(load(made)):
                    then(Found(made, OBJECT, made=True))

        self.put(node, names, copy, raw=True)

    def _plan(self, block: ValueBlock, node: Expression, names: Names) -> Callable[[], ast.expr]:
        """What a copy leaves out; it is made once, where the settings decide it."""
        made = self.plan(block, node, names)
        lists = (block.without, block.keep, block.hash)
        located = [] if block.rest_of is None else self.located
        arguments = [argument for _, given in located for argument in given]
        if all(self.is_settled(each, names) for each in lists) and all(
            self.is_settled(each, self.outer) for each in arguments
        ):
            return partial(self.fixed_value, made)

        def planned() -> ast.expr:
            self.flush()
            return call(self.constant(made), "run")

        return planned

    # Lists and objects

    def _put_each(
        self, block: ValueBlock, each: Expression, names: Names, path: str, then: Then
    ) -> None:
        self.put(each, names, partial(self._put_items_of, block, each, names, path, then))

    def _put_items_of(
        self,
        block: ValueBlock,
        each: Expression,
        names: Names,
        path: str,
        then: Then,
        found: Found,
    ) -> None:
        is_list = of_class(found.name, self.constant(list))
        surely = found.classes == frozenset((list,))
        with self.code.when(None if surely else is_list):
            made = self.code.let(listing())
            self._put_loop(block, each, names, path, found, made)
            with self.code.when(load(made)):
                objects = block.fields is not None
                then(Found(made, frozenset((list,)), made=objects))
        if not surely and self.tells:
            with self.code.otherwise():
                note = self.constant(_no_list(print_expression(each), each.span))
                self.code.do(call(note, self.code.state("notes"), found.name))

    def _put_loop(
        self, block: ValueBlock, each: Expression, names: Names, path: str, items: Found, made: str
    ) -> None:
        slot, element = self.new_slot(), self.code.new("i")
        scope = names.scope.having(item_name(block), self.item_type(each, names))
        inside = names.having(item_name(block), slot, scope)
        one = Found(element, solid=False, sound=items.sound)
        outside, self.locals = self.locals, {**self.locals, slot: one}

        def keep(found: Found) -> None:
            self.code.do(method(made, "append", found.name))

        def write() -> None:
            if block.fields is not None:
                self.marked = mark
                self.put_fields_of(block, inside, f"{path}[]", keep)
            else:
                self._put_single(block, inside, keep)

        mark = self.mark() if block.fields is not None and not self.silent else None
        self.repeats += 1
        try:
            with self.code.each(element, items.name):
                self.holders[slot] = holder = self.code.new("d")
                is_object = of_class(element, self.constant(dict))
                self.code.assign(holder, choice(is_object, element, self.constant(NO_KEYS)))
                if block.keep_when is not None:
                    self.put_met(block.keep_when, inside, write)
                else:
                    write()
        finally:
            self.repeats -= 1
            self.locals = outside


_MOST_INLINED = 4
NO_KEYS: dict[str, Any] = {}
"""What fields of values that are no objects are read from; nobody writes to it."""


def _times_used(model: Model) -> dict[str, int]:
    """How often each definition is named in the rules."""
    blocks: list[ValueBlock] = [f.value for f in model.file.fields if f.value is not None]
    fan_out = model.file.fan_out
    blocks += [v.value for v in (fan_out.each if fan_out else ()) if v.value is not None]
    times: dict[str, int] = {}
    for block in reachable(iter(blocks), model.definitions):
        for reference in references(block):
            times[reference.name] = times.get(reference.name, 0) + 1
    asked = [] if model.file.already_hashed is None else [model.file.already_hashed]
    for name in behind(names_in(asked), model.definitions):
        times[name] = times.get(name, 0) + 2  # it keeps the value that it had there
    return times


def _kept(slot: int, make: Evaluate) -> Evaluate:
    """A definition that notes nothing: its value is all there is to remember."""

    def remembered(run: Run) -> Any:
        known = run.memo[slot]
        if known is UNSET:
            known = run.memo[slot] = make(run)
        return known

    return remembered


def _no_list(label: str, span: Span) -> Callable[[list[Note], object], None]:
    def note(notes: list[Note], value: object) -> None:
        notes.append(Note(label, wrong_kind(kind_of(value), "list"), span))

    return note
