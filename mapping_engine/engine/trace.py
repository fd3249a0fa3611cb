"""What happened on the way of one event, as the interpreter records it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mapping_engine.core.nodes import Alternative, Call, Field, Node
from mapping_engine.core.spell import label, spell, spell_step
from mapping_engine.diagnostics import Span
from mapping_engine.engine.run import Issue
from mapping_engine.types.kinds import Json, kind_of

MET, NOT_MET = "met", "not met"
USED, MISSING, BLANK, INVALID, SKIPPED = "used", "missing", "blank", "invalid", "skipped"
UNMET = "condition not met"
DROPPED = "left out by `keep_when`"
_LONGEST = 80


@dataclass(slots=True)
class Entry:
    """One evaluation: what it was, where it is written, and how it went."""

    kind: str
    label: str
    span: Span
    outcome: str = MISSING
    value: str | None = None
    reason: str | None = None
    children: list[Entry] = field(default_factory=list)

    def to_dict(self, seen: set[int] | None = None) -> dict[str, object]:
        """The entry as JSON-ready data; what is in ``seen`` is not written again."""
        seen = set() if seen is None else seen
        found: dict[str, object] = {
            "kind": self.kind,
            "label": self.label,
            "outcome": self.outcome,
            "file": self.span.file,
            "line": self.span.line,
        }
        for name, text in (("value", self.value), ("reason", self.reason)):
            if text is not None:
                found[name] = text
        if self.children and id(self) in seen:
            found["shown_above"] = True
        elif self.children:
            seen.add(id(self))
            found["children"] = [child.to_dict(seen) for child in self.children]
        return found

    def walk(self) -> Iterator[Entry]:
        """This entry and everything below it, each once."""
        waiting, seen = [self], {id(self)}
        while waiting:
            entry = waiting.pop()
            yield entry
            below = [child for child in entry.children if id(child) not in seen]
            seen.update(map(id, below))
            waiting.extend(reversed(below))


@dataclass(slots=True)
class Trace:
    """The recording of one event.

    A request has the name of its kind, the values of the fan-out that it is made for, and its
    fields; ``kinds`` says of each kind of request why it is made, or not. ``applied`` are the
    rules of `accept`, `refuse`, `warn` and `none` that applied, ``used`` the places of all that had
    a value, also beside the payload, ``branches`` the conditions that held, and those that did not.
    Once a value was read that must not be shown, all values of the same field are shown by their
    kind and length (``hidden``).
    """

    kinds: list[Entry] = field(default_factory=list)
    kind: str = ""
    fan_out: list[Entry] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], list[Entry]]] = field(default_factory=list)
    stack: list[Entry] = field(default_factory=list)
    applied: list[Span] = field(default_factory=list)
    used: set[Span] = field(default_factory=set)
    branches: set[tuple[Span, bool]] = field(default_factory=set)
    hidden: bool = False

    def request(self, variables: dict[str, str]) -> None:
        """The fields from here on belong to another request."""
        self.requests.append((self.kind, variables, []))

    def open(self, kind: str, label: str, span: Span) -> Entry:
        """Start an entry below the one that is open; what is beside the payload is not kept."""
        entry = Entry(kind, label, span)
        if self.stack:
            self.stack[-1].children.append(entry)
        elif kind == "kind":
            self.kinds.append(entry)
        elif kind == "fan-out":
            self.fan_out.append(entry)
        elif kind == "field" and self.requests:
            self.requests[-1][2].append(entry)
        self.stack.append(entry)
        return entry

    def choose(self, entry: Entry, *, is_met: bool) -> None:
        """Finish the entry of a kind of request: whether its condition is met."""
        self.stack.pop()
        entry.outcome = MET if is_met else UNMET
        if is_met:
            self.applied.append(entry.span)

    def skip(self, kind: str, label: str, span: Span, outcome: str = SKIPPED) -> None:
        """What was skipped: an alternative, since one before it had a value, or some items."""
        if self.stack:
            self.stack[-1].children.append(Entry(kind, label, span, outcome))

    def close(self, entry: Entry, value: Json, issues: list[Issue]) -> None:
        """Finish the entry with what it yielded."""
        self.stack.pop()
        if value is not None:
            entry.outcome = USED
            self.used.add(entry.span)
            entry.value = summary(value, hidden=self.hidden)
        elif issues:
            entry.outcome = INVALID
            entry.reason = f"{issues[-1].source} {issues[-1].reason}"
        elif any(child.outcome == NOT_MET for child in entry.children):
            entry.outcome = UNMET
        elif any(child.outcome == BLANK for child in entry.children):
            entry.outcome = BLANK
        if len(entry.children) == 1 and _says_the_same(entry.children[0], entry):
            entry.children = entry.children[0].children  # an alternative that is only a name


def called(kind: str, part: Node | Alternative | Field, path: str) -> tuple[str, Span]:
    """What the entry of a part of the rules is called, and its place; a field has its ``path``."""
    match part:
        case Field():
            return path, part.at.span
        case Alternative():
            return label(part), part.at.span
        case Call():
            text = spell_step(part) if kind == "transform" else spell(part)
            return text, part.step.span
        case _:
            return spell(part), part.at.span


def _says_the_same(one: Entry, other: Entry) -> bool:
    return (one.label, one.outcome, one.value) == (other.label, other.outcome, other.value)


def summary(value: Json, *, hidden: bool) -> str:
    """A value in a few words: its text where that may be shown, else its kind and length."""
    kind = kind_of(value)
    if kind in ("list", "object"):
        unit = "item" if kind == "list" else "key"
        return f"{kind} of {_counted(len(value), unit)}"
    if hidden:
        return f"text of {_counted(len(value), 'character')}" if kind == "text" else f"a {kind}"
    text = str(value).lower() if kind == "boolean" else str(value)
    text = f"'{value}'" if kind == "text" else text
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
