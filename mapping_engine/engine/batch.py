"""Requests combined into fewer ones, within limits and in order, with the way back to events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import orjson

from mapping_engine.core.model import Model
from mapping_engine.core.sending import BatchRule, Joining
from mapping_engine.engine.form import quoted
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.request import Request
from mapping_engine.engine.requests import url_parts
from mapping_engine.engine.run import Run
from mapping_engine.errors import ErrorCode, MappingError, PayloadError
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json

OPEN_GROUPS = 100
"""So many requests that do not fit together wait for more; then the oldest goes as it is."""
_BETWEEN = {"json": 1, "form": 3, "ndjson": 1}
"""The bytes of a comma, or of the end of a line."""

Same = Callable[[Request], tuple[bool, Json]]
"""Whether a request goes alone, and what else has to be equal."""


class Part(Frozen):
    """One request of an event: its number among those of the event, and how many items it holds.

    ``event`` is the index of the outcome, from 0.
    """

    event: int
    number: int
    request: Request = field(repr=False)
    items: int = 1


class Batch(Frozen):
    """One request to send, and the requests of events that it is made of.

    Its secrets and personal data are left out of its ``repr``.
    """

    request: Request = field(repr=False)
    parts: tuple[Part, ...]
    joining: Joining | None = field(default=None, repr=False)

    @property
    def events(self) -> tuple[int, ...]:
        """The events in it, in order, each once."""
        return tuple(dict.fromkeys(part.event for part in self.parts))

    @property
    def items(self) -> int:
        """How many items the joined list has."""
        return self._ends[-1]

    def part_of(self, item: int) -> Part | None:
        """What an item of the joined list comes from, counted from 0; None beyond the list."""
        return self.parts[bisect_right(self._ends, item)] if 0 <= item < self.items else None

    def of(self, parts: Sequence[Part]) -> Batch:
        """A request of some of the parts."""
        return combined(tuple(parts), self.joining)

    def halves(self) -> tuple[Batch, ...]:
        """Two requests for the same events; one that holds a single part stays as it is."""
        middle = len(self.parts) // 2
        if not middle:
            return (self,)
        return self.of(self.parts[:middle]), self.of(self.parts[middle:])

    def to_dict(self) -> dict[str, Any]:
        """The request as plain data, with the numbers of its events."""
        return {"events": [part.event for part in self.parts], **self.request.to_dict()}

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(part.items for part in self.parts))


class Unsent(Frozen):
    """An event for which nothing is sent, or not all of it: why."""

    event: int
    error: MappingError


@dataclass(slots=True)
class _Group:
    """Parts that go together, and what they come to."""

    parts: list[Part]
    items: int
    size: int


def batches(
    parts: Iterable[Part | Unsent],
    rule_of: Callable[[Request], tuple[BatchRule, Same] | None],
) -> Iterator[Batch | Unsent]:
    """Requests that are combined, in the order of events within those that fit together.

    Everything that goes in comes out once. It waits for no more than a hundred groups at a time,
    each of which ends at its limits.
    """
    waiting: dict[object, tuple[_Group, Joining]] = {}
    for part in parts:
        found = None if isinstance(part, Unsent) else rule_of(part.request)
        if isinstance(part, Unsent) or found is None:
            yield part if isinstance(part, Unsent) else Batch(part.request, (part,))
            continue
        yield from _added(part, *found, waiting)
        if len(waiting) > OPEN_GROUPS:
            yield _closed(waiting.pop(next(iter(waiting))))
    yield from map(_closed, waiting.values())


def settled(rule: BatchRule, model: Model, settings: dict[str, Json]) -> BatchRule:
    """A rule with the URL that these settings give to what is combined.

    Raises ConfigurationError where a part of it has no value.
    """
    if rule.url is None:
        return rule
    model = replace(model, request=replace(model.request, segments=False))
    it = Interpreter(model, Run({}, settings))
    url = "".join(url_parts(rule.url, model, lambda node: it.value(node, [])))
    return replace(rule, joining=replace(rule.joining, url=url))


def sameness(rule: BatchRule, model: Model, settings: dict[str, Json]) -> Same:
    """What a rule asks of a request: whether it goes alone, and what else has to be equal."""

    def same(request: Request) -> tuple[bool, Json]:
        if not rule.by and rule.alone is None:
            return False, None
        read = {**request.to_dict(), "headers": header_names(request.headers)}
        it = Interpreter(model, Run(read, settings))
        alone = rule.alone is not None and it.holds(rule.alone)
        return alone, [it.value(node, []) for node in rule.by]

    return same


def header_names(headers: Mapping[str, str]) -> dict[str, Json]:
    """Headers as rules read them: names in lower case, with `_` for `-`."""
    return {name.lower().replace("-", "_"): str(headers[name]) for name in headers}


def _closed(waiting: tuple[_Group, Joining]) -> Batch:
    group, joining = waiting
    return combined(tuple(group.parts), joining)


def _added(
    part: Part, rule: BatchRule, same: Same, waiting: dict[object, tuple[_Group, Joining]]
) -> Iterator[Batch | Unsent]:
    """Put a part to those it goes with; what is full, and what goes alone, is answered."""
    request, taken = part.request, _taken(part.request.body, rule.joining)
    items = [] if taken is None else taken[0]
    part = Part(part.event, part.number, request, len(items) or 1)
    alone, others = same(request)
    if taken is None or not items or alone:
        too_large = _too_large(part, rule)
        yield Batch(request, (part,)) if too_large is None else Unsent(part.event, too_large)
        return
    rest, between = taken[1], _BETWEEN[request.format]
    key = (id(rule.at), request.method, request.url, request.format, *_equal(request, rest, others))
    size = 0 if rule.bytes is None else sum(_size(each, request) + between for each in items)
    found = waiting.get(key)
    if found is None or not _fits(found[0], part.items, size, rule):
        too_large = _too_large(part, rule)
        if too_large is not None:
            yield Unsent(part.event, too_large)
            return
        if found is not None:
            yield _closed(waiting.pop(key))
        found = waiting[key] = _Group([], 0, _empty(request, rest, rule)), rule.joining
    group = found[0]
    group.parts.append(part)
    group.items += part.items
    group.size += size
    if group.items == rule.at_most:
        yield _closed(waiting.pop(key))


def _empty(request: Request, rest: Json, rule: BatchRule) -> int:
    """The bytes of a body without items, and without the comma that the first one does not need."""
    if rule.bytes is None or request.format == "ndjson":
        return 0
    return len(_like(request, rest).encode()) - _BETWEEN[request.format]


def _fits(group: _Group, items: int, size: int, rule: BatchRule) -> bool:
    few = rule.at_most is None or group.items + items <= rule.at_most
    return few and (rule.bytes is None or group.size + size <= rule.bytes)


def _too_large(part: Part, rule: BatchRule) -> PayloadError | None:
    """Why a request cannot be sent even alone."""
    size = 0 if rule.bytes is None else len(part.request.encode())
    if rule.bytes is not None and size > rule.bytes:
        found = f"the body has {size} bytes, more than the {rule.bytes} that the receiver takes"
    elif rule.at_most is not None and part.items > rule.at_most:
        found = f"the body has {part.items} items, more than the {rule.at_most} of one request"
    else:
        return None
    help = "send less with one event"
    return PayloadError(ErrorCode.REQUEST_TOO_LARGE, found, span=rule.span, help=help)


# Bodies


def combined(parts: tuple[Part, ...], joining: Joining | None) -> Batch:
    """One request of several that go together."""
    first = parts[0].request
    if joining is None or len(parts) == 1:
        return Batch(first, parts, joining)
    items: list[Json] = []
    rest: Json = None
    for part in parts:
        taken = _taken(part.request.body, joining)
        assert taken is not None
        items += taken[0]
        rest = taken[1]
    made = _like(first, _filled(rest, joining.into, items))
    if joining.url is not None:
        made = replace(made, url=joining.url, masked_url=None)
    return Batch(made, parts, joining)


def _like(request: Request, body: Json) -> Request:
    """The same request with another body."""
    return replace(request, body=body, headers=dict(request.headers))


def _taken(body: Json, joining: Joining) -> tuple[list[Json], Json] | None:
    """The items of a body, and the body with an empty list; None where there is no list."""
    into, beside = joining.into, joining.beside
    if beside is not None:
        if not isinstance(body, dict):
            return None
        item = {key: value for key, value in body.items() if key not in beside}
        item.update(joining.added)
        rest = {key: body[key] for key in beside if key in body}
        return [item], _filled(rest, into, [])
    found = body
    for step in into:
        found = found.get(step) if isinstance(found, dict) else None
    return (found, _filled(body, into, [])) if isinstance(found, list) else None


def _filled(body: Json, path: tuple[str, ...], items: list[Json]) -> Json:
    """A copy of a body with this list at a path."""
    if not path:
        return items
    inside = body if isinstance(body, dict) else {}
    return {**inside, path[0]: _filled(inside.get(path[0]), path[1:], items)}


def _equal(request: Request, rest: Json, others: Json) -> tuple[object, ...]:
    """What has to be equal, besides the method and the URL."""
    return (
        tuple(sorted(request.headers.items())),
        orjson.dumps(rest, option=orjson.OPT_SORT_KEYS),
        orjson.dumps(others, option=orjson.OPT_SORT_KEYS),
    )


def _size(item: Json, request: Request) -> int:
    """The bytes of an item in the body."""
    data = orjson.dumps(item)
    return len(quoted(data) if request.format == "form" else data)
