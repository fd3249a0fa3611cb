"""The types that transforms yield, and what is wrong with their arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mapping_engine.core.chosen_paths import check_chosen
from mapping_engine.core.event_paths import check_keys
from mapping_engine.core.hash_types import check_hashing, digest_type, report_change
from mapping_engine.core.inference import Inference, constant
from mapping_engine.core.item_types import collected, item_of
from mapping_engine.core.nodes import Call, Const, Items, Name, Node
from mapping_engine.transforms.declare import Boxing, Flow, Json, Parameter, Rejected, Transform
from mapping_engine.types.kinds import ANY, LIST, OBJECT, Kinds, is_missing, kind_of
from mapping_engine.types.type import (
    BROKEN,
    DIGEST,
    UNDECLARED,
    UNKNOWN,
    WHOLE,
    Type,
    join,
    mixed,
    type_of_values,
)
from mapping_engine.types.units import unit_tag

Arguments = list[Type | None]


def transform_type(
    node: Call, target: Transform, source: Type, arguments: Arguments, found: Inference
) -> Type:
    """The type of what a transform makes of a value; one that it never takes is reported."""
    if not source.kinds:
        return BROKEN
    if target.reads_event:
        return _located(node, target, found)
    if not source.kinds & target.accepts:
        message = f"`{node.name}` accepts {target.accepts}, but gets {source.kinds}"
        found.diagnostics.report("TX03", message, node.step.span)
        return BROKEN
    if target.flow is Flow.HASH:
        check_hashing(node, source, found)
        return digest_type(target, source)
    known, values = _constants(node, target, found)
    if known and source.values is not None:
        folded = _folded(target, source, values)
        if folded is not None:
            return folded
    return _general(node, target, source, arguments, values, found)


def _constants(node: Call, target: Transform, found: Inference) -> tuple[bool, list[Json]]:
    """Whether all arguments are known now, and their values; None for one that is not."""
    given = [constant(found.model, a) if a is not None else (True, None) for a in node.arguments]
    pairs = zip(target.parameters, node.arguments, given, strict=True)
    values = [p.default if a is None else value for p, a, (_, value) in pairs]
    return all(known for known, _ in given), values


def _located(node: Call, target: Transform, found: Inference) -> Type:
    """The type at a path of the event that stands in the rules; one that settings choose."""
    known, values = _constants(node, target, found)
    if not known:
        check_chosen(node, found)
        under = node.arguments[1] if len(node.arguments) > 1 else None
        if under is not None and isinstance(values[1], str):
            check_keys((values[1],), under.span, found.model.vocabulary, found.diagnostics)
    if target.locate is None or not known:
        return found.chosen.get(id(node), Type(target.returns, True, UNKNOWN.tags))
    steps = target.locate(*values) or ()
    path = tuple(step if isinstance(step, str) else "[]" for step in steps)
    place = node.arguments[0] or node
    check_keys(path, place.span, found.model.vocabulary, found.diagnostics)
    return found.model.vocabulary.type_of(path).or_missing()


def _folded(target: Transform, source: Type, arguments: list[Json]) -> Type | None:
    """The type of a transform of values that are all known: what it makes of each."""
    for parameter, given in zip(target.parameters, arguments, strict=True):
        missing = given is None and not parameter.required
        if not (missing or _is_right(parameter, given)):
            return None  # that is reported already
    convert: Callable[[Json], Json] = target.bound(*arguments)
    made = [convert(value) if _fits(value, target) else None for value in source.values or ()]
    lost = any(isinstance(value, Rejected) or is_missing(value) for value in made)
    left = [v for v in made if not isinstance(v, Rejected) and not is_missing(v)]
    if not left:
        return Type(target.returns, True, source.tags - {WHOLE, DIGEST})
    types = type_of_values(left)
    kept = source.tags if target.flow is Flow.KEEP else source.spreading
    return replace(types, missing=source.missing or lost, tags=types.tags | (kept - {WHOLE}))


def _general(
    node: Call,
    target: Transform,
    source: Type,
    arguments: Arguments,
    values: list[Json],
    found: Inference,
) -> Type:
    missing = _may_be_missing(target, source, arguments)
    merits = {WHOLE} if target.whole and target.whole(*values) else set[str]()
    if target.unit is not None:
        merits.add(unit_tag(target.unit))
    if target.flow is Flow.KEEP:
        made = replace(_boxed(target, source), missing=missing)
    elif target.flow is Flow.CLEAR:
        made = Type(target.returns, missing, frozenset(merits))
    elif source.is_digest:
        report_change(node, found.diagnostics)
        return Type(target.returns, missing, source.tags)
    else:
        given = [a for a in arguments if a is not None]
        made = mixed([source, *given], target.returns, missing=missing)
        made = replace(made, tags=made.tags | merits)
    return _narrowed(target, _parts(target, made), values)


def _parts(target: Transform, made: Type) -> Type:
    """The type with what is known of its items and fields."""
    if isinstance(target.items, Kinds):
        made = replace(made, item=Type(target.items, not target.present, made.spreading))
    if target.fields:
        undeclared = frozenset({UNDECLARED}) if made.tags else frozenset[str]()
        below = Type(ANY, True, made.spreading | undeclared)
        made = replace(made, fields=dict.fromkeys(target.fields, below))
    return made


def _narrowed(target: Transform, made: Type, values: list[Json]) -> Type:
    """The type, if these are all the values that there can be."""
    possible = target.yields(*values) if target.yields else None
    if not possible:
        return made
    types = type_of_values(possible)
    return replace(
        made,
        kinds=types.kinds & made.kinds if types.kinds & made.kinds else made.kinds,
        values=types.values,
        item=types.item,
        tags=made.tags | (types.tags & {WHOLE}),
    )


def _may_be_missing(target: Transform, source: Type, arguments: Arguments) -> bool:
    fits = not (source.kinds.names - target.accepts.names)
    pairs = zip(target.parameters, arguments, strict=True)
    required = [given for parameter, given in pairs if parameter.required and given is not None]
    absent = source.missing or any(given.missing for given in required)
    return absent or not (target.total and fits)


def _boxed(target: Transform, source: Type) -> Type:
    """The result of a transform that keeps its value: the same, in another box."""
    plain = Type(target.returns, True, source.tags, source.described)
    match target.items:
        case Boxing.SAME:
            item = item_of(source)
            if item is not None and target.present:
                item = replace(item, missing=False)
            return replace(plain, item=item)
        case Boxing.UNWRAP:
            inner = item_of(source)
            if inner is None:
                return replace(plain, described=None)
            return replace(inner, tags=inner.tags | source.own)
        case Boxing.FLAT:
            return replace(plain, described=None, item=_flattened(item_of(source)))
        case Boxing.UNWRAP_ONE:
            inner = item_of(source) or UNKNOWN
            whole = replace(plain, kinds=LIST, item=source.item)
            return join([replace(inner, tags=inner.tags | source.own), whole])
        case Boxing.WRAP if source.kinds == LIST:
            return replace(plain, item=item_of(source))
        case Boxing.WRAP:
            return plain if LIST & source.kinds else collected(replace(source, missing=False), 1)
        case _:
            kinds = source.kinds & target.returns
            fields = source.fields if target.returns == OBJECT else None
            return replace(plain, kinds=kinds or target.returns, fields=fields)


def _flattened(item: Type | None) -> Type | None:
    """The type of what is in a flat list, from that of the items before."""
    if item is None or not item.kinds & LIST:
        return item
    inner, other = item_of(item), Kinds(item.kinds.names - LIST.names)
    if inner is None:
        return None
    return join([inner, replace(item, kinds=other, item=None)]) if other else inner


# Arguments


def check_arguments(node: Call, target: Transform, types: Arguments, found: Inference) -> None:
    """Report arguments of a wrong kind, and constants that are wrong (TX02, TX06)."""
    for parameter, value, given in zip(target.parameters, node.arguments, types, strict=True):
        if value is not None and given is not None:
            _check_argument(node, parameter, value, given, found)
    known, values = _constants(node, target, found)
    clash = target.clash(*values) if known and target.clash is not None else None
    if clash is not None:
        found.diagnostics.report("TX02", clash, node.step.span)


def _check_argument(
    node: Call, parameter: Parameter, value: Node, given: Type, found: Inference
) -> None:
    name, code = parameter.name, "TX02"
    if given.kinds and not given.kinds & parameter.kinds:
        message = f"`{node.name}` takes {parameter.kinds} as `{name}`, not {given.kinds}"
    elif parameter.constant and not _is_constant(value):
        message = f"`{name}` of `{node.name}` must be a constant or a table"
    else:
        known, made = constant(found.model, value)
        problem = _problem(parameter, made, found) if known else None
        if not problem:
            return
        message = f"`{name}` {problem}"
        if name == "pattern":
            code, message = "TX06", f"invalid regular expression: {problem}"
    found.diagnostics.report(code, message, value.span)


def _problem(parameter: Parameter, value: Json, found: Inference) -> str | None:
    """What is wrong with a constant; large tables are looked at once."""
    if parameter.problem is None:
        return None
    key = (parameter.problem, id(value))
    if key not in found.problems or not isinstance(value, dict | list):
        found.problems[key] = parameter.problem(value)
    return found.problems[key]


def _is_right(parameter: Parameter, given: Json) -> bool:
    """Whether an argument is of a kind that the parameter takes, and no problem."""
    right = kind_of(given) in parameter.kinds.names
    return right and not (parameter.problem and parameter.problem(given))


def _fits(value: object, target: Transform) -> bool:
    return kind_of(value) in target.accepts or target.accepts == ANY


def _is_constant(value: Node) -> bool:
    if isinstance(value, Items):
        return all(_is_constant(item) for item in value.items)
    return isinstance(value, Const) or (isinstance(value, Name) and value.name == "tables")
