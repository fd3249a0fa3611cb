"""The blocks that say where a value comes from: fields, definitions, arms, rows, pipelines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import CallExpression, Expression, Literal, TemplateExpression
from mapping_engine.file.blocks import Block, Choice, key
from mapping_engine.file.expression_shapes import (
    DATA_OR_REFERENCE,
    EXPRESSION,
    LIST_OR_EXPRESSION,
    STEPS,
    TEMPLATE,
)
from mapping_engine.file.shapes import DATA, FLAG, TEXT, TRUE, ListOf, MapOf, Named, word_of
from mapping_engine.source.node import ScalarNode

SOURCES = (
    "value",
    "first_of",
    "decide",
    "template",
    "constant",
    "positions",
    "list_of",
    "rest_of",
    "copy_of",
    "fields",
    "merged",
    "entries_of",
)
COPIES = ("rest_of", "copy_of")
_NO_VALUE = "nothing"


class PlainBlock(Block):
    """One alternative of a named pipeline."""

    what: ClassVar[str] = "this alternative"
    exclusive: ClassVar[tuple[str, ...]] = ("value", "template", "constant")
    needed: ClassVar[tuple[str, ...]] = ("value", "template", "constant")

    when: Expression | None = key(EXPRESSION, "Absent unless this condition holds.")
    value: Expression | None = key(EXPRESSION, "The value, as an expression.")
    template: TemplateExpression | None = key(
        TEMPLATE, "Text with {expressions}; missing when one of them is missing."
    )
    constant: Literal | None = key(
        DATA, "The value itself, as it stands; `null` in a field sends null."
    )
    as_: tuple[CallExpression, ...] | None = key(
        STEPS, "Transforms of each alternative before it is judged."
    )


class SourceBlock(PlainBlock):
    """Where a value comes from; as it is, one value of a list."""

    exclusive: ClassVar[tuple[str, ...]] = (*SOURCES, "each")
    together: ClassVar[frozenset[frozenset[str]]] = frozenset(
        (
            *(frozenset((copy, "fields")) for copy in COPIES),
            *(
                frozenset((loop, each))
                for loop in ("entries_of", "each")
                for each in SOURCES
                if each != "entries_of"
            ),
        )
    )
    needed: ClassVar[tuple[str, ...]] = SOURCES
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "fill": ("positions",),
        "without": COPIES,
        "only": COPIES,
        "keep": COPIES,
        "hash": COPIES,
        "empty": (*COPIES, "entries_of"),
        "item": ("each", "entries_of"),
        "keep_when": ("each", "entries_of"),
        "key": ("entries_of",),
    }

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
    positions: tuple[SourceBlock, ...] | None = key(
        ListOf(Choice(lambda: SourceBlock, scalar=("value", EXPRESSION))),
        "A list in which each value has its place, the missing ones too.",
    )
    fill: Literal | None = key(
        DATA, "What stands at the places of missing values; an empty text if not given."
    )
    list_of: tuple[SourceBlock, ...] | None = key(
        ListOf(Choice(lambda: SourceBlock, scalar=("value", EXPRESSION))),
        "A list of these values and blocks; what is missing is left out.",
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
    empty: str | None = key(
        word_of("keep", "drop"),
        "With `keep`, the copy holds null where the object does, and an empty object is copied as "
        "one; `drop` is the default. Empty texts and lists are copied either way. Of `entries_of`, "
        "what is null, blank or empty stands as it is where an entry has no value.",
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "An object with these fields; with `each`, a list of such objects. Beside `rest_of` or "
        "`copy_of`, they are added to the copy. A key that begins with `..` is no key: all keys "
        "of its value, an object, stand in its place. Of one key, the later value is sent.",
    )
    merged: tuple[SourceBlock, ...] | None = key(
        ListOf(Choice(lambda: SourceBlock, scalar=("value", EXPRESSION))),
        "One object with the keys of several; of one key, the last value that is there is sent.",
    )
    entries_of: Expression | None = key(
        EXPRESSION,
        "An object made from the entries of an object, or the items of a list: `key` and `value` "
        "read them as `$key` and `$item`. Entries without a key or a value are left out.",
    )
    key_: Expression | None = key(
        EXPRESSION, "The key of an entry, a text or a number; `$key` if not given."
    )
    under: Expression | None = key(
        EXPRESSION, "A key that is computed: the value becomes an object with this one key."
    )
    each: Expression | None = key(
        EXPRESSION, "A list: `value` or `fields` is made once for each of its items."
    )
    item: ScalarNode | None = key(TEXT, "The name of the item, without `$`; `item` if not given.")
    keep_when: Expression | None = key(
        EXPRESSION,
        "Items for which this does not hold (or is missing) are left out; `explain` counts them.",
    )
    then: tuple[CallExpression, ...] | None = key(STEPS, "Transforms of the value that was chosen.")
    one_of: Expression | None = key(
        LIST_OR_EXPRESSION, "A list of the accepted values; any other is left out."
    )


class ArmBlock(SourceBlock):
    """One alternative of `first_of`, or one row of `decide`."""

    what: ClassVar[str] = "this alternative"
    exclusive: ClassVar[tuple[str, ...]] = (*SourceBlock.exclusive, _NO_VALUE)
    needed: ClassVar[tuple[str, ...]] = (*SOURCES, _NO_VALUE)
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **SourceBlock.companions,
        _NO_VALUE: ("when",),
    }

    nothing: bool | None = key(
        TRUE,
        "With `true`, the chain or table ends here where `when` holds: it has no value then, and "
        "what follows is not tried.",
    )


class ValueBlock(SourceBlock):
    """A definition: a value under a name."""

    what: ClassVar[str] = "this definition"

    doc: ScalarNode | None = key(TEXT, "What this is, for the reader of the rules.")
    default: Expression | None = key(
        DATA_OR_REFERENCE,
        "The value when there is none: as it stands, or a `$name`. In a field, `[]` is sent, and "
        "so is `null`.",
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


MOST_IN_RANGE = 10_000
_DIGITS = re.compile("[0-9]{1,9}")


def values_in(written: Literal, diagnostics: Diagnostics) -> tuple[object, ...]:
    """What an entry of `values` stands for: itself, or a range (SH03 where it is none)."""
    value = written.value
    if not isinstance(value, dict) or value.keys() != {"from", "to"}:
        return (value,)
    first, last = value["from"], value["to"]
    if type(first) is int and type(last) is int and 0 <= last - first < MOST_IN_RANGE:
        return tuple(range(first, last + 1))
    if isinstance(first, str) and isinstance(last, str) and len(first) == len(last):
        digits = _DIGITS.fullmatch(first) and _DIGITS.fullmatch(last)
        if digits and 0 <= int(last) - int(first) < MOST_IN_RANGE:
            return tuple(str(n).zfill(len(first)) for n in range(int(first), int(last) + 1))
    diagnostics.report(
        "SH03",
        f"expected a range of up to {MOST_IN_RANGE} whole numbers, or texts of as many digits",
        written.extent.span,
        help='write `{from: 1, to: 12}`, or `{from: "01", to: "12"}`',
    )
    return ()


class PipelineBlock(Block):
    """A named pipeline: transforms under one name, written in YAML."""

    what: ClassVar[str] = "this pipeline"
    exclusive: ClassVar[tuple[str, ...]] = ("steps", "first_of", "items")
    needed: ClassVar[tuple[str, ...]] = ("steps", "first_of", "items")
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {"repeats": ("items",)}

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
    repeats: str | None = key(
        word_of("keep", "drop"), "With `keep`, equal items stay; `drop` is the default."
    )
    first_of: tuple[PlainBlock, ...] | None = key(
        ListOf(Choice(lambda: PlainBlock, scalar=("value", EXPRESSION))),
        "Alternatives on `$value`, the value that is piped in.",
    )
    values: tuple[Literal, ...] | None = key(
        ListOf(DATA),
        "All values this can yield, when they are few; a digest of anything else is refused. "
        "`{from: 1, to: 12}` stands for a range of whole numbers, or of texts of as many digits.",
    )
