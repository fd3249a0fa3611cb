"""What stands at a place of a file: a key, a name, or a value of some shape in some block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from itertools import product
from typing import NamedTuple

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.file.blocks import Block, BlockOf, Choice, Key, keys_of
from mapping_engine.file.body_tree import EXPRESSION_TREE
from mapping_engine.file.documents import FragmentFile, MappingFile
from mapping_engine.file.shapes import ListOf, MapOf, Shape
from mapping_engine.file.vocabulary_file import VocabularyFile
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.testing.file import TestsFile

FILES: dict[str, type[Block]] = {
    "mapping": MappingFile,
    "fragment": FragmentFile,
    "vocabulary": VocabularyFile,
    "tests": TestsFile,
}
"""The documents, by the key that says what a file is."""
_KIND = re.compile(rf"^(?:{'|'.join(FILES)})(?=\s*:)", re.MULTILINE)
KEY_LINE = re.compile(r"[ \t]*(?:- +)*(?:[A-Za-z_]\w*)?")
_WORD = re.compile(r"\w*")
MARK = "_"
"""What is written at a place to see what could be written there."""
_QUOTES = ("", '"', "'")
_BRACKETS = ("", "}", "]", "]}", "}}", "}]")


class Role(Enum):
    """What a scalar is for."""

    KEY = auto()
    """A key of a block."""
    NAME = auto()
    """A name that the maintainer chose."""
    VALUE = auto()


class Level(Frozen):
    """A mapping on the way down, what it is read as, and the key under which the way goes on."""

    node: MappingNode
    block: type[Block] | None
    key: str


class Cursor(Frozen):
    """One scalar of a file.

    ``shape`` is that of a value, or what a key could be the beginning of where it stands alone;
    ``block`` is the block of a key, or what may stand here instead of a value.
    """

    levels: tuple[Level, ...]
    scalar: ScalarNode
    role: Role
    shape: Shape[object] | None
    block: type[Block] | None
    key: Key | None
    """The key itself, or the key that the value belongs to."""

    def under(self, *keys: str) -> bool:
        """Whether the way down begins with these keys."""
        return tuple(level.key for level in self.levels[: len(keys)]) == keys


def kind_of(text: str) -> str | None:
    """What a file is by its text: also when the text does not parse."""
    found = _KIND.search(text)
    return found[0] if found else None


def place_at(text: str, offset: int) -> Cursor | None:
    """What stands at ``offset`` of a text."""
    place = _place(text, offset)
    if place is not None or read_yaml(Source("", text), Diagnostics()) is not None:
        return place
    return next(filter(None, (_place(each, offset) for each in _closed(text, offset))), None)


def place_to_type(text: str, offset: int) -> Cursor | None:
    """What would stand at ``offset`` if something were written there.

    The text is tried as it is, then with a word or a key at the place, and with quotes and
    brackets closed.
    """
    line = text[_line_start(text, offset) : offset]
    for each in _typed(text, offset, is_key=KEY_LINE.fullmatch(line) is not None):
        place = _place(each, offset)
        if place is not None:
            return place
    return None


def _typed(text: str, offset: int, *, is_key: bool) -> Iterator[str]:
    before, after = text[:offset], text[offset:]
    word = _WORD.match(after)
    end = word.end() if word else 0
    if is_key:
        yield f"{before}{after[:end]}{MARK}: {MARK}{after[end:]}"
    yield text
    yield f"{before}{MARK}{after}"
    yield from _closed(f"{before}{MARK}{after}", offset)
    if is_key:
        yield from _closed(f"{before}{MARK}: {MARK}", offset)


def _closed(text: str, offset: int) -> Iterator[str]:
    """The text with its line closed by quotes and brackets, with and without what follows."""
    end = _line_end(text, offset)
    for rest in (text[end:], ""):
        for quote, bracket in product(_QUOTES, _BRACKETS):
            yield f"{text[:end]}{quote}{bracket}{rest}"


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> int:
    found = re.compile(r"\r|\n").search(text, offset)
    return found.start() if found else len(text)


def places(text: str) -> Iterator[Cursor]:
    """Everything that stands in a text, in its order."""
    root = read_yaml(Source("", text), Diagnostics())
    if isinstance(root, MappingNode):
        kind = next((entry.key.text for entry in root if entry.key.text in FILES), None)
        kind = kind or kind_of(text) or "mapping"
        yield from _inside(root, BlockOf(FILES[kind]), None, ())


def _place(text: str, offset: int) -> Cursor | None:
    return next((each for each in places(text) if _holds(each.scalar, offset)), None)


def _inside(
    node: YamlNode, shape: Shape[object] | None, key: Key | None, levels: tuple[Level, ...]
) -> Iterator[Cursor]:
    as_scalar, as_item, as_entry, block = _readings(shape)
    if isinstance(node, ScalarNode):
        yield Cursor(levels, node, Role.VALUE, as_scalar, block, key)
    elif isinstance(node, ListNode):
        for each in node:
            yield from _inside(each, as_item, key, levels)
    else:
        alone = as_scalar if len(node.entries) == 1 else None
        for entry in node:
            known = keys_of(block).get(entry.key.text) if block else key
            below = known.shape if block and known else as_entry
            here = (*levels, Level(node, block, entry.key.text))
            role = Role.KEY if block else Role.NAME
            yield Cursor(here, entry.key, role, alone, block, known)
            yield from _inside(entry.value, below, known, here)


def _holds(scalar: ScalarNode, offset: int) -> bool:
    return scalar.span.offset <= offset <= scalar.span.end_offset


class _Readings(NamedTuple):
    """What a shape makes of a scalar, of each item of a list, of each entry, and of a mapping."""

    scalar: Shape[object] | None
    item: Shape[object] | None = None
    entry: Shape[object] | None = None
    block: type[Block] | None = None


def _readings(shape: Shape[object] | None) -> _Readings:
    match shape:
        case Choice(scalar=scalar, sequence=sequence):
            item = _readings(sequence[1]).item if sequence else None
            return _Readings(scalar[1] if scalar else None, item, None, shape.block())
        case ListOf(item=item, or_one=or_one):
            return _Readings(_readings(item).scalar if or_one else None, item)
        case MapOf(item=item):
            return _Readings(shape, None, item)
        case BlockOf(block=block):
            return _Readings(shape, None, None, block)
        case _:
            below = shape if shape is EXPRESSION_TREE else None
            return _Readings(shape, below, below)
