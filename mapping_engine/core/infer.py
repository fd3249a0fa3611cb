"""The types of values, and every mistake that shows on the way: one walk over the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from mapping_engine.core import nodes
from mapping_engine.core.call_types import check_arguments, transform_type
from mapping_engine.core.copies import asks_settings, clear_paths, secret_paths
from mapping_engine.core.event_paths import check_path
from mapping_engine.core.hash_types import report_change
from mapping_engine.core.inference import Inference, Scope, constant
from mapping_engine.core.item_types import collected, item_of
from mapping_engine.core.model import PIPED, Model, Pipeline
from mapping_engine.core.name_types import name_type
from mapping_engine.core.narrowing import narrowed
from mapping_engine.core.nodes import Call, Const, Field, Guard, Name, Node, children
from mapping_engine.diagnostics import Severity, Span, listed, slip_of
from mapping_engine.selectors import prefixes, projections, vocabulary_path
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import ANY, LIST, NUMBER, OBJECT, TEXT, Kinds
from mapping_engine.types.type import (
    BROKEN,
    CONDITION,
    DIGEST,
    UNDECLARED,
    UNKNOWN,
    Type,
    join,
    mixed,
    normalised,
    type_of_constant,
    type_of_values,
)


def infer(node: Node, scope: Scope, found: Inference) -> Type:
    """The type of any node."""
    made = _infer(node, scope, found)
    if scope.holding:
        made = narrowed(node, made, scope.holding, found)
    return found.facts.record(node, made)


def _infer(node: Node, scope: Scope, found: Inference) -> Type:
    match node:
        case Const(value=value):
            return type_of_constant(value)
        case nodes.Read():
            return _read(node, found)
        case Name():
            return name_type(node, scope, found)
        case nodes.Items():
            return _items(node, scope, found)
        case nodes.Template():
            types = [_in_text(part, scope, found) for part in children(node)]
            return mixed(types, TEXT, missing=any(each.missing for each in types))
        case Call():
            return _call(node, scope, found)
        case nodes.FirstOf(alternatives=arms):
            return join([infer(arm.value, scope, found) for arm in arms])
        case Guard(when=when, value=value):
            infer(when, scope, found)
            return replace(infer(value, scope.under(when), found), missing=True)
        case nodes.Object():
            return _object(node, scope, found)
        case nodes.Copy():
            return _copy(node, scope, found)
        case nodes.ForEach():
            return _each(node, scope, found)
        case nodes.Entries():
            return _entries(node, scope, found)
        case nodes.Logic(word="and"):
            for part in node.operands:
                infer(part, scope, found)
                scope = scope.under(part)
            return CONDITION
        case _:
            for part in children(node):
                infer(part, scope, found)
            return BROKEN if isinstance(node, nodes.Broken) else CONDITION


def _in_text(part: Node, scope: Scope, found: Inference) -> Type:
    """The type of what is filled into a text; what never is text is reported (TX03)."""
    made = infer(part, scope, found)
    if made.kinds == OBJECT:
        message = "this is an object, which cannot be filled into a text"
        help = "name a value in it, or write `|> json_text`"
        found.diagnostics.report("TX03", message, part.span, help=help)
    return made


def _read(node: nodes.Read, found: Inference) -> Type:
    vocabulary = found.model.vocabulary
    if not _is_of_others(node, found.model):
        check_path(node, vocabulary, found.model.definitions, found.diagnostics)
    path = vocabulary_path(node.selector)
    if path is not None:
        return collected(vocabulary.type_of(path), projections(node.selector))
    types = [vocabulary.type_of(prefix) for prefix in prefixes(node.selector)]
    return mixed([*types, UNKNOWN], ANY, missing=True)


def _is_of_others(node: nodes.Read, model: Model) -> bool:
    """Whether it stands in a fragment from elsewhere, and the pack's vocabulary is all its own."""
    if not model.vocabulary.name.startswith("./") or model.vocabulary.extends is not None:
        return False
    own, others = (PurePath(at.span.file).parent for at in (model.file.event, node.at))
    return own != others and (own == PurePath() or own not in others.parents)


