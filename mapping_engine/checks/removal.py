"""Taking an entry or a list item out of a YAML text, with comments and layout kept."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.source.node import ListNode, MappingNode, Source, YamlNode, to_data
from mapping_engine.source.yaml_text import read_yaml

_DASH = re.compile(r"[ \t]*-[ \t]+")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_BEFORE_COMMA = re.compile(r"\s*,[ \t]*")
Step = str | int


class _Child(NamedTuple):
    """An entry of a mapping or an item of a list, inside its container."""

    container: YamlNode
    place: int
    path: tuple[Step, ...]
    above: _Child | None


class Cut(NamedTuple):
    """The offsets to cut, and where the container begins from which something is taken."""

    start: int
    end: int
    container: int


def removal(source: Source, root: YamlNode, span: Span) -> Cut | None:
    """What to cut so that what is written at ``span`` is gone; None where that is unsure.

    ``span`` is that of a key, of a value under a key, or of a list item. A container that would be
    left empty goes too. The cut is only answered when the text that is left reads as the same
    data without that part.
    """
    child = _find(root, (span.offset, span.end_offset))
    while child is not None and len(_spans(child.container)) == 1:
        child = child.above
    if child is None:
        return None
    is_flow = source.text[child.container.span.offset] in "[{"
    cut = _flow(child, source.text) if is_flow else _block(child, source.text)
    if cut is None or not _is_clean(source, root, child, cut):
        return None
    return Cut(*cut, child.container.span.offset)


def _parts(container: YamlNode) -> list[tuple[Step, YamlNode, Span, Span]]:
    """The entries or items of a container: name or number, value, and where it begins and ends."""
    match container:
        case ListNode(items=items):
            return [(place, item, item.span, item.span) for place, item in enumerate(items)]
        case MappingNode(entries=entries):
            return [(e.key.text, e.value, e.key.span, e.value.span) for e in entries]
        case _:
            return []


def _spans(container: YamlNode) -> list[tuple[int, int]]:
    """Where the entries or items of a container begin and end."""
    spans = ((start, end) for _, _, start, end in _parts(container))
    return [(start.offset, max(start.end_offset, end.end_offset)) for start, end in spans]


def _find(root: YamlNode, wanted: tuple[int, int]) -> _Child | None:
    waiting: list[tuple[YamlNode, _Child | None]] = [(root, None)]
    for node, above in waiting:  # which grows by what stands below
        for place, (step, value, *spans) in enumerate(_parts(node)):
            child = _Child(node, place, (*(above.path if above else ()), step), above)
            if wanted in {(span.offset, span.end_offset) for span in spans}:
                return child
            waiting.append((value, child))
    return None


def _flow(child: _Child, text: str) -> tuple[int, int] | None:
    start, end = _spans(child.container)[child.place]
    comma = _BEFORE_COMMA.match(text, end)
    if comma is not None:
        return start, _next(child) or comma.end()
    before = text.rfind(",", 0, start)
    if before < 0 or text[before + 1 : start].strip():
        return None
    return before, end


def _block(child: _Child, text: str) -> tuple[int, int] | None:
    start, end = _spans(child.container)[child.place]
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before, rest = text[line:start], _REST_OF_LINE.match(text, end)
    if isinstance(child.container, ListNode):
        return (line, rest.end()) if rest and _DASH.fullmatch(before) else None
    if not before.strip():
        return (line, rest.end()) if rest else None
    following = _next(child)
    return (start, following) if child.place == 0 and following is not None else None


def _next(child: _Child) -> int | None:
    """Where the entry or item after this one begins."""
    following = _spans(child.container)[child.place + 1 :]
    return following[0][0] if following else None


def _is_clean(source: Source, root: YamlNode, child: _Child, cut: tuple[int, int]) -> bool:
    """Whether the text that is left is the data without the child."""
    left = Source(source.file, source.text[: cut[0]] + source.text[cut[1] :])
    found = read_yaml(left, Diagnostics())
    return found is not None and to_data(found) == _without(to_data(root), child.path)


def _without(data: Any, path: tuple[Step, ...]) -> object:
    """Fresh data less what stands at ``path``."""
    here = data
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    return data
