"""The expressions that stand in blocks, as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mapping_engine.expression import Expression, Reference, children
from mapping_engine.file.blocks import Block
from mapping_engine.file.shapes import Named

_PLACES = ("span", "places")


def expressions(part: object) -> Iterator[Expression]:
    """Every expression in a tree of blocks, each as a whole, in the order of the keys."""
    waiting = [part]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Expression):
            yield found
        elif isinstance(found, Block):
            waiting.extend(reversed([v for k, v in vars(found).items() if v and k not in _PLACES]))
        elif isinstance(found, Named):
            waiting.append(found.value)
        elif isinstance(found, tuple | list):
            waiting.extend(reversed(found))
        elif isinstance(found, Mapping):
            waiting.extend(reversed(list(found.values())))


def parts(node: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def names_in(part: object) -> set[str]:
    """The ``$names`` that are written anywhere in a block."""
    written = (node for expression in expressions(part) for node in parts(expression))
    return {node.name for node in written if isinstance(node, Reference)}


def order_of_writing(blocks: Mapping[str, object]) -> list[str]:
    """The definitions, each after those that it names, as far as that is possible.

    It only keeps definitions from being opened one inside the other; what names mean where they
    stand, and whether they go in circles, is found out later.
    """
    uses = {name: sorted(names_in(block) & blocks.keys()) for name, block in blocks.items()}
    ordered: dict[str, None] = {}
    for start in blocks:
        waiting = [(start, iter(uses[start]))]
        opened = {start}
        while waiting and start not in ordered:
            name, below = waiting[-1]
            inner = next((n for n in below if n not in ordered and n not in opened), None)
            if inner is None:
                ordered[name] = None
                waiting.pop()
            else:
                opened.add(inner)
                waiting.append((inner, iter(uses[inner])))
    return list(ordered)
