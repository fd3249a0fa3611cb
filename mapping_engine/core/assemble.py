"""A rule file and all that it uses as a mapping in the core language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.core.assemble_sending import answers_of, batch_of
from mapping_engine.core.desugar import (
    NO_LOCALS,
    Desugaring,
    body_of,
    define,
    definitions_of,
    expression,
    object_of,
    optional,
    pipeline_of,
    value_of,
)
from mapping_engine.core.model import (
    Model,
    Pipeline,
    RequestRule,
    Rule,
    Variable,
    sent_parts,
)
from mapping_engine.core.nodes import Broken, Const, Field, Name, Node, Template
from mapping_engine.core.order import in_order, ordered
from mapping_engine.core.spell import written_name
from mapping_engine.core.splice import spliced
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import TemplateExpression
from mapping_engine.file.documents import (
    AcceptBlock,
    MappingFile,
    NoneBlock,
    RefuseBlock,
    RequestBlock,
    WarnBlock,
)
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock, ValueBlock
from mapping_engine.file.walk import names_in
from mapping_engine.vocabulary import Personal, Vocabulary

NO_VOCABULARY = Vocabulary("", {}, frozenset(), Personal({}))


def core_of(
    name: str,
    file: MappingFile,
    blocks: Mapping[str, Named[ValueBlock]],
    pipelines: Mapping[str, Named[PipelineBlock]],
    tables: Mapping[str, object],
    texts: Mapping[str, str],
    found: Diagnostics,
) -> Model | None:
    """The mapping, without its vocabulary and schemas; None where names go in circles.

    What is wrong on the way is reported: unknown transforms and arguments that do not fit (TX01,
    TX02), circles (PR04), and values that take too many steps (PR08).
    """
    made = Desugaring(blocks, pipelines, found)
    define(made)
    piped = {each: _pipeline(entry, made) for each, entry in pipelines.items()}
    fan_out = file.fan_out
    variables = tuple(
        Variable(v, v.name, Broken(v) if v.value is None else value_of(v.value, NO_LOCALS, made))
        for v in (fan_out.each if fan_out else ())
    )
    fields = object_of(file, file.fields, NO_LOCALS, made)
    none = fan_out.none if fan_out else None
    parts = Model(
        name=name,
        file=file,
        definitions={},
        pipelines=piped,
        tables=tables,
        vocabulary=NO_VOCABULARY,
        settings_schema={},
        payload_schema={},
        fields=fields,
        request=_request(file.request, made),
        fan_out=variables,
        none=None if none is None else _refuse(none, Const(none, True), "configuration", made),
        accept=tuple(_accept(block, made) for block in file.accept or ()),
        refuse=tuple(
            _refuse(block, expression(block.when, NO_LOCALS, made), "instrumentation", made)
            for block in file.refuse or ()
        ),
        warn=tuple(_warn(block, made) for block in file.warn or ()),
        settings_warn=tuple(_warn(block, made) for block in file.settings_warn or ()),
        batch=batch_of(file.batch, pipelines, found),
        answers=answers_of(file.answers, pipelines, found),
        hashing=optional(file.hashing, NO_LOCALS, made),
        already_hashed=optional(file.already_hashed, NO_LOCALS, made),
        texts=texts,
    )
    definitions = definitions_of(made)
    if made.stopped_at is not None:
        _report_stop(made.stopped_at, blocks, found)
        return None
    names = [variable.name for variable in variables]
    order = ordered(definitions, piped, names, sent_parts(parts), found)
    if order is None:
        return None
    return replace(
        parts,
        definitions=order.definitions,
        depends=order.depends,
        fields=spliced(fields, order.definitions),
    )


def _warn(block: WarnBlock, made: Desugaring) -> Rule:
    field = block.field.text if block.field else None
    when = expression(block.when, NO_LOCALS, made)
    return Rule(block, when, _template(block.message, made), None, field=field)


def _report_stop(node: Name, blocks: Mapping[str, Named[ValueBlock]], found: Diagnostics) -> None:
    """Report that conversions multiply: in a circle (PR04), or else too often (PR08)."""
    graph = {name: tuple(names_in(block) & blocks.keys()) for name, block in blocks.items()}
    if in_order(graph, blocks, found) is not None:
        found.report(
            "PR08",
            f"the alternatives behind `${written_name(node.name)}` are converted too many times, "
            "each by all the conversions on the way to it",
            node.span,
            help="convert them where they are defined, or the value that was chosen, with `then`",
        )


def _pipeline(entry: Named[PipelineBlock], made: Desugaring) -> Pipeline:
    name, block = entry.name, entry.value
    if block is None:
        return Pipeline(entry, name, (), Broken(entry))
    parameters, body = pipeline_of(block, made)
    values = None if block.values is None else tuple(each.value for each in block.values)
    normalises = block.normalises.text if block.normalises else None
    return Pipeline(block, name, parameters, body, normalises, values)


def _accept(block: AcceptBlock, made: Desugaring) -> Rule:
    condition = block.skip_when if block.require is None else block.require
    return Rule(
        block,
        Broken(block) if condition is None else expression(condition, NO_LOCALS, made),
        None if block.message is None else _template(block.message, made),
        None if block.require is None else block.error or "instrumentation",
        block.help.text if block.help else None,
        negated=block.require is not None,
    )


def _refuse(block: RefuseBlock | NoneBlock, condition: Node, kind: str, made: Desugaring) -> Rule:
    help = block.help.text if block.help else None
    return Rule(block, condition, _template(block.message, made), block.error or kind, help)


def _request(block: RequestBlock, made: Desugaring) -> RequestRule:
    headers = (
        Field(h, h, h.name, value_of(h.value, NO_LOCALS, made))
        for h in block.headers or ()
        if h.value is not None
    )
    is_form = block.form is not None
    return RequestRule(
        block,
        block.method or "POST",
        _template(block.url, made),
        tuple(headers),
        body_of(block, block.form if is_form else block.json, made),
        "form" if is_form else "json",
    )


def _template(template: TemplateExpression, made: Desugaring) -> Template:
    found = expression(template, NO_LOCALS, made)
    assert isinstance(found, Template)
    return found
