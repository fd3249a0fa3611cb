"""Each bundled pack against its floor, with the events of its own rule tests.

The floor of an event is to parse it, to make as many digests as its requests hold, and to write
their bodies as JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import orjson

from bench.speed.timing import Timed, parts, rotate
from mapping_engine import Destination, Request, load
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.testing.cases import Case, collect

_DIGEST = re.compile(rb'"[0-9a-f]{64}"')
_TEXT = b"someone@example.com"
_REPEATS = 10
"""Rule tests are few: each event is given so often."""


def report(rounds: int) -> Iterator[str]:
    """A line for each pack: microseconds of an event and of its floor, and their ratio."""
    yield f"{'pack':32} {'events':>6} {'best µs':>9} {'floor µs':>9} {'x floor':>8}"
    for name in bundled_packs():
        destination, raws, made = _work(name)
        ours = _timed("ours", partial(_apply, destination), raws)
        floor = _timed("floor", _floor, [*zip(raws, map(_least, made), strict=True)])
        rotate([ours, floor], rounds)
        ratio = ours.best / floor.best
        yield f"{name:32} {len(raws):6} {ours.best:9.1f} {floor.best:9.1f} {ratio:8.2f}"


def _timed(name: str, job: Callable[[Sequence[Any]], None], things: Sequence[Any]) -> Timed:
    every = [*things] * _REPEATS
    return Timed(name, [partial(job, part) for part in parts(every)], len(every))


def _work(name: str) -> tuple[Destination, list[bytes], list[list[Request]]]:
    """A destination with the settings most tests have, and the events that become requests."""
    groups: dict[bytes, list[Case]] = {}
    for case in collect(name):
        given = orjson.dumps([case.settings, case.secrets, case.now], option=orjson.OPT_SORT_KEYS)
        groups.setdefault(given, []).append(case)
    [(most, _)] = Counter({given: len(cases) for given, cases in groups.items()}).most_common(1)
    cases = groups[most]
    first = cases[0]
    destination = load(name).bind(first.settings, secrets=first.secrets, clock=lambda: first.now)
    raws: list[bytes] = []
    made: list[list[Request]] = []
    for case in cases:
        outcome = destination.outcome(case.event)
        if outcome.requests:
            raws.append(orjson.dumps(case.event))
            made.append(list(outcome.requests))
    return destination, raws, made


def _apply(destination: Destination, raws: Sequence[bytes]) -> None:
    for raw in raws:
        for request in destination.apply(raw):
            request.encode()


def _least(requests: Sequence[Request]) -> tuple[int, list[object]]:
    """How many digests the bodies of requests hold, and the bodies."""
    bodies = [request.body for request in requests]
    return sum(len(_DIGEST.findall(orjson.dumps(body))) for body in bodies), bodies


def _floor(things: Sequence[tuple[bytes, tuple[int, list[object]]]]) -> None:
    for raw, (digests, bodies) in things:
        orjson.loads(raw)
        for _ in range(digests):
            sha256(_TEXT).hexdigest()
        for body in bodies:
            orjson.dumps(body)
