"""Blocks: frozen dataclasses whose fields are the keys of a YAML mapping.

A key is declared once, with its shape and its documentation; reading, checking and the editor
schema all follow from it.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import ClassVar, Generic, Literal, TypeVar, overload

from mapping_engine.diagnostics import Diagnostics, Label, Span, listed, nearest, report_unknown
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.shapes import Definitions, Shape, SimpleShape, wrong
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import MappingNode, ScalarNode, YamlNode

T = TypeVar("T")
B = TypeVar("B", bound="Block")


class Key(Frozen):
    """One key of a block."""

    name: str
    attribute: str
    shape: Shape[object]
    doc: str
    required: bool


# The first is for mypy, which finds a union that a shape yields only where the type is invariant.
@overload
def key(shape: SimpleShape[T], doc: str) -> T | None: ...


@overload
def key(shape: Shape[T], doc: str, *, required: Literal[True]) -> T: ...


@overload
def key(shape: Shape[T], doc: str) -> T | None: ...


def key(shape: Shape[T], doc: str, *, required: bool = False) -> T | None:
    """Declare the key that has the field's name (a trailing ``_`` is dropped)."""
    declared = {"shape": shape, "doc": doc, "required": required}
    return dataclasses.field(default=None, kw_only=True, metadata=declared)


class Block(Frozen):
    """A mapping with a fixed set of keys.

    ``exclusive`` lists keys of which at most one may stand, but for the pairs in ``together``;
    of ``needed`` one must. ``companions`` are keys that mean something beside one of others only.
    The key ``complete`` says that the required and needed ones may stand elsewhere.
    """

    what: ClassVar[str] = "this block"
    exclusive: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[frozenset[frozenset[str]]] = frozenset()
    needed: ClassVar[tuple[str, ...]] = ()
    needed_help: ClassVar[str] = "write one of them"
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    complete: ClassVar[str | None] = None

    span: Span = dataclasses.field(compare=False, repr=False)
    places: Mapping[str, Span] = dataclasses.field(
        default_factory=dict, compare=False, repr=False, kw_only=True
    )
    """Where each key is written."""

    def place(self, name: str) -> Span:
        """Where a key is written; the whole block where it is a short form."""
        return self.places.get(name, self.span)


