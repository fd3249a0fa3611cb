"""What an answer of the receiver means for the events that were sent to it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import Any, NamedTuple

import orjson

from mapping_engine.core.expressions import DEFAULT_ITEM
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Node, Template
from mapping_engine.core.sending import LONGEST_WAIT, AnswerRule, Dropping
from mapping_engine.diagnostics import Span
from mapping_engine.engine.batch import Batch, Part, header_names
from mapping_engine.engine.inspect import read_event
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.receiver_text import sent_texts, shown_text
from mapping_engine.engine.run import Run, holds
from mapping_engine.errors import InstrumentationError
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json

_LONGEST_TEXT = 100_000
_LONGEST_NUMBER = 40
_GOOD, _REDIRECTED, _TOO_LARGE, _TOO_MANY, _FAILED = 200, 300, 413, 429, 500


class Dropped(Frozen):
    """A part that the receiver refused for good, and why; the reason holds no personal value."""

    part: Part
    reason: str

    @property
    def event(self) -> int:
        """The event whose request it is."""
        return self.part.event


class Answer(Frozen):
    """What has become of each part of a batch: it is delivered, dropped, or to be sent again.

    ``action`` is the key of the row of `answers` that applied: ``delivered``, ``retry``, ``drop``,
    ``split``, ``refuse`` or ``stop``. ``again`` are the requests to send, after so many seconds;
    None leaves the wait to the caller. With ``stop``, they wait for somebody to act.
    """

    action: str
    delivered: tuple[Part, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    again: tuple[Batch, ...] = ()
    after: float | None = None
    stop: str | None = None
    message: str | None = None
    span: Span | None = field(default=None, repr=False)
    """The row that applied; None where none did, and the status decided."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready data, by the numbers of events; no personal value is in it."""
        return {
            "action": self.action,
            "delivered": [part.event for part in self.delivered],
            "dropped": [{"event": each.event, "reason": each.reason} for each in self.dropped],
            "again": [list(batch.events) for batch in self.again],
            "after": self.after,
            "stop": self.stop,
            "message": self.message,
            "span": self.span.to_dict() if self.span else None,
        }


class _Named(NamedTuple):
    """A position in the joined list, and what the receiver says of it."""

    position: int
    said: Json


@dataclass
class _Judged:
    """An answer on its way: what rules read, and the batch that it is about."""

    it: Interpreter
    batch: Batch
    status: int
    headers: Mapping[str, Json]
    now: float

    def value(self, node: Node | None, item: Json = None) -> Json:
        """What an expression yields for this answer."""
        return None if node is None else self.it.value(node, [], names={DEFAULT_ITEM: item})

    def shown(self, node: Node | None) -> str | None:
        """What the receiver says of all, as it may be shown."""
        said = self.value(node)
        return None if said is None else shown_text(said, self.sent)

    @cached_property
    def sent(self) -> frozenset[str]:
        """What the receiver may repeat: of one event, when it speaks of another one, too."""
        return sent_texts(part.request for part in self.batch.parts)


def judged(
    model: Model,
    settings: dict[str, Json],
    now: float,
    batch: Batch,
    status: int,
    headers: Mapping[str, str],
    body: object,
) -> Answer:
    """What an answer means: the first row that applies, or else its status."""
    given = header_names(headers)
    read = {"status": status, "headers": given, "body": _json(body)}
    try:
        event = read_event(read)[0]
    except InstrumentationError:  # nested too deeply
        event = {"status": status, "headers": given}
    it = Interpreter(model, Run(event, settings, now=now))
    answer = _Judged(it, batch, status, given, now)
    for rule in model.answers:
        if it.holds(rule.when):
            found = _applied(rule, answer)
            if found is not None:
                return found
    return _by_status(answer)


def _json(body: object) -> Json:
    """The body as JSON; one that is something else is a text."""
    if not isinstance(body, str | bytes | bytearray | memoryview):
        return body
    text = body if isinstance(body, str) else bytes(body)
    try:
        return orjson.loads(text)
    except ValueError:
        text = text if isinstance(text, str) else text.decode("utf-8", "replace")
        return text[:_LONGEST_TEXT].encode("utf-8", "replace").decode()


def _applied(rule: AnswerRule, answer: _Judged) -> Answer | None:
    """What a row says; None if it is about items, and names none."""
    batch, parts, span = answer.batch, answer.batch.parts, rule.span
    match rule.action:
        case "drop" if rule.dropping is not None:
            return _dropped(rule, rule.dropping, answer)
        case "delivered":
            return Answer("delivered", parts, message=answer.shown(rule.because), span=span)
        case "retry":
            after = _wait(answer.value(rule.wait), answer.now, rule.longest)
            return Answer("retry", again=(batch,), after=after, span=span)
        case "stop":
            said = answer.shown(rule.because)
            return Answer("stop", again=(batch,), stop=rule.word, message=said, span=span)
        case "split" if len(parts) > 1:
            said = answer.shown(rule.because)
            return Answer("split", again=batch.halves(), after=0, message=said, span=span)
        case _:
            return _refused(_message(rule, answer), answer, span)


