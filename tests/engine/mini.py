"""A small pack around a few lines of rules."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine import Destination

HEAD = """
mapping: 1
title: Mini
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://x.test"}
"""
REQUEST = """
request:
  url: "{$api.base}/e"
  json: {payload: $payload}
"""
VOCABULARY = """
vocabulary: 1
event: {p: part, name: text, tags: list of text}
objects:
  part: {a: any, b: any, c: any, items: list of any}
open: [part]
personal: {names: {email: [email]}}
"""

Mini = Callable[..., Destination]
