"""The fields of a payload as generated code: what is left out, refused, or warned about."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from mapping_engine.core.walk import copied, refuses
from mapping_engine.engine.codegen.expressions import START
from mapping_engine.engine.codegen.found import EMPTIES, Found, Put, Tail, Then
from mapping_engine.engine.codegen.nodes import among, call, load, mapping, missing, number
from mapping_engine.engine.codegen.values import GeneratedValues
from mapping_engine.engine.fields import Absence, Field, Payloads, warn_left_out
from mapping_engine.engine.lower import Names
from mapping_engine.engine.run import Evaluate, Run, fresh
from mapping_engine.expression import Expression, Literal
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import FieldBlock, ValueBlock
from mapping_engine.types import kind_of

_COPIED = frozenset((dict, list, float))
"""What is not sent as it stands: containers of the event, numbers that JSON cannot hold."""
_MOST_FIELDS = 64
"""So many fields are made by one function."""


class GeneratedFields(GeneratedValues):
    """Writes fields with their policies."""

    def payloads(self, names: Names) -> Payloads:
        """What makes the payloads of an event: all fields at once, or those of a later request."""
        fields = [field for field in self.model.file.fields if field.value is not None]
        own = tuple(
            (field.name, self.field(field, names, field.name).evaluate)
            for field in fields
            if field.value is not None and self.uses.of_block(field.value)
        )
        return Payloads(tuple(field.name for field in fields), self._first(fields, names), own)

    def _first(self, fields: list[Named[FieldBlock]], names: Names) -> Evaluate:
        """What makes the payload of the first request."""
        if len(fields) <= _MOST_FIELDS:
            return self.built(partial(self._put_payload, fields, names))
        parts = [
            self.built(partial(self._put_payload, fields[start : start + _MOST_FIELDS], names))
            for start in range(0, len(fields), _MOST_FIELDS)
        ]

        def first(run: Run) -> dict[str, Any]:
            payload: dict[str, Any] = {}
            for make in parts:
                payload |= make(run)
            return payload

        return first

    def _put_payload(self, fields: list[Named[FieldBlock]], names: Names) -> None:
        self.code.keeps = self.alone = True
        payload = self.code.let(mapping())
        self._put_fields(fields, names, "", payload, START)
        self.code.give(payload)

    def field(self, field: Named[FieldBlock], names: Names, path: str) -> Field:
        """A field as one function."""
        block = field.value
        assert block is not None

        def write() -> None:
            marks = self.may_mark(block) and not self.silent
            mark = self.mark() if marks else START
            self._put_field(block, names, path, mark, self.giving([]))

        evaluate = self.built(write)
        return Field(field.name, evaluate, not self.uses.of_block(block))

    def put_fields_of(self, block: ValueBlock, names: Names, path: str, then: Then) -> None:
        """The object that the fields of a block make; none when it would be empty."""
        made = self.code.let(mapping())
        fields = [field for field in block.fields or () if field.value is not None]
        mark, self.marked = START if self.silent else self.marked, None
        self._put_fields(fields, names, f"{path}.", made, mark)
        with self.code.when(load(made)):
            then(Found(made, frozenset((dict,)), made=True))

    def _put_fields(
        self,
        fields: list[Named[FieldBlock]],
        names: Names,
        above: str,
        made: str,
        mark: str | None = None,
    ) -> None:
        """Put fields into an object; ``mark`` is given where nothing was noted since."""
        blocks = [field.value for field in fields if field.value is not None]
        if mark is None and any(self.may_mark(each) for each in blocks):
            mark = self.mark()
        for field, block in zip(fields, blocks, strict=True):
            keep = Tail(partial(self._keep_field, made, field.name))
            with self.code.apart():
                self._put_field(block, names, f"{above}{field.name}", mark or START, keep)

    def _keep_field(self, made: str, name: str, found: Found) -> None:
        self.code.put_key(made, self.code.held(name), found.name)

    # Fields

    def may_mark(self, block: FieldBlock) -> bool:
        """Whether making the field needs to know what was noted before."""
        policy = block.required or block.default is not None
        return bool(policy) or self.noting.of_block(block)

    def _put_field(self, block: FieldBlock, names: Names, path: str, mark: str, then: Then) -> None:
        """A field with its policy: what is left out, refused, or warned about."""
        if not self.silent:
            self._put_field_where(block, names, path, mark, then)
            return
        told = refuses(block) and self.may_mark(block)
        if self.tells and self.noting.of_block(block):
            own = self.mark()
            found = self.value_of(partial(self._put_silently, block, names, path, own, told))
            self.forget(own)
            self.put_present(found, then)
        elif told and self.alone:
            self.forget(START)  # what others noted, nobody asks for
            self._put_silently(block, names, path, START, told, then)
        else:
            self._put_silently(block, names, path, self.mark() if told else START, told, then)

    def _put_silently(
        self, block: FieldBlock, names: Names, path: str, mark: str, told: bool, then: Then
    ) -> None:
        alone, self.alone = self.alone, self.alone and not told
        with self.telling(told):
            self._put_field_where(block, names, path, mark, then)
        self.alone = alone

    def _put_field_where(
        self, block: FieldBlock, names: Names, path: str, mark: str, then: Then
    ) -> None:
        write = partial(self._put_judged_field, block, names, path, mark, then)
        if block.when is not None:
            self.put_met(block.when, names, write)
        else:
            write()

    def _put_judged_field(
        self, block: FieldBlock, names: Names, path: str, mark: str, then: Then
    ) -> None:
        if not self.tells:
            self._put_silent_field(block, names, path, then)
            return
        if not self.may_mark(block):
            self.put_value(block, names, path, self._freshly(then))
            return
        put: Put = partial(self.put_value, block, names, path)
        if block.fields is None or block.each is not None or copied(block) is not None:
            found = self.value_of(put)
        elif self.silent and not (block.as_ or block.then or block.one_of):
            with self.telling(False):
                found = self.value_of(put)
            mark = self.mark()  # its fields have told what they had to
        else:
            self.marked = mark
            found = self.value_of(put)
            self.marked = None
        default = self.default(block, names)
        absent = Absence(self.model, block, path, default)
        always = copied(block) is not None or block.positions is not None
        with self.code.when(missing(found.name)):
            self._put_absent(absent, block.default, mark, then)
        with self.code.otherwise():
            with self.code.when(self.noted(mark)):
                if always:
                    self.code.do(self._since(mark, _left_out(path)))
                self.put_cut(mark)
            self.put_fresh(found, then)

    def _put_silent_field(self, block: FieldBlock, names: Names, path: str, then: Then) -> None:
        """A field for whose want nothing is refused, and nobody is warned."""
        put: Put = partial(self.put_value, block, names, path)
        keep = self._freshly(then)
        if isinstance(block.default, Literal) and block.default.value is not None:
            default = block.default.value
            found = self.value_of(put, self.constant(default))
            kinds = found.classes | {type(default)}
            sound = found.sound and kind_of(default) != "nothing"
            keep(replace(found, classes=kinds, sound=sound, made=False))
        elif block.default is not None:
            self.put_first([put, partial(self.put, block.default, names)], keep)
        else:
            put(keep)

    def _freshly(self, then: Then) -> Then:
        """The same, of what shares nothing with the event."""
        keep = partial(self.put_fresh, then=then)
        return Tail(keep, then.ends) if isinstance(then, Tail) else keep

    def _put_absent(
        self, absent: Absence, default: Expression | None, mark: str, then: Then
    ) -> None:
        """What becomes of a field without a value."""
        handled = self._since(mark, _handled(absent))
        if isinstance(default, Literal) and default.value is not None:
            name = self.code.let(self.constant(default.value))
            with self.code.when(self.noted(mark)):
                self.code.assign(name, handled)
            self.put_fresh(Found(name, frozenset((type(default.value),))), then)
        elif default is not None:
            self.flush()
            name = self.code.let(handled)
            self.put_present(Found(name), lambda found: self.put_fresh(found, then))
        else:
            with self.code.when(None if absent.is_required else self.noted(mark)):
                self.code.do(handled)

    def _since(self, mark: str, function: Callable[[Run, int], object]) -> ast.expr:
        """A call of what looks at the notes since ``mark``."""
        return call(self.constant(function), "run", number(0) if mark == START else mark)

    def put_fresh(self, found: Found, then: Then) -> None:
        """Share no container with the event, and hold no number that JSON cannot."""
        copied = EMPTIES if found.sound else _COPIED
        if found.made or not found.classes & copied:
            then(found)
            return
        name = self.code.let(found.name)
        with self.code.when(among(name, self.code.held(copied))):
            self.code.assign(name, call(self.constant(fresh), name))
        made = replace(found, name=name, made=True)
        if float in found.classes and not found.sound:
            self.put_present(made, then)
        else:
            then(made)


def _handled(absent: Absence) -> Callable[[Run, int], object]:
    if absent.only_warns:
        return _left_out(absent.path, forget=True)

    def handle(run: Run, mark: int) -> object:
        found = absent(run, run.notes[mark:])
        del run.notes[mark:]
        return found

    return handle


def _left_out(path: str, *, forget: bool = False) -> Callable[[Run, int], None]:
    def tell(run: Run, mark: int) -> None:
        warn_left_out(run, path, run.notes[mark:], "it is left out")
        if forget:
            del run.notes[mark:]

    return tell
