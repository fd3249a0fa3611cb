"""An explanation as the page draws it: each step with its place in the rules and in the event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.engine.explanation import Explanation, FieldExplanation, within
from mapping_engine.engine.trace import MET, USED, Entry
from mapping_engine.source.node import ListNode, MappingNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.testing.expected_paths import steps_of, values_at
from mapping_engine.types.kinds import Json

EVENT = "the event"
_LONGEST = 200


def pictured(found: Explanation, event: str, payloads: list[dict[str, Json]]) -> dict[str, object]:
    """The explanation for the page, with the values of payloads that were made."""
    tree = read_yaml(Source(EVENT, event), Diagnostics())
    return {
        "error": found.error.to_dict() if found.error else None,
        "nothing": found.nothing,
        "warnings": [each.to_dict() for each in found.warnings],
        "choices": [_choice(each, tree) for each in (*found.kinds, *found.fan_out)],
        "payloads": [
            {
                "name": each.name,
                "variables": each.variables,
                "fields": [
                    _field(field, tree, payloads[n] if n < len(payloads) else None)
                    for field in each.fields
                ],
            }
            for n, each in enumerate(found.requests)
        ],
    }


def _field(field: FieldExplanation, tree: YamlNode | None, payload: Json) -> dict[str, object]:
    values = list(values_at(payload, steps_of(field.path)))
    text = json.dumps(values[0], ensure_ascii=False) if values else field.value
    seen: set[int] = set()
    return {
        "path": field.path,
        "sent": field.sent,
        "value": text if text is None or len(text) <= _LONGEST else f"{text[:_LONGEST]}…",
        "reason": field.reason,
        "span": field.span.to_dict(),
        "sources": [span.to_dict() for span in _sources(field.entries, tree)],
        "entries": [_entry(each, tree, seen) for each in field.entries],
    }


def _choice(entry: Entry, tree: YamlNode | None) -> dict[str, object]:
    """A kind of request, or a variable of the fan-out, as if it were a field."""
    sent = entry.outcome in (USED, MET)
    as_field = FieldExplanation(
        f"{entry.kind} {entry.label}", sent, entry.value or entry.outcome, entry.reason,
        entry.span, tuple(entry.children),
    )  # fmt: skip
    return _field(as_field, tree, None)


def _entry(entry: Entry, tree: YamlNode | None, seen: set[int]) -> dict[str, object]:
    """A step; what a field shows once is not drawn again."""
    below = within(entry)
    again = bool(below) and all(id(each) in seen for each in below)
    seen.update(map(id, below))
    return {
        "kind": entry.kind,
        "label": entry.label,
        "outcome": entry.outcome,
        "value": entry.value,
        "reason": entry.reason,
        "span": entry.span.to_dict(),
        "sources": [span.to_dict() for span in _sources([entry, *entry.children], tree)],
        "again": again,
        "children": [] if again else [_entry(each, tree, seen) for each in below],
    }


def _sources(entries: Iterable[Entry], tree: YamlNode | None) -> Iterator[Span]:
    """Where in the event stands what was taken; conditions only decide."""
    waiting, seen = list(entries), set[int]()
    while waiting:
        entry = waiting.pop(0)
        if id(entry) in seen or entry.outcome != USED or entry.kind == "condition":
            continue
        seen.add(id(entry))
        span = _place(entry.label, tree) if entry.kind == "path" else None
        if span is not None:
            yield span
        waiting += entry.children


def _place(path: str, tree: YamlNode | None) -> Span | None:
    """Where a path leads in the event, as far as it has plain steps."""
    found, span = tree, None
    for step in steps_of(path):
        match found:
            case MappingNode(entries=entries):
                named = next((each for each in entries if each.key.text == step.strip('"')), None)
                if named is None:
                    break
                found, span = named.value, named.key.span.to(named.value.span)
            case ListNode(items=items) if step[1:-1].isdigit() and int(step[1:-1]) < len(items):
                found = items[int(step[1:-1])]
                span = found.span
            case _:
                break
    return span
