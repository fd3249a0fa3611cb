"""Text to expression trees, by the grammar in ``grammar/expression.lark``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from lark import Lark, Token, Tree, UnexpectedToken
from lark import __version__ as LARK
from lark.parsers.lalr_interactive_parser import InteractiveParser

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import tables
from mapping_engine.expression.ast import CallExpression, Expression, TemplateExpression
from mapping_engine.expression.syntax_mistakes import explain_syntax
from mapping_engine.expression.tree_builder import Builder
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.node import ScalarNode

LONGEST = 4_000
DEEPEST = 64
_LEVELS_OF_TREE = 2
"""A list or a call is two levels of the parse tree: itself, and what stands in it."""
_IGNORED = "WS"
_REFUSED = ("", re.compile(r"[^{}]+|\{\{|\}\}|[{}]"))
"""The terminal of what no other accepts: the parser refuses it."""


@cache
def _grammar() -> Lark:
    """The parser; immutable once built, so threads may share it.

    The tables that the package carries serve the version of lark that made them, and the grammar
    they were made of; otherwise they are made anew.
    """
    text = bundled_folder("grammar").joinpath("expression.lark").read_text("utf-8")
    made_of = (sha256(text.encode()).hexdigest(), LARK)
    if made_of == (tables.GRAMMAR, tables.LARK):
        parser: Lark = Lark.load(tables.TABLES)
        return parser
    return build_parser(text)


def build_parser(grammar: str) -> Lark:
    """The parser of a grammar, with its tables made anew."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=["expression", "steps", "template"],
        maybe_placeholders=False,
    )


def parse_tree(parser: Lark, start: str, text: str) -> Tree[Token]:
    """The parse tree of a text; raises UnexpectedToken.

    Lark's contextual lexer does the same, but compiles the patterns anew for each set of terminals
    that may stand somewhere: that takes longer than all else that is done to parse a pack.
    """
    state = parser.parse_interactive(start=start)
    choices: Callable[[], Collection[str]] = state.choices
    at = 0
    while at < len(text):
        fitting = _terminals(parser, frozenset(choices()))
        name, found = next((n, found) for n, each in fitting if (found := each.match(text, at)))
        if name != _IGNORED:
            _feed(state, Token(name, found[0], at, end_pos=found.end()))
        at = found.end()
    tree: Tree[Token] = _feed(state, Token("$END", "", at, end_pos=at))
    return tree


def _feed(state: InteractiveParser, token: Token) -> Any:
    try:
        return state.feed_token(token)
    except UnexpectedToken as problem:
        problem.interactive_parser = state  # by which it finds out what would be accepted
        raise


@cache
def _terminals(parser: Lark, accepted: frozenset[str]) -> list[tuple[str, re.Pattern[str]]]:
    """The terminals of a place, in an order in which the first that fits is meant."""
    ordered = sorted(parser.terminals, key=lambda each: (-each.priority, -each.pattern.max_width))
    fitting = [each for each in ordered if each.name in accepted or each.name == _IGNORED]
    return [*((each.name, re.compile(each.pattern.to_regexp())) for each in fitting), _REFUSED]


def parse_expression(scalar: ScalarNode, diagnostics: Diagnostics) -> Expression | None:
    """The expression written in ``scalar``, or None with the mistakes reported."""
    found = _parse("expression", scalar, diagnostics)
    return found if isinstance(found, Expression) else None


def parse_steps(scalar: ScalarNode, diagnostics: Diagnostics) -> tuple[CallExpression, ...] | None:
    """The pipeline steps written in ``scalar`` (``trim |> lower``), or None."""
    found = _parse("steps", scalar, diagnostics)
    return found if isinstance(found, tuple) else None


def parse_template(scalar: ScalarNode, diagnostics: Diagnostics) -> TemplateExpression | None:
    """The template written in ``scalar`` (``{$api.base}/events``), or None."""
    found = _parse("template", scalar, diagnostics)
    return found if isinstance(found, TemplateExpression) else None


@lru_cache(maxsize=4096)
def _tree(start: str, text: str) -> Tree[Token] | None:
    """The parse tree of a text, wherever it is written; None for one that is nested too deeply."""
    tree = parse_tree(_grammar(), start, text)
    return None if _is_deep(tree) else tree


def _is_deep(tree: Tree[Token]) -> bool:
    """Whether what walks the tree could run out of stack."""
    level = [tree]
    for _ in range(DEEPEST * _LEVELS_OF_TREE):
        level = [child for each in level for child in each.children if isinstance(child, Tree)]
        if not level:
            return False
    return True


def _parse(
    start: str, scalar: ScalarNode, diagnostics: Diagnostics
) -> Expression | tuple[CallExpression, ...] | None:
    try:
        tree = _tree(start, scalar.text) if len(scalar.text) <= LONGEST else None
    except UnexpectedToken as problem:
        explain_syntax(start, problem, scalar, diagnostics)
        return None
    if tree is None:
        diagnostics.report(
            "SY03",
            "the expression is too long or nested too deeply",
            scalar.span,
            help=f"at most {LONGEST} characters and {DEEPEST} levels; split it with `define`",
        )
        return None
    return Builder(scalar, diagnostics).build(tree)
