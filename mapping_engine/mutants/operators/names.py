"""Names written wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mapping_engine.expression import CallExpression, Literal, Reference, Select
from mapping_engine.file.blocks import keys_of
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page
from mapping_engine.mutants.typos import misspelt
from mapping_engine.source.node import ScalarNode

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'|`[^`]*`")
_SECTIONS = frozenset(("settings", "tables"))


def _slips(page: Page, places: Iterator[tuple[int, int]]) -> Edits:
    for slip, (start, end) in enumerate(places):
        yield Edit(start, end, misspelt(page.text[start:end], slip))


def _words(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    quoted = [found.span() for found in _QUOTED.finditer(page.text, start, end)]
    for found in _IDENTIFIER.finditer(page.text, start, end):
        if not any(a <= found.start() < b for a, b in quoted):
            yield found.span()


def _segments(page: Page) -> Iterator[tuple[int, int]]:
    for node in page.expressions:
        if isinstance(node, Select):
            yield from _words(page, *page.at(node))


def _keys(page: Page) -> Iterator[tuple[int, int]]:
    for block in page.blocks:
        for key, span in block.places.items():
            if key in keys_of(type(block)):
                yield span.offset, span.end_offset


def _transforms(page: Page) -> Iterator[tuple[int, int]]:
    for node in page.expressions:
        if isinstance(node, CallExpression):
            start, _ = page.at(node)
            yield start, start + len(node.name)


def _tails(page: Page, wanted: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """The names after `$name.`."""
    for node in page.expressions:
        if isinstance(node, Reference) and node.tail is not None and wanted(node.name):
            start, end = page.at(node)
            yield from _words(page, start + 1 + len(node.name), end)


def _references(page: Page) -> Iterator[tuple[int, int]]:
    for node in page.expressions:
        if isinstance(node, Reference):
            start, _ = page.at(node)
            yield start + 1, start + 1 + len(node.name)


def _named(page: Page, *keys: str) -> Iterator[tuple[int, int]]:
    for _, child in page.entries(*keys):
        for named in page.names_in(child):
            yield named.span.offset, named.span.end_offset


def _files(page: Page) -> Iterator[tuple[int, int]]:
    for _, child in page.entries("event", "settings", "payload"):
        if child.container is page.root:
            yield child.value.span.offset, child.value.span.end_offset
    for _, child in page.entries("use", "table_files"):
        for scalar in page.values_in(child):
            yield scalar.span.offset, scalar.span.end_offset


def _texts(page: Page) -> Iterator[tuple[int, int]]:
    for node in page.expressions:
        if isinstance(node, Literal) and isinstance(node.value, str) and len(node.value) > 1:
            start, end = page.at(node)
            if page.text[start] == "'":
                yield start + 1, end - 1


def _constants(page: Page) -> Iterator[tuple[int, int]]:
    for _, child in page.entries("constant", "default"):
        if isinstance(child.value, ScalarNode) and isinstance(child.value.value, str):
            yield child.value.span.offset, child.value.span.end_offset


def _rows(page: Page) -> Iterator[tuple[int, int]]:
    for _, child in page.entries("tables"):
        for scalar in page.leaves_in(child):
            if len(scalar.text) > 1 and isinstance(scalar.value, str):
                yield scalar.span.offset, scalar.span.end_offset


def _other_case(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, Select):
            start, end = page.at(node)
            last = page.text[start:end].rsplit(".", 1)[-1]
            for word in _IDENTIFIER.finditer(last):
                changed = word[0].lower() if word[0] != word[0].lower() else word[0].title()
                at = end - len(last) + word.start()
                yield Edit(at, at + len(word[0]), changed)
                break


def _without_dollar(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, Reference):
            start, _ = page.at(node)
            yield Edit(start, start + 1, "")


def _without_item(page: Page) -> Edits:
    for node in page.expressions:
        if isinstance(node, Reference) and node.name == "item" and node.tail is not None:
            start, _ = page.at(node)
            yield Edit(start, start + len("$item."), "")


def _slip(name: str, mistake: str, places: Callable[[Page], Iterator[tuple[int, int]]]) -> Operator:
    return Operator(name, mistake, lambda page: _slips(page, places(page)))


NAMES = (
    _slip("misspell-path", "a segment of a path is misspelt", _segments),
    _slip("misspell-key", "a key of the format is misspelt", _keys),
    _slip("misspell-transform", "a transform is misspelt", _transforms),
    _slip("misspell-name", "a `$name` is misspelt", _references),
    _slip(
        "misspell-setting",
        "a setting is misspelt",
        lambda page: _tails(page, lambda name: name == "settings"),
    ),
    _slip(
        "misspell-table",
        "a table is misspelt",
        lambda page: _tails(page, lambda name: name == "tables"),
    ),
    _slip(
        "misspell-tail",
        "what is read below a `$name` is misspelt",
        lambda page: _tails(page, lambda name: name not in _SECTIONS),
    ),
    _slip("misspell-field", "a payload field is misspelt", lambda p: _named(p, "fields")),
    _slip(
        "misspell-declaration",
        "a definition, table, pipeline or variable is declared under a misspelt name",
        lambda p: _named(p, "define", "tables", "table_files", "pipelines", "each"),
    ),
    _slip("misspell-file", "the name of a file or fragment is misspelt", _files),
    _slip("misspell-text", "a text in an expression is misspelt", _texts),
    _slip("misspell-constant", "a constant or default is misspelt", _constants),
    _slip("misspell-row", "a key or value in a table is misspelt", _rows),
    Operator("other-case", "a path is written in another case", _other_case),
    Operator("drop-dollar", "the `$` of a name is forgotten", _without_dollar),
    Operator("drop-item", "`$item.` is forgotten", _without_item),
)
"""Slips in names."""
