"""A whole mapping in the core language: what the engine runs and the checks examine."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, fields, replace
from functools import cached_property

from mapping_engine.core.nodes import (
    Call,
    Field,
    ForEach,
    Name,
    Node,
    Object,
    Placed,
    Template,
    fields_of,
    walk,
)
from mapping_engine.core.sending import AnswerRule, BatchRule, answer_nodes, batch_nodes
from mapping_engine.file.documents import MappingFile
from mapping_engine.file.json_types import JsonSchema, property_names
from mapping_engine.file.privacy_blocks import ClearBlock, SecretBlock
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ScalarNode, Source
from mapping_engine.vocabulary import Vocabulary

BUILTINS = {
    "settings": "the destination's settings",
    "secrets": "the secrets that this mapping declares",
    "api": "the constants under `api`",
    "tables": "the tables of this mapping and its fragments",
    "now": "the time of the clock, in whole seconds since 1970",
    "now_ms": "the time of the clock, in whole milliseconds since 1970",
    "integration": "the options for this destination in the event",
    "payload": "the payload of this request",
    "payloads": "the payloads of a whole fan-out, which become one request",
}
PAYLOAD = "payload"
"""The name that exists only once the payload is made."""
PAYLOADS = "payloads"
"""The name that exists only once all payloads of a fan-out are made."""
SECRETS = "secrets"
TABLES = "tables"
PIPED = "value"
"""The name of the value that is piped into a named pipeline."""


class Pipeline(Placed):
    """A named pipeline: its body reads the value as ``$value``, and its parameters by name.

    One that ``normalises`` a kind of personal data lets digests pass untouched. ``values`` are all
    that it can yield, where these are few.
    """

    name: str
    parameters: tuple[str, ...]
    body: Node
    normalises: str | None = None
    values: tuple[object, ...] | None = None


class Variable(Placed):
    """A variable of the fan-out: a request is made for each item of its list."""

    name: str
    values: Node


class Rule(Placed):
    """A rule of `accept`, `refuse` or `warn`: it applies where its condition holds.

    One that is ``negated`` applies where it does not hold. ``kind`` is the kind of error; None for
    a rule that skips an event or warns of a payload. ``field`` is the payload field it is about.
    """

    condition: Node
    message: Template | None
    kind: str | None
    help: str | None = None
    field: str | None = None
    negated: bool = False


class Auth(Placed):
    """What an `Authorization` header is made of: its scheme, and the values that are encoded."""

    scheme: str
    parts: tuple[Node, ...]


class RequestRule(Placed):
    """The HTTP request around each payload; ``format`` says how the body is written.

    It has a ``name`` where it is one of several. In a URL of ``segments``, all that is filled in
    behind its beginning is encoded, also what stands in the rules. One with ``within`` is a single
    value, and may lead nowhere else.
    """

    method: Node
    url: Template
    headers: tuple[Field, ...]
    body: Node
    format: str
    query: Node | None = None
    auth: Auth | None = None
    name: str = ""
    segments: bool = False
    within: Node | None = None


class RequestKind(Placed):
    """One of several kinds of request: all that is its own, by the names that a model has for it.

    ``when`` decides whether an event becomes it. One that ``joins`` is made once of all payloads of
    its fan-out.
    """

    request: RequestRule
    fields: Object
    when: Node | None = None
    payload: ScalarNode | None = None
    payload_schema: JsonSchema = field(default_factory=dict)
    fan_out: tuple[Variable, ...] = ()
    none: Rule | None = None
    refuse: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    batch: BatchRule | None = None
    joins: bool = False


class Model(Frozen):
    """A mapping with everything it uses.

    ``definitions`` stand in an order in which each comes after those it uses; ``depends`` says for
    each which fan-out variables (and whether the payload) are behind it. ``file`` is the rule file
    as it is written, ``texts`` the texts of all rule files that were read. ``none`` is the rule
    of a fan-out that leaves no request.

    A mapping with several kinds of request has ``kinds``, and no fields, request, fan-out, batch or
    rules of payloads itself. Each of its ``requests`` is a model with those of one kind.
    """

    name: str
    file: MappingFile = field(repr=False)
    definitions: Mapping[str, Node]
    pipelines: Mapping[str, Pipeline]
    tables: Mapping[str, object]
    vocabulary: Vocabulary
    settings_schema: JsonSchema
    payload_schema: JsonSchema
    fields: Object
    request: RequestRule
    payload: ScalarNode | None = None
    """Where the rules name the payload's schema."""
    when: Node | None = None
    fan_out: tuple[Variable, ...] = ()
    none: Rule | None = None
    joins: bool = False
    kinds: tuple[RequestKind, ...] = ()
    accept: tuple[Rule, ...] = ()
    refuse: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    settings_warn: tuple[Rule, ...] = ()
    batch: BatchRule | None = None
    answers: tuple[AnswerRule, ...] = ()
    hashing: Node | None = None
    already_hashed: Node | None = None
    depends: Mapping[str, frozenset[str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def requests(self) -> tuple[Model, ...]:
        """A model for each kind of request; this one, where there is one kind."""
        if not self.kinds:
            return (self,)
        names = [each.name for each in fields(RequestKind) if each.name != "at"]
        return tuple(
            replace(self, kinds=(), **{name: getattr(kind, name) for name in names})
            for kind in self.kinds
        )

    @property
    def title(self) -> str:
        """The destination's name for people."""
        return self.file.title.text if self.file.title else self.name

    @property
    def settings_source(self) -> Source | None:
        """The text of the settings schema, where it was read from a file."""
        name = posixpath.join(posixpath.dirname(self.file.span.file), self.file.settings.text)
        name = posixpath.normpath(name)
        return Source(name, self.texts[name]) if name in self.texts else None

    @property
    def api(self) -> dict[str, str]:
        """The constants under ``api``."""
        block = self.file.api
        if block is None:
            return {}
        sunset = {"sunset": block.sunset.isoformat()} if block.sunset else {}
        texts = {"base": block.base, "version": block.version, "successor": block.successor}
        return {**{name: each.text for name, each in texts.items() if each}, **sunset}

    @property
    def secrets(self) -> dict[str, SecretBlock]:
        """The secrets that are declared, by name."""
        entries = self.file.secrets or ()
        return {entry.name: entry.value for entry in entries if entry.value is not None}

    def members(self, name: str) -> Collection[str]:
        """The names that are declared below a built-in name; none below another one."""
        match name:
            case "settings":
                return property_names(self.settings_schema, self.settings_schema)
            case "api":
                return self.api
            case "secrets":
                return self.secrets
            case "tables":
                return self.tables
            case _:
                return ()

    @property
    def clear(self) -> tuple[ClearBlock, ...]:
        """Where personal data is sent in clear."""
        return self.file.personal.clear if self.file.personal else ()

    @property
    def fan_out_names(self) -> tuple[str, ...]:
        """The fan-out variables, in order."""
        return tuple(variable.name for variable in self.fan_out)


def deciding_parts(model: Model) -> Iterator[Node]:
    """The nodes that decide whether an event is accepted, and for which requests."""
    yield from (rule.condition for rule in model.accept)
    if model.when is not None:
        yield model.when
    yield from (kind.when for kind in model.kinds if kind.when is not None)
    yield from (variable.values for variable in model.fan_out)


def request_parts(request: RequestRule) -> Iterator[Node]:
    """The nodes of the request around a payload."""
    yield from (request.method, request.url)
    yield from (header.value for header in request.headers)
    yield from request.auth.parts if request.auth is not None else ()
    yield from (each for each in (request.within, request.query) if each is not None)
    yield request.body


def message_parts(model: Model) -> Iterator[Node]:
    """The templates of messages."""
    rules = (*model.accept, *model.refuse, *model.warn, *model.settings_warn, model.none)
    yield from (rule.message for rule in rules if rule is not None and rule.message is not None)


def sending_parts(model: Model) -> Iterator[Node]:
    """The nodes of `batch` and `answers`, which see requests and answers, and no event."""
    yield from (node for each in model.requests for node in batch_nodes(each.batch))
    yield from (node for rule in model.answers for node in answer_nodes(rule))


def sent_parts(model: Model) -> Iterator[Node]:
    """Everything that an event goes through: the nodes behind which definitions are used."""
    for each in model.requests:
        yield from deciding_parts(each)
        yield from (node for node in (each.hashing, each.already_hashed) if node is not None)
        yield each.fields
        yield from request_parts(each.request)
        yield from (r.condition for r in (*each.refuse, *each.warn, *each.settings_warn))
        yield from message_parts(each)


def roots(model: Model) -> Iterator[Node]:
    """Every node that does not stand inside another: definitions and pipelines as well."""
    yield from model.definitions.values()
    yield from (pipeline.body for pipeline in model.pipelines.values())
    yield from sent_parts(model)


def every_node(model: Model) -> Iterator[Node]:
    """Every node of a mapping, each once, wherever it stands."""
    seen: set[int] = set()
    for root in roots(model):
        for node in walk(root):
            if id(node) not in seen:
                seen.add(id(node))
                yield node


def payload_fields(fields: Iterable[Field]) -> Iterator[tuple[str, Field]]:
    """Payload fields and those in them, with their paths; a path has `[]` behind a list."""
    waiting = [("", each) for each in reversed(tuple(fields))]
    while waiting:
        before, field = waiting.pop()
        path = before.removesuffix(".") if field.spread else f"{before}{field.name}"
        yield path, field
        node, below = field.value, path
        while isinstance(node, ForEach):
            node, below = node.body, f"{below}[]"
        waiting += [(f"{below}." if below else "", each) for each in reversed(fields_of(node))]


def reachable(model: Model, starts: Iterator[Node]) -> Iterator[Node]:
    """Every node of ``starts``, and of the definitions that they use, directly or not."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            if isinstance(node, Name) and node.name in model.definitions and node.name not in seen:
                seen.add(node.name)
                waiting.append(model.definitions[node.name])


def behind(model: Model, starts: Iterator[Node]) -> Iterator[Node]:
    """Every node that is reachable, also by the pipelines that are called."""
    waiting, seen = [starts], set[str]()
    while waiting:
        for node in reachable(model, waiting.pop()):
            yield node
            if isinstance(node, Call) and node.name in model.pipelines and node.name not in seen:
                seen.add(node.name)
                waiting.append(iter((model.pipelines[node.name].body,)))
