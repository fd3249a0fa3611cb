"""A rule file and all that it uses as a mapping in the core language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.core.assemble_sending import answers_of
from mapping_engine.core.clear import ClearPlaces, cleared
from mapping_engine.core.desugar import define, definitions_of, pipeline_of
from mapping_engine.core.expressions import NO_LOCALS, Desugaring, expression, optional, template_of
from mapping_engine.core.kinds import is_whole, kinds_of, no_request, warn_rule
from mapping_engine.core.model import (
    PAYLOADS,
    Model,
    Pipeline,
    RequestKind,
    Rule,
    request_parts,
    sent_parts,
)
from mapping_engine.core.nodes import Broken, Name, Object, free_names
from mapping_engine.core.order import Ordered, in_order, ordered
from mapping_engine.core.spell import written_name
from mapping_engine.core.splice import spliced
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.file.documents import AcceptBlock, MappingFile
from mapping_engine.file.privacy_blocks import EntitlementBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock, ValueBlock, values_in
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
    if not is_whole(file, found):
        return None
    made = Desugaring(blocks, pipelines, found)
    define(made)
    piped = {each: _pipeline(entry, made) for each, entry in pipelines.items()}
    shared = Model(
        name=name,
        file=file,
        definitions={},
        pipelines=piped,
        tables=tables,
        vocabulary=NO_VOCABULARY,
        settings_schema={},
        payload_schema={},
        fields=Object(file, ()),
        request=no_request(file),
        accept=tuple(_accept(block, made) for block in file.accept or ()),
        settings_warn=tuple(warn_rule(block, made) for block in file.settings_warn or ()),
        answers=answers_of(file.answers, pipelines, found),
        hashing=optional(file.hashing, NO_LOCALS, made),
        already_hashed=optional(file.already_hashed, NO_LOCALS, made),
        texts=texts,
    )
    kinds = kinds_of(file, made)
    parts = replace(shared, kinds=kinds)
    definitions = definitions_of(made)
    if made.stopped_at is not None:
        _report_stop(made.stopped_at, blocks, found)
        return None
    names = dict.fromkeys(v.name for kind in kinds for v in kind.fan_out)
    order = ordered(definitions, piped, names, sent_parts(parts), found)
    if order is None:
        return None
    kinds = tuple(_finished(kind, file.personal, order) for kind in kinds)
    whole = replace(parts, definitions=order.definitions, depends=order.depends, kinds=kinds)
    return whole if file.requests is not None else whole.requests[0]


def _finished(kind: RequestKind, personal: EntitlementBlock | None, order: Ordered) -> RequestKind:
    """A kind of request with the named objects in their places; whether it joins is known then."""
    names = {name.name for part in request_parts(kind.request) for name in free_names(part)}
    behind = (order.depends.get(name, frozenset()) for name in names)
    joins = PAYLOADS in names.union(*behind)
    fields = spliced(kind.fields, order.definitions)
    if personal is not None:
        places = ClearPlaces(personal.clear, kind.request.name)
        fields = cleared(fields, (), places, order.definitions)
    return replace(kind, fields=fields, joins=joins)


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
    values = None
    if block.values is not None:
        values = tuple(
            value for each in block.values for value in values_in(each, made.diagnostics)
        )
    normalises = block.normalises.text if block.normalises else None
    return Pipeline(block, name, parameters, body, normalises, values)


def _accept(block: AcceptBlock, made: Desugaring) -> Rule:
    condition = block.skip_when if block.require is None else block.require
    return Rule(
        block,
        Broken(block) if condition is None else expression(condition, NO_LOCALS, made),
        None if block.message is None else template_of(block.message, made),
        None if block.require is None else block.error or "instrumentation",
        block.help.text if block.help else None,
        negated=block.require is not None,
    )
