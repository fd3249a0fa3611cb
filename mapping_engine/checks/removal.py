"""Taking an entry or a list item out of a YAML text, with comments and layout kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.source.node import Mapping, Node, Sequence, Source, to_data
from mapping_engine.source.yaml_text import read_yaml

_DASH = re.compile(r"[ \t]*-[ \t]+")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_BEFORE_COMMA = re.compile(r"\s*,[ \t]*")
Step = str | int


@dataclass(frozen=True)
class _Child:
    """An entry of a mapping or an item of a list, inside its container."""

    container: Mapping | Sequence
    place: int
    path: tuple[Step, ...]
    above: _Child | None

    @property
    def start(self) -> int:
        if isinstance(self.container, Mapping):
            return self.container.entries[self.place].key.span.offset
        return self.container.items[self.place].span.offset

    @property
    def end(self) -> int:
        if isinstance(self.container, Mapping):
            entry = self.container.entries[self.place]
            return max(entry.key.span.end_offset, entry.value.span.end_offset)
        return self.container.items[self.place].span.end_offset

    @property
    def siblings(self) -> int:
        held = (
            self.container.entries if isinstance(self.container, Mapping) else self.container.items
        )
        return len(held)

    def next_start(self) -> int | None:
        if self.place + 1 >= self.siblings:
            return None
        return _Child(self.container, self.place + 1, (), None).start


class Cut(NamedTuple):
    """The offsets to cut, and where the container begins from which something is taken."""

    start: int
    end: int
    container: int


def removal(source: Source, root: Node, span: Span) -> Cut | None:
    """What to cut so that what is written at ``span`` is gone; None where that is unsure.

    ``span`` is that of a key, of a value under a key, or of a list item. A container that would be
    left empty goes too. The cut is only answered when the text that is left reads as the same
    data without that part.
    """
    child = _find(root, (span.offset, span.end_offset))
    while child is not None and child.siblings == 1:
        child = child.above
    if child is None:
        return None
    cut = _flow(child, source.text) if _is_flow(child, source.text) else _block(child, source.text)
    if cut is None or not _is_clean(source, root, child, cut):
        return None
    return Cut(*cut, child.container.span.offset)


def _find(root: Node, wanted: tuple[int, int]) -> _Child | None:
    waiting: list[tuple[Node, tuple[Step, ...], _Child | None]] = [(root, (), None)]
    while waiting:
        node, path, above = waiting.pop(0)
        if isinstance(node, Mapping):
            for place, entry in enumerate(node.entries):
                child = _Child(node, place, (*path, entry.key.text), above)
                spans = (entry.key.span, entry.value.span)
                if wanted in {(s.offset, s.end_offset) for s in spans}:
                    return child
                waiting.append((entry.value, child.path, child))
        elif isinstance(node, Sequence):
            for place, item in enumerate(node.items):
                child = _Child(node, place, (*path, place), above)
                if wanted == (item.span.offset, item.span.end_offset):
                    return child
                waiting.append((item, child.path, child))
    return None


def _is_flow(child: _Child, text: str) -> bool:
    return text[child.container.span.offset : child.container.span.offset + 1] in ("[", "{")


def _flow(child: _Child, text: str) -> tuple[int, int] | None:
    comma = _BEFORE_COMMA.match(text, child.end)
    if comma is not None:
        following = child.next_start()
        return child.start, comma.end() if following is None else following
    before = text.rfind(",", 0, child.start)
    if before < 0 or text[before + 1 : child.start].strip():
        return None
    return before, child.end


def _block(child: _Child, text: str) -> tuple[int, int] | None:
    line = max(text.rfind("\n", 0, child.start), text.rfind("\r", 0, child.start)) + 1
    before = text[line : child.start]
    end = _REST_OF_LINE.match(text, child.end)
    if isinstance(child.container, Sequence):
        return (line, end.end()) if end and _DASH.fullmatch(before) else None
    if not before.strip():
        return (line, end.end()) if end else None
    following = child.next_start()
    return (child.start, following) if child.place == 0 and following is not None else None


def _is_clean(source: Source, root: Node, child: _Child, cut: tuple[int, int]) -> bool:
    """Whether the text that is left is the data without the child."""
    left = Source(source.file, source.text[: cut[0]] + source.text[cut[1] :])
    found = read_yaml(left, Diagnostics())
    return found is not None and to_data(found) == _without(to_data(root), child.path)


def _without(data: object, path: tuple[Step, ...]) -> object:
    if isinstance(data, dict):
        if len(path) == 1:
            return {key: value for key, value in data.items() if key != path[0]}
        return {k: _without(v, path[1:]) if k == path[0] else v for k, v in data.items()}
    assert isinstance(data, list)
    if len(path) == 1:
        return [value for place, value in enumerate(data) if place != path[0]]
    return [_without(v, path[1:]) if i == path[0] else v for i, v in enumerate(data)]
