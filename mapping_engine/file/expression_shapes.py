"""Shapes of what holds expressions."""

from __future__ import annotations

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import (
    Expression,
    Reference,
    parse_expression,
    parse_steps,
    parse_template,
)
from mapping_engine.file.shapes import SimpleShape, literal, scalar_shape, wrong
from mapping_engine.source.node import ListNode, ScalarNode, YamlNode

_SCALARS = {"type": ["string", "number", "boolean"]}
EXPRESSION = scalar_shape("an expression", _SCALARS, parse_expression)
TEMPLATE = scalar_shape("a template", {"type": ["string", "number"]}, parse_template)
"""A text with expressions in braces."""
STEPS = scalar_shape("transforms", {"type": "string"}, parse_steps)
"""Transforms joined by ``|>``."""


def _data_or_reference(node: YamlNode, diagnostics: Diagnostics) -> Expression | None:
    if not (isinstance(node, ScalarNode) and node.text.startswith("$")):
        return literal(node)
    found = parse_expression(node, diagnostics)
    if found is None or isinstance(found, Reference):
        return found
    diagnostics.report(
        "SH03",
        "expected a value or a single `$name`",
        node.span,
        help="write longer expressions under `define`, and their `$name` here",
    )
    return None


DATA_OR_REFERENCE = SimpleShape("a value", {}, _data_or_reference)
"""A value taken as it stands, or a single ``$name``."""


def _list_or_expression(node: YamlNode, diagnostics: Diagnostics) -> Expression | None:
    if isinstance(node, ListNode):
        return literal(node)
    if isinstance(node, ScalarNode) and node.value is not None:
        return parse_expression(node, diagnostics)
    wrong(node, LIST_OR_EXPRESSION.wanted, diagnostics)
    return None


LIST_OR_EXPRESSION = SimpleShape(
    "a list or an expression", {"anyOf": [{"type": "array"}, _SCALARS]}, _list_or_expression
)
"""A list taken as it stands, or an expression that yields one."""
