"""Names that use one another: in which order, in circles, too deep, or too often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mapping_engine.core.model import PAYLOAD, PAYLOADS, Pipeline
from mapping_engine.core.nodes import (
    Call,
    Compare,
    FirstOf,
    Guard,
    Logic,
    Name,
    Node,
    Object,
    Place,
    Test,
    children,
    free_names,
    walk,
)
from mapping_engine.core.spell import written_name
from mapping_engine.core.splice import is_opened
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.frozen import Frozen

DEEPEST = 200
"""So many parts may stand one inside the other, and so many definitions one behind the other: what
walks them needs a frame or more for each."""
DEEPEST_PIPELINES = 20
"""So many pipelines may call one another in a row: their types are found one inside the other."""
LARGEST = 100_000
"""A value may be put together from so many parts, those that it uses several times counted so."""
_SHOWN = 10

Graph = Mapping[str, tuple[str, ...]]


class Ordered(Frozen):
    """Definitions in an order in which each comes after those it uses.

    ``depends`` says for each which variables of the fan-out are behind it, and the payload.
    """

    definitions: dict[str, Node]
    depends: dict[str, frozenset[str]]


def ordered(
    definitions: Mapping[str, Node],
    pipelines: Mapping[str, Pipeline],
    variables: Iterable[str],
    others: Iterable[Node],
    found: Diagnostics,
) -> Ordered | None:
    """The definitions in order; None where names go in circles or too far (PR04, PR08).

    ``others`` are the nodes that stand in neither definitions nor pipelines.
    """
    used = {name: tuple(dict.fromkeys(_names(node))) for name, node in definitions.items()}
    graph = {name: tuple(n for n in names if n in definitions) for name, names in used.items()}
    names = in_order(graph, definitions, found)
    pipes = _pipes_in_order(pipelines, found)
    if names is None or pipes is None:
        return None
    objects = _objects_in_order(names, definitions, pipes, found)
    if objects is None or not _are_bounded(names, graph, definitions, pipes, found):
        return None
    for node in others:
        if _nesting(node, pipes.nesting, objects) > DEEPEST:
            _too_deep("a value", node.span, found)
            return None
    late = frozenset((*variables, PAYLOAD, PAYLOADS))
    depends: dict[str, frozenset[str]] = {}
    for name in names:
        behind = (depends[n] for n in graph[name])
        depends[name] = (late & set(used[name])).union(*behind)
    return Ordered({name: definitions[name] for name in names}, depends)


def _names(node: Node) -> Iterator[str]:
    return (name.name for name in free_names(node))


def _calls(node: Node) -> Iterator[Call]:
    return (part for part in walk(node) if isinstance(part, Call))


# Circles


def in_order(
    graph: Graph, places: Mapping[str, Place], found: Diagnostics, mark: str = "$"
) -> tuple[str, ...] | None:
    """The names, each after those it leads to; None where some lead to themselves (PR04)."""
    done: dict[str, None] = {}
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
                circle = names[names.index(inner) :]
                if in_circles.isdisjoint(circle):
                    _report_circle(circle, places, found, mark)
                in_circles.update(circle)
            elif inner not in done:
                way[inner] = iter(graph[inner])
    return None if in_circles else tuple(done)


def _report_circle(
    circle: list[str], places: Mapping[str, Place], found: Diagnostics, mark: str
) -> None:
    """Report a circle, from the name on that is written first."""
    spans = [places[name].span for name in circle]
    start = spans.index(min(spans, key=lambda span: (span.file, span.offset)))
    names = (*circle[start:], *circle[:start], circle[start])
    shown = [f"`{mark}{written_name(name)}`" for name in names]
    if len(shown) > _SHOWN:
        shown[_SHOWN // 2 : -_SHOWN // 2] = ["..."]
    what = "definition" if mark else "pipeline"
    found.report("PR04", f"{what} that uses itself: {' -> '.join(shown)}", spans[start])


# Bounds


class _Pipes(Frozen):
    """How much larger a named pipeline makes a value, and how deep it is nested."""

    growth: dict[str, int]
    nesting: dict[str, int]


def _pipes_in_order(pipelines: Mapping[str, Pipeline], found: Diagnostics) -> _Pipes | None:
    """What is known of the named pipelines; None where they go in circles or too far."""
    graph = {
        name: tuple(dict.fromkeys(c.name for c in _calls(each.body) if c.name in pipelines))
        for name, each in pipelines.items()
    }
    names = in_order(graph, pipelines, found, mark="")
    pipes = _Pipes({}, {})
    steps: dict[str, int] = {}
    levels: dict[str, int] = {}
    for name in names or ():
        body, what = pipelines[name].body, f"pipeline `{name}`"
        levels[name] = 1 + max((levels.get(call.name, 0) for call in _calls(body)), default=0)
        if levels[name] > DEEPEST_PIPELINES:
            found.report(
                "PR08",
                f"more than {DEEPEST_PIPELINES} pipelines call one another, up to `{name}`",
                pipelines[name].span,
                help="write some of them where they are used",
            )
            return None
        pipes.growth[name] = _size(body, {}, pipes.growth)
        pipes.nesting[name] = 1 + _nesting(body, pipes.nesting, {})
        steps[name] = 1 + sum(1 + steps.get(call.name, 0) for call in _calls(body))
        if pipes.nesting[name] > DEEPEST:
            _too_deep(what, pipelines[name].span, found)
            return None
        if max(pipes.growth[name], steps[name]) > LARGEST:
            _too_large(what, pipelines[name].span, found)
            return None
    return None if names is None else pipes


def _objects_in_order(
    order: tuple[str, ...], definitions: Mapping[str, Node], pipes: _Pipes, found: Diagnostics
) -> dict[str, int] | None:
    """How deep the named objects are nested; None where a definition is nested too deep."""
    objects: dict[str, int] = {}
    for name in order:
        nesting = _nesting(definitions[name], pipes.nesting, objects)
        if nesting > DEEPEST:
            _too_deep(f"definition `${written_name(name)}`", definitions[name].span, found)
            return None
        if is_opened(definitions[name]):
            objects[name] = nesting - 1  # it takes the place of its name
    return objects


def _are_bounded(
    order: tuple[str, ...],
    graph: Graph,
    definitions: Mapping[str, Node],
    pipes: _Pipes,
    found: Diagnostics,
) -> bool:
    """Whether no definition takes too many steps; the first that does is reported."""
    depths: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name in order:
        node, what = definitions[name], f"definition `${written_name(name)}`"
        depths[name] = 1 + max((depths[inner] for inner in graph[name]), default=0)
        sizes[name] = _size(node, sizes, pipes.growth)
        if depths[name] > DEEPEST:
            message = f"{what} uses another, which uses another, and so on, {DEEPEST} times"
            found.report("PR08", message, node.span, help="write some of them where they are used")
            return False
        if sizes[name] > LARGEST:
            _too_large(what, node.span, found)
            return False
    return True


def _too_large(what: str, span: Span, found: Diagnostics) -> None:
    message = (
        f"{what} takes more than {LARGEST:,} steps: it uses others that use others, many times"
    )
    found.report("PR08", message, span, help="use each of them once")


def _too_deep(what: str, span: Span, found: Diagnostics) -> None:
    message = f"{what} takes more than {DEEPEST} steps, one inside the other"
    found.report("PR08", message, span, help="write parts of it under names of their own")


def _nesting(root: Node, pipelines: Mapping[str, int], objects: Mapping[str, int]) -> int:
    """How many parts stand one inside the other, those of named pipelines and objects counted.

    An object counts twice, for itself and its fields.
    """
    deepest = 0
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        match node:
            case Call(name=name):
                inside = pipelines.get(name, 0)
            case Name(name=name, tail=None):
                inside = objects.get(name, 0)
            case _:
                inside = 0
        deepest = max(deepest, depth + inside)
        below = depth + (2 if isinstance(node, Object) else 1)
        waiting += [(part, below) for part in children(node)]
    return deepest


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
