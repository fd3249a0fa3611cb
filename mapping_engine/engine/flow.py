"""The way of one event: switches, `accept`, fan-out, payloads, `refuse`, requests, `warn`.

How each step is done is up to a :class:`Way`: the interpreter, or generated code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from mapping_engine.core.encryption import is_unencrypted
from mapping_engine.core.model import Model, Rule, reachable
from mapping_engine.core.nodes import Name, Read, Template
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import listed
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.engine.request import Request
from mapping_engine.engine.run import Run
from mapping_engine.engine.values import wrong_kind
from mapping_engine.errors import ConfigurationError, ErrorCode, InstrumentationError, MappingError
from mapping_engine.types.kinds import Json, kind_of

REQUESTS = 1000
MESSAGE_LENGTH = 300
Combination = tuple[Json, ...]
Check = Callable[[dict[str, Json], Run], bytes]
"""Makes a payload fit, or refuses it by raising PayloadError; answers its JSON text."""


class Way(Protocol):
    """How the steps are done for the event of a run."""

    def already_hashed(self, run: Run) -> bool:
        """Whether the personal data of the event is hashed already."""

    def accept(self, run: Run) -> Rule | None:
        """The first rule of `accept` that applies: it skips or refuses the event."""

    def chosen(self, run: Run) -> Sequence[int]:
        """The places of the kinds of request that are made, where there are several kinds."""

    def values(self, run: Run, place: int) -> Json:
        """The list that a variable of the fan-out takes its values from."""

    def enter(self, run: Run, combination: Combination) -> None:
        """Take these values of the fan-out; what was made for others is forgotten."""

    def payload(self, run: Run, number: int, first: bytes) -> dict[str, Json]:
        """The payload of a request; ``first`` is the text of the first one of the event."""

    def refuse(self, run: Run) -> Rule | None:
        """The first rule of `refuse` that applies to the payload of the run."""

    def warn(self, run: Run) -> Sequence[Rule]:
        """The rules of `warn` that apply to the payload of the run."""

    def request(self, run: Run) -> Request:
        """The request around the payload of the run."""


Kind = Callable[[Run, int], Way]
"""How the steps are done for one of several kinds of request; the run is made ready for it."""


def requests_of(
    model: Model, way: Way, kind: Kind, run: Run, check: Check, *, warned: bool = True
) -> list[Request]:
    """The requests of one event; raises MappingError where it is refused.

    The way leads up to the choice of a ``kind``, where there are several. Rules of `warn` are
    judged only where somebody wants to be ``warned``.
    """
    if is_switched_off(model, run):
        return []
    run.already_hashed = way.already_hashed(run)
    rule = way.accept(run)
    if rule is not None:
        if rule.kind is None:
            return []
        raise refusal(model, rule, run)
    if model.kinds:
        return _of_kinds(model, way, kind, run, check, warned=warned)
    return _made(model, way, run, check, warned=warned)


def _of_kinds(
    model: Model, way: Way, kind: Kind, run: Run, check: Check, *, warned: bool
) -> list[Request]:
    """The requests of all kinds that the event becomes; there has to be one."""
    places = way.chosen(run)
    if not places:
        raise no_kind(model)
    made: list[Request] = []
    for place in places:
        one = model.requests[place]
        run.kind = place
        run.variables = [None] * len(one.fan_out)
        made += _made(one, kind(run, place), run, check, warned=warned)
    return made


def no_kind(model: Model) -> InstrumentationError:
    """The error of an event that becomes no kind of request."""
    names = listed(kind.request.name for kind in model.kinds)
    return InstrumentationError(
        ErrorCode.EVENT_REFUSED,
        f"no request is made of this event: it meets the condition of none of {names}",
        span=model.file.place("requests"),
        help="if such events are to be left out, say so under `accept`: `skip_when`",
    )


def _made(model: Model, way: Way, run: Run, check: Check, *, warned: bool) -> list[Request]:
    """The requests of one kind."""
    made: list[Request] = []
    run.payloads = []
    first = b""
    for number, combination in enumerate(combinations(model, way, run)):
        way.enter(run, combination)
        run.payload = payload = way.payload(run, number, first)
        text = check(payload, run)
        first = first or text
        rule = way.refuse(run)
        if rule is not None:
            raise refusal(model, rule, run)
        if warned and model.warn:
            _warn(model, way, run)
        if model.joins:
            run.payloads.append(payload)
        else:
            made.append(way.request(run))
    if run.payloads:
        way.enter(run, ())
        made.append(way.request(run))
    return made


def _warn(model: Model, way: Way, run: Run) -> None:
    """Tell what rules of `warn` say; what they ask for cannot refuse the event."""
    with suppress(MappingError):
        for rule in way.warn(run):
            run.warnings.rule(message(model, rule.message, run), rule.field, rule.span)


def odd_settings(it: Interpreter) -> tuple[EventWarning, ...]:
    """A warning (WA04) for each rule of `settings_warn` that applies."""
    model, run = it.model, it.run
    return tuple(
        EventWarning("WA04", message(model, rule.message, run), path=rule.field, span=rule.span)
        for rule in model.settings_warn
        if it.holds(rule.condition)
    )


def unencrypted(it: Interpreter) -> Iterator[EventWarning]:
    """A warning (WA04) for each base that the settings give, and that begins with `http:`."""
    for each in it.model.requests:
        first = next(iter(each.request.url.parts), "")
        if isinstance(first, str):
            continue
        nodes = list(reachable(each, iter((first,))))
        names = [node for node in nodes if isinstance(node, Name)]
        known = {"settings", "tables", "api", *each.definitions}
        is_of_event = any(isinstance(node, Read) for node in nodes)
        if is_of_event or not known.issuperset(name.name for name in names):
            continue
        if is_unencrypted(it.value(first, [])):
            keys = (name.tail.text for name in names if name.name == "settings" and name.tail)
            text = "requests are sent without encryption, and whoever stands between reads them"
            yield EventWarning("WA04", text, path=next(keys, None), span=first.span)


def combinations(model: Model, way: Way, run: Run) -> list[Combination]:
    """The values of the fan-out for each request, in order.

    Raises the error that the rules declare where there is none, and EV07 for too many.
    """
    limits = model.file.limits
    most = (limits.requests if limits else None) or REQUESTS
    found: list[Combination] = [] if model.fan_out else [()]
    if model.fan_out:
        _combine(model, way, run, (), found, most)
    if not found and model.none is not None:
        raise refusal(model, model.none, run)
    if len(found) > most:
        raise InstrumentationError(
            ErrorCode.TOO_MANY_REQUESTS,
            f"the event would become more than {most} requests",
            help="`limits.requests` in the rule file sets the bound",
        )
    return found


def _combine(
    model: Model, way: Way, run: Run, chosen: Combination, found: list[Combination], most: int
) -> None:
    """The cross product of the variables, each of which may depend on those before it."""
    if chosen:
        way.enter(run, chosen)
    place = len(chosen)
    values = way.values(run, place)
    if type(values) is not list:
        if values is not None:
            variable = model.fan_out[place]
            reason = wrong_kind(kind_of(values), "list")
            note = spell(variable.values), reason, variable.values.span
            run.warnings.left_out(variable.name, (note,), "no request is made of it")
        return
    is_last = place + 1 == len(model.fan_out)
    for value in values:
        if len(found) > most:
            return
        if is_last:
            found.append((*chosen, value))
        else:
            _combine(model, way, run, (*chosen, value), found, most)


def is_switched_off(model: Model, run: Run) -> bool:
    """Whether the event switches this destination off; keeps its options otherwise."""
    switches, names = model.vocabulary.switches, model.file.switch
    if switches is None or not names:
        return False
    table = run.event.get(switches.path)
    if type(table) is not dict:
        return False
    for name in names:
        own = table.get(name.text)
        if own is not None:
            run.integration = own if type(own) is dict else None
            return own is False
    return table.get(switches.all) is False


# Messages


def refusal(model: Model, rule: Rule, run: Run) -> MappingError:
    """The error of a rule that applies."""
    text = message(model, rule.message, run)
    if rule.kind == "configuration":
        return ConfigurationError(ErrorCode.NO_DESTINATION, text, span=rule.span, help=rule.help)
    return InstrumentationError(ErrorCode.EVENT_REFUSED, text, span=rule.span, help=rule.help)


def message(model: Model, template: Template | None, run: Run) -> str:
    """What a message says; a value that is not there reads `nothing`."""
    if template is None:
        return "refused by the rules"
    it = Interpreter(model, run)
    filled = [
        part if isinstance(part, str) else it.value(Template(part.at, (part,)), []) or "nothing"
        for part in template.parts
    ]
    return printable("".join(filled))


def printable(text: str) -> str:
    """``text`` on one line, cut to a length, without control characters."""
    if text.isprintable() and len(text) <= MESSAGE_LENGTH:
        return text
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text[: MESSAGE_LENGTH + 1]
    )
    return clean if len(clean) <= MESSAGE_LENGTH else clean[:MESSAGE_LENGTH] + "…"
