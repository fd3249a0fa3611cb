"""All that the benchmark knows of the inside of the engine: whoever changes that looks here."""

from __future__ import annotations

from bench.speed.meta import Object, Validate
from mapping_engine import Destination
from mapping_engine.engine.form import quoted
from mapping_engine.engine.run import Run


def gate(destination: Destination) -> Validate:
    """The validator of the engine, whatever it is, for payloads made elsewhere."""
    check = destination._check

    def validate(payload: Object) -> object:
        return check(payload, Run({}, {}, variables=[None] * 8))

    return validate


def our_quoted(value: str | bytes) -> str:
    """A value of a form as the engine encodes it."""
    return quoted(value.encode() if isinstance(value, str) else value).decode()
