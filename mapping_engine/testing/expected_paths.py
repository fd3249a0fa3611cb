"""Paths in rule tests: names with dots, `[0]` for one item of a list, `[]` for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mapping_engine.diagnostics import did_you_mean

EACH = "[]"
_STEP = re.compile(r"\[\d*\]|[^.\[]+")


def steps_of(path: str) -> list[str]:
    """The steps of a path: `a[0].b` is `a`, `[0]` and `b`."""
    return _STEP.findall(path)


def values_at(value: Any, steps: list[str]) -> Iterator[Any]:
    """What lies at a path: nothing, one value, or several where it is about each item."""
    found = [value]
    for step in steps:
        found = [below for each in found for below in _below(each, step)]
    yield from found


def _below(value: Any, step: str) -> list[Any]:
    if step.startswith("["):
        items = value if isinstance(value, list) else []
        start = int(step[1:-1] or 0)
        return items if step == EACH else items[start : start + 1]
    return [value[step]] if isinstance(value, dict) and step in value else []


def taken_out(value: Any, path: str) -> str | None:
    """Take out what lies at a path; why there is nothing to take out, or None."""
    *above, last = steps_of(path)
    for depth, step in enumerate([*above, last]):
        parents = list(values_at(value, above[:depth]))
        if not any(_below(parent, step) for parent in parents):
            names = [name for parent in parents if isinstance(parent, dict) for name in parent]
            return did_you_mean(step, names) or "correct the path, or drop it"
    for parent in values_at(value, above):
        if isinstance(parent, dict):
            parent.pop(last, None)
        elif isinstance(parent, list):
            start = int(last[1:-1] or 0)
            del parent[start : None if last == EACH else start + 1]
    return None
