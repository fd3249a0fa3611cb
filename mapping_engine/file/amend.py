"""Changes of definitions that come from fragments: alternative by alternative, field by field."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import ClassVar, TypeVar

from mapping_engine.diagnostics import Diagnostics, listed, report_unknown
from mapping_engine.expression import CallExpression, Expression, print_expression, print_template
from mapping_engine.file.blocks import Block, Choice, key
from mapping_engine.file.expression_shapes import (
    DATA_OR_REFERENCE,
    EXPRESSION,
    LIST_OR_EXPRESSION,
    STEPS,
)
from mapping_engine.file.shapes import TEXT, ListOf, MapOf, Named
from mapping_engine.file.value_blocks import ArmBlock, FieldBlock, ValueBlock
from mapping_engine.source.node import ScalarNode

V = TypeVar("V", bound=ValueBlock)
_ARM = Choice(lambda: ArmBlock, scalar=("value", EXPRESSION))
_ARMS = ListOf(_ARM, or_one=True)


class AmendBlock(Block):
    """What is different here in a definition of a fragment; all else stays as it is there."""

    what: ClassVar[str] = "this change of a definition"

    doc: ScalarNode | None = key(TEXT, "What this is, for the reader of the rules.")
    first: tuple[ArmBlock, ...] | None = key(_ARMS, "Alternatives tried before the others.")
    last: tuple[ArmBlock, ...] | None = key(_ARMS, "Alternatives tried after the others.")
    replace: tuple[Named[tuple[ArmBlock, ...]], ...] | None = key(
        MapOf(_ARMS), "Alternatives in the place of one, which is named as it is written there."
    )
    drop: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT, or_one=True), "Alternatives or fields that are left out."
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "Fields that are added, or take the place of those of the same name.",
    )
    when: Expression | None = key(EXPRESSION, "The condition, in the place of the one there.")
    each: Expression | None = key(EXPRESSION, "The list, in the place of the one there.")
    keep_when: Expression | None = key(
        EXPRESSION, "Which items stay, in the place of the condition there."
    )
    as_: tuple[CallExpression, ...] | None = key(
        STEPS, "Transforms of each alternative, in the place of those there."
    )
    then: tuple[CallExpression, ...] | None = key(
        STEPS, "Transforms of the value that was chosen, in the place of those there."
    )
    one_of: Expression | None = key(
        LIST_OR_EXPRESSION, "The accepted values, in the place of those there."
    )
    default: Expression | None = key(
        DATA_OR_REFERENCE, "The value when there is none, in the place of the one there."
    )


def amend(
    changes: Iterable[Named[AmendBlock]],
    own: AbstractSet[str],
    definitions: dict[str, Named[ValueBlock]],
    diagnostics: Diagnostics,
) -> None:
    """Change ``definitions`` in place; ``own`` are those that the same file writes itself."""
    for entry in changes:
        if entry.name not in definitions or entry.name in own:
            what = "is written in this file" if entry.name in own else "does not exist"
            report_unknown(
                diagnostics,
                "PR01",
                f"there is nothing to change: the definition `{entry.name}` {what}",
                entry.span,
                entry.name,
                definitions.keys() - own,
                "`amend` changes what a fragment defines",
            )
            continue
        changed = definitions[entry.name]
        if entry.value is not None and changed.value is not None:
            made = amended(f"${entry.name}", changed.value, entry.value, diagnostics)
            definitions[entry.name] = replace(changed, value=made)


def amended(name: str, block: V, change: AmendBlock, diagnostics: Diagnostics) -> V:
    """A definition or field with a change; what cannot be changed is reported (PR01, SH09)."""
    made = replace(
        block,
        doc=change.doc or block.doc,
        when=change.when or block.when,
        each=change.each or block.each,
        keep_when=change.keep_when or block.keep_when,
        as_=change.as_ or block.as_,
        then=change.then or block.then,
        one_of=change.one_of or block.one_of,
        default=change.default or block.default,
    )
    dropped = {text.text: text for text in change.drop or ()}
    if change.first or change.last or change.replace or (dropped and block.first_of):
        made = _chain(name, made, change, dropped, diagnostics)
    if change.fields or (dropped and block.fields):
        made = _object(name, made, change, dropped, diagnostics)
    for text in dropped.values():
        _unknown(f"`{name}` has no `{text.text}` to drop", text, _names(block), diagnostics)
    return made


def _chain(
    name: str,
    block: V,
    change: AmendBlock,
    dropped: dict[str, ScalarNode],
    diagnostics: Diagnostics,
) -> V:
    if block.first_of is None:
        _stray(name, "a list of alternatives", ("first", "last", "replace"), change, diagnostics)
        return block
    replaced = {entry.name: entry for entry in change.replace or ()}
    arms = list(change.first or ())
    for arm in block.first_of:
        label = _arm_name(arm)
        entry = replaced.pop(label, None)
        if entry is not None:
            arms += entry.value or ()
        elif dropped.pop(label, None) is None:
            arms.append(arm)
    for entry in replaced.values():
        message = f"`{name}` has no alternative `{entry.name}` to replace"
        _unknown(message, entry.key, _names(block), diagnostics)
    return replace(block, first_of=(*arms, *(change.last or ())))


def _object(
    name: str,
    block: V,
    change: AmendBlock,
    dropped: dict[str, ScalarNode],
    diagnostics: Diagnostics,
) -> V:
    if block.fields is None:
        _stray(name, "an object with fields", ("fields",), change, diagnostics)
        return block
    added = {field.name: field for field in change.fields or ()}
    kept = [
        added.pop(field.name, field)
        for field in block.fields
        if dropped.pop(field.name, None) is None
    ]
    return replace(block, fields=(*kept, *added.values()))


def _stray(
    name: str, wanted: str, keys: Iterable[str], change: AmendBlock, diagnostics: Diagnostics
) -> None:
    for written in keys:
        if written in change.places:
            diagnostics.report(
                "SH09",
                f"`{written}` means nothing here: `{name}` is not {wanted}",
                change.place(written),
                help="write all of it: a definition under `override`, a field under `fields`",
            )


def _unknown(message: str, place: ScalarNode, names: list[str], diagnostics: Diagnostics) -> None:
    otherwise = f"it has {listed(names)}"
    report_unknown(diagnostics, "PR01", message, place.span, place.text, names, otherwise)


def _names(block: ValueBlock) -> list[str]:
    """What a change may name: the alternatives as they are written, and the fields."""
    arms = [_arm_name(arm) for arm in block.first_of or ()]
    return [*arms, *(field.name for field in block.fields or ())]


def _arm_name(arm: ArmBlock) -> str:
    node = arm.value or arm.constant
    if node is not None:
        return print_expression(node)
    return print_template(arm.template) if arm.template is not None else ""
