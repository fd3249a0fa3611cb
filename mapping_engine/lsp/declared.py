"""Where names are declared: definitions, pipelines, tables, variables and settings."""

from __future__ import annotations

from typing import Any

from mapping_engine.core.load import Examined
from mapping_engine.core.schema_places import property_place
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.shapes import Named
from mapping_engine.source.yaml_text import read_yaml


def entries(examined: Examined, *keys: str) -> list[Named[Any]]:
    """What the files of a pack declare under some keys, in the order in which they are read."""
    documents = [loaded.document for loaded in examined.documents]
    return [entry for key in keys for each in documents for entry in getattr(each, key, ()) or ()]


def named(name: str, *found: Named[Any]) -> Named[Any] | None:
    """The first entry of this name."""
    return next((entry for entry in found if entry.name == name), None)


def variable_or_definition(examined: Examined, name: str) -> Named[Any] | None:
    """What `$name` is: a variable of the fan-out, or the definition that counts.

    That is the last `override`, or the one under `define`.
    """
    file = examined.model.file
    blocks = (file.fan_out, *(e.value.fan_out for e in file.requests or () if e.value))
    variables = [entry for each in blocks if each is not None for entry in each.each]
    overrides = reversed(entries(examined, "override"))
    return named(name, *variables, *overrides, *entries(examined, "define"))


def definition_docs(examined: Examined) -> dict[str, str]:
    """What the definitions are, in the words of the rules: a later file has the last word."""
    found = {entry.name: doc_of(entry) for entry in entries(examined, "define", "override")}
    for change in entries(examined, "amend"):
        found[change.name] = doc_of(change) or found.get(change.name, "")
    return found


def doc_of(entry: Named[Any] | None) -> str:
    """The `doc` of an entry, if it has one."""
    block = entry.value if entry else None
    return block.doc.text if block is not None and block.doc else ""


def setting(examined: Examined, steps: tuple[str, ...]) -> Span:
    """Where the schema of the settings declares a setting, or the step nearest to it."""
    source = examined.settings
    place, _ = property_place(read_yaml(source, Diagnostics()), steps)
    return place or Span(source.file, 1, 1, 1, 1)
