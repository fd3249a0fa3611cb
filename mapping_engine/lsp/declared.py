"""Where names are declared: definitions, pipelines, tables, variables and settings."""

from __future__ import annotations

from typing import Any

from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.shapes import Named
from mapping_engine.source.node import MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml


def definition(examined: Examined, name: str) -> Named[Any] | None:
    """The definition that counts: the last `override`, or the one under `define`."""
    documents = [loaded.document for loaded in examined.documents]
    overrides = [entry for each in reversed(documents) for entry in reversed(each.override or ())]
    defined = [entry for each in documents for entry in each.define or ()]
    return _named([*overrides, *defined], name)


def docs(examined: Examined) -> dict[str, str]:
    """What the definitions are, in the words of the rules: a later file has the last word."""
    found: dict[str, str] = {}
    for loaded in examined.documents:
        document = loaded.document
        for entry in (*(document.define or ()), *(document.override or ())):
            found[entry.name] = doc_of(entry)
        for change in document.amend or ():
            found[change.name] = doc_of(change) or found.get(change.name, "")
    return found


def doc_of(entry: Named[Any] | None) -> str:
    """The `doc` of an entry, if it has one."""
    block = entry.value if entry else None
    return block.doc.text if block is not None and block.doc else ""


def pipeline(examined: Examined, name: str) -> Named[Any] | None:
    """The pipeline of this name."""
    documents = [loaded.document for loaded in examined.documents]
    return _named([entry for each in documents for entry in each.pipelines or ()], name)


def pipeline_docs(examined: Examined) -> dict[str, str]:
    """The named pipelines, and what they do."""
    documents = [loaded.document for loaded in examined.documents]
    return {entry.name: doc_of(entry) for each in documents for entry in each.pipelines or ()}


def table(examined: Examined, name: str) -> Named[Any] | None:
    """The table of this name, or the entry that names its file."""
    documents = [loaded.document for loaded in examined.documents]
    entries: list[Named[Any]] = [entry for each in documents for entry in each.tables or ()]
    entries += [entry for each in documents for entry in each.table_files or ()]
    return _named(entries, name)


def variable(examined: Examined, name: str) -> Named[Any] | None:
    """The variable of the fan-out of this name."""
    fan_out = examined.model.file.fan_out
    return _named(list(fan_out.each) if fan_out else [], name)


def constant(examined: Examined, name: str) -> Span | None:
    """Where a constant of the API is written."""
    api = examined.model.file.api
    return api.places.get(name) if api else None


def setting(examined: Examined, steps: tuple[str, ...]) -> Span:
    """Where the schema of the settings declares a setting, or the step nearest to it."""
    source = examined.settings
    found = Span(source.file, 1, 1, 1, 1)
    root = read_yaml(Source(source.file, source.text), Diagnostics())
    node = root
    for step in steps:
        node = _follow(root, node)
        if step == "[]":
            node = _under(node, "items")
            continue
        properties = _under(node, "properties")
        entries = properties.entries if isinstance(properties, MappingNode) else ()
        entry = next((each for each in entries if each.key.text == step), None)
        if entry is None:
            break
        found, node = entry.key.span, entry.value
    return found


def _follow(root: YamlNode | None, node: YamlNode | None) -> YamlNode | None:
    reference = _under(node, "$ref")
    if not isinstance(reference, ScalarNode) or not reference.text.startswith("#/"):
        return node
    for step in reference.text[2:].split("/"):
        root = _under(root, step)
    return root


def _under(node: YamlNode | None, key: str) -> YamlNode | None:
    return node.get(key) if isinstance(node, MappingNode) else None


def _named(entries: list[Named[Any]], name: str) -> Named[Any] | None:
    return next((entry for entry in entries if entry.name == name), None)
