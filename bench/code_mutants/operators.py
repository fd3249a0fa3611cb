"""The operators: each makes other nodes of one node, as a slip of the pen would."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass

from bench.code_mutants.places import Function, Place

Make = Callable[[Place], Iterator[ast.AST]]


@dataclass(frozen=True)
class Operator:
    """A kind of mistake: its name, and the nodes it puts into a place.

    ``weight`` is how likely one of its changes is taken.
    """

    name: str
    make: Make
    weight: float = 1.0


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
}
_PAIRS = (
    ("any", "all"),
    ("min", "max"),
    ("append", "extend"),
    ("startswith", "endswith"),
    ("lstrip", "rstrip"),
    ("find", "rfind"),
    ("split", "rsplit"),
    ("partition", "rpartition"),
    ("union", "intersection"),
    ("keys", "values"),
    ("match", "fullmatch"),
    ("removeprefix", "removesuffix"),
)
_OTHER_CALL = dict(_PAIRS) | {second: first for first, second in _PAIRS} | {"sorted": "list"}
_RECEIVER_ALONE = {"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "copy", "replace"}


def _is_condition(place: Place) -> bool:
    field, parent = place.slot.field, place.slot.parent
    return field in ("ifs", "guard") or (
        field == "test" and isinstance(parent, ast.If | ast.While | ast.IfExp)
    )


def _negated(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    return ast.UnaryOp(ast.Not(), node)


def negate_condition(place: Place) -> Iterator[ast.AST]:
    """`if x` becomes `if not x`."""
    if _is_condition(place) and isinstance(place.node, ast.expr):
        yield _negated(place.node)


def always(place: Place) -> Iterator[ast.AST]:
    """A guard lets everything pass; a loop would never end."""
    if _is_condition(place) and not isinstance(place.slot.parent, ast.While):
        yield ast.Constant(True)


def never(place: Place) -> Iterator[ast.AST]:
    """A guard lets nothing pass."""
    if _is_condition(place):
        yield ast.Constant(False)


def drop_not(place: Place) -> Iterator[ast.AST]:
    """`not x` becomes `x`, where it is no condition."""
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and not _is_condition(place):
        yield node.operand


def swap_comparison(place: Place) -> Iterator[ast.AST]:
    """`==` becomes `!=`, `<` becomes `<=`."""
    node = place.node
    if isinstance(node, ast.Compare):
        for index, sign in enumerate(node.ops):
            made = copy(node)
            made.ops = [*node.ops[:index], _COMPARISONS[type(sign)](), *node.ops[index + 1 :]]
            yield made


def and_or(place: Place) -> Iterator[ast.AST]:
    """`and` becomes `or`."""
    if isinstance(place.node, ast.BoolOp):
        other = ast.Or() if isinstance(place.node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, place.node.values)


def drop_operand(place: Place) -> Iterator[ast.AST]:
    """`a and b` becomes `a`, `a | b` becomes `b`."""
    match place.node:
        case ast.BoolOp(op=op, values=[first, second]):
            yield from (first, second)
        case ast.BoolOp(op=op, values=values):
            for index in range(len(values)):
                yield ast.BoolOp(op, values[:index] + values[index + 1 :])
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            yield from (left, right)


def arithmetic(place: Place) -> Iterator[ast.AST]:
    """`+` becomes `-`, where one side is a number; `%` becomes `//`."""
    match place.node:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if not (_numeric(left, right)):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.AugAssign(target=ast.Name() as target, value=value):
            yield ast.Assign([target], value)


def _numeric(*sides: ast.expr) -> bool:
    return any(isinstance(side, ast.Constant) and type(side.value) is int for side in sides)


def return_none(place: Place) -> Iterator[ast.AST]:
    """What a function found is lost; None for False would be the same to most."""
    match place.node:
        case ast.Return(value=None | ast.Constant(value=None | bool())):
            return
        case ast.Return():
            yield ast.Return(ast.Constant(None))


def drop_statement(place: Place) -> Iterator[ast.AST]:
    """A step is forgotten."""
    if place.scope.function is not None and _can_go(place, place.scope.function):
        yield ast.Pass()


def _can_go(place: Place, function: Function) -> bool:
    match place.node:
        case ast.Expr() | ast.Raise() | ast.Delete() | ast.Break() | ast.Continue():
            return True
        case ast.Return():
            return place.node is not function.body[-1]
        case ast.AugAssign():
            return True
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target, value=ast.expr()):
            return not isinstance(target, ast.Name) or _bound_twice(target.id, function)
    return False


def _bound_twice(name: str, function: Function) -> bool:
    """Whether a name has a value without this statement as well."""
    bound = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return len(bound) > 1 or name in {each.arg for each in function.args.args}


def constant(place: Place) -> Iterator[ast.AST]:
    """0 becomes 1, True becomes False, a text becomes empty."""
    match place.node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(0 if value == 1 else value + 1)
        case ast.Constant(value=float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant("" if value else "mutant")


def break_continue(place: Place) -> Iterator[ast.AST]:
    """A loop ends too early, or too late."""
    if isinstance(place.node, ast.Break):
        yield ast.Continue()
    elif isinstance(place.node, ast.Continue):
        yield ast.Break()


def swap_arguments(place: Place) -> Iterator[ast.AST]:
    """`f(a, b)` becomes `f(b, a)`."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    for index in range(len(node.args) - 1):
        first, second = node.args[index : index + 2]
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            args = [*node.args[:index], second, first, *node.args[index + 2 :]]
            yield ast.Call(node.func, args, node.keywords)


