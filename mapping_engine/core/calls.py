"""Calls of transforms and named pipelines: which argument is which."""

from __future__ import annotations

from dataclasses import dataclass

from mapping_engine.diagnostics import Diagnostics, did_you_mean, listed, rename
from mapping_engine.expression import Call, Expression
from mapping_engine.file.values import PipelineBlock
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Parameter, Transform
from mapping_engine.types.kinds import ANY

Target = Transform | PipelineBlock


@dataclass(frozen=True, slots=True)
class Bound:
    """A call whose arguments are matched with parameters; None for one that is not given."""

    target: Target
    input: Expression | None
    arguments: tuple[Expression | None, ...]


def parameters_of(target: Target) -> tuple[Parameter, ...]:
    """The parameters of a transform or a named pipeline."""
    if isinstance(target, Transform):
        return target.parameters
    names = target.parameters or ()
    return tuple(Parameter(name.text, ANY, required=False) for name in names)


def find(name: str, pipelines: dict[str, PipelineBlock]) -> Target | None:
    """The named pipeline or the transform of this name."""
    return pipelines.get(name) or REGISTRY.get(name)


def bind(call: Call, target: Target, piped: bool) -> Bound | str:
    """Match the arguments of ``call``; what is wrong, in words, where they do not fit.

    Written as an expression (``piped`` false), the first argument is the input.
    """
    positional = list(call.arguments)
    reads_event = isinstance(target, Transform) and target.reads_event
    source: Expression | None = None
    if not piped and not reads_event:
        if not positional:
            return f"`{call.name}` needs the value it works on: `value |> {call.name}`"
        source = positional.pop(0)
    elif piped and reads_event:
        return f"`{call.name}` reads the event itself and takes no piped value"
    return _match(call, target, source, positional)


def _match(
    call: Call, target: Target, source: Expression | None, positional: list[Expression]
) -> Bound | str:
    parameters = parameters_of(target)
    names = [parameter.name for parameter in parameters]
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
    absent = [p.name for p in parameters if p.required and p.name not in given]
    if absent:
        return f"`{call.name}` needs {listed(absent)}"
    return Bound(target, source, tuple(given.get(name) for name in names))


def report_unknown(call: Call, pipelines: dict[str, PipelineBlock], found: Diagnostics) -> None:
    """Report TX01 at the name of the call."""
    extent = call.extent
    span = extent.scalar.span_at(extent.start, extent.start + len(call.name))
    names = [*REGISTRY, *pipelines]
    found.report(
        "TX01",
        f"unknown transform `{call.name}`",
        span,
        help=did_you_mean(call.name, names) or "`mapping-engine transforms` lists them all",
        fix=rename(span, call.name, names),
    )
