"""Where a value is made that a payload field refuses: in a constant, a table, a conversion."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.choices import alternatives
from mapping_engine.core.inference import Inference
from mapping_engine.core.model import every_node
from mapping_engine.core.nodes import Call, Const, Name, Node, Test, walk
from mapping_engine.diagnostics import Span
from mapping_engine.selectors import vocabulary_path
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode


def place_of(text: object, value: Node, found: Inference) -> Span | None:
    """The only place behind a value where a text is written; None where there is another.

    A value is made from the definitions, pipelines and tables that it names.
    """
    if not isinstance(text, str):
        return None
    written = list(_places(text.casefold(), value, found))
    places = {span for each, span in written if each == text} or {span for _, span in written}
    return places.pop() if len(places) == 1 else None


def made_at(value: Node, found: Inference) -> Span | None:
    """Where a definition is converted that serves this value alone; None where it is not."""
    named = found.model.definitions.get(value.name) if isinstance(value, Name) else None
    if named is None or not isinstance(value, Name) or value.tail is not None:
        return None
    asked = {id(node.operand) for node in every_node(found.model) if isinstance(node, Test)}
    uses = [n for n in every_node(found.model) if isinstance(n, Name) and n.name == value.name]
    arms = [arm.value for arm in alternatives(named)] or [named]
    steps = {arm.step.span if isinstance(arm, Call) else None for arm in arms}
    is_one = len(steps) == 1 and sum(id(node) not in asked for node in uses) == 1
    return steps.pop() if is_one else None


def _places(folded: str, value: Node, found: Inference) -> Iterator[tuple[str, Span]]:
    """The texts behind a value that are this one but for their case, and where they stand."""
    model, seen, waiting = found.model, set[int](), [value]
    while waiting:
        for node in walk(waiting.pop()):
            inner: Node | None = None
            match node:
                case Const(value=str() as written) if written.casefold() == folded:
                    yield written, node.span
                case Name(name="tables", tail=tail) if tail is not None:
                    path = vocabulary_path(tail) or ()
                    table = found.tables.get(path[0]) if len(path) == 1 else None
                    rows = _made(table)
                    yield from (
                        (row.text, row.span) for row in rows if row.text.casefold() == folded
                    )
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
