"""Where a text is written that a payload field refuses: a constant, or a row of a table."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.inference import Inference
from mapping_engine.core.nodes import Call, Const, Name, Node, walk
from mapping_engine.diagnostics import Span
from mapping_engine.selectors import vocabulary_path
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode


def place_of(text: object, value: Node, found: Inference) -> Span | None:
    """The only place behind a value where a text is written; None where there is another.

    A value is made from the definitions, pipelines and tables that it names.
    """
    if not isinstance(text, str):
        return None
    places = dict.fromkeys(_places(text, value, found))
    return next(iter(places)) if len(places) == 1 else None


def _places(text: str, value: Node, found: Inference) -> Iterator[Span]:
    model, seen, waiting = found.model, set[int](), [value]
    while waiting:
        for node in walk(waiting.pop()):
            inner: Node | None = None
            match node:
                case Const(value=written) if written == text:
                    yield node.span
                case Name(name="tables", tail=tail) if tail is not None:
                    path = vocabulary_path(tail) or ()
                    table = found.tables.get(path[0]) if len(path) == 1 else None
                    yield from (row.span for row in _made(table) if row.text == text)
                case Name():
                    inner = model.definitions.get(node.name)
                case Call() if node.name in model.pipelines:
                    inner = model.pipelines[node.name].body
                case _:
                    pass
            if inner is not None and id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)


def _made(table: YamlNode | None) -> list[ScalarNode]:
    """What a table makes of its keys, or lists."""
    match table:
        case MappingNode():
            made = [entry.value for entry in table.entries]
        case ListNode(items=items):
            made = list(items)
        case _:
            made = []
    return [each for each in made if isinstance(each, ScalarNode)]