def _items(node: nodes.Items, scope: Scope, found: Inference) -> Type:
    types = [infer(item, scope, found) for item in node.items]
    if node.fill is None:
        made = mixed(types, LIST, missing=all(each.missing for each in types))
        return _listing(made, replace(join(types), missing=False)) if types else made
    present = (replace(each, missing=False) for each in types)
    fill = infer(node.fill, scope, found)
    item = replace(join([*present, fill]), values=None, missing=fill.missing)
    return Type(LIST, True, item.spreading, item=item)


# Objects and lists


def _object(node: nodes.Object, scope: Scope, found: Inference) -> Type:
    """An object: who takes it takes what its fields hold."""
    fields: dict[str, Type] = {}
    spreading, known = frozenset[str](), True
    for each in node.fields:
        made = field_type(each, scope, found)
        spreading |= made.spreading
        if not each.spread:
            fields[each.name] = made
        elif made.fields is None:
            known = False
        else:
            for name, below in made.fields.items():
                fields[name] = join([fields[name], below]) if name in fields else below.or_missing()
    return Type(OBJECT, True, spreading, fields=fields if known else None)


def field_type(field: Field, scope: Scope, found: Inference) -> Type:
    """The type of a field, with its default."""
    if field.when is not None:
        infer(field.when, scope, found)
    made = infer(field.value, scope.under(field.when), found)
    if field.default is not None:
        default = infer(field.default, scope, found)
        if isinstance(field.default, Const):
            default = replace(default, missing=False)
        made = join([made, default])
    if field.when is not None:
        made = replace(made, missing=True)
    return found.facts.record(field, made)


def _each(node: nodes.ForEach, scope: Scope, found: Inference) -> Type:
    source = infer(node.source, scope, found)
    inside = scope.having(node.item, _item(node, source, found))
    if node.keep is not None:
        infer(node.keep, inside, found)
    body = infer(node.body, inside.under(node.keep), found)
    return _listing(Type(LIST, True, body.spreading), replace(body, missing=False))


def _entries(node: nodes.Entries, scope: Scope, found: Inference) -> Type:
    """An object of unknown keys: it holds what its keys and its values hold."""
    if node.source is not None:
        source = infer(node.source, scope, found)
        may_be = not source.kinds or bool(source.kinds & (LIST | OBJECT))
        if not may_be:
            message = f"`entries_of` needs an object or a list, this is {source.kinds}"
            help = "name an object or a list; a single value is written under `under`"
            found.diagnostics.report("FO01", message, node.source.span, help=help)
        item = _entry_type(source, found) if may_be else BROKEN
        key = Type(TEXT | NUMBER, True, frozenset({UNDECLARED}))
        scope = scope.having(node.item, item).having(nodes.KEY, key)
    if node.keep is not None:
        infer(node.keep, scope, found)
    scope = scope.under(node.keep)
    key, value = infer(node.key, scope, found), infer(node.value, scope, found)
    if key.kinds and not key.kinds & (TEXT | NUMBER):
        message = f"the key of an entry is a text or a number, this is {key.kinds}"
        help = "take one text or number of it"
        found.diagnostics.report("FO01", message, node.key.span, help=help)
    return Type(OBJECT, True, key.spreading | value.spreading)


def _entry_type(source: Type, found: Inference) -> Type:
    """The type of a value in an object, or of an item of a list."""
    types: list[Type] = []
    if source.kinds & LIST:
        types.append(item_of(source) or found.model.vocabulary.as_list(source))
    if source.kinds & OBJECT and source.fields:
        types += source.fields.values()
    elif source.kinds & OBJECT:
        types.append(Type(_held_kinds(source, found), True, source.spreading | {UNDECLARED}))
    return join(types).or_missing() if types else UNKNOWN


def _held_kinds(source: Type, found: Inference) -> Kinds:
    """The kinds of the values in an object; any where it may hold what is not declared."""
    vocabulary, described = found.model.vocabulary, source.described
    below = vocabulary.fields_of(described).values()
    is_open = described is None or described.object in vocabulary.open
    names = frozenset[str]().union(*(each.kinds.names for each in below))
    return ANY if is_open or not names else Kinds(names)


