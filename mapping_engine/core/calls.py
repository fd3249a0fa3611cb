"""Calls of transforms and named pipelines: which argument is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapping_engine.diagnostics import Diagnostics, did_you_mean, listed, rename
from mapping_engine.expression import Call, Expression
from mapping_engine.file.values import PipelineBlock
from mapping_engine.transforms import REGISTRY


@dataclass(frozen=True, slots=True)
class Matched:
    """A call whose arguments are in the order of the parameters; None for one not given."""

    input: Expression | None
    arguments: tuple[Expression | None, ...]


def matched(
    call: Call, pipelines: Mapping[str, PipelineBlock], *, piped: bool, found: Diagnostics
) -> Matched | None:
    """The arguments of a call; None where they do not fit, which is reported (TX01, TX02).

    Written as an expression (``piped`` false), the first argument is the input.
    """
    block = pipelines.get(call.name)
    target = REGISTRY.get(call.name) if block is None else None
    if block is None and target is None:
        _unknown(call, [*REGISTRY, *pipelines], found)
        return None
    reads_event = target is not None and target.reads_event
    positional = list(call.arguments)
    source: Expression | None = None
    if not piped and not reads_event:
        if not positional:
            problem = f"`{call.name}` needs the value it works on: `value |> {call.name}`"
            found.report("TX02", problem, call.span)
            return None
        source = positional.pop(0)
    elif piped and reads_event:
        problem = f"`{call.name}` reads the event itself and takes no piped value"
        found.report("TX02", problem, call.span)
        return None
    if target is not None:
        names = [parameter.name for parameter in target.parameters]
        required = [parameter.name for parameter in target.parameters if parameter.required]
    else:
        names = [name.text for name in (block.parameters if block else None) or ()]
        required = []
    given = _given(call, names, required, positional)
    if isinstance(given, str):
        found.report("TX02", given, call.span)
        return None
    return Matched(source, tuple(given.get(name) for name in names))


def _given(
    call: Call, names: list[str], required: Iterable[str], positional: list[Expression]
) -> dict[str, Expression] | str:
    """The arguments by name; what is wrong with them, in words, where they do not fit."""
    if len(positional) > len(names):
        accepted = f"takes {listed(names)}" if names else "takes no arguments"
        return f"`{call.name}` {accepted}, got {len(positional)}"
    given: dict[str, Expression] = dict(zip(names, positional, strict=False))
    for name, value in call.named:
        if name not in names:
            hint = did_you_mean(name, names)
            return f"`{call.name}` has no argument `{name}`" + (f"; {hint}" if hint else "")
        if name in given:
            return f"`{call.name}` is given `{name}` twice"
        given[name] = value
    absent = [name for name in required if name not in given]
    return f"`{call.name}` needs {listed(absent)}" if absent else given


def _unknown(call: Call, names: list[str], found: Diagnostics) -> None:
    """Report TX01 at the name of the call."""
    extent = call.extent
    span = extent.scalar.span_at(extent.start, extent.start + len(call.name))
    found.report(
        "TX01",
        f"unknown transform `{call.name}`",
        span,
        help=did_you_mean(call.name, names) or "`mapping-engine transforms` lists them all",
        fix=rename(span, call.name, names),
    )
