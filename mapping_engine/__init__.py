"""A declarative mapping engine: rule files turn customer events into requests to destinations.

>>> from mapping_engine import load
>>> mapping = load("name_of_a_pack")   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapping_engine.checks.files import check
    from mapping_engine.engine.answer import Answer, Dropped
    from mapping_engine.engine.batch import Batch, Part, Unsent
    from mapping_engine.engine.explanation import Explanation
    from mapping_engine.engine.loading import load
    from mapping_engine.engine.mapping import Destination, Mapping
    from mapping_engine.engine.outcome import EventWarning, Outcome
    from mapping_engine.engine.request import Request
    from mapping_engine.errors import (
        ConfigurationError,
        InputError,
        InstrumentationError,
        MappingError,
        PayloadError,
        RuleError,
    )

__version__ = "0.1.0"

_HOMES = {
    "check": "checks.files",
    "load": "engine.loading",
    "Mapping": "engine.mapping",
    "Destination": "engine.mapping",
    "Request": "engine.request",
    "Answer": "engine.answer",
    "Dropped": "engine.answer",
    "Batch": "engine.batch",
    "Part": "engine.batch",
    "Unsent": "engine.batch",
    "Outcome": "engine.outcome",
    "EventWarning": "engine.outcome",
    "Explanation": "engine.explanation",
    "MappingError": "errors",
    "InstrumentationError": "errors",
    "ConfigurationError": "errors",
    "PayloadError": "errors",
    "InputError": "errors",
    "RuleError": "errors",
}

__all__ = [
    "Answer",
    "Batch",
    "ConfigurationError",
    "Destination",
    "Dropped",
    "EventWarning",
    "Explanation",
    "InputError",
    "InstrumentationError",
    "Mapping",
    "MappingError",
    "Outcome",
    "Part",
    "PayloadError",
    "Request",
    "RuleError",
    "Unsent",
    "check",
    "load",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: importing the package stays cheap."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