def _refused(message: str, answer: _Judged, span: Span | None) -> Answer:
    dropped = tuple(Dropped(part, message) for part in answer.batch.parts)
    return Answer("refuse", dropped=dropped, message=message, span=span)


def _message(rule: AnswerRule, answer: _Judged) -> str:
    """What a row says, and what the receiver says."""
    parts = () if rule.message is None else rule.message.parts
    message = "".join(
        part if isinstance(part, str) else answer.shown(Template(part.at, (part,))) or "nothing"
        for part in parts
    )
    said = answer.shown(rule.because)
    return ": ".join(each for each in (message, said) if each) or _status_text(answer.status)


def _status_text(status: int) -> str:
    return f"the receiver answered with status {status}"


# Items


def _dropped(rule: AnswerRule, drop: Dropping, answer: _Judged) -> Answer | None:
    batch = answer.batch
    reasons: dict[int, list[str]] = {}
    numbers = {id(part): number for number, part in enumerate(batch.parts)}
    for each in _named(rule, drop, answer):
        part = batch.part_of(each.position)
        if part is not None:
            known = reasons.setdefault(numbers[id(part)], [])
            text = None if each.said is None else shown_text(each.said, answer.sent)
            if text is not None and text not in known:
                known.append(text)
    if not reasons:
        return None
    dropped = tuple(
        Dropped(batch.parts[n], "; ".join(reasons[n]) or _status_text(answer.status))
        for n in sorted(reasons)
    )
    others = tuple(part for n, part in enumerate(batch.parts) if n not in reasons)
    fate = drop.others or ("delivered" if answer.status < _REDIRECTED else "again")
    again = (batch.of(others),) if others and fate == "again" else ()
    return Answer(
        "drop",
        others if fate == "delivered" else (),
        dropped,
        again,
        after=0 if again else None,
        span=rule.span,
    )


def _named(rule: AnswerRule, drop: Dropping, answer: _Judged) -> Iterator[_Named]:
    """The positions that a row names, each with what is said of it."""
    if drop.each is None:
        positions = list(_positions(answer.value(drop.at_position)))
        said = answer.value(rule.because)
        reasons = said if isinstance(said, list) and len(said) == len(positions) else None
        for number, position in enumerate(positions):
            yield _Named(position, said if reasons is None else reasons[number])
        return
    items = answer.value(drop.each)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if drop.when is None or holds(answer.value(drop.when, item)):
            at = number if drop.at_position is None else answer.value(drop.at_position, item)
            because = rule.because if drop.because is None else drop.because
            for position in _positions(at):
                yield _Named(position, answer.value(because, item))


def _positions(found: Json) -> Iterator[int]:
    """Places in a list: whole numbers, also as digits."""
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, list):
            yield from _positions(each)
        elif (
            isinstance(each, str) and each.strip().isdecimal() and len(each) < _LONGEST_NUMBER
        ) or (isinstance(each, int | float) and not isinstance(each, bool) and each == each // 1):
            yield int(each)


# Without a row


def _by_status(answer: _Judged) -> Answer:
    """What a status means by itself."""
    batch, status = answer.batch, answer.status
    if _GOOD <= status < _REDIRECTED:
        return Answer("delivered", batch.parts)
    if status == _TOO_MANY or status >= _FAILED:
        wait = answer.headers.get("retry_after")
        return Answer("retry", again=(batch,), after=_wait(wait, answer.now, LONGEST_WAIT))
    if status == _TOO_LARGE and len(batch.parts) > 1:
        return Answer("split", again=batch.halves(), after=0)
    return _refused(_status_text(status), answer, None)


def _wait(said: Json, now: float, longest: int) -> float | None:
    """How long to wait: seconds, or until the date of a header; None for what is neither."""
    found: float | None = None
    if isinstance(said, int | float) and not isinstance(said, bool):
        found = float(said)
    elif isinstance(said, str):
        found = _seconds(said.strip(), now)
    return None if found is None else min(max(found, 0.0), float(longest))


def _seconds(text: str, now: float) -> float | None:
    """The seconds that a header says, or until the date that it names."""
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        found = float(text)
        return found if math.isfinite(found) else None
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # few answers name a date

    try:
        day = parsedate_to_datetime(text)
        return (day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError):
        return None
