"""Nodes of the core, as tests write them: places do not count."""

from __future__ import annotations

from mapping_engine.core.nodes import (
    Alternative,
    Call,
    Const,
    Field,
    FirstOf,
    Guard,
    Items,
    Name,
    Node,
    Object,
    Read,
)
from mapping_engine.diagnostics import Span
from mapping_engine.file.blocks import Block
from mapping_engine.selectors import Selector, parse_selector

HERE = Block(Span("", 1, 1, 1, 1))


def selector(text: str) -> Selector:
    found = parse_selector(text)
    assert isinstance(found, Selector)
    return found


def path(text: str) -> Read:
    return Read(HERE, selector(text))


def const(value: object) -> Const:
    return Const(HERE, value)


def name(text: str, tail: str | None = None) -> Name:
    return Name(HERE, text, None if tail is None else selector(tail))


def call(source: Node | None, transform: str, *arguments: Node | None) -> Call:
    return Call(HERE, HERE, transform, source, arguments)


def first(*nodes: Node, **rows: Node) -> FirstOf:
    """A chain, or a decision table with named rows."""
    arms = [Alternative(HERE, node) for node in nodes]
    named = [Alternative(HERE, node, row) for row, node in rows.items()]
    return FirstOf(HERE, (*arms, *named))


def guard(when: Node, value: Node) -> Guard:
    return Guard(HERE, when, value)


def listed(*items: Node, fill: Const | None = None) -> Items:
    return Items(HERE, items, fill)


def field(name: str, value: Node, when: Node | None = None, default: Node | None = None) -> Field:
    return Field(HERE, HERE, name, value, when, default)


def record(*fields: Field) -> Object:
    return Object(HERE, fields)
