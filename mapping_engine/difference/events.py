"""What two versions of a pack make of the same events, field by field, without showing a value."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TypeAlias

from mapping_engine.engine.mapping import Destination
from mapping_engine.engine.outcome import Outcome
from mapping_engine.engine.request import Request
from mapping_engine.errors import MappingError
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.types.kinds import Json

EXAMPLES = 3
"""So many examples are kept of each thing."""
_LONGEST = 40
_PLACE = re.compile(r"\[\d+\]")
Flat: TypeAlias = dict[str, Json]


@dataclass(slots=True)
class Counted:
    """In how many events something is so, with some of them: ``(event, old, new)``, masked."""

    events: int = 0
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, event: str, old: str, new: str) -> None:
        """Count an event; ``event`` says where it stands."""
        self.events += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((event, old, new))

    def to_dict(self) -> dict[str, Json]:
        """The count as plain data."""
        shown: list[Json] = [{"event": e, "old": old, "new": new} for e, old, new in self.examples]
        return {"events": self.events, "examples": shown}


@dataclass(slots=True)
class EventsDifference:
    """What two versions make of events: ``fields`` by path, and requests, errors and warnings.

    Paths are those of requests (``body.data[].user_data.em``, ``headers.Authorization``, ``url``);
    ``[]`` is any item of a list.
    """

    events: int = 0
    differing: int = 0
    fields: dict[str, Counted] = field(default_factory=dict)
    requests_gained: Counted = field(default_factory=Counted)
    requests_lost: Counted = field(default_factory=Counted)
    errors_gained: dict[str, Counted] = field(default_factory=dict)
    errors_lost: dict[str, Counted] = field(default_factory=dict)
    warnings_gained: dict[str, Counted] = field(default_factory=dict)
    warnings_lost: dict[str, Counted] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.differing)

    def to_dict(self) -> dict[str, Json]:
        """The difference as plain data."""

        def each(counted: dict[str, Counted]) -> Json:
            return {name: found.to_dict() for name, found in counted.items()}

        return {
            "events": self.events,
            "differing": self.differing,
            "fields": each(self.fields),
            "requests": {
                "gained": self.requests_gained.to_dict(),
                "lost": self.requests_lost.to_dict(),
            },
            "errors": {"gained": each(self.errors_gained), "lost": each(self.errors_lost)},
            "warnings": {"gained": each(self.warnings_gained), "lost": each(self.warnings_lost)},
        }


def compare_events(
    old: Destination, new: Destination, events: Iterable[tuple[str, object]]
) -> EventsDifference:
    """What ``new`` makes of events otherwise than ``old``; each event comes with its place.

    Values are masked: they are shown by their kind and shape.
    """
    return compare_outcomes(
        (place, old.outcome(event, index), new.outcome(event, index))
        for index, (place, event) in enumerate(events)
    )


def compare_outcomes(pairs: Iterable[tuple[str, Outcome, Outcome]]) -> EventsDifference:
    """The same, of the outcomes of both; the old one stands before the new one."""
    found = EventsDifference()
    for place, before, after in pairs:
        found.events += 1
        found.differing += _compare(before, after, place, found)
    return found


def _compare(old: Outcome, new: Outcome, place: str, found: EventsDifference) -> bool:
    """Count what differs in the outcome of one event; whether anything does."""
    pairs = list(_paired(old.requests, new.requests))
    gained = sum(a is None for a, _ in pairs)
    lost = sum(b is None for _, b in pairs)
    if gained:
        found.requests_gained.add(place, "", f"{gained}")
    if lost:
        found.requests_lost.add(place, f"{lost}", "")
    changed: dict[str, tuple[Json, Json]] = {}
    for before, after in pairs:
        if before is not None and after is not None:
            for path, values in _changed(_flat(before), _flat(after)):
                changed.setdefault(_PLACE.sub("[]", path), values)
    for path, (a, b) in changed.items():
        found.fields.setdefault(path, Counted()).add(place, masked(a), masked(b))
    errors = _told(_error(old), _error(new), place, found.errors_lost, found.errors_gained)
    warned = _told(
        [f"{each.code} {each.message}" for each in old.warnings],
        [f"{each.code} {each.message}" for each in new.warnings],
        place,
        found.warnings_lost,
        found.warnings_gained,
    )
    return bool(gained or lost or changed or errors or warned)


def _error(outcome: Outcome) -> list[str]:
    error: MappingError | None = outcome.error
    return [] if error is None else [f"{error.code} {error.message}"]


def _told(
    old: list[str],
    new: list[str],
    place: str,
    lost: dict[str, Counted],
    gained: dict[str, Counted],
) -> bool:
    """Count what is told no more, and what is told now."""
    before, after = Counter(old), Counter(new)
    for text in before - after:
        lost.setdefault(text, Counted()).add(place, "", "")
    for text in after - before:
        gained.setdefault(text, Counted()).add(place, "", "")
    return before != after


def _paired(
    old: tuple[Request, ...], new: tuple[Request, ...]
) -> Iterator[tuple[Request | None, Request | None]]:
    """The requests of both sides that are the same call; what has no counterpart stands alone."""
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    before, after = list(map(_call, old)), list(map(_call, new))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
            continue
        both = min(b - a, d - c)
        yield from zip(old[a : a + both], new[c : c + both], strict=True)
        yield from ((each, None) for each in old[a + both : b])
        yield from ((None, each) for each in new[c + both : d])


def _call(request: Request) -> tuple[str, str, str]:
    return request.name, request.method, request.url


def _flat(request: Request) -> Flat:
    """The values of a request by their paths."""
    found: Flat = {"method": request.method, "url": request.url, "format": request.format}
    found |= {f"headers.{name}": text for name, text in request.headers.items()}
    _spread("body", request.body, found)
    return found


def _spread(path: str, value: Json, found: Flat) -> None:
    waiting: list[tuple[str, Json]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{path}.{key}", each) for key, each in reversed(value.items())]
        elif isinstance(value, list) and value:
            places = reversed(list(enumerate(value)))
            waiting += [(f"{path}[{place}]", each) for place, each in places]
        else:
            found[path] = value


def _changed(old: Flat, new: Flat) -> Iterator[tuple[str, tuple[Json, Json]]]:
    for path in dict.fromkeys((*old, *new)):
        a, b = old.get(path, _ABSENT), new.get(path, _ABSENT)
        if type(a) is not type(b) or a != b:
            yield path, (a, b)


class _Absent:
    """What stands at a path where there is nothing: null is a value."""


_ABSENT = _Absent()


# What is shown of a value


def masked(value: object) -> str:
    """What may be shown of a value: its kind and shape."""
    match value:
        case _Absent():
            return "absent"
        case None | bool():
            return json.dumps(value)
        case int() | float():
            return _shape(json.dumps(value))
        case str() if is_digest(value):
            return "a digest"
        case str():
            more = f"… ({len(value)} letters)" if len(value) > _LONGEST else ""
            return f'"{_shape(value[:_LONGEST])}{more}"'
        case list():
            return "an empty list"
        case _:
            return "an empty object"


def _shape(text: str) -> str:
    """A text with `x` for each letter and `9` for each digit."""
    return "".join(
        "9" if c.isdigit() else "x" if c.isalnum() or not c.isascii() else c for c in text
    )
