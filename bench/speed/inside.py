"""All that the benchmark knows of the inside of the engine: whoever changes that looks here."""

from __future__ import annotations

from bench.speed.meta import Validate
from mapping_engine import Destination
from mapping_engine.engine.form import quoted


def gate(destination: Destination) -> Validate:
    """The validator of the engine, whatever it is, for payloads made elsewhere."""
    return destination._check


def our_quoted(value: str | bytes) -> str:
    """A value of a form as the engine encodes it."""
    return quoted(value.encode() if isinstance(value, str) else value).decode()
