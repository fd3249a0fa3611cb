"""Names written wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mapping_engine.expression import CallExpression, Reference, Select
from mapping_engine.file.blocks import keys_of
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page
from mapping_engine.source.node import MappingNode, ScalarNode

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'|`[^`]*`")
Stretches: TypeAlias = Iterator[tuple[int, int]]


def misspelt(name: str, slip: int) -> str:
    """A name with one slip: letters changed about, one left out, or one doubled."""
    middle = max(1, len(name) // 2)
    slips = (
        name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]
        if len(name) > 1
        else name,
        name[:middle] + name[middle + 1 :],
        name[:middle] + name[middle - 1 : middle] + name[middle:],
    )
    chosen = slips[slip % 3]
    return chosen if chosen not in (name, "") else name + name[-1:]


def _words(page: Page, start: int, end: int) -> Stretches:
    quoted = [found.span() for found in _QUOTED.finditer(page.text, start, end)]
    for found in _IDENTIFIER.finditer(page.text, start, end):
        if not any(a <= found.start() < b for a, b in quoted):
            yield found.span()


def _segments(page: Page) -> Stretches:
    return (word for node in page.of(Select) for word in _words(page, *page.at(node)))


def _keys(page: Page) -> Stretches:
    for block in page.blocks:
        for key, span in block.places.items():
            if key in keys_of(type(block)):
                yield span.offset, span.end_offset


def _transforms(page: Page) -> Stretches:
    for node in page.of(CallExpression):
        start, _ = page.at(node)
        yield start, start + len(node.name)


def _below(*sections: str) -> Callable[[Page], Stretches]:
    """The names after `$name.`, below one of these sections; below all other names without any."""

    def found(page: Page) -> Stretches:
        for node in page.of(Reference):
            is_wanted = node.name in (sections or ("settings", "tables"))
            if node.tail is not None and is_wanted is bool(sections):
                start, end = page.at(node)
                yield from _words(page, start + 1 + len(node.name), end)

    return found


def _references(page: Page) -> Stretches:
    for node in page.of(Reference):
        start, _ = page.at(node)
        yield start + 1, start + 1 + len(node.name)


def _named(*keys: str) -> Callable[[Page], Stretches]:
    """The names in the mappings under some keys."""

    def found(page: Page) -> Stretches:
        mappings = (child.value for child in page.entries(*keys))
        for mapping in mappings:
            if isinstance(mapping, MappingNode):
                yield from (page.at(entry.key) for entry in mapping)

    return found


def _files(page: Page) -> Stretches:
    for child in page.entries("event", "settings", "payload"):
        if child.container is page.root:
            yield page.at(child.value)
    for child in page.entries("use", "table_files"):
        yield from (page.at(e.value) for e in child.inside if isinstance(e.value, ScalarNode))


def _texts(page: Page) -> Stretches:
    for node in page.texts():
        start, end = page.at(node)
        if len(str(node.value)) > 1:
            yield start + 1, end - 1


def _constants(page: Page) -> Stretches:
    for child in page.entries("constant", "default"):
        if isinstance(child.value, ScalarNode) and isinstance(child.value.value, str):
            yield page.at(child.value)


def _rows(page: Page) -> Stretches:
    for child in page.entries("tables"):
        for scalar in page.leaves_in(child):
            if len(scalar.text) > 1 and isinstance(scalar.value, str):
                yield page.at(scalar)


def _other_case(page: Page) -> Edits:
    for node in page.of(Select):
        _, end = page.at(node)
        last = page.written(node).rsplit(".", 1)[-1]
        word = _IDENTIFIER.search(last)
        if word is not None:
            changed = word[0].lower() if word[0] != word[0].lower() else word[0].title()
            at = end - len(last) + word.start()
            yield Edit(at, at + len(word[0]), changed)


def _without_dollar(page: Page) -> Edits:
    for node in page.of(Reference):
        start, _ = page.at(node)
        yield Edit(start, start + 1, "")


def _without_item(page: Page) -> Edits:
    for node in page.of(Reference):
        if node.name == "item" and node.tail is not None:
            start, _ = page.at(node)
            yield Edit(start, start + len("$item."), "")


def _slip(name: str, mistake: str, places: Callable[[Page], Stretches]) -> Operator:
    def edits(page: Page) -> Edits:
        for slip, (start, end) in enumerate(places(page)):
            yield Edit(start, end, misspelt(page.text[start:end], slip))

    return Operator(name, mistake, edits)


NAMES = (
    _slip("misspell-path", "a segment of a path is misspelt", _segments),
    _slip("misspell-key", "a key of the format is misspelt", _keys),
    _slip("misspell-transform", "a transform is misspelt", _transforms),
    _slip("misspell-name", "a `$name` is misspelt", _references),
    _slip("misspell-setting", "a setting is misspelt", _below("settings")),
    _slip("misspell-table", "a table is misspelt", _below("tables")),
    _slip("misspell-tail", "what is read below a `$name` is misspelt", _below()),
    _slip("misspell-field", "a payload field is misspelt", _named("fields")),
    _slip(
        "misspell-declaration",
        "a definition, table, pipeline or variable is declared under a misspelt name",
        _named("define", "tables", "table_files", "pipelines", "each"),
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
