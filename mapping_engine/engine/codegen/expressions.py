"""Expressions and conditions as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mapping_engine.core.model import Model
from mapping_engine.engine.codegen.found import (
    CLASSES,
    TEXT,
    Found,
    Then,
    filled,
)
from mapping_engine.engine.codegen.nodes import (
    NONE,
    among,
    attribute,
    both,
    call,
    compare,
    item,
    listing,
    load,
    method,
    missing,
    negated,
    number,
    of_class,
    present,
    rest,
    tupled,
)
from mapping_engine.engine.codegen.reading import LONGEST_PATH, GeneratedReading
from mapping_engine.engine.inspect import is_sound
from mapping_engine.engine.lower import CLOCKS, COMPARISONS, Names, as_text
from mapping_engine.engine.run import UNSET, Evaluate, Note
from mapping_engine.engine.run import present as checked
from mapping_engine.expression import (
    Both,
    Call,
    Chain,
    Compare,
    Either,
    Expression,
    Items,
    Literal,
    Not,
    Pipeline,
    Reference,
    Select,
    Template,
    Test,
    print_expression,
)
from mapping_engine.selectors import lower as read_selector
from mapping_engine.selectors import steps as path_steps
from mapping_engine.types import kind_of

LABEL = str(b"label", "ascii")
"""The parameter of shared conversions that holds the label; it is told by its identity."""

START = ""
"""The mark of a place where nothing has been noted yet."""
BOOLEAN = frozenset((bool,))
WHOLE = frozenset((int,))
NUMBERS = frozenset((int, float))
_NO_NOTES: tuple[Note, ...] = ()
_FEW = 6
"""So many parts of a condition are nested; more of them are tried one after the other."""
_DEEPEST = 40
_MOST_LOOPS = 12
"""Python bounds how deep a function may be nested; what lies deeper is left to closures."""
_ORDERS: dict[str, type[ast.cmpop]] = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}


class TooDeep(Exception):
    """A shared conversion is nested too deep to be written."""


def refuse_deep(label: str | None) -> None:
    """Raise TooDeep in a shared conversion: a closure there would not know its label."""
    if label is LABEL:
        raise TooDeep


class GeneratedExpressions(GeneratedReading):
    """Writes expressions; conditions are written by ``put_where``."""

    def __init__(self, model: Model, *, silent: bool = False) -> None:
        super().__init__(model, silent=silent)
        self.makers: dict[str, Evaluate] = {}
        """The functions of definitions, which do not remember."""
        self.answers: dict[str, Found] = {}
        """What is known of their values."""

    def put_pipeline(self, node: Pipeline, names: Names, then: Then) -> None:
        """A value and the transforms it goes through."""
        raise NotImplementedError

    def put_call(self, node: Call, names: Names, then: Then) -> None:
        """A transform written as a call."""
        raise NotImplementedError

    def put_inlined(self, name: str, then: Then) -> bool:
        """Write a definition where it is used; False for one that is a function of its own."""
        raise NotImplementedError

    def put(self, node: Expression, names: Names, then: Then, *, raw: bool = False) -> None:
        """Write an expression; a ``raw`` value may yet be blank or empty."""
        if self.common and isinstance(node, Pipeline):
            known = self.common.get((print_expression(node), id(names)))
            if known is not None:
                self.put_present(known, then)
                return
        if self.is_deep():
            self._put_deep(node, names, then)
        elif not isinstance(node, Literal) and self.is_fixed(node, names):
            self.put_fixed(node, names, then)
        else:
            self._put_any(node, names, then, raw=raw)

    def is_deep(self) -> bool:
        """Whether the code is nested so deep that what comes next has to be a closure."""
        return self.code.depth > _DEEPEST or self.code.loops > _MOST_LOOPS

    def _put_deep(self, node: Expression, names: Names, then: Then) -> None:
        refuse_deep(names.label)
        self.put_lowered(node, names, then)

    def _put_any(self, node: Expression, names: Names, then: Then, *, raw: bool) -> None:
        match node:
            case Literal():
                self._put_literal(checked(node.value), then)
            case Select():
                if not self.put_select(node, then, raw=raw):
                    self.put_lowered(node, names, then)
            case Reference():
                self._put_reference(node, names, then, raw=raw)
            case Chain():
                arms = [partial(self.put, arm, names) for arm in node.arms]
                self.put_first(arms, then, [self.holder_of(arm) for arm in node.arms])
            case Pipeline():
                self.put_pipeline(node, names, then)
            case Call():
                self.put_call(node, names, then)
            case Items():
                self._put_items(node, names, then)
            case Template():
                self._put_template(node, names, then)
            case _:
                then(Found(self._flag(node, names), BOOLEAN))

    def put_lowered(self, node: Expression, names: Names, then: Then) -> None:
        """An expression that is left to a closure."""
        self.put_present(Found(self.called(self.lower(node, names)), solid=False), then)

    def _put_literal(self, value: object, then: Then) -> None:
        if value is not None:
            kinds = frozenset((type(value),))
            then(Found(self.constant(value), kinds, sound=is_sound((value,))))

    def _put_items(self, node: Items, names: Names, then: Then) -> None:
        """A list of what is not missing."""
        made = self.code.let(listing())
        for each in node.items:
            self.put(each, names, lambda f: self.code.do(method(made, "append", f.name)))
        with self.code.when(load(made)):
            then(Found(made, frozenset((list,))))

    def _put_template(self, node: Template, names: Names, then: Then) -> None:
        """Text with values filled in; missing when one of them is."""
        result = self.code.let(NONE)
        parts = [
            self.constant(p) if isinstance(p, str) else self.code.let(NONE) for p in node.parts
        ]
        with self.code.once():
            for name, part in zip(parts, node.parts, strict=True):
                if not isinstance(part, str):
                    self.put(part, names, partial(self._keep_text, name))
                    with self.code.when(missing(name)):
                        self.code.leave()
            joined = method(self.constant(""), "join", listing(*parts))
            self.code.assign(result, joined)
        with self.code.when(both(present(result), filled(result, TEXT, self.code))):
            then(Found(result, TEXT))

    def _keep_text(self, name: str, found: Found) -> None:
        text = found.name if found.classes == TEXT else call(self.constant(as_text), found.name)
        self.code.assign(name, text)

    # References

    def _put_reference(self, node: Reference, names: Names, then: Then, *, raw: bool) -> None:
        steps = path_steps(node.tail) if node.tail is not None else ()
        if steps is None or len(steps) > LONGEST_PATH:
            self.put_lowered(node, names, then)
        elif node.name in names.slots:
            self.put_variable(names.slots[node.name], steps, then, raw=raw)
        elif node.name in self.model.definitions:
            self._put_definition(node.name, steps, then, raw=raw)
        elif node.name in CLOCKS and not steps:
            then(Found(self.code.let(call(self.constant(CLOCKS[node.name]), "run")), WHOLE))
        elif node.name in ("api", "tables") and node.tail is not None:
            constants = {"api": self.model.api, "tables": self.model.tables}
            self._put_literal(checked(read_selector(node.tail)(constants[node.name])), then)
        elif node.name in ("integration", "payload") and steps:
            start = self.code.let(attribute("run", node.name))
            sound = self.silent and node.name == "integration"
            self.put_steps_down(start, steps, then, raw=raw, sound=sound)
        else:
            self.put_lowered(node, names, then)

    def _put_definition(
        self, name: str, steps: tuple[str | int, ...], then: Then, *, raw: bool
    ) -> None:
        def below(found: Found) -> None:
            self.put_steps_down(found.name, steps, then, raw=raw, sound=found.sound)

        after = below if steps else then
        if not self.put_inlined(name, after):
            self.put_present(self._remembered(name), after)

    def _remembered(self, name: str) -> Found:
        """A definition that was made before, or is made now."""
        self.remembered(name)
        memo, slot = self.code.state("memo"), self.memo_slots[name]
        answer = self.answers[name]
        if slot in self.code.at_hand:
            return replace(answer, name=self.code.at_hand[slot])
        if not self.noting.is_told(name):
            return replace(answer, name=self._looked_up(name, memo, slot))
        known = self.code.let(item(memo, slot))
        unset = compare(known, ast.Is(), self.constant(UNSET))
        result = self.code.new()
        with self.code.when(unset):
            mark = self.mark()
            self.code.assign(result, call(self.constant(self.makers[name]), "run"))
            self.code.put_key(memo, number(slot), tupled(result, self.constant(_NO_NOTES)))
            with self.code.when(self.noted(mark)):
                noted = self.code.let(rest(self.code.state("notes"), mark))
                self.code.put_key(memo, number(slot), tupled(result, noted))
        with self.code.otherwise():
            self.code.assign(result, item(known, 0))
            if self.tells:
                with self.code.when(item(known, 1)):
                    self.code.do(method(self.code.state("notes"), "extend", item(known, 1)))
        return replace(answer, name=result)

    def _looked_up(self, name: str, memo: str, slot: int) -> str:
        stays = self.code.keeps and self.code.depth == 0
        known = f"m{slot}" if stays else self.code.new()
        self.code.assign(known, item(memo, slot))
        with self.code.when(compare(known, ast.Is(), self.constant(UNSET))):
            self.code.assign(known, call(self.constant(self.makers[name]), "run"))
            self.code.put_key(memo, number(slot), known)
        if stays:
            self.code.at_hand[slot] = known
        return known

    # Conditions

    def put_met(self, node: Expression, names: Names, then: Callable[[], None]) -> None:
        """Go on where a condition is met; what is noted meanwhile is forgotten."""
        if not (self.tells and self.noting.of_expression(node)):
            self.put_where(node, names, then)
            return
        mark = self.mark()
        flag = self._flag(node, names)
        self.forget(mark)
        with self.code.when(load(flag)):
            then()

    def mark(self) -> str:
        """How many notes there are."""
        return self.code.let(call("len", self.code.state("notes")))

    def noted(self, mark: str) -> ast.expr:
        """Whether something was noted since ``mark``."""
        notes = self.code.state("notes")
        return load(notes) if mark == START else compare(call("len", notes), ast.NotEq(), mark)

    def forget(self, mark: str) -> None:
        """Forget the notes since ``mark``, if there are some."""
        with self.code.when(self.noted(mark)):
            self.put_cut(mark)

    def put_cut(self, mark: str) -> None:
        """Forget the notes since ``mark``."""
        if mark == START:
            self.code.do(method("notes", "clear"))
        else:
            self.code.cut("notes", mark)

    def put_where(self, node: Expression, names: Names, then: Callable[[], None]) -> None:
        """Go on where a condition is met: its value is neither missing nor false."""
        if self.is_fixed(node, names):
            with self.code.when(self.fixed_flag(node, names)):
                then()
            return
        if self.is_deep():
            self._put_deep(node, names, lambda found: self._put_holds(found, then))
            return
        match node:
            case Compare():
                self._put_comparison(node, names, then)
            case Test():
                self._put_test(node, names, then)
            case Not():
                self._put_not(node.operand, names, then)
            case Both() if len(node.operands) <= _FEW:
                self._put_all(node.operands, names, then)
            case Both() | Either():
                with self.code.when(load(self._flag(node, names))):
                    then()
            case _:
                self.put(node, names, lambda found: self._put_holds(found, then))

    def _put_holds(self, found: Found, then: Callable[[], None]) -> None:
        false = compare(found.name, ast.IsNot(), number(value=False))
        with self.code.when(false if bool in found.classes else None):
            then()

    def _put_all(
        self, parts: tuple[Expression, ...], names: Names, then: Callable[[], None]
    ) -> None:
        first, *rest = parts
        inner = partial(self._put_all, tuple(rest), names, then) if rest else then
        self.put_where(first, names, inner)

    def _flag(self, node: Expression, names: Names) -> str:
        """The name of whether a condition is met."""
        result = self.code.let(number(value=False))

        def met() -> None:
            self.code.assign(result, number(value=True))

        if isinstance(node, Either):
            self._put_any_of(node.operands, names, met)
        elif isinstance(node, Both) and len(node.operands) > _FEW:
            self._put_none_fails(node.operands, names, met)
        else:
            self.put_where(node, names, met)
        return result

    def _put_any_of(
        self, parts: tuple[Expression, ...], names: Names, met: Callable[[], None]
    ) -> None:
        def found() -> None:
            met()
            self.code.leave()

        with self.code.once():
            for part in parts:
                self.put_where(part, names, found)

    def _put_none_fails(
        self, parts: tuple[Expression, ...], names: Names, met: Callable[[], None]
    ) -> None:
        with self.code.once():
            for part in parts:
                with self.code.when(negated(self._flag(part, names))):
                    self.code.leave()
            met()

    def _put_not(self, node: Expression, names: Names, then: Callable[[], None]) -> None:
        with self.code.when(negated(self._flag(node, names))):
            then()

    def _put_test(self, node: Test, names: Names, then: Callable[[], None]) -> None:
        read = partial(self.put, node.operand, names)
        if node.test == "missing":
            with self.code.when(missing(self.value_of(read).name)):
                then()
        else:
            read(lambda found: self._put_of_kind(found, node.test, then))

    def _put_of_kind(self, found: Found, kind: str, then: Callable[[], None]) -> None:
        test: ast.expr | None = None
        if kind == "number" and found.sound:
            test = among(found.name, self.code.held(NUMBERS))
        elif kind == "number":
            of_kind = call(self.constant(kind_of), found.name)
            test = compare(of_kind, ast.Eq(), self.constant(kind))
        elif kind != "present":
            test = of_class(found.name, self.constant(CLASSES[kind][0]))
        with self.code.when(test):
            then()

    def _put_comparison(self, node: Compare, names: Names, then: Callable[[], None]) -> None:
        right = checked(node.right.value) if isinstance(node.right, Literal) else None
        left = partial(self.put, node.left, names)
        if isinstance(right, str) and node.operator == "==":
            equal = partial(self._put_equal, self.code.held(right), then)
            self.put(node.left, names, equal, raw=True)
            return
        if isinstance(right, str) and node.operator == "!=":
            found = self.value_of(partial(left, raw=True))
            with self.code.when(compare(found.name, ast.NotEq(), self.code.held(right))):
                then()
            return
        if type(right) in NUMBERS and node.operator == "==":
            self.put(node.left, names, partial(self._put_same, self.constant(right), then))
            return
        one = self.value_of(left)
        if node.operator in _ORDERS and one.classes <= NUMBERS and type(right) in NUMBERS:
            compared = compare(one.name, _ORDERS[node.operator](), self.constant(right))
            test = both(present(one.name), compared)
        else:
            test = self._compared(node, one, names)
        with self.code.when(test):
            then()

    def _put_equal(self, text: ast.expr, then: Callable[[], None], found: Found) -> None:
        with self.code.when(compare(found.name, ast.Eq(), text)):
            then()

    def _put_same(self, wanted: str, then: Callable[[], None], found: Found) -> None:
        """A number that is equal; `true` is not 1."""
        equal = compare(found.name, ast.Eq(), wanted)
        other = compare(attribute(found.name, "__class__"), ast.IsNot(), self.constant(bool))
        with self.code.when(both(equal, other if bool in found.classes else None)):
            then()

    def _compared(self, node: Compare, left: Found, names: Names) -> ast.expr | None:
        known, listed = self._argument(node.right, names)
        texts = isinstance(listed, list | dict) and all(type(each) is str for each in listed)
        if node.operator == "in" and known and texts:
            among = compare(left.name, ast.In(), self.code.held(frozenset(listed)))
            return both(of_class(left.name, self.constant(str)), among)
        right = self.value_of(partial(self.put, node.right, names))
        return call(self.constant(COMPARISONS[node.operator]), left.name, right.name)
