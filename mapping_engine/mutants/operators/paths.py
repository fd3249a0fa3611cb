"""Paths that lead somewhere else."""

from __future__ import annotations

import re

from mapping_engine.expression import Expression, Reference, Select
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page

_INDEX = re.compile(r"\[(\d+)\]")
_TRAITS = re.compile(r"\b(?:context\.)?traits\.")


def _indexed(page: Page) -> list[tuple[int, int, int]]:
    found = []
    for node in page.expressions:
        if isinstance(node, Select | Reference):
            start, end = page.at(node)
            for index in _INDEX.finditer(page.text, start, end):
                found.append((index.start(), index.end(), int(index[1])))
    return found


def _other_index(page: Page) -> Edits:
    for start, end, index in _indexed(page):
        yield Edit(start, end, f"[{index + 1}]")


def _no_index(page: Page) -> Edits:
    for start, end, _ in _indexed(page):
        yield Edit(start, end, "")


def _selects(page: Page) -> list[tuple[int, str]]:
    return [(page.at(n)[0], page.written(n)) for n in page.expressions if isinstance(n, Select)]


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
    names = [n for n in page.expressions if isinstance(n, Reference) and n.tail is None]
    for node in names:
        other = next((o.name for o in _after(names, node) if _differs(o, node)), None)
        if other is not None:
            start, _ = page.at(node)
            yield Edit(start + 1, start + 1 + len(node.name), other)


def _after(names: list[Reference], node: Expression) -> list[Reference]:
    place = next(i for i, each in enumerate(names) if each is node)
    return names[place + 1 :] + names[:place]


def _differs(one: Reference, other: Reference) -> bool:
    return one.name != other.name


def _other_tail(page: Page) -> Edits:
    """Another setting, table or part: `$settings.b` where `$settings.a` belongs."""
    tails = [n for n in page.expressions if isinstance(n, Reference) and n.tail is not None]
    for node in tails:
        text = page.written(node)
        same = [page.written(o) for o in _after(tails, node) if o.name == node.name]
        other = next((o for o in same if o != text), None)
        if other is not None:
            start, end = page.at(node)
            yield Edit(start, end, other)


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
