"""Two versions of a pack, compared by what their rules say, not by how they are written.

Comments, the order of keys, definitions that are only named otherwise where nobody sees them, and
the split into fragments make no difference; the order of sources and of rules does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeAlias

from mapping_engine.core import clear
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model, Rule, behind
from mapping_engine.core.nodes import Call, Name, Node, fields_of
from mapping_engine.core.spell import spell
from mapping_engine.engine.policy import refuses
from mapping_engine.frozen import Frozen
from mapping_engine.reference.rows import Row, field_rows, name_rows, value_text
from mapping_engine.reference.sending import answer_lines, batch_lines
from mapping_engine.selectors import prefixes
from mapping_engine.types.kinds import Json

Keyed: TypeAlias = dict[str, str]
_HASHED, _REQUIRED = "hashed", "required"
_REFUSED = "refused when it cannot be converted"
_HASHING, _SWITCH, _ACCEPT, _CLEAR, _KINDS = "hashing", "switch", "events", "in clear", "kinds"
_FIELDS, _REFUSE, _PAYLOAD, _FAN_OUT = "fields", "refused payloads", "payload schema", "fan-out"
_NAMES, _PIPELINES, _TABLES, _SETTINGS = "names", "pipelines", "tables", "settings"
_NOTES = frozenset(("title", "description", "$comment", "examples"))
"""Keywords of a schema that say nothing about what is valid."""


class Change(Frozen):
    """One thing that is said otherwise: ``old`` is None where it is new, ``new`` where it is gone.

    ``section`` is what kind of thing it is (``fields``, ``tables``), ``name`` which one.
    """

    section: str
    name: str
    old: str | None
    new: str | None

    def to_dict(self) -> dict[str, str | None]:
        """The change as plain data."""
        return {"section": self.section, "name": self.name, "old": self.old, "new": self.new}


class RulesDifference(Frozen):
    """What two versions of a pack say otherwise.

    ``hashing`` and ``accepting`` are the changes that can change what is hashed, and which events
    are sent at all (consent is asked for there).
    """

    changes: tuple[Change, ...]
    hashing: tuple[Change, ...]
    accepting: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def to_dict(self) -> dict[str, Json]:
        """The difference as plain data."""
        return {
            "changes": [change.to_dict() for change in self.changes],
            "can_change_hashing": [f"{each.section}: {each.name}" for each in self.hashing],
            "can_change_who_is_sent": [f"{each.section}: {each.name}" for each in self.accepting],
        }


def compare_rules(old: Examined, new: Examined) -> RulesDifference:
    """What the rules of ``new`` say otherwise than those of ``old``."""
    before, after = _sections(old), _sections(new)
    changes: list[Change] = []
    for name in dict.fromkeys((*before, *after)):
        changes += _changes(name, before.get(name, {}), after.get(name, {}))
    models = (old.model, new.model)
    deciding = frozenset[str]().union(*(_behind(m, _accepting(m)) for m in models))
    hashing = frozenset[str]().union(*(_behind(m, _hashing_nodes(m)) for m in models))
    return RulesDifference(
        tuple(changes),
        hashing=tuple(c for c in changes if _is_hashing(c) or _is_behind(c, hashing)),
        accepting=tuple(c for c in changes if _is_accepting(c) or _is_behind(c, deciding)),
    )


def _is_hashing(change: Change) -> bool:
    """Whether a field is hashed in one of the versions alone, or hashing itself is decided anew."""
    if change.section in (_HASHING, _CLEAR):
        return True
    return change.section.endswith(_FIELDS) and len(set(_marked(change, _HASHED))) > 1


def _is_accepting(change: Change) -> bool:
    """Whether events may be refused, or left out, that were sent before, or the other way round."""
    section = change.section.rpartition(": ")[2]
    if section == _FIELDS:
        return any((*_marked(change, _REQUIRED), *_marked(change, _REFUSED)))
    return section in (_SWITCH, _ACCEPT, _KINDS, _REFUSE, _PAYLOAD) or change.name == _FAN_OUT


def _marked(change: Change, mark: str) -> tuple[bool, bool]:
    """Whether either version has a mark; what is not there has none."""
    old, new = (mark in (text or "").split("; ") for text in (change.old, change.new))
    return old, new


def _is_behind(change: Change, behind: frozenset[str]) -> bool:
    """Whether what the change is about is among what :func:`_behind` names."""
    section, name = change.section, change.name
    if section == _SETTINGS:
        lead, _, name = name.partition(".")
        if lead != "properties":  # such as `required`: it may be of any of them
            return any(each.startswith(section) for each in behind)
    if section in (_TABLES, _SETTINGS):
        name = name.partition(".")[0]
    return section in behind or f"{section}: {name}" in behind


def _accepting(model: Model) -> Iterator[Node]:
    """What decides whether, and how often, an event is sent."""
    for kind in model.requests:
        yield from (rule.condition for rule in (*kind.accept, *kind.refuse))
        yield from (kind.when,) if kind.when is not None else ()
        yield from (variable.values for variable in kind.fan_out)
        yield from (each.value for each in kind.fields.fields if refuses(each))


def _hashing_nodes(model: Model) -> Iterator[Node]:
    return (node for node in (model.hashing, model.already_hashed) if node is not None)


def _behind(model: Model, starts: Iterator[Node]) -> Iterator[str]:
    """The definitions, pipelines, tables and settings that nodes depend on.

    The section alone stands for all tables, or all settings.
    """
    for node in behind(model, starts):
        if isinstance(node, Name) and node.name in (_TABLES, _SETTINGS):
            for path in prefixes(node.tail) if node.tail is not None else [()]:
                yield ": ".join((node.name, *path[:1]))
        elif isinstance(node, Name):
            yield f"{_NAMES}: ${node.name}"
        elif isinstance(node, Call) and node.name in model.pipelines:
            yield f"{_PIPELINES}: {node.name}"


def _changes(section: str, old: Keyed | list[str], new: Keyed | list[str]) -> Iterator[Change]:
    if isinstance(old, list) or isinstance(new, list):
        yield from _moved(section, list(old), list(new))
        return
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Change(section, name, old.get(name), new.get(name))


def _moved(section: str, old: list[str], new: list[str]) -> Iterator[Change]:
    """The changes of a list, whose order counts."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (
                Change(section, f"rule {a + n + 1}", x, None) for n, x in enumerate(old[a:b])
            )
            yield from (
                Change(section, f"rule {c + n + 1}", None, x) for n, x in enumerate(new[c:d])
            )


