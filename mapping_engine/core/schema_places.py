"""Where the payload schema declares a field: the other side of a mistake that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics, Label, Span
from mapping_engine.source.node import MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml

_STEP = re.compile(r"\[\]|[^.\[]+")


def declared_at(path: str, model: Model, keyword: str = "") -> tuple[Label, ...]:
    """The place of a payload field, such as `items[].sku`, or of what a keyword says of it.

    None where the field is not found.
    """
    if model.payload is None:
        return ()
    name = file_beside(model.payload)
    text = model.texts.get(name)
    root = _read(name, text) if text else None
    place, is_whole = property_place(root, _STEP.findall(path), keyword)
    if place is None or not is_whole:
        return ()
    return (Label(place, "the schema declares it here"),)


def file_beside(name: ScalarNode) -> str:
    """How the file is shown that lies beside the one in which it is named."""
    folder, mark, _ = name.span.file.rpartition("/")
    return f"{folder}{mark}{name.text}"


def property_place(
    root: YamlNode | None, steps: Iterable[str], keyword: str = ""
) -> tuple[Span | None, bool]:
    """Where a schema declares the last of some properties that it does, and whether that is all.

    A step `[]` leads to the items of a list, and `*` to what is not declared. Where the last one
    has the keyword, it is that place.
    """
    node, place = root, None
    for step in steps:
        node = _followed(node, root)
        if step == "[]":
            node = _value(node, "items")
            continue
        if step == "*":
            node = _value(node, "additionalProperties")
            continue
        properties = _value(node, "properties")
        entries = properties.entries if isinstance(properties, MappingNode) else ()
        entry = next((each for each in entries if each.key.text == step), None)
        if entry is None:
            return place, False
        node, place = entry.value, entry.key.span
    said = _value(_followed(node, root), keyword)
    return place if said is None else said.span, True


@lru_cache(maxsize=2)
def _read(name: str, text: str) -> YamlNode | None:
    return read_yaml(Source(name, text), Diagnostics())


def _value(node: YamlNode | None, key: str) -> YamlNode | None:
    return node.get(key) if isinstance(node, MappingNode) else None


def _followed(node: YamlNode | None, root: YamlNode | None) -> YamlNode | None:
    """The schema behind a local `$ref`."""
    for _ in range(32):
        reference = _value(node, "$ref")
        if not isinstance(reference, ScalarNode) or not reference.text.startswith("#/"):
            break
        node = root
        for step in reference.text.removeprefix("#/").split("/"):
            node = _value(node, step)
    return node
