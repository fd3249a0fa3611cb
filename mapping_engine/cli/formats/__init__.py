"""Findings for machines: one module for each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mapping_engine.checks import Checked
from mapping_engine.cli.formats import concise, data, github, junit, sarif

FORMATS: Mapping[str, Callable[[Checked], str]] = MappingProxyType(
    {
        "concise": concise.text,
        "json": data.json,
        "jsonl": data.jsonl,
        "sarif": sarif.text,
        "github": github.text,
        "junit": junit.text,
    }
)
"""The whole of standard output for what was found."""

__all__ = ["FORMATS"]
