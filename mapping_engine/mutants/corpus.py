"""Events to tell two versions of a mapping apart: those of the rule tests, and variations."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

from mapping_engine.core.model import Model, every_node
from mapping_engine.core.nodes import Const, Read, walk
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import steps
from mapping_engine.source.json_text import every_value
from mapping_engine.testing import Case
from mapping_engine.transforms.hashing import digest
from mapping_engine.vocabulary.vocabulary import ITEM

_DEEPEST = 5
Place = tuple[str | int, ...]
_PLAIN: tuple[Any, ...] = (
    "", " ", "x", "Ann B. Öst", "0", 0, 1, -3, 12.5, 7.0, "7", "1.50", "no number", True, False,
    None, [], {}, ["a", "b"], [{}], {"id": "i"}, "2024-01-01", "2023-06-30T10:00:00+02:00",
    "2023-10-31T12:00:00Z", "2023-10-30T13:00:00Z", "2023-10-29T13:00:00Z", "2024-02-01T00:00:00Z",
    "07/03/1990", "31-12-1988", 1704103201999, "a@b.de", "+49 (0)30 1234567", "0049301234567",
    "Female", "M", "United States", "us", "de", "GB", "California", "ca", "94025-1234", "SW1A 1AA",
    "12345678", "eur", "IND", "website", "ac" * 32, "F" * 64, "https://x.de/?fbclid=Ab_1&q=1",
)  # fmt: skip


class Group(Frozen):
    """Events under the same settings and clock."""

    settings: Any
    secrets: Any
    now: float
    events: tuple[Any, ...]


def corpus(cases: Sequence[Case], model: Model, seed: int, variations: int) -> tuple[Group, ...]:
    """The events of the cases, each pair of neighbours in a chain, and seeded variations."""
    rng = random.Random(seed)
    made = [(case, case.event) for case in cases]
    values = _values_by_leaf(cases)
    accepted = [case for case in cases if case.expect.error is None]
    made += _pairs(accepted, model, values, rng)
    paths = _paths(model)
    if not accepted or not paths:
        return _grouped(made)
    made += _words(accepted[0], model)
    pool = [*_PLAIN, *_texts(model)]
    for _ in range(variations):
        base = rng.choice(accepted)
        event = deepcopy(base.event)
        if rng.random() < 0.3:
            other = rng.choice(accepted).event
            if isinstance(event, dict) and isinstance(other, dict):
                event = {**deepcopy(other), **event}
        for _ in range(rng.randint(1, 5)):
            path = rng.choice(paths)
            known = values.get(str(path[-1]).casefold(), [])
            choice = rng.choice(known if known and rng.random() < 0.6 else pool)
            _put(event, path, deepcopy(choice), drop=rng.random() < 0.2)
        made.append((rng.choice(accepted) if rng.random() < 0.4 else base, event))
    return _grouped(made)


def _grouped(made: list[tuple[Case, Any]]) -> tuple[Group, ...]:
    groups: dict[str, tuple[Case, list[Any]]] = {}
    for case, event in made:
        bound = [case.settings, case.secrets, case.now]
        key = json.dumps(bound, sort_keys=True, default=str)
        groups.setdefault(key, (case, []))[1].append(event)
    return tuple(
        Group(case.settings, case.secrets, case.now, tuple(events))
        for case, events in groups.values()
    )


def _pairs(
    cases: Sequence[Case], model: Model, values: dict[str, list[Any]], rng: random.Random
) -> Iterator[tuple[Case, Any]]:
    """Events in which two alternatives of a chain differ, or only one is there."""
    for chain in _chains(model):
        some = rng.sample(list(cases), min(3, len(cases)))
        bare = [(base, _bare(base.event, chain)) for base in some]
        known = [v for path in chain for v in values.get(str(path[-1]).casefold(), [])]
        distinct = list({json.dumps(v, default=str): v for v in known}.values())
        scalar = [v for v in distinct if isinstance(v, str | int | float) and v not in ("", True)]
        pool = scalar if len(scalar) > 1 else [*scalar, "Berlin", "94025", 17]
        for base, event in bare:
            for place, path in enumerate(chain):
                alone = deepcopy(event)
                one, other = rng.sample(pool, 2)
                _put(alone, path, one)
                yield base, alone
                if place + 1 < len(chain):
                    both = deepcopy(alone)
                    _put(both, chain[place + 1], other)
                    yield base, both
                    blank = deepcopy(both)
                    _put(blank, path, rng.choice(_PLAIN))
                    yield base, blank


def _words(base: Case, model: Model) -> Iterator[tuple[Case, Any]]:
    """Each row of a table, and the digest of each value of a pipeline, at the head of chains."""
    tables = [table for table in model.tables.values() if isinstance(table, dict | list)]
    words = [str(row) for table in tables if len(table) < 200 for row in table]
    for pipeline in model.pipelines.values():
        words += [digest(str(value)) for value in pipeline.values or ()]
    heads = [chain[0] for chain in _chains(model) if len(chain) > 1]
    for word in dict.fromkeys(words):
        event = deepcopy(base.event)
        for path in heads:
            if isinstance(path[-1], str) and "time" not in path[-1].lower():
                _put(event, path, word)
        yield base, event


def _bare(event: Any, chain: Sequence[Place]) -> Any:
    found = deepcopy(event)
    for path in chain:
        _put(found, path, None, drop=True)
    return found


def _chains(model: Model) -> Iterator[list[Place]]:
    """The paths that each definition and each field reads."""
    payload_fields = (each.value for one in model.requests for each in one.fields.fields)
    for node in (*model.definitions.values(), *payload_fields):
        reads = (part for part in walk(node) if isinstance(part, Read))
        chain = [path for path in (steps(read.selector) or () for read in reads) if path]
        if chain:
            yield chain


def _paths(model: Model) -> list[Place]:
    found = [
        tuple(0 if step == ITEM else step for step in path)
        for path in model.vocabulary.paths(_DEEPEST)
    ]
    read = [path for chain in _chains(model) for path in chain]
    return [*found, *read, *read]


def _values_by_leaf(cases: Sequence[Case]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for node in every_value([case.event for case in cases]):
        for key, value in node.items() if isinstance(node, dict) else ():
            found.setdefault(str(key).casefold(), []).append(value)
    return found


def _texts(model: Model) -> list[Any]:
    """Texts that the rules themselves name: rows of short tables, and literals."""
    found: list[Any] = []
    for table in model.tables.values():
        if isinstance(table, dict) and len(table) < 60:
            found += [*table.keys(), *table.values()]
        elif isinstance(table, list) and len(table) < 60:
            found += table
    return found + [node.value for node in every_node(model) if isinstance(node, Const)]


def _put(event: Any, path: Place, value: Any, *, drop: bool = False) -> None:
    """Write (or drop) what is at ``path``; what stands in the way is replaced."""
    node = event
    for step, following in pairwise(path):
        wanted: type = list if isinstance(following, int) else dict
        below = _get(node, step)
        if not isinstance(below, wanted):
            if drop:
                return
            below = wanted()
            _set(node, step, below)
        node = below
    if not drop:
        _set(node, path[-1], value)
    elif isinstance(node, dict):
        node.pop(path[-1], None)


def _get(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    inside = isinstance(node, list) and isinstance(step, int) and step < len(node)
    return node[step] if inside else None


def _set(node: Any, step: str | int, value: Any) -> None:
    if isinstance(node, dict):
        node[step] = value
    elif isinstance(node, list) and isinstance(step, int):
        node.extend({} for _ in range(step + 1 - len(node)))
        node[step] = value
