"""What happened on the way of one event: recorded by the same rules that make its requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mapping_engine.core.infer import Inference, Scope
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.engine.lower import Names
from mapping_engine.engine.program import Lowering
from mapping_engine.engine.run import Evaluate, Note, Run, Step
from mapping_engine.expression import Call, Expression, Select, print_expression
from mapping_engine.file.values import FieldBlock
from mapping_engine.selectors import SelectorError, lower
from mapping_engine.types import ANY, Type, kind_of

MET, NOT_MET = "met", "not met"
USED, MISSING, BLANK, UNUSABLE, UNREACHED = "used", "missing", "blank", "unusable", "not reached"
PASSED_OVER = "condition not met"


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

    def to_dict(self) -> dict[str, object]:
        """The entry as JSON-ready data."""
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
        if self.children:
            found["children"] = [child.to_dict() for child in self.children]
        return found

    def walk(self) -> Iterator[Entry]:
        """This entry and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class RequestTrace:
    """The fields of one request, and the fan-out values it was made for."""

    variables: dict[str, str] = field(default_factory=dict)
    fields: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Trace:
    """The recording of one event."""

    fan_out: list[Entry] = field(default_factory=list)
    requests: list[RequestTrace] = field(default_factory=list)
    stack: list[Entry] = field(default_factory=list)
    hidden: bool = False
    hidden_variables: frozenset[str] = frozenset()

    def request(self, number: int, variables: dict[str, Any]) -> None:
        """The fields from here on belong to this request."""
        shown = {
            name: summary(value, hidden=True) if name in self.hidden_variables else str(value)
            for name, value in variables.items()
        }
        self.requests.append(RequestTrace(shown))

    def open(self, kind: str, label: str, span: Span) -> Entry:
        """Start an entry below the one that is open."""
        entry = Entry(kind, label, span)
        if self.stack:
            self.stack[-1].children.append(entry)
        elif kind == "fan-out":
            self.fan_out.append(entry)
        elif self.requests:
            self.requests[-1].fields.append(entry)
        self.stack.append(entry)
        return entry

    def close(self, entry: Entry, value: Any, notes: list[Note]) -> None:
        """Finish the entry with what it yielded."""
        self.stack.pop()
        if value is not None:
            entry.outcome = USED
            entry.value = summary(value, hidden=self.hidden)
        elif notes:
            entry.outcome = UNUSABLE
            entry.reason = f"{notes[-1].path} {notes[-1].reason}"
        elif any(child.outcome == NOT_MET for child in entry.children):
            entry.outcome = PASSED_OVER
        elif any(child.outcome == BLANK for child in entry.children):
            entry.outcome = BLANK


def summary(value: Any, *, hidden: bool) -> str:
    """A value in a few words: its text where that may be shown, else its kind and length."""
    kind = kind_of(value)
    if kind in ("list", "object"):
        unit = "item" if kind == "list" else "key"
        return f"{kind} of {_counted(len(value), unit)}"
    if not hidden:
        text = (
            f"'{value}'"
            if kind == "text"
            else str(value).lower()
            if kind == "boolean"
            else str(value)
        )
        return text if len(text) <= 80 else text[:79] + "…"
    return f"text of {_counted(len(value), 'character')}" if kind == "text" else f"a {kind}"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


