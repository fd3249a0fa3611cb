"""The file of rule tests."""

from __future__ import annotations

from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.errors import ErrorCode
from mapping_engine.expression import Literal
from mapping_engine.file.blocks import Block, BlockOf, key
from mapping_engine.file.request_blocks import FORMATS, METHODS
from mapping_engine.file.sending_blocks import AnswerBlock
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


class AnswerExpectBlock(Block):
    """What a case expects of an answer; events are named by their numbers, from 0."""

    what: ClassVar[str] = "the expected `answer`"

    action: str | None = key(word_of(*AnswerBlock.exclusive), "What is done: a key of `answers`.")
    delivered: Literal | None = key(DATA, "The events that are delivered: [0, 2].")
    dropped: Literal | None = key(
        DATA, "The events that are dropped: [1], or {1: a part of the reason}."
    )
    again: Literal | None = key(
        DATA, "The requests to send again, as in `batches`: [[0, 2]], or [2] for two events."
    )
    after: Literal | None = key(DATA, "The seconds to wait; null where the caller decides.")
    stop: ScalarNode | None = key(TEXT, "The word for why nothing more can be sent.")
    message: ScalarNode | None = key(TEXT, "A part of what is said of all.")


class AnswerGivenBlock(Block):
    """An answer of the receiver."""

    what: ClassVar[str] = "`answer`"

    status: int = key(whole(), "The HTTP status.", required=True)
    headers: Literal | None = key(DATA, "The headers, in any case.")
    body: Literal | None = key(DATA, "The body: JSON, or a text.")


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
    batches: Literal | None = key(
        DATA,
        "The combined requests in order: for each, the numbers of its events ([0, 2]) or how many.",
    )
    combined: Literal | None = key(DATA, "What the body of each combined request holds at least.")
    unsent: Literal | None = key(DATA, "The numbers of events for which nothing is sent.")
    answer: AnswerExpectBlock | None = key(
        BlockOf(AnswerExpectBlock), "What the `answer` to the first combined request means."
    )
    error: ErrorBlock | None = key(BlockOf(ErrorBlock), "The event is refused.")
    warnings: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Parts of messages, each found in some warning."
    )
    no_warnings: bool | None = key(FLAG, "There is no warning.")


class CaseBlock(Block):
    """One case: a change of the base event and settings, and what is expected then."""

    what: ClassVar[str] = "this case"

    name: ScalarNode = key(TEXT, "What the case shows, as a sentence.", required=True)
    clock: ScalarNode | None = key(
        TEXT, "The time of the clock in this case, in UTC without a zone."
    )
    without: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Paths taken out of the base event first, such as properties.products[0].id."
    )
    event: Literal | None = key(DATA, "Merged over the base event; null removes a key.")
    events: Literal | None = key(
        DATA,
        "Several events, each merged over that of the case; what else is expected is of it, or of "
        "the first where it has none.",
    )
    repeat: int | None = key(whole(), "So often the event, or each of `events`, is given.")
    answer: AnswerGivenBlock | None = key(
        BlockOf(AnswerGivenBlock), "The receiver's answer to the first combined request."
    )
    settings: Literal | None = key(DATA, "Merged over the base settings; null removes a key.")
    secrets: Literal | None = key(DATA, "Merged over the base secrets; null removes one.")
    expect: ExpectBlock = key(BlockOf(ExpectBlock), "What is expected.", required=True)


class TestsFile(Block):
    """Rule tests of a pack."""

    __test__: ClassVar[bool] = False
    what: ClassVar[str] = "a file of rule tests"

    tests: int = key(VERSION, "The version of the format: 1.", required=True)
    title: ScalarNode | None = key(TEXT, "What these cases are about.")
    clock: ScalarNode | None = key(
        TEXT, "The time of the clock, in UTC without a zone; 2024-01-01T12:00:00Z by default."
    )
    settings: Literal | None = key(DATA, "The base settings.")
    secrets: Literal | None = key(DATA, "The secrets that the settings are bound with.")
    event: Literal | None = key(DATA, "The base event.")
    cases: tuple[CaseBlock, ...] = key(ListOf(BlockOf(CaseBlock)), "The cases.", required=True)
