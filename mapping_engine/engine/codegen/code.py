"""Python functions built as syntax trees, with every constant bound by reference.

No text of a rule file, an event or settings becomes source text: names are counted (`t1`, `k2`),
and what they stand for is put into the function's globals. Keys and arguments are put among the
constants of its code, where Python finds them faster: until then, a counted name stands for each.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from mapping_engine.engine.codegen.nodes import (
    NONE,
    PLACE,
    Operand,
    attribute,
    expression,
    item,
    load,
    number,
    stand_in,
    target,
    unpacked,
)

_STATE = ("event", "notes", "names", "memo", "fixed", "objects", "payload", "hashing")
"""What a function may need of its run; it takes what it uses, and nothing of it is replaced."""


_FEW_OBJECTS = 4
"""So many objects, or more of them, are unpacked at once."""


class Code:
    """The body of one function of a run, statement by statement."""

    def __init__(self) -> None:
        self.body: list[ast.stmt] = []
        self.depth = 0
        """How many tests and loops stand around the next statement."""
        self.loops = 0
        """How many of them are loops."""
        self.keeps = False
        """Whether what is remembered stays the same while the function runs."""
        self.at_hand: dict[int, str] = {}
        """The names of what is remembered and surely was looked up already, by its place."""
        self._into = self.body
        self._globals: dict[str, Any] = {"__builtins__": {"len": len}}
        self._known: dict[int, str] = {}
        self._values: dict[str, object] = {}
        self._count = 0
        self._state: set[str] = set()
        self._objects: set[int] = set()

    # Names

    def constant(self, value: object) -> str:
        """The name under which the function finds ``value``."""
        name = self._named(value)
        self._globals[name] = value
        return name

    def _named(self, value: object) -> str:
        name = self._known.setdefault(id(value), f"k{len(self._known)}")
        self._values[name] = value
        return name

    def held(self, value: object) -> ast.expr:
        """A constant that is looked up, compared or given on: the code itself holds it."""
        return stand_in(self._named(value))

    def new(self, prefix: str = "t") -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{prefix}{self._count}"

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Names that are new inside are free again behind: a frame is as large as it has names."""
        count = self._count
        yield
        self._count = count

    def state(self, name: str) -> str:
        """A part of the run, under its name there."""
        self._state.add(name)
        return name

    def object(self, slot: int) -> str:
        """An object of the event that was looked up once for all functions."""
        self._state.add("objects")
        self._objects.add(slot)
        return f"o{slot}"

    # Statements

    def assign(self, name: str, value: Operand) -> None:
        """``name = value``."""
        self._into.append(ast.Assign([target(name)], expression(value), **PLACE))

    def let(self, value: Operand) -> str:
        """A new name for a value."""
        name = self.new()
        self.assign(name, value)
        return name

    def do(self, value: ast.expr) -> None:
        """Evaluate an expression for what it does."""
        self._into.append(ast.Expr(value, **PLACE))

    def give(self, value: Operand) -> None:
        """``return value``."""
        self._into.append(ast.Return(expression(value), **PLACE))

    def leave(self) -> None:
        """``break``."""
        self._into.append(ast.Break(**PLACE))

    def put_key(self, name: str, key: Operand, value: Operand) -> None:
        """``name[key] = value``."""
        place = ast.Subscript(load(name), expression(key), ast.Store(), **PLACE)
        self._into.append(ast.Assign([place], expression(value), **PLACE))

    def put_attribute(self, name: str, attribute: str, value: Operand) -> None:
        """``name.attribute = value``."""
        place = ast.Attribute(load(name), attribute, ast.Store(), **PLACE)
        self._into.append(ast.Assign([place], expression(value), **PLACE))

    def cut(self, name: str, start: str) -> None:
        """``del name[start:]``."""
        rest = ast.Slice(load(start), None, None, **PLACE)
        place = ast.Subscript(load(name), rest, ast.Del(), **PLACE)
        self._into.append(ast.Delete([place], **PLACE))

    # Regions

    @contextmanager
    def when(self, test: ast.expr | None) -> Iterator[None]:
        """What is written inside runs where ``test`` holds; None always holds."""
        if test is None:
            yield
            return
        node = ast.If(test, [], [], **PLACE)
        with self._inside(node, node.body):
            yield

    @contextmanager
    def otherwise(self) -> Iterator[None]:
        """What is written inside runs where the last ``when`` did not hold."""
        node = self._into[-1]
        assert isinstance(node, ast.If)
        with self._within(node.orelse):
            yield

    @contextmanager
    def each(self, name: str, items: Operand) -> Iterator[None]:
        """What is written inside runs for each item."""
        node = ast.For(target(name), expression(items), [], [], **PLACE)
        with self._looping(node, node.body):
            yield

    @contextmanager
    def once(self) -> Iterator[None]:
        """What is written inside runs once, and can be left."""
        node = ast.While(number(value=True), [], [], **PLACE)
        with self._looping(node, node.body):
            yield
            self.leave()

    @contextmanager
    def _looping(self, node: ast.stmt, body: list[ast.stmt]) -> Iterator[None]:
        self.loops += 1
        try:
            with self._inside(node, body):
                yield
        finally:
            self.loops -= 1

    @contextmanager
    def _inside(self, node: ast.stmt, body: list[ast.stmt]) -> Iterator[None]:
        self._into.append(node)
        with self._within(body):
            yield

    @contextmanager
    def _within(self, body: list[ast.stmt]) -> Iterator[None]:
        outside, self._into = self._into, body
        self.depth += 1
        try:
            yield
        finally:
            if not body:
                body.append(ast.Pass(**PLACE))
            self._into = outside
            self.depth -= 1

    # The function

    def function(self, *parameters: str) -> Callable[..., Any]:
        """The function that was written; what it does not give is None."""
        given = [ast.arg(name, **PLACE) for name in parameters]
        arguments = ast.arguments([], given, None, [], [], None, [])
        body = [*self._head(), *self.body] or [ast.Return(NONE, **PLACE)]
        made = ast.FunctionDef("rule", arguments, body, [], None, None, **PLACE)
        if "type_params" in ast.FunctionDef._fields:
            made.type_params = []  # type: ignore[attr-defined]  # of later Pythons
        exec(compile(ast.Module([made], []), "<rules>", "exec"), self._globals)  # no text in it
        found: FunctionType = self._globals.pop("rule")
        constants = found.__code__.co_consts
        found.__code__ = found.__code__.replace(co_consts=tuple(map(self._meant, constants)))
        return found

    def _meant(self, constant: Any) -> Any:
        """What a stand-in stands for; there are no other texts."""
        return self._values[constant] if isinstance(constant, str) else constant

    def _head(self) -> list[ast.stmt]:
        parts = [(name, attribute("run", name)) for name in _STATE if name in self._state]
        if len(self._objects) < _FEW_OBJECTS:
            parts += [(f"o{slot}", item("objects", slot)) for slot in sorted(self._objects)]
        head: list[ast.stmt] = [ast.Assign([target(n)], value, **PLACE) for n, value in parts]
        if len(self._objects) >= _FEW_OBJECTS:
            names = [f"o{slot}" for slot in range(max(self._objects) + 1)]
            head.append(ast.Assign([unpacked(names, "more")], load("objects"), **PLACE))
        return head
