"""Python functions built as syntax trees, with every constant bound by reference.

No text of a rule file, an event or settings becomes source text: names are counted (`t1`, `k2`),
and what they stand for is put into the function's globals.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_PLACE: Any = {"lineno": 1, "col_offset": 0}
"""Every node needs a place; it means nothing here."""
NONE = ast.Constant(None, **_PLACE)


class Code:
    """The body of one function of a run, statement by statement."""

    def __init__(self) -> None:
        self.body: list[ast.stmt] = []
        self._into = self.body
        self._globals: dict[str, Any] = {"__builtins__": {"len": len}}
        self._known: dict[int, str] = {}
        self._count = 0

    # Names

    def constant(self, value: object) -> str:
        """The name under which the function finds ``value``."""
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = f"k{len(self._known)}"
            self._globals[known] = value
        return known

    def new(self, prefix: str = "t") -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{prefix}{self._count}"

    # Statements

    def assign(self, target: str, value: ast.expr) -> None:
        """``target = value``."""
        self._into.append(ast.Assign([_target(target)], value, **_PLACE))

    def let(self, value: ast.expr) -> str:
        """A new name for a value."""
        target = self.new()
        self.assign(target, value)
        return target

    def do(self, value: ast.expr) -> None:
        """Evaluate an expression for what it does."""
        self._into.append(ast.Expr(value, **_PLACE))

    def put_key(self, target: str, key: str, value: str) -> None:
        """``target[key] = value``."""
        self._put_item(target, load(key), load(value))

    def put_index(self, target: str, index: int, value: ast.expr) -> None:
        """``target[index] = value``."""
        self._put_item(target, number(index), value)

    def _put_item(self, target: str, key: ast.expr, value: ast.expr) -> None:
        place = ast.Subscript(load(target), key, ast.Store(), **_PLACE)
        self._into.append(ast.Assign([place], value, **_PLACE))

    def cut(self, name: str, start: str) -> None:
        """``del name[start:]``."""
        rest = ast.Slice(load(start), None, None, **_PLACE)
        place = ast.Subscript(load(name), rest, ast.Del(), **_PLACE)
        self._into.append(ast.Delete([place], **_PLACE))

    @contextmanager
    def when(self, test: ast.expr) -> Iterator[None]:
        """What is written inside runs where ``test`` holds."""
        node = ast.If(test, [], [], **_PLACE)
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
    def each(self, target: str, items: ast.expr) -> Iterator[None]:
        """What is written inside runs for each item."""
        node = ast.For(_target(target), items, [], [], **_PLACE)
        with self._inside(node, node.body):
            yield

    @contextmanager
    def _inside(self, node: ast.stmt, body: list[ast.stmt]) -> Iterator[None]:
        self._into.append(node)
        with self._within(body):
            yield

    @contextmanager
    def _within(self, body: list[ast.stmt]) -> Iterator[None]:
        outside, self._into = self._into, body
        try:
            yield
        finally:
            if not body:
                body.append(ast.Pass(**_PLACE))
            self._into = outside

    # The function

    def function(self, result: str, *parameters: str) -> Callable[..., Any]:
        """The function of ``run`` and these parameters that answers ``result``."""
        head: list[ast.stmt] = [
            ast.Assign([_target(name)], attribute("run", name), **_PLACE)
            for name in ("event", "notes", "names")
        ]
        given = [ast.arg(name, **_PLACE) for name in ("run", *parameters)]
        arguments = ast.arguments([], given, None, [], [], None, [])
        body = [*head, *self.body, ast.Return(load(result), **_PLACE)]
        made = ast.FunctionDef("rule", arguments, body, [], None, None, **_PLACE)
        if "type_params" in ast.FunctionDef._fields:
            made.type_params = []  # type: ignore[attr-defined]  # of later Pythons
        exec(compile(ast.Module([made], []), "<rules>", "exec"), self._globals)  # no text in it
        found: Callable[..., Any] = self._globals.pop("rule")
        return found


def _target(name: str) -> ast.Name:
    return ast.Name(name, ast.Store(), **_PLACE)


def load(name: str) -> ast.expr:
    """The value of a name."""
    return ast.Name(name, ast.Load(), **_PLACE)


def attribute(name: str, attribute: str) -> ast.expr:
    """``name.attribute``."""
    return ast.Attribute(load(name), attribute, ast.Load(), **_PLACE)


def call(function: str | ast.expr, *arguments: str | ast.expr) -> ast.expr:
    """A call of a function with names or expressions."""
    return ast.Call(_expression(function), [_expression(a) for a in arguments], [], **_PLACE)


def method(name: str, method: str, *arguments: str | ast.expr) -> ast.expr:
    """``name.method(...)``."""
    return call(attribute(name, method), *arguments)


def number(value: int | bool) -> ast.expr:
    """A number or flag of the generator's own."""
    return ast.Constant(value, **_PLACE)


def item(of: str | ast.expr, index: int) -> ast.expr:
    """``of[index]``."""
    return ast.Subscript(_expression(of), number(index), ast.Load(), **_PLACE)


def listing(*items: str) -> ast.expr:
    """A new list."""
    return ast.List([load(name) for name in items], ast.Load(), **_PLACE)


def mapping() -> ast.expr:
    """A new dict."""
    return ast.Dict([], [], **_PLACE)


def present(name: str) -> ast.expr:
    """``name is not None``."""
    return compare(load(name), ast.IsNot(), NONE)


def missing(name: str) -> ast.expr:
    """``name is None``."""
    return compare(load(name), ast.Is(), NONE)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """A comparison of two values."""
    return ast.Compare(left, [operator], [right], **_PLACE)


def of_class(name: str, kind: str) -> ast.expr:
    """``name.__class__ is kind``."""
    return compare(attribute(name, "__class__"), ast.Is(), load(kind))


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """``then if test else otherwise``."""
    return ast.IfExp(test, then, otherwise, **_PLACE)


def both(*parts: ast.expr) -> ast.expr:
    """All of the parts hold."""
    if len(parts) == 1:
        return parts[0]
    return ast.BoolOp(ast.And(), list(parts), **_PLACE)


def either(*parts: ast.expr) -> ast.expr:
    """One of the parts holds."""
    return ast.BoolOp(ast.Or(), list(parts), **_PLACE)


def negated(part: ast.expr) -> ast.expr:
    """``not part``."""
    return ast.UnaryOp(ast.Not(), part, **_PLACE)


def _expression(value: str | ast.expr) -> ast.expr:
    return load(value) if isinstance(value, str) else value