def drop_argument(place: Place) -> Iterator[ast.AST]:
    """`f(a, key=b)` becomes `f(a)`."""
    node = place.node
    if isinstance(node, ast.Call):
        for index, keyword in enumerate(node.keywords):
            if keyword.arg == "strict":  # an assertion, which holds
                continue
            left = node.keywords[:index] + node.keywords[index + 1 :]
            yield ast.Call(node.func, node.args, left)


def other_call(place: Place) -> Iterator[ast.AST]:
    """A call of something like it: `any` for `all`, or another function of the module."""
    match place.node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            other = _OTHER_CALL.get(name) or place.scope.siblings.get(name)
            if other is not None:
                yield ast.Call(ast.Name(other, ast.Load()), args, keywords)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords):
            if name in _OTHER_CALL:
                other = _OTHER_CALL[name]
                yield ast.Call(ast.Attribute(value, other, ast.Load()), args, keywords)


def unwrap_call(place: Place) -> Iterator[ast.AST]:
    """`f(x)` becomes `x`, `text.lower()` becomes `text`."""
    if isinstance(place.slot.parent, ast.Expr | ast.Raise):
        return
    match place.node:
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _RECEIVER_ALONE:
            yield value
        case ast.Call(args=[first, *_]) if not isinstance(first, ast.Starred):
            yield first


def slices(place: Place) -> Iterator[ast.AST]:
    """`x[:n]` becomes `x`; of two bounds one is forgotten."""
    match place.node:
        case ast.Subscript(value=value, slice=ast.Slice(lower=None) | ast.Slice(upper=None)):
            yield value
        case ast.Slice(lower=ast.expr() as lower, upper=ast.expr() as upper, step=step):
            yield ast.Slice(lower, None, step)
            yield ast.Slice(None, upper, step)


def drop_element(place: Place) -> Iterator[ast.AST]:
    """A literal has one element less."""
    match place.node:
        case ast.List(elts=elements, ctx=ast.Load()):
            for left in _without_one(elements):
                yield ast.List(left, ast.Load())
        case ast.Set(elts=[_, _, *_] as elements):
            for left in _without_one(elements):
                yield ast.Set(left)
        case ast.Tuple(elts=elements, ctx=ast.Load()) if _is_collection(elements):
            for left in _without_one(elements):
                yield ast.Tuple(left, ast.Load())
        case ast.Dict(keys=keys, values=values):
            for index in range(len(keys)):
                yield ast.Dict(
                    keys[:index] + keys[index + 1 :], values[:index] + values[index + 1 :]
                )


def _is_collection(elements: list[ast.expr]) -> bool:
    """Whether a tuple is a list of things, not a record."""
    return all(isinstance(each, ast.Constant) for each in elements) or any(
        isinstance(each, ast.Starred) for each in elements
    )


def _without_one(elements: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for index in range(len(elements)):
        yield elements[:index] + elements[index + 1 :]


def first_only(place: Place) -> Iterator[ast.AST]:
    """A loop takes the first item alone."""
    if place.slot.field == "iter" and isinstance(place.node, ast.expr):
        every = ast.Call(ast.Name("list", ast.Load()), [place.node], [])
        yield ast.Subscript(every, ast.Slice(None, ast.Constant(1)), ast.Load())


def drop_case(place: Place) -> Iterator[ast.AST]:
    """A case of a match never applies."""
    node = place.node
    if isinstance(node, ast.match_case) and node.guard is None:
        yield ast.match_case(node.pattern, ast.Constant(False), node.body)


_WEIGHTS = {swap_arguments: 0.3, unwrap_call: 0.3}
"""Most of these end in a TypeError, which any test notices."""

OPERATORS = tuple(
    Operator(make.__name__.replace("_", "-"), make, _WEIGHTS.get(make, 1.0))
    for make in (
        negate_condition,
        always,
        never,
        drop_not,
        swap_comparison,
        and_or,
        drop_operand,
        arithmetic,
        return_none,
        drop_statement,
        constant,
        break_continue,
        swap_arguments,
        drop_argument,
        other_call,
        unwrap_call,
        slices,
        drop_element,
        first_only,
        drop_case,
    )
)
