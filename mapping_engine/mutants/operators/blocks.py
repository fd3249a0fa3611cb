"""Entries and rows removed, doubled and moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mapping_engine.expression import TemplateExpression
from mapping_engine.mutants.children import Child, children_of
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode

_PART = re.compile(r"\{[^{}]*\}|[^{}]+")


def _without(*keys: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for _, child in page.entries(*keys):
            yield child.cut()

    return edits


def _each_in(*keys: str) -> Callable[[Page], Edits]:
    """Without one of the things under a key."""

    def edits(page: Page) -> Edits:
        for _, child in page.entries(*keys):
            if isinstance(child.value, MappingNode | ListNode):
                yield from (each.cut() for each in children_of(child.value, page.text))

    return edits


def _rows(page: Page) -> Iterator[Child]:
    for block in page.blocks:
        yield from page.held(block, "decide")


def _swapped_rows(page: Page) -> Edits:
    yield from (edit for row in _rows(page) if (edit := row.swapped()))


def _doubled_rows(page: Page) -> Edits:
    for row in _rows(page):
        edit = row.doubled(f"{row.key.text} again" if row.key else None)
        if edit is not None:
            yield edit


def _last_rows(page: Page) -> Edits:
    yield from (row.cut() for row in _rows(page) if row.next() is None)


def _other_rows(page: Page) -> Edits:
    yield from (row.cut() for row in _rows(page) if row.next() is not None)


def _other_defaults(page: Page) -> Edits:
    for _, child in page.entries("default", "constant"):
        value = child.value
        if isinstance(value, ScalarNode) and not value.text.startswith("$"):
            other = '"0"' if isinstance(value.value, int | float) else "0"
            yield child.valued(other)


def _table_children(page: Page) -> Iterator[Child]:
    for _, child in page.entries("tables"):
        for table in children_of(child.value, page.text):
            yield from children_of(table.value, page.text)


def _table_rows(page: Page) -> Edits:
    yield from (row.cut() for row in _table_children(page))


def _doubled_table_rows(page: Page) -> Edits:
    yield from (edit for row in _table_children(page) if (edit := row.doubled()))


def _file_rows(page: Page) -> Edits:
    if page.document is None:
        yield from (row.cut() for row in children_of(page.root, page.text))


def _other_invalid(page: Page) -> Edits:
    for _, child in page.entries("invalid"):
        yield child.valued("ignore")


def _not_required(page: Page) -> Edits:
    for _, child in page.entries("required"):
        yield child.valued("false")


def _template_parts(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, TemplateExpression) and any(not isinstance(p, str) for p in node.parts):
            start, end = page.at(node)
            for part in _PART.finditer(page.text, start, end):
                yield Edit(*part.span(), "")


def _braces(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, TemplateExpression):
            start, end = page.at(node)
            for part in _PART.finditer(page.text, start, end):
                if part[0].startswith("{"):
                    yield Edit(*part.span(), part[0][1:-1])


def _values(page: Page) -> Edits:
    """Another list of accepted values: one is gone."""
    for _, child in page.entries("values"):
        items = list(children_of(child.value, page.text))
        if len(items) < 20:
            yield from (item.cut() for item in items)


def _doubled_fields(page: Page) -> Edits:
    for _, child in page.entries("fields"):
        for named in children_of(child.value, page.text):
            edit = named.doubled()
            if edit is not None:
                yield edit


def _swapped_rules(page: Page) -> Edits:
    for _, child in page.entries("accept", "each", "warn"):
        for each in children_of(child.value, page.text):
            edit = each.swapped()
            if edit is not None:
                yield edit


BLOCKS = (
    Operator("swap-rows", "two rows of a decision stand the wrong way round", _swapped_rows),
    Operator("double-row", "a row of a decision is written twice", _doubled_rows),
    Operator("drop-last-row", "the last row of a decision is forgotten", _last_rows),
    Operator("drop-row", "a row of a decision is forgotten", _other_rows),
    Operator("drop-default", "a default is forgotten", _without("default")),
    Operator("other-default", "a default or constant has the wrong type", _other_defaults),
    Operator("drop-required", "`required` is forgotten", _without("required")),
    Operator("not-required", "`required` is false", _not_required),
    Operator("drop-invalid", "`invalid` is forgotten", _without("invalid")),
    Operator("ignore-invalid", "`invalid` is `ignore`", _other_invalid),
    Operator("drop-accept", "a rule of `accept` is forgotten", _each_in("accept")),
    Operator("drop-warn", "a warning is forgotten", _each_in("warn")),
    Operator("swap-rules", "rules or variables stand the wrong way round", _swapped_rules),
    Operator("drop-use", "a fragment is not used", _each_in("use")),
    Operator("drop-definition", "a definition is forgotten", _each_in("define")),
    Operator("drop-pipeline", "a pipeline is forgotten", _each_in("pipelines")),
    Operator("drop-table", "a table is forgotten", _each_in("tables", "table_files")),
    Operator("drop-table-row", "a row of a table is forgotten", _table_rows),
    Operator("double-table-row", "a row of a table is written twice", _doubled_table_rows),
    Operator("drop-file-row", "a row of a table file is forgotten", _file_rows),
    Operator("drop-variable", "a variable of the fan-out is forgotten", _each_in("each")),
    Operator("drop-field", "a payload field is forgotten", _each_in("fields")),
    Operator("double-field", "a payload field is written twice", _doubled_fields),
    Operator("drop-template-part", "a part of a template is forgotten", _template_parts),
    Operator("drop-braces", "the braces of a template are forgotten", _braces),
    Operator("drop-normalises", "`normalises` is forgotten", _without("normalises")),
    Operator("drop-parameters", "`parameters` is forgotten", _without("parameters")),
    Operator("drop-values", "a value of a pipeline is forgotten", _values),
    Operator(
        "drop-section",
        "a whole section is forgotten",
        _without("switch", "hashing", "accept", "fan_out", "none", "request", "warn", "api"),
    ),
)
"""Entries and rows."""