# What a pack says


def _sections(examined: Examined) -> dict[str, Keyed | list[str]]:
    """All that a pack says, by section: under names, or as a list whose order counts."""
    model = examined.model
    found: dict[str, Keyed | list[str]] = {
        "api": _flat(model.api),
        _SWITCH: {name.text: "switches the destination off" for name in model.file.switch or ()},
        _ACCEPT: list(map(_rule, model.accept)),
        _HASHING: _hashing(model),
    }
    if model.kinds:
        found[_KINDS] = [f"{k.request.name}: {_when(k.when)}" for k in model.requests]
    for kind in model.requests:
        lead = f"{kind.request.name}: " if model.kinds else ""
        found |= {lead + name: section for name, section in _kind(kind, examined).items()}
    found |= {
        _NAMES: _named(name_rows(examined, _all_names(model))),
        _PIPELINES: {name: value_text(each.body) for name, each in model.pipelines.items()},
        _TABLES: _flat(model.tables),
        _CLEAR: [f"{what}: {reason}" for what, reason in clear.told(model)],
        "answers": [line for line in answer_lines(model)[2:] for line in line.splitlines()],
        _SETTINGS: _flat(_without_notes(model.settings_schema)),
        "warnings about settings": list(map(_rule, model.settings_warn)),
    }
    return {name: section for name, section in found.items() if section}


def _kind(kind: Model, examined: Examined) -> dict[str, Keyed | list[str]]:
    request = kind.request
    said = {
        "method": spell(request.method),
        "url": spell(request.url),
        "format": request.format,
        "query": "" if request.query is None else value_text(request.query),
        _FAN_OUT: ", ".join(f"${v.name} of {value_text(v.values)}" for v in kind.fan_out),
        "batch": " ".join(batch_lines(kind)),
    }
    if request.auth is not None:
        said["auth"] = f"{request.auth.scheme} of {', '.join(map(spell, request.auth.parts))}"
    body = fields_of(request.body)
    said |= {} if body else {"body": spell(request.body)}
    said |= {f"body.{n}": t for n, t in _named(field_rows(body, examined)).items()}
    said |= {f"header {n}": t for n, t in _named(field_rows(request.headers, examined)).items()}
    return {
        "request": {name: text for name, text in said.items() if text},
        _FIELDS: _named(field_rows(kind.fields.fields, examined)),
        _REFUSE: list(map(_rule, kind.refuse)),
        "warnings": list(map(_rule, kind.warn)),
        _PAYLOAD: _flat(_without_notes(kind.payload_schema)),
    }


def _all_names(model: Model) -> str:
    """A text that names every definition, so that each has a row."""
    return " ".join(f"${name}" for name in model.definitions)


def _named(rows: Iterable[Row]) -> Keyed:
    return {row.path: _row(row) for row in rows}


def _row(row: Row) -> str:
    parts = [" ".join(row.sources)]
    parts += [f"made by {row.made_by}"] if row.made_by else []
    parts += [_HASHED] if row.hashed else []
    parts += [_REQUIRED] if row.required else []
    parts += row.otherwise.split("; ") if row.otherwise else []
    return "; ".join(parts)


def _hashing(model: Model) -> Keyed:
    found = {"hashed where": model.hashing, "hashed already where": model.already_hashed}
    return {name: spell(node) for name, node in found.items() if node is not None}


def _when(node: Node | None) -> str:
    return "always" if node is None else f"when {spell(node)}"


def _rule(rule: Rule) -> str:
    lead = "without " if rule.negated else "with "
    said = "" if rule.message is None else f': "{spell(rule.message)}"'
    return f"{lead}{spell(rule.condition)}{said}{f' ({rule.kind})' if rule.kind else ''}"


def _without_notes(schema: Json) -> Json:
    if isinstance(schema, list):
        return [_without_notes(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_notes(each) for key, each in schema.items() if key not in _NOTES}


def _flat(value: Mapping[str, Json] | Json, path: str = "") -> Keyed:
    """The values of nested objects by their paths; a list is one value."""
    if isinstance(value, Mapping) and value:
        found: Keyed = {}
        for key, each in value.items():
            found |= _flat(each, f"{path}.{key}" if path else key)
        return found
    return {path: json.dumps(value, ensure_ascii=False)} if path else {}
