"""How a key's YAML is written: each shape reads a node, and describes itself as JSON Schema.

The loader and the editor schema are both derived from these, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Generic, Protocol, TypeVar

from mapping_engine.diagnostics import Diagnostics, Fix, Span, did_you_mean
from mapping_engine.expression import Extent, Literal
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import (
    ListNode,
    MappingNode,
    ScalarNode,
    Source,
    Style,
    YamlNode,
    to_data,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Definitions = dict[str, JsonSchema]


class Shape(Protocol[T_co]):
    """What may stand under a key."""

    @property
    def wanted(self) -> str:
        """What is expected, in the words of the messages."""

    def read(self, node: YamlNode, diagnostics: Diagnostics, /) -> T_co | None:
        """The value in ``node``, or None with the mistake reported."""

    def schema(self, definitions: Definitions) -> JsonSchema:
        """JSON Schema for editors; named blocks are put into ``definitions``."""


def describe(node: YamlNode) -> str:
    """What was found, in the words of the messages."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    if node.value is None:
        return "nothing"
    kinds: dict[type, str] = {bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(node.value), "a text")


def wrong(node: YamlNode, wanted: str, diagnostics: Diagnostics) -> None:
    """Report SH03 at ``node``, unless it is an alias, which is reported already."""
    if isinstance(node, ScalarNode) and node.value is None and node.text.startswith("*"):
        return
    is_list = isinstance(node, ListNode) and wanted == "an expression"
    help = "a list in an expression stands in quotes, `\"['a', $b]\"`" if is_list else None
    diagnostics.report("SH03", f"expected {wanted}, found {describe(node)}", node.span, help=help)


# One value


class SimpleShape(Frozen, Generic[T]):
    """A shape that is what its function reads."""

    wanted: str
    json: Mapping[str, object]
    read: Callable[[YamlNode, Diagnostics], T | None]

    def schema(self, definitions: Definitions) -> JsonSchema:
        """The JSON Schema of the value."""
        return dict(self.json)


def scalar_shape(
    wanted: str,
    json: Mapping[str, object],
    convert: Callable[[ScalarNode, Diagnostics], T | None],
) -> SimpleShape[T]:
    """A scalar that is not empty, and what ``convert`` makes of it: None where it is wrong."""

    def read(node: YamlNode, diagnostics: Diagnostics) -> T | None:
        if isinstance(node, ScalarNode) and node.value is not None:
            return convert(node, diagnostics)
        wrong(node, wanted, diagnostics)
        return None

    return SimpleShape(wanted, json, read)


def _text(node: ScalarNode, diagnostics: Diagnostics) -> ScalarNode:
    return node


TEXT = scalar_shape("a text", {"type": ["string", "number"]}, _text)
"""A text; numbers are taken as they are written."""

_YAML_1_1_FLAGS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def _flag(node: ScalarNode, diagnostics: Diagnostics) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    if node.style is Style.PLAIN and node.text.lower() in _YAML_1_1_FLAGS:
        _meant_as_flag(node, diagnostics)
        return None
    wrong(node, FLAG.wanted, diagnostics)
    return None


def _meant_as_flag(node: ScalarNode, diagnostics: Diagnostics) -> None:
    """Correct the advice of what was reported where the file was read: quotes make no flag."""
    meant = _YAML_1_1_FLAGS[node.text.lower()]
    for place, each in enumerate(diagnostics.found):
        if each.code == "SY04" and each.span == node.span:
            fix = Fix(node.span, meant, f"write `{meant}`", safe=True, old=node.text)
            diagnostics.found[place] = replace(each, help=f"write `{meant}`", fix=fix)


FLAG = scalar_shape("true or false", {"type": "boolean"}, _flag)


def _true(node: ScalarNode, diagnostics: Diagnostics) -> bool | None:
    found = _flag(node, diagnostics)
    if found is False:
        diagnostics.report(
            "SH03", "expected `true`", node.span, help="leave the key out, or write `true`"
        )
    return found or None


TRUE = scalar_shape("`true`", {"const": True}, _true)
"""A flag that says nothing where it is not set."""


def whole(minimum: int = 1) -> SimpleShape[int]:
    """A whole number of at least ``minimum``."""
    wanted = f"a whole number of at least {minimum}"

    def convert(node: ScalarNode, diagnostics: Diagnostics) -> int | None:
        if type(node.value) is int and node.value >= minimum:
            return node.value
        wrong(node, wanted, diagnostics)
        return None

    return scalar_shape(wanted, {"type": "integer", "minimum": minimum}, convert)


