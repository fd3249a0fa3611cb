"""The same job done in several ways, held against each other before anything is timed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.speed.handwritten import Encoded, OfflineConversions, Validate
from bench.speed.naive import Naive
from bench.speed.settings import NOW, SETTINGS
from mapping_engine import Destination, Mapping, MappingError, load
from mapping_engine.engine.cache.place import SWITCH
from mapping_engine.engine.form import quoted

PACK = "facebook_offline_conversions"


def read_anew(pack: str | Path) -> Mapping:
    """A mapping without the cache of whoever measures."""
    with patch.dict(os.environ, {SWITCH: "off"}):
        return load(pack)


Job = Callable[[bytes], list[Encoded]]
"""From the bytes of an event to the URLs and encoded bodies of its requests."""

Result = list[Encoded] | tuple[str, str]
"""What became of an event: its requests, or the kind and code of its error."""


@dataclass(frozen=True)
class Variants:
    """The jobs under the same settings, the same clock and the same validator."""

    mapping: Mapping = field(default_factory=lambda: read_anew(PACK))
    settings: dict[str, Any] = field(default_factory=lambda: SETTINGS)

    def destination(self, **changed: Any) -> Destination:
        """The engine's destination, with some settings changed."""
        return self.mapping.bind({**self.settings, **changed}, clock=clock)

    def ours(self) -> Job:
        """The engine."""
        destination = self.destination()

        def job(raw: bytes) -> list[Encoded]:
            return [(request.url, request.encode()) for request in destination.apply(raw)]

        return job

    def handwritten(self) -> Job:
        """The class written by hand, with the gate of the engine."""
        return OfflineConversions(self.settings, gate(self.destination()), clock)

    def handwritten_with_our_encoding(self) -> Job:
        """The same, with forms encoded by the engine."""
        return OfflineConversions(self.settings, gate(self.destination()), clock, _quoted)

    def naive(self) -> Job:
        """The table of selectors."""
        return Naive(self.settings, dict(self.mapping.model.payload_schema), clock)


def _quoted(value: str | bytes) -> str:
    return quoted(value.encode() if isinstance(value, str) else value).decode()


def clock() -> float:
    """The time for all variants."""
    return NOW


def gate(destination: Destination) -> Validate:
    """The validator of the engine, whatever it is, for payloads made elsewhere."""
    program, bound = destination._silent
    run = program.run_for({}, bound, NOW)
    check = destination._check
    return lambda payload: check(payload, run)


def result(job: Job, raw: bytes) -> Result:
    """What becomes of one event."""
    try:
        return job(raw)
    except MappingError as error:
        return type(error).__name__, str(error.code)


def differing(one: Job, other: Job, events: Sequence[bytes]) -> list[int]:
    """The places of the events of which two jobs make different requests or errors."""
    return [place for place, raw in enumerate(events) if result(one, raw) != result(other, raw)]


def run(job: Job, events: Sequence[bytes]) -> int:
    """Do the job for all events, and drop what comes of it but for the number of errors."""
    refused = 0
    for raw in events:
        try:
            job(raw)
        except MappingError:
            refused += 1
    return refused