def _listing(made: Type, item: Type) -> Type:
    """A list of such items; one of nothing but digests holds personal data no more than they do."""
    return replace(made, item=item, tags=made.tags | (item.tags & {DIGEST}))


def check_list(what: str, node: Node, made: Type, found: Inference) -> bool:
    """Whether a value may be a list; what never is one is reported (FO01)."""
    may_be = not made.kinds or bool(made.kinds & LIST)
    if not may_be:
        message = f"{what} needs a list, this is {made.kinds}"
        help = "wrap a single value with `|> list`"
        found.diagnostics.report("FO01", message, node.span, help=help)
    return may_be


def _item(node: nodes.ForEach, source: Type, found: Inference) -> Type:
    """The type of one item."""
    if not check_list("`each`", node.source, source, found):
        return BROKEN
    return item_of(source) or found.model.vocabulary.as_list(source)


def _copy(node: nodes.Copy, scope: Scope, found: Inference) -> Type:
    """A copy of an object: nothing is known of it but that it holds nothing personal."""
    for keys in node.keys:
        if keys is not None:
            infer(keys, scope, found)
    source = infer(node.source, scope, found)
    if source.kinds and not source.kinds & OBJECT:
        word = "rest_of" if node.rest else "copy_of"
        message = f"`{word}` needs an object, this is {source.kinds}"
        help = "name an object; each item of a list is copied with `each`, as `copy_of: $item`"
        found.diagnostics.report("FO01", message, node.source.span, help=help)
    _misspelt_keys(node, source, found)
    _copied_secrets(node, source, found)
    if not node.clear:
        _copied_in_clear(node, source, found)
    if node.keep is not None and not node.clear and not _may_be_kept(node.keep, source, found):
        found.diagnostics.report(
            "PI02",
            "rules may not send personal data in clear; only the settings may ask for it",
            node.keep.span,
            help="read the keys from a setting, such as `$settings.allowed`; rules may keep a path "
            "like `trip.city`, which only looks personal by its name",
        )
    added = infer(node.added, scope, found).spreading if node.added is not None else frozenset()
    personal = source.spreading if node.clear else frozenset[str]()
    return Type(OBJECT, True, UNKNOWN.tags | added | personal)


def _may_be_kept(node: Node, source: Type, found: Inference) -> bool:
    """Whether keys come from the settings, or are paths that only look personal by their names.

    A path to a person, or one that the vocabulary declares personal, is none of these.
    """
    if asks_settings(node, found.model.definitions):
        return True
    known, names = constant(found.model, node)
    vocabulary = found.model.vocabulary
    paths = [tuple(str(name).split(".")) for name in names] if isinstance(names, list) else []
    types = [vocabulary.below(source, path) for path in paths]
    declared = any(each.described and each.personal_kinds for each in types)
    return known and not declared and not any(map(vocabulary.personal.names_person, paths))


def _copied_secrets(node: nodes.Copy, source: Type, found: Inference) -> None:
    """Report secrets of the event that would be copied."""
    spelled = _copied(node, secret_paths(source, found.model.vocabulary), found)
    if spelled:
        message = f"the copy would hold a secret: {spelled}"
        help = "leave it out with `without` or `only`"
        found.diagnostics.report("PI06", message, node.source.span, help=help)


def _misspelt_keys(node: nodes.Copy, source: Type, found: Inference) -> None:
    """Report keys that are to be treated apart, and are nearly ones of what is copied."""
    vocabulary, described = found.model.vocabulary, source.described
    fields = vocabulary.fields_of(described)
    for given in (node.without, node.only, node.hash):
        texts = _written_keys(given)
        for text, span in texts.items():
            near = slip_of(text, fields) if text not in fields else None
            if near is not None and near not in texts:
                message = f"the vocabulary `{vocabulary.name}` does not declare `{text}`"
                help = f"did you mean `{near}`?"
                found.diagnostics.report("SE08", message, span, help=help, lighter=Severity.WARNING)


