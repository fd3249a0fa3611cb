"""The blocks that say which secrets a mapping is given, and what it may send in clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mapping_engine.expression import Expression
from mapping_engine.file.blocks import Block, BlockOf, key
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.shapes import FLAG, TEXT, ListOf, word_of
from mapping_engine.source.node import ScalarNode

ALLOWED = "allowed"


class SecretBlock(Block):
    """A secret beside the settings: a text that `bind` is given, or that lies elsewhere."""

    what: ClassVar[str] = "this secret"
    exclusive: ClassVar[tuple[str, ...]] = ("from", "optional")
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "in_url": ("because",),
        "because": ("in_url",),
    }

    description: ScalarNode | None = key(TEXT, "What it is, and where one gets it.")
    from_: Expression | None = key(
        EXPRESSION,
        "Where it lies: a path that the vocabulary calls `secret`, for a secret of each event, or "
        "a setting with `x-secret`. Without it, who binds the settings gives the secret.",
    )
    optional: bool | None = key(FLAG, "Whether it need not be given; false by default.")
    in_url: str | None = key(
        word_of(ALLOWED), "A receiver that takes the secret in the URL, and in no other place."
    )
    because: ScalarNode | None = key(TEXT, "Why it may stand in the URL.")


class ClearBlock(Block):
    """Personal data that this receiver gets in clear, and why."""

    what: ClassVar[str] = "this entry of `clear`"
    exclusive: ClassVar[tuple[str, ...]] = ("fields", "url")
    needed: ClassVar[tuple[str, ...]] = ("fields", "url")

    fields: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT, or_one=True),
        "Paths of the payload, with all that lies below them; `*` is any name, and `[]` (the items "
        "of a list) need not be written.",
    )
    url: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT, or_one=True),
        "Definitions, without `$`, whose values may stand in the URL; a reader sees `***` there.",
    )
    because: ScalarNode = key(TEXT, "Why the receiver is entitled to it.", required=True)


class EntitlementBlock(Block):
    """What the receiver may know of persons."""

    what: ClassVar[str] = "`personal`"

    clear: tuple[ClearBlock, ...] = key(
        ListOf(BlockOf(ClearBlock)),
        "Where personal data is sent in clear, each with its reason; nowhere else is it.",
        required=True,
    )
