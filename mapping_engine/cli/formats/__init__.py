"""Findings for machines: one module for each format."""

from __future__ import annotations

from importlib import import_module

from mapping_engine.checks import Checked

FORMATS = ("concise", "json", "jsonl", "sarif", "github", "junit")


def written(form: str, checked: Checked) -> str:
    """What was found, in one of the formats: the whole of standard output."""
    module = import_module(f"{__name__}.{form}")
    text: str = module.text(checked)
    return text
