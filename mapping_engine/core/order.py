"""Names that use one another: in which order, in circles, too deep, or too often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mapping_engine.core.model import PAYLOAD, Pipeline
from mapping_engine.core.nodes import (
    Call,
    Compare,
    FirstOf,
    Guard,
    Logic,
    Name,
    Node,
    Test,
    children,
    free_names,
    walk,
)
from mapping_engine.diagnostics import Diagnostics, Span

DEEPEST = 200
"""So many definitions may stand one behind the other: running them needs a frame for each."""
DEEPEST_PIPELINES = 20
"""So many pipelines may call one another in a row: their types are found one inside the other."""
LARGEST = 100_000
"""A value may be put together from so many parts, those that it uses several times counted so."""

Graph = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Ordered:
    """Definitions in an order in which each comes after those it uses.

    ``depends`` says for each which variables of the fan-out are behind it, and the payload.
    """

    definitions: dict[str, Node]
    depends: dict[str, frozenset[str]]


def ordered(
    definitions: Mapping[str, Node],
    pipelines: Mapping[str, Pipeline],
    variables: Iterable[str],
    found: Diagnostics,
) -> Ordered | None:
    """The definitions in order; None where names go in circles or too far (PR04, PR08)."""
    used = {name: tuple(dict.fromkeys(_names(node))) for name, node in definitions.items()}
    graph = {name: tuple(n for n in names if n in definitions) for name, names in used.items()}
    calls = {
        name: tuple(dict.fromkeys(c.name for c in _calls(each.body) if c.name in pipelines))
        for name, each in pipelines.items()
    }
    order, circles = _in_order(graph), _in_order(calls)
    places: dict[str, Node | Pipeline] = {**definitions, **pipelines}
    wrong = [(order, "$", "definition"), (circles, "", "pipeline")]
    for made, mark, what in wrong:
        for circle in made.circles:
            first = circle.index(min(circle, key=lambda name: places[name].span))
            circle = circle[first:] + circle[:first]
            way = " -> ".join(f"`{mark}{step}`" for step in (*circle, circle[0]))
            found.report("PR04", f"{what} that uses itself: {way}", places[circle[0]].span)
    if order.circles or circles.circles:
        return None
    if not _are_bounded(order.names, definitions, graph, pipelines, circles.names, found):
        return None
    late = frozenset((*variables, PAYLOAD))
    depends: dict[str, frozenset[str]] = {}
    for name in order.names:
        behind = (depends[n] for n in graph[name])
        depends[name] = (late & set(used[name])).union(*behind)
    return Ordered({name: definitions[name] for name in order.names}, depends)


def _names(node: Node) -> Iterator[str]:
    return (name.name for name in free_names(node))


def _calls(node: Node) -> Iterator[Call]:
    return (part for part in walk(node) if isinstance(part, Call))


@dataclass(frozen=True)
class _Order:
    names: tuple[str, ...]
    circles: tuple[tuple[str, ...], ...]


def _in_order(graph: Graph) -> _Order:
    """The names, each after those it leads to, and the ways that lead back to where they began."""
    done: dict[str, None] = {}
    circles: list[tuple[str, ...]] = []
    in_circles: set[str] = set()
    for start in graph:
        way: dict[str, Iterator[str]] = {} if start in done else {start: iter(graph[start])}
        while way:
            name = next(reversed(way))
            inner = next(way[name], None)
            if inner is None:
                done[name] = None
                way.popitem()
            elif inner in way:
                names = list(way)
                circle = tuple(names[names.index(inner) :])
                if not in_circles & set(circle):
                    circles.append(circle)
                in_circles |= set(circle)
            elif inner not in done:
                way[inner] = iter(graph[inner])
    return _Order(tuple(done), tuple(circles))


def _are_bounded(
    order: tuple[str, ...],
    definitions: Mapping[str, Node],
    graph: Graph,
    pipelines: Mapping[str, Pipeline],
    pipeline_order: tuple[str, ...],
    found: Diagnostics,
) -> bool:
    """Whether no value takes too many steps; the first that does is reported."""
    growth: dict[str, int] = {}
    steps: dict[str, int] = {}
    levels: dict[str, int] = {}
    for name in pipeline_order:
        body = pipelines[name].body
        growth[name] = _size(body, {}, growth)
        steps[name] = sum(1 + steps.get(c.name, 0) for c in _calls(body)) + 1
        levels[name] = 1 + max((levels.get(c.name, 0) for c in _calls(body)), default=0)
        if levels[name] > DEEPEST_PIPELINES:
            found.report(
                "PR08",
                f"more than {DEEPEST_PIPELINES} pipelines call one another, up to `{name}`",
                pipelines[name].span,
                help="write some of them where they are used",
            )
            return False
        if max(growth[name], steps[name]) > LARGEST:
            _too_large(f"pipeline `{name}`", pipelines[name].span, found)
            return False
    depths: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name in order:
        depths[name] = 1 + max((depths[inner] for inner in graph[name]), default=0)
        sizes[name] = _size(definitions[name], sizes, growth)
        if depths[name] > DEEPEST:
            found.report(
                "PR08",
                f"more than {DEEPEST} definitions stand one behind the other, up to `${name}`",
                definitions[name].span,
                help="write some of them where they are used",
            )
            return False
        if sizes[name] > LARGEST:
            _too_large(f"definition `${name}`", definitions[name].span, found)
            return False
    return True


def _too_large(what: str, span: Span, found: Diagnostics) -> None:
    found.report(
        "PR08",
        f"{what} takes more than {LARGEST:,} steps: it uses others that use others, many times",
        span,
        help="use each of them once",
    )


def _size(root: Node, sizes: Mapping[str, int], growth: Mapping[str, int]) -> int:
    """How many parts a value is put together from, if nothing in it were shared."""
    made: dict[int, int] = {}
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if not is_ready:
            waiting.append((node, True))
            waiting += [(part, False) for part in children(node)]
            continue
        parts = [made[id(part)] for part in children(node)]
        match node:
            case FirstOf() | Guard() | Compare() | Test() | Logic():
                made[id(node)] = max(parts, default=1)
            case Name(name=name):
                made[id(node)] = sizes.get(name, 1)
            case Call(name=name, input=start):
                made[id(node)] = growth.get(name, 1) * (made[id(start)] if start else 1)
            case _:
                made[id(node)] = sum(parts, 1)
    return made[id(root)]
