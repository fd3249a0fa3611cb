"""The expression language: text in a scalar of a rule file to a typed tree, and back.

What reads texts is imported when it is first used, for start-up time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_engine.expression.ast import (
    Both,
    Call,
    Chain,
    Compare,
    Either,
    Expression,
    Extent,
    Items,
    Literal,
    Not,
    Pipeline,
    Reference,
    Select,
    Template,
    Test,
    children,
)
from mapping_engine.expression.printer import print_expression, print_steps, print_template

if TYPE_CHECKING:
    from mapping_engine.expression.parser import parse_expression, parse_steps, parse_template

_READING = ("parse_expression", "parse_steps", "parse_template")

__all__ = [
    "Both",
    "Call",
    "Chain",
    "Compare",
    "Either",
    "Expression",
    "Extent",
    "Items",
    "Literal",
    "Not",
    "Pipeline",
    "Reference",
    "Select",
    "Template",
    "Test",
    "children",
    "parse_expression",
    "parse_steps",
    "parse_template",
    "print_expression",
    "print_steps",
    "print_template",
]


def __getattr__(name: str) -> Any:
    """The functions that read texts, which bring the grammar with them."""
    if name not in _READING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mapping_engine.expression import parser

    return getattr(parser, name)
