"""The rules of `accept`, `refuse` and `warn`: conditions, and what to say where they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mapping_engine.diagnostics import Span
from mapping_engine.engine.lower import ExpressionLowering, Names
from mapping_engine.engine.run import Run
from mapping_engine.errors import (
    ConfigurationError,
    ErrorCode,
    InstrumentationError,
    MappingError,
)
from mapping_engine.expression import Template

MESSAGE_LENGTH = 300
ERRORS: dict[str, type[MappingError]] = {
    "instrumentation": InstrumentationError,
    "configuration": ConfigurationError,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of `accept` or `warn`: a condition and what to say."""

    applies: Callable[[Run], bool]
    message: Callable[[Run], str]
    kind: str | None
    span: Span
    help: str | None = None
    field: str | None = None


def accept_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `accept`, which apply where an event is passed over or refused."""
    for block in lowering.model.file.accept or ():
        if block.require is not None:
            applies = _negated(lowering.condition(block.require, names))
        else:
            assert block.skip_when is not None
            applies = lowering.condition(block.skip_when, names)
        yield Rule(
            applies,
            _message(lowering, block.message, names),
            None if block.require is None else block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
        )


def _negated(condition: Callable[[Run], bool]) -> Callable[[Run], bool]:
    return lambda run: not condition(run)


def refuse_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `refuse`, which look at a finished payload."""
    for block in lowering.model.file.refuse or ():
        yield Rule(
            lowering.condition(block.when, names),
            _message(lowering, block.message, names),
            block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
        )


def warn_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `warn`."""
    for block in lowering.model.file.warn or ():
        yield Rule(
            lowering.condition(block.when, names),
            _message(lowering, block.message, names),
            None,
            block.span,
            field=block.field.text if block.field else None,
        )


def no_request_rule(lowering: ExpressionLowering, names: Names) -> Rule | None:
    """What to say where the fan-out leaves no request; None where there is nothing to say."""
    fan_out = lowering.model.file.fan_out
    if fan_out is None or fan_out.none is None:
        return None
    block = fan_out.none
    return Rule(
        lambda run: True,
        _message(lowering, block.message, names),
        block.error or "configuration",
        block.span,
        block.help.text if block.help else None,
    )


def _message(
    lowering: ExpressionLowering, template: Template | None, names: Names
) -> Callable[[Run], str]:
    """What a message says; a value that is not there is shown as `nothing`."""
    if template is None:
        return lambda run: "refused by the rules"
    parts = [
        part if isinstance(part, str) else lowering.template(Template(part.extent, (part,)), names)
        for part in template.parts
    ]

    def message(run: Run) -> str:
        filled = [part if isinstance(part, str) else part(run) or "nothing" for part in parts]
        return printable("".join(filled))

    return message


def printable(text: str) -> str:
    """``text`` on one line, cut to a length, without control characters."""
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text[: MESSAGE_LENGTH + 1]
    )
    return clean if len(clean) <= MESSAGE_LENGTH else clean[:MESSAGE_LENGTH] + "…"


def refusal(rule: Rule, run: Run) -> MappingError:
    """The error of a rule that applies."""
    kind = ERRORS[rule.kind or "instrumentation"]
    code = ErrorCode.NO_DESTINATION if kind is ConfigurationError else ErrorCode.EVENT_REFUSED
    return kind(code, rule.message(run), span=rule.span, help=rule.help)
