"""Text to expression trees, by the grammar in ``grammar/expression.lark``."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression.ast import Call, Expression, Template
from mapping_engine.expression.build import Builder
from mapping_engine.expression.mistakes import explain_syntax
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.node import Scalar

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

LONGEST = 4_000
DEEPEST = 64
_NESTING = re.compile(r"\(|\bnot\b")


@cache
def _grammar() -> Lark:
    """The parser; immutable once built, so threads may share it.

    The tables that the package carries serve the version of lark that made them, and the grammar
    they were made of; otherwise they are made anew.
    """
    from lark import Lark, __version__

    from mapping_engine.expression import tables

    text = bundled_folder("grammar").joinpath("expression.lark").read_text("utf-8")
    made_of = (sha256(text.encode()).hexdigest(), __version__)
    if made_of == (tables.GRAMMAR, tables.LARK):
        parser: Lark = Lark.load(tables.TABLES)
        return parser
    return build_parser(text)


def build_parser(grammar: str) -> Lark:
    """The parser of a grammar, with its tables made anew."""
    from lark import Lark

    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=["expression", "steps", "template"],
        maybe_placeholders=False,
    )


def parse_expression(scalar: Scalar, diagnostics: Diagnostics) -> Expression | None:
    """The expression written in ``scalar``, or None with the mistakes reported."""
    found = _parse("expression", scalar, diagnostics)
    return found if isinstance(found, Expression) else None


def parse_steps(scalar: Scalar, diagnostics: Diagnostics) -> tuple[Call, ...] | None:
    """The pipeline steps written in ``scalar`` (``trim |> lower``), or None."""
    found = _parse("steps", scalar, diagnostics)
    return found if isinstance(found, tuple) else None


def parse_template(scalar: Scalar, diagnostics: Diagnostics) -> Template | None:
    """The template written in ``scalar`` (``{$api.base}/events``), or None."""
    found = _parse("template", scalar, diagnostics)
    return found if isinstance(found, Template) else None


@lru_cache(maxsize=4096)
def _tree(start: str, text: str) -> Tree[Token]:
    """The parse tree of a text; the same text, wherever it is written, has the same one."""
    return _grammar().parse(text, start=start)


def _parse(
    start: str, scalar: Scalar, diagnostics: Diagnostics
) -> Expression | tuple[Call, ...] | None:
    from lark.exceptions import UnexpectedInput

    if len(scalar.text) > LONGEST or len(_NESTING.findall(scalar.text)) > DEEPEST:
        diagnostics.report(
            "SY03",
            "the expression is too long or nested too deeply",
            scalar.span,
            help=f"at most {LONGEST} characters and {DEEPEST} parentheses; split it with `define`",
        )
        return None
    try:
        tree = _tree(start, scalar.text)
    except UnexpectedInput as problem:
        explain_syntax(problem, scalar, diagnostics)
        return None
    return Builder(scalar, diagnostics).build(tree)
