"""Findings as one JSON array."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.cli.events import dumps


def text(checked: Checked) -> str:
    """One array."""
    return dumps([found.to_dict() for found in checked.diagnostics]).decode()
