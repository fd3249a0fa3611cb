"""Slips in YAML and in the spelling of expressions."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page, scalars, short_nodes
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Style

_ENTRY = re.compile(r"^( +)(?:- )?[A-Za-z_][^\n]*", re.MULTILINE)
_PIPE = re.compile(r"\|>")
_COLON = re.compile(r"^ *[A-Za-z_]+(: )", re.MULTILINE)


# YAML


def _quoted_numbers(page: Page) -> Edits:
    for scalar in scalars(page):
        if scalar.style is Style.PLAIN and type(scalar.value) in (int, float):
            yield Edit(*page.at(scalar), f'"{scalar.text}"')


def _words(page: Page) -> Edits:
    """`yes` and `no` for true and false, and a text that YAML 1.1 reads as a boolean."""
    for scalar in scalars(page):
        if scalar.style is Style.PLAIN and isinstance(scalar.value, bool):
            yield Edit(*page.at(scalar), "yes" if scalar.value else "no")
    for child in page.entries("constant", "default", "tables"):
        for leaf in page.leaves_in(child):
            if isinstance(leaf.value, str) and leaf.style is Style.PLAIN:
                yield Edit(*page.at(leaf), "no")


def _quoted(page: Page) -> list[tuple[int, int]]:
    return [page.at(s) for s in scalars(page) if s.style in (Style.SINGLE, Style.DOUBLE)]


def _unquoted(page: Page) -> Edits:
    return (Edit(start, end, page.text[start + 1 : end - 1]) for start, end in _quoted(page))


def _open_quotes(page: Page) -> Edits:
    return (Edit(end - 1, end, "") for _, end in _quoted(page))


def _open_brackets(page: Page) -> Edits:
    for node in short_nodes(page):
        start, end = page.at(node)
        if isinstance(node, MappingNode | ListNode) and page.text[start] in "[{":
            yield Edit(end - 1, end, "")


def _lines(
    pattern: re.Pattern[str], change: Callable[[re.Match[str]], Edit]
) -> Callable[[Page], Edits]:
    """A change of each line of a rule file that matches."""
    return lambda page: map(change, pattern.finditer(page.text) if page.document else ())


def _indented(line: re.Match[str]) -> Edit:
    return Edit(line.start(), line.start(), " ")


def _outdented(line: re.Match[str]) -> Edit:
    return Edit(line.start(), line.start() + min(2, len(line[1])), "")


def _tab(line: re.Match[str]) -> Edit:
    return Edit(*line.span(1), "\t")


def _no_space(line: re.Match[str]) -> Edit:
    return Edit(*line.span(1), ":")


def _no_dash(page: Page) -> Edits:
    for node in short_nodes(page):
        if isinstance(node, ListNode) and page.text[node.span.offset] == "-":
            for item in node.items:
                at = page.text.rindex("-", 0, item.span.offset)
                yield Edit(at, item.span.offset, "  ")


def _no_comma(page: Page) -> Edits:
    for node in short_nodes(page):
        if isinstance(node, ListNode) and page.text[node.span.offset] == "[":
            for one, other in pairwise(node.items):
                yield Edit(one.span.end_offset, other.span.offset, " ")


def _lists(page: Page) -> Edits:
    """A single value in place of a list of one, and a list where one value stands."""
    for child in page.entries("first_of", "use", "value"):
        if isinstance(child.value, ScalarNode):
            start, end = page.at(child.value)
            yield child.valued(f"[{page.text[start:end]}]")


# Expressions


def _open_texts(page: Page) -> Edits:
    for node in page.texts():
        _, end = page.at(node)
        yield Edit(end - 1, end, "")


def _double_quoted(page: Page) -> Edits:
    for node in page.texts():
        if node.extent.scalar.style is Style.PLAIN and node.extent.start > 0:
            yield Edit(*page.at(node), f'"{page.written(node)[1:-1]}"')


def _parentheses(page: Page) -> Edits:
    for node in page.expressions:
        start, end = page.at(node)
        if page.text[end - 1 : end] == ")" and end - start > 2:
            yield Edit(end - 1, end, "")


def _single_bars(page: Page) -> Edits:
    written = {id(node.extent.scalar): node.extent.scalar for node in page.expressions}
    for scalar in written.values():
        for pipe in _PIPE.finditer(page.text, *page.at(scalar)):
            yield Edit(*pipe.span(), "|")


SYNTAX = (
    Operator("quote-number", "a number is written in quotes", _quoted_numbers),
    Operator("yes-no", "a text is `no`, or a boolean is `yes`", _words),
    Operator("unquote", "the quotes of a YAML text are forgotten", _unquoted),
    Operator("open-quote", "the closing quote of a YAML text is forgotten", _open_quotes),
    Operator("open-bracket", "a closing bracket is forgotten", _open_brackets),
    Operator("open-text", "the closing quote in an expression is forgotten", _open_texts),
    Operator("double-quotes", "double quotes stand around a text", _double_quoted),
    Operator("open-parenthesis", "a closing parenthesis is forgotten", _parentheses),
    Operator("indent", "a line is indented by one more", _lines(_ENTRY, _indented)),
    Operator("outdent", "a line is indented one level less", _lines(_ENTRY, _outdented)),
    Operator("tab", "a line is indented with a tab", _lines(_ENTRY, _tab)),
    Operator("single-bar", "`|` is written for `|>`", _single_bars),
    Operator("no-space", "the space after a colon is forgotten", _lines(_COLON, _no_space)),
    Operator("no-dash", "the dash of a list item is forgotten", _no_dash),
    Operator("no-comma", "the comma between two items is forgotten", _no_comma),
    Operator("list-for-value", "a list is written for a single value", _lists),
)
"""Spelling."""
