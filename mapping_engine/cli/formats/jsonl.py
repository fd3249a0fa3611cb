"""Findings as JSON, one a line."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.cli.events import dumps


def text(checked: Checked) -> str:
    """One object a line."""
    return "".join(dumps(found.to_dict()).decode() for found in checked.diagnostics)
