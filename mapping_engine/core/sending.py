"""What follows a request: how requests combine, and what the answers of a receiver mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from mapping_engine.core.nodes import Node, Placed, Template
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import ANY, NUMBER, OBJECT, TEXT, Json
from mapping_engine.types.personal import Personal
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Vocabulary
from mapping_engine.vocabulary.vocabulary import EVENT

LONGEST_WAIT = 3600
WHOLE_BODY = "@"
"""The path of a body that is the joined list itself."""


def _names(title: str, **names: Described) -> Vocabulary:
    return Vocabulary(title, {EVENT: names}, frozenset(), Personal({}))


OF_REQUEST = _names(
    "a request",
    method=Described(TEXT),
    url=Described(TEXT),
    headers=Described(OBJECT),
    body=Described(ANY),
)
"""What `batch` can read: the parts of a request stand where those of an event do elsewhere."""
OF_ANSWER = _names(
    "an answer", status=Described(NUMBER), headers=Described(OBJECT), body=Described(ANY)
)
"""What `answers` can read."""


class Joining(Frozen):
    """Which list of the body is joined; with ``beside``, bodies are items but for these keys.

    Each of these items has the ``added`` keys besides. What is combined goes to the ``url``, or to
    that of a single request.
    """

    into: tuple[str, ...]
    beside: tuple[str, ...] | None = None
    added: Mapping[str, Json] = field(default_factory=dict)
    url: str | None = None


class BatchRule(Placed):
    """How requests combine: within these bounds, where these values are equal.

    ``url`` says where to, if not where single requests go; the settings tell its text.
    """

    joining: Joining
    at_most: int | None
    bytes: int | None
    by: tuple[Node, ...] = ()
    alone: Node | None = None
    url: Template | None = None


class Dropping(Placed):
    """Which items were refused: at positions, or those that ``$item`` of a list speaks of."""

    each: Node | None
    when: Node | None
    at_position: Node | None
    because: Node | None
    others: str | None


class AnswerRule(Placed):
    """A row of `answers`: where its condition holds, and what it says of the request.

    ``action`` is a key of the row. ``wait`` and ``longest`` belong to `retry`, ``word`` to `stop`,
    ``message`` to `split` and `refuse`.
    """

    when: Node
    action: str
    because: Node | None = None
    message: Template | None = None
    word: str | None = None
    wait: Node | None = None
    longest: int = LONGEST_WAIT
    dropping: Dropping | None = None


def batch_nodes(rule: BatchRule | None) -> Iterator[Node]:
    """The nodes of `batch`."""
    if rule is not None:
        yield from rule.by
        yield from (node for node in (rule.alone, rule.url) if node is not None)


def answer_nodes(rule: AnswerRule) -> Iterator[Node]:
    """The nodes of a row of `answers`."""
    drop = rule.dropping
    found = [rule.when, rule.because, rule.message, rule.wait]
    found += [] if drop is None else [drop.each, drop.when, drop.at_position, drop.because]
    yield from (node for node in found if node is not None)