def _version(node: ScalarNode, diagnostics: Diagnostics) -> int | None:
    if node.value == 1 and type(node.value) is int:
        return 1
    message = "this engine reads version 1 of the format"
    diagnostics.report("SH05", message, node.span, help="write `1`")
    return None


VERSION = scalar_shape("the version of the format", {"const": 1}, _version)


def _date(node: ScalarNode, diagnostics: Diagnostics) -> date | None:
    try:
        return date.fromisoformat(node.text)
    except ValueError:
        diagnostics.report("SH03", f"expected {DATE.wanted}", node.span)
        return None


DATE = scalar_shape("a date such as 2025-05-14", {"type": "string", "format": "date"}, _date)


def word_of(*words: str) -> SimpleShape[str]:
    """One of a few words."""
    wanted = "one of " + ", ".join(f"`{word}`" for word in words)

    def convert(node: ScalarNode, diagnostics: Diagnostics) -> str | None:
        if node.text in words:
            return node.text
        help = did_you_mean(node.text, words)
        diagnostics.report("SH03", f"expected {wanted}", node.span, help=help)
        return None

    return scalar_shape(wanted, {"enum": list(words)}, convert)


def literal(node: YamlNode) -> Literal:
    """A YAML value as an expression."""
    anchor = node
    if not isinstance(anchor, ScalarNode):  # some scalar whose place can stand for it
        anchor = ScalarNode(node.span, "", "", Style.PLAIN, Source(node.span.file, ""))
    return Literal(Extent(anchor, 0, len(anchor.text)), to_data(node), node)


def _data(node: YamlNode, diagnostics: Diagnostics) -> Literal:
    return literal(node)


DATA = SimpleShape("a value", {}, _data)
"""Any YAML value, taken as it stands."""


# Several values


class ListOf(Frozen, Generic[T]):
    """A list of one shape; a bad item is left out after its report."""

    item: Shape[T]
    or_one: bool = False
    wanted: str = "a list"

    def read(self, node: YamlNode, diagnostics: Diagnostics) -> tuple[T, ...] | None:
        """The items in their order."""
        if self.or_one and isinstance(node, ScalarNode) and node.value is not None:
            node = ListNode(node.span, (node,))
        if not isinstance(node, ListNode):
            wrong(node, self.wanted, diagnostics)
            return None
        read = (self.item.read(item, diagnostics) for item in node.items)
        return tuple(item for item in read if item is not None)

    def schema(self, definitions: Definitions) -> JsonSchema:
        """An array, or also the item alone."""
        item = self.item.schema(definitions)
        several: JsonSchema = {"type": "array", "items": item}
        return {"anyOf": [item, several]} if self.or_one else several


class Named(Frozen, Generic[T_co]):
    """An entry of a mapping whose keys are names that the maintainer chooses."""

    key: ScalarNode
    value: T_co | None

    @property
    def name(self) -> str:
        """The chosen name."""
        return self.key.text

    @property
    def span(self) -> Span:
        """Where the name is written."""
        return self.key.span


IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class MapOf(Frozen, Generic[T]):
    """A mapping from chosen names to one shape; ``identifiers`` may stand after a ``$``.

    One that is ``filled`` has an entry.
    """

    item: Shape[T]
    identifiers: bool = False
    filled: bool = False
    wanted: str = "a mapping"

    def read(self, node: YamlNode, diagnostics: Diagnostics) -> tuple[Named[T], ...] | None:
        """The entries in their order; the value of a bad one is None."""
        if not isinstance(node, MappingNode):
            wrong(node, self.wanted, diagnostics)
            return None
        if self.filled and not node.entries:
            diagnostics.report("SH03", "there is nothing in it", node.span, help="write an entry")
        return tuple(self._entry(entry.key, entry.value, diagnostics) for entry in node)

    def _entry(self, key: ScalarNode, value: YamlNode, diagnostics: Diagnostics) -> Named[T]:
        if self.identifiers and not IDENTIFIER.fullmatch(key.text):
            message = "a name is made of letters, digits and `_`, and starts with no digit"
            diagnostics.report("SH03", message, key.span)
        return Named(key, self.item.read(value, diagnostics))

    def schema(self, definitions: Definitions) -> JsonSchema:
        """An object whose properties have any names."""
        item = self.item.schema(definitions)
        schema: JsonSchema = {"type": "object", "additionalProperties": item}
        if self.identifiers:
            schema["propertyNames"] = {"pattern": f"^{IDENTIFIER.pattern}$"}
        if self.filled:
            schema["minProperties"] = 1
        return schema
