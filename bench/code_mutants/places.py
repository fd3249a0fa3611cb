"""Where code can be changed: the nodes of a module, without those that only people read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

Function = ast.FunctionDef | ast.AsyncFunctionDef
_UNREAD = {"annotation", "returns", "decorator_list", "type_params", "bases", "ctx", "op", "ops"}
"""Fields that no operator looks into: types, decorators, and signs."""
_LOGS = {"log", "logger", "logging", "_LOG", "_LOGGER"}
_FOR_PEOPLE = {"help", "message"}
_DECLARATIONS = {"overload", "abstractmethod"}
_ALIASES = {"Callable", "dict", "frozenset", "list", "tuple", "type"}


@dataclass(frozen=True)
class Slot:
    """Where a node hangs in its tree."""

    parent: ast.AST
    field: str
    index: int | None = None

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Scope:
    """What a place is part of.

    ``function`` is None for what runs while the module is imported: constants and defaults. Tests
    of that are found by ``names``, which the code that uses it mentions. ``siblings`` are the
    functions of the module that take as many arguments, by name.
    """

    name: str = ""
    function: Function | None = None
    names: tuple[str, ...] = ()
    siblings: dict[str, str] = field(default_factory=dict)

    def inside(self, name: str) -> str:
        """The qualified name of something in it."""
        return f"{self.name}.{name}" if self.name else name


@dataclass(frozen=True)
class Place:
    """A node that may be changed, and the statement it stands in."""

    node: ast.AST
    slot: Slot
    scope: Scope
    statement: ast.AST
    message: bool = False
    """Whether it is part of a text for people."""


def places(tree: ast.Module) -> Iterator[Place]:
    """Every place of a module, in the order of the text."""
    scope = Scope(siblings=_siblings(tree))
    for slot, node in children(tree):
        yield from _walk(Place(node, slot, scope, node))


def _walk(place: Place) -> Iterator[Place]:
    if _is_skipped(place):
        return
    outer = place.scope
    place = replace(
        place,
        scope=_scope(place),
        statement=place.node if _is_line(place.node) else place.statement,
        message=place.message or _is_message(place.node),
    )
    if place.scope.function is not None or place.scope.names:
        yield place
    for slot, node in children(place.node):
        scope = _of_defaults(place, outer) if isinstance(node, ast.arguments) else place.scope
        yield from _walk(replace(place, node=node, slot=slot, scope=scope))


def children(node: ast.AST) -> Iterator[tuple[Slot, ast.AST]]:
    """The nodes below a node that may hold places."""
    for name, value in ast.iter_fields(node):
        if name in _UNREAD:
            continue
        if isinstance(value, ast.AST):
            yield Slot(node, name), value
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield Slot(node, name, index), item


def _is_line(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt | ast.match_case | ast.ExceptHandler)


def _scope(place: Place) -> Scope:
    node, scope = place.node, place.scope
    if isinstance(node, Function):
        return replace(scope, name=scope.inside(node.name), function=node)
    if isinstance(node, ast.ClassDef):
        return replace(scope, name=scope.inside(node.name), names=(node.name,))
    if scope.function is None and isinstance(node, ast.Assign | ast.AnnAssign):
        names = tuple(_bound(node))
        return replace(scope, name=scope.inside(" ".join(names)), names=(*names, *scope.names))
    return scope


def _of_defaults(place: Place, outer: Scope) -> Scope:
    """Defaults run where the function is defined; they are found by the name of the function."""
    if isinstance(place.node, Function) and outer.function is None:
        return replace(place.scope, function=None, names=(place.node.name,))
    return place.scope


def _bound(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part.id


def _is_skipped(place: Place) -> bool:
    match place.node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.FunctionDef(name=name, decorator_list=decorators):
            return name == "__repr__" or bool(_DECLARATIONS & set(map(_last_name, decorators)))
        case ast.ClassDef(bases=bases):
            return "Protocol" in map(_last_name, bases)
        case ast.If(test=test):
            return _last_name(test) == "TYPE_CHECKING"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in _LOGS
        case ast.Call(func=ast.Name(id="cast" | "TypeVar")):
            return True
        case ast.keyword(arg="strict"):  # an assertion, which holds
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Assign(value=value):
            return place.scope.function is None and _is_alias(value)
    return False


def _is_alias(value: ast.expr) -> bool:
    """Whether a constant is the other name of a type."""
    return isinstance(value, ast.Subscript) and _last_name(value.value) in _ALIASES


def _is_message(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str() as text):
            return " " in text.strip()
        case ast.JoinedStr(values=parts):
            return any(isinstance(part, ast.Constant) and " " in str(part.value) for part in parts)
        case ast.keyword(arg=name):
            return name in _FOR_PEOPLE
    return False


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _last_name(value)
    return ""


def _siblings(tree: ast.Module) -> dict[str, str]:
    """For each function of a module, the next one that takes as many arguments."""
    groups: dict[int, list[str]] = {}
    for node in tree.body:
        if isinstance(node, Function):
            groups.setdefault(len(node.args.args), []).append(node.name)
    found: dict[str, str] = {}
    for names in groups.values():
        if len(names) > 1:
            found |= zip(names, [*names[1:], names[0]], strict=True)
    return found
