"""Findings as JSON."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.cli.events import dumps


def json(checked: Checked) -> str:
    """One array."""
    return dumps([found.to_dict() for found in checked.diagnostics]).decode()


def jsonl(checked: Checked) -> str:
    """One object a line."""
    return "".join(dumps(found.to_dict()).decode() for found in checked.diagnostics)
