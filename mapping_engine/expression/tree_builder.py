"""Parse trees to expression trees."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Tree

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression.ast import (
    Both,
    CallExpression,
    Chain,
    CompareExpression,
    Either,
    Expression,
    Extent,
    IsExpression,
    ListExpression,
    Literal,
    Not,
    PipeExpression,
    Reference,
    Select,
    TemplateExpression,
)
from mapping_engine.selectors import Selector, SelectorProblem, parse_selector, with_places
from mapping_engine.source.json_text import is_sound
from mapping_engine.source.node import ScalarNode

_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_ESCAPED = re.compile(r"\\(['\\])")

Named = tuple[str, Expression]


class Builder:
    """Builds the tree of one scalar; selectors that do not parse are reported as they are met."""

    def __init__(self, scalar: ScalarNode, diagnostics: Diagnostics) -> None:
        self._scalar = scalar
        self._diagnostics = diagnostics
        self._failed = False

    def build(self, tree: Tree[Token]) -> Expression | tuple[CallExpression, ...] | None:
        """The finished tree, or None when a part of it is wrong."""
        built: Expression | tuple[CallExpression, ...] = self._built(tree)
        return None if self._failed else built

    def _built(self, tree: Tree[Token]) -> Any:
        """What the method of the grammar rule makes of the parts, which are built before."""
        parts = (self._built(c) if isinstance(c, Tree) else c for c in tree.children)
        return getattr(self, tree.data)(*parts)

    def _at(self, token: Token) -> Extent:
        return Extent(self._scalar, token.start_pos or 0, token.end_pos or 0)

    def _select(self, text: str, start: int, shift: int = 0) -> Selector:
        """Parse JMESPath ``text`` that stands at ``start``; ``shift`` characters are ours."""
        found = parse_selector(with_places(text))
        if not isinstance(found, SelectorProblem):
            return found
        self._failed = True
        span = self._scalar.span_at(
            max(start, start + found.start - shift), start + found.end - shift
        )
        self._diagnostics.report(found.code, found.message, span, help=found.help)
        placeholder = parse_selector("@")
        assert isinstance(placeholder, Selector)
        return placeholder

    def selector(self, token: Token) -> Expression:
        return Select(self._at(token), self._select(str(token), token.start_pos or 0))

    def jmespath(self, token: Token) -> Expression:
        opening = len("jmespath(")
        text = str(token)[opening:-1]
        return Select(
            self._at(token), self._select(text, (token.start_pos or 0) + opening), explicit=True
        )

    def reference(self, token: Token) -> Expression:
        found = _REFERENCE.match(token)
        assert found is not None
        tail = with_places(str(token)[found.end() :])
        if not tail:
            return Reference(self._at(token), found[1])
        start = (token.start_pos or 0) + found.end()
        selector = (
            self._select(tail[1:], start + 1)
            if tail.startswith(".")
            else self._select("@" + tail, start, shift=1)
        )
        return Reference(self._at(token), found[1], selector)

    def string(self, token: Token) -> Expression:
        return Literal(self._at(token), _ESCAPED.sub(r"\1", str(token)[1:-1]))

    def number(self, token: Token) -> Expression:
        text = str(token)
        whole = not set(text) & set(".eE")
        value = int(text) if whole else float(text)
        if not is_sound((value,)):
            start = token.start_pos or 0
            span = self._scalar.span_at(start, start + len(text))
            self._diagnostics.report("SH03", "the number is too long or too large", span)
            self._failed = True
        return Literal(self._at(token), value)

    def boolean(self, token: Token) -> Expression:
        return Literal(self._at(token), str(token) == "true")

    def arguments(self, *arguments: Expression | Named) -> tuple[Expression | Named, ...]:
        return arguments

    def named(self, keyword: Token, value: Expression) -> Named:
        return (str(keyword)[:-1].strip(), value)

    def call(
        self, name: Token, _left: Token, arguments: tuple[Expression | Named, ...], right: Token
    ) -> Expression:
        positional = tuple(a for a in arguments if isinstance(a, Expression))
        named = tuple(a for a in arguments if not isinstance(a, Expression))
        return CallExpression(self._at(name).to(self._at(right)), str(name), positional, named)

    def bare_step(self, name: Token) -> Expression:
        return CallExpression(self._at(name), str(name))

    def items(
        self, left: Token, arguments: tuple[Expression | Named, ...], right: Token
    ) -> Expression:
        extent = self._at(left).to(self._at(right))
        for argument in arguments:
            if not isinstance(argument, Expression):
                self._failed = True
                self._diagnostics.report(
                    "SY03", f"`{argument[0]}=` has no meaning inside a list", extent.span
                )
        return ListExpression(extent, tuple(a for a in arguments if isinstance(a, Expression)))

    def group(self, _left: Token, inner: Expression, _right: Token) -> Expression:
        return inner

    def chain(self, *arms: Expression) -> Expression:
        return Chain(_around(arms), arms)

    def pipeline(self, source: Expression, *steps: CallExpression) -> Expression:
        return PipeExpression(source.extent.to(steps[-1].extent), source, steps)

    def compare(self, left: Expression, operator: Token, right: Expression) -> Expression:
        return CompareExpression(_around((left, right)), str(operator), left, right)

    def not_within(
        self, left: Expression, word: Token, operator: Token, right: Expression
    ) -> Expression:
        extent = _around((left, right))
        return Not(extent, CompareExpression(extent, str(operator), left, right))

    def test(self, operand: Expression, test: Token) -> Expression:
        return IsExpression(operand.extent.to(self._at(test)), operand, str(test))

    def test_not(self, operand: Expression, word: Token, test: Token) -> Expression:
        extent = operand.extent.to(self._at(test))
        return Not(extent, IsExpression(extent, operand, str(test)))

    def negation(self, word: Token, operand: Expression) -> Expression:
        return Not(self._at(word).to(operand.extent), operand)

    def all_of(self, *operands: Expression) -> Expression:
        return Both(_around(operands), operands)

    def any_of(self, *operands: Expression) -> Expression:
        return Either(_around(operands), operands)

    def steps(self, *steps: CallExpression) -> tuple[CallExpression, ...]:
        return steps

    def template_text(self, token: Token) -> str:
        return str(token)

    def template_brace(self, token: Token) -> str:
        return str(token)[0]

    def template(self, *parts: str | Expression) -> TemplateExpression:
        extent = Extent(self._scalar, 0, len(self._scalar.text))
        return TemplateExpression(extent, _joined(parts))


def _around(parts: tuple[Expression, ...]) -> Extent:
    return parts[0].extent.to(parts[-1].extent)


def _joined(parts: tuple[str | Expression, ...]) -> tuple[str | Expression, ...]:
    """Neighbouring texts as one, so that equal templates are equal trees."""
    joined: list[str | Expression] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)
