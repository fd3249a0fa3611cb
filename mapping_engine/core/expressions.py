"""Expressions to the core: what is written in one text, with the calls in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mapping_engine.core import nodes
from mapping_engine.core.call_arguments import matched
from mapping_engine.core.model import SECRETS
from mapping_engine.core.nodes import Alternative, Broken, Const, Name, Node
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import CallExpression, Expression, Extent, ast
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock, ValueBlock
from mapping_engine.frozen import Frozen

DEFAULT_ITEM = "item"
Locals = frozenset[str]
"""The names that have a meaning at one place only: items of lists, parameters of pipelines."""
NO_LOCALS: Locals = frozenset()


class Derivation(Frozen):
    """A definition whose alternatives are those of another, converted; after ``steps`` in all."""

    base: str
    conversion: tuple[CallExpression, ...]
    steps: int


@dataclass
class Desugaring:
    """What is known while the definitions of a mapping are turned into nodes.

    ``made`` holds those that are done, ``derived`` the definitions whose alternatives are converted
    in some place, with their names in ``asked``, and ``opening`` those that are being made.
    """

    blocks: Mapping[str, Named[ValueBlock]]
    pipelines: Mapping[str, Named[PipelineBlock]]
    diagnostics: Diagnostics
    made: dict[str, Node] = field(default_factory=dict)
    derived: dict[str, Derivation] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    chains: dict[str, bool] = field(default_factory=dict)
    """The definitions that are known to choose, or not to."""
    conversions: int = 0
    """How many steps convert what stands under names."""
    stopped_at: Name | None = None
    """Where these became too many; then there is no mapping."""


def template_of(template: ast.TemplateExpression, made: Desugaring) -> nodes.Template:
    """The text of a message, or a URL."""
    found = expression(template, NO_LOCALS, made)
    assert isinstance(found, nodes.Template)
    return found


def optional(node: Expression | None, known: Locals, made: Desugaring) -> Node | None:
    """An expression that need not be there."""
    return None if node is None else expression(node, known, made)


def expression(node: Expression, known: Locals, made: Desugaring) -> Node:
    """An expression as nodes."""
    at = node.extent
    match node:
        case ast.Literal(value=value):
            return Const(at, value)
        case ast.Select(selector=selector, explicit=explicit):
            return nodes.Read(at, selector, explicit)
        case ast.Reference(name=name, tail=tail):
            located = f"{name}.{tail.text}" if tail is not None and name == SECRETS else ""
            return Name(at, located) if located in made.blocks else Name(at, name, tail)
        case ast.ListExpression(items=items):
            return nodes.Items(at, _each(items, known, made))
        case ast.Chain(arms=arms):
            pairs = zip(arms, _each(arms, known, made), strict=True)
            return nodes.FirstOf(at, tuple(Alternative(arm, value) for arm, value in pairs))
        case ast.PipeExpression(source=source, steps=steps):
            return applied(expression(source, known, made), steps, known, made)
        case CallExpression():
            return _call(node, None, known, made)
        case ast.TemplateExpression(parts=mixed):
            filled = (p if isinstance(p, str) else expression(p, known, made) for p in mixed)
            return nodes.Template(at, tuple(filled))
        case _:
            return _condition(node, known, made)


def _condition(node: Expression, known: Locals, made: Desugaring) -> Node:
    at = node.extent
    match node:
        case ast.CompareExpression(operator=operator, left=left, right=right):
            return nodes.Compare(at, operator, *_each((left, right), known, made))
        case ast.IsExpression(operand=operand, test=word):
            return nodes.Test(at, expression(operand, known, made), word)
        case ast.Not(operand=operand):
            return nodes.Logic(at, "not", _each((operand,), known, made))
        case ast.Both(operands=operands) | ast.Either(operands=operands):
            word = "and" if isinstance(node, ast.Both) else "or"
            return nodes.Logic(at, word, _each(operands, known, made))
        case _:
            raise TypeError(f"no meaning for {type(node).__name__}")


def _each(parts: tuple[Expression, ...], known: Locals, made: Desugaring) -> tuple[Node, ...]:
    return tuple(expression(part, known, made) for part in parts)


def applied(node: Node, steps: tuple[CallExpression, ...], known: Locals, made: Desugaring) -> Node:
    """The value after transforms, one after the other."""
    for step in steps:
        node = _call(step, node, known, made)
    return node


def _call(call: CallExpression, source: Node | None, known: Locals, made: Desugaring) -> Node:
    """A call of a transform: of what is piped into it, or of its own first argument."""
    piped = source is not None
    found = matched(call, made.pipelines, piped=piped, found=made.diagnostics)
    if found is None:
        every = (*call.arguments, *(value for _, value in call.named))
        inner = _each(every, known, made)
        return Broken(call.extent, inner if source is None else (source, *inner))
    at = call.extent
    written, *given = found
    if written is not None:
        source = expression(written, known, made)
    elif source is not None and isinstance(source.at, Extent) and source.at.scalar is at.scalar:
        at = source.at.to(at)
    arguments = (optional(each, known, made) for each in given)
    return nodes.Call(at, call.extent, call.name, source, tuple(arguments))
