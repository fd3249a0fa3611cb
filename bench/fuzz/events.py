"""Random events for a pack: at the paths that its rules read, with values nobody declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from mapping_engine import Destination, Mapping, MappingError
from mapping_engine.core.model import every_node
from mapping_engine.core.nodes import Const, Read
from mapping_engine.selectors import steps

SECRET = "fuzz-s3cr3t"
ODD: list[Any] = [
    None, "", " ", 0, 1, -1, 1.5, 2**63, 2**64, 1e308, True, False, [], {}, [None], [[1]], {"a": 1},
    "x", "12", "1e3", "true", "a" * 64, "é", "\ud800", "\x00", "a" * 2000, "1990-01-02",
    "01/02/1990", "2024-07-03T09:47:40Z", 1_719_300_000, 1_719_300_000_000, "EUR", "eur", "US",
    "f", "Łódź",
    "ann@example.com", "+49 171 1234567", "https://s.example/?fbclid=Abc&email=ann@example.com",
    float("nan"), float("inf"), 10**30, {"email": "ann@example.com"}, ["a", 1, None],
    [{"id": "1"}, {"sku": 2}, 3], {"": ""}, {"a.b": {"c": 1}}, -0.0, "null",
]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What random events for a mapping are made of."""

    mapping: Mapping
    paths: tuple[tuple[str | int, ...], ...]
    values: tuple[Any, ...]


def source(mapping: Mapping) -> Source:
    """The paths and the constants of a mapping."""
    nodes = list(every_node(mapping.model))
    reads = {steps(node.selector) for node in nodes if isinstance(node, Read)}
    words = {n.value for n in nodes if isinstance(n, Const) and isinstance(n.value, str)}
    return Source(mapping, tuple(sorted(filter(None, reads), key=str)), (*ODD, *sorted(words)))


def event(of: Source, start: Any, random: Random) -> Any:
    """A sensible event, odd in some places."""
    made = json.loads(json.dumps(start))
    for _ in range(random.choice((0, 1, 2, 4, 8))):
        _put(made, random.choice(of.paths), _value(of, random))
    if random.random() < 0.02:
        return random.choice([[made], None, 7, "text", {"a": made}, {"a" * 50: made}])
    return made


def _value(of: Source, random: Random) -> Any:
    """A value of its own: what is put into it later must not reach the next event."""
    found = deepcopy(random.choice(of.values))
    if random.random() < 0.1:
        return [found, deepcopy(random.choice(of.values))]
    if random.random() < 0.05:
        return {random.choice(("a", "id", "email", "Name")): found}
    return found


def _put(made: Any, path: tuple[str | int, ...], value: Any) -> None:
    for place, step in enumerate(path):
        if isinstance(step, int):
            if not isinstance(made, list) or not -len(made) <= step < len(made):
                return
        elif not isinstance(made, dict):
            return
        if place == len(path) - 1:
            made[step] = value
        elif isinstance(step, str) and not isinstance(made.get(step), dict | list):
            made[step] = [] if isinstance(path[place + 1], int) else {}
        made = made[step] if place < len(path) - 1 else made


def settings(mapping: Mapping, usual: dict[str, Any], random: Random) -> dict[str, Any]:
    """The usual settings, odd in some places."""
    made = json.loads(json.dumps(usual))
    names = list(mapping.model.settings_schema.get("properties", {}))
    for _ in range(random.choice((0, 0, 1, 2))):
        declared = mapping.model.settings_schema["properties"][name := random.choice(names)]
        known = [*declared.get("enum", ()), True, False, [], "x", None]
        made[name] = deepcopy(random.choice([random.choice(known), random.choice(ODD)]))
    return dict(made)


def differences(destination: Destination, given: Any, random: Random) -> Iterator[str]:
    """What is wrong with what becomes of an event: each way has to say the same."""
    outcome = destination.outcome(given)
    found: list[tuple[str, Any]] = []
    try:
        found.append(("apply", (destination.apply(given), None)))
    except MappingError as error:
        found.append(("apply", ([], error)))
    if random.random() < 0.3:
        other = destination.interpreted(given)
        if other.warnings != outcome.warnings:
            yield "the interpreter warns of something else"
        found.append(("interpreter", (list(other.requests), other.error)))
    text = _text(given)
    if text is not None and random.random() < 0.5:
        other = destination.outcome(text)
        found.append(("text", (list(other.requests), other.error)))
    for name, (requests, problem) in found:
        if requests != list(outcome.requests) or str(problem) != str(outcome.error):
            yield f"{name} differs from outcome"
    said = [str(outcome.error), *map(str, outcome.warnings)]
    if random.random() < 0.05:
        explanation = destination.explain(given)
        said.append(str(explanation))
        if len(explanation.requests) < len(outcome.requests):
            yield "explain shows fewer requests"
    if SECRET in "".join(said) or any(SECRET in each.shown_url for each in outcome.requests):
        yield "a secret is shown"
    for request in outcome.requests:
        request.encode()


def _text(given: Any) -> bytes | None:
    """The JSON text of an event; None where there is none."""
    try:
        return json.dumps(given, allow_nan=False).encode()
    except ValueError:
        return None
