"""The state of one event on its way through the rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.engine.outcome import Warnings
from mapping_engine.engine.routes import Routes
from mapping_engine.types import is_missing

if TYPE_CHECKING:
    from mapping_engine.engine.trace import Trace


class Note(NamedTuple):
    """A value that was present but could not be used.

    ``path`` is the source as the rules write it, ``reason`` a fixed text that continues it:
    ``traits.birthday`` ``is not a real date``.
    """

    path: str
    reason: str
    span: Span


note: Callable[[tuple[str, str, Span]], Note] = partial(tuple.__new__, Note)
"""A note of its parts; calling :class:`Note` takes four times as long."""


class _Unset:
    """The value of a definition that has not been asked for yet."""


UNSET = _Unset()


class Run:
    """What evaluations read and write; one object an event, used by one thread.

    ``fixed`` is what the settings alone decide, ``objects`` are those of the event that rules read
    most; ``memo`` has a place for each definition, ``names`` one for each variable.
    """

    __slots__ = (
        "_warnings", "already_hashed", "event", "fixed", "hashing", "integration", "memo", "names",
        "notes", "now", "objects", "payload", "routes", "settings", "trace",
    )  # fmt: skip

    def __init__(
        self,
        event: dict[str, Any],
        settings: dict[str, Any],
        fixed: tuple[Any, ...],
        hashing: bool,
        now: float,
        memo: list[Any],
        names: list[Any],
        objects: list[Any],
        routes: Routes,
    ) -> None:
        self.event = event
        self.settings = settings
        self.fixed = fixed
        self.hashing = hashing
        self.now = now
        self.memo = memo
        self.names = names
        self.objects = objects
        self.routes = routes
        self.already_hashed = False
        self.integration: Any = None
        self.payload: Any = None
        self.notes: list[Note] = []
        self._warnings: Warnings | None = None
        self.trace: Trace | None = None

    @property
    def warnings(self) -> Warnings:
        """What there is to warn about; most events are applied without asking for it."""
        if self._warnings is None:
            self._warnings = Warnings()
        return self._warnings


Evaluate: TypeAlias = Callable[[Run], Any]
"""Yields a value that is not missing, or None."""

Step: TypeAlias = Callable[[Run, Any], Any]
"""Converts a value that is not missing; None when nothing is left of it."""


def present(value: Any) -> Any:
    """The value, or None where the one rule of absence holds."""
    return None if is_missing(value) else value


def holds(value: Any) -> bool:
    """Whether a condition is met: its value is not missing and not ``false``."""
    return value is not None and value is not False


def same(left: Any, right: Any) -> bool:
    """JSON equality: ``true`` is not ``1``."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def fresh(value: Any) -> Any:
    """A copy that shares no container with ``value``, without numbers that JSON cannot hold."""
    if type(value) is dict:
        return {
            key: kept
            for key, item in value.items()
            if (kept := item if type(item) in _SOUND else fresh(item)) is not None
        }
    if type(value) is list:
        return [
            kept
            for item in value
            if (kept := item if type(item) in _SOUND else fresh(item)) is not None
        ]
    if type(value) is float and not isfinite(value):
        return None
    return value


_SOUND = frozenset((str, int, bool))
