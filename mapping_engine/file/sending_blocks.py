"""The blocks of what follows a request: how requests combine, and what answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import Expression, Literal, TemplateExpression
from mapping_engine.file.blocks import Block, BlockOf, Choice, key
from mapping_engine.file.expression_shapes import EXPRESSION, TEMPLATE
from mapping_engine.file.shapes import (
    DATA,
    TEXT,
    TRUE,
    ListOf,
    MapOf,
    Named,
    SimpleShape,
    scalar_shape,
    whole,
    word_of,
    wrong,
)
from mapping_engine.source.node import ScalarNode

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)")
_SIZES = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
_TIMES = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def _quantity(wanted: str, units: Mapping[str, int]) -> SimpleShape[int]:
    """A whole number above 0, or a number with a unit."""

    def convert(node: ScalarNode, diagnostics: Diagnostics) -> int | None:
        found = _QUANTITY.fullmatch(node.text)
        size = 0
        if type(node.value) is int:
            size = node.value
        elif found is not None and found[2] in units:
            size = int(float(found[1]) * units[found[2]])
        elif found is not None:
            help = f"units: {', '.join(units)}"
            diagnostics.report("SH03", f"expected {wanted}", node.span, help=help)
            return None
        if size > 0:
            return size
        wrong(node, wanted, diagnostics)
        return None

    pattern = rf"^[0-9]+(\.[0-9]+)? ?({'|'.join(units)})$"
    forms = [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": pattern}]
    return scalar_shape(wanted, {"anyOf": forms}, convert)


SIZE = _quantity("a size such as `1 MB`, `500 kB` or a number of bytes", _SIZES)
DURATION = _quantity("a time such as `30 s`, `10 min` or a number of seconds", _TIMES)


class BatchBlock(Block):
    """How requests combine: those that are equal but for one list of their bodies become one."""

    what: ClassVar[str] = "`batch`"
    needed: ClassVar[tuple[str, ...]] = ("at_most", "bytes")
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {"adding": ("beside",)}

    into: ScalarNode = key(
        TEXT,
        "The list of the body that is joined, as a path such as `data`; `@` is the whole body.",
        required=True,
    )
    at_most: int | None = key(whole(), "The most items of that list in one request.")
    bytes: int | None = key(SIZE, "The largest body as it is sent, such as `1 MB` or `500 kB`.")
    beside: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "Each body as a whole is one item of the list, but for these keys, which stand beside it. "
        "A request that stays alone keeps its body.",
    )
    adding: tuple[Named[Literal], ...] | None = key(
        MapOf(DATA), "Keys that each of these items has besides, such as `type: track`."
    )
    url: TemplateExpression | None = key(
        TEMPLATE,
        "The URL of what is combined, where it is not that of a single request; it knows "
        "`$settings`, `$api` and `$tables`, and nothing of the request.",
    )
    by: tuple[Expression, ...] | None = key(
        ListOf(EXPRESSION),
        "What has to be equal besides the method, the URL, the headers and the rest of the body, "
        "which always have to be.",
    )
    alone: Expression | None = key(
        EXPRESSION,
        "Where this holds, the request is sent alone; `url`, `headers` and `body` are those of "
        "the request.",
    )


class DropBlock(Block):
    """The items that the receiver refused: by their positions, or by what is said of each."""

    what: ClassVar[str] = "`drop`"
    needed: ClassVar[tuple[str, ...]] = ("at", "each")
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {"when": ("each",), "because": ("each",)}

    each: Expression | None = key(
        EXPRESSION, "A list of the answer; `$item` is an item of it, as in a field with `each`."
    )
    when: Expression | None = key(EXPRESSION, "Whether `$item` says that something was refused.")
    at: Expression | None = key(
        EXPRESSION,
        "The position of what was refused, counted from 0, or several; with `each` it is the "
        "place of `$item` in its list, if not given.",
    )
    because: Expression | None = key(EXPRESSION, "What the receiver says of `$item`.")
    others: str | None = key(
        word_of("delivered", "again"),
        "What becomes of the others: they are delivered, which is what a status below 300 means, "
        "or sent again.",
    )


class RetryBlock(Block):
    """The request is sent again later."""

    what: ClassVar[str] = "`retry`"

    after: Expression = key(
        EXPRESSION,
        "How long to wait: seconds, or the date of a header; if missing, the caller decides.",
        required=True,
    )
    at_most: int | None = key(DURATION, "The longest wait; an hour by default.")


STOPS = ("credentials", "configuration")
"""The words for a reason to stop that every receiver has."""


class AnswerBlock(Block):
    """One row of what answers mean; the first that applies counts."""

    what: ClassVar[str] = "this row of `answers`"
    exclusive: ClassVar[tuple[str, ...]] = (
        "delivered", "retry", "drop", "split", "refuse", "stop",
    )  # fmt: skip
    needed: ClassVar[tuple[str, ...]] = exclusive
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "because": ("delivered", "drop", "split", "refuse", "stop")
    }

    when: Expression = key(
        EXPRESSION, "The condition; its names are `status`, `headers` and `body`.", required=True
    )
    delivered: bool | None = key(TRUE, "All of it was taken.")
    retry: RetryBlock | None = key(
        Choice(lambda: RetryBlock, scalar=("after", EXPRESSION)),
        "All of it is sent again, after so many seconds or at a date: `headers.retry_after`.",
    )
    drop: DropBlock | None = key(
        Choice(lambda: DropBlock, scalar=("at", EXPRESSION)),
        "Some items were refused, at these positions; a row that finds none does not apply.",
    )
    split: TemplateExpression | None = key(
        TEMPLATE,
        "One event made the receiver refuse all: several are sent again in two halves, and a "
        "single one is refused with this message.",
    )
    refuse: TemplateExpression | None = key(
        TEMPLATE, "All of it is refused for good, with this message, which says what to do."
    )
    stop: ScalarNode | None = key(
        TEXT, "Nothing more can be sent until somebody acts; a word for the reason: `credentials`."
    )
    because: Expression | None = key(
        EXPRESSION, "What the receiver says, which is shown shortened and without personal data."
    )


BATCH = BlockOf(BatchBlock)
ANSWERS = ListOf(BlockOf(AnswerBlock))
