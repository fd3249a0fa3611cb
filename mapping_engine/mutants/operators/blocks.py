"""Entries and rows removed, doubled and moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from mapping_engine.expression import TemplateExpression
from mapping_engine.mutants.children import Child, children_of
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Children, Operator, changed, cut, doubled, swapped
from mapping_engine.mutants.page import LONG, Page
from mapping_engine.source.node import ScalarNode

_PART = re.compile(r"\{[^{}]*\}|[^{}]+")


# Which entries and items


def _at(*keys: str) -> Children:
    """The entries under some keys."""
    return lambda page: page.entries(*keys)


def _in(*keys: str) -> Children:
    """What stands under some keys."""
    return lambda page: (each for child in page.entries(*keys) for each in child.inside)


def _rows(page: Page) -> Iterator[Child]:
    return page.held("decide")


def _last_rows(page: Page) -> Iterator[Child]:
    return (row for row in _rows(page) if row.next() is None)


def _other_rows(page: Page) -> Iterator[Child]:
    return (row for row in _rows(page) if row.next() is not None)


def _table_rows(page: Page) -> Iterator[Child]:
    return (row for table in _in("tables")(page) for row in table.inside)


def _file_rows(page: Page) -> Iterable[Child]:
    return children_of(page.root, page.text) if page.document is None else ()


def _values(page: Page) -> Iterator[Child]:
    """The items of lists of accepted values, but for long ones."""
    lists = (list(child.inside) for child in page.entries("values"))
    return (item for items in lists if len(items) < LONG for item in items)


# What becomes of them


def _again(row: Child) -> Edit | None:
    return row.doubled(f"{row.key.text} again" if row.key else None)


def _valued(key: str, text: str) -> Callable[[Page], Edits]:
    return changed(_at(key), lambda child: child.valued(text))


def _of_other_type(child: Child) -> Edit | None:
    value = child.value
    if not isinstance(value, ScalarNode) or value.text.startswith("$"):
        return None
    return child.valued('"0"' if isinstance(value.value, int | float) else "0")


# Templates


def _parts(page: Page) -> Iterator[re.Match[str]]:
    """The parts of templates with expressions in them."""
    for node in page.of(TemplateExpression):
        if any(not isinstance(part, str) for part in node.parts):
            yield from _PART.finditer(page.text, *page.at(node))


def _template_parts(page: Page) -> Edits:
    return (Edit(*part.span(), "") for part in _parts(page))


def _braces(page: Page) -> Edits:
    braced = (part for part in _parts(page) if part[0].startswith("{"))
    return (Edit(*part.span(), part[0][1:-1]) for part in braced)


_SECTIONS = ("switch", "hashing", "accept", "fan_out", "none", "request", "warn", "api")
BLOCKS = (
    Operator("swap-rows", "two rows of a decision stand the wrong way round", swapped(_rows)),
    Operator("double-row", "a row of a decision is written twice", changed(_rows, _again)),
    Operator("drop-last-row", "the last row of a decision is forgotten", cut(_last_rows)),
    Operator("drop-row", "a row of a decision is forgotten", cut(_other_rows)),
    Operator("drop-default", "a default is forgotten", cut(_at("default"))),
    Operator(
        "other-default",
        "a default or constant has the wrong type",
        changed(_at("default", "constant"), _of_other_type),
    ),
    Operator("drop-required", "`required` is forgotten", cut(_at("required"))),
    Operator("not-required", "`required` is false", _valued("required", "false")),
    Operator("drop-invalid", "`invalid` is forgotten", cut(_at("invalid"))),
    Operator("ignore-invalid", "`invalid` is `ignore`", _valued("invalid", "ignore")),
    Operator("drop-accept", "a rule of `accept` is forgotten", cut(_in("accept"))),
    Operator("drop-warn", "a warning is forgotten", cut(_in("warn"))),
    Operator(
        "swap-rules",
        "rules or variables stand the wrong way round",
        swapped(_in("accept", "each", "warn")),
    ),
    Operator("drop-use", "a fragment is not used", cut(_in("use"))),
    Operator("drop-definition", "a definition is forgotten", cut(_in("define"))),
    Operator("drop-pipeline", "a pipeline is forgotten", cut(_in("pipelines"))),
    Operator("drop-table", "a table is forgotten", cut(_in("tables", "table_files"))),
    Operator("drop-table-row", "a row of a table is forgotten", cut(_table_rows)),
    Operator("double-table-row", "a row of a table is written twice", doubled(_table_rows)),
    Operator("drop-file-row", "a row of a table file is forgotten", cut(_file_rows)),
    Operator("drop-variable", "a variable of the fan-out is forgotten", cut(_in("each"))),
    Operator("drop-field", "a payload field is forgotten", cut(_in("fields"))),
    Operator("double-field", "a payload field is written twice", doubled(_in("fields"))),
    Operator("drop-template-part", "a part of a template is forgotten", _template_parts),
    Operator("drop-braces", "the braces of a template are forgotten", _braces),
    Operator("drop-normalises", "`normalises` is forgotten", cut(_at("normalises"))),
    Operator("drop-parameters", "`parameters` is forgotten", cut(_at("parameters"))),
    Operator("drop-values", "a value of a pipeline is forgotten", cut(_values)),
    Operator("drop-section", "a whole section is forgotten", cut(_at(*_SECTIONS))),
)
"""Entries and rows."""
