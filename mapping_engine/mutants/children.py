"""Entries and items of YAML collections: cut, swapped and doubled with their layout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from mapping_engine.frozen import Frozen
from mapping_engine.mutants.edit import Edit
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode

_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMA = re.compile(r"\s*,\s*")


class Child(Frozen):
    """An entry of a mapping (with ``key``) or an item of a list."""

    page_text: str = field(repr=False)
    container: MappingNode | ListNode = field(repr=False)
    place: int
    key: ScalarNode | None
    value: YamlNode = field(repr=False)

    @property
    def start(self) -> int:
        """Where its own text begins."""
        return (self.key or self.value).span.offset

    @property
    def end(self) -> int:
        """Where its own text ends."""
        end = self.value.span.end_offset
        return max(end, self.key.span.end_offset) if self.key else end

    @property
    def text(self) -> str:
        """Its own text."""
        return self.page_text[self.start : self.end]

    @property
    def inside(self) -> Iterator[Child]:
        """The entries or items of its value."""
        return children_of(self.value, self.page_text)

    @property
    def flow(self) -> bool:
        """Whether it stands in `[...]` or `{...}`."""
        return self.page_text[self.container.span.offset] in "[{"

    def _line(self) -> int:
        return self.page_text.rfind("\n", 0, self.start) + 1

    def _lines(self) -> tuple[int, int]:
        """The whole lines of a child in block style."""
        end = _REST_OF_LINE.match(self.page_text, self.end)
        return self._line(), end.end() if end else self.end

    def cut(self) -> Edit:
        """Without it."""
        if not self.flow:
            line = self._line()
            before = self.page_text[line : self.start].strip()
            if not before or (self.key is None and before == "-"):
                return Edit(*self._lines(), "")
            following = self.next()
            return Edit(self.start, following.start if following else self.end, "")
        comma = _COMMA.match(self.page_text, self.end)
        if comma:
            return Edit(self.start, comma.end(), "")
        before_comma = self.page_text.rfind(",", 0, self.start)
        start = before_comma if before_comma > self.container.span.offset else self.start
        return Edit(start, self.end, "")

    def next(self) -> Child | None:
        """The one after it in its container."""
        siblings = list(children_of(self.container, self.page_text))
        return siblings[self.place + 1] if self.place + 1 < len(siblings) else None

    def swapped(self) -> Edit | None:
        """In the place of the next one, and that in its place."""
        other = self.next()
        if other is None or other.text == self.text:
            return None
        between = self.page_text[self.end : other.start]
        return Edit(self.start, other.end, other.text + between + self.text)

    def doubled(self, name: str | None = None) -> Edit | None:
        """Twice; an entry is written again under ``name``."""
        text = self.text
        if self.key is not None and name is not None:
            text = name + self.page_text[self.key.span.end_offset : self.end]
        if self.flow:
            return Edit(self.end, self.end, f", {text}")
        start, end = self._lines()
        before = self.page_text[start : self.start]
        if before.strip() not in ("", "-"):
            return None
        return Edit(end, end, f"{before}{text}\n")

    def valued(self, text: str) -> Edit:
        """With another value."""
        return Edit(self.value.span.offset, self.value.span.end_offset, text)


def children_of(node: YamlNode, text: str) -> Iterator[Child]:
    """The entries or items of a node."""
    if isinstance(node, MappingNode):
        for place, entry in enumerate(node.entries):
            yield Child(text, node, place, entry.key, entry.value)
    elif isinstance(node, ListNode):
        for place, item in enumerate(node.items):
            yield Child(text, node, place, None, item)
