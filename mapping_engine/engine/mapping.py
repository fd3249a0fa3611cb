"""Mappings and destinations: what a developer holds in hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from functools import partial
from typing import TYPE_CHECKING

from mapping_engine.core.chosen_paths import chosen_reads
from mapping_engine.core.clear import told
from mapping_engine.core.examine import examine
from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.batch import Batch, Part, Unsent, batches, sameness, settled
from mapping_engine.engine.chosen import check_chosen_paths, chosen_paths, odd_paths
from mapping_engine.engine.clock import Clock, read_clock
from mapping_engine.engine.codegen.program import Bound, Program, compiled
from mapping_engine.engine.flow import Check, Kind, Way, odd_settings, requests_of, unencrypted
from mapping_engine.engine.inspect import read_event
from mapping_engine.engine.interpreted import Interpreted
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.outcome import EventWarning, Outcome
from mapping_engine.engine.request import Request
from mapping_engine.engine.run import Run
from mapping_engine.engine.secrets import NO_SECRETS, accept_secrets
from mapping_engine.engine.settings import accept_settings, unknown_settings
from mapping_engine.engine.trace import Trace
from mapping_engine.engine.validate import gate_of
from mapping_engine.errors import MappingError
from mapping_engine.types.kinds import Json

if TYPE_CHECKING:
    from mapping_engine.engine.answer import Answer
    from mapping_engine.engine.explanation import Explanation

Event = MappingType[str, Json] | bytes
"""A JSON object as a dict, or its JSON text, which is read faster than a dict is checked."""


class Mapping:
    """A compiled rule file: immutable, shared by threads, picklable."""

    __slots__ = ("_chosen", "_facts", "_programs", "model")

    model: Model
    _programs: dict[bool, Program]
    """What applies, and what tells warnings as well: made when they are first asked for."""
    _chosen: list[Call] | None
    """The reads at paths that settings choose: found when the first are bound."""
    _facts: list[Facts]
    """What explanations must not show: found out when it is first asked for."""

    def __init__(self, model: Model) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_chosen", None)
        object.__setattr__(self, "_programs", {})
        object.__setattr__(self, "_facts", [])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a mapping does not change")

    def __repr__(self) -> str:
        return f"<Mapping {self.model.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (Mapping, (self.model,))

    @property
    def name(self) -> str:
        """The name of the pack."""
        return self.model.name

    @property
    def title(self) -> str:
        """The destination's name for people."""
        return self.model.title

    def program(self, *, tells: bool) -> Program:
        """The generated code; one that does not tell warnings is faster."""
        if tells not in self._programs:
            self._programs[tells] = compiled(self.model, tells=tells)
        return self._programs[tells]

    @property
    def chosen(self) -> Sequence[Call]:
        """The reads at paths that only settings know."""
        if self._chosen is None:
            object.__setattr__(self, "_chosen", chosen_reads(self.model))
        return self._chosen or ()

    def facts(self) -> Facts:
        """The types of the parts of the mapping."""
        if not self._facts:
            self._facts.append(examine(self.model, Diagnostics()))
        return self._facts[0]

    def bind(
        self,
        settings: MappingType[str, Json],
        *,
        secrets: MappingType[str, str] = NO_SECRETS,
        clock: Clock = time.time,
    ) -> Destination:
        """The mapping under these settings and secrets, which are validated and copied.

        Raises ConfigurationError that names the key and what is accepted.
        """
        return Destination(self, settings, clock, secrets)

    def apply(
        self,
        event: Event,
        settings: MappingType[str, Json],
        *,
        secrets: MappingType[str, str] = NO_SECRETS,
        clock: Clock = time.time,
    ) -> list[Request]:
        """The requests of one event: ``bind`` and ``apply`` in a single call."""
        return self.bind(settings, secrets=secrets, clock=clock).apply(event)


