"""Paths that lead somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mapping_engine.expression import Reference, Select
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page

_INDEX = re.compile(r"\[(\d+)\]")


def _indexes(page: Page) -> Iterator[re.Match[str]]:
    for node in page.expressions:
        if isinstance(node, Select | Reference):
            yield from _INDEX.finditer(page.text, *page.at(node))


def _other_index(page: Page) -> Edits:
    return (Edit(*index.span(), f"[{int(index[1]) + 1}]") for index in _indexes(page))


def _no_index(page: Page) -> Edits:
    return (Edit(*index.span(), "") for index in _indexes(page))


def _selects(page: Page) -> list[tuple[int, str]]:
    return [(page.at(node)[0], page.written(node)) for node in page.of(Select)]


def _shorter(page: Page) -> Edits:
    """`context.traits.x` -> `context.x`, `properties.x` -> `x`, `$api.x` stays."""
    for start, text in _selects(page):
        steps = text.split(".")
        if len(steps) > 1:
            cut = len(steps) - 2
            yield Edit(start, start + len(text), ".".join(steps[:cut] + steps[-1:]))


def _elsewhere(page: Page) -> Edits:
    """`traits.x` <-> `context.traits.x`, `properties.x` -> `traits.x`."""
    for start, text in _selects(page):
        if text.startswith("context.traits."):
            yield Edit(start, start + len("context."), "")
        elif text.startswith("traits."):
            yield Edit(start, start, "context.")
        elif text.startswith("properties."):
            yield Edit(start, start + len("properties"), "traits")


def _last(text: str) -> str:
    return text.rsplit(".", 1)[-1]


def _other_field(page: Page) -> Edits:
    """The path of another definition: `traits.email` where `traits.phone` belongs."""
    paths = _selects(page)
    for place, (start, text) in enumerate(paths):
        prefix = text[: len(text) - len(_last(text))]
        others = [
            other
            for _, other in paths[place + 1 :] + paths[:place]
            if _last(other) != _last(text) and other[: len(other) - len(_last(other))] == prefix
        ]
        far = [other for other in others if _last(other)[:2].lower() != _last(text)[:2].lower()]
        if prefix and far:
            yield Edit(start, start + len(text), far[0])


def _other_name(page: Page) -> Edits:
    """Another definition: `$city` where `$state` belongs."""
    names = [node for node in page.of(Reference) if node.tail is None]
    for place, node in enumerate(names):
        others = (each.name for each in names[place + 1 :] + names[:place])
        other = next((name for name in others if name != node.name), None)
        if other is not None:
            start, _ = page.at(node)
            yield Edit(start + 1, start + 1 + len(node.name), other)


def _other_tail(page: Page) -> Edits:
    """Another setting, table or part: `$settings.b` where `$settings.a` belongs."""
    tails = [node for node in page.of(Reference) if node.tail is not None]
    for place, node in enumerate(tails):
        same = (each for each in tails[place + 1 :] + tails[:place] if each.name == node.name)
        texts = (text for text in map(page.written, same) if text != page.written(node))
        other = next(texts, None)
        if other is not None:
            yield Edit(*page.at(node), other)


PATHS = (
    Operator("other-index", "`[0]` becomes `[1]`", _other_index),
    Operator("drop-index", "an index is forgotten", _no_index),
    Operator("drop-segment", "a path lacks its last step but one", _shorter),
    Operator("other-place", "a path leads into another part of the event", _elsewhere),
    Operator("other-field", "the path of another definition is read", _other_field),
    Operator("other-name", "another `$name` is used", _other_name),
    Operator("other-tail", "another setting, table or part is used", _other_tail),
)
"""Paths to other places."""
