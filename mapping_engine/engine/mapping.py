"""Mappings and destinations: what a developer holds in hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING, Any

from mapping_engine.core.model import Model
from mapping_engine.engine.inspect import read_event
from mapping_engine.engine.outcome import EventWarning, Outcome
from mapping_engine.engine.program import Bound, Check, Lowering, Program
from mapping_engine.engine.request import Request
from mapping_engine.engine.run import Run
from mapping_engine.engine.settings import accept_settings, unknown_settings
from mapping_engine.engine.validate import PayloadGate
from mapping_engine.errors import MappingError

if TYPE_CHECKING:
    from mapping_engine.engine.explanation import Explanation

Clock = Callable[[], float]
"""Yields the time as seconds since 1970."""
Event = MappingType[str, Any] | bytes
"""A JSON object as a dict, or its JSON text, which is read faster than a dict is checked."""


class Mapping:
    """A compiled rule file: immutable, shared by threads, picklable."""

    __slots__ = ("_programs", "_tracing", "model")

    model: Model
    _programs: dict[bool, Program]
    """What applies, and what tells warnings as well: made when they are first asked for."""
    _tracing: tuple[Program, frozenset[str]] | None
    """What explains: made when it is first asked for, since most mappings never explain."""

    def __init__(self, model: Model) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_programs", {})
        object.__setattr__(self, "_tracing", None)

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

    def _program(self, *, silent: bool) -> Program:
        """The program that makes requests; a ``silent`` one has no warnings.

        It is made for events that JSON text can hold, too: it does not look for what cannot be.
        """
        if silent not in self._programs:
            from mapping_engine.engine.codegen.requests import GeneratedLowering

            try:
                made = Program(GeneratedLowering(self.model, silent=silent))
            except RecursionError:  # definitions that use each other in a very long row
                made = Program(Lowering(self.model))
            self._programs[silent] = made
        return self._programs[silent]

    def _explaining(self) -> tuple[Program, frozenset[str]]:
        """The program that records what it does, and the fan-out variables it must not show."""
        if self._tracing is None:
            from mapping_engine.engine.trace import TracingLowering

            lowering = TracingLowering(self.model)
            made = (Program(lowering), lowering.hidden_variables)
            object.__setattr__(self, "_tracing", made)
        assert self._tracing is not None
        return self._tracing

    def bind(self, settings: MappingType[str, Any], *, clock: Clock = time.time) -> Destination:
        """The mapping under these settings, which are validated and copied.

        Raises ConfigurationError that names the key and what is accepted.
        """
        return Destination(self, settings, clock)

    def apply(
        self,
        event: Event,
        settings: MappingType[str, Any],
        *,
        clock: Clock = time.time,
    ) -> list[Request]:
        """The requests of one event: ``bind`` and ``apply`` in a single call."""
        return self.bind(settings, clock=clock).apply(event)


class Destination:
    """A mapping with settings and a clock; immutable, shared by threads, picklable."""

    __slots__ = ("_check", "_clock", "_settings", "_silent", "_telling", "_warnings", "mapping")

    mapping: Mapping

    def __init__(
        self, mapping: Mapping, settings: MappingType[str, Any], clock: Clock = time.time
    ) -> None:
        model = mapping.model
        accepted = accept_settings(model.settings_schema, settings, model.title)
        program = mapping._program(silent=True)
        bound = program.bind(accepted)
        state = {
            "mapping": mapping,
            "_warnings": unknown_settings(model.settings_schema, accepted),
            "_settings": accepted,
            "_clock": clock,
            "_silent": (program, bound),
            "_telling": None,
            "_check": PayloadGate(model, hashing=bound.hashing).check,
        }
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a destination does not change")

    def __repr__(self) -> str:
        return f"<Destination {self.mapping.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (Destination, (self.mapping, self._settings, self._clock))

    @property
    def warnings(self) -> tuple[EventWarning, ...]:
        """What is odd about the settings without being wrong: unknown keys."""
        return self._warnings

    def apply(self, event: Event) -> list[Request]:
        """The requests of one event; an empty list where the rules pass the event over.

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
        try:
            read, _ = read_event(event)
        except MappingError as error:
            return Outcome(index, error=error)
        program, bound = self._ready_to_tell()
        run = program.run_for(read, bound, self._clock())
        try:
            requests = program.requests(run, self._check)
        except MappingError as error:
            return Outcome(index, error=error, warnings=run.warnings.all())
        return Outcome(index, tuple(requests), warnings=run.warnings.all())

    def payloads(self, event: object) -> list[dict[str, Any]]:
        """The payload of each request, as the rules made it; raises like :meth:`apply`."""
        made: list[dict[str, Any]] = []

        def keep(payload: dict[str, Any], run: Run) -> bytes:
            made.append(payload)
            return self._check(payload, run)

        self._applied(event, keep)
        return made

    def explain(self, event: object) -> Explanation:
        """Why the event becomes what it becomes, field by field; never raises for a bad event."""
        from mapping_engine.engine.explanation import explained
        from mapping_engine.engine.trace import Trace

        program, hidden = self.mapping._explaining()
        trace = Trace(hidden_variables=hidden)
        error: MappingError | None = None
        requests: list[Request] = []
        warnings: tuple[EventWarning, ...] = ()
        try:
            read, _ = read_event(event)
            run = program.run_for(read, self._silent[1], self._clock())
            run.trace = trace
            try:
                requests = program.requests(run, self._check)
            finally:
                warnings = run.warnings.all()
        except MappingError as problem:
            error = problem
        return explained(self.mapping.title, trace, error, warnings, len(requests))

    def _applied(self, event: object, check: Check) -> list[Request]:
        read, sound = read_event(event)
        program, bound = self._silent if sound else self._ready_to_tell()
        return program.requests(program.run_for(read, bound, self._clock()), check, warned=False)

    def _ready_to_tell(self) -> tuple[Program, Bound]:
        """The program that tells warnings, and these settings bound to it."""
        if self._telling is None:
            program = self.mapping._program(silent=False)
            object.__setattr__(self, "_telling", (program, program.bind(self._settings)))
        assert self._telling is not None
        return self._telling

    _check: Check
    _clock: Clock
    _settings: dict[str, Any]
    _silent: tuple[Program, Bound]
    """What applies where nobody asks for warnings, and the settings bound to it."""
    _telling: tuple[Program, Bound] | None
    """What tells warnings: made when it is first asked for."""
    _warnings: tuple[EventWarning, ...]
