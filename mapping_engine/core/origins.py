"""Where the personal data or the secret in a value comes from, and by which names."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine.core.facts import Facts
from mapping_engine.core.model import BUILTINS, Model
from mapping_engine.core.nodes import Field, Name, Node, Read, field_parts, walk
from mapping_engine.core.spell import spell, written_name
from mapping_engine.diagnostics import Label
from mapping_engine.types.type import IDENTIFYING, PSEUDONYM, SECRET, UNDECLARED, Type

_SHOWN = 3


def _origins(
    start: Node | Field, model: Model, facts: Facts, wanted: Callable[[Type], bool]
) -> list[tuple[Node, tuple[str, ...]]]:
    """The reads behind ``start`` whose type is ``wanted``, with the definitions on the way."""
    found: list[tuple[Node, tuple[str, ...]]] = []
    seen: set[str] = set()
    parts = field_parts(start) if isinstance(start, Field) else (start,)
    waiting: list[tuple[Node, tuple[str, ...]]] = [(part, ()) for part in parts]
    while waiting:
        part, way = waiting.pop(0)
        for node in walk(part):
            if isinstance(node, Name) and node.name in model.definitions:
                if node.name not in seen:
                    seen.add(node.name)
                    step = f"${written_name(node.name)}"
                    waiting.append((model.definitions[node.name], (*way, step)))
            elif _is_source(node, model) and wanted(facts.type_of(node)):
                found.append((node, way))
    return found


def _is_source(node: Node, model: Model) -> bool:
    """Whether a value comes from here; the items of lists come from where the list does."""
    outside = (*BUILTINS, *model.fan_out_names)
    return isinstance(node, Read) or (isinstance(node, Name) and node.name in outside)


def described(
    start: Node | Field,
    sink: str,
    model: Model,
    facts: Facts,
    wanted: Callable[[Type], bool],
) -> tuple[tuple[Label, ...], tuple[str, ...]]:
    """Labels at the sources, and a note that shows the way from each to the ``sink``."""
    found = _origins(start, model, facts, wanted)
    labels, notes = [], []
    for node, way in found[:_SHOWN]:
        spelled = spell(node)
        if way:
            labels.append(Label(node.span, f"`{spelled}` holds {what(facts.type_of(node))}"))
            notes.append(" -> ".join((f"`{spelled}`", *(f"`{n}`" for n in reversed(way)), sink)))
    if len(found) > _SHOWN:
        notes.append(f"and {len(found) - _SHOWN} more sources")
    return tuple(labels), tuple(notes)


def what(found: Type) -> str:
    """What makes a value one that must not be shown."""
    if SECRET in found.tags:
        return "a secret"
    kinds = ", ".join(sorted(found.personal_kinds))
    if kinds:
        return f"personal data ({kinds})"
    if IDENTIFYING in found.tags:
        return "what identifies a person"
    if PSEUDONYM in found.tags:
        return "a digest of personal data"
    return "what the vocabulary does not declare" if UNDECLARED in found.tags else "a value"
