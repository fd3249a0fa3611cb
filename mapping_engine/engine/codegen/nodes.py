"""The syntax of generated code: each function answers one expression.

Nodes are never changed, so that one can stand in many places.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any, TypeAlias

PLACE: Any = {"lineno": 1, "col_offset": 0}
"""Every node needs a place; it means nothing here."""
NONE = ast.Constant(None, **PLACE)
_LOAD, _STORE = ast.Load(), ast.Store()
_MOST = 4096

Operand: TypeAlias = str | ast.expr
"""A name, or an expression."""


@lru_cache(_MOST)
def target(name: str) -> ast.Name:
    """A name that is assigned to."""
    return ast.Name(name, _STORE, **PLACE)


@lru_cache(_MOST)
def load(name: str) -> ast.expr:
    """The value of a name."""
    return ast.Name(name, _LOAD, **PLACE)


def expression(value: Operand) -> ast.expr:
    """An operand as an expression."""
    return load(value) if isinstance(value, str) else value


@lru_cache(_MOST)
def attribute(name: str, attribute: str) -> ast.expr:
    """``name.attribute``."""
    return ast.Attribute(load(name), attribute, _LOAD, **PLACE)


def call(function: Operand, *arguments: Operand) -> ast.expr:
    """A call of a function."""
    return ast.Call(expression(function), [expression(a) for a in arguments], [], **PLACE)


def method(name: str, method: str, *arguments: Operand) -> ast.expr:
    """``name.method(...)``."""
    return call(attribute(name, method), *arguments)


@lru_cache(_MOST, typed=True)
def number(value: int | bool) -> ast.expr:
    """A number or flag of the generator's own."""
    return ast.Constant(value, **PLACE)


@lru_cache(_MOST)
def stand_in(name: str) -> ast.expr:
    """What stands for a constant until the code is compiled."""
    return ast.Constant(name, **PLACE)


def item(of: str, index: int) -> ast.expr:
    """``of[index]``."""
    return ast.Subscript(load(of), number(index), _LOAD, **PLACE)


def entry(of: str, key: Operand) -> ast.expr:
    """``of[key]``."""
    return ast.Subscript(load(of), expression(key), _LOAD, **PLACE)


def rest(of: str, start: str) -> ast.expr:
    """``of[start:]``."""
    part = ast.Slice(load(start), None, None, **PLACE)
    return ast.Subscript(load(of), part, _LOAD, **PLACE)


def listing(*items: str) -> ast.expr:
    """A new list."""
    return ast.List([load(name) for name in items], _LOAD, **PLACE)


def tupled(*items: str) -> ast.expr:
    """A tuple."""
    return ast.Tuple([load(name) for name in items], _LOAD, **PLACE)


def unpacked(names: list[str], rest: str) -> ast.expr:
    """The places that a list is unpacked to: these names, and one for the rest of it."""
    places: list[ast.expr] = [target(name) for name in names]
    return ast.Tuple([*places, ast.Starred(target(rest), _STORE, **PLACE)], _STORE, **PLACE)


def mapping() -> ast.expr:
    """A new dict."""
    return ast.Dict([], [], **PLACE)


def present(name: str) -> ast.expr:
    """``name is not None``."""
    return compare(name, ast.IsNot(), NONE)


def missing(name: str) -> ast.expr:
    """``name is None``."""
    return compare(name, ast.Is(), NONE)


def compare(left: Operand, operator: ast.cmpop, right: Operand) -> ast.expr:
    """A comparison of two values."""
    return ast.Compare(expression(left), [operator], [expression(right)], **PLACE)


def of_class(name: str, kind: str) -> ast.expr:
    """``name.__class__ is kind``."""
    return compare(attribute(name, "__class__"), ast.Is(), kind)


def among(name: str, kinds: Operand) -> ast.expr:
    """``name.__class__ in kinds``."""
    return compare(attribute(name, "__class__"), ast.In(), kinds)


def choice(test: ast.expr, then: Operand, otherwise: Operand) -> ast.expr:
    """``then if test else otherwise``."""
    return ast.IfExp(test, expression(then), expression(otherwise), **PLACE)


def both(*parts: ast.expr | None) -> ast.expr | None:
    """All of the parts hold; None always holds."""
    given = [part for part in parts if part is not None]
    if len(given) < 2:
        return given[0] if given else None
    return ast.BoolOp(ast.And(), given, **PLACE)


def either(*parts: ast.expr) -> ast.expr:
    """One of the parts holds."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts), **PLACE)


def negated(part: Operand) -> ast.expr:
    """``not part``."""
    return ast.UnaryOp(ast.Not(), expression(part), **PLACE)


def minus(left: str, right: str) -> ast.expr:
    """``left - right``."""
    return ast.BinOp(load(left), ast.Sub(), load(right), **PLACE)


def joined(*parts: str) -> ast.expr:
    """The texts of these names, one after the other."""
    values: list[ast.expr] = [ast.FormattedValue(load(name), -1, None, **PLACE) for name in parts]
    return ast.JoinedStr(values, **PLACE)
