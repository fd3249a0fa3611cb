"""The documents: a mapping (a pack's rule file), a fragment, and their sections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from mapping_engine.expression import Expression, Literal, TemplateExpression
from mapping_engine.file.amend import AmendBlock
from mapping_engine.file.blocks import Block, BlockOf, Choice, key
from mapping_engine.file.body_tree import EXPRESSION_TREE, BodyTree
from mapping_engine.file.expression_shapes import EXPRESSION, STEPS, TEMPLATE
from mapping_engine.file.privacy_blocks import EntitlementBlock, SecretBlock
from mapping_engine.file.request_blocks import AUTH, BASE, HEADERS, AuthBlock, RequestBlock
from mapping_engine.file.sending_blocks import ANSWERS, BATCH, AnswerBlock, BatchBlock
from mapping_engine.file.shapes import (
    DATA,
    DATE,
    FLAG,
    TEXT,
    VERSION,
    ListOf,
    MapOf,
    Named,
    whole,
    word_of,
)
from mapping_engine.file.value_blocks import ArmBlock, FieldBlock, PipelineBlock, ValueBlock
from mapping_engine.source.node import ScalarNode

_EXPRESSION = ("value", EXPRESSION)
_ERROR_KIND = word_of("instrumentation", "configuration")
_DEFINITIONS = MapOf(
    Choice(
        lambda: ValueBlock,
        scalar=_EXPRESSION,
        sequence=("first_of", ListOf(Choice(lambda: ArmBlock, scalar=_EXPRESSION))),
    ),
    identifiers=True,
)


class ApiBlock(Block):
    """Constants of the receiving API; each is read as `$api.name`."""

    what: ClassVar[str] = "`api`"

    base: ScalarNode = key(TEXT, "The scheme and host of every request.", required=True)
    version: ScalarNode | None = key(TEXT, "The version of the API, as it stands in the URL.")
    sunset: date | None = key(DATE, "The day on which the API is switched off.")
    successor: ScalarNode | None = key(TEXT, "The pack to move to.")


class AcceptBlock(Block):
    """One rule of what events are accepted, in order."""

    what: ClassVar[str] = "this rule of `accept`"
    exclusive: ClassVar[tuple[str, ...]] = ("require", "skip_when")
    needed: ClassVar[tuple[str, ...]] = ("require", "skip_when")

    require: Expression | None = key(
        EXPRESSION, "An event for which this does not hold is refused."
    )
    skip_when: Expression | None = key(
        EXPRESSION, "An event for which this holds yields no requests and no error."
    )
    error: str | None = key(
        _ERROR_KIND,
        "The kind of error; instrumentation by default.",
    )
    message: TemplateExpression | None = key(TEMPLATE, "What the error says.")
    help: ScalarNode | None = key(TEXT, "What to do about it.")


class NoneBlock(Block):
    """The error when a fan-out yields no request."""

    what: ClassVar[str] = "`none`"

    error: str | None = key(_ERROR_KIND, "The kind of error; configuration by default.")
    message: TemplateExpression = key(TEMPLATE, "What the error says.", required=True)
    help: ScalarNode | None = key(TEXT, "What to do about it.")


class FanOutBlock(Block):
    """One event becomes a request for each combination of these variables."""

    what: ClassVar[str] = "`fan_out`"

    each: tuple[Named[ValueBlock], ...] = key(
        MapOf(Choice(lambda: ValueBlock, scalar=_EXPRESSION), identifiers=True, filled=True),
        "Variables in order; each is a list, and may use the ones before it.",
        required=True,
    )
    none: NoneBlock | None = key(BlockOf(NoneBlock), "The error when nothing is left.")


class WarnBlock(Block):
    """A warning about an event or a payload that is sent all the same."""

    what: ClassVar[str] = "this warning"

    when: Expression = key(EXPRESSION, "The condition; `$payload` is what is sent.", required=True)
    message: TemplateExpression = key(TEMPLATE, "What the warning says.", required=True)
    field: ScalarNode | None = key(TEXT, "The payload field it is about.")


class RefuseBlock(Block):
    """A payload that is not sent, although its schema would accept it."""

    what: ClassVar[str] = "this refusal"

    when: Expression = key(
        EXPRESSION, "The condition; `$payload` is what would be sent.", required=True
    )
    message: TemplateExpression = key(TEMPLATE, "What the error says.", required=True)
    error: str | None = key(
        _ERROR_KIND,
        "The kind of error; instrumentation by default.",
    )
    help: ScalarNode | None = key(TEXT, "What to do about it.")


class NamedRequestBlock(RequestBlock):
    """One kind of request: when it is made, what it sends, and what is its own.

    What a request does not say for itself, the pack says for all: `fields`, `payload`, `fan_out`,
    `base`, `auth`, `headers`, `query` and `batch`.
    """

    what: ClassVar[str] = "this request"
    needed: ClassVar[tuple[str, ...]] = ()

    doc: ScalarNode | None = key(TEXT, "What this request is for.")
    when: Expression | None = key(
        EXPRESSION, "The request is made of events for which this holds; of all, if not given."
    )
    payload: ScalarNode | None = key(TEXT, "The JSON Schema of its payload.")
    fan_out: FanOutBlock | None = key(
        BlockOf(FanOutBlock),
        "One request for each combination of these variables; or one for all of them, where the "
        "body holds `$payloads`.",
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=_EXPRESSION)),
        "Its payload, field by field: the body as JSON, unless a body is written.",
    )
    batch: BatchBlock | None = key(
        BATCH, "How these requests combine into fewer ones, in place of what the pack says."
    )
    refuse: tuple[RefuseBlock, ...] | None = key(
        ListOf(BlockOf(RefuseBlock)), "Payloads that are refused, after those of the pack."
    )
    warn: tuple[WarnBlock, ...] | None = key(
        ListOf(BlockOf(WarnBlock)), "Warnings, after those of the pack."
    )


class LimitsBlock(Block):
    """Bounds of what one event may cause."""

    what: ClassVar[str] = "`limits`"

    requests: int | None = key(whole(), "The most requests of one event; 1000 by default.")
    payload_bytes: int | None = key(
        whole(), "The largest payload, as JSON in UTF-8; 1048576 by default."
    )


class Document(Block):
    """What mappings and fragments have in common."""

    title: ScalarNode | None = key(TEXT, "The name that people know.")
    description: ScalarNode | None = key(TEXT, "What this is for.")
    use: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "Fragments: those of the `rules` folder and bundled ones by name, the pack's own as "
        "`./file.yaml`.",
    )
    tables: tuple[Named[Literal], ...] | None = key(
        MapOf(DATA, identifiers=True), "Tables and lists, read as `$tables.name`."
    )
    table_files: tuple[Named[ScalarNode], ...] | None = key(
        MapOf(TEXT, identifiers=True), "Tables in JSON files beside this one."
    )
    pipelines: tuple[Named[PipelineBlock], ...] | None = key(
        MapOf(Choice(lambda: PipelineBlock, scalar=("steps", STEPS)), identifiers=True),
        "Named pipelines of transforms, used like a transform.",
    )
    define: tuple[Named[ValueBlock], ...] | None = key(
        _DEFINITIONS, "Values under a name, read as `$name`; a list is a fallback chain."
    )
    override: tuple[Named[ValueBlock], ...] | None = key(
        _DEFINITIONS, "Definitions that replace those of the same name in a fragment."
    )
    amend: tuple[Named[AmendBlock], ...] | None = key(
        MapOf(BlockOf(AmendBlock)),
        "Changes of definitions of a fragment: alternatives, rows and fields that are other ones "
        "here, also by the path of a field: `user.fields.email`. Of an extended pack, fields of "
        "the payload as well: `fields.email`.",
    )


class FragmentFile(Document):
    """Definitions, tables and pipelines that several packs share."""

    what: ClassVar[str] = "a fragment"

    fragment: int = key(VERSION, "The version of the format: 1.", required=True)
    accept: tuple[AcceptBlock, ...] | None = key(
        ListOf(BlockOf(AcceptBlock)),
        "Which events are refused or skipped, before what the packs say that use this.",
    )


class MappingFile(Document):
    """A pack's rules: how an event becomes the requests of one destination."""

    what: ClassVar[str] = "a mapping file"
    exclusive: ClassVar[tuple[str, ...]] = ("request", "requests")
    needed: ClassVar[tuple[str, ...]] = exclusive
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "every": ("requests",),
        "drop": ("extends",),
    }
    complete: ClassVar[str] = "extends"

    mapping: int = key(VERSION, "The version of the format: 1.", required=True)
    extends: ScalarNode | None = key(
        TEXT, "The pack over which this one is laid: one beside it, or a bundled one."
    )
    drop: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "What is left out of the extended pack: `fields.email`, `tests.the name of a test`.",
    )
    event: ScalarNode = key(
        TEXT, "The vocabulary of the event: bundled, or `./file.yaml`.", required=True
    )
    settings: ScalarNode = key(TEXT, "The JSON Schema of the settings.", required=True)
    payload: ScalarNode | None = key(
        TEXT, "The JSON Schema of the payload; each of the `requests` may have one of its own."
    )
    api: ApiBlock | None = key(BlockOf(ApiBlock), "Constants of the receiving API.")
    switch: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "The names of this destination in the event's own switches; the options found there are "
        "read as `$integration`.",
    )
    hashing: Expression | None = key(
        EXPRESSION, "Whether personal data is hashed; always, if not given."
    )
    already_hashed: Expression | None = key(
        EXPRESSION,
        "Whether the event's personal data is hashed already: then nothing is hashed again, and "
        "personal data that is no digest is left out.",
    )
    secrets: tuple[Named[SecretBlock], ...] | None = key(
        MapOf(
            Choice(lambda: SecretBlock, scalar=("description", TEXT), short="a description"),
            identifiers=True,
        ),
        "Secrets that a connection or an event brings, read as `$secrets.name`.",
    )
    personal: EntitlementBlock | None = key(
        BlockOf(EntitlementBlock), "What the receiver may know of persons."
    )
    limits: LimitsBlock | None = key(BlockOf(LimitsBlock), "Bounds of what one event may cause.")
    accept: tuple[AcceptBlock, ...] | None = key(
        ListOf(BlockOf(AcceptBlock)), "Which events are refused or skipped, in order."
    )
    fan_out: FanOutBlock | None = key(
        BlockOf(FanOutBlock), "One request for each combination of these variables."
    )
    request: RequestBlock | None = key(
        BlockOf(RequestBlock), "The request around each payload, where there is one kind of it."
    )
    requests: tuple[Named[NamedRequestBlock], ...] | None = key(
        MapOf(BlockOf(NamedRequestBlock), filled=True),
        "The kinds of request under their names, in order: an event becomes the first whose `when` "
        "holds. An event for which none holds is refused.",
    )
    every: bool | None = key(
        FLAG, "An event becomes all `requests` whose `when` holds, in order, and not the first."
    )
    base: ValueBlock | None = key(BASE, "How the URLs begin of all requests that have a `path`.")
    auth: AuthBlock | None = key(AUTH, "How all requests authenticate that do not say otherwise.")
    headers: tuple[Named[ValueBlock], ...] | None = key(
        HEADERS, "Headers of all requests; one of the same name that a request has takes its place."
    )
    query: BodyTree | None = key(
        EXPRESSION_TREE,
        "Names in the query of all requests; of one name, what a request says itself counts.",
    )
    fields: tuple[Named[FieldBlock], ...] | None = key(
        MapOf(Choice(lambda: FieldBlock, scalar=_EXPRESSION)), "The payload, field by field."
    )
    refuse: tuple[RefuseBlock, ...] | None = key(
        ListOf(BlockOf(RefuseBlock)), "Payloads that are refused, in order."
    )
    batch: BatchBlock | None = key(
        BATCH, "How requests combine into fewer ones: all of them that say nothing else."
    )
    answers: tuple[AnswerBlock, ...] | None = key(
        ANSWERS, "What an answer of the receiver means: the first row that applies."
    )
    settings_warn: tuple[WarnBlock, ...] | None = key(
        ListOf(BlockOf(WarnBlock)),
        "Warnings about settings, which are judged once when they are bound; `field` is the "
        "setting.",
    )
    warn: tuple[WarnBlock, ...] | None = key(
        ListOf(BlockOf(WarnBlock)), "Warnings about what is sent all the same."
    )

    @property
    def late(self) -> tuple[RefuseBlock | WarnBlock, ...]:
        """What is said of payloads once they are made: refusals, then warnings."""
        return (*(self.refuse or ()), *(self.warn or ()))
