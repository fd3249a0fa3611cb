"""Expressions as typed, frozen trees.

Two trees are equal when they mean the same: places do not count.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property

from mapping_engine.diagnostics import Span
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import Selector
from mapping_engine.source.node import ScalarNode, YamlNode


class Extent(Frozen):
    """A stretch of the scalar an expression is written in."""

    scalar: ScalarNode = field(repr=False)
    start: int
    end: int

    @cached_property
    def span(self) -> Span:
        """The place in the file."""
        return self.scalar.span_at(self.start, self.end)

    def to(self, other: Extent) -> Extent:
        """From the start of this stretch to the end of ``other``."""
        return Extent(self.scalar, self.start, other.end)


class Expression(Frozen):
    """Any node; ``extent`` says where it is written."""

    extent: Extent = field(compare=False, repr=False)

    @property
    def span(self) -> Span:
        """The place in the file."""
        return self.extent.span


class Literal(Expression):
    """A text, number, true or false; or a whole YAML value under `constant` or `default`."""

    value: object
    node: YamlNode | None = field(default=None, compare=False, repr=False)
    """What is written there, of a whole YAML value."""


class Select(Expression):
    """A JMESPath selector on the event; ``explicit`` when written ``jmespath(...)``."""

    selector: Selector
    explicit: bool = False


class Reference(Expression):
    """``$name`` and the JMESPath steps after it."""

    name: str
    tail: Selector | None = None


class ListExpression(Expression):
    """A list of expressions."""

    items: tuple[Expression, ...]


class CallExpression(Expression):
    """A transform with arguments; as an expression of its own, the first is the piped value."""

    name: str
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()


class Chain(Expression):
    """``a ?? b``: the first arm that is not missing."""

    arms: tuple[Expression, ...]


class PipeExpression(Expression):
    """``source |> step |> step``."""

    source: Expression
    steps: tuple[CallExpression, ...]


class CompareExpression(Expression):
    """``left operator right``; operators: == != < <= > >= in."""

    operator: str
    left: Expression
    right: Expression


class IsExpression(Expression):
    """``operand is present`` and the other words after ``is``."""

    operand: Expression
    test: str


class Not(Expression):
    """``not operand``."""

    operand: Expression


class Both(Expression):
    """``a and b and c``."""

    operands: tuple[Expression, ...]


class Either(Expression):
    """``a or b or c``."""

    operands: tuple[Expression, ...]


class TemplateExpression(Expression):
    """Text with expressions in braces; missing when one of them is missing."""

    parts: tuple[str | Expression, ...]


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside ``node``, in the order they are written."""
    match node:
        case Literal() | Select() | Reference():  # most nodes
            return ()
        case (
            ListExpression(items=parts)
            | Chain(arms=parts)
            | Both(operands=parts)
            | Either(operands=parts)
        ):
            return parts
        case CallExpression():
            return (*node.arguments, *(value for _, value in node.named))
        case PipeExpression():
            return (node.source, *node.steps)
        case CompareExpression():
            return (node.left, node.right)
        case IsExpression() | Not():
            return (node.operand,)
        case TemplateExpression():
            return tuple(part for part in node.parts if isinstance(part, Expression))
        case _:
            return ()
