"""Everything the loader can know of a mapping: names, types, and what flows where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.core.clear import yields_copies
from mapping_engine.core.consequences import without_consequences
from mapping_engine.core.encryption import check_encrypted
from mapping_engine.core.examine_sending import examine_sending
from mapping_engine.core.facts import Facts
from mapping_engine.core.infer import check_list, infer, pipeline_type
from mapping_engine.core.inference import Inference, Scope
from mapping_engine.core.item_types import item_of
from mapping_engine.core.model import (
    BUILTINS,
    PAYLOAD,
    PAYLOADS,
    Model,
    Variable,
    reachable,
    sent_parts,
)
from mapping_engine.core.needless import check_needed, check_warned
from mapping_engine.core.nodes import (
    Items,
    Name,
    Node,
    Object,
    Template,
    children,
)
from mapping_engine.core.secrets import check_secrets
from mapping_engine.core.sinks import (
    check_beside_payload,
    check_in_url,
    check_payload,
    check_shown,
)
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import YamlNode
from mapping_engine.types.kinds import ANY
from mapping_engine.types.type import Type


def examine(
    model: Model,
    diagnostics: Diagnostics,
    chosen: Mapping[int, Type] | None = None,
    tables: Mapping[str, YamlNode] | None = None,
) -> Facts:
    """Report every mistake in a model; what was found out about its parts.

    ``chosen`` are the types of reads at paths that settings choose, where these are given, and
    ``tables`` the tables as they are written.
    """
    whole, every = Facts(), Diagnostics()
    for each in model.requests:
        own = Diagnostics()
        found = Inference(each, own, chosen=chosen or {}, tables=tables or {})
        whole.add(_examined(found))
        every.found += own.found
    found = Inference(model, every, whole)
    check_secrets(found)
    check_needed(found)
    diagnostics.found += without_consequences(every.found, diagnostics.found, model)
    return whole


def _examined(found: Inference) -> Facts:
    """What is found out about one kind of request, and all that it uses."""
    model = found.model
    for pipeline in model.pipelines.values():
        arguments = {name: Type(ANY, True) for name in pipeline.parameters}
        pipeline_type(pipeline, Type(ANY, True), arguments, found)
    event = Scope({})
    request = _names(event, found).under(model.when)
    for condition in (model.hashing, model.already_hashed):
        if condition is not None:
            infer(condition, event, found)
    for rule in (*model.settings_warn, *model.accept):
        infer(rule.condition, event, found)
        _message(rule.message, event, found)
    if model.when is not None:
        infer(model.when, event, found)
    if model.none is not None:
        _message(model.none.message, event, found)
    infer(model.fields, request, found)
    check_payload(found)
    check_warned(found)
    late = replace(request, late=True)
    joined = replace(event.under(model.when), joined=True)
    _request(joined if model.joins else late, found)
    for rule in (*model.refuse, *model.warn):
        infer(rule.condition, late, found)
        _message(rule.message, late, found)
    examine_sending(found)
    return found.facts


def _names(scope: Scope, found: Inference) -> Scope:
    """Find the types of definitions and fan-out variables, each after those that it uses."""
    model = found.model
    for variable in model.fan_out:
        _definitions(scope, found)
        scope = scope.having(variable.name, _variable(variable, scope, found))
        found.facts.names[variable.name] = scope.variables[variable.name]
    _definitions(scope, found)
    return scope


def _definitions(scope: Scope, found: Inference) -> None:
    """Find the types of the definitions that need no other variables than those of a scope."""
    model, inside = found.model, replace(scope, late=True, joined=found.model.joins)
    known = {*scope.variables, PAYLOAD, *((PAYLOADS,) if model.joins else ())}
    is_asked = bool(model.request.name or model.clear)
    used = _used(model) if is_asked else frozenset(model.definitions)
    opened = _opened_copies(model)
    for name, node in model.definitions.items():
        depends = model.depends.get(name, frozenset())
        is_elsewhere = (
            model.request.name != ""
            and name not in used
            and not depends.isdisjoint((PAYLOAD, PAYLOADS))
        )
        if name not in found.facts.names and depends <= known and not is_elsewhere:
            told = found.silent() if name in opened - used else found
            found.facts.names[name] = infer(node, inside, told)


def _opened_copies(model: Model) -> set[str]:
    """The definitions of copies, of a mapping that sends personal data in clear.

    Where they stand nowhere but in fields that may hold it, what is wrong with them is reported
    there, in the place of their names.
    """
    if not model.clear:
        return set()
    known = model.definitions
    return {name for name, node in known.items() if yields_copies(node, known)}


def _used(model: Model) -> frozenset[str]:
    """The names that are used on the way of an event."""
    nodes = reachable(model, sent_parts(model))
    return frozenset(node.name for node in nodes if isinstance(node, Name))


def _variable(variable: Variable, scope: Scope, found: Inference) -> Type:
    """The type of the values of a fan-out variable."""
    listed = infer(variable.values, scope, found)
    check_list("a fan-out", variable.values, listed, found)
    is_builtin = variable.name in BUILTINS
    if is_builtin or variable.name in found.model.definitions:
        hidden = "built-in name" if is_builtin else "definition of that name"
        found.diagnostics.report(
            "PR02",
            f"the fan-out variable `{variable.name}` hides the {hidden}",
            variable.span,
            help="give one of them another name",
        )
    item = item_of(listed) or Type(ANY, False)
    return replace(item, missing=False, tags=item.tags | listed.spreading)


def _request(scope: Scope, found: Inference) -> None:
    request = found.model.request
    for node in (request.method, *children(request.url)):
        infer(node, scope, found)
        check_in_url(node, found)
    check_encrypted(found)
    if request.within is not None:
        infer(request.within, scope, found)
    for part in _leaves(request.query) if request.query is not None else ():
        infer(part, scope, found)
        check_in_url(part, found)
    for header in request.headers:
        _beside_payload(header.value, scope, found)
    for part in request.auth.parts if request.auth is not None else ():
        _beside_payload(part, scope, found)
    _beside_payload(request.body, scope, found, takes_payload=True)


def _beside_payload(
    node: Node, scope: Scope, found: Inference, *, takes_payload: bool = False
) -> None:
    """The parts of a header or a body, each for itself; the payload is held to its schema."""
    for part in _leaves(node):
        infer(part, scope, found)
        if not (takes_payload and isinstance(part, Name) and part.name in (PAYLOAD, PAYLOADS)):
            check_beside_payload(part, found)


def _leaves(node: Node) -> list[Node]:
    match node:
        case Object(fields=fields) if all(f.when is None and f.default is None for f in fields):
            return [leaf for field in fields for leaf in _leaves(field.value)]
        case Items(items=items):
            return [leaf for item in items for leaf in _leaves(item)]
        case _:
            return [node]


def _message(template: Template | None, scope: Scope, found: Inference) -> None:
    for part in children(template) if template is not None else ():
        infer(part, scope, found)
        check_shown(part, "a message", found)
