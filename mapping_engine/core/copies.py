"""What a copy of an object would send in clear: personal data that its keys do not give away."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mapping_engine.core.choices import Definitions, choices
from mapping_engine.core.nodes import Call, Items, Name, Node
from mapping_engine.types.type import DIGEST, SECRET, Described, Type
from mapping_engine.vocabulary import Vocabulary

_DEEPEST = 6
Wanted = Callable[[frozenset[str]], bool]


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

    def is_named(name: str) -> bool:
        """Whether a copy leaves the key out because of its name."""
        return vocabulary.personal.names_data(name)

    return _paths(source, vocabulary, _is_personal, is_named)


def secret_paths(source: Type, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """The paths in an object that hold secrets."""
    return _paths(source, vocabulary, _is_secret, lambda _: False)


def _is_personal(tags: frozenset[str]) -> bool:
    return any(tag.startswith("personal:") for tag in tags) and DIGEST not in tags


def _is_secret(tags: frozenset[str]) -> bool:
    return SECRET in tags


def _paths(
    source: Type, vocabulary: Vocabulary, wanted: Wanted, left_out: Callable[[str], bool]
) -> list[tuple[str, ...]]:
    """The paths in an object whose tags are wanted, below keys that are not left out."""
    if source.parts:
        parts = (_paths(part, vocabulary, wanted, left_out) for part in source.parts)
        return [path for found in parts for path in found]
    if source.described is not None:
        return list(_described(source.described, vocabulary, wanted, left_out, ()))
    if source.fields is not None:
        return [
            (name, *path)
            for name, found in source.fields.items()
            if not left_out(name)
            for path in _paths(found, vocabulary, wanted, left_out)
        ]
    return [()] if wanted(source.tags) else []


def _described(
    described: Described,
    vocabulary: Vocabulary,
    wanted: Wanted,
    left_out: Callable[[str], bool],
    way: tuple[str, ...],
) -> Iterator[tuple[str, ...]]:
    if len(way) > _DEEPEST:
        return
    if wanted(described.tags):
        yield way
        return
    if described.item is not None:
        yield from _described(described.item, vocabulary, wanted, left_out, way)
    for name, below in vocabulary.fields_of(described).items():
        if not left_out(name):
            yield from _described(below, vocabulary, wanted, left_out, (*way, name))
