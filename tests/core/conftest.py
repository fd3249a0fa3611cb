"""What tests of the core have in common: a small pack around a few lines of rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mapping_engine.core.model import Model
from mapping_engine.engine.loading import PackReading, read_pack

HEAD = """
mapping: 1
title: Small
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://x.test"}
"""
REST = {
    "request": 'request: {url: "{$api.base}/e", json: {payload: $payload}}',
    "fields": "fields: {z: name}",
}
"""What stands in the rules unless they say something else."""
VOCABULARY = """
vocabulary: 1
event: {p: part, name: text, tags: list of text}
objects:
  part: {a: any, b: any, c: any, items: list of any}
open: [part]
personal: {names: {email: [email]}}
"""
Reading = Callable[..., PackReading]
Core = Callable[..., Model]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Read rules, with the fragment ``./shared.yaml`` if one is given."""

    def read(rules: str, shared: str | None = None) -> PackReading:
        rest = [text for key, text in REST.items() if f"\n{key}:" not in f"\n{rules}"]
        texts = {
            "rules.yaml": "\n".join((HEAD, rules, *rest)),
            "vocabulary.yaml": VOCABULARY,
            "settings.schema.json": '{"properties": {"keys": {"type": "array"}}}',
            "payload.schema.json": '{"type": "object"}',
        }
        if shared is not None:
            texts["shared.yaml"] = f"fragment: 1\n{shared}"
        for name, text in texts.items():
            (tmp_path / name).write_text(text, "utf-8")
        return read_pack(tmp_path)

    return read


@pytest.fixture
def core(reading: Reading) -> Core:
    """The model of rules without mistakes."""

    def model(rules: str, shared: str | None = None) -> Model:
        read = reading(rules, shared)
        assert [each.message for each in read.diagnostics] == []
        assert read.model is not None
        return read.model

    return model
