"""Who reads a path, a setting or a name, and calls a transform or a pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model, behind, payload_fields
from mapping_engine.core.nodes import Call, Field, Name, Node, Read, fields_of, walk
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.expression import parse_expression
from mapping_engine.expression.ast import CallExpression, Expression, Reference, Select
from mapping_engine.file.walk import expressions, parts
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import Selector
from mapping_engine.selectors.paths import prefixes


class Uses(Frozen):
    """Where something is used in a pack and its fragments, and the payload fields that need it."""

    places: tuple[Span, ...]
    fields: tuple[str, ...]


def uses(examined: Examined, word: str) -> Uses:
    """Who uses a word: `traits.email`, `$email`, `$settings.token`, or a transform (`lower`).

    A path is read as well where one is read that lies below or around it.
    """
    written = [part for loaded in examined.documents for part in _written(loaded.document)]
    places = {p.span: None for p in (*written, *_changed(examined)) if _is_use(p, word)}
    fields: dict[str, None] = {}
    for kind in examined.model.requests:
        lead = f"{kind.request.name}: " if kind.request.name else ""
        fields |= dict.fromkeys(f"{lead}{path}" for path in _fields(kind, _needs(kind, word)))
    return Uses(tuple(sorted(places, key=lambda at: (at.file, at.line, at.column))), tuple(fields))


def counted(examined: Examined) -> Counter[str]:
    """In how many places names, transforms and pipelines are used: `$email`, `lower`."""
    written = (part for loaded in examined.documents for part in _written(loaded.document))
    places = {
        (f"${part.name}" if isinstance(part, Reference) else part.name, part.span)
        for part in written
        if isinstance(part, Reference | CallExpression)
    }
    return Counter(word for word, _ in places)


def _written(document: object) -> Iterator[Expression]:
    return (part for whole in expressions(document) for part in parts(whole))


def _changed(examined: Examined) -> Iterator[Expression]:
    """The alternatives that `amend` names, as they are written; a field or row is none."""
    documents = [loaded.document for loaded in examined.documents]
    entries = (e for d in documents for e in (*(d.define or ()), *(d.override or ())))
    of_lists = {entry.name for entry in entries if entry.value and entry.value.first_of}
    for change in (each for document in documents for each in document.amend or ()):
        if change.value is not None:
            replaced = (each.key for each in change.value.replace or ())
            for text in (*(change.value.drop or ()), *replaced):
                is_meant = change.name in of_lists or not text.text.isidentifier()
                found = parse_expression(text, Diagnostics()) if is_meant else None
                yield from () if found is None else parts(found)


def _needs(model: Model, word: str) -> Callable[[Node], bool]:
    """Whether a node is a use; conversions open definitions, of which only the places stay."""
    definition = model.definitions.get(word.removeprefix("$")) if word.startswith("$") else None
    inside = {id(node.at) for node in walk(definition)} if definition is not None else set()
    return lambda node: id(node.at) in inside or _is_use(node, word)


def _fields(model: Model, needs: Callable[[Node], bool]) -> Iterator[str]:
    """The paths of the payload fields that need it."""
    for path, field in payload_fields(model.fields.fields):
        is_leaf = not fields_of(field.value)
        if is_leaf and any(_is_reached(model, part, needs) for part in _parts(field)):
            yield path


def _parts(field: Field) -> Iterator[Node]:
    yield from (each for each in (field.when, field.value, field.default) if each is not None)


def _is_reached(model: Model, start: Node, needs: Callable[[Node], bool]) -> bool:
    """Whether a node needs it, by definitions and pipelines as well."""
    return any(map(needs, behind(model, iter((start,)))))


def _is_use(node: Node | Expression, word: str) -> bool:
    """Whether a part of the rules, as it is written or as it is meant, is a use of the word."""
    match node:
        case Call(name=name) | CallExpression(name=name):
            return name == word
        case Read(selector=selector) | Select(selector=selector):
            return not word.startswith("$") and _reads(selector, word.split("."))
        case Name(name=name, tail=tail) | Reference(name=name, tail=tail):
            first, *below = word.removeprefix("$").split(".")
            is_meant = word.startswith("$") and name == first
            return is_meant and (not below or tail is None or _reads(tail, below))
    return False


def _reads(selector: Selector, wanted: list[str]) -> bool:
    """Whether a selector reads a path, or what lies below or around it."""
    return any(
        all(a == b for a, b in zip(path, wanted, strict=False))
        for path in prefixes(selector)
        if path
    )
