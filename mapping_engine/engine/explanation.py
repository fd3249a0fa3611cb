"""Why an event became what it became, as data and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mapping_engine.diagnostics import Span
from mapping_engine.engine.nothing import as_rule
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.engine.trace import MET, USED, Entry, Trace
from mapping_engine.errors import MappingError


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """One payload field of one request: its outcome, its rule, and every alternative."""

    path: str
    sent: bool
    value: str | None
    reason: str | None
    span: Span
    entries: tuple[Entry, ...]

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON-ready data; a part that is used again is ``shown_above``."""
        seen: set[int] = set()
        return {
            "path": self.path,
            "sent": self.sent,
            "value": self.value,
            "reason": self.reason,
            "file": self.span.file,
            "line": self.span.line,
            "entries": [entry.to_dict(seen) for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class RequestExplanation:
    """One request: the fan-out values it was made for, and its fields.

    It has a ``name`` where there are several kinds. One that joins a fan-out stands here once for
    each payload.
    """

    number: int
    variables: dict[str, str]
    fields: tuple[FieldExplanation, ...]
    name: str = ""

    def field(self, path: str) -> FieldExplanation | None:
        """The field at ``path`` of the payload."""
        return next((field for field in self.fields if field.path == path), None)

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON-ready data."""
        return {
            "number": self.number,
            **({"name": self.name} if self.name else {}),
            "variables": self.variables,
            "fields": [field.to_dict() for field in self.fields],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why there are these requests, or none, or an error.

    Personal values and secrets appear as kind and length only.
    """

    title: str
    requests: tuple[RequestExplanation, ...]
    fan_out: tuple[Entry, ...]
    error: MappingError | None
    warnings: tuple[EventWarning, ...]
    sent: int
    applied: tuple[Span, ...]
    """Where the rules of `accept`, `refuse`, `warn` and `none` stand that applied."""
    used: frozenset[Span] = frozenset()
    """Where everything stands that had a value, also beside the payload."""
    nothing: str | None = None
    """Why there is no request, where there is no error either."""
    clear: tuple[tuple[str, str], ...] = ()
    """What the pack sends in clear, or in the URL, each with its reason."""
    kinds: tuple[Entry, ...] = ()
    """Of several kinds of request, each with why it was made, or not."""
    branches: frozenset[tuple[Span, bool]] = frozenset()
    """Where the conditions stand that held, and those that did not; and the defaults, as held."""

    def field(self, path: str, request: int = 0) -> FieldExplanation | None:
        """The field at ``path`` in the request with this number, from 0."""
        found = self.requests[request] if request < len(self.requests) else None
        return found.field(path) if found else None

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON-ready data."""
        return {
            "title": self.title,
            "sent": self.sent,
            "nothing": self.nothing,
            "clear": [{"what": what, "because": reason} for what, reason in self.clear],
            "error": self.error.to_dict() if self.error else None,
            "warnings": [warning.to_dict() for warning in self.warnings],
            **({"kinds": [kind.to_dict() for kind in self.kinds]} if self.kinds else {}),
            "fan_out": [entry.to_dict() for entry in self.fan_out],
            "requests": [request.to_dict() for request in self.requests],
        }

    def text(self, path: str | None = None) -> str:
        """The explanation as readable text; of one field only, where ``path`` is given."""
        return "\n".join(_lines(self, path)) + "\n"


def explained(
    title: str,
    trace: Trace,
    error: MappingError | None,
    warnings: tuple[EventWarning, ...],
    sent: int,
    nothing: str | None,
    clear: Iterable[tuple[str, str]] = (),
) -> Explanation:
    """The explanation of a recording."""
    requests = tuple(
        RequestExplanation(
            number, variables, tuple(f for entry in fields for f in _fields(entry)), name
        )
        for number, (name, variables, fields) in enumerate(trace.requests)
    )
    applied = (*trace.applied, *((error.span,) if error is not None and error.span else ()))
    return Explanation(
        title,
        requests,
        tuple(trace.fan_out),
        error,
        warnings,
        sent,
        applied,
        frozenset(trace.used),
        nothing,
        tuple(clear),
        tuple(trace.kinds),
        frozenset(trace.branches),
    )


def _fields(entry: Entry) -> Iterator[FieldExplanation]:
    """The field of an entry, and the fields inside it."""
    others = tuple(child for child in entry.children if child.kind != "field")
    yield FieldExplanation(
        entry.label, entry.outcome == USED, entry.value, entry.reason, entry.span, others
    )
    for child in entry.children:
        if child.kind == "field":
            yield from _fields(child)


# Text


def _lines(explanation: Explanation, path: str | None) -> Iterator[str]:
    count = explanation.sent
    yield f"{explanation.title}: {count} request{'' if count == 1 else 's'}"
    for what, reason in explanation.clear:
        yield f"in clear: {what} ({reason})"
    if explanation.error is not None:
        yield f"error: {explanation.error}"
    if explanation.nothing is not None:
        yield f"no request: {explanation.nothing}"
    for warning in explanation.warnings:
        yield f"warning: {warning}"
    if path is None:
        yield from [""] if explanation.kinds else []
        yield from _entries(explanation.kinds, "", set())
        for entry in explanation.fan_out:
            yield ""
            yield f"fan-out {entry.label} = {entry.value or 'nothing'}  ({_place(entry.span)})"
            yield from _entries(entry.children, "  ", set())
    seen: set[int] = set()
    for request in explanation.requests:
        yield from _request(request, path, seen)


def _request(request: RequestExplanation, path: str | None, seen: set[int]) -> Iterator[str]:
    """The lines of a request; what was shown for one before it is not shown again."""
    fields = [field for field in request.fields if _is_asked(field.path, path)]
    yield ""
    names = ", ".join(f"{name} = {value}" for name, value in request.variables.items())
    name = f" ({request.name})" if request.name else ""
    yield f"request {request.number + 1}{name}" + (f": {names}" if names else "")
    if path is None and not fields:
        yield "  without a payload"
    elif not fields:
        yield f"  {path}: there is no such item, or the object that would hold it was not made"
    for field in fields:
        state = field.value if field.sent else "left out"
        why = f": {field.reason}" if field.reason and not field.sent else ""
        yield f"  {field.path} = {state}{why}  ({_place(field.span)})"
        yield from _entries(field.entries, "    ", seen)


def _is_asked(path: str, asked: str | None) -> bool:
    """Whether a field is meant; `[]` means all items of a list."""
    return asked in (None, path) or ("[]" in (asked or "") and as_rule(path) == asked)


def _entries(entries: Iterable[Entry], indent: str, seen: set[int]) -> Iterator[str]:
    """The lines of some entries; what was shown once for an event is not shown again."""
    for entry in entries:
        mark = "*" if entry.outcome in (USED, MET) else "-"
        result = entry.value if entry.outcome == USED and entry.value else entry.outcome
        why = f": {entry.reason}" if entry.reason else ""
        kind = {"row": "row ", "condition": "when ", "kind": "request "}.get(entry.kind, "")
        pipe = "|> " if entry.kind == "transform" else ""
        yield f"{indent}{mark} {kind}{pipe}{entry.label}: {result}{why}  ({_place(entry.span)})"
        inner = within(entry)
        if inner and all(id(each) in seen for each in inner):
            yield f"{indent}  (shown above)"
        else:
            seen.update(map(id, inner))
            yield from _entries(inner, indent + "  ", seen)


def within(entry: Entry) -> list[Entry]:
    """What is worth showing below an entry.

    A pipeline that worked needs no steps, and what is only read needs not be said twice.
    """
    if entry.kind == "transform" and entry.outcome == USED:
        return []
    first = entry.children[0] if entry.children else None
    if first is not None and first.label == entry.label and not first.children:
        return entry.children[1:]
    return entry.children


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}"
