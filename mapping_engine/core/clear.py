"""Where a mapping may send personal data in clear: as its `personal` says, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace

from mapping_engine.core import nodes
from mapping_engine.core.choices import Definitions
from mapping_engine.core.model import SECRETS, Model
from mapping_engine.core.nodes import Call, Field, Guard, Name, Node, Template, walk
from mapping_engine.core.spell import spell, written_name
from mapping_engine.file.privacy_blocks import ClearBlock
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


class ClearPlaces(Frozen):
    """The fields that may hold personal data: of one kind of request, which may have a name.

    A pattern is a path of the payload, or begins with the name of the request. What lies below it
    is covered, too.
    """

    blocks: tuple[ClearBlock, ...]
    request: str = ""

    def of(self, path: Steps) -> ScalarNode | None:
        """The pattern that covers a field."""
        paths = (path, (self.request, *path)) if self.request else (path,)
        return next(
            (
                pattern
                for block in self.blocks
                for pattern in block.fields or ()
                if any(_covers(path_steps(pattern.text), each) for each in paths)
            ),
            None,
        )

    def of_copy(self, path: Steps) -> ScalarNode | None:
        """The pattern that covers a copy, of which nothing is known but that it has names."""
        return self.of(path) or self.of((*path, ANY_NAME))


def clear_places(model: Model) -> ClearPlaces:
    """The places of a mapping, or of one of its kinds of request."""
    return ClearPlaces(model.clear, model.request.name)


def path_steps(path: str) -> Steps:
    """The names on the way to a field; the items of lists are no steps."""
    return tuple(step for step in _ITEMS.sub("", path).split(".") if step)


def _covers(pattern: Steps, path: Steps) -> bool:
    pairs = zip(pattern, path, strict=False)
    return len(pattern) <= len(path) and all(wanted in (ANY_NAME, step) for wanted, step in pairs)


def cleared(
    made: nodes.Object, path: Steps, places: ClearPlaces, definitions: Definitions
) -> nodes.Object:
    """The object at a path, in which copies keep personal data where it may stand."""

    def of(field: Field) -> Field:
        here = path if field.spread else (*path, field.name)
        value = _cleared(field.value, here, places, definitions)
        return replace(field, value=value)

    return replace(made, fields=tuple(map(of, made.fields)))


def _cleared(node: Node, path: Steps, places: ClearPlaces, definitions: Definitions) -> Node:
    def inside(part: Node) -> Node:
        return _cleared(part, path, places, definitions)

    match node:
        case nodes.Object():
            return cleared(node, path, places, definitions)
        case nodes.Copy(added=added):
            below = None if added is None else cleared(added, path, places, definitions)
            return replace(node, added=below, clear=places.of_copy(path) is not None)
        case nodes.ForEach(body=body):
            return replace(node, body=inside(body))
        case Guard(value=value) | nodes.Entries(value=value):
            return replace(node, value=inside(value))
        case nodes.Items(items=items):
            return replace(node, items=tuple(map(inside, items)))
        case Call(name="object", input=Node() as source):
            return replace(node, input=inside(source))
        case nodes.FirstOf(alternatives=arms):
            each = (replace(arm, value=inside(arm.value)) for arm in arms)
            return replace(node, alternatives=tuple(each))
        case Name(name=name, tail=None) if places.of_copy(path) is not None:
            return inside(definitions[name]) if yields_copies(node, definitions) else node
        case _:
            return node


def yields_copies(node: Node, definitions: Definitions) -> bool:
    """Whether a value is a copy, or chooses between some."""
    match node:
        case nodes.Copy():
            return True
        case Guard(value=value):
            return yields_copies(value, definitions)
        case nodes.FirstOf(alternatives=arms):
            return any(yields_copies(arm.value, definitions) for arm in arms)
        case Name(name=name, tail=None) if name in definitions:
            return yields_copies(definitions[name], definitions)
        case _:
            return False


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
    match node:
        case Call(input=Node() as source, arguments=given) if not any(given):
            return exposed_name(source)
        case Guard(value=value):
            return exposed_name(value)
        case Name(name=name):
            return spell(node) if name == SECRETS else f"${written_name(name)}"
        case _:
            return ""


def is_hidden(part: str | Node, hidden: Container[str]) -> bool:
    """Whether nobody should read this part of a URL."""
    if isinstance(part, Template):
        return any(is_hidden(each, hidden) for each in part.parts)
    return not isinstance(part, str) and exposed_name(part) in hidden
