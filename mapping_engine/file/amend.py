"""Changes of definitions that come from fragments: alternative by alternative, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
E = TypeVar("E")
INSIDE = ".fields."
"""What stands between an object and a field of it, in the name of what is changed."""
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
        ListOf(TEXT, or_one=True), "Alternatives, rows or fields that are left out."
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "Fields that are added, or take the place of those of the same name.",
    )
    rows: tuple[Named[ArmBlock], ...] | None = key(
        MapOf(_ARM),
        "Rows of `decide` that are tried before the others, or take the place of those of the same "
        "name.",
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
        name, _, path = entry.name.partition(INSIDE)
        changed = definitions.get(name)
        if changed is None or name in own:
            what = "is written in this file" if name in own else "does not exist"
            report_unknown(
                diagnostics,
                "PR01",
                f"there is nothing to change: the definition `{name}` {what}",
                entry.span,
                entry.name,
                definitions.keys() - own,
                "`amend` changes what a fragment defines",
            )
        elif entry.value is not None and changed.value is not None:
            made = _changed_block(entry, entry.value, changed.value, path, diagnostics)
            definitions[name] = replace(changed, value=made)


def is_of_fields(name: str) -> bool:
    """Whether a change is one of the fields of an extended pack, and not of a definition."""
    return name.partition(".")[0] in ("fields", "requests")


def _changed_block(
    entry: Named[AmendBlock], change: AmendBlock, block: V, path: str, diagnostics: Diagnostics
) -> V:
    """A definition with a change, of itself or of a field at a path in it."""
    if not path:
        return amended(f"${entry.name}", block, change, diagnostics)

    def changed(each: Named[FieldBlock]) -> Named[FieldBlock]:
        value = each.value and amended(entry.name, each.value, change, diagnostics)
        return replace(each, value=value)

    fields = with_field(block.fields, path, changed)
    if fields is not None:
        return replace(block, fields=fields)
    lead = entry.name.partition(INSIDE)[0]
    report_unknown(
        diagnostics,
        "PR01",
        f"there is nothing to change: the field `{entry.name}` does not exist",
        entry.span,
        entry.name,
        [f"{lead}{INSIDE}{each.name}" for each in block.fields or ()],
        f"`${lead}` has {listed(_names(block))}",
    )
    return block


def with_field(
    fields: tuple[Named[FieldBlock], ...] | None,
    path: str,
    changed: Callable[[Named[FieldBlock]], Named[FieldBlock]],
) -> tuple[Named[FieldBlock], ...] | None:
    """The fields with the one at a path changed; None where there is no such field."""
    for place, each in enumerate(fields or ()):
        made: Named[FieldBlock] | None = changed(each) if each.name == path else None
        rest = path.removeprefix(f"{each.name}{INSIDE}")
        if rest != path and each.value is not None:
            inner = with_field(each.value.fields, rest, changed)
            made = replace(each, value=replace(each.value, fields=inner)) if inner else None
        if made is not None and fields is not None:
            return (*fields[:place], made, *fields[place + 1 :])
    return None


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
        fields = _named("fields", block.fields, change.fields, name, change, dropped, diagnostics)
        made = replace(made, fields=None if fields is None else (*fields[1], *fields[0]))
    if change.rows or (dropped and block.decide):
        rows = _named("rows", block.decide, change.rows, name, change, dropped, diagnostics)
        made = replace(made, decide=None if rows is None else (*rows[0], *rows[1]))
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


def _named(
    key: str,
    there: tuple[Named[E], ...] | None,
    given: tuple[Named[E], ...] | None,
    name: str,
    change: AmendBlock,
    dropped: dict[str, ScalarNode],
    diagnostics: Diagnostics,
) -> tuple[list[Named[E]], list[Named[E]]] | None:
    """Fields or rows that are new, and those that stay or are replaced."""
    if there is None:
        wanted = "an object with fields" if key == "fields" else "a `decide`"
        _stray(name, wanted, (key,), change, diagnostics)
        return None
    added = {each.name: each for each in given or ()}
    kept = [added.pop(e.name, e) for e in there if dropped.pop(e.name, None) is None]
    return list(added.values()), kept


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
    return [*arms, *(each.name for each in (*(block.decide or ()), *(block.fields or ())))]


def _arm_name(arm: ArmBlock) -> str:
    node = arm.value or arm.constant
    if node is not None:
        return print_expression(node)
    return print_template(arm.template) if arm.template is not None else ""
