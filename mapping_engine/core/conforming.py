"""Values of the payload against its JSON Schema: which part is not accepted, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mapping_engine.core.choices import alternatives, choices, is_choice
from mapping_engine.core.conform import Mismatch, mismatch
from mapping_engine.core.inference import Inference
from mapping_engine.core.nodes import Alternative, Const, Field, ForEach, Items, Node, Place
from mapping_engine.core.refused import made_at, place_of
from mapping_engine.core.schema_places import declared_at
from mapping_engine.diagnostics import Label, Severity, Span
from mapping_engine.file.blocks import Block
from mapping_engine.file.json_types import follow, items_schema
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import FieldBlock
from mapping_engine.frozen import Frozen
from mapping_engine.types.type import Type

Schema = Mapping[str, Any]


class _Conforming(Frozen):
    """A part of a value: where it stands, and what is known of it."""

    node: Node
    span: Span
    type: Type
    is_default: bool = False


def conforms(
    field: Field, node: Node, schema: Schema, made: Type, path: str, root: Schema, found: Inference
) -> None:
    """Report the parts of a value that its schema does not accept, each where it stands.

    What is wrong with all of them in one way is reported once: where they are converted.
    """
    if isinstance(node, Items) and node.fill is not None:
        _count(node, schema, path, root, found)
        if _is_ill_filled(node, node.fill, schema, path, root, found):
            return
    parts = (
        _parts(field, made, found) if node is field.value else [_Conforming(node, node.span, made)]
    )
    parts += _constants(node, parts, found)
    problems = [(part, mismatch(root, schema, part.type, f"`{path}`")) for part in parts]
    wrong = [(part, problem) for part, problem in problems if problem is not None]
    own = {problem for part, problem in problems if not part.is_default}
    if len(wrong) > 1 and len(own) == 1:
        (first, problem), others = wrong[0], [part for part, each in wrong[1:] if each in own]
        labels = tuple(Label(part.span, "so is this") for part in others)
        _report(first.node, _converted(field) or first.span, problem, path, found, labels)
        wrong = [(part, each) for part, each in wrong if each not in own]
    for part, problem in wrong:
        is_made = problem.value is None and node is field.value and not part.is_default
        span = (_converted(field) if is_made else None) or part.span
        _report(part.node, span, problem, path, found)


def _report(
    node: Node,
    span: Span,
    problem: Mismatch,
    path: str,
    found: Inference,
    others: tuple[Label, ...] = (),
) -> None:
    labels = (*others, *declared_at(path, found.model, problem.keyword))
    source = place_of(problem.value, node, found)
    if source is None and problem.value is None:
        source = made_at(node, found)
    if source is not None and source.line != span.line:
        labels = (*labels, Label(span, "it is sent here"))
    found.diagnostics.report(
        "OU02",
        problem.message,
        source or span,
        help=problem.help,
        labels=labels,
        lighter=problem.lighter,
    )


def _converted(field: Field) -> Span | None:
    """Where all alternatives of a field are converted."""
    block = field.at
    return block.place("as") if isinstance(block, FieldBlock) and block.as_ else None


def _count(items: Items, schema: Schema, path: str, root: Schema, found: Inference) -> None:
    """Hold the number of positions against what the schema accepts."""
    schema, count = follow(root, schema), len(items.items)
    least, most = schema.get("minItems", 0), schema.get("maxItems", count)
    if not least <= count <= most:
        wanted = least if count < least else most
        message = f"`{path}` takes {wanted} values, and these are {count}"
        help = "add or drop positions, or correct the schema"
        found.diagnostics.report("OU02", message, _written_at(items), help=help)


def _is_ill_filled(
    items: Items, fill: Const, schema: Schema, path: str, root: Schema, found: Inference
) -> bool:
    """Whether what stands in the place of a missing value is no item that the schema accepts."""
    type = replace(found.facts.type_of(fill), missing=False)
    problem = mismatch(root, items_schema(root, schema), type, f"an item of `{path}`")
    if problem is None:
        return False
    message = f"{problem.message}: the `fill` in the place of a missing value"
    help = "write a `fill` that it takes, such as `fill: 0`, or `list_of` for `positions`"
    span, labels = _written_at(items), declared_at(path, found.model)
    lighter = Severity.WARNING
    found.diagnostics.report("OU02", message, span, help=help, labels=labels, lighter=lighter)
    return True


def _constants(node: Node, parts: list[_Conforming], found: Inference) -> list[_Conforming]:
    """The constants that a value may be, by way of names: each is known as it is sent."""
    known = {id(part.node) for part in parts if part.type.values is not None}
    if id(node) in known:
        return []
    every = [each for each in choices(found.model.definitions, node) if isinstance(each, Const)]
    left = [each for each in every if id(each) not in known]
    return [_Conforming(each, each.span, found.facts.type_of(each), True) for each in left]


def _written_at(node: Node) -> Span:
    """Where the source of a block is written."""
    block = node.at
    keys = [k for k in block.exclusive if k in block.places] if isinstance(block, Block) else []
    return block.place(keys[0]) if isinstance(block, Block) and keys else node.span


def _parts(field: Field, made: Type, found: Inference) -> list[_Conforming]:
    """The alternatives of a value with their types; the whole where it is changed later."""
    facts, default = found.facts, list[_Conforming]()
    if field.default is not None:
        type = facts.type_of(field.default)
        default.append(_Conforming(field.default, field.default.span, type, is_default=True))
    if is_choice(field.value):
        arms = _arms(field.value)
        own = [_Conforming(arm.value, _place(arm.at), facts.type_of(arm.value)) for arm in arms]
        return [*own, *default]
    place = single_place(field)
    if place is None:
        return [_Conforming(field.value, field.span, made)]
    return [_Conforming(field.value, place.span, facts.type_of(field.value)), *default]


def _arms(node: Node) -> list[Alternative]:
    """The alternatives of a chain, and of the chains that are written in it."""
    found: list[Alternative] = []
    waiting = list(reversed(alternatives(node)))
    while waiting:
        arm = waiting.pop()
        if is_choice(arm.value):
            waiting.extend(reversed(alternatives(arm.value)))
        else:
            found.append(arm)
    return found


def _place(at: Place) -> Span:
    """Where an alternative is written; of a row, what stands behind its name."""
    return at.value.span if isinstance(at, Named) and at.value is not None else at.span


def single_place(field: Field) -> Place | None:
    """Where a value is written in one place: an expression, or the only alternative of a list."""
    block = field.at
    if not isinstance(block, FieldBlock):
        return field.value
    if isinstance(field.value, ForEach) or block.then or block.one_of is not None:
        return None
    if block.first_of is not None and len(block.first_of) == 1:
        return block.first_of[0]
    written = block.value or block.template or block.constant
    return None if written is None or block.as_ else field.value
