"""A pack that extends another one: its rule file is laid over that of the other pack."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import field, replace
from typing import TypeAlias

from mapping_engine.diagnostics import Span, did_you_mean, listed, report_unknown
from mapping_engine.expression import Reference
from mapping_engine.file.amend import INSIDE, AmendBlock, amended, is_of_fields, with_field
from mapping_engine.file.blocks import BlockOf, excludes, keys_of, read_block
from mapping_engine.file.body_tree import EXPRESSION_TREE, is_block
from mapping_engine.file.documents import Document, MappingFile
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.rule_files import (
    ENTRY,
    Location,
    Reading,
    read_file,
    read_node,
    read_schema_file,
    report_circle,
)
from mapping_engine.file.shapes import ListOf, MapOf, Named, wrong
from mapping_engine.file.value_blocks import FieldBlock
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import ListNode, MappingEntry, MappingNode, ScalarNode, YamlNode

TESTS = "tests"
_OWN = frozenset({"extends", "drop", *keys_of(Document)} - {"title", "description"})
"""What is not laid over: it is read file by file, as of fragments."""
_SCHEMAS = ("settings", "payload")
_DEPTH = 4
_FieldEntry: TypeAlias = Named[FieldBlock]


class Rules(Frozen):
    """A pack's rule file, laid over those that it extends.

    ``layers`` are their definitions, tables and pipelines, each with its file, the pack's own at
    the end. ``beneath`` are the schemas over which one is laid, and ``cut`` what is dropped of one.
    """

    file: MappingFile
    layers: tuple[tuple[Document, Location], ...]
    beneath: Mapping[Span, ScalarNode] = field(default_factory=dict)
    cut: Mapping[Span, Sequence[ScalarNode]] = field(default_factory=dict)

    @property
    def extended(self) -> tuple[Location, ...]:
        """The rule files that it extends."""
        return tuple(location for _, location in self.layers[:-1])

    def user(self, name: ScalarNode) -> Location:
        """The file in which another one is named."""
        return next(at for _, at in reversed(self.layers) if at.shown == name.span.file)

    def beside(self, name: ScalarNode) -> Location:
        """The file that is named: it lies beside the one that names it."""
        return self.user(name).beside(name.text)

    def laid(self, name: ScalarNode) -> Iterator[ScalarNode]:
        """The name of a schema or vocabulary, and of those over which it is laid."""
        at: ScalarNode | None = name
        while at is not None:
            yield at
            at = self.beneath.get(at.span)


def read_rules(location: Location, reading: Reading) -> Rules | None:
    """The rules of a pack; None where a file cannot be read, which is reported."""
    written = read_layers(location, reading)
    if len(written) < 2:
        alone = read_file(MappingFile, location, None, reading) if written else None
        if alone is None:
            return None
        layers: list[tuple[Document, Location]] = [(alone, location)]
        return Rules(_amended(alone, layers, reading), tuple(layers))
    (_, node), *others = written
    below, merged, laying = [node], _without_own(node), _Laying(reading)
    for _, own in others:
        for path in dropped(own):
            merged, below = laying.dropped(path, merged, below)
        merged = laying.over(BlockOf(MappingFile), merged, own)
        below.append(own)
        if own is not written[-1][1]:
            merged = _without_own(merged)
    file = read_block(MappingFile, merged, reading.diagnostics)
    if file is None:
        return None
    layers = []
    for (at, _), each in zip(written[:-1], below, strict=False):
        shared = tuple(entry for entry in each if entry.key.text in keys_of(Document))
        document = read_block(Document, MappingNode(each.span, shared), reading.diagnostics)
        layers += [] if document is None else [(document, at)]
    layers.append((file, location))
    return Rules(_amended(file, layers, reading), tuple(layers), laying.beneath, laying.cut)


def read_layers(location: Location, reading: Reading) -> list[tuple[Location, MappingNode]]:
    """The rule files that a pack extends, each before those that extend it, and its own.

    There are none where one of them cannot be read.
    """
    found: list[tuple[Location, MappingNode]] = []
    at: Location | None = location
    named: YamlNode | None = None
    while at is not None:
        node = read_node(MappingFile, at, named.span if named else None, reading)
        if node is None:
            return []
        found.insert(0, (at, node))
        named = node.get("extends")
        if named is None:
            return found
        if not isinstance(named, ScalarNode) or named.value is None:
            wrong(named, "a text", reading.diagnostics)
            return []
        at = _extended(named, tuple(each for each, _ in reversed(found)), reading)
    return []


def dropped(node: MappingNode) -> tuple[ScalarNode, ...]:
    """What a rule file drops of those that it extends; what else stands there is reported later."""
    drop = node.get("drop")
    return tuple(e for e in drop if isinstance(e, ScalarNode)) if isinstance(drop, ListNode) else ()


def _extended(name: ScalarNode, way: tuple[Location, ...], reading: Reading) -> Location | None:
    """The rule file of the pack of this name, but for those on the ``way`` that leads to it."""
    places = (Location(folder, f"{name.text}/{ENTRY}") for folder in reading.packs)
    having = [each for each in places if each.folder.exists(each.name)]
    passed = {each.real: each for each in way}
    found = next((each for each in having if each.real not in passed), None)
    if found is None and having:
        report_circle(passed[having[0].real], tuple(each.shown for each in way), name, reading)
    elif found is None:
        known = sorted({name for folder in reading.packs for name in packs_in(folder)})
        message, otherwise = f"there is no pack `{name.text}` to extend", f"known: {listed(known)}"
        report_unknown(reading.diagnostics, "PR01", message, name.span, name.text, known, otherwise)
    return found


def packs_in(folder: Folder) -> Iterator[str]:
    """The packs that lie in a folder."""
    names = (name.removesuffix(f"/{ENTRY}") for name in folder.names("", f"/{ENTRY}"))
    return (name for name in names if "/" not in name)


def _without_own(node: MappingNode) -> MappingNode:
    return MappingNode(node.span, tuple(e for e in node if e.key.text not in _OWN))


class _Laying(Frozen):
    """How one file is laid over another; it notes what schemas need, which lie in other files."""

    reading: Reading
    beneath: dict[Span, ScalarNode] = field(default_factory=dict)
    cut: dict[Span, list[ScalarNode]] = field(default_factory=dict)

    def dropped(
        self, path: ScalarNode, merged: MappingNode, below: list[MappingNode]
    ) -> tuple[MappingNode, list[MappingNode]]:
        """The rules, and the files they come from, without what stands at a path."""
        if path.text == TESTS or path.text.startswith(f"{TESTS}."):
            return merged, below  # looked for where tests are read
        schema = _schema_at(path.text, merged)
        if schema is not None:
            self.cut.setdefault(schema.span, []).append(path)
            return merged, below
        nodes = [_without(each, path.text) for each in (merged, *below)]
        if all(a is b for a, b in zip(nodes, (merged, *below), strict=True)):
            report_unknown(
                self.reading.diagnostics,
                "PR01",
                f"there is no `{path.text}` to drop in what is extended",
                path.span,
                path.text,
                sorted({p for each in (merged, *below) for p in _paths(each)}),
                "name it by the keys on the way to it",
            )
        return nodes[0], nodes[1:]

    def over(self, shape: object, base: MappingNode, own: MappingNode) -> MappingNode:
        """A mapping laid over another, entry by entry, down to what is one value."""
        item = shape.item if isinstance(shape, MapOf) else None
        block = shape.block if isinstance(shape, BlockOf) else None
        keys = keys_of(block) if block else {}
        written = {entry.key.text: entry for entry in own}
        taken = tuple(written)
        kept = []
        for entry in base:
            name = entry.key.text
            mine = written.get(name)
            if mine is not None:
                inner = item or (keys[name].shape if name in keys else None)
                value = self._value(inner, entry.value, mine.value)
                del written[name]
                kept.append(MappingEntry(mine.key, value))
            elif not (block and excludes(block, name, taken)):
                kept.append(entry)
        added = tuple(written.values())
        is_tried_first = isinstance(item, BlockOf)
        return MappingNode(own.span, (*added, *kept) if is_tried_first else (*kept, *added))

    def _value(self, shape: object, base: YamlNode, own: YamlNode) -> YamlNode:
        match shape, base, own:
            case MapOf() | BlockOf(), MappingNode(), MappingNode():
                return self.over(shape, base, own)
            case ListOf(item=BlockOf()), ListNode(), ListNode():
                return ListNode(own.span, (*own.items, *base.items))
            case _, MappingNode(), MappingNode() if shape is EXPRESSION_TREE:
                return own if is_block(base) or is_block(own) else self.over(None, base, own)
            case _, ScalarNode(), ScalarNode():
                self.beneath[own.span] = base
        return own


# Dropping


def _schema_at(path: str, merged: MappingNode) -> ScalarNode | None:
    """The name of the schema file that a path leads into: `settings.token`."""
    for name in _SCHEMAS:
        node = merged.get(name)
        if path.startswith(f"{name}.") and isinstance(node, ScalarNode):
            return node
    return None


def _without(node: MappingNode, path: str) -> MappingNode:
    """The mapping without what stands at a path; itself where there is no such thing."""
    entries = []
    for entry in node:
        rest = path.removeprefix(f"{entry.key.text}.")
        value = entry.value
        if rest != path and isinstance(value, MappingNode):
            value = _without(value, rest)
        elif rest != path and isinstance(value, ListNode):
            items = tuple(each for each in value if rest not in _called(each))
            value = value if len(items) == len(value.items) else ListNode(value.span, items)
        if entry.key.text != path:
            entries.append(entry if value is entry.value else MappingEntry(entry.key, value))
    is_same = len(entries) == len(node.entries) and all(map(operator.is_, entries, node))
    return node if is_same else MappingNode(node.span, tuple(entries))


def _called(item: YamlNode) -> Iterator[str]:
    """How an item of a list is named: as it is written, or by its condition."""
    if isinstance(item, ScalarNode):
        yield item.text
    if isinstance(item, MappingNode):
        yield from (e.value.text for e in item if isinstance(e.value, ScalarNode))


def _paths(node: YamlNode, prefix: str = "", depth: int = 0) -> Iterator[str]:
    """The paths that can be dropped, for advice."""
    match node:
        case MappingNode() if depth < _DEPTH:
            for entry in node:
                yield f"{prefix}{entry.key.text}"
                yield from _paths(entry.value, f"{prefix}{entry.key.text}.", depth + 1)
        case ListNode():
            yield from (f"{prefix}{name}" for item in node for name in _called(item))


# Schemas


def read_laid_schema(name: ScalarNode, rules: Rules, reading: Reading) -> JsonSchema | None:
    """The JSON Schema that is named in the rules, laid over the one that is extended."""
    schema = read_schema_file(rules.beside(name), name.span, reading)
    under = rules.beneath.get(name.span)
    if schema is not None and under is not None:
        base = read_laid_schema(under, rules, reading)
        schema = None if base is None else _schema_over(base, schema)
    for path in rules.cut.get(name.span, ()):
        schema = None if schema is None else _schema_without(schema, path, reading)
    return schema


def _schema_over(base: JsonSchema, own: JsonSchema) -> JsonSchema:
    """Objects are laid over each other key by key; what is required of either is required."""
    made = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and isinstance(own[key], dict):
            made[key] = _schema_over(base[key], own[key])
        elif key == "required" and isinstance(base[key], list) and isinstance(own[key], list):
            made[key] = list(dict.fromkeys((*base[key], *own[key])))
    return made


def _schema_without(schema: JsonSchema, path: ScalarNode, reading: Reading) -> JsonSchema:
    """A copy of a schema without the property that a path such as `settings.token` names."""
    made = deepcopy(schema)
    part, known, around = made, {}, made
    *way, last = path.text.split(".")[1:]
    for step in (*way, last):
        known = part.get("properties", {})
        if step not in known:
            reading.diagnostics.report(
                "PR01",
                f"there is no `{path.text}` to drop in the schema that is extended",
                path.span,
                help=did_you_mean(step, known) or f"it has {listed(known)}",
            )
            return schema
        part, around = known[step], part
    del known[last]
    around["required"] = [name for name in around.get("required", ()) if name != last]
    return made


# Fields


def _amended(
    file: MappingFile, layers: Sequence[tuple[Document, Location]], reading: Reading
) -> MappingFile:
    """The file with the changes of inherited fields: `amend: {fields.email: ...}`."""
    below: set[str] = set()
    for document, location in layers:
        for entry in document.amend or ():
            if is_of_fields(entry.name):
                file = _with_change(file, entry, below, reading)
        below.add(location.shown)
    return file


def _with_change(
    file: MappingFile, entry: Named[AmendBlock], below: set[str], reading: Reading
) -> MappingFile:
    def changed(each: _FieldEntry) -> _FieldEntry:
        if each.span.file == entry.span.file:
            message = f"there is nothing to change: `{entry.name}` is written in this file"
            reading.diagnostics.report("PR01", message, entry.span)
        if each.span.file not in below or entry.value is None or each.value is None:
            return each
        value = amended(entry.name, each.value, entry.value, reading.diagnostics)
        return replace(each, value=value)

    section, _, path = entry.name.partition(".")
    fields = with_field(file.fields, path, changed) if section == "fields" else None
    if fields is not None:
        return replace(file, fields=fields)
    name, _, inside = path.partition(INSIDE)
    for request in (file.requests or ()) if section == "requests" else ():
        block = request.value
        fields = (
            with_field(block.fields, inside, changed) if block and request.name == name else None
        )
        if block is not None and fields is not None:
            made = replace(request, value=replace(block, fields=fields))
            others = (made if each is request else each for each in file.requests or ())
            return replace(file, requests=tuple(others))
    known = [f"fields.{each.name}" for each in file.fields or ()]
    known += [
        f"requests.{request.name}.fields.{each.name}"
        for request in file.requests or ()
        for each in (request.value.fields if request.value else None) or ()
    ]
    elsewhere = _place_of(file.fields, path)
    report_unknown(
        reading.diagnostics,
        "PR01",
        f"there is nothing to change: the field `{entry.name}` does not exist",
        entry.span,
        entry.name,
        known if elsewhere is None else (),
        elsewhere or "`amend` changes what is inherited",
    )
    return file


def _place_of(fields: tuple[_FieldEntry, ...] | None, path: str) -> str | None:
    """Where a field is changed that a definition makes: `fields.user` may be all of `$user`."""
    for each in fields or ():
        rest = path.removeprefix(f"{each.name}{INSIDE}")
        if rest != path and each.value is not None:
            made = each.value.value
            if isinstance(made, Reference) and made.tail is None:
                return f"`${made.name}` makes it: write `{made.name}{INSIDE}{rest}`"
            return _place_of(each.value.fields, rest)
    return None
