"""Routes: the requests an event becomes, where a few texts of the event decide that.

Whether rules accept an event, and for which values of the fan-out it becomes a request, most often
depends on its type and its name alone. What was found for texts that the rules or the settings
list themselves is remembered; no other text is kept, since it could be personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from mapping_engine.core.model import Model
from mapping_engine.core.walk import (
    behind,
    block_nodes,
    names_in,
    pipeline_nodes,
    reachable,
    walk,
)
from mapping_engine.expression import Call, Expression, Literal, Reference, Select
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms import REGISTRY

Route: TypeAlias = list[tuple[Any, ...]]
"""The values of the fan-out variables for each request, in order."""

_MOST_FIELDS = 3
_MOST_ROUTES = 1024
_OF_THE_EVENT = frozenset(("integration", "now", "now_ms", "payload"))
"""Names that stand for something else of an event, or for the time."""


class Routes:
    """Routes under some settings, by the values of the deciding fields."""

    __slots__ = ("_by_rules", "_by_settings", "known")

    def __init__(self, by_rules: frozenset[str], settings: Mapping[str, Any]) -> None:
        self.known: dict[tuple[Any, ...], Route] = {}
        self._by_rules = by_rules
        self._by_settings = frozenset(text.casefold() for text in _texts([settings]))

    def remember(self, key: tuple[Any, ...], route: Route) -> None:
        """Keep a route, if nothing but listed texts decides it, in any case."""
        if len(self.known) < _MOST_ROUTES and all(map(self._is_listed, key)):
            self.known[key] = route

    def _is_listed(self, value: Any) -> bool:
        if type(value) is not str:
            return False
        text = value.casefold()
        return text in self._by_rules or text in self._by_settings


def deciding_fields(model: Model) -> tuple[str, ...] | None:
    """The fields of the event that decide its route; None where something else does, too."""
    if model.file.already_hashed is not None:
        return None
    fields: set[str] = set()
    for node in _nodes(model):
        if _reads_more(node):
            return None
        if isinstance(node, Select):
            steps = path_steps(node.selector)
            if not steps or len(steps) > 1 or not isinstance(steps[0], str):
                return None
            fields.add(steps[0])
    return tuple(sorted(fields)) if len(fields) <= _MOST_FIELDS else None


def listed_texts(model: Model) -> frozenset[str]:
    """The texts, without their case, that tables and the deciding rules list."""
    literals = [node.value for node in _nodes(model) if isinstance(node, Literal)]
    return frozenset(text.casefold() for text in _texts([model.tables, literals]))


def _nodes(model: Model) -> Iterator[Expression]:
    """Every node of what decides: `accept`, the fan-out, and all that they may use."""
    rules, fan_out = model.file.accept or (), model.file.fan_out
    written = [
        each for rule in rules for each in (rule.require, rule.skip_when) if each is not None
    ]
    blocks = [each.value for each in (fan_out.each if fan_out else ()) if each.value is not None]
    blocks += behind(names_in(written), model.definitions).values()
    for block in reachable(iter(blocks), model.definitions):
        yield from block_nodes(block)
    for pipeline in model.pipelines.values():
        yield from pipeline_nodes(pipeline)
    for condition in written:
        yield from walk(condition)


def _reads_more(node: Expression) -> bool:
    """Whether a node reads the event, or the time, in another way than by a path."""
    if isinstance(node, Reference):
        return node.name in _OF_THE_EVENT
    target = REGISTRY.get(node.name) if isinstance(node, Call) else None
    return target is not None and target.reads_event


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Every text in some data, keys included."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value)
            yield from _texts(value.values())
        elif isinstance(value, list | tuple):
            yield from _texts(value)
