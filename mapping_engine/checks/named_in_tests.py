"""What rule tests name and is not there: fields, requests, settings, and paths of the event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Copy, Items, Node, fields_of
from mapping_engine.diagnostics import Check, Diagnostics, Severity, did_you_mean, listed, near_to
from mapping_engine.file.json_types import JsonSchema, follow
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, YamlNode
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Vocabulary

TE02 = Check(
    "TE02 test-names-unknown-rule: a rule test names a field that no rule makes, or a setting that "
    "is not declared",
    Severity.ERROR,
    why="It fails for ever, or under `absent` passes for ever, whatever the rules do. A name that "
    "is near to none that the rules make may stand under `absent`: the test says that it is never "
    "sent.",
    fix="Correct the name, or drop it.",
    ignore="Never: the test cannot show anything.",
    wrong="tests: 1\nevent: {p: {a: b}}\ncases:\n  - name: x is copied\n"
    "    expect: {payload: {y3: b}}\n",
    right="tests: 1\nevent: {p: {a: b}}\ncases:\n  - name: x is copied\n"
    "    expect: {payload: {x: b}}\n",
    file="tests/cases.yaml",
)
_SLIP, _SLIP_OF_EVENT = 0.8, 0.85
"""How near a name is to one that it is meant to be, where it might also be one of its own."""


def stale(model: Model, node: YamlNode, diagnostics: Diagnostics) -> None:
    """Report what a test file names and is not there: fields, requests, settings, paths."""
    if not isinstance(node, MappingNode):
        return
    cases, schema, vocabulary = node.get("cases"), model.settings_schema, model.vocabulary
    root = vocabulary.root.described
    _settings(node.get("settings"), schema, schema, "", diagnostics)
    _event(node.get("event"), root, vocabulary, diagnostics)
    for case in cases.items if isinstance(cases, ListNode) else ():
        expect = case.get("expect") if isinstance(case, MappingNode) else None
        if isinstance(case, MappingNode) and isinstance(expect, MappingNode):
            _expected(model, expect, diagnostics)
            error = expect.get("error")
            kind = error.get("kind") if isinstance(error, MappingNode) else None
            is_refused = isinstance(kind, ScalarNode) and kind.text == "configuration"
            own = case.get("settings")
            _settings(own, schema, schema, "", diagnostics, only_near=is_refused)
            events = case.get("events")
            several = events.items if isinstance(events, ListNode) else ()
            for event in (case.get("event"), *several):
                _event(event, root, vocabulary, diagnostics)


def _event(
    node: YamlNode | None,
    described: Described | None,
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
) -> None:
    """Report keys of an event that are nearly ones which the vocabulary declares."""
    if isinstance(node, ListNode):
        for item in node.items:
            _event(item, described and described.item, vocabulary, diagnostics)
    fields = vocabulary.fields_of(described)
    if not isinstance(node, MappingNode):
        return
    for entry in node.entries:
        name = entry.key.text
        if name in fields:
            _event(entry.value, fields[name], vocabulary, diagnostics)
        elif near := _meant(name, fields, [each.key.text for each in node], _SLIP_OF_EVENT):
            message = f"the test sends `{name}`, which the vocabulary does not declare"
            help = f"did you mean `{near}`?"
            diagnostics.report(TE02, message, entry.key.span, help=help, lighter=Severity.WARNING)


def _meant(
    name: str, names: Iterable[str], others: Iterable[str], slip: float = _SLIP
) -> str | None:
    """The name that is meant by a slip of the hand: one that is not used beside it.

    Names of the same letters, `orderId` and `order_id`, are different on purpose.
    """
    near = near_to(name, names, slip)
    is_slip = near and near not in others and _letters(near) != _letters(name)
    return near if is_slip else None


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _settings(
    node: YamlNode | None,
    schema: object,
    whole: JsonSchema,
    prefix: str,
    diagnostics: Diagnostics,
    *,
    only_near: bool = False,
) -> None:
    """Report settings, also in objects and lists, that a schema does not declare.

    Of a case that the settings refuse, ``only_near`` those that are nearly declared.
    """
    declared = follow(whole, schema) if isinstance(schema, dict) else {}
    if isinstance(node, ListNode):
        for item in node.items:
            _settings(item, declared.get("items"), whole, prefix, diagnostics, only_near=only_near)
    properties = declared.get("properties")
    if not isinstance(node, MappingNode) or not isinstance(properties, dict):
        return
    for entry in node.entries:
        name = entry.key.text
        if name in properties:
            below = f"{prefix}{name}."
            value, inner = entry.value, properties[name]
            _settings(value, inner, whole, below, diagnostics, only_near=only_near)
        elif not isinstance(declared.get("additionalProperties"), dict):
            if only_near and not near_to(_letters(name), map(_letters, properties), _SLIP):
                continue
            message = f"the test sets `{prefix}{name}`, which the settings schema does not declare"
            near = did_you_mean(name, properties)
            help = near or "correct the name, or drop it"
            lighter = None if near else Severity.WARNING
            diagnostics.report(TE02, message, entry.key.span, help=help, lighter=lighter)


def _expected(model: Model, expect: MappingNode, diagnostics: Diagnostics) -> None:
    _requests(model, expect.get("requests"), diagnostics)
    made = [each.fields for each in model.requests]
    payloads, absent = expect.get("payloads"), expect.get("absent")
    every = payloads.items if isinstance(payloads, ListNode) else ()
    for payload in (expect.get("payload"), *every):
        if payload is not None:
            _payload(made, payload, "", diagnostics)
    _headers(model, expect.get("headers"), diagnostics)
    for path in absent.items if isinstance(absent, ListNode) else ():
        if isinstance(path, ScalarNode):
            _path(made, path, diagnostics)


def _requests(model: Model, node: YamlNode | None, diagnostics: Diagnostics) -> None:
    """Report names of requests that the rules do not have."""
    names = [kind.request.name for kind in model.kinds]
    for item in node.items if isinstance(node, ListNode) and names else ():
        if isinstance(item, ScalarNode) and item.text not in names:
            message = f"the test names the request `{item.text}`, which the rules do not have"
            help = did_you_mean(item.text, names) or f"they have {listed(names)}"
            diagnostics.report(TE02, message, item.span, help=help)


def _headers(model: Model, node: YamlNode | None, diagnostics: Diagnostics) -> None:
    """Report names of headers that no request is to have, and that none ever has by a slip."""
    requests = [each.request for each in model.requests]
    names = {header.name.casefold(): header.name for each in requests for header in each.headers}
    for entry in node.entries if isinstance(node, MappingNode) else ():
        name, value = entry.key.text, entry.value
        is_absent = isinstance(value, ScalarNode) and value.value is None
        if is_absent and name.casefold() not in names and near_to(name.casefold(), names, _SLIP):
            message = f"the test names the header `{name}`, which no request has"
            help = did_you_mean(name, names.values())
            diagnostics.report(TE02, message, entry.key.span, help=help)


def _payload(
    made: Sequence[Node],
    node: YamlNode,
    prefix: str,
    diagnostics: Diagnostics,
    is_known: bool = True,
) -> None:
    """Hold the names in a payload, or a part of one, against those that the rules write.

    Where a copy may write others, a name is reported that is nearly one of theirs.
    """
    if isinstance(node, ListNode):
        for item in node.items:
            _payload(made, item, prefix, diagnostics, is_known)
    elif isinstance(node, MappingNode):
        fields, is_known = _values(made), is_known and all(map(_is_known, made))
        others = [each.key.text for each in node.entries]
        for entry in node.entries:
            name, path = entry.key.text, f"{prefix}{entry.key.text}"
            if name in fields:
                _payload([fields[name]], entry.value, f"{path}.", diagnostics, is_known)
            elif is_known or _meant(name, fields, others):
                _report(path, entry.key, fields, diagnostics)


def _path(made: Sequence[Node], path: ScalarNode, diagnostics: Diagnostics) -> None:
    """Report a path under `absent` that is nearly one that the rules make."""
    for step in path.text.split("."):
        fields, name = _values(made), step.split("[")[0]
        if name not in fields:
            if near_to(name, fields, _SLIP):  # else the test says: this is never sent
                _report(path.text, path, fields, diagnostics)
            return
        made = [fields[name]]


def _values(made: Iterable[Node]) -> dict[str, Node]:
    """The fields by name; what several kinds of request write may be any of them."""
    found: dict[str, Node] = {}
    for field in (field for node in made for field in fields_of(node)):
        own = _values([field.value]) if field.spread else {field.name: field.value}
        for name, value in own.items():
            other = found.setdefault(name, value)
            if other is not value:
                found[name] = Items(field.value.at, (other, value))
    return found


def _is_known(value: Node) -> bool:
    """Whether all that an object can hold is written in the rules; a copy may hold more."""
    fields = fields_of(value)
    spread = [field.value for field in fields if field.spread]
    return bool(fields) and not isinstance(value, Copy) and all(map(_is_known, spread))


def _report(path: str, place: ScalarNode, names: Iterable[str], diagnostics: Diagnostics) -> None:
    message = f"the test names the field `{path}`, which no rule makes"
    help = did_you_mean(path.rpartition(".")[2], names) or "correct the name, or drop it"
    diagnostics.report(TE02, message, place.span, help=help)
