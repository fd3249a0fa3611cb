"""The same job done in several ways, held against each other before anything is timed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch
from urllib.parse import quote_plus

import orjson

from bench.speed.conversions import Conversions
from bench.speed.events import events
from bench.speed.handwritten import OfflineConversions
from bench.speed.inside import gate, our_quoted
from bench.speed.meta import Encoded, Quoted, Validate
from bench.speed.naive import Naive
from bench.speed.processes import ROOT, SWITCH
from bench.speed.purchases import purchases
from bench.speed.settings import CONVERSIONS, NOW, OFFLINE_CONVERSIONS
from mapping_engine import Destination, Mapping, MappingError, load

Job = Callable[[bytes], list[Encoded]]
"""From the bytes of an event to the URLs and encoded bodies of its requests."""

Result = list[Encoded] | tuple[str, str]
"""What became of an event: its requests, or the kind and code of its error."""


class ByHand(Protocol):
    """A class written by hand for one destination."""

    def __call__(
        self,
        settings: dict[str, Any],
        validate: Validate,
        clock: Callable[[], float],
        quoted: Quoted,
    ) -> Job:
        """The job under these settings, with this validator, clock and encoder."""


@dataclass(frozen=True)
class Pack:
    """A pack that is measured: by which settings, on which events, beside which class."""

    name: str
    settings: dict[str, Any]
    events: Callable[[int, int], list[bytes]]
    by_hand: ByHand


OFFLINE = Pack("facebook_offline_conversions", OFFLINE_CONVERSIONS, events, OfflineConversions)
PURCHASES = Pack("facebook_conversions", CONVERSIONS, purchases, Conversions)
PACKS = (OFFLINE, PURCHASES)


def read_anew(pack: str | Path) -> Mapping:
    """A mapping without the cache of whoever measures."""
    with patch.dict(os.environ, {SWITCH: "off"}):
        return load(pack)


@dataclass(frozen=True)
class Variants:
    """The jobs of a pack under the same settings, the same clock and the same validator."""

    pack: Pack
    mapping: Mapping
    settings: dict[str, Any]

    def destination(self, **changed: Any) -> Destination:
        """The engine's destination, with some settings changed."""
        return self.mapping.bind({**self.settings, **changed}, clock=clock)

    def ours(self) -> Job:
        """The engine."""
        destination = self.destination()

        def job(raw: bytes) -> list[Encoded]:
            return [(request.url, request.encode()) for request in destination.apply(raw)]

        return job

    def ours_with_warnings(self) -> Job:
        """The engine, asked for the warnings as well."""
        destination = self.destination()

        def job(raw: bytes) -> list[Encoded]:
            outcome = destination.outcome(raw)
            if outcome.error is not None:
                raise outcome.error
            return [(request.url, request.encode()) for request in outcome.requests]

        return job

    def handwritten(self, quoted: Quoted = quote_plus) -> Job:
        """The class written by hand, with the gate of the engine."""
        return self.pack.by_hand(self.settings, gate(self.destination()), clock, quoted)

    def handwritten_with_our_encoding(self) -> Job:
        """The same, with forms encoded by the engine."""
        return self.handwritten(our_quoted)

    def naive(self) -> Job:
        """The table of selectors; there is one for the offline conversions."""
        schema = orjson.loads(
            (ROOT / "rules" / self.pack.name / "payload.schema.json").read_bytes()
        )
        return Naive(self.settings, schema, clock)


def variants(pack: Pack, mapping: Mapping | None = None, **changed: Any) -> Variants:
    """The jobs of a pack, which is read anew if need be, with some settings changed."""
    return Variants(pack, mapping or read_anew(pack.name), {**pack.settings, **changed})


def clock() -> float:
    """The time for all variants."""
    return NOW


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
