"""The state of one event on its way through the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from mapping_engine.diagnostics import Span
from mapping_engine.engine.outcome import Warnings
from mapping_engine.types.kinds import Json, is_missing


class Issue(NamedTuple):
    """A value that was present but could not be used.

    ``source`` is the path as the rules write it, ``reason`` a fixed text that continues it:
    ``traits.birthday`` ``is not a real date``.
    """

    source: str
    reason: str
    span: Span


issue: Callable[[tuple[str, str, Span]], Issue] = partial(tuple.__new__, Issue)
"""An issue of its parts; calling :class:`Issue` takes four times as long."""


class _Unset:
    """The value of a definition that has not been asked for yet."""


UNSET = _Unset()


class _Null:
    """Of a field: null is sent, for want of a value. Elsewhere None says that there is none."""

    def __str__(self) -> str:
        return "null"


NULL = _Null()


@dataclass(slots=True, eq=False)
class Run:
    """What evaluations read and write; one object an event, used by one thread.

    ``variables`` are the values of the fan-out, in order. The generated code keeps in ``memo`` the
    value of each definition and in ``told`` what could not be used for it; ``fixed`` is what the
    settings alone decide, ``objects`` are those of the event that rules read most.
    """

    event: dict[str, Json]
    settings: dict[str, Json]
    hashing: bool = True
    now: float = 0.0
    variables: list[Json] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    already_hashed: bool = field(default=False, init=False)
    integration: Json = field(default=None, init=False)
    payload: Json = field(default=None, init=False)
    payloads: list[Json] = field(default_factory=list, init=False)
    kind: int = field(default=0, init=False)
    """Which of several kinds of request is made."""
    fixed: tuple[Json, ...] = field(default=(), init=False)
    memo: list[Json] = field(init=False)
    objects: list[Json] = field(init=False)
    told: dict[int, list[Issue]] = field(default_factory=dict, init=False)
    _warnings: Warnings | None = field(default=None, init=False)

    @property
    def warnings(self) -> Warnings:
        """What there is to warn about; most events are applied without asking for it."""
        if self._warnings is None:
            self._warnings = Warnings()
        return self._warnings


def present(value: Json) -> Json:
    """The value, or None where the one rule of absence holds."""
    return None if is_missing(value) else value


def holds(value: Json) -> bool:
    """Whether a condition is met: its value is not missing and not ``false``."""
    return value is not None and value is not False


def same(left: Json, right: Json) -> bool:
    """JSON equality: ``true`` is not ``1``."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def fresh(value: Json, *, nulls: bool = False) -> Json:
    """A copy that shares no container with ``value``, without nulls unless these are wanted."""
    if type(value) is dict:
        return {
            key: kept
            for key, item in value.items()
            if (kept := item if type(item) in _SCALARS else fresh(item, nulls=nulls)) is not None
            or nulls
        }
    if type(value) is list:
        return [
            kept
            for item in value
            if (kept := item if type(item) in _SCALARS else fresh(item, nulls=nulls)) is not None
            or nulls
        ]
    return value


def own(value: Json, *, nulls: bool = False) -> Json:
    """The same, or None where nothing but nulls was in it."""
    made = fresh(value, nulls=nulls)
    return made if nulls or not value else present(made)


_SCALARS = frozenset((str, int, float, bool))
