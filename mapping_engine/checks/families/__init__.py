"""The checks that look at a whole pack, one family a file; each reports what it finds."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine.checks.families import (
    api,
    chains,
    conditions,
    outputs,
    pipelines,
    selectors,
    style,
    tables,
    texts,
    usage,
)
from mapping_engine.checks.subject import Subject

FAMILIES: tuple[Callable[[Subject], None], ...] = (
    selectors.find,
    chains.find,
    tables.find,
    conditions.find,
    usage.find,
    outputs.find,
    pipelines.find,
    api.find,
    texts.find,
    style.find,
)

__all__ = ["FAMILIES"]
