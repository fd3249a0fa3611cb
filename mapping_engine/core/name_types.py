"""What a ``$name`` means where it is used, and its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping_engine.core.event_paths import check_below
from mapping_engine.core.inference import Inference, Scope
from mapping_engine.core.item_types import collected
from mapping_engine.core.model import BUILTINS, PAYLOAD, PAYLOADS, PIPED, SECRETS
from mapping_engine.core.nodes import KEY, Name
from mapping_engine.core.spell import is_written, written_name
from mapping_engine.diagnostics import (
    Diagnostics,
    Fix,
    Severity,
    did_you_mean,
    listed,
    nearest,
    rename,
    slip_of,
)
from mapping_engine.expression import Extent
from mapping_engine.file.json_types import (
    is_closed,
    items_schema,
    kinds_of,
    property_names,
    property_schema,
    setting_type,
)
from mapping_engine.selectors import prefixes, projections, vocabulary_path
from mapping_engine.types.kinds import ANY, LIST, NUMBER, OBJECT, TEXT
from mapping_engine.types.type import (
    BROKEN,
    IDENTIFYING,
    PUBLIC_TEXT,
    SECRET,
    UNDECLARED,
    UNKNOWN,
    WHOLE,
    Type,
    join,
    type_of_constant,
)
from mapping_engine.types.units import declared_unit, unit_tag
from mapping_engine.vocabulary.vocabulary import EVENT

_PLACES = {
    "item": "under `each` and `entries_of`",
    KEY: "under `entries_of`",
    PIPED: "inside a pipeline",
    "payload": "in `refuse`, `warn` and `request`",
    "payloads": "in the body of a request with a `fan_out`",
}


_HIDDEN = frozenset({UNDECLARED, IDENTIFYING})
"""What is sent is never shown."""


def name_type(node: Name, scope: Scope, found: Inference) -> Type:
    """The type of ``$name`` with its steps; a name that means nothing here is reported."""
    name = node.name
    if name in scope.variables:
        return _below(scope.variables[name], node, found)
    if scope.only:
        return _in_pipeline(node, scope, found)
    if name in found.model.definitions:
        return _below(_definition(node, scope, found), node, found)
    return _builtin(node, scope, found)


def _builtin(node: Name, scope: Scope, found: Inference) -> Type:
    match node.name:
        case "settings":
            return _setting(node, found)
        case "secrets":
            return _secret(node, found)
        case "api":
            return _api(node, found)
        case "tables":
            return _table(node, found)
        case "now" | "now_ms":
            unit = unit_tag("epoch_s" if node.name == "now" else "epoch_ms")
            return Type(NUMBER, False, frozenset({WHOLE, unit}))
        case "integration":
            hidden = frozenset({UNDECLARED})
            return Type(OBJECT if node.tail is None else ANY, True, hidden)
        case "payload" if scope.late:
            return _payload(node, found)
        case "payloads" if scope.joined:
            return Type(LIST if node.tail is None else ANY, node.tail is not None, _HIDDEN)
        case _:
            return _undefined(node, scope, found)


def _in_pipeline(node: Name, scope: Scope, found: Inference) -> Type:
    if node.name == "tables":
        return _table(node, found)
    if node.name in found.model.definitions or node.name in BUILTINS:
        message = f"`${node.name}` is not available inside a pipeline"
        help = "declare a parameter and pass it: `steps |> name($value)`"
        return _mistaken(node, "FO02", message, help, found)
    known = listed(f"${name}" for name in ("tables", *scope.variables))
    message = f"`${node.name}` is not defined"
    return _mistaken(node, "PR01", message, f"inside a pipeline: {known}", found)


def _undefined(node: Name, scope: Scope, found: Inference) -> Type:
    model, name = found.model, node.name
    if name in model.fan_out_names or name in BUILTINS or name in _PLACES:
        place = _PLACES.get(name, "where the requests of a fan-out are made")
        return _mistaken(node, "FO02", f"`${name}` is only available {place}", None, found)
    written = filter(is_written, model.definitions)
    builtins = (each for each in BUILTINS if each != SECRETS or model.secrets)
    names = [*builtins, *written, *model.fan_out_names, *scope.variables]
    if name in model.vocabulary.objects.get(EVENT, {}):
        help = f"a path of the event has no `$`: write `{name}`"
        return _mistaken(node, "PR01", f"`${name}` is not defined", help, found)
    dollars = [f"${each}" for each in names]
    help = did_you_mean(f"${name}", dollars) or f"available: {listed(dollars)}"
    fix = _rename(node, 1, name, names)
    return _mistaken(node, "PR01", f"`${name}` is not defined", help, found, fix)


def _definition(node: Name, scope: Scope, found: Inference) -> Type:
    shown = f"`${written_name(node.name)}`"
    needed = found.model.depends.get(node.name, frozenset()) - set(scope.variables)
    for name, is_there in ((PAYLOAD, scope.late), (PAYLOADS, scope.joined)):
        if name in needed and not is_there:
            message = f"{shown} uses `${name}`, which does not exist yet here"
            return _mistaken(node, "FO02", message, None, found)
    needed -= {PAYLOAD, PAYLOADS}
    if needed:
        message = (
            f"{shown} depends on the fan-out variable {listed(needed)}, which has no value here"
        )
        return _mistaken(node, "FO02", message, None, found)
    return found.facts.names.get(node.name, UNKNOWN)


def _below(start: Type, node: Name, found: Inference) -> Type:
    if node.tail is None:
        return start
    path = vocabulary_path(node.tail)
    if path is None:
        return _unknown_below(start)
    if start.parts:
        return _below_parts(start.parts, node, found)
    if start.described is not None:
        check_below(start.described, node, path, found.model.vocabulary, found.diagnostics)
        made = found.model.vocabulary.below(start, path)
    else:
        made = _deeper(start, path, node, found)
    return collected(made, projections(node.tail))


def _below_parts(parts: tuple[Type, ...], node: Name, found: Inference) -> Type:
    """Below one of several sorts of objects; a mistake is one that all of them report."""
    types, reports = [], []
    for part in parts:
        apart = replace(found, diagnostics=Diagnostics())
        types.append(_below(part, node, apart))
        reports.append(apart.diagnostics.found)
    if all(reports):
        found.diagnostics.found.extend(reports[0])
    return join(types).or_missing()


def _deeper(start: Type, path: tuple[str, ...], node: Name, found: Inference) -> Type:
    """The type some steps below a value that is reached by ``node``."""
    if not path:
        return start
    step = path[0]
    if start.parts:
        declared = {name for part in start.parts for name in part.fields or ()}
        near = slip_of(step, declared) if step not in declared else None
        if near is not None:  # one of the parts may hold other names, which this hardly is
            message, help = f"`${node.name}` has no field `{step}`", f"did you mean `{near}`?"
            found.diagnostics.report(
                "SE08", message, node.span, help=help, lighter=Severity.WARNING
            )
        return join([_deeper(part, path, node, found) for part in start.parts])
    if step == "[]" and start.described is None:
        if start.item is None:
            return _unknown_below(start)
        return _deeper(start.item, path[1:], node, found).or_missing()
    if step != "[]" and start.kinds and not start.kinds & OBJECT:
        place = "an item of" if node.tail and node.tail.text.startswith("[") else "a value in"
        message = f"{place} `${node.name}` is {start.kinds}, which has no field `{step}`"
        return _mistaken(node, "SE08", message, None, found)
    if start.described is not None:
        return found.model.vocabulary.below(start, path)
    if start.fields is None:
        return _unknown_below(start)
    if step not in start.fields:
        help = did_you_mean(step, start.fields) or f"it has {listed(start.fields)}"
        fix = _rename(node, len(node.name) + 2, step, start.fields)
        return _mistaken(node, "SE08", f"`${node.name}` has no field `{step}`", help, found, fix)
    made = _deeper(start.fields[step], path[1:], node, found)
    return made.or_missing() if start.missing else made


def _payload(node: Name, found: Inference) -> Type:
    """What is read of the payload: of the kind that its schema declares.

    It is never shown, unless all that the rules send there may be.
    """
    path = _path(node)
    if node.tail is None or path is None:
        is_whole = node.tail is None
        return Type(OBJECT if is_whole else ANY, not is_whole, _hidden((), found))
    root: Mapping[str, object] = found.model.payload_schema
    schema = root
    for step in path:
        if step == "[]":
            schema = items_schema(root, schema)
            continue
        below = property_schema(root, schema, step)
        if below is None and is_closed(root, schema):
            names = property_names(root, schema)
            help = did_you_mean(step, names) or f"accepted: {listed(names)}"
            fix = _rename(node, len("$payload."), step, names) if schema is root else None
            message = f"the payload schema has no field `{step}`"
            return _mistaken(node, "OU01", message, help, found, fix)
        near = nearest(step, property_names(root, schema)) if below is None else None
        if near is not None:
            message = f"the payload schema does not declare `{step}`"
            help = f"did you mean `{near}`?"
            found.diagnostics.report(
                "OU01", message, node.span, help=help, lighter=Severity.WARNING
            )
        schema = below or {}
    unit = declared_unit(schema)
    tags = _hidden(path, found) | ({unit_tag(unit)} if unit else set())
    return Type(kinds_of(schema), True, tags)


def _hidden(path: tuple[str, ...], found: Inference) -> frozenset[str]:
    """What keeps a part of the payload from being shown; a definition comes before the fields."""
    made = found.facts.type_of(found.model.fields)
    for step in path:
        below = made.item if step == "[]" else (made.fields or {}).get(step)
        if below is None:
            break
        made = below
    return frozenset() if made.may_be_shown else _HIDDEN


def _setting(node: Name, found: Inference) -> Type:
    root = schema = found.model.settings_schema
    path = _path(node)
    if path is None:
        secret = any(s.get("x-secret") is True for s in root.get("properties", {}).values())
        every = not node.tail or not prefixes(node.tail)
        tags = frozenset({SECRET}) if secret and every else frozenset[str]()
        return Type(ANY, False, tags)
    made, sure = setting_type(root, root), True
    for depth, step in enumerate(path):
        if step == "[]":
            schema, sure = dict(items_schema(root, schema)), False
        else:
            below = property_schema(root, schema, step)
            if below is None:
                return _unknown_setting(node, step, schema, depth, found)
            sure = sure and (step in schema.get("required", ()) or "default" in below)
            schema = dict(below)
        made = setting_type(root, schema)
        if not sure:
            made = made.or_missing()
    return collected(made, projections(node.tail)) if node.tail else made


def _unknown_setting(
    node: Name, step: str, schema: dict[str, object], depth: int, found: Inference
) -> Type:
    root = found.model.settings_schema
    names = property_names(root, schema)
    help = did_you_mean(step, names) or f"declared: {listed(names)}"
    if depth == 0 or is_closed(root, schema):
        fix = _rename(node, len(node.name) + 2, step, names) if depth == 0 else None
        return _mistaken(node, "FO03", f"setting `{step}` is not declared", help, found, fix)
    if names:
        message = f"`{step}` is not declared in this setting"
        found.diagnostics.report("FO03", message, node.span, help=help, lighter=Severity.WARNING)
    return Type(ANY, True, frozenset({UNDECLARED}))


def _api(node: Name, found: Inference) -> Type:
    constants, path = found.model.api, _path(node)
    if path is not None and len(path) == 1 and path[0] in constants:
        return Type(PUBLIC_TEXT.kinds, False)
    return _unknown_member(node, "FO03", "`api` has no `{}`", constants, found)


def _secret(node: Name, found: Inference) -> Type:
    """A secret that is given; one that lies elsewhere is a definition."""
    secrets, path = found.model.secrets, _path(node)
    if path is not None and len(path) == 1 and path[0] in secrets:
        return Type(TEXT, bool(secrets[path[0]].optional), frozenset({SECRET}))
    return _unknown_member(node, "FO03", "secret `{}` is not declared", secrets, found)


def _table(node: Name, found: Inference) -> Type:
    tables, path = found.model.tables, _path(node)
    if path is not None and path[0] in tables:
        return type_of_constant(tables[path[0]]) if len(path) == 1 else Type(ANY, True)
    return _unknown_member(node, "PR01", "table `{}` is not defined", tables, found)


def _path(node: Name) -> tuple[str, ...] | None:
    """The steps behind a name, where they are no more than that."""
    return vocabulary_path(node.tail) if node.tail else None


def _unknown_member(
    node: Name, code: str, unknown: str, members: Iterable[str], found: Inference
) -> Type:
    step = (_path(node) or ("",))[0]
    message = unknown.format(step) if step else f"write `${node.name}.name`"
    help = did_you_mean(step, members) or f"available: {listed(members)}"
    fix = _rename(node, len(node.name) + 2, step, members)
    return _mistaken(node, code, message, help, found, fix)


def _rename(node: Name, shift: int, given: str, accepted: Iterable[str]) -> Fix | None:
    """The fix that writes the nearest name ``shift`` characters into the reference."""
    if not isinstance(node.at, Extent):
        return None
    start = node.at.start + shift
    return rename(node.at.scalar.span_at(start, start + len(given)), given, accepted)


def _mistaken(
    node: Name,
    code: str,
    message: str,
    help: str | None,
    found: Inference,
    fix: Fix | None = None,
) -> Type:
    """Report a mistake; answers the type of what is reported."""
    found.diagnostics.report(code, message, node.span, help=help, fix=fix)
    return BROKEN


def _unknown_below(start: Type) -> Type:
    """What lies below a value of which only the tags are known."""
    undeclared = frozenset({UNDECLARED}) if start.tags else frozenset[str]()
    return Type(ANY, True, start.spreading | undeclared)
