"""What a process of its own measures of the engine that it imports, whichever version that is.

`python -P probe.py start PACK SETTINGS EVENTS NOW [OTHER]` prints the seconds to the first event,
step by step; OTHER is a pack that is loaded before, so that all is imported.
`python -P probe.py run PACK SETTINGS EVENTS NOW ROUNDS` prints the seconds of each round of `apply`
and of `outcome`, a hundred events at a time, and what became of each event. The seconds are the
processor's.

It uses nothing but what users have, and nothing else of the benchmark: it is also run by an
interpreter that has an older version installed.
"""

from __future__ import annotations

import sys
from time import process_time

# All else is imported where it is needed, since how long that takes is measured as well.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from mapping_engine import Destination

    Job: TypeAlias = Callable[[bytes], object]

PART = 100
"""So many events are timed at once: of short times, some are free of what else the machine does."""


def start(pack: str, settings: str, events: str, now: str, other: str = "") -> dict[str, float]:
    """The seconds of each step from an empty process to the first event."""
    moments = [process_time()]

    def passed() -> float:
        moments.append(process_time())
        return moments[-1] - moments[-2]

    import mapping_engine

    found = {"package": passed()}
    if other:
        mapping_engine.load(other).bind({})
    found["other"] = passed()
    mapping = mapping_engine.load(pack)
    found["load"] = passed()
    with open(events, "rb") as lines:
        raw = next(lines)
    accepted = _read(settings)
    passed()
    destination = mapping.bind(accepted, clock=lambda: float(now))
    found["bind"] = passed()
    applied, told = _jobs(destination)
    applied(raw)
    found["apply"] = passed()
    told(raw)
    found["outcome"] = passed()
    mapping_engine.load(pack)
    found["again"] = passed()
    return found


def run(pack: str, settings: str, events: str, now: str, rounds: str) -> dict[str, Any]:
    """The seconds of the parts of each round, and the digests of what became of the events."""
    import mapping_engine

    with open(events, "rb") as lines:
        corpus = lines.read().splitlines()
    mapping = mapping_engine.load(pack)
    destination = mapping.bind(_read(settings), clock=lambda: float(now))
    applied, told = _jobs(destination)
    became = [_digest(applied(raw), told(raw)) for raw in corpus]
    found: dict[str, Any] = {"became": became, "apply": [], "outcome": []}
    for _ in range(int(rounds)):
        found["apply"].append(_timed(applied, corpus))
        found["outcome"].append(_timed(told, corpus))
    return found


def _jobs(destination: Destination) -> tuple[Job, Job]:
    """From the bytes of an event to what becomes of it: by `apply`, and by `outcome`."""
    from mapping_engine import MappingError

    def applied(raw: bytes) -> object:
        try:
            return [(request.url, request.encode()) for request in destination.apply(raw)]
        except MappingError as error:
            return error.kind, str(error.code)

    def told(raw: bytes) -> object:
        outcome = destination.outcome(raw)
        if outcome.error is not None:
            return outcome.error.kind, str(outcome.error.code)
        return [(request.url, request.encode()) for request in outcome.requests]

    return applied, told


def _timed(job: Job, corpus: list[bytes]) -> list[float]:
    """The seconds of each part of the events."""
    import gc

    gc.collect()
    found = []
    for first in range(0, len(corpus), PART):
        part = corpus[first : first + PART]
        begun = process_time()
        for raw in part:
            job(raw)
        found.append(process_time() - begun)
    return found


def _digest(*results: object) -> str:
    from hashlib import sha256

    return sha256(repr(results).encode()).hexdigest()[:16]


def _read(file: str) -> Any:
    import json

    with open(file, "rb") as stream:
        return json.load(stream)


if __name__ == "__main__":
    _found = (start if sys.argv[1] == "start" else run)(*sys.argv[2:])
    import json

    print(json.dumps(_found))
