"""Conditions changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mapping_engine.expression import (
    Both,
    CompareExpression,
    Either,
    Expression,
    IsExpression,
    Literal,
)
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page

_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORD = re.compile(r"\s+(present|missing)\Z")


def _operator(others: Mapping[str, str]) -> Callable[[Page], Edits]:
    """Another operator in the place of one."""

    def edits(page: Page) -> Edits:
        for node in page.of(CompareExpression):
            [gap] = page.between((node.left, node.right))
            at = page.text.find(node.operator, *gap)
            if at >= 0 and node.operator in others:
                yield Edit(at, at + len(node.operator), others[node.operator])

    return edits


def _negated(page: Page) -> Edits:
    for block in page.blocks:
        for key in ("when", "keep_when", "require", "skip_when"):
            found = getattr(block, key, None)
            if isinstance(found, Expression):
                yield Edit(*page.at(found), f"not ({page.written(found)})")


def _missing(page: Page) -> Edits:
    for node in page.of(IsExpression):
        word = _WORD.search(page.written(node))
        if word is not None:
            start, end = page.at(node)
            other = "missing" if word[1] == "present" else "present"
            yield Edit(start + word.start(1), end, other)


def _other_kind(page: Page) -> Edits:
    for node in page.of(IsExpression):
        if node.test in ("text", "list", "object", "number"):
            _, end = page.at(node)
            other = {"text": "number", "list": "object"}.get(node.test, "text")
            yield Edit(end - len(node.test), end, other)


def _literals(page: Page) -> Iterator[Literal]:
    for node in page.of(CompareExpression):
        yield from (side for side in (node.left, node.right) if isinstance(side, Literal))


def _other_constant(page: Page) -> Edits:
    for literal in _literals(page):
        if isinstance(literal.value, str):
            yield Edit(*page.at(literal), f"'{literal.value.upper()}'")
        elif isinstance(literal.value, int | float):
            yield Edit(*page.at(literal), str(literal.value + 1))


def _other_type(page: Page) -> Edits:
    for literal in _literals(page):
        yield Edit(
            *page.at(literal), "1" if isinstance(literal.value, str) else f"'{literal.value}'"
        )


def _bare_word(page: Page) -> Edits:
    """`type == track`: the quotes are forgotten."""
    for literal in _literals(page):
        if isinstance(literal.value, str) and literal.value.isidentifier():
            yield Edit(*page.at(literal), literal.value)


def _dropped(page: Page) -> Edits:
    for child in page.entries("when", "keep_when"):
        if child.next() is not None or child.place > 0:
            yield child.cut()


def _joined(page: Page) -> Iterator[Both | Either]:
    return (node for node in page.expressions if isinstance(node, Both | Either))


def _words(both: str, either: str) -> Callable[[Page], Edits]:
    """Other words between the parts of a condition, in the place of `and` and of `or`."""

    def edits(page: Page) -> Edits:
        for node in _joined(page):
            word = both if isinstance(node, Both) else either
            yield from (Edit(*gap, f" {word} ") for gap in page.between(node.operands))

    return edits


def _dropped_part(page: Page) -> Edits:
    return (edit for node in _joined(page) for edit in page.without_one(node.operands))


CONDITIONS = (
    Operator("not-equal", "`==` becomes `!=`", _operator({"==": "!=", "!=": "=="})),
    Operator("other-bound", "`<` becomes `<=`", _operator(_OTHER)),
    Operator("turn-comparison", "`<` becomes `>`", _operator(_OPPOSITE)),
    Operator("single-equals", "`=` is written for `==`", _operator({"==": "="})),
    Operator("negate", "a condition is negated", _negated),
    Operator("missing-for-present", "`present` becomes `missing`", _missing),
    Operator("other-kind", "`is text` becomes `is number`", _other_kind),
    Operator("other-constant", "a constant in a comparison is another", _other_constant),
    Operator("other-constant-type", "a constant has the wrong type", _other_type),
    Operator("bare-word", "the quotes of a text are forgotten", _bare_word),
    Operator("drop-condition", "a condition is forgotten", _dropped),
    Operator("and-or", "`and` becomes `or`", _words("or", "and")),
    Operator("c-words", "`&&` is written for `and`", _words("&&", "||")),
    Operator("drop-operand", "a part of a condition is forgotten", _dropped_part),
)
"""Conditions."""