class TracingLowering(Lowering):
    """The same lowering, with every evaluation observed; nothing is remembered in between."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._inference = Inference(model, Diagnostics())
        self.outer = replace(self.outer, scope=self._typed_variables())

    def _typed_variables(self) -> Scope:
        """The fan-out variables with what is known of their values."""
        scope = Scope({}, late=True)
        fan_out = self.model.file.fan_out
        for variable in fan_out.each if fan_out else ():
            assert variable.value is not None
            tags = self._inference.block(variable.value, scope).spreading
            scope = scope.having(variable.name, Type(ANY, False, tags))
        return scope

    @property
    def hidden_variables(self) -> frozenset[str]:
        """The fan-out variables whose values are shown as kind and length only."""
        types = self.outer.scope.variables
        return frozenset(name for name, found in types.items() if not found.may_be_shown)

    def remembered(self, name: str) -> Evaluate:
        """A definition, evaluated each time so that each use shows its own reasons."""
        if name not in self._definitions:
            self._definitions[name] = self.definition(name)
        return self._definitions[name]

    def item_type(self, each: Expression, names: Names) -> Type:
        """The type of one item of a list."""
        return self.model.vocabulary.as_list(self._type(each, names))

    def _type(self, node: Expression, names: Names) -> Type:
        return self._inference.expression(node, names.scope)

    def observed(
        self, kind: str, node: Expression, names: Names, evaluate: Evaluate, label: str = ""
    ) -> Evaluate:
        """``evaluate``, recorded."""
        text = label or print_expression(node)
        span = node.span
        hides = kind in ("path", "name") and not self._type(node, names).may_be_shown
        raw = lower(node.selector) if isinstance(node, Select) else None

        def recorded(run: Run) -> Any:
            trace = run.trace
            assert trace is not None
            entry, mark = trace.open(kind, text, span), len(run.notes)
            value = evaluate(run)
            trace.hidden = trace.hidden or (hides and value is not None)
            trace.close(entry, value, run.notes[mark:])
            if kind == "condition":
                entry.outcome = NOT_MET if value is None or value is False else MET
            elif entry.outcome == MISSING and raw is not None and _is_blank(raw, run):
                entry.outcome = BLANK
            return value

        return recorded

    def alternatives(self, labels: list[tuple[str, Expression]], evaluate: Evaluate) -> Evaluate:
        """``evaluate``, with the alternatives that were not reached."""

        def recorded(run: Run) -> Any:
            trace = run.trace
            assert trace is not None
            siblings = trace.stack[-1].children if trace.stack else []
            before = len(siblings)
            value = evaluate(run)
            reached = sum(entry.kind in ("arm", "row") for entry in siblings[before:])
            siblings.extend(
                Entry("arm", label, node.span, UNREACHED) for label, node in labels[reached:]
            )
            return value

        return recorded

    def observed_step(self, call: Call, names: Names, step: Step) -> Step:
        """``step``, recorded."""
        label, span = _call_label(call), call.span

        def recorded(run: Run, value: Any) -> Any:
            trace = run.trace
            assert trace is not None
            entry, mark = trace.open("transform", label, span), len(run.notes)
            result = step(run, value)
            trace.close(entry, result, run.notes[mark:])
            return result

        return recorded

    def observed_field(self, path: str, block: FieldBlock, evaluate: Evaluate) -> Evaluate:
        """``evaluate``, recorded as a field of the payload."""
        return self._frame("field", path, block.span, evaluate)

    def observed_variable(self, name: str, span: Span, evaluate: Evaluate) -> Evaluate:
        """``evaluate``, recorded as a variable of the fan-out."""
        return self._frame("fan-out", name, span, evaluate)

    def _frame(self, kind: str, label: str, span: Span, evaluate: Evaluate) -> Evaluate:
        def recorded(run: Run) -> Any:
            trace = run.trace
            assert trace is not None
            outside, trace.hidden = trace.hidden, False
            entry, mark = trace.open(kind, label, span), len(run.notes)
            value = None
            try:
                value = evaluate(run)
            finally:
                trace.close(entry, value, run.notes[mark:])
                trace.hidden = trace.hidden or outside
            return value

        return recorded


def _call_label(call: Call) -> str:
    arguments = [print_expression(a) for a in call.arguments]
    arguments += [f"{name}={print_expression(value)}" for name, value in call.named]
    return f"{call.name}({', '.join(arguments)})" if arguments else call.name


def _is_blank(read: Any, run: Run) -> bool:
    try:
        return read(run.event) is not None
    except SelectorError:
        return False
