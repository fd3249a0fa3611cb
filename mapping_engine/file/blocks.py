"""Blocks: frozen dataclasses whose fields are the keys of a YAML mapping.

A key is declared once, with its shape and its documentation; reading, checking and the editor
schema all follow from it.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, ClassVar, TypeVar

from mapping_engine.diagnostics import Diagnostics, Label, Span
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.shapes import (
    Definitions,
    Shape,
    report_unknown,
    wrong,
)
from mapping_engine.source.node import Mapping, Node, Scalar

B = TypeVar("B", bound="Block")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a block."""

    name: str
    shape: Shape
    doc: str
    required: bool


def key(shape: Shape, doc: str, *, required: bool = False) -> Any:
    """Declare the key that has the field's name (a trailing ``_`` is dropped)."""
    return dataclasses.field(
        default=None, kw_only=True, metadata={"shape": shape, "doc": doc, "required": required}
    )


@dataclass(frozen=True)
class Block:
    """A mapping with a fixed set of keys.

    ``exclusive`` lists keys of which at most one may stand, but for the pairs in ``together``;
    of ``needed`` one must. ``companions`` are keys that mean something beside one of others only.
    """

    what: ClassVar[str] = "this block"
    exclusive: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[frozenset[frozenset[str]]] = frozenset()
    needed: ClassVar[tuple[str, ...]] = ()
    companions: ClassVar[MappingType[str, tuple[str, ...]]] = {}

    span: Span = dataclasses.field(compare=False, repr=False)
    places: MappingType[str, Span] = dataclasses.field(
        default_factory=dict, compare=False, repr=False, kw_only=True
    )
    """Where each key is written."""

    def place(self, name: str) -> Span:
        """Where a key is written; the whole block where it is a short form."""
        return self.places.get(name, self.span)


@dataclass(frozen=True)
class BlockOf(Shape):
    """A mapping read as one kind of block."""

    block: type[Block]

    @property
    def wanted(self) -> str:  # type: ignore[override]  # read-only is enough
        """What is expected here, in words."""
        return "a mapping"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        """The block in ``node``, or None with the mistakes reported."""
        if not isinstance(node, Mapping):
            wrong(node, f"a mapping of {self.block.what}", diagnostics)
            return None
        return read_block(self.block, node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        """A reference to the block's JSON Schema."""
        return block_schema(self.block, definitions)


def keys_of(block: type[Block]) -> dict[str, Key]:
    """The keys of a block by name, in the order of their declaration."""
    identity: Any = block
    return _keys_of(identity)


@cache
def _keys_of(block: Any) -> dict[str, Key]:
    declared = (f for f in dataclasses.fields(block) if "shape" in f.metadata)
    keys = (
        Key(f.name.rstrip("_"), f.metadata["shape"], f.metadata["doc"], f.metadata["required"])
        for f in declared
    )
    return {key.name: key for key in keys}


def _attribute(block: type[Block], name: str) -> str:
    names = {f.name for f in dataclasses.fields(block)}
    return name if name in names else f"{name}_"


def read_block(block: type[B], node: Mapping, diagnostics: Diagnostics) -> B | None:
    """Read ``node``; None when a required key is absent or wrong, with every mistake reported."""
    keys = keys_of(block)
    values: dict[str, Any] = {}
    cut = False
    for entry in node:
        known = keys.get(entry.key.text)
        if known is None:
            if not (cut and _is_empty(entry.value)):
                report_unknown(entry.key, tuple(keys), block.what, diagnostics)
            continue
        before = len(diagnostics.found)
        values[_attribute(block, known.name)] = known.shape.read(entry.value, diagnostics)
        cut = len(diagnostics.found) > before and isinstance(entry.value, Scalar)
    complete = _check_keys(block, node, diagnostics)
    required = (_attribute(block, k.name) for k in keys.values() if k.required)
    if not complete or any(values.get(name) is None for name in required):
        return None
    places = {entry.key.text: entry.key.span for entry in node}
    return block(span=node.span, places=places, **values)


def _is_empty(node: Node) -> bool:
    """Whether there is no value: after an expression that a comma has cut in two, say."""
    return isinstance(node, Scalar) and node.value is None


def _check_keys(block: type[Block], node: Mapping, diagnostics: Diagnostics) -> bool:
    present = [entry.key for entry in node]
    names = {key.text for key in present}
    missing = [k.name for k in keys_of(block).values() if k.required and k.name not in names]
    for name in missing:
        diagnostics.report("SH02", f"{block.what} has no `{name}`", _head(node))
    if names - set(keys_of(block)):
        return not missing
    if block.needed and not names & set(block.needed):
        wanted = " or ".join(f"`{name}`" for name in block.needed)
        diagnostics.report("SH02", f"{block.what} has no {wanted}", _head(node))
        return False
    _check_companions(block, present, diagnostics)
    sources = [key for key in present if key.text in block.exclusive]
    for extra in sources[1:]:
        if frozenset((sources[0].text, extra.text)) in block.together:
            continue
        diagnostics.report(
            "SH04",
            f"{block.what} has both `{sources[0].text}` and `{extra.text}`",
            extra.span,
            labels=(Label(sources[0].span, "the first is here"),),
            help="keep one",
        )
    return not missing


def _check_companions(block: type[Block], present: list[Scalar], diagnostics: Diagnostics) -> None:
    names = {key.text for key in present}
    for key in present:
        wanted = block.companions.get(key.text)
        if wanted and not names & set(wanted):
            others = " or ".join(f"`{name}`" for name in wanted)
            diagnostics.report(
                "SH09",
                f"`{key.text}` means nothing in {block.what} without {others}",
                key.span,
                help=f"drop it, or write {others}",
            )


def _head(node: Mapping) -> Span:
    """A short place that stands for a block: its first key."""
    return node.entries[0].key.span if node.entries else node.span


def block_schema(block: type[Block], definitions: Definitions) -> JsonSchema:
    """A reference to the block's JSON Schema, which is put into ``definitions``."""
    name = block.__name__
    if name not in definitions:
        schema: JsonSchema = {"type": "object", "additionalProperties": False}
        definitions[name] = schema
        schema["description"] = inspect.getdoc(block) or ""
        schema["properties"] = {
            key.name: {"description": key.doc, **key.shape.schema(definitions)}
            for key in keys_of(block).values()
        }
        required = [key.name for key in keys_of(block).values() if key.required]
        if required:
            schema["required"] = required
        if block.exclusive:
            pairs = [
                {"required": list(pair)}
                for pair in combinations(block.exclusive, 2)
                if frozenset(pair) not in block.together
            ]
            schema["not"] = {"anyOf": pairs}
        if block.companions:
            schema["dependentSchemas"] = {
                name: {"anyOf": [{"required": [other]} for other in others]}
                for name, others in block.companions.items()
            }
        if block.needed:
            schema["anyOf"] = [{"required": [needed]} for needed in block.needed]
    return {"$ref": f"#/$defs/{name}"}