class BlockOf(Frozen, Generic[B]):
    """A mapping read as one kind of block."""

    block: type[B]
    wanted: str = "a mapping"

    def read(self, node: YamlNode, diagnostics: Diagnostics) -> B | None:
        """The block in ``node``, or None with the mistakes reported."""
        if not isinstance(node, MappingNode):
            wrong(node, f"a mapping of {self.block.what}", diagnostics)
            return None
        return read_block(self.block, node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        """A reference to the block's JSON Schema."""
        return block_schema(self.block, definitions)


class Choice(Frozen, Generic[B]):
    """A block, or a short form of it: the value of one of its keys.

    ``scalar`` is the key and the shape of a scalar that stands for the block, ``sequence`` of a
    list. The block is answered by a function since blocks may hold each other.
    """

    block: Callable[[], type[B]]
    scalar: tuple[str, Shape[object]] | None = None
    sequence: tuple[str, Shape[object]] | None = None
    short: str = "an expression"
    """What a scalar is called in messages."""

    @property
    def wanted(self) -> str:
        """What is expected, in the words of the messages."""
        short = [self.short] if self.scalar else []
        return " or ".join([*short, *(["a list"] if self.sequence else []), "a block"])

    def read(self, node: YamlNode, diagnostics: Diagnostics) -> B | None:
        """The block, whichever way it is written."""
        if isinstance(node, MappingNode):
            return read_block(self.block(), node, diagnostics)
        short = self.scalar if isinstance(node, ScalarNode) else self.sequence
        if short is None or (isinstance(node, ScalarNode) and node.value is None):
            wrong(node, self.wanted, diagnostics)
            return None
        key, shape = short
        value = shape.read(node, diagnostics)
        return None if value is None else _block(self.block(), node.span, {}, {key: value})

    def schema(self, definitions: Definitions) -> JsonSchema:
        """Each way of writing the block."""
        forms = [form[1].schema(definitions) for form in (self.scalar, self.sequence) if form]
        forms.append(block_schema(self.block(), definitions))
        return forms[0] if len(forms) == 1 else {"anyOf": forms}


_KEYS: dict[type[Block], dict[str, Key]] = {}


def keys_of(block: type[Block]) -> dict[str, Key]:
    """The keys of a block by name, in the order of their declaration."""
    if block not in _KEYS:
        declared = [f for f in dataclasses.fields(block) if "shape" in f.metadata]
        keys = [Key(f.name.rstrip("_"), f.name, **f.metadata) for f in declared]
        _KEYS[block] = {key.name: key for key in keys}
    return _KEYS[block]


def read_block(block: type[B], node: MappingNode, diagnostics: Diagnostics) -> B | None:
    """Read ``node``; None when a required key is absent or wrong, with every mistake reported."""
    keys = keys_of(block)
    values: dict[str, object] = {}
    cut = False
    for entry in node:
        known = keys.get(entry.key.text)
        if known is None:
            if not (cut and _is_empty(entry.value)):
                _report_unknown(entry.key, tuple(keys), block.what, diagnostics)
            continue
        before = len(diagnostics.found)
        values[known.attribute] = known.shape.read(entry.value, diagnostics)
        cut = len(diagnostics.found) > before and isinstance(entry.value, ScalarNode)
    complete = _check_keys(block, node, diagnostics)
    if not complete or any(k.required and values.get(k.attribute) is None for k in keys.values()):
        return None
    places = {entry.key.text: entry.key.span for entry in node}
    return _block(block, node.span, places, values)


def _block(
    block: type[B], span: Span, places: Mapping[str, Span], values: Mapping[str, object]
) -> B:
    make: Callable[..., B] = block
    return make(span=span, places=places, **values)


def _report_unknown(
    key: ScalarNode, accepted: tuple[str, ...], what: str, diagnostics: Diagnostics
) -> None:
    message, otherwise = f"unknown key `{key.text}` in {what}", f"accepted: {listed(accepted)}"
    report_unknown(diagnostics, "SH01", message, key.span, key.text, accepted, otherwise)


def _is_empty(node: YamlNode) -> bool:
    """Whether there is no value: after an expression that a comma has cut in two, say."""
    return isinstance(node, ScalarNode) and node.value is None


def _check_keys(block: type[Block], node: MappingNode, diagnostics: Diagnostics) -> bool:
    present = [entry.key for entry in node]
    names = {key.text for key in present}
    missing = [k.name for k in keys_of(block).values() if k.required and k.name not in names]
    unknown = names - set(keys_of(block))
    meant = {nearest(each, keys_of(block)) for each in unknown}
    for name in missing:
        if name not in meant:
            diagnostics.report("SH02", f"{block.what} has no `{name}`", _head(node))
    if unknown:
        return not missing
    if block.needed and not names & set(block.needed):
        wanted = " or ".join(f"`{name}`" for name in block.needed)
        help = block.needed_help
        diagnostics.report("SH02", f"{block.what} has no {wanted}", _head(node), help=help)
        return False
    _check_companions(block, present, diagnostics)
    sources = [key for key in present if key.text in block.exclusive]
    for place, extra in enumerate(sources):
        rivals = (key for key in sources[:place] if excludes(block, extra.text, (key.text,)))
        first = next(rivals, None)
        if first is not None:
            diagnostics.report(
                "SH04",
                f"{block.what} has both `{first.text}` and `{extra.text}`",
                extra.span,
                labels=(Label(first.span, "the first is here"),),
                help="keep one",
            )
    return not missing


def excludes(block: type[Block], name: str, others: Iterable[str]) -> bool:
    """Whether a key cannot stand beside one of others."""
    rivals = set(block.exclusive).intersection(others) if name in block.exclusive else set()
    return any(frozenset((name, other)) not in block.together for other in rivals - {name})


def _check_companions(
    block: type[Block], present: list[ScalarNode], diagnostics: Diagnostics
) -> None:
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


def _head(node: MappingNode) -> Span:
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
        if block.complete:
            whole = _demands(block, definitions)
            schema["anyOf"] = [{"required": [block.complete]}, whole]
    return {"$ref": f"#/$defs/{name}"}


def _demands(block: type[Block], definitions: Definitions) -> JsonSchema:
    """What the schema of a block demands, and of the blocks in it, which is taken out of them."""
    schema = definitions[block.__name__]
    found: JsonSchema = {k: schema.pop(k) for k in ("required", "anyOf") if k in schema}
    inner = {k.name: k.shape.block for k in keys_of(block).values() if isinstance(k.shape, BlockOf)}
    demands = {name: _demands(each, definitions) for name, each in inner.items()}
    if any(demands.values()):
        found["properties"] = {name: each for name, each in demands.items() if each}
    return found
