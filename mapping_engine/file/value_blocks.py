"""The blocks that say where a value comes from: fields, definitions, arms, rows, pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mapping_engine.expression import CallExpression, Expression, Literal, TemplateExpression
from mapping_engine.file.blocks import Block, Choice, key
from mapping_engine.file.expression_shapes import (
    DATA_OR_REFERENCE,
    EXPRESSION,
    LIST_OR_EXPRESSION,
    STEPS,
    TEMPLATE,
)
from mapping_engine.file.shapes import DATA, FLAG, TEXT, ListOf, MapOf, Named, word_of
from mapping_engine.source.node import ScalarNode

SOURCES = (
    "value",
    "first_of",
    "decide",
    "template",
    "constant",
    "positions",
    "rest_of",
    "copy_of",
    "fields",
)
COPIES = ("rest_of", "copy_of")


class ArmBlock(Block):
    """One alternative of `first_of`, or one row of `decide`."""

    what: ClassVar[str] = "this alternative"
    exclusive: ClassVar[tuple[str, ...]] = ("value", "template", "constant")
    needed: ClassVar[tuple[str, ...]] = ("value", "template", "constant")

    when: Expression | None = key(
        EXPRESSION, "The alternative is skipped unless this condition holds."
    )
    value: Expression | None = key(EXPRESSION, "The value, as an expression.")
    template: TemplateExpression | None = key(TEMPLATE, "The value, as text with {expressions}.")
    constant: Literal | None = key(DATA, "The value itself, as it stands.")
    as_: tuple[CallExpression, ...] | None = key(
        STEPS, "Transforms of this alternative alone; when they fail, the next one is tried."
    )


class ValueBlock(Block):
    """A definition: a value under a name."""

    what: ClassVar[str] = "this definition"
    exclusive: ClassVar[tuple[str, ...]] = SOURCES
    together: ClassVar[frozenset[frozenset[str]]] = frozenset(
        frozenset((copy, "fields")) for copy in COPIES
    )
    needed: ClassVar[tuple[str, ...]] = SOURCES
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "fill": ("positions",),
        "without": COPIES,
        "only": COPIES,
        "keep": COPIES,
        "hash": COPIES,
        "item": ("each",),
        "keep_when": ("each",),
    }

    doc: ScalarNode | None = key(TEXT, "What this is, for the reader of the rules.")
    when: Expression | None = key(
        EXPRESSION, "Absent unless this condition holds, with or without a default."
    )
    value: Expression | None = key(EXPRESSION, "The value, as an expression.")
    first_of: tuple[ArmBlock, ...] | None = key(
        ListOf(Choice(lambda: ArmBlock, scalar=("value", EXPRESSION)), or_one=True),
        "A fallback chain: the first alternative that is not missing after its own conversion. "
        "A `$name` that is itself a plain chain stands for all of that chain's alternatives.",
    )
    decide: tuple[Named[ArmBlock], ...] | None = key(
        MapOf(Choice(lambda: ArmBlock, scalar=("value", EXPRESSION))),
        "A decision table: the first row whose condition holds and whose value is not missing. "
        "The names appear in explanations.",
    )
    template: TemplateExpression | None = key(
        TEMPLATE, "Text with {expressions}; missing when one of them is missing."
    )
    constant: Literal | None = key(DATA, "The value itself, as it stands.")
    positions: tuple[ArmBlock, ...] | None = key(
        ListOf(Choice(lambda: ArmBlock, scalar=("value", EXPRESSION))),
        "A list in which each value has its place, the missing ones too.",
    )
    fill: Literal | None = key(
        DATA, "What stands at the places of missing values; an empty text if not given."
    )
    rest_of: Expression | None = key(
        EXPRESSION,
        "A copy of an object without what any rule maps elsewhere and without personal data.",
    )
    copy_of: Expression | None = key(
        EXPRESSION,
        "A copy of an object without personal data; what is mapped elsewhere is copied, too.",
    )
    without: Expression | None = key(LIST_OR_EXPRESSION, "Further keys that the copy leaves out.")
    only: Expression | None = key(
        LIST_OR_EXPRESSION,
        "The keys that may be copied: the copy leaves out all others, and all keys where this is "
        "missing.",
    )
    keep: Expression | None = key(
        EXPRESSION,
        "Keys that are copied although they name personal data: a list that the settings hold.",
    )
    hash: Expression | None = key(
        LIST_OR_EXPRESSION, "Keys of which the copy holds digests, whatever they name."
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "An object with these fields; with `each`, a list of such objects. Beside `rest_of` or "
        "`copy_of`, they are added to the copy.",
    )
    each: Expression | None = key(
        EXPRESSION, "A list: `value` or `fields` is made once for each of its items."
    )
    item: ScalarNode | None = key(TEXT, "The name of the item, without `$`; `item` if not given.")
    keep_when: Expression | None = key(
        EXPRESSION, "Items for which this does not hold (or is missing) are left out."
    )
    as_: tuple[CallExpression, ...] | None = key(
        STEPS, "Transforms of each alternative before it is judged."
    )
    then: tuple[CallExpression, ...] | None = key(STEPS, "Transforms of the value that was chosen.")
    one_of: Expression | None = key(
        LIST_OR_EXPRESSION, "A list of the accepted values; any other is left out."
    )
    default: Expression | None = key(
        DATA_OR_REFERENCE,
        "The value when there is none: as it stands, or a `$name`. In a field, `[]` is sent.",
    )


class FieldBlock(ValueBlock):
    """A field of the payload."""

    what: ClassVar[str] = "this field"

    required: bool | None = key(
        FLAG,
        "An event without a value for this field is refused; not where `when` does not hold.",
    )
    invalid: str | None = key(
        word_of("warn", "error", "ignore"),
        "What happens when a source is present but cannot be converted: the field is left out "
        "with a warning (`warn`, the default), the event is refused (`error`), or nothing is said.",
    )


class PipelineBlock(Block):
    """A named pipeline: transforms under one name, written in YAML."""

    what: ClassVar[str] = "this pipeline"
    exclusive: ClassVar[tuple[str, ...]] = ("steps", "first_of", "items")
    needed: ClassVar[tuple[str, ...]] = ("steps", "first_of", "items")

    doc: ScalarNode | None = key(TEXT, "What this does, for the reader of the rules.")
    normalises: ScalarNode | None = key(
        TEXT,
        "The kind of personal data whose normal form this makes. A value that is a SHA-256 digest "
        "already passes untouched, and only values in normal form may be hashed.",
    )
    parameters: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Names of the arguments; inside, they are read as `$name`."
    )
    steps: tuple[CallExpression, ...] | None = key(STEPS, "Transforms joined by `|>`.")
    items: tuple[CallExpression, ...] | None = key(
        STEPS,
        "Transforms of each item of a list; what is no list is a list of one. The result is a list "
        "without repeats, and without the items that cannot be converted.",
    )
    first_of: tuple[ArmBlock, ...] | None = key(
        ListOf(Choice(lambda: ArmBlock, scalar=("value", EXPRESSION))),
        "Alternatives on `$value`, the value that is piped in.",
    )
    values: tuple[Literal, ...] | None = key(
        ListOf(DATA),
        "All values this can yield, when they are few; a digest of anything else is refused.",
    )
