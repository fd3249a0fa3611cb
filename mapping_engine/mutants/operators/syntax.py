"""Slips in YAML and in the spelling of expressions."""

from __future__ import annotations

import re

from mapping_engine.expression import Literal
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page, scalars, short_nodes
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Style

_ENTRY = re.compile(r"^( +)(?:- )?[A-Za-z_][^\n]*", re.MULTILINE)
_PIPE = re.compile(r"\|>")
_COLON = re.compile(r"^ *[A-Za-z_]+(: )", re.MULTILINE)
_COMMENT = re.compile(r"(?<=\S) (#[^\n]*)$", re.MULTILINE)


def _quoted_numbers(page: Page) -> Edits:
    for scalar in scalars(page):
        value = scalar.value
        if scalar.style is Style.PLAIN and type(value) in (int, float):
            yield Edit(scalar.span.offset, scalar.span.end_offset, f'"{scalar.text}"')


def _words(page: Page) -> Edits:
    """`yes` and `no` for true and false, and a text that YAML 1.1 reads as a boolean."""
    for scalar in scalars(page):
        if scalar.style is Style.PLAIN and isinstance(scalar.value, bool):
            word = "yes" if scalar.value else "no"
            yield Edit(scalar.span.offset, scalar.span.end_offset, word)
    for _, child in page.entries("constant", "default", "tables"):
        for leaf in page.leaves_in(child):
            if isinstance(leaf.value, str) and leaf.style is Style.PLAIN:
                yield Edit(leaf.span.offset, leaf.span.end_offset, "no")


def _unquoted(page: Page) -> Edits:
    for scalar in scalars(page):
        if scalar.style in (Style.SINGLE, Style.DOUBLE):
            start, end = scalar.span.offset, scalar.span.end_offset
            yield Edit(start, end, page.text[start + 1 : end - 1])


def _open_quotes(page: Page) -> Edits:
    for scalar in scalars(page):
        if scalar.style in (Style.SINGLE, Style.DOUBLE):
            yield Edit(scalar.span.end_offset - 1, scalar.span.end_offset, "")


def _open_brackets(page: Page) -> Edits:
    for node in short_nodes(page):
        end = node.span.end_offset
        if isinstance(node, MappingNode | ListNode) and page.text[node.span.offset] in "[{":
            yield Edit(end - 1, end, "")


def _open_texts(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, Literal) and isinstance(node.value, str):
            _, end = page.at(node)
            if page.text[end - 1] == "'":
                yield Edit(end - 1, end, "")


def _double_quoted(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, Literal) and isinstance(node.value, str):
            start, end = page.at(node)
            if page.text[start] == "'" and _in_plain(page, node):
                yield Edit(start, end, f'"{page.text[start + 1 : end - 1]}"')


def _in_plain(page: Page, node: Literal) -> bool:
    return node.extent.scalar.style is Style.PLAIN and node.extent.start > 0


def _parentheses(page: Page) -> Edits:
    for node in page.expressions:
        start, end = page.at(node)
        if page.text[end - 1 : end] == ")" and end - start > 2:
            yield Edit(end - 1, end, "")


def _indented(page: Page) -> Edits:
    if page.document is not None:
        for line in _ENTRY.finditer(page.text):
            yield Edit(line.start(), line.start(), " ")


def _outdented(page: Page) -> Edits:
    if page.document is not None:
        for line in _ENTRY.finditer(page.text):
            yield Edit(line.start(), line.start() + min(2, len(line[1])), "")


def _tabs(page: Page) -> Edits:
    if page.document is not None:
        for line in _ENTRY.finditer(page.text):
            yield Edit(line.start(1), line.end(1), "\t")


def _single_bars(page: Page) -> Edits:
    for scalar in _expression_scalars(page):
        for pipe in _PIPE.finditer(page.text, scalar.span.offset, scalar.span.end_offset):
            yield Edit(*pipe.span(), "|")


def _expression_scalars(page: Page) -> list[ScalarNode]:
    found = {id(node.extent.scalar): node.extent.scalar for node in page.expressions}
    return list(found.values())


def _no_space(page: Page) -> Edits:
    if page.document is not None:
        for colon in _COLON.finditer(page.text):
            yield Edit(*colon.span(1), ":")


def _no_dash(page: Page) -> Edits:
    for node in short_nodes(page):
        if isinstance(node, ListNode) and page.text[node.span.offset] == "-":
            for item in node.items:
                at = page.text.rindex("-", 0, item.span.offset)
                yield Edit(at, item.span.offset, "  ")


def _no_comma(page: Page) -> Edits:
    for node in short_nodes(page):
        if isinstance(node, ListNode) and page.text[node.span.offset] == "[":
            for one, other in zip(node.items, node.items[1:], strict=False):
                yield Edit(one.span.end_offset, other.span.offset, " ")


def _lists(page: Page) -> Edits:
    """A single value in place of a list of one, and a list where one value stands."""
    for _, child in page.entries("first_of", "use", "value"):
        if isinstance(child.value, ScalarNode):
            text = page.text[child.value.span.offset : child.value.span.end_offset]
            yield child.valued(f"[{text}]")


SYNTAX = (
    Operator("quote-number", "a number is written in quotes", _quoted_numbers),
    Operator("yes-no", "a text is `no`, or a boolean is `yes`", _words),
    Operator("unquote", "the quotes of a YAML text are forgotten", _unquoted),
    Operator("open-quote", "the closing quote of a YAML text is forgotten", _open_quotes),
    Operator("open-bracket", "a closing bracket is forgotten", _open_brackets),
    Operator("open-text", "the closing quote in an expression is forgotten", _open_texts),
    Operator("double-quotes", "double quotes stand around a text", _double_quoted),
    Operator("open-parenthesis", "a closing parenthesis is forgotten", _parentheses),
    Operator("indent", "a line is indented by one more", _indented),
    Operator("outdent", "a line is indented one level less", _outdented),
    Operator("tab", "a line is indented with a tab", _tabs),
    Operator("single-bar", "`|` is written for `|>`", _single_bars),
    Operator("no-space", "the space after a colon is forgotten", _no_space),
    Operator("no-dash", "the dash of a list item is forgotten", _no_dash),
    Operator("no-comma", "the comma between two items is forgotten", _no_comma),
    Operator("list-for-value", "a list is written for a single value", _lists),
)
"""Spelling."""
