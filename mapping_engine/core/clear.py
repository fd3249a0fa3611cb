"""Where a mapping may send personal data in clear: as its `personal` says, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from mapping_engine.core import nodes
from mapping_engine.core.model import SECRETS, Model
from mapping_engine.core.nodes import Call, Field, Name, Node, walk
from mapping_engine.core.spell import spell, written_name
from mapping_engine.file.privacy_blocks import ClearBlock, EntitlementBlock
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ScalarNode

Steps = tuple[str, ...]
ANY_NAME = "*"
_ITEMS = re.compile(r"\[[0-9]*\]")


def told(model: Model) -> Iterator[tuple[str, str]]:
    """What a reader should know: what is sent in clear, or stands in the URL, and why."""
    for block in model.clear:
        names = [f"`{each.text}`" for each in block.fields or ()]
        names += [f"`${each.text}` in the URL" for each in block.url or ()]
        yield ", ".join(names), block.because.text
    for name, secret in model.secrets.items():
        if secret.in_url is not None and secret.because is not None:
            yield f"the secret `${SECRETS}.{name}` in the URL", secret.because.text


# Fields


def path_steps(path: str) -> Steps:
    """The names on the way to a field; the items of lists are no steps."""
    return tuple(step for step in _ITEMS.sub("", path).split(".") if step)


def covering(clear: tuple[ClearBlock, ...], path: Steps) -> ScalarNode | None:
    """The pattern that lets personal data stand at a path; what lies below a pattern is covered."""
    return next((each for each in _patterns(clear) if _covers(path_steps(each.text), path)), None)


def covering_copy(clear: tuple[ClearBlock, ...], path: Steps) -> ScalarNode | None:
    """The same of a copy of an object, of which nothing is known but that it has names."""
    return covering(clear, path) or covering(clear, (*path, ANY_NAME))


def _patterns(clear: tuple[ClearBlock, ...]) -> Iterator[ScalarNode]:
    yield from (pattern for block in clear for pattern in block.fields or ())


def _covers(pattern: Steps, path: Steps) -> bool:
    pairs = zip(pattern, path, strict=False)
    return len(pattern) <= len(path) and all(wanted in (ANY_NAME, step) for wanted, step in pairs)


def cleared(
    made: nodes.Object,
    path: Steps,
    personal: EntitlementBlock | None,
    definitions: Mapping[str, Node],
) -> nodes.Object:
    """The object at a path, in which copies at places that may hold personal data keep it."""
    if personal is None:
        return made
    clear = personal.clear

    def of(field: Field) -> Field:
        return replace(field, value=_cleared(field.value, (*path, field.name)))

    def _cleared(node: Node, path: Steps) -> Node:
        match node:
            case nodes.Object():
                return cleared(node, path, personal, definitions)
            case nodes.Copy(added=added):
                below = None if added is None else cleared(added, path, personal, definitions)
                return replace(node, added=below, clear=covering_copy(clear, path) is not None)
            case nodes.ForEach(body=body):
                return replace(node, body=_cleared(body, path))
            case nodes.Guard(value=value):
                return replace(node, value=_cleared(value, path))
            case nodes.FirstOf(alternatives=arms):
                each = (replace(arm, value=_cleared(arm.value, path)) for arm in arms)
                return replace(node, alternatives=tuple(each))
            case Name(name=name, tail=None) if covering_copy(clear, path) is not None:
                found = definitions.get(name)
                inner = found.value if isinstance(found, nodes.Guard) else found
                return _cleared(found, path) if found and isinstance(inner, nodes.Copy) else node
            case _:
                return node

    return replace(made, fields=tuple(map(of, made.fields)))


def copies_in_clear(node: Node) -> bool:
    """Whether a value holds a copy with personal data."""
    return any(isinstance(part, nodes.Copy) and part.clear for part in walk(node))


# URLs


class Exposed(Frozen):
    """A name whose value may stand in a URL, and the place that says so."""

    said: ScalarNode
    is_secret: bool


def exposed(model: Model) -> dict[str, Exposed]:
    """What may stand in a URL although nobody should read it there, as it is spelled."""
    names = (each for block in model.clear for each in block.url or ())
    return {f"${each.text}": Exposed(each, is_secret=False) for each in names} | {
        f"${SECRETS}.{name}": Exposed(block.because, is_secret=True)
        for name, block in model.secrets.items()
        if block.in_url is not None and block.because is not None
    }


def exposed_name(node: Node) -> str:
    """The name whose value a part of a URL is, as it is spelled; nothing where it is another."""
    while isinstance(node, Call) and node.input is not None and not any(node.arguments):
        node = node.input
    if not isinstance(node, Name):
        return ""
    return spell(node) if node.name == SECRETS else f"${written_name(node.name)}"


def is_hidden(part: str | Node, hidden: Container[str]) -> bool:
    """Whether nobody should read this part of a URL."""
    return not isinstance(part, str) and exposed_name(part) in hidden
