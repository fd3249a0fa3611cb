"""Definitions and pipelines that use themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mapping_engine.core.model import Model
from mapping_engine.core.walk import pipeline_nodes, references
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.expression import Call
from mapping_engine.file.values import PipelineBlock

Graph = Mapping[str, tuple[str, ...]]


def report_cycles(model: Model, diagnostics: Diagnostics) -> bool:
    """Report PR04 for each circle of names; True when there is one."""
    definitions: Graph = {
        name: tuple({r.name for r in references(block)} & set(model.definitions))
        for name, block in model.definitions.items()
    }
    pipelines: Graph = {
        name: tuple({call.name for call in _calls(block)} & set(model.pipelines))
        for name, block in model.pipelines.items()
    }
    spans = {name: block.span for name, block in model.definitions.items()}
    found = _report(definitions, spans, "$", "definition", diagnostics)
    spans = {name: block.span for name, block in model.pipelines.items()}
    return _report(pipelines, spans, "", "pipeline", diagnostics) or found


def _calls(block: PipelineBlock) -> Iterator[Call]:
    return (node for node in pipeline_nodes(block) if isinstance(node, Call))


def _report(
    graph: Graph, spans: Mapping[str, Span], mark: str, what: str, diagnostics: Diagnostics
) -> bool:
    reported: set[str] = set()
    for name in graph:
        circle = _circle(graph, name)
        if circle and not reported & set(circle):
            reported |= set(circle)
            path = " -> ".join(f"`{mark}{step}`" for step in (*circle, circle[0]))
            diagnostics.report("PR04", f"{what} that uses itself: {path}", spans[name])
    return bool(reported)


def _circle(graph: Graph, start: str) -> tuple[str, ...] | None:
    """The shortest way from ``start`` back to itself."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for step in sorted(graph[way[-1]]):
            if step == start:
                return way
            if step not in seen:
                seen.add(step)
                ways.append((*way, step))
    return None
