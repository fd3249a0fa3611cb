"""Conditions changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

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


def _operators(page: Page) -> Iterator[tuple[CompareExpression, int, int]]:
    for node in page.expressions:
        if isinstance(node, CompareExpression):
            left, right = page.grouped(node.left)[1], page.grouped(node.right)[0]
            at = page.text.find(node.operator, left, right)
            if at >= 0:
                yield node, at, at + len(node.operator)


def _not_equal(page: Page) -> Edits:
    for node, start, end in _operators(page):
        if node.operator in ("==", "!="):
            yield Edit(start, end, "!=" if node.operator == "==" else "==")


def _bound(page: Page) -> Edits:
    for node, start, end in _operators(page):
        if node.operator in _OTHER:
            yield Edit(start, end, _OTHER[node.operator])


def _turned(page: Page) -> Edits:
    for node, start, end in _operators(page):
        if node.operator in _OPPOSITE:
            yield Edit(start, end, _OPPOSITE[node.operator])


def _single_equals(page: Page) -> Edits:
    for node, start, end in _operators(page):
        if node.operator == "==":
            yield Edit(start, end, "=")


def _conditions(page: Page) -> Iterator[Expression]:
    for block in page.blocks:
        for key in ("when", "keep_when", "require", "skip_when"):
            found = getattr(block, key, None)
            if isinstance(found, Expression):
                yield found


def _negated(page: Page) -> Edits:
    for node in _conditions(page):
        start, end = page.at(node)
        yield Edit(start, end, f"not ({page.text[start:end]})")


def _missing(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, IsExpression) and node.test in ("present", "missing"):
            start, end = page.at(node)
            word = _WORD.search(page.text[start:end])
            if word is not None:
                other = "missing" if word[1] == "present" else "present"
                yield Edit(start + word.start(1), end, other)


def _other_kind(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, IsExpression) and node.test in ("text", "list", "object", "number"):
            _, end = page.at(node)
            other = {"text": "number", "list": "object"}.get(node.test, "text")
            yield Edit(end - len(node.test), end, other)


def _literals(page: Page) -> Iterator[tuple[Literal, int, int]]:
    for node in page.expressions:
        if isinstance(node, CompareExpression):
            for side in (node.left, node.right):
                if isinstance(side, Literal):
                    yield side, *page.at(side)


def _other_constant(page: Page) -> Edits:
    for literal, start, end in _literals(page):
        if isinstance(literal.value, str):
            yield Edit(start, end, f"'{literal.value.upper()}'")
        elif isinstance(literal.value, int | float):
            yield Edit(start, end, str(literal.value + 1))


def _other_type(page: Page) -> Edits:
    for literal, start, end in _literals(page):
        if isinstance(literal.value, str):
            yield Edit(start, end, "1")
        elif isinstance(literal.value, int | float):
            yield Edit(start, end, f"'{literal.value}'")


def _bare_word(page: Page) -> Edits:
    """`type == track`: the quotes are forgotten."""
    for literal, start, end in _literals(page):
        if isinstance(literal.value, str) and literal.value.isidentifier():
            yield Edit(start, end, literal.value)


def _dropped(page: Page) -> Edits:
    for _, child in page.entries("when", "keep_when"):
        if child.next() is not None or child.place > 0:
            yield child.cut()


def _joined(page: Page) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    for node in page.expressions:
        if isinstance(node, Both | Either):
            yield node, node.operands


def _other_word(page: Page) -> Edits:
    for node, operands in _joined(page):
        for one, other in pairwise(operands):
            word = " or " if isinstance(node, Both) else " and "
            yield Edit(page.grouped(one)[1], page.grouped(other)[0], word)


def _c_words(page: Page) -> Edits:
    for node, operands in _joined(page):
        for one, other in pairwise(operands):
            word = " && " if isinstance(node, Both) else " || "
            yield Edit(page.grouped(one)[1], page.grouped(other)[0], word)


def _dropped_part(page: Page) -> Edits:
    for _, operands in _joined(page):
        for one, other in pairwise(operands):
            yield Edit(page.grouped(one)[0], page.grouped(other)[0], "")
        yield Edit(page.grouped(operands[-2])[1], page.grouped(operands[-1])[1], "")


CONDITIONS = (
    Operator("not-equal", "`==` becomes `!=`", _not_equal),
    Operator("other-bound", "`<` becomes `<=`", _bound),
    Operator("turn-comparison", "`<` becomes `>`", _turned),
    Operator("single-equals", "`=` is written for `==`", _single_equals),
    Operator("negate", "a condition is negated", _negated),
    Operator("missing-for-present", "`present` becomes `missing`", _missing),
    Operator("other-kind", "`is text` becomes `is number`", _other_kind),
    Operator("other-constant", "a constant in a comparison is another", _other_constant),
    Operator("other-constant-type", "a constant has the wrong type", _other_type),
    Operator("bare-word", "the quotes of a text are forgotten", _bare_word),
    Operator("drop-condition", "a condition is forgotten", _dropped),
    Operator("and-or", "`and` becomes `or`", _other_word),
    Operator("c-words", "`&&` is written for `and`", _c_words),
    Operator("drop-operand", "a part of a condition is forgotten", _dropped_part),
)
"""Conditions."""
