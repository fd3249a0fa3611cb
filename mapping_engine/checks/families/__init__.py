"""The checks that look at a whole pack, one family a file: what each is, and how it is found."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine.checks.families import (
    chains,
    conditions,
    outputs,
    pipelines,
    schemas,
    selectors,
    style,
    texts,
    units,
    urls,
    usage,
)
from mapping_engine.checks.subject import Subject
from mapping_engine.diagnostics import Check

_EVERY = (
    selectors,
    chains,
    conditions,
    usage,
    outputs,
    pipelines,
    texts,
    urls,
    units,
    schemas,
    style,
)

FAMILIES: tuple[Callable[[Subject], None], ...] = tuple(family.find for family in _EVERY)
"""What looks for them; each reports what it finds."""
CHECKS: tuple[Check, ...] = tuple(check for family in _EVERY for check in family.CHECKS)
"""What they look for."""
