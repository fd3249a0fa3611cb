"""What a copy of an object would send in clear: personal data that its keys do not give away."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.choices import Definitions, choices
from mapping_engine.core.nodes import Call, Items, Name, Node
from mapping_engine.types.type import Described, Type
from mapping_engine.vocabulary import Vocabulary

_DEEPEST = 6


def asks_settings(node: Node, definitions: Definitions) -> bool:
    """Whether a value comes from the settings and from nowhere else."""
    for part in choices(definitions, node):
        while isinstance(part, Call) and part.input is not None:
            part = part.input
        match part:
            case Items(items=items) if items:
                if not all(asks_settings(item, definitions) for item in items):
                    return False
            case Name(name="settings", tail=tail) if tail is not None:
                continue
            case Name(name=name, tail=None) if name in definitions:
                if not asks_settings(definitions[name], definitions):
                    return False
            case _:
                return False
    return True


def clear_paths(source: Type, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """The paths in an object that hold personal data under names that do not say so."""
    if source.parts:
        return [path for part in source.parts for path in clear_paths(part, vocabulary)]
    if source.described is not None:
        return list(_described(source.described, vocabulary, ()))
    if source.fields is not None:
        return [
            (name, *path)
            for name, found in source.fields.items()
            if not _is_named(name, vocabulary)
            for path in clear_paths(found, vocabulary)
        ]
    return [()] if source.personal_kinds and not source.is_digest else []


def _described(
    described: Described, vocabulary: Vocabulary, way: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    if len(way) > _DEEPEST:
        return
    if any(tag.startswith("personal:") for tag in described.tags):
        yield way
        return
    if described.item is not None:
        yield from _described(described.item, vocabulary, way)
    for name, below in vocabulary.objects.get(described.object or "", {}).items():
        if not _is_named(name, vocabulary):
            yield from _described(below, vocabulary, (*way, name))


def _is_named(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a copy leaves the key out because of its name."""
    return vocabulary.personal.names_data(name)
