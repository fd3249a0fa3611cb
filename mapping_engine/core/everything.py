"""Every value and every expression of a mapping, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mapping_engine.core.model import Model
from mapping_engine.core.walk import (
    own_expressions,
    parts_of,
    pipeline_expressions,
    walk,
    with_fields,
)
from mapping_engine.expression import Both, Compare, Either, Expression, Not, Test
from mapping_engine.file.shapes import BodyTree
from mapping_engine.file.values import ArmBlock, PipelineBlock, ValueBlock

_CONDITIONS = (Both, Either, Not, Compare, Test)


def field_blocks(model: Model) -> Iterator[ValueBlock]:
    """The fields of the payload, those inside objects and lists too."""
    for field in model.file.fields:
        if field.value is not None:
            yield from with_fields(field.value)


def value_blocks(model: Model) -> Iterator[ValueBlock]:
    """Every definition, fan-out variable and field."""
    for definition in model.definitions.values():
        yield from with_fields(definition)
    for variable in model.file.fan_out.each if model.file.fan_out else ():
        if variable.value is not None:
            yield from with_fields(variable.value)
    yield from field_blocks(model)


def conditions(model: Model) -> Iterator[Expression]:
    """Every condition as a whole, and every value that is one."""
    for block in value_blocks(model):
        yield from (c for c in (block.when, block.keep_when) if c is not None)
        yield from (arm.when for arm in parts_of(block) if arm.when is not None)
        if isinstance(block.value, _CONDITIONS):
            yield block.value
    for pipeline in model.pipelines.values():
        yield from (arm.when for arm in pipeline.first_of or () if arm.when is not None)
    for rule in model.file.accept or ():
        yield from (c for c in (rule.require, rule.skip_when) if c is not None)
    yield from (late.when for late in model.file.late)


def expressions(model: Model) -> Iterator[Expression]:
    """Every expression as a whole, each once."""
    for block in value_blocks(model):
        yield from (expression for expression, _ in own_expressions(block))
    for pipeline in model.pipelines.values():
        yield from pipeline_expressions(pipeline)
    file = model.file
    yield from (e for e in (file.hashing, file.already_hashed) if e is not None)
    for rule in file.accept or ():
        yield from (e for e in (rule.require, rule.skip_when, rule.message) if e is not None)
    if file.fan_out is not None and file.fan_out.none is not None:
        yield file.fan_out.none.message
    yield from request_expressions(model)
    for late in file.late:
        yield late.when
        yield late.message


def nodes(model: Model) -> Iterator[Expression]:
    """Every node of every expression."""
    for expression in expressions(model):
        yield from walk(expression)


def request_expressions(model: Model) -> Iterator[Expression]:
    """The expressions of the request around a payload."""
    request = model.file.request
    yield request.url
    yield from (header.value for header in request.headers or () if header.value is not None)
    yield from _leaves(request.form if request.form is not None else request.json)


def _leaves(tree: BodyTree) -> Iterator[Expression]:
    if isinstance(tree, Expression):
        yield tree
    elif isinstance(tree, Mapping):
        for part in tree.values():
            yield from _leaves(part)
    elif tree is not None:
        for part in tree:
            yield from _leaves(part)


def alternatives(model: Model) -> Iterator[tuple[ValueBlock | PipelineBlock, tuple[ArmBlock, ...]]]:
    """Every fallback chain that is written as a list, with what it belongs to."""
    for block in value_blocks(model):
        if block.first_of:
            yield block, block.first_of
    for pipeline in model.pipelines.values():
        if pipeline.first_of:
            yield pipeline, pipeline.first_of