def _written_keys(given: Node | None) -> dict[str, Span]:
    """The keys in a list that stands in the rules."""
    match given:
        case nodes.Items(items=items):
            constants = [each for each in items if isinstance(each, Const)]
            return {each.value: each.span for each in constants if isinstance(each.value, str)}
        case Const(value=list() as values):
            return {each: given.span for each in values if isinstance(each, str)}
        case _:
            return {}


def _copied(node: nodes.Copy, paths: list[tuple[str, ...]], found: Inference) -> str:
    """Those of some paths, in words, whose keys the rules neither leave out nor hash."""
    treated = _known_keys(node.without, found) | _known_keys(node.hash, found)
    left = [p for p in paths if not p or not {p[0], ".".join(p)} & treated]
    if node.only is not None and constant(found.model, node.only)[0]:
        copied = _known_keys(node.only, found)
        left = [path for path in left if not path or path[0] in copied]
    return listed(".".join(path) or "the value itself" for path in left) if left else ""


def _copied_in_clear(node: nodes.Copy, source: Type, found: Inference) -> None:
    """Report personal data that would be copied, since nothing in its name says what it is."""
    spelled = _copied(node, clear_paths(source, found.model.vocabulary), found)
    if spelled:
        found.diagnostics.report(
            "PI02",
            f"the copy would hold personal data in clear: {spelled}",
            node.source.span,
            help="leave it out with `without` or `only`, or add the name to `personal.names` of "
            "the vocabulary, which copies leave out everywhere",
        )


def _known_keys(node: Node | None, found: Inference) -> set[object]:
    """The keys in a list that the rules hold; none where only settings or events know them."""
    known, names = constant(found.model, node) if node is not None else (False, None)
    return set(names) if known and isinstance(names, list) else set()


# Transforms and pipelines


def _call(node: Call, scope: Scope, found: Inference) -> Type:
    source = type_of_constant({}) if node.input is None else infer(node.input, scope, found)
    arguments = [None if a is None else infer(a, scope, found) for a in node.arguments]
    pipeline = found.model.pipelines.get(node.name)
    if pipeline is not None:
        return _piped(node, pipeline, source, arguments, found)
    target = REGISTRY[node.name]
    check_arguments(node, target, arguments, found)
    return transform_type(node, target, source, arguments, found)


def _piped(
    node: Call, pipeline: Pipeline, source: Type, arguments: list[Type | None], found: Inference
) -> Type:
    """The type of what a named pipeline makes of a value."""
    if source.is_digest and pipeline.normalises is None:
        report_change(node, found.diagnostics)
        return replace(source, missing=True)
    pairs = zip(pipeline.parameters, arguments, strict=True)
    made = pipeline_type(pipeline, source, {name: a or UNKNOWN for name, a in pairs}, found)
    if not made.kinds and source.kinds and found.facts.type_of(pipeline.body).kinds:
        message = f"`{node.name}` never takes {source.kinds}"
        found.diagnostics.report("TX03", message, node.step.span)
        return BROKEN
    if pipeline.values is not None:
        types = type_of_values(pipeline.values)
        made = replace(made, values=types.values, kinds=types.kinds or made.kinds)
    if pipeline.normalises is None or not made.kinds:
        return made
    tags = made.spreading | source.spreading | {normalised(pipeline.normalises)}
    # A digest passes through untouched, so the values are not the only ones.
    return Type(made.kinds, True, tags)


def pipeline_type(
    pipeline: Pipeline, source: Type, arguments: Mapping[str, Type], found: Inference
) -> Type:
    """The type of a named pipeline's result; its mistakes are reported the first time.

    What it hashes is known only where it is used: that is reported each time (PI01).
    """
    inside = found.silent() if pipeline.name in found.examined else found
    found.examined.add(pipeline.name)
    key = (pipeline.name, source, tuple(arguments.values()))
    if key not in found.pipelines:
        scope = Scope({**arguments, PIPED: source}, only=True)
        found.pipelines[key] = infer(pipeline.body, scope, inside)
        if inside is not found:
            reports = inside.diagnostics.found
            found.diagnostics.found += [each for each in reports if each.code == "PI01"]
    return found.pipelines[key]
