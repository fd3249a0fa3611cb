"""The rules of `accept`, `refuse` and `warn`: conditions, and what to say where they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mapping_engine.core.model import Model
from mapping_engine.core.walk import behind, names_in, refuses, with_fields
from mapping_engine.diagnostics import Span
from mapping_engine.engine.lower import ExpressionLowering, Names
from mapping_engine.engine.run import Run
from mapping_engine.errors import (
    ConfigurationError,
    ErrorCode,
    InstrumentationError,
    MappingError,
)
from mapping_engine.expression import Expression, Template

MESSAGE_LENGTH = 300
ERRORS: dict[str, type[MappingError]] = {
    "instrumentation": InstrumentationError,
    "configuration": ConfigurationError,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of `accept`, `refuse` or `warn`: when it applies, and what to say.

    It applies where ``condition`` is met, or where it is not, if it is ``negated``.
    """

    condition: Expression
    message: Callable[[Run], str]
    kind: str | None
    span: Span
    help: str | None = None
    field: str | None = None
    negated: bool = False


Judge = Callable[[Run], Iterable[Rule]]
"""Answers the rules that apply, in order."""


def accept_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `accept`, which apply where an event is passed over or refused."""
    for block in lowering.model.file.accept or ():
        condition = block.skip_when if block.require is None else block.require
        assert condition is not None
        yield Rule(
            condition,
            _message(lowering, block.message, names),
            None if block.require is None else block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
            negated=block.require is not None,
        )


def refuse_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `refuse`, which look at a finished payload."""
    for block in lowering.model.file.refuse or ():
        yield Rule(
            block.when,
            _message(lowering, block.message, names),
            block.error or "instrumentation",
            block.span,
            block.help.text if block.help else None,
        )


def warn_rules(lowering: ExpressionLowering, names: Names) -> Iterator[Rule]:
    """Those of `warn`."""
    for block in lowering.model.file.warn or ():
        yield Rule(
            block.when,
            _message(lowering, block.message, names),
            None,
            block.span,
            field=block.field.text if block.field else None,
        )


def warnings_may_refuse(model: Model) -> bool:
    """Whether judging `warn` may refuse events: what it asks for may hold a required field."""
    rules = model.file.warn or ()
    asked = [node for rule in rules for node in (rule.when, rule.message) if node is not None]
    used = behind(names_in(asked), model.definitions).values()
    return any(refuses(field) for block in used for field in with_fields(block))


def no_request(lowering: ExpressionLowering, names: Names) -> Callable[[Run], MappingError] | None:
    """The error where the fan-out leaves no request; None where that is none."""
    fan_out = lowering.model.file.fan_out
    if fan_out is None or fan_out.none is None:
        return None
    block = fan_out.none
    message = _message(lowering, block.message, names)
    help = block.help.text if block.help else None
    return lambda run: _error(block.error or "configuration", message(run), block.span, help)


def those_that_apply(lowering: ExpressionLowering, rules: list[Rule], names: Names) -> Judge:
    """The rules that apply, one after the other, in order."""
    judged = [(lowering.condition(rule.condition, names), rule) for rule in rules]

    def apply(run: Run) -> Iterator[Rule]:
        for condition, rule in judged:
            if condition(run) is not rule.negated:
                yield rule

    return apply


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
    if text.isprintable() and len(text) <= MESSAGE_LENGTH:
        return text
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text[: MESSAGE_LENGTH + 1]
    )
    return clean if len(clean) <= MESSAGE_LENGTH else clean[:MESSAGE_LENGTH] + "…"


def refusal(rule: Rule, run: Run) -> MappingError:
    """The error of a rule that applies."""
    return _error(rule.kind or "instrumentation", rule.message(run), rule.span, rule.help)


def _error(kind: str, message: str, span: Span, help: str | None) -> MappingError:
    found = ERRORS[kind]
    code = ErrorCode.NO_DESTINATION if found is ConfigurationError else ErrorCode.EVENT_REFUSED
    return found(code, message, span=span, help=help)
