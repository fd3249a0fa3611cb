"""The expression language: text in a scalar of a rule file to a typed tree, and back."""

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
    children,
)
from mapping_engine.expression.parser import parse_expression, parse_steps, parse_template
from mapping_engine.expression.printer import print_expression, print_steps, print_template

__all__ = [
    "Both",
    "CallExpression",
    "Chain",
    "CompareExpression",
    "Either",
    "Expression",
    "Extent",
    "IsExpression",
    "ListExpression",
    "Literal",
    "Not",
    "PipeExpression",
    "Reference",
    "Select",
    "TemplateExpression",
    "children",
    "parse_expression",
    "parse_steps",
    "parse_template",
    "print_expression",
    "print_steps",
    "print_template",
]
