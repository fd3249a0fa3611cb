"""The file of rule tests."""

from __future__ import annotations

from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.errors import ErrorCode
from mapping_engine.expression import Literal
from mapping_engine.file.blocks import Block, BlockOf, key
from mapping_engine.file.request_blocks import FORMATS, METHODS
from mapping_engine.file.shapes import (
    DATA,
    FLAG,
    TEXT,
    VERSION,
    ListOf,
    SimpleShape,
    whole,
    word_of,
)
from mapping_engine.source.node import ListNode, ScalarNode, YamlNode


def _count_or_names(node: YamlNode, diagnostics: Diagnostics) -> int | tuple[str, ...] | None:
    if not isinstance(node, ListNode):
        return whole(0).read(node, diagnostics)
    names = ListOf(TEXT).read(node, diagnostics)
    return None if names is None else tuple(name.text for name in names)


COUNT_OR_NAMES: SimpleShape[int | tuple[str, ...]] = SimpleShape(
    "a whole number or a list of names",
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "array", "items": {"type": "string"}}]},
    _count_or_names,
)


class ErrorBlock(Block):
    """The error a case expects."""

    what: ClassVar[str] = "`error`"

    kind: str | None = key(
        word_of("instrumentation", "configuration", "payload"),
        "instrumentation, configuration or payload.",
    )
    code: str | None = key(word_of(*ErrorCode), "The code, such as EV05.")
    message: ScalarNode | None = key(TEXT, "A part of the message.")
    path: ScalarNode | None = key(TEXT, "The path it is about.")


class ExpectBlock(Block):
    """What a case expects; what is not mentioned is not compared."""

    what: ClassVar[str] = "`expect`"

    requests: int | tuple[str, ...] | None = key(
        COUNT_OR_NAMES,
        "How many requests there are; or their names in order, where there are several kinds.",
    )
    payload: Literal | None = key(
        DATA, "What every payload holds at least; {sha256: text} stands for a digest."
    )
    payloads: Literal | None = key(DATA, "The same, for each request in order.")
    absent: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "Paths that no payload holds, such as match_keys.email; contents[0].id is about one item, "
        "contents[].id about each.",
    )
    exact: bool | None = key(
        FLAG,
        "What `payload`, `payloads`, `body`, `bodies`, `query` and `headers` say is all that there "
        "is.",
    )
    method: tuple[str, ...] | None = key(
        ListOf(word_of(*METHODS), or_one=True),
        "The HTTP method of every request; a list has that of each, in order.",
    )
    format: str | None = key(
        word_of(*FORMATS, "none"), "The format of every request's body; none where it has no body."
    )
    query: Literal | None = key(
        DATA,
        "What the query of every URL holds at least, as texts; a list where a name is repeated.",
    )
    headers: Literal | None = key(
        DATA, "Headers that every request has at least, in any case; null where it has none."
    )
    url: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT, or_one=True), "The URL of each request, in order."
    )
    body: Literal | None = key(
        DATA, "What every request's body holds at least; a body of text is that text."
    )
    bodies: Literal | None = key(DATA, "The same, for each request in order.")
    error: ErrorBlock | None = key(BlockOf(ErrorBlock), "The event is refused.")
    warnings: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Parts of messages, each found in some warning."
    )
    no_warnings: bool | None = key(FLAG, "There is no warning.")


class CaseBlock(Block):
    """One case: a change of the base event and settings, and what is expected then."""

    what: ClassVar[str] = "this case"

    name: ScalarNode = key(TEXT, "What the case shows, as a sentence.", required=True)
    clock: ScalarNode | None = key(TEXT, "The time of the clock in this case.")
    without: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Paths taken out of the base event first, such as properties.products[0].id."
    )
    event: Literal | None = key(DATA, "Merged over the base event; null removes a key.")
    settings: Literal | None = key(DATA, "Merged over the base settings; null removes a key.")
    secrets: Literal | None = key(DATA, "Merged over the base secrets; null removes one.")
    expect: ExpectBlock = key(BlockOf(ExpectBlock), "What is expected.", required=True)


class TestsFile(Block):
    """Rule tests of a pack."""

    __test__: ClassVar[bool] = False
    what: ClassVar[str] = "a file of rule tests"

    tests: int = key(VERSION, "The version of the format: 1.", required=True)
    title: ScalarNode | None = key(TEXT, "What these cases are about.")
    clock: ScalarNode | None = key(TEXT, "The time of the clock; 2024-01-01T12:00:00Z by default.")
    settings: Literal | None = key(DATA, "The base settings.")
    secrets: Literal | None = key(DATA, "The secrets that the settings are bound with.")
    event: Literal | None = key(DATA, "The base event.")
    cases: tuple[CaseBlock, ...] = key(ListOf(BlockOf(CaseBlock)), "The cases.", required=True)
