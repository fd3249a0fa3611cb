"""What becomes of one event: requests or an error, and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mapping_engine.diagnostics import Span
from mapping_engine.engine.request import Request
from mapping_engine.errors import MappingError


@dataclass(frozen=True, slots=True)
class EventWarning:
    """Something about an event that is worth knowing although it was sent.

    ``fields`` are the payload fields concerned, ``path`` the source as the rules write it. The
    message never holds a personal value. Codes: WA01 a value was left out, WA02 a rule of
    `warn`; of settings, WA03 an unknown key, WA04 a rule of `settings_warn`, or no
    encryption.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()
    path: str | None = None
    span: Span | None = None

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else ""
        return f"{where}{self.message} [{self.code}]"

    def to_dict(self) -> dict[str, object]:
        """The warning as JSON-ready data."""
        return {
            "code": self.code,
            "message": self.message,
            "fields": list(self.fields),
            "path": self.path,
            "span": self.span.to_dict() if self.span else None,
        }


@dataclass(slots=True, eq=False)
class Warnings:
    """Collects the warnings of one event; the same one for several fields is kept once.

    They are put into words when they are asked for: most callers never ask.
    """

    _found: list[tuple[str | None, Iterable[tuple[str, str, Span | None]], str]] = field(
        default_factory=list
    )

    def left_out(self, field_path: str, notes: Iterable[tuple[str, str, Span]], then: str) -> None:
        """Sources were present but could not be used for ``field_path``.

        Each note is a source, a reason, and the rule that knows it.
        """
        self._found.append((field_path, notes, then))

    def has(self, field_path: str) -> bool:
        """Whether something is told of a field already."""
        return any(path == field_path for path, _, then in self._found if then)

    def lost(self, path: str, reason: str) -> None:
        """A part of the event that no rule is given, since JSON cannot hold it."""
        self._found.append((None, ((path, reason, None),), "it is left out"))

    def rule(self, message: str, field_path: str | None, span: Span) -> None:
        """A rule of `warn` applies."""
        self._found.append((field_path, (("", message, span),), ""))

    def all(self) -> tuple[EventWarning, ...]:
        """The warnings in the order they came up."""
        found: dict[tuple[str, str], tuple[bool, Span | None, list[str]]] = {}
        for field_path, notes, then in self._found:
            for source, reason, span in notes:
                text = f"{reason}; {then}" if then else reason
                fields = found.setdefault((source, text), (bool(then), span, []))[2]
                if field_path and field_path not in fields:
                    fields.append(field_path)
        return tuple(
            EventWarning(
                "WA01" if left_out else "WA02",
                _message(fields, source, text),
                tuple(fields),
                source or None,
                span,
            )
            for (source, text), (left_out, span, fields) in found.items()
        )


def _message(fields: list[str], source: str, text: str) -> str:
    concerned = ", ".join(fields)
    if not source:
        return f"{concerned}: {text}" if concerned else text
    return f"{concerned}: {source} {text}" if concerned else f"{source} {text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one event: requests, or an error, and warnings beside them.

    ``index`` is the place of the event among those that were given, from 0.
    """

    index: int
    requests: tuple[Request, ...] = ()
    error: MappingError | None = None
    warnings: tuple[EventWarning, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error; an event may also yield no request at all."""
        return self.error is None

    def to_dict(self) -> dict[str, object]:
        """The outcome as JSON-ready data; requests carry secrets and personal data."""
        return {
            "index": self.index,
            "requests": [request.to_dict() for request in self.requests],
            "error": self.error.to_dict() if self.error else None,
            "warnings": [warning.to_dict() for warning in self.warnings],
        }
