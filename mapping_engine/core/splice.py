"""Named objects in the place of their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.core import nodes
from mapping_engine.core.nodes import Field, Guard, Name, Node, fields_of


def spliced(made: nodes.Object, definitions: Mapping[str, Node]) -> nodes.Object:
    """The object with the fields of named objects in place of their ``$names``.

    So a payload can be written in several files, and each of its fields is held against the
    payload's schema, explained and documented under its own path.
    """
    return replace(made, fields=tuple(_opened(each, definitions) for each in made.fields))


def is_opened(found: Node) -> bool:
    """Whether a definition stands in the place of its name, where that is all of a field."""
    return bool(fields_of(found.value if isinstance(found, Guard) else found))


def _opened(given: Field, definitions: Mapping[str, Node]) -> Field:
    value, when = given.value, given.when
    if given.spread and isinstance(value, nodes.Call) and isinstance(value.input, Name):
        found = definitions.get(value.input.name) if value.input.tail is None else None
        value = value.input if found is not None and is_opened(found) else value
    if isinstance(value, Name) and value.tail is None:
        found = definitions.get(value.name)
        if found is None or not is_opened(found):
            return given
        if isinstance(found, Guard):
            when = found.when if when is None else nodes.Logic(given.at, "and", (when, found.when))
        value = found.value if isinstance(found, Guard) else found
    return replace(given, value=_open(value, definitions), when=when)


def _open(node: Node, definitions: Mapping[str, Node]) -> Node:
    match node:
        case nodes.Object():
            return spliced(node, definitions)
        case nodes.ForEach(body=body) if fields_of(body):
            return replace(node, body=_open(body, definitions))
        case nodes.Copy(added=nodes.Object() as added):
            return replace(node, added=spliced(added, definitions))
        case _:
            return node
