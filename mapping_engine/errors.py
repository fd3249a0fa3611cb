"""The errors a caller of the library sees.

Every error has a stable ``code``, a ``message`` that holds no personal value and no secret, the
``path`` it is about (of the event, the settings or the payload), the ``span`` of the rule behind
it, and ``help``: what to do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from mapping_engine.diagnostics import Diagnostic, Span


class ErrorCode(StrEnum):
    """Stable codes of run-time errors; rule files have the codes of their diagnostics."""

    EVENT_NOT_OBJECT = "EV01"
    EVENT_NOT_JSON = "EV02"
    EVENT_TOO_DEEP = "EV03"
    EVENT_REFUSED = "EV04"
    FIELD_REQUIRED = "EV05"
    FIELD_INVALID = "EV06"
    TOO_MANY_REQUESTS = "EV07"
    SETTINGS_INVALID = "CF01"
    NO_DESTINATION = "CF02"
    REQUEST_INCOMPLETE = "CF03"
    CLOCK_INVALID = "CF04"
    SECRETS_INVALID = "CF05"
    COLUMNS_INVALID = "CF06"
    PAYLOAD_REFUSED = "PL01"
    PAYLOAD_TOO_LARGE = "PL02"
    REQUEST_TOO_LARGE = "PL03"
    RULES_INVALID = "RL01"
    INPUT_UNREADABLE = "IN01"
    INPUT_FOREIGN = "IN02"
    INPUT_BROKEN = "IN03"
    RESUME_IMPOSSIBLE = "RS01"
    RESUME_CHANGED = "RS02"
    WORKER_KILLED = "WK01"


class MappingError(Exception):
    """The root of everything this library raises for bad rules, settings, events or results."""

    kind = "mapping"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        path: str | None = None,
        span: Span | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.path = path
        self.span = span
        self.help = help

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else ""
        path = f" [{self.path}]" if self.path else ""
        advice = f" ({self.help})" if self.help else ""
        return f"{where}{self.message}{path} [{self.code} {self.kind}]{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore, (type(self), self.code, self.message, self.__dict__))

    def without_frames(self) -> Self:
        """The same error without the frames that it came through, which hold the event."""
        self.__context__ = None
        return self.with_traceback(None)

    def to_dict(self) -> dict[str, object]:
        """The error as JSON-ready data."""
        return {
            "kind": self.kind,
            "code": str(self.code),
            "message": self.message,
            "path": self.path,
            "span": self.span.to_dict() if self.span else None,
            "help": self.help,
        }


class InstrumentationError(MappingError):
    """The event is wrong: whoever sends it has to change it."""

    kind = "instrumentation"


class ConfigurationError(MappingError):
    """The settings are wrong or incomplete: whoever configures the destination changes them.

    ``others`` are the mistakes beside this one, which is the first.
    """

    kind = "configuration"
    others: tuple[ConfigurationError, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The error and the others as JSON-ready data."""
        others = {"others": [each.to_dict() for each in self.others]} if self.others else {}
        return {**super().to_dict(), **others}


class PayloadError(MappingError):
    """The payload schema refused what the rules produced; it was not handed on."""

    kind = "payload"


class InputError(MappingError):
    """A line of an event file is no JSON document, or the file is none of events."""

    kind = "input"


class ResumeError(MappingError):
    """What was interrupted cannot be gone on with."""

    kind = "resume"


class WorkerError(MappingError):
    """Worker processes were killed over the same events, one after another."""

    kind = "worker"


class RuleError(MappingError):
    """A rule file is wrong; ``diagnostics`` holds every mistake that was found."""

    kind = "rule"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        diagnostics: tuple[Diagnostic, ...] = (),
        path: str | None = None,
        span: Span | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(code, message, path=path, span=span, help=help)
        self.diagnostics = diagnostics

    def to_dict(self) -> dict[str, object]:
        """The error and its diagnostics as JSON-ready data."""
        return {**super().to_dict(), "diagnostics": [d.to_dict() for d in self.diagnostics]}


def _restore(
    kind: type[MappingError], code: str, message: str, state: dict[str, object]
) -> MappingError:
    """Rebuild a pickled error: process pools send errors between workers."""
    error = kind.__new__(kind)
    Exception.__init__(error, code, message)
    error.__dict__.update(state)
    return error
