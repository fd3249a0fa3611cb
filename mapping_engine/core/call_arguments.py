"""Calls of transforms and named pipelines: which argument is which."""

from __future__ import annotations

from collections.abc import Mapping

from mapping_engine.diagnostics import Diagnostics, did_you_mean, listed, rename
from mapping_engine.expression import CallExpression, Expression
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock
from mapping_engine.transforms import REGISTRY


def matched(
    call: CallExpression,
    pipelines: Mapping[str, Named[PipelineBlock]],
    *,
    piped: bool,
    found: Diagnostics,
) -> tuple[Expression | None, ...] | None:
    """The input of a call and its arguments in the order of the parameters, None for one not given.

    None where they do not fit, which is reported (TX01, TX02). What is not ``piped`` in stands as
    the first argument.
    """
    pipeline = pipelines.get(call.name)
    if pipeline is None and call.name not in REGISTRY:
        _unknown(call, [*REGISTRY, *pipelines], found)
        return None
    if pipeline is not None and pipeline.value is None:
        return None
    names, required, reads_event = _signature(call.name, pipeline.value if pipeline else None)
    takes_input = not piped and not reads_event
    if takes_input and not call.arguments:
        problem = f"`{call.name}` needs the value it works on: `value |> {call.name}`"
    elif piped and reads_event:
        problem = f"`{call.name}` reads the event itself and takes no piped value"
    else:
        given = _given(call, names, required, call.arguments[takes_input:])
        if isinstance(given, dict):
            source = call.arguments[0] if takes_input else None
            return (source, *(given.get(name) for name in names))
        problem = given
    found.report("TX02", problem, call.span)
    return None


def _signature(name: str, pipeline: PipelineBlock | None) -> tuple[list[str], list[str], bool]:
    """The parameters, those that are required, and whether it reads the event itself."""
    if pipeline is not None:
        return [parameter.text for parameter in pipeline.parameters or ()], [], False
    target = REGISTRY[name]
    required = [parameter.name for parameter in target.parameters if parameter.required]
    return [parameter.name for parameter in target.parameters], required, target.reads_event


def _given(
    call: CallExpression,
    names: list[str],
    required: list[str],
    positional: tuple[Expression, ...],
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


_ALL = "`mapping-engine transforms` lists them all"
_PRESENT = "write `is present` or `is missing` behind the value"
_HABITS = {
    **dict.fromkeys(("exists", "isset", "defined", "is_null", "isnull", "empty"), _PRESENT),
    **dict.fromkeys(("default", "coalesce", "ifnull"), "write `a ?? b`, or `default:` in a block"),
    **dict.fromkeys(("concat", "format", "append", "prepend"), "write a `template`"),
    **dict.fromkeys(("contains", "includes"), "write `a in b`"),
    **dict.fromkeys(("if", "iff", "case", "switch"), "write `decide`, with `when` in its rows"),
    **dict.fromkeys(("map", "filter"), "write `each`, with `value`, `fields` or `keep_when`"),
}
"""What is no transform here, and how it is written."""
_CALLED_ELSEWHERE = {
    **dict.fromkeys(("string", "str", "to_string"), "text"),
    **dict.fromkeys(("downcase", "lowercase", "to_lower"), "lower"),
    **dict.fromkeys(("upcase", "uppercase", "to_upper"), "upper"),
    **dict.fromkeys(("strip", "stripped"), "trim"),
    **dict.fromkeys(("float", "to_number", "decimal"), "number"),
    **dict.fromkeys(("int", "to_int"), "integer"),
    **dict.fromkeys(("bool", "to_boolean"), "boolean"),
    **dict.fromkeys(("sha256", "hash", "sha"), "hashed"),
    **dict.fromkeys(("length", "len", "size"), "count"),
    **dict.fromkeys(("unique", "uniq"), "distinct"),
    **dict.fromkeys(("slice", "substring", "substr"), "truncate"),
    **dict.fromkeys(("array", "to_list"), "list"),
}
"""Transforms under the names that they have in other languages."""


def _unknown(call: CallExpression, names: list[str], found: Diagnostics) -> None:
    """Report TX01 at the name of the call."""
    extent = call.extent
    span = extent.scalar.span_at(extent.start, extent.start + len(call.name))
    meant = _CALLED_ELSEWHERE.get(call.name, call.name)
    found.report(
        "TX01",
        f"unknown transform `{call.name}`",
        span,
        help=_HABITS.get(call.name) or did_you_mean(meant, names) or _ALL,
        fix=None if call.name in _HABITS else rename(span, call.name, names, meant),
    )
