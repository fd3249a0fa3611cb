"""Rule tests: cases written as data beside the rules, run by a command and by pytest alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mapping_engine.testing.cases import Case, collect

if TYPE_CHECKING:
    from mapping_engine.testing.runner import Result, run_case, run_tests

__all__ = ["Case", "Result", "collect", "run_case", "run_tests"]


def __getattr__(name: str) -> Any:
    """What runs cases needs the engine, and is imported when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mapping_engine.testing import runner

    return getattr(runner, name)