class Destination:
    """A mapping with settings and a clock; immutable, shared by threads, picklable."""

    __slots__ = (
        "_bound", "_check", "_clock", "_hashing", "_secrets", "_settings", "_warnings", "mapping",
    )  # fmt: skip

    mapping: Mapping
    _bound: dict[bool, Bound]
    """The generated code with these settings, by whether it tells warnings; made when needed."""
    _check: Check
    _clock: Clock
    _hashing: bool
    _secrets: dict[str, str]
    _settings: dict[str, Json]
    _warnings: tuple[EventWarning, ...]

    def __init__(
        self,
        mapping: Mapping,
        settings: MappingType[str, Json],
        clock: Clock = time.time,
        secrets: MappingType[str, str] = NO_SECRETS,
    ) -> None:
        model = mapping.model
        accepted = accept_settings(
            model.settings_schema, settings, model.title, model.settings_source
        )
        given = accept_secrets(model, secrets)
        it = Interpreter(model, Run({}, accepted, secrets=given))
        hashing = model.hashing is None or it.holds(model.hashing)
        paths = chosen_paths(mapping.chosen, it)
        check_chosen_paths(model, paths)
        state = {
            "mapping": mapping,
            "_warnings": (
                *unknown_settings(model.settings_schema, accepted),
                *odd_settings(it),
                *dict.fromkeys(odd_paths(model, paths)),
                *dict.fromkeys(unencrypted(it)),
            ),
            "_secrets": given,
            "_settings": accepted,
            "_clock": clock,
            "_hashing": hashing,
            "_bound": {},
            "_check": gate_of(model, hashing=hashing),
        }
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a destination does not change")

    def __repr__(self) -> str:
        return f"<Destination {self.mapping.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (Destination, (self.mapping, self._settings, self._clock, self._secrets))

    @property
    def warnings(self) -> tuple[EventWarning, ...]:
        """What is odd about the settings without being wrong: unknown keys, rows of no use."""
        return self._warnings

    def apply(self, event: Event) -> list[Request]:
        """The requests of one event; an empty list where the rules skip the event.

        The event is a dict, which is left as it is, or the JSON text of one as bytes. Who wants
        the warnings as well asks for the :meth:`outcome`.

        Raises a MappingError: InstrumentationError (the event is wrong), ConfigurationError (the
        settings do not cover it), PayloadError (the schema refused the result).
        """
        return self._applied(event, self._check)

    def apply_many(self, events: Iterable[object]) -> Iterator[Outcome]:
        """The outcome of each event, in order and one at a time; a bad event never raises."""
        for index, event in enumerate(events):
            yield self.outcome(event, index)

    def outcome(self, event: object, index: int = 0) -> Outcome:
        """What becomes of one event: its requests or its error, and the warnings."""
        return self._outcome(event, index, partial(self._program, tells=True))

    def interpreted(self, event: object, index: int = 0) -> Outcome:
        """The same as :meth:`outcome`, as the interpreter finds it, which defines what rules mean.

        It is slower, and for those who want to hold both to each other.
        """
        return self._outcome(event, index, lambda: None)

    def _outcome(self, event: object, index: int, bound: Callable[[], Bound | None]) -> Outcome:
        try:
            run = self._told(event)
        except MappingError as error:
            return Outcome(index, error=error.without_frames())
        try:
            way, kind = self._way(run, bound())
            requests = requests_of(self.mapping.model, way, kind, run, self._check)
        except MappingError as error:
            return Outcome(index, error=error.without_frames(), warnings=run.warnings.all())
        return Outcome(index, tuple(requests), warnings=run.warnings.all())

    def _way(self, run: Run, bound: Bound | None) -> tuple[Way, Kind]:
        if bound is None:
            way = Interpreted(Interpreter(self.mapping.model, run))
            return way, way.kind
        return bound.ready(run), bound.kind

    def batches(self, outcomes: Iterable[Outcome | Event]) -> Iterator[Batch | Unsent]:
        """The requests of outcomes or events, combined as `batch` of the rules says.

        They come in the order of the events within those that fit together, as soon as one is
        full; what waits is bounded. An event that failed, or that is too large, comes as Unsent.
        Requests without a `batch` yield one Batch each.
        """
        model, settings = self.mapping.model, self._settings
        rules = {
            each.request.name: (
                settled(each.batch, each, settings),
                sameness(each.batch, each, settings),
            )
            for each in model.requests
            if each.batch is not None
        }
        return batches(self._parts(outcomes), lambda request: rules.get(request.name))

    def _parts(self, outcomes: Iterable[Outcome | Event]) -> Iterator[Part | Unsent]:
        for index, each in enumerate(outcomes):
            outcome = each if isinstance(each, Outcome) else self._silently(each, index)
            for number, request in enumerate(outcome.requests):
                yield Part(outcome.index, number, request)
            if outcome.error is not None:
                yield Unsent(outcome.index, outcome.error)

    def _silently(self, event: Event, index: int) -> Outcome:
        """The outcome of an event without its warnings, which nobody would see."""
        try:
            return Outcome(index, tuple(self.apply(event)))
        except MappingError as error:
            return Outcome(index, error=error.without_frames())

    def answer(
        self,
        sent: Batch | Request,
        status: int,
        headers: MappingType[str, str],
        body: object = b"",
    ) -> Answer:
        """What the receiver's answer to a batch or a request means, as `answers` of the rules say.

        ``body`` is the answer's bytes or text, or the JSON that it held. Rows come first; without
        one that applies, 2xx means delivered, 429 and 5xx to send it again (after the time in
        Retry-After), 413 to send it in two halves, and all else that it is refused.
        """
        from mapping_engine.engine.answer import judged  # most programs only make requests

        batch = sent if isinstance(sent, Batch) else Batch(sent, (Part(0, 0, sent),))
        now = read_clock(self._clock)
        return judged(self.mapping.model, self._settings, now, batch, status, headers, body)

    def payloads(self, event: object) -> list[dict[str, Json]]:
        """The payload of each request, as the rules made it; raises like :meth:`apply`."""
        made: list[dict[str, Json]] = []

        def keep(payload: dict[str, Json], run: Run) -> bytes:
            made.append(payload)
            return self._check(payload, run)

        self._applied(event, keep)
        return made

    def explain(self, event: object) -> Explanation:
        """Why the event becomes what it becomes, field by field; never raises for a bad event."""
        from mapping_engine.engine.explanation import explained  # most events are not explained
        from mapping_engine.engine.nothing import why_nothing

        trace, requests = Trace(), list[Request]()
        error: MappingError | None = None
        nothing: str | None = None
        warnings: tuple[EventWarning, ...] = ()
        try:
            run = self._told(event)
            way = Interpreted(Interpreter(self.mapping.model, run, trace, self.mapping.facts()))
            try:
                requests = requests_of(self.mapping.model, way, way.kind, run, self._check)
            finally:
                warnings = run.warnings.all()
            if not requests:
                nothing = why_nothing(self.mapping.model, run)
        except MappingError as problem:
            error = problem.without_frames()
        model, sent = self.mapping.model, len(requests)
        return explained(model.title, trace, error, warnings, sent, nothing, told(model))

    def _applied(self, event: object, check: Check) -> list[Request]:
        run = self._run(read_event(event)[0])
        bound = self._program(tells=False)
        way = bound.ready(run)
        return requests_of(self.mapping.model, way, bound.kind, run, check, warned=False)

    def _told(self, event: object) -> Run:
        """The run of an event that begins with what was lost of it."""
        read, lost = read_event(event)
        run = self._run(read)
        for part in lost:
            run.warnings.lost(part.path, part.reason)
        return run

    def _run(self, event: dict[str, Json]) -> Run:
        variables = [None] * len(self.mapping.model.fan_out)
        now = read_clock(self._clock)
        return Run(event, self._settings, self._hashing, now, variables, self._secrets)

    def _program(self, *, tells: bool) -> Bound:
        """The generated code with these settings: the first event waits for it."""
        if tells not in self._bound:
            program = self.mapping.program(tells=tells)
            self._bound[tells] = program.bind(self._settings, self._secrets)
        return self._bound[tells]
