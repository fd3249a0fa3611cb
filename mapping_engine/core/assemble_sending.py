"""The blocks `batch` and `answers` in the core language; they know the request, and no event."""

from __future__ import annotations

from collections.abc import Mapping

from mapping_engine.core.expressions import (
    DEFAULT_ITEM,
    NO_LOCALS,
    Desugaring,
    Locals,
    expression,
    optional,
    template_of,
)
from mapping_engine.core.sending import (
    LONGEST_WAIT,
    WHOLE_BODY,
    AnswerRule,
    BatchRule,
    Dropping,
    Joining,
)
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.file.sending_blocks import AnswerBlock, BatchBlock, DropBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock

_ITEM: Locals = frozenset({DEFAULT_ITEM})
Pipelines = Mapping[str, Named[PipelineBlock]]


def batch_of(block: BatchBlock | None, piped: Pipelines, found: Diagnostics) -> BatchRule | None:
    """The rule by which requests combine."""
    if block is None:
        return None
    made = Desugaring({}, piped, found)
    into = () if block.into.text == WHOLE_BODY else tuple(block.into.text.split("."))
    beside = None if block.beside is None else tuple(each.text for each in block.beside)
    added = {each.name: each.value.value for each in block.adding or () if each.value is not None}
    return BatchRule(
        block,
        Joining(into, beside, added),
        block.at_most,
        block.bytes,
        tuple(expression(each, NO_LOCALS, made) for each in block.by or ()),
        optional(block.alone, NO_LOCALS, made),
        None if block.url is None else template_of(block.url, made),
    )


def answers_of(
    blocks: tuple[AnswerBlock, ...] | None, piped: Pipelines, found: Diagnostics
) -> tuple[AnswerRule, ...]:
    """The rows of what answers mean, in order."""
    made = Desugaring({}, piped, found)
    rules = (_answer(block, made) for block in blocks or ())
    return tuple(rule for rule in rules if rule is not None)


def _answer(block: AnswerBlock, made: Desugaring) -> AnswerRule | None:
    """A row; None where what it does could not be read, which is reported."""
    given = (each for each in AnswerBlock.exclusive if getattr(block, each) is not None)
    action = next(given, None)
    if action is None:
        return None
    said = block.split if block.refuse is None else block.refuse
    retry = block.retry
    return AnswerRule(
        block,
        expression(block.when, NO_LOCALS, made),
        action,
        optional(block.because, NO_LOCALS, made),
        None if said is None else template_of(said, made),
        None if block.stop is None else block.stop.text,
        None if retry is None else expression(retry.after, NO_LOCALS, made),
        (retry.at_most if retry else None) or LONGEST_WAIT,
        None if block.drop is None else _dropping(block.drop, made),
    )


def _dropping(block: DropBlock, made: Desugaring) -> Dropping:
    known = NO_LOCALS if block.each is None else _ITEM
    return Dropping(
        block,
        optional(block.each, NO_LOCALS, made),
        optional(block.when, known, made),
        optional(block.at, known, made),
        optional(block.because, known, made),
        block.others,
    )
