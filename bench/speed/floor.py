"""The floor: what any program has to do that makes these requests of these events.

It parses each event, computes the digests that its requests hold, and writes the requests' bodies
as JSON; what to digest and what to write is known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson

from mapping_engine import Destination, MappingError, Request


@dataclass(frozen=True)
class Known:
    """One event, the texts to digest, and the bodies to write."""

    raw: bytes
    texts: tuple[str, ...]
    bodies: tuple[dict[str, Any], ...]


def known(events: Sequence[bytes], hashing: Destination, plain: Destination) -> list[Known]:
    """What is known beforehand; ``plain`` is ``hashing`` with hashing switched off."""
    found: list[Known] = []
    for raw in events:
        made, clear = requests(hashing, raw), requests(plain, raw)
        texts = tuple(_digested(made[0], clear[0])) if made else ()
        found.append(Known(raw, texts, tuple(request.body for request in made)))
    return found


def run(corpus: Sequence[Known]) -> None:
    """Parse, digest, and write as JSON."""
    loads, dumps = orjson.loads, orjson.dumps
    for each in corpus:
        loads(each.raw)
        for text in each.texts:
            sha256(text.encode()).hexdigest()
        for body in each.bodies:
            dumps(body)


def run_form_encoded(corpus: Sequence[Known]) -> None:
    """The floor, with bodies in the form in which they are sent."""
    loads, dumps = orjson.loads, orjson.dumps
    for each in corpus:
        loads(each.raw)
        for text in each.texts:
            sha256(text.encode()).hexdigest()
        for body in each.bodies:
            urlencode({**body, "data": dumps(body["data"])}).encode()


def requests(destination: Destination, raw: bytes) -> list[Request]:
    """The requests of an event; none where it is refused."""
    try:
        return destination.apply(orjson.loads(raw))
    except MappingError:
        return []


def _digested(hashed: Request, clear: Request) -> Iterator[str]:
    """The texts that are in clear only where nothing is hashed."""
    keys, texts = (request.body["data"][0]["match_keys"] for request in (hashed, clear))
    for key, value in keys.items():
        if value != texts[key]:
            yield texts[key][0] if type(value) is list else texts[key]
